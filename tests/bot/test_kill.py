"""The process is killed at the worst moment and started again."""

from __future__ import annotations

import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing
from typing import Any

from sqlite_utils import Database

from bot.settings import Settings
from tests.bot.real_process import Program, environment, program
from tests.conftest import OWNER, Desk, until


@asynccontextmanager
async def started(settings: Settings) -> AsyncIterator[Program]:
    async with program("run", env=environment(settings)) as bot:
        await bot.says("Soloist is running")
        yield bot


def rows(settings: Settings, sql: str) -> list[Any]:
    with closing(Database(settings.database)) as db:
        return [row[0] for row in db.execute(sql)]


async def sends(desk: Desk, chat: int) -> list[str]:
    """Every text that was sent to a chat, delivered or not."""
    calls = await desk.see("calls?method=sendMessage")
    return [
        call["params"]["text"] for call in calls if str(call["params"].get("chat_id")) == str(chat)
    ]


async def greeted(desk: Desk, settings: Settings) -> None:
    """Let the owner say /start, and everything that follows from it be done."""
    await desk.say(OWNER, "/start")
    await desk.wait_for(OWNER, "My channel is connected")
    await until(lambda: rows(settings, OPEN) == [0], "quiet")


async def first_post(desk: Desk, settings: Settings) -> None:
    """Publish a post, after which it is known how far the channel's message ids have come."""
    await greeted(desk, settings)
    await desk.say(OWNER, "/post First")
    await desk.wait_for(OWNER, "Post 1 is in My channel")
    await until(lambda: rows(settings, OPEN) == [0], "quiet")


async def test_killed_between_send_and_mark_a_post_is_published_exactly_once(
    desk: Desk, settings: Settings
) -> None:
    async with started(settings) as bot:
        await first_post(desk, settings)
        await desk.do("faults", method="sendMessage", n=1, kind="delay_after", seconds=30)
        await desk.say(OWNER, "/post Once and only once")
        await desk.wait_for(desk.channel, "Once and only once")
        assert rows(settings, "select state from posts") == ["published", "publishing"]
        await bot.stop(signal.SIGKILL)

    async with started(settings):
        await desk.wait_for(OWNER, "Post 2 is in My channel")

        assert rows(settings, "select state from posts") == ["published", "published"]
        assert await desk.texts(desk.channel) == ["First", "Once and only once"]
        assert await sends(desk, desk.channel) == ["First", "Once and only once"]
        assert not any("Once and only once" in text for text in await desk.texts(OWNER))


async def test_killed_between_claim_and_send_a_post_is_published_exactly_once(
    desk: Desk, settings: Settings
) -> None:
    async with started(settings) as bot:
        await first_post(desk, settings)
        await desk.do("faults", method="sendMessage", n=1, kind="delay", seconds=1)
        await desk.say(OWNER, "/post Once and only once")
        await until(lambda: "publishing" in rows(settings, "select state from posts"), "a claim")
        await bot.stop(signal.SIGKILL)
    await desk.wait_for(desk.channel, "Once and only once")  # the request was under way

    async with started(settings):
        await desk.wait_for(OWNER, "Post 2 is in My channel")

        assert rows(settings, "select state from posts") == ["published", "published"]
        assert await desk.texts(desk.channel) == ["First", "Once and only once"]


async def test_where_nothing_is_known_of_the_channel_the_owner_is_asked_about_a_killed_post(
    desk: Desk, settings: Settings
) -> None:
    async with started(settings) as bot:
        await greeted(desk, settings)
        await desk.do("faults", method="sendMessage", n=1, kind="delay_after", seconds=30)
        await desk.say(OWNER, "/post Once and only once")
        await desk.wait_for(desk.channel, "Once and only once")
        await bot.stop(signal.SIGKILL)

    async with started(settings):
        await desk.tap(await desk.wait_for(OWNER, "I cannot tell whether post 1"), "It is there")

        await desk.wait_for(OWNER, "Post 1 counts as published")
        assert await desk.texts(desk.channel) == ["Once and only once"]


async def test_killed_between_send_and_mark_a_reply_is_never_doubled(
    desk: Desk, settings: Settings
) -> None:
    async with started(settings) as bot:
        await greeted(desk, settings)
        await desk.do("faults", method="sendMessage", n=1, kind="delay_after", seconds=30)
        await desk.say(desk.customer, "When do you open?")
        await desk.wait_for(desk.customer, "9:00–18:00")
        await bot.stop(signal.SIGKILL)

    async with started(settings):
        card = await desk.wait_for(OWNER, "I cannot tell whether my reply reached")

        assert "When do you open?" in card["text"]
        assert len(await sends(desk, desk.customer)) == 1
        await desk.tap(card, "Leave it")
        await desk.wait_for(OWNER, "Left without an answer")


async def test_killed_with_messages_waiting_each_is_handled_exactly_once(
    desk: Desk, settings: Settings
) -> None:
    people = [desk.customer, desk.other] + [(await desk.do("people"))["id"] for _ in range(4)]
    async with started(settings) as bot:
        await greeted(desk, settings)
        # Every first reply hangs, so when the process dies there are messages at every stage.
        await desk.do("faults", method="sendMessage", n=len(people), kind="delay_after", seconds=30)
        for question in ("When do you open?", "blorb frobnicate"):
            for person in people:
                await desk.say(person, question)
        sending = "select count(*) from outbox where state = 'sending'"
        await until(lambda: rows(settings, sending) == [len(people)], "the first replies")
        for person in people:
            await desk.say(person, "frobnicate blorb")
        await bot.stop(signal.SIGKILL)

    async with started(settings):
        await until(lambda: rows(settings, HANDLED) == [3 * len(people)], "all to be handled")

        await until(lambda: rows(settings, OPEN) == [0], "quiet")
        assert rows(settings, TWICE) == [0]
        written = dict(zip(rows(settings, CHATS), rows(settings, REPLIES), strict=True))
        for person in people:
            texts = await sends(desk, person)
            # One that was claimed but never left is in doubt too, and the owner's.
            assert len([text for text in texts if "9:00–18:00" in text]) <= 1
            assert len(texts) <= written[person]


HANDLED = """
    select count(*) from messages m
    where exists (
        select 1 from outbox o
        where o.message = m.id and o.purpose = 'reply' and o.state = 'sent'
    ) or exists (
        select 1 from handoffs h join outbox o on o.handoff = h.id
        where h.message = m.id and o.purpose = 'card' and o.state = 'sent'
    )
"""
CHATS = "select chat_id from outbox where purpose = 'reply' group by chat_id order by chat_id"
REPLIES = "select count(*) from outbox where purpose = 'reply' group by chat_id order by chat_id"
OPEN = """
    select (select count(*) from updates where body is not null)
        + (select count(*) from messages where outcome is null)
        + (select count(*) from outbox where state in ('waiting', 'sending'))
"""
TWICE = """
    select count(*) from (
        select 1 from outbox where purpose = 'reply' group by message having count(*) > 1
    )
"""


async def test_a_polite_stop_ends_with_status_zero_and_loses_nothing(
    desk: Desk, settings: Settings
) -> None:
    async with started(settings) as bot:
        await desk.say(OWNER, "/start")
        await desk.say(desk.customer, "When do you open?")
        await desk.wait_for(desk.customer, "9:00–18:00")

        await bot.stop(signal.SIGTERM)

        assert await bot.ends() == 0
        assert "Traceback" not in bot.written
    assert rows(settings, "select count(*) from outbox where state = 'sending'") == [0]
