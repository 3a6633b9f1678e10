"""Which of several texts works better is counted, and told no sooner than it shows."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlite_utils import Database

from bot.database import open_database
from bot.settings import Settings
from bot.store import conversations, trials
from bot.store.conversations import Received
from bot.store.trials import Fared
from bot.views.say import Say
from bot.views.variants import ENOUGH, Trial, Tried, opened, unbeaten
from nlp.language import Language
from nlp.replies import Because, Reply
from nlp.sentiment import Label, Sentiment
from nlp.starter import starter_templates
from nlp.templates import Wording, digest
from tests.conftest import OWNER, Desk

NOON = dt.datetime(2027, 3, 1, 12, tzinfo=dt.UTC)
HOUR = dt.timedelta(hours=1)


@pytest.fixture
def db(settings: Settings) -> Iterator[Database]:
    db = open_database(settings.database)
    yield db
    db.close()


def decided(
    db: Database,
    at: dt.datetime,
    *,
    rule: str | None = "hours",
    handoff: bool = False,
    mood: Label = "neutral",
    customer: int = 7,
) -> int:
    """Let a customer write and be answered, or handed off, by a rule."""
    number = db["messages"].count + 1
    received = Received(customer, number, customer, "Ana", "text", f"text {number}", at)
    message = conversations.receive(db, received, "en")
    assert message
    reply = Reply(
        text="We open at nine.",
        handoff=handoff,
        because=Because.RULE,
        rule=rule,
        language=Language("en", certain=True),
        sentiment=Sentiment(mood, 0.1, 0.8, 0.1),
        suggestion=None,
        sent=Wording(rule or "x", "en", "abc"),
    )
    conversations.decide(db, message, reply, "rule", at)
    return message


def fates(db: Database, message: int) -> tuple[int, ...]:
    row: tuple[int, ...] = db.execute(
        "select came_back, needed_person, thanked from trials where message = ?", [message]
    ).fetchone()
    return row


def test_the_same_rule_again_within_two_days_is_coming_back(db: Database) -> None:
    first = decided(db, NOON)
    decided(db, NOON + 47 * HOUR)

    assert fates(db, first) == (1, 0, 0)


@pytest.mark.parametrize("hours", [49, 500])
def test_what_comes_after_two_days_does_not_count(db: Database, hours: int) -> None:
    first = decided(db, NOON)
    decided(db, NOON + hours * HOUR)
    decided(db, NOON + hours * HOUR, rule="refund", handoff=True)

    assert fates(db, first) == (0, 0, 0)


def test_a_handoff_after_it_means_that_a_person_was_needed(db: Database) -> None:
    first = decided(db, NOON)
    decided(db, NOON + HOUR, rule=None, handoff=True)

    assert fates(db, first) == (0, 1, 0)


@pytest.mark.parametrize(("rule", "mood"), [("thanks", "neutral"), ("fine", "positive")])
def test_thanks_count_for_two_hours(db: Database, rule: str, mood: Label) -> None:
    early, late = decided(db, NOON - 3 * HOUR), decided(db, NOON, rule="address")
    decided(db, NOON + HOUR, rule=rule, mood=mood)

    assert fates(db, early) == (0, 0, 0)
    assert fates(db, late) == (0, 0, 1)


def test_another_customer_changes_nothing(db: Database) -> None:
    first = decided(db, NOON)
    decided(db, NOON + HOUR, customer=8)
    decided(db, NOON + HOUR, customer=8, handoff=True)

    assert fates(db, first) == (0, 0, 0)


def test_what_the_owner_has_to_send_is_not_on_trial(db: Database) -> None:
    decided(db, NOON, handoff=True)

    assert trials.fared(db) == []


def test_the_trials_of_a_customer_are_found_by_their_index(db: Database) -> None:
    plan = " ".join(
        row[3]
        for row in db.execute(
            "explain query plan update trials set thanked = 1 "
            "from messages later, messages earlier where later.id = 1 "
            "and trials.customer_id = later.customer_id and trials.sent_at >= 'x' "
            "and earlier.id = trials.message"
        )
    )

    assert "trials_of_customer" in plan


def fared(n: int, came_back: int, needed: int = 0, thanked: int = 0) -> Fared:
    return Fared(
        "hours", "en", f"{n}-{came_back}-{needed}-{thanked}", n, came_back, needed, thanked
    )


COUNTS = st.integers(1, 2000).flatmap(
    lambda n: st.builds(fared, st.just(n), *([st.integers(0, n)] * 3))
)


@given(st.lists(COUNTS, min_size=1, max_size=4))
def test_there_is_always_a_variant_that_none_beats(counts: list[Fared]) -> None:
    assert unbeaten(counts)


def test_three_customers_decide_nothing() -> None:
    counts = [fared(3, 0, 0, 3), fared(3, 3, 3, 0)]

    assert unbeaten(counts) == counts


def said(*counts: Fared | None) -> str:
    tried = [Tried(f"Text {n}", f"{n:012x}", each) for n, each in enumerate(counts, 1)]
    return str(opened(Say("en", ZoneInfo("UTC")), Trial("hours", "en", tried)).text)


def test_what_is_said_of_variants_is_what_the_counts_show() -> None:
    assert "Too little to choose yet" in said(fared(20, 2), fared(20, 5))
    assert "Too little to choose yet" in said(fared(900, 2), None)
    assert "Number 1 is clearly better" in said(fared(200, 10), fared(200, 80))
    assert "equally well" in said(fared(ENOUGH, 40), fared(ENOUGH, 42))
    assert "than the rest: 1, 2." in said(fared(300, 10), fared(300, 12), fared(300, 150))
    assert "10 = 5% (3%–9%)" in said(fared(200, 10), fared(200, 80))


async def test_the_owner_keeps_the_better_text(
    desk: Desk, bot: Database, settings: Settings
) -> None:
    await desk.say(desk.customer, "When do you open?")
    await desk.wait_for(desk.customer, "hours")
    await desk.say(OWNER, "/variants")
    assert "Too little to choose yet" in (await desk.wait_for(OWNER, "hours, in English"))["text"]
    [(sent,)] = bot.execute("select variant from trials")
    variants_sent = "insert into trials select ?, 1, 'hours', 'en', ?, ?, ?, 0, 0"
    texts = [digest(variant.text) for variant in starter_templates()["hours"].variants["en"]]
    for number in range(100, 500):
        bot.execute(
            variants_sent,
            [number, texts[number % 2], "2027-03-01", int(texts[number % 2] != sent)],
        )
    await desk.say(OWNER, "/variants")
    await desk.tap(await desk.wait_for(OWNER, "is clearly better"), "1")
    better = await desk.wait_for(OWNER, "needed you")

    [[button], _] = better["reply_markup"]["inline_keyboard"]
    await desk.tap(better, button["text"])

    await desk.wait_for(OWNER, "has one text now")
    kept = (settings.playbook / "templates.toml").read_text()
    assert kept.split("[hours]\n")[1].startswith('en = "')
