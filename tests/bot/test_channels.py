"""Several channels: where posts go, how much later, what is told of rights."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from sqlite_utils import Database

from bot.playground import Playground
from bot.settings import Settings
from bot.store import channels
from bot.store.channels import Channel
from scheduler import store
from scheduler.posts import Content, Origin
from tests.conftest import OWNER, Desk, running_bot, until

NOON = dt.datetime(2027, 3, 1, 12, tzinfo=dt.UTC)
FIRST, SECOND, THIRD = -1003, -1001, -1002


def connect(db: Database, *ids: int) -> None:
    for channel_id in ids:
        channels.connect(db, Channel(channel_id, f"Channel {channel_id}", None, None, ()))


def targets(db: Database, preferred: int | None = None) -> list[int]:
    return [channel.id for channel in channels.targets(db, preferred)]


def test_until_somebody_chooses_posts_go_to_the_preferred_or_the_first_channel(
    db: Database,
) -> None:
    assert targets(db) == []
    connect(db, FIRST, SECOND, THIRD)

    assert targets(db) == [FIRST]
    assert targets(db, THIRD) == [THIRD]
    assert targets(db, -1009) == [FIRST]


def test_choosing_one_more_keeps_the_one_that_nobody_had_to_choose(db: Database) -> None:
    connect(db, FIRST, SECOND, THIRD)

    channels.choose(db, THIRD, SECOND, on=True)

    assert targets(db) == [SECOND, THIRD]


def test_all_may_be_switched_off(db: Database) -> None:
    connect(db, FIRST, SECOND)

    channels.choose(db, FIRST, None, on=False)

    assert targets(db) == []


def test_a_channel_that_joins_later_takes_no_posts_from_the_others(db: Database) -> None:
    connect(db, FIRST)
    connect(db, SECOND, THIRD)
    assert targets(db) == [FIRST]

    channels.leave(db, FIRST, NOON)
    connect(db, FIRST)

    assert targets(db) == [SECOND]


def test_what_telegram_says_of_a_channel_keeps_what_the_owner_said(db: Database) -> None:
    connect(db, FIRST)
    channels.set_offset(db, FIRST, dt.timedelta(minutes=15))
    channels.choose(db, FIRST, None, on=True)

    connect(db, FIRST)

    (channel,) = channels.connected(db)
    assert channel.offset == dt.timedelta(minutes=15)
    assert channel.chosen


async def second_channel(desk: Desk) -> int:
    made = await desk.do("chats", title="News", discussion=False)
    await desk.wait_for(OWNER, "Channel News is connected")
    channel_id: int = made["id"]
    return channel_id


async def test_one_channel_is_a_simple_card(desk: Desk, bot: Database) -> None:
    await desk.say(OWNER, "/channels")

    card = await desk.wait_for(OWNER, "📣 My channel")
    assert "discussion group is linked" in card["text"]
    assert "reply_markup" not in card


async def test_posts_go_to_the_channels_that_are_tapped(desk: Desk, bot: Database) -> None:
    news = await second_channel(desk)
    assert "Posts do not go here" in (await desk.texts(OWNER))[-1]
    await desk.say(OWNER, "/channels")
    card = await desk.wait_for(OWNER, "Posts go here at their time")

    await desk.tap(card, "⬜ News")
    assert targets(bot) == [desk.channel, news]
    await desk.tap(await desk.wait_for(OWNER, "📣 News"), "✅ My channel")
    assert targets(bot) == [news]
    await desk.tap(await desk.wait_for(OWNER, "📣 News"), "✅ News")

    await desk.wait_for(OWNER, "No channel is chosen, so posts go nowhere")


async def test_an_offset_is_tapped_or_written(desk: Desk, bot: Database) -> None:
    news = await second_channel(desk)

    def offset() -> dt.timedelta:
        found = channels.find(bot, news)
        assert found
        return found.offset

    await desk.say(OWNER, "/channels")
    card = await desk.wait_for(OWNER, "📣 News")
    (button,) = [
        button["callback_data"]
        for row in card["reply_markup"]["inline_keyboard"]
        for button in row
        if button["callback_data"] == f"channel:offset:{news}"
    ]
    await tap(desk, card, button)
    card = await desk.wait_for(OWNER, "How many minutes after its time")
    await desk.tap(card, "15")
    assert offset() == dt.timedelta(minutes=15)

    await tap(desk, await desk.wait_for(OWNER, "📣 News"), button)
    await desk.tap(await desk.wait_for(OWNER, "How many minutes after its time"), "Another number")
    await desk.wait_for(OWNER, "Write a number, up to 1,440")
    await desk.say(OWNER, "soon")
    await desk.wait_for(OWNER, "This is no number of minutes")
    await desk.say(OWNER, "25 min")
    await until(lambda: offset() == dt.timedelta(minutes=25), "the offset")


async def tap(desk: Desk, message: dict[str, Any], data: str) -> None:
    await desk.do(
        "taps",
        **{"from": OWNER, "chat": OWNER, "message": message["message_id"], "data": data},
    )


async def rights(desk: Desk, **changed: Any) -> None:
    await desk.do("rights", **{"chat": desk.channel, "status": "administrator"} | changed)


async def test_a_lost_right_is_told_with_what_waits_for_it_and_its_return_in_silence(
    desk: Desk, bot: Database
) -> None:
    for hours in (5, 3):
        at = dt.datetime.now(dt.UTC) + dt.timedelta(hours=hours)
        store.schedule(bot, desk.channel, Content("Later"), at, now=at)

    await rights(desk, can_edit_messages=False)
    told = await desk.wait_for(OWNER, "I lack the right to: edit and pin messages")
    assert "2 posts are scheduled there, the first one" in told["text"]

    await rights(desk)
    await desk.wait_for(OWNER, "I have the right again to: edit and pin messages")


async def test_being_removed_is_told_with_what_waits(desk: Desk, bot: Database) -> None:
    at = dt.datetime.now(dt.UTC) + dt.timedelta(hours=3)
    store.schedule(bot, desk.channel, Content("Later"), at, now=at)

    await rights(desk, status="kicked")

    told = await desk.wait_for(OWNER, "I am no longer an administrator of My channel")
    assert "1 post is scheduled there" in told["text"]
    assert channels.connected(bot) == []


async def test_what_changed_while_nobody_listened_is_told_once(
    desk: Desk, settings: Settings
) -> None:
    async with running_bot(settings):
        await desk.say(OWNER, "/start")
        await desk.wait_for(OWNER, "This is your desk")
    await rights(desk, can_post_messages=False)
    await rights(desk, can_delete_messages=False)

    async with running_bot(settings):
        await desk.wait_for(OWNER, "I lack the right to: delete messages")
        await desk.say(OWNER, "/help")
        await desk.wait_for(OWNER, "Your time zone is")

    assert not any("post messages" in text for text in await desk.texts(OWNER))
    assert sum("I lack the right" in text for text in await desk.texts(OWNER)) == 1


async def test_a_change_counts_also_while_telegram_answers_nothing(
    desk: Desk, bot: Database
) -> None:
    await desk.do("faults", method="getChatMember", n=50, kind="500")

    await rights(desk, can_post_messages=False)

    await desk.wait_for(OWNER, "I lack the right to: post messages")


async def test_a_discussion_group_is_followed_to_its_new_id(
    desk: Desk, bot: Database, playground: Playground
) -> None:
    at = dt.datetime.now(dt.UTC) + dt.timedelta(hours=3)
    post = store.schedule(bot, desk.channel, Content("Post"), at, now=at)
    first = Origin(after_post_id=post.id, is_comment=True)
    comment = store.schedule(bot, desk.group, Content("First!"), at, now=at, origin=first)
    new_group = desk.group - 77
    world = playground.api.world
    group = world.control_chat(desk.group)

    world.emit(
        "message",
        {
            "message_id": 999,
            "date": world.now(),
            "chat": group.chat,
            "migrate_to_chat_id": new_group,
        },
    )

    await until(lambda: channels.connected(bot)[0].discussion_id == new_group, "the new group")
    assert store.get(bot, comment.id).channel_id == new_group
    assert store.get(bot, post.id).channel_id == desk.channel


async def test_another_discussion_group_is_noticed_by_its_first_thread(
    desk: Desk, bot: Database
) -> None:
    channels.link(bot, desk.channel, -1009)

    await desk.say(OWNER, "Hello readers", chat=desk.channel)

    await until(lambda: channels.connected(bot)[0].discussion_id == desk.group, "the group")


@pytest.mark.parametrize("language", ["en", "zh"])
async def test_channels_are_shown_in_both_languages(
    desk: Desk, settings: Settings, language: str
) -> None:
    async with running_bot(settings, owner_language=language):
        await desk.say(OWNER, "/start")
        await desk.wait_for(OWNER, {"en": "This is your desk", "zh": "这里是你的工作台"}[language])

        await desk.say(OWNER, "/channels")

        await desk.wait_for(OWNER, "📣 My channel")
