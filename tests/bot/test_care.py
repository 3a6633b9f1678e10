"""Customers are asked how it went, and what they tap counts."""

from __future__ import annotations

import datetime as dt
import signal
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from sqlite_utils import Database

from bot import publishing
from bot.app import build, utc_now
from bot.care import ALWAYS_RATED
from bot.database import open_database
from bot.running import running
from bot.settings import Settings
from bot.store import choices, follow_ups
from bot.store.schema import utc_text
from tests.bot.real_process import environment, program
from tests.conftest import OWNER, Desk, running_bot, until

HOUR = dt.timedelta(hours=1)
NIGHT = dt.datetime(2026, 11, 23, 23, tzinfo=dt.UTC)
MORNING = dt.datetime(2026, 11, 24, 9, tzinfo=dt.UTC)


@dataclass(frozen=True, slots=True)
class Bot:
    """The running bot: its file, and a way to have done what is due."""

    db: Database
    tick: Callable[[], Awaitable[None]]


@asynccontextmanager
async def ticking(
    settings: Settings, clock: Callable[[], dt.datetime] = utc_now
) -> AsyncIterator[Bot]:
    """Run the bot by this clock."""
    db = open_database(settings.database)
    application = build(settings, db, clock)
    async with running(application):
        yield Bot(db, partial(publishing.tick, application.bot_data["app"], application.bot))
    db.close()


@asynccontextmanager
async def running_at(settings: Settings, moment: dt.datetime) -> AsyncIterator[Bot]:
    """Run the bot of a shop that is open daily from 9 to 18, as if it were this moment."""
    shop = dict(settings.shop) | {"hours": "9:00–18:00"}
    async with ticking(replace(settings, shop=shop), lambda: moment) as bot:
        yield bot


async def answered(desk: Desk, bot: Bot, due_at: dt.datetime) -> None:
    """Let a customer be answered, and be followed up at this moment."""
    await desk.say(desk.customer, "When do you open?")
    await desk.wait_for(desk.customer, "9:00–18:00")
    [message] = bot.db.execute("select max(id) from messages").fetchone()
    follow_ups.plan(bot.db, message, "did_that_help", due_at)


async def answered_by_the_owner(desk: Desk) -> dict[str, Any]:
    """Let the owner answer a customer, and give the closed card."""
    await desk.say(OWNER, "/start")
    await desk.say(desk.customer, "Could I talk to a human please?")
    card = await desk.wait_for(OWNER, "asked for a person")
    await desk.say(OWNER, "Here I am.", reply_to=card["message_id"])
    await desk.wait_for(desk.customer, "Here I am.")
    return await desk.wait_for(OWNER, "You answered")


def states(db: Database) -> list[str]:
    return [row[0] for row in db.execute("select state from follow_ups order by id")]


async def questions(desk: Desk) -> list[dict[str, Any]]:
    """Give what a customer can tap."""
    return [message for message in await desk.chat(desk.customer) if "reply_markup" in message]


async def question(desk: Desk) -> dict[str, Any]:
    await until(lambda: questions(desk), "a question with buttons")
    [asked] = await questions(desk)
    return asked


async def test_after_a_restart_a_follow_up_goes_and_only_once(
    desk: Desk, settings: Settings
) -> None:
    async with ticking(settings) as bot:
        await answered(desk, bot, utc_now())

    for _ in range(2):
        async with ticking(settings) as bot:
            await question(desk)
            assert states(bot.db) == ["sent"]

    assert len(await questions(desk)) == 1


async def test_killed_while_a_follow_up_is_sent_it_is_not_sent_again(
    desk: Desk, settings: Settings
) -> None:
    async with ticking(settings) as bot:
        await answered(desk, bot, utc_now())
    await desk.do("faults", method="sendMessage", n=1, kind="delay_after", seconds=30)
    async with program("run", env=environment(settings)) as process:
        await question(desk)
        await process.stop(signal.SIGKILL)

    async with ticking(settings) as bot:
        await bot.tick()
        await desk.say(desk.other, "When do you open?")
        await desk.wait_for(desk.other, "9:00–18:00")
        assert states(bot.db) == ["sent"]
        assert len(await questions(desk)) == 1


async def test_a_rule_says_when_to_follow_up(desk: Desk, settings: Settings) -> None:
    shop = dict(settings.shop) | {"website": "shop.example"}
    async with running_bot(settings, shop=shop) as db:
        await desk.say(desk.customer, "How much does delivery cost?")
        await desk.wait_for(desk.customer, "shop.example")

        [(sent_at, due_at)] = db.execute(
            "select m.sent_at, f.due_at from follow_ups f join messages m on m.id = f.message"
        ).fetchall()
        waits = dt.datetime.fromisoformat(due_at) - dt.datetime.fromisoformat(sent_at)
        assert 2 * HOUR <= waits < 2.1 * HOUR


async def test_what_helped_is_counted_and_thanked_for(desk: Desk, settings: Settings) -> None:
    async with ticking(settings) as bot:
        await answered(desk, bot, utc_now())
        await bot.tick()
        await desk.tap(await question(desk), "👍", desk.customer)

        thanked = await desk.wait_for(desk.customer, "Glad to hear it")
        assert "reply_markup" not in thanked
        assert bot.db.execute("select helped from follow_ups").fetchall() == [(1,)]
        assert bot.db.execute("select count(*) from handoffs").fetchall() == [(0,)]


async def test_what_did_not_help_comes_to_the_owner(desk: Desk, settings: Settings) -> None:
    async with ticking(settings) as bot:
        await desk.say(OWNER, "/start")
        await answered(desk, bot, utc_now())
        await bot.tick()
        await desk.tap(await question(desk), "👎", desk.customer)

        card = await desk.wait_for(OWNER, "my answer did not help them")
        await desk.wait_for(desk.customer, "a person will answer you here")
        assert "When do you open?" in card["text"]
        await desk.say(OWNER, "Never on Mondays.", reply_to=card["message_id"])
        await desk.wait_for(desk.customer, "Never on Mondays.")


async def test_in_a_chat_of_the_owners_own_only_the_customer_has_a_say(
    desk: Desk, settings: Settings
) -> None:
    async with ticking(settings) as bot:
        await desk.do("business", enabled=True)
        await desk.say(desk.customer, "When do you open?", business=True)
        await until(lambda: _in_business(desk, "9:00–18:00"), "the answer")
        follow_ups.plan(bot.db, 1, "did_that_help", utc_now())
        await bot.tick()
        await until(lambda: _in_business(desk, "reply_markup"), "a question with buttons")
        asked = (await _business_chat(desk))[-1]
        helped = asked["reply_markup"]["inline_keyboard"][0][0]["callback_data"]
        tap = {"chat": desk.customer, "message": asked["message_id"], "data": helped}

        await desk.do("taps", business=True, **{"from": OWNER} | tap)
        assert bot.db.execute("select helped from follow_ups").fetchall() == [(None,)]
        await desk.do("taps", business=True, **{"from": desk.customer} | tap)

        await until(lambda: _in_business(desk, "Glad to hear it"), "thanks in the same chat")


async def _business_chat(desk: Desk) -> list[dict[str, Any]]:
    messages: list[dict[str, Any]] = await desk.see(f"chats/{desk.customer}/messages?business=1")
    return messages


async def _in_business(desk: Desk, text: str) -> bool:
    return any(text in str(message) for message in await _business_chat(desk))


async def test_at_night_a_follow_up_waits_for_the_morning(desk: Desk, settings: Settings) -> None:
    async with running_at(settings, NIGHT) as bot:
        await answered(desk, bot, NIGHT)
        await bot.tick()
        assert follow_ups.next_due_at(bot.db) == MORNING
        assert await questions(desk) == []

    async with running_at(settings, MORNING):
        await question(desk)


async def test_nobody_is_followed_up_twice_in_a_day(desk: Desk, settings: Settings) -> None:
    async with ticking(settings) as bot:
        await answered(desk, bot, utc_now())
        await bot.tick()
        await question(desk)
        await desk.say(desk.customer, "你们几点开门？")
        await desk.wait_for(desk.customer, "营业时间")
        follow_ups.plan(bot.db, 2, "did_that_help", utc_now())
        await bot.tick()

        assert states(bot.db) == ["sent", "cancelled"]


async def test_where_enough_was_said_for_an_hour_a_follow_up_waits(
    desk: Desk, settings: Settings
) -> None:
    async with ticking(replace(settings, replies_per_hour=1)) as bot:
        await answered(desk, bot, utc_now())
        due_at = follow_ups.next_due_at(bot.db)
        await bot.tick()

        put_off = follow_ups.next_due_at(bot.db)
        assert due_at
        assert put_off
        assert put_off > due_at
        assert states(bot.db) == ["waiting"]


async def test_a_rating_takes_two_taps_and_a_low_one_is_told(
    desk: Desk, settings: Settings
) -> None:
    async with running_bot(settings) as db:
        card = await answered_by_the_owner(desk)
        await desk.tap(card, "Ask for a rating")
        twice = await desk.tap(card, "Ask for a rating")
        await desk.tap(await question(desk), "2 ⭐", desk.customer)

        await desk.wait_for(desk.customer, "Thank you for telling us!")
        told = await desk.wait_for(OWNER, "⭐⭐ from")
        assert twice["text"] == "They were asked already."
        assert db.execute("select stars from ratings").fetchall() == [(2,)]

        await desk.say(OWNER, "I am sorry!", reply_to=told["message_id"])
        await desk.wait_for(desk.customer, "I am sorry!")
        await desk.say(OWNER, "/insights")
        assert "2 of 5" in (await desk.wait_for(OWNER, "The last 7 days"))["text"]


async def test_a_good_rating_disturbs_nobody(desk: Desk, settings: Settings) -> None:
    async with running_bot(settings):
        await desk.tap(await answered_by_the_owner(desk), "Ask for a rating")
        await desk.tap(await question(desk), "5 ⭐", desk.customer)

        await desk.wait_for(desk.customer, "Thank you for telling us!")
        assert not [text for text in await desk.texts(OWNER) if "⭐" in text]


async def test_if_the_owner_wishes_everybody_is_asked_an_hour_later(
    desk: Desk, settings: Settings
) -> None:
    async with ticking(settings) as bot:
        await desk.tap(await answered_by_the_owner(desk), "Ask for a rating")
        await desk.tap(await desk.wait_for(OWNER, "Shall I always ask"), "Always ask")
        await desk.wait_for(OWNER, "From now on I ask everybody")
        assert choices.get(bot.db, ALWAYS_RATED)

        an_hour_ago = utc_text(utc_now() - HOUR)
        bot.db.execute("delete from ratings")
        bot.db.execute("update handoffs set closed_at = ?", [an_hour_ago])
        silent_since = "update customers set owner_wrote_at = ?, last_seen_at = ?"
        bot.db.execute(silent_since, [an_hour_ago, an_hour_ago])
        await bot.tick()

        await until(lambda: _n_asked(desk, 2), "a second question")


async def _n_asked(desk: Desk, n: int) -> bool:
    return len(await questions(desk)) == n
