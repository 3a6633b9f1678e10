"""The owner writes posts: at once, on time, moved, cancelled, late, lost."""

from __future__ import annotations

import asyncio
import datetime as dt

from sqlite_utils import Database

from bot.settings import Settings
from scheduler import store
from scheduler.posts import Content
from tests.conftest import OWNER, Desk, running_bot, until


def states(db: Database) -> list[str]:
    return [row[0] for row in db.execute("select state from posts order by id")]


async def test_a_post_is_published_at_once_with_its_formatting(desk: Desk, bot: Database) -> None:
    text = "/post Fresh bread today"
    bold = {"type": "bold", "offset": 6, "length": 5}
    await desk.say(OWNER, text, entities=[bold])

    post = await desk.wait_for(desk.channel, "Fresh bread today")
    await desk.wait_for(OWNER, "Post 1 is in My channel")
    assert post["entities"] == [{"type": "bold", "offset": 0, "length": 5}]
    assert states(bot) == ["published"]


async def test_posts_that_go_out_together_are_told_in_one_notice(
    desk: Desk, settings: Settings
) -> None:
    at = dt.datetime.now(dt.UTC)
    async with running_bot(settings) as db:
        await desk.say(OWNER, "/start")
        await desk.wait_for(OWNER, "My channel is connected")
        for n in range(3):
            store.schedule(db, desk.channel, Content(f"Few {n}"), at, now=at)
    async with running_bot(settings) as db:
        told = await desk.wait_for(OWNER, "Post 3 is in")
        assert told["text"].splitlines() == [f"✅ Post {n} is in My channel." for n in (1, 2, 3)]
        for n in range(12):
            store.schedule(db, desk.channel, Content(f"Many {n}"), at, now=at)
    async with running_bot(settings):
        told = await desk.wait_for(OWNER, "posts are out")
        assert told["text"].splitlines() == ["✅ 12 posts are out:", "My channel: 12"]


async def test_a_rule_in_place_of_a_time_leads_to_repeat(desk: Desk, bot: Database) -> None:
    await desk.say(OWNER, "/schedule every monday at 9 Hello")

    await desk.wait_for(OWNER, "begins with /repeat")
    assert states(bot) == []


async def test_a_scheduled_post_appears_on_time(desk: Desk, bot: Database) -> None:
    await desk.say(OWNER, "/schedule in 2 seconds Good morning")

    confirmation = await desk.wait_for(OWNER, "goes to My channel")
    assert "UTC" in confirmation["text"]
    assert await desk.texts(desk.channel) == []
    await desk.wait_for(desk.channel, "Good morning")
    due, published = bot.execute("select publish_at, claimed_at from posts").fetchone()
    waited = dt.datetime.fromisoformat(published) - dt.datetime.fromisoformat(due)
    assert dt.timedelta() <= waited <= dt.timedelta(seconds=1)


async def test_a_picture_becomes_a_post_by_replying_to_it(desk: Desk, bot: Database) -> None:
    picture = await desk.do(
        "messages",
        **{"from": OWNER, "chat": OWNER, "photo": {"sample": True}, "caption": "New in the shop"},
    )

    await desk.say(OWNER, "/post", reply_to=picture["message_id"])

    post = await desk.wait_for(desk.channel, "New in the shop")
    assert post["photo"]


async def test_a_cancelled_post_never_appears(desk: Desk, bot: Database) -> None:
    await desk.say(OWNER, "/schedule in 2 seconds Never")

    await desk.tap(await desk.wait_for(OWNER, "goes to My channel"), "Cancel")

    await desk.wait_for(OWNER, "Post 1 is cancelled")
    await asyncio.sleep(2.5)
    assert await desk.texts(desk.channel) == []
    assert states(bot) == ["cancelled"]


async def test_a_post_is_moved_by_writing_a_time(desk: Desk, bot: Database) -> None:
    await desk.say(OWNER, "/schedule tomorrow 9:00 Later")
    await desk.wait_for(OWNER, "goes to My channel")
    await desk.say(OWNER, "/queue")
    await desk.tap(await desk.wait_for(OWNER, "1 post is scheduled"), "1")
    await desk.tap(await desk.wait_for(OWNER, "goes to My channel", n=2), "Move")
    question = await desk.wait_for(OWNER, "When should post 1 go out?")

    await desk.say(OWNER, "in 1 second", reply_to=question["message_id"])

    await desk.wait_for(desk.channel, "Later")


async def test_a_cancelled_post_cannot_be_moved_and_says_so(desk: Desk, bot: Database) -> None:
    await desk.say(OWNER, "/schedule tomorrow 9:00 Later")
    card = await desk.wait_for(OWNER, "goes to My channel")
    await desk.say(OWNER, "/queue")
    await desk.tap(await desk.wait_for(OWNER, "1 post is scheduled"), "1")
    await desk.tap(await desk.wait_for(OWNER, "goes to My channel", n=2), "Cancel")
    await desk.wait_for(OWNER, "Post 1 is cancelled")

    assert (await desk.tap(card, "Move"))["text"] == "Post 1 was cancelled."


async def test_a_time_that_cannot_be_is_refused_in_a_sentence(desk: Desk, bot: Database) -> None:
    await desk.say(OWNER, "/schedule yesterday 9:00 Too late")
    await desk.wait_for(OWNER, "has passed")
    await desk.say(OWNER, "/schedule whenever you like")
    await desk.wait_for(OWNER, "I find no time")
    await desk.say(OWNER, "/schedule tomorrow 9:00")
    await desk.wait_for(OWNER, "/schedule tomorrow 9:00 We open")
    await desk.say(OWNER, "/schedule tomorrow 9:00 " + "x" * 4000 + "😀" * 40)

    await until(lambda: desk.texts(OWNER), "answers")
    assert states(bot) in ([], ["scheduled"])


async def test_without_a_channel_a_post_is_refused_in_a_sentence(
    desk: Desk, settings: Settings
) -> None:
    await desk.do("rights", chat=desk.channel, status="left")
    async with running_bot(settings):
        await desk.say(OWNER, "/start")
        await desk.wait_for(OWNER, "No channel yet")

        await desk.say(OWNER, "/post Hello")

        await desk.wait_for(OWNER, "No channel is connected")


async def test_a_lost_right_is_told_and_named(desk: Desk, bot: Database) -> None:
    await desk.do("rights", chat=desk.channel, status="administrator", can_post_messages=False)

    await desk.wait_for(OWNER, "I lack the right to: post messages")
    await desk.say(OWNER, "/post Hello")
    card = await desk.wait_for(OWNER, "was refused by My channel")
    await desk.do("rights", chat=desk.channel, status="administrator", can_post_messages=True)
    await desk.tap(card, "Try again")
    await desk.wait_for(desk.channel, "Hello")


async def test_a_post_whose_answer_was_lost_is_found_and_not_sent_twice(
    desk: Desk, bot: Database
) -> None:
    await desk.say(OWNER, "/post First")
    await desk.wait_for(OWNER, "Post 1 is in My channel")
    await desk.do("faults", method="sendMessage", n=1, kind="cut_after")

    # The outbox stays out of the fault's way: a post due now is the next thing that is sent.
    await desk.say(OWNER, "/post Second")

    await desk.wait_for(OWNER, "Post 2 is in My channel")
    assert await desk.texts(desk.channel) == ["First", "Second"]
    assert states(bot) == ["published", "published"]
    assert not any("Second" in text for text in await desk.texts(OWNER))


async def test_where_nobody_can_look_the_owner_is_asked(desk: Desk, bot: Database) -> None:
    await desk.do("faults", method="sendMessage", n=1, kind="cut_after")
    await desk.do("faults", method="forwardMessage", n=5, kind="cut_before")

    await desk.say(OWNER, "/post Hello")

    await until(lambda: states(bot) == ["unknown"], "an unknown post")


async def test_a_late_post_waits_for_the_owner(desk: Desk, settings: Settings) -> None:
    long_ago = dt.datetime.now(dt.UTC) - dt.timedelta(hours=2)
    async with running_bot(settings) as db:
        await desk.say(OWNER, "/start")
        await desk.wait_for(OWNER, "My channel is connected")
        store.schedule(db, desk.channel, Content("Old news"), long_ago, now=long_ago)
    async with running_bot(settings) as db:
        card = await desk.wait_for(OWNER, "is late")
        assert await desk.texts(desk.channel) == []

        await desk.tap(card, "Publish now")

        await desk.wait_for(desk.channel, "Old news")
        await until(lambda: states(db) == ["published"], "the mark")


async def test_a_post_that_telegram_puts_off_beyond_its_grace_waits_for_the_owner(
    desk: Desk, settings: Settings
) -> None:
    async with running_bot(settings, grace=dt.timedelta(seconds=1)):
        await desk.say(OWNER, "/start")
        await desk.wait_for(OWNER, "This is your desk")
        await desk.do("faults", method="sendMessage", n=1, kind="429", seconds=3)

        await desk.say(OWNER, "/post Hello")

        await desk.wait_for(OWNER, "is late")
        assert await desk.texts(desk.channel) == []


async def test_insights_count_what_happened(desk: Desk, bot: Database) -> None:
    await desk.say(desk.customer, "When do you open?")
    await desk.say(desk.other, "质量太差了，我要退款")
    await desk.wait_for(OWNER, "is waiting for you")
    await desk.say(OWNER, "/post Hello readers")
    post = await desk.wait_for(desk.channel, "Hello readers")
    for person in (desk.customer, desk.other):
        await desk.do(
            "reactions",
            **{"from": person, "chat": desk.channel, "message": post["message_id"], "emoji": "👍"},
        )
    await desk.say(desk.customer, "Looks lovely!", chat=desk.group, thread=post["message_id"])
    decided = "select count(*) from messages where outcome is not null"
    await until(lambda: bot.execute(decided).fetchone() == (3,), "the comment")

    await desk.say(OWNER, "/insights")

    text = (await desk.wait_for(OWNER, "The last 7 days"))["text"]
    assert "Messages: 3" in text
    assert "Handed to you: 1" in text
    assert "Hello readers — 👍 2 💬 1" in text
    assert "As of" in text


async def test_an_unknown_command_is_named(desk: Desk, bot: Database) -> None:
    await desk.say(OWNER, "/shedule tomorrow 9:00 Hello")

    await desk.wait_for(OWNER, "I do not know /shedule.")


async def test_help_turns_to_a_group_and_back(desk: Desk, bot: Database) -> None:
    await desk.say(OWNER, "/help")
    shown = await desk.wait_for(OWNER, "/inbox /teach")

    await desk.tap(shown, "📣 Posts")
    opened = await desk.wait_for(OWNER, "/post — Publish a text")
    await desk.tap(opened, "« Back")

    await desk.wait_for(OWNER, "/inbox /teach")


async def test_cancel_alone_says_that_nothing_is_asked(desk: Desk, bot: Database) -> None:
    await desk.say(OWNER, "/cancel")

    await desk.wait_for(OWNER, "I am not waiting for an answer")
