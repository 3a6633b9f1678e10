"""Posts that went wrong, the queue that shows them, and the history that tells of them."""

from __future__ import annotations

import asyncio
import datetime as dt

from sqlite_utils import Database

from bot.settings import Settings
from bot.views import unsettled
from bot.views.say import Say
from scheduler import store
from scheduler.posts import Content, Origin, PostState
from scheduler.slot_times import SlotTime
from scheduler.store import slots
from tests.conftest import OWNER, Desk, running_bot, until


async def late_posts(desk: Desk, settings: Settings, *texts: str) -> None:
    """Let posts become late while the bot is down, the last text due first."""
    long_ago = dt.datetime.now(dt.UTC) - dt.timedelta(hours=2)
    async with running_bot(settings) as db:
        await desk.say(OWNER, "/start")
        await desk.wait_for(OWNER, "My channel is connected")
        for n, text in enumerate(texts):
            at = long_ago - dt.timedelta(minutes=n)
            store.schedule(db, desk.channel, Content(text), at, now=long_ago)


async def test_late_posts_are_asked_about_together_and_once(desk: Desk, settings: Settings) -> None:
    await late_posts(desk, settings, "Third", "Second", "First")
    for _ in range(2):
        async with running_bot(settings):
            card = await desk.wait_for(OWNER, "3 posts are late")
            await asyncio.sleep(0.5)

    told = [text for text in await desk.texts(OWNER) if "late" in text]
    assert len(told) == 1
    assert card["text"].index("First") < card["text"].index("Second") < card["text"].index("Third")


async def test_all_late_posts_go_out_in_the_order_in_which_they_were_due(
    desk: Desk, settings: Settings
) -> None:
    await late_posts(desk, settings, "Third", "Second", "First")
    async with running_bot(settings) as db:
        await desk.tap(await desk.wait_for(OWNER, "3 posts are late"), "All now")

        await desk.wait_for(OWNER, "3 late posts go out now.")
        await desk.wait_for(desk.channel, "Third")
        assert await desk.texts(desk.channel) == ["First", "Second", "Third"]
        await until(lambda: not store.unsettled(db) and not store.upcoming(db), "the end")


async def test_late_posts_take_the_next_slots_or_are_dropped(
    desk: Desk, settings: Settings
) -> None:
    await late_posts(desk, settings, "Second", "First")
    async with running_bot(settings) as db:
        card = await desk.wait_for(OWNER, "2 posts are late")
        await desk.tap(card, "Each at its next slot")
        await desk.wait_for(OWNER, "You have no weekly slots yet")
        slots.tell(db, slots.ANY_CHANNEL, [SlotTime(day, 12 * 60) for day in range(7)])

        await desk.tap(card, "Each at its next slot")

        await desk.wait_for(OWNER, "2 late posts are moved:")
        first, second = store.upcoming(db)
        assert (first.text, second.text) == ("First", "Second")
        assert second.publish_at - first.publish_at == dt.timedelta(days=1)


async def test_a_card_of_late_posts_that_are_no_longer_those_changes_nothing(
    desk: Desk, settings: Settings
) -> None:
    await late_posts(desk, settings, "Second", "First")
    async with running_bot(settings) as db:
        card = await desk.wait_for(OWNER, "2 posts are late")
        store.cancel(db, 1, dt.datetime.now(dt.UTC))

        tapped = await desk.tap(card, "Drop all")

        assert tapped["text"] == "Other posts are late now. Please look again."
        assert [post.state for post in store.unsettled(db)] == [PostState.LATE]


async def test_a_refused_post_whose_notice_was_lost_stands_in_the_queue(
    desk: Desk, bot: Database
) -> None:
    await desk.do("rights", chat=desk.channel, status="administrator", can_post_messages=False)
    await desk.say(OWNER, "/post Hello")
    await desk.wait_for(OWNER, "was refused by My channel")

    await desk.say(OWNER, "/queue")
    queue = await desk.wait_for(OWNER, "These wait for your word:")

    assert "⚠️ refused: 1 Hello" in queue["text"]
    await desk.tap(queue, "1")
    await desk.tap(await desk.wait_for(OWNER, "was refused by My channel", n=2), "Drop it")
    await desk.wait_for(OWNER, "Post 1 is cancelled.")


async def test_the_queue_has_pages_of_ten_with_a_heading_for_each_day(
    desk: Desk, bot: Database
) -> None:
    begin = dt.datetime.now(dt.UTC) + dt.timedelta(days=1)
    for n in range(12):
        at = begin + n * dt.timedelta(hours=12)
        store.schedule(bot, desk.channel, Content(f"Number {n}"), at, now=begin)

    await desk.say(OWNER, "/queue")
    page = await desk.wait_for(OWNER, "12 posts are scheduled")
    assert "Number 9" in page["text"]
    assert "Number 10" not in page["text"]
    headings = [line for line in page["text"].splitlines() if line[:4] in WEEKDAYS]
    assert len(headings) in {5, 6}
    await desk.tap(page, ">")

    page = await desk.wait_for(OWNER, "Number 11")
    assert "Number 9" not in page["text"]
    assert [row[0]["text"] for row in page["reply_markup"]["inline_keyboard"]] == ["11", "<"]


WEEKDAYS = {"Mon ", "Tue ", "Wed ", "Thu ", "Fri ", "Sat ", "Sun "}


async def test_the_history_tells_each_step_and_each_try(desk: Desk, bot: Database) -> None:
    await desk.do("faults", method="sendMessage", n=1, kind="429", seconds=1)
    await desk.say(OWNER, "/post Hello")
    await desk.wait_for(OWNER, "Post 1 is in My channel")

    await desk.say(OWNER, "/history 1")

    told = (await desk.wait_for(OWNER, "Post 1 for My channel"))["text"]
    assert "you: scheduled for" in told
    assert "try 1: not sent" in told
    assert "try 2: it is out" in told
    await desk.say(OWNER, "/history 99")
    await desk.wait_for(OWNER, "I know no post 99.")
    await desk.say(OWNER, "/history")
    await desk.tap(await desk.wait_for(OWNER, "Published last"), "1")
    await desk.wait_for(OWNER, "Post 1 for My channel", n=2)


async def test_the_history_of_a_post_in_doubt_is_told_in_plain_words(
    desk: Desk, bot: Database
) -> None:
    await desk.do("protection", chat=desk.channel, protected=True)
    await desk.do("faults", method="sendMessage", n=1, kind="cut_after")
    await desk.say(OWNER, "/post Did it arrive?")
    await desk.tap(await desk.wait_for(OWNER, "I cannot tell whether post 1"), "It is there")
    await desk.wait_for(OWNER, "Post 1 counts as published")

    await desk.say(OWNER, "/history 1")

    told = (await desk.wait_for(OWNER, "Post 1 for My channel"))["text"]
    assert "Soloist: not sure that it arrived — the connection broke off" in told
    assert "Soloist: cannot tell whether it is there — nothing may be forwarded" in told
    assert "you: it is in the channel" in told
    assert "moved" not in told


async def test_what_waits_for_approval_goes_out_when_it_is_approved(
    desk: Desk, settings: Settings
) -> None:
    now = dt.datetime.now(dt.UTC)
    async with running_bot(settings) as db:
        await desk.say(OWNER, "/start")
        await desk.wait_for(OWNER, "My channel is connected")
        for text, at in (
            ("Soon", now + dt.timedelta(hours=1)),
            ("Past", now - dt.timedelta(hours=1)),
        ):
            store.schedule(
                db,
                desk.channel,
                Content(text),
                at,
                now=now - dt.timedelta(days=1),
                state=PostState.WAITING,
                origin=Origin(source="feed"),
            )
        await desk.say(OWNER, "/drafts")
        listed = await desk.wait_for(OWNER, "2 drafts")

        await desk.tap(listed, "1")
        await desk.tap(await desk.wait_for(OWNER, "Post 1 for My channel waits"), "Approve")
        await desk.wait_for(OWNER, "Post 1 goes to My channel")
        await desk.tap(listed, "2")
        await desk.tap(await desk.wait_for(OWNER, "Post 2 for My channel waits"), "Approve")
        await desk.wait_for(OWNER, "When should post 2 go out?")
        await desk.say(OWNER, "in 2 hours")

        await desk.wait_for(OWNER, "Post 2 goes to My channel")
        assert [post.text for post in store.upcoming(db)] == ["Soon", "Past"]


def test_a_refusal_comes_with_advice_in_plain_words() -> None:
    say = Say("en", Settings(telegram_bot_token="", owner_id=1).timezone)
    refusals = {
        "Bad Request: not enough rights to send text messages": "Make the bot an administrator",
        "Forbidden: bot was kicked from the channel chat": "Add the bot to the channel",
        "Bad Request: group chat was upgraded to a supergroup chat": "The group has a new id",
        "Bad Request: message caption is too long": "1024 characters",
        "Bad Request: MESSAGE_TOO_LONG": "4096 characters",
        "Bad Request: TOPIC_CLOSED": "Open the topic again",
        "Bad Request: wrong file identifier/HTTP URL specified": "no longer has the file",
        "Bad Request: poll must have at least 2 options": "does not take this poll",
        "Bad Request: BUTTON_URL_INVALID": "The address of a button is wrong",
    }

    for refusal, help_ in refusals.items():
        assert help_ in unsettled.advice(say, refusal)
