"""Nobody hears the same twice in a night, and everybody is still heard."""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

import pytest
from sqlite_utils import Database

from bot.courtesy import has_heard
from bot.settings import Settings
from bot.store import conversations
from bot.store.conversations import Received
from nlp.hours import Hours
from nlp.language import Language
from nlp.replies import Because, Reply
from nlp.sentiment import Sentiment
from tests.bot.test_care import NIGHT, running_at
from tests.conftest import OWNER, Desk

NOON = dt.datetime(2026, 11, 23, 12, tzinfo=dt.UTC)
HOUR = dt.timedelta(hours=1)
DAY = dt.timedelta(days=1)
HOURS = Hours.parse("Mo-Fr 9:00-18:00", ZoneInfo("UTC"))


class Chat:
    """A customer who writes to the bot, and what they hear of it."""

    def __init__(self, db: Database) -> None:
        self._db = db
        self._n = 0

    def hears(self, at: dt.datetime, because: Because, said: str, *, kind: str = "text") -> bool:
        """Say whether the customer hears what was chosen for their next message."""
        self._n += 1
        received = Received(2000, self._n, 2000, "Ann", kind, "…", at)
        stored = conversations.receive(self._db, received, "en")
        assert stored
        reply = Reply(
            text="…",
            handoff=because not in {Because.RULE, Because.ANSWER},
            because=because,
            rule=None,
            language=Language("en", certain=True),
            sentiment=Sentiment("neutral", 0.0, 1.0, 0.0),
            suggestion=None,
            said=said,
        )
        heard = has_heard(self._db, received, reply, HOURS, at)
        conversations.decide(self._db, stored, reply, because, at)
        self._db.execute("update messages set template = ? where id = ?", [said, stored])
        if heard:
            self._db.execute("update messages set outcome = 'silent' where id = ?", [stored])
        return not heard


@pytest.fixture
def chat(db: Database) -> Chat:
    return Chat(db)


def test_whoever_waits_while_it_is_closed_is_told_once_a_night(chat: Chat) -> None:
    heard = [chat.hears(NIGHT + n * HOUR, Because.NO_MATCH, "away") for n in range(5)]
    next_night = chat.hears(NIGHT + DAY, Because.NO_MATCH, "away")

    assert heard == [True, False, False, False, False]
    assert next_night


def test_a_weekend_is_one_closed_period(chat: Chat) -> None:
    friday = dt.datetime(2026, 11, 27, 20, tzinfo=dt.UTC)

    heard = [chat.hears(friday + n * DAY, Because.NO_MATCH, "away") for n in range(4)]

    assert heard == [True, False, False, True]  # on Monday evening it is another one


def test_while_it_is_open_everybody_who_waits_is_told(chat: Chat) -> None:
    assert [chat.hears(NOON, Because.NO_MATCH, "passed_on") for _ in range(2)] == [True, True]


def test_questions_are_answered_at_night_as_by_day(chat: Chat) -> None:
    chat.hears(NIGHT, Because.NO_MATCH, "away")

    assert [chat.hears(NIGHT, Because.ANSWER, "price") for _ in range(2)] == [True, True]


def test_a_greeting_is_said_once_a_day(chat: Chat) -> None:
    heard = [chat.hears(NOON + n * 13 * HOUR, Because.RULE, "greeting") for n in range(3)]

    assert heard == [True, False, True]


def test_a_greeting_is_said_once_in_a_weekend(chat: Chat) -> None:
    friday = dt.datetime(2026, 11, 27, 20, tzinfo=dt.UTC)

    heard = [chat.hears(friday + n * 25 * HOUR, Because.RULE, "greeting") for n in range(3)]

    assert heard == [True, False, False]


def test_pressing_start_is_always_greeted(chat: Chat) -> None:
    chat.hears(NOON, Because.RULE, "greeting")

    assert chat.hears(NOON, Because.RULE, "greeting", kind="start")


def test_abuse_gets_its_one_sentence_once(chat: Chat) -> None:
    heard = [chat.hears(NOON + n * HOUR, Because.ABUSIVE, "abuse") for n in range(3)]

    assert heard == [True, False, False]


async def test_at_night_each_message_makes_a_card_and_only_the_first_an_excuse(
    desk: Desk, settings: Settings
) -> None:
    async with running_at(settings, NIGHT):
        await desk.say(OWNER, "/start")
        for text in ("blorb frobnicate", "frobnicate blorb"):
            await desk.say(desk.customer, text)
            await desk.wait_for(OWNER, text)
        await desk.say(desk.customer, "When do you open?")

        await desk.wait_for(desk.customer, "9:00–18:00")
        assert len(await desk.texts(desk.customer)) == 2
        assert "closed" in (await desk.texts(desk.customer))[0]
