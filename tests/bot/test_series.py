"""Posts that repeat, and evergreen ones: told, shown, skipped, paused, ended."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from sqlite_utils import Database

from bot import plans
from bot.app import build
from bot.context import App
from bot.database import open_database
from bot.settings import Settings
from bot.store import channels
from bot.store.channels import Channel
from scheduler import planning, store
from scheduler.posts import Content
from scheduler.recurrence import Rule
from scheduler.store import series, slots
from tests.conftest import OWNER, TOKEN, Desk, running_bot, until

BERLIN = ZoneInfo("Europe/Berlin")
MONDAY = dt.datetime(2027, 3, 1, 12, 0, tzinfo=dt.UTC)
DAY, WEEK = dt.timedelta(days=1), dt.timedelta(weeks=1)
CHANNEL = Channel(-100123, "Baker", None, None, ())


def queued(db: Database) -> list[str]:
    return [f"{post.publish_at:%a %H:%M} {post.text}" for post in store.upcoming(db)]


async def test_a_post_repeats_by_a_rule_in_plain_words(desk: Desk, bot: Database) -> None:
    bold = {"type": "bold", "offset": 35, "length": 5}
    await desk.say(OWNER, "/repeat every first monday at 9:00 Fresh bread", entities=[bold])

    card = await desk.wait_for(OWNER, "every first Monday of the month at 9:00")

    assert "Next: Mon" in card["text"]
    assert queued(bot) == ["Mon 09:00 Fresh bread"]
    (post,) = store.upcoming(bot)
    assert post.publish_at.day <= 7
    assert post.content.entities == '[{"length": 5, "offset": 0, "type": "bold"}]'
    await desk.say(OWNER, "/repeat")
    await desk.wait_for(OWNER, "1 post repeats")


async def test_the_next_one_is_skipped_and_that_alone(desk: Desk, bot: Database) -> None:
    await desk.say(OWNER, "/repeat every day at 9 Bread")
    card = await desk.wait_for(OWNER, "every day at 9:00")
    first, second, *_ = store.upcoming(bot)

    await desk.tap(card, "Skip the next one")

    assert store.get(bot, first.id).state == "cancelled"
    assert store.upcoming(bot)[0].id == second.id


async def test_a_series_is_paused_and_goes_on(desk: Desk, bot: Database) -> None:
    await desk.say(OWNER, "/repeat every day at 9 Bread")
    card = await desk.wait_for(OWNER, "every day at 9:00")
    before = queued(bot)

    await desk.tap(card, "Pause")
    assert queued(bot) == []
    card = await desk.wait_for(OWNER, "Paused")
    await desk.tap(card, "Resume")

    assert queued(bot) == before


async def test_an_ended_series_can_be_taken_up_again(desk: Desk, bot: Database) -> None:
    await desk.say(OWNER, "/repeat every day at 9, 3 times: Bread")
    card = await desk.wait_for(OWNER, "every day at 9:00")
    before = queued(bot)
    assert len(before) == 3
    assert "Comes 3 more times" in card["text"]

    await desk.tap(card, "End it")

    assert queued(bot) == []
    await desk.tap(await desk.wait_for(OWNER, "Ended"), "Undo")
    assert queued(bot) == before


async def test_another_text_and_an_end_are_asked_for(desk: Desk, bot: Database) -> None:
    await desk.say(OWNER, "/repeat every day at 9 Bread")
    card = await desk.wait_for(OWNER, "every day at 9:00")

    await desk.tap(card, "Change text")
    asked = await desk.wait_for(OWNER, "Send me the new text")
    await desk.say(OWNER, "Rolls", reply_to=asked["message_id"])
    await desk.wait_for(OWNER, "Rolls")
    assert {post.text for post in store.upcoming(bot)} == {"Rolls"}

    await desk.tap(card, "Set an end")
    asked = await desk.wait_for(OWNER, "When shall it end?")
    await desk.say(OWNER, "sometime", reply_to=asked["message_id"])
    asked = await desk.wait_for(OWNER, "I do not understand this as an end")
    await desk.say(OWNER, "2 times", reply_to=asked["message_id"])
    await until(lambda: len(queued(bot)) == 2, "two occurrences")


async def test_a_picture_repeats_by_a_reply_to_it(desk: Desk, bot: Database) -> None:
    picture = await desk.do(
        "messages",
        **{"from": OWNER, "chat": OWNER, "photo": {"sample": True}, "caption": "New in the shop"},
    )

    await desk.say(OWNER, "/repeat every day at 9", reply_to=picture["message_id"])

    await desk.wait_for(OWNER, "every day at 9:00")
    post, *_ = store.upcoming(bot)
    assert post.text == "New in the shop"
    assert post.content.media[0].kind == "photo"


async def test_a_command_below_a_picture_keeps_that_picture(desk: Desk, bot: Database) -> None:
    await desk.do(
        "messages",
        **{
            "from": OWNER,
            "chat": OWNER,
            "photo": {"sample": True},
            "caption": "/evergreen Our oven",
        },
    )

    card = await desk.wait_for(OWNER, "Our oven")
    assert "you have none" in card["text"]  # slots
    (kept,) = series.going(bot, "evergreen")
    assert kept.content.text == "Our oven"
    assert kept.content.media[0].kind == "photo"


@pytest.mark.parametrize(
    ("said", "answer"),
    [
        ("/repeat whenever Bread", "I find no rule"),
        ("/repeat every monday Bread", "At what time"),
        ("/repeat every other monday at 9 Bread", "calendar"),
        ("/repeat * * * * * Bread", "too often"),
        ("/repeat every day at 9", "Write a rule and the text"),
        ("/repeat every day at 9 " + "x" * 4097, "too long"),
        ("/evergreen", "no evergreen post yet"),
    ],
)
async def test_what_cannot_repeat_is_refused_in_a_sentence(
    desk: Desk, bot: Database, said: str, answer: str
) -> None:
    await desk.say(OWNER, said)

    await desk.wait_for(OWNER, answer)
    assert series.going(bot, "recurring") == series.going(bot, "evergreen") == []
    assert queued(bot) == []


async def test_a_series_is_told_in_chinese(desk: Desk, settings: Settings) -> None:
    async with running_bot(settings, owner_language="zh", timezone=BERLIN) as db:
        await desk.say(OWNER, "/start")
        await desk.wait_for(OWNER, "工作台")

        await desk.say(OWNER, "/repeat 每周一9点 新鲜面包")

        await desk.wait_for(OWNER, "每周一 9:00")
        assert [post.text for post in store.upcoming(db)] == ["新鲜面包"]


async def test_a_free_slot_is_filled_and_the_owner_may_say_no(desk: Desk, bot: Database) -> None:
    here = dt.datetime.now(dt.UTC) + dt.timedelta(hours=3)
    await desk.say(OWNER, f"/slots daily {here:%H:%M}")
    await desk.wait_for(OWNER, "These are your slots now")

    await desk.say(OWNER, "/evergreen We also bake to order")

    told = await desk.wait_for(OWNER, "an evergreen post goes out then")
    assert queued(bot) == [f"{here:%a %H:%M} We also bake to order"]
    await desk.wait_for(OWNER, "then rests 30 days")
    await desk.say(OWNER, "/queue")
    assert "♻️ We also bake" in (await desk.wait_for(OWNER, "1 post is scheduled"))["text"]
    await desk.tap(told, "Cancel")
    await until(lambda: queued(bot) == [], "an empty queue")


class Still:
    """An application whose clock the test sets; nothing in it runs by itself."""

    def __init__(self, folder: Path) -> None:
        self.now = MONDAY
        self.db = open_database(folder / "soloist.db")
        settings = Settings(
            telegram_bot_token=TOKEN,
            owner_id=OWNER,
            database=folder / "soloist.db",
            playbook=folder / "playbook",
            timezone=BERLIN,
        )
        self.app: App = build(settings, self.db, lambda: self.now).bot_data["app"]
        channels.connect(self.db, CHANNEL)

    def told(self) -> list[str]:
        return [body for (body,) in self.db.execute("select body from outbox order by id")]


@pytest.fixture
def still(tmp_path: Path) -> Iterator[Still]:
    still = Still(tmp_path)
    yield still
    still.db.close()


def repeat(still: Still, rule: str) -> series.Series:
    read = Rule.from_text(rule)
    reached = planning.begins_after(read, still.now, BERLIN)
    return series.begin(still.db, Content("Bread"), still.now, rule=read.text, reached=reached)


def test_after_weeks_away_the_owner_is_told_once_what_was_missed(still: Still) -> None:
    repeat(still, "0 9 * * mon")
    plans.extend_due(still.app)
    assert still.told() == []

    still.now += 3 * WEEK + DAY
    for _ in range(3):
        plans.extend_due(still.app)

    (told,) = still.told()
    assert "3 posts were missed" in told
    assert "It comes next on Mon 29 Mar, 09:00" in told
    assert queued(still.db) == ["Mon 07:00 Bread"]


def test_without_a_channel_nothing_is_lost_by_waiting(still: Still) -> None:
    repeat(still, "0 9 * * mon")
    channels.leave(still.db, CHANNEL.id, still.now)

    plans.extend_due(still.app)
    assert queued(still.db) == []
    channels.connect(still.db, CHANNEL)
    plans.extend_due(still.app)

    assert queued(still.db) == ["Mon 08:00 Bread"]


def test_the_plans_are_the_same_after_a_crash_in_the_middle(
    still: Still, monkeypatch: pytest.MonkeyPatch
) -> None:
    repeat(still, "0 9 * * *")
    slots.tell(still.db, slots.ANY_CHANNEL, [])

    def crash(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as broken:
        broken.setattr(planning, "fill", crash)
        series.begin(still.db, Content("x"), still.now, cooldown=30 * DAY)
        with pytest.raises(KeyboardInterrupt):
            plans.extend_due(still.app)
    assert queued(still.db) == []
    plans.extend_due(still.app)

    assert len(queued(still.db)) == 7
