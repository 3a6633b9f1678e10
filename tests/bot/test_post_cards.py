"""The card of a post: what the owner changes by tapping, and what a late tap says."""

from __future__ import annotations

import datetime as dt
import json
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlite_utils import Database

from bot.owner.timing import NEXT
from bot.settings import Settings
from scheduler import store
from scheduler.slot_times import SlotTime
from scheduler.store import slots
from tests.conftest import OWNER, Desk, Json, running_bot, until


async def scheduled(desk: Desk, text: str = "Good morning") -> Json:
    """Schedule a text for a later day and give its card."""
    await desk.say(OWNER, f"/schedule in 48 hours {text}")
    return await desk.wait_for(OWNER, "goes to ")


async def picture(desk: Desk, **more: Any) -> Json:
    """Let the owner send a picture."""
    sent: Json = await desk.do(
        "messages", **{"from": OWNER, "chat": OWNER, "photo": {"sample": True}} | more
    )
    return sent


async def drawn(desk: Desk, card: Json, label: str) -> Json:
    """Wait until a card has been drawn again with this button, and give it."""
    found: list[Json] = []

    async def there() -> bool:
        found[:] = [
            message
            for message in await desk.chat(OWNER)
            if message["message_id"] == card["message_id"] and label in labels(message)
        ]
        return bool(found)

    await until(there, f"the button “{label}”")
    return found[0]


def labels(message: Json) -> list[str]:
    rows = message.get("reply_markup", {}).get("inline_keyboard", [])
    return [button["text"] for row in rows for button in row]


async def test_the_text_of_a_post_is_changed_by_the_next_message(desk: Desk, bot: Database) -> None:
    await desk.tap(await scheduled(desk), "Change text")
    await desk.wait_for(OWNER, "Send the new text of post 1")

    bold = {"type": "bold", "offset": 0, "length": 4}
    await desk.say(OWNER, "Good evening", entities=[bold])

    await desk.wait_for(OWNER, "Good evening")
    content = store.get(bot, 1).content
    assert (content.text, json.loads(content.entities)) == ("Good evening", [bold])


async def test_a_picture_stays_when_only_its_text_is_changed(desk: Desk, bot: Database) -> None:
    await picture(desk, caption="/schedule in 48 hours The old words")
    await desk.tap(await desk.wait_for(OWNER, "The old words"), "Change text")
    await desk.wait_for(OWNER, "The picture or file stays")

    await desk.say(OWNER, "The new words")

    await desk.wait_for(OWNER, "The new words")
    content = store.get(bot, 1).content
    assert (content.text, len(content.media)) == ("The new words", 1)


async def test_a_tap_that_comes_too_late_says_what_happened(desk: Desk, bot: Database) -> None:
    await desk.say(OWNER, "/schedule in 2 seconds Good morning")
    shown = await desk.wait_for(OWNER, "goes to ")
    await desk.wait_for(OWNER, "Post 1 is in My channel")

    assert (await desk.tap(shown, "Cancel"))["text"] == "Post 1 is published already."
    await drawn(desk, shown, "History")


async def test_a_post_goes_to_several_channels_and_is_moved_in_all_of_them(
    desk: Desk, bot: Database
) -> None:
    second = await second_channel(desk, bot)

    shown = await scheduled(desk)
    assert "goes to 2 channels" in shown["text"]
    before = [post.publish_at for post in store.upcoming(bot)]
    await desk.tap(shown, "Text for Second")
    await desk.wait_for(OWNER, "in Second only")
    await desk.say(OWNER, "Good morning, second!")
    shown = await desk.wait_for(OWNER, "its own text")
    await desk.tap(shown, "Move")
    await desk.wait_for(OWNER, "When should post")
    await desk.say(OWNER, "in 72 hours")

    await until(lambda: store.upcoming(bot)[0].publish_at > before[0], "the move")
    first, other = store.upcoming(bot)
    assert (first.text, other.text) == ("Good morning", "Good morning, second!")
    assert other.channel_id == second["id"]
    assert other.publish_at - first.publish_at == before[1] - before[0] == dt.timedelta(minutes=15)
    await desk.tap(await desk.wait_for(OWNER, "goes to 2 channels", n=3), "Cancel")
    await until(lambda: not store.upcoming(bot), "the end of both")


async def second_channel(desk: Desk, db: Database) -> Json:
    """Add a channel in which posts appear a quarter of an hour later."""
    made: Json = await desk.do("chats", title="Second", discussion=False)
    await desk.do("rights", chat=made["id"], status="administrator", can_post_messages=True)
    await desk.wait_for(OWNER, "Second is connected")
    db.execute("update channels set chosen = 1")
    db.execute("update channels set offset_minutes = 15 where id = ?", [made["id"]])
    return made


async def test_a_draft_waits_until_it_is_let_out(desk: Desk, bot: Database) -> None:
    await desk.say(OWNER, "/draft Some day")
    await desk.wait_for(OWNER, "Draft 1 for My channel")
    await desk.say(OWNER, "/drafts")
    await desk.tap(await desk.wait_for(OWNER, "📝 1 draft"), "1")
    shown = await desk.wait_for(OWNER, "Draft 1 for My channel", n=2)
    assert await desk.texts(desk.channel) == []

    await desk.tap(shown, "Now")

    await desk.wait_for(desk.channel, "Some day")


async def test_a_time_that_comes_twice_is_asked_about(desk: Desk, settings: Settings) -> None:
    """Berlin puts its clocks back on the last Sunday of October."""

    october = dt.date(dt.datetime.now(dt.UTC).year + 1, 10, 31)
    sunday = october - dt.timedelta(days=(october.weekday() + 1) % 7)
    async with running_bot(settings, timezone=ZoneInfo("Europe/Berlin")) as db:
        await desk.say(OWNER, "/start")
        await desk.wait_for(OWNER, "My channel is connected")

        await desk.say(OWNER, f"/schedule {sunday:%Y-%m-%d} 02:30 Which one?")

        asked = await desk.wait_for(OWNER, "That time comes twice")
        first, second = labels(asked)
        assert first.endswith("(UTC+2:00)")
        await desk.tap(asked, second)
        await until(lambda: [p.text for p in store.upcoming(db)] == ["Which one?"], "the post")
        assert store.upcoming(db)[0].publish_at.hour == 1


async def test_next_is_the_first_slot_that_nothing_stands_in(desk: Desk, bot: Database) -> None:
    slots.tell(bot, slots.ANY_CHANNEL, [SlotTime(day, 12 * 60) for day in range(7)])
    await desk.say(OWNER, "/schedule next Taken")
    first = await desk.wait_for(OWNER, "Taken")

    await desk.say(OWNER, "/schedule 下个空位", reply_to=first["message_id"])

    await until(lambda: len(store.upcoming(bot)) == 2, "the second")
    taken, after = store.upcoming(bot)
    assert after.publish_at - taken.publish_at == dt.timedelta(days=1)


@pytest.mark.parametrize(
    ("written", "text"),
    [
        ("next Hello", "Hello"),
        ("the next free slot: Hello", "Hello"),
        ("Next: Monday we close", "Monday we close"),
        ("下个空位大家好", "大家好"),
        ("下一个空位 大家好", "大家好"),
        ("next friday Hello", None),
        ("nextdoor", None),
    ],
)
def test_next_is_told_from_a_text_that_begins_with_it(written: str, text: str | None) -> None:
    asked = NEXT.match(written)

    assert (asked and written[asked.end() :]) == text
