"""The owner tells their weekly slots, and sees which are free."""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

from sqlite_utils import Database

from bot.settings import Settings
from scheduler import planning, store
from scheduler.posts import Content
from tests.conftest import OWNER, Desk, running_bot

UTC = ZoneInfo("UTC")


def next_slot(db: Database, channel: int) -> dt.datetime:
    at = planning.next_free_slot(db, channel, dt.datetime.now(dt.UTC), UTC)
    assert at
    return at


async def test_slots_are_told_shown_and_forgotten(desk: Desk, bot: Database) -> None:
    await desk.say(OWNER, "/slots")
    await desk.wait_for(OWNER, "You have no weekly slots")

    await desk.say(OWNER, "/slots Mo-Fr 9:00, 18:00; Sa 11:00")

    told = await desk.wait_for(OWNER, "These are your slots now")
    assert "Every week: Mon–Fri 9:00, 18:00; Sat 11:00" in told["text"]
    assert told["text"].count("free") == 12  # eleven slots, and the next one
    await desk.say(OWNER, "/slots off")
    await desk.wait_for(OWNER, "You have no slots any more")
    assert planning.next_free_slot(bot, desk.channel, dt.datetime.now(dt.UTC), UTC) is None


async def test_a_taken_slot_shows_what_stands_there(desk: Desk, bot: Database) -> None:
    await desk.say(OWNER, "/slots daily 9:00")
    await desk.wait_for(OWNER, "These are your slots now")
    first = next_slot(bot, desk.channel)
    store.schedule(bot, desk.channel, Content("Fresh <bread>"), first, now=first)

    await desk.say(OWNER, "/slots")

    shown = await desk.wait_for(OWNER, "Fresh <bread>")
    assert "09:00 Fresh <bread>" in shown["text"]
    assert next_slot(bot, desk.channel) == first + dt.timedelta(days=1)


async def test_slots_that_are_not_understood_leave_the_old_ones(desk: Desk, bot: Database) -> None:
    await desk.say(OWNER, "/slots daily 9:00")
    await desk.wait_for(OWNER, "These are your slots now")

    await desk.say(OWNER, "/slots daily 9:00-12:00")

    refused = await desk.wait_for(OWNER, "is a span of time")
    assert "I left your slots as they are" in refused["text"]
    assert next_slot(bot, desk.channel).hour == 9


async def second_channel(desk: Desk) -> int:
    made = await desk.do("chats", title="News", discussion=False)
    await desk.wait_for(OWNER, "Channel News is connected")
    return int(made["id"])


async def test_one_of_several_channels_may_have_slots_of_its_own(desk: Desk, bot: Database) -> None:
    other = await second_channel(desk)
    await desk.say(OWNER, "/slots daily 9:00")
    shown = await desk.wait_for(OWNER, "These are your slots now")
    await desk.tap(shown, "Others only for News")
    asked = await desk.wait_for(OWNER, "Which slots shall News have")

    await desk.say(OWNER, "Sa 11:00", reply_to=asked["message_id"])

    await desk.wait_for(OWNER, "Every week: Sat 11:00")
    assert next_slot(bot, other).hour == 11
    assert next_slot(bot, desk.channel).hour == 9
    shown = await desk.wait_for(OWNER, "Every week: Sat 11:00")
    await desk.tap(shown, "As the others: News")
    assert next_slot(bot, other).hour == 9


async def test_slots_are_told_in_chinese(desk: Desk, settings: Settings) -> None:
    async with running_bot(settings, owner_language="zh") as db:
        await desk.say(OWNER, "/start")
        await desk.wait_for(OWNER, "工作台")

        await desk.say(OWNER, "/slots 周一到周五 9点")

        await desk.wait_for(OWNER, "每周：周一至周五 9:00")
        assert next_slot(db, desk.channel).hour == 9
