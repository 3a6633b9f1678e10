"""The options on a post's card, and what they come to when the post is out."""

from __future__ import annotations

import datetime as dt

import pytest
from sqlite_utils import Database

from bot.spans import read_span
from scheduler import store
from scheduler.posts import PostState
from tests.bot.test_post_cards import drawn, scheduled
from tests.conftest import OWNER, Desk, Json


async def options(desk: Desk, card: Json, label: str) -> None:
    """Open the options of a card and tap one."""
    await desk.tap(card, "Options")
    await desk.tap(await drawn(desk, card, label), label)


async def test_options_are_turned_on_the_card_itself(desk: Desk, bot: Database) -> None:
    shown = await scheduled(desk, "Look: https://example.org")
    await desk.tap(shown, "Options")
    for label in ("Silent", "Protected", "Preview: automatic"):
        await desk.tap(await drawn(desk, shown, label), label)

    now = await drawn(desk, shown, "Preview: none")
    assert "🔕 silent · 🔒 protected · 🔗 no preview" in now["text"]
    content = store.get(bot, 1).content
    assert (content.silent, content.protected, content.preview) == (True, True, "none")

    await desk.tap(now, "« Back")
    await drawn(desk, shown, "Cancel")


async def test_buttons_are_written_one_a_line_and_a_bad_address_is_refused_at_once(
    desk: Desk, bot: Database
) -> None:
    shown = await scheduled(desk)
    await desk.tap(shown, "Options")
    await desk.tap(await drawn(desk, shown, "Buttons …"), "Buttons …")
    await desk.wait_for(OWNER, "Send the buttons of post 1")

    await desk.say(OWNER, "Menu – ftp://example.org")
    await desk.wait_for(OWNER, "is no address for a button")
    assert store.get(bot, 1).content.buttons == ()
    await desk.say(
        OWNER, "Menu – https://example.org | Map - https://example.org/map\nShop: https://a.example"
    )

    await desk.wait_for(OWNER, "🔘 3 buttons")
    rows = store.get(bot, 1).content.buttons
    assert [[(each.text, each.url) for each in row] for row in rows] == [
        [("Menu", "https://example.org"), ("Map", "https://example.org/map")],
        [("Shop", "https://a.example")],
    ]


async def test_a_post_is_pinned_commented_and_deleted_as_its_options_say(
    desk: Desk, bot: Database
) -> None:
    card = await scheduled(desk)
    await options(desk, card, "Pin")
    card = await drawn(desk, card, "✅ Pin")
    await desk.tap(card, "First comment …")
    await desk.wait_for(OWNER, "Send the first comment")
    await desk.say(OWNER, "Ask us anything")
    card = await desk.wait_for(OWNER, "First comment: Ask us anything")
    await options(desk, card, "Delete …")
    await desk.wait_for(OWNER, "When shall post 1 be deleted?")
    await desk.say(OWNER, "whenever you like")
    await desk.wait_for(OWNER, "I find neither a span nor a time")
    await desk.say(OWNER, "24 hours")
    card = await desk.wait_for(OWNER, "Deleted 1 day after it is out")
    assert "Pinned at once" in card["text"]

    await desk.tap(card, "Move")
    await desk.wait_for(OWNER, "When should post 1 go out?")
    await desk.say(OWNER, "in 1 second")

    await desk.wait_for(desk.group, "Ask us anything")
    post = store.get(bot, 1)
    assert post.state is PostState.PUBLISHED
    waiting = {each.kind: each.due_at for each in store.errands_of(bot, 1) if each.kind != "pin"}
    assert waiting["delete"] is not None
    assert waiting["delete"] - post.publish_at >= dt.timedelta(days=1)


async def test_what_is_cancelled_takes_its_comment_along(desk: Desk, bot: Database) -> None:
    card = await scheduled(desk)
    await options(desk, card, "First comment …")
    await desk.wait_for(OWNER, "Send the first comment")
    await desk.say(OWNER, "Ask us anything")
    card = await desk.wait_for(OWNER, "First comment: Ask us anything")

    await desk.tap(card, "Cancel")

    await desk.wait_for(OWNER, "Post 1 is cancelled")
    assert {store.get(bot, number).state for number in (1, 2)} == {PostState.CANCELLED}


@pytest.mark.parametrize(
    ("text", "minutes", "rest"),
    [
        ("24 hours", 1440, ""),
        ("after 90 min", 90, ""),
        ("half an hour Sold out", 30, "Sold out"),
        ("1 hour and 30 minutes Sold out, thank you!", 90, "Sold out, thank you!"),
        ("3天", 3 * 1440, ""),
        ("两小时后 卖完了", 120, "卖完了"),
        ("半小时", 30, ""),
    ],
)
def test_a_span_is_read_in_both_languages(text: str, minutes: int, rest: str) -> None:
    span = read_span(text)

    assert span
    length, begins = span
    assert (length, text[begins:]) == (dt.timedelta(minutes=minutes), rest)


@pytest.mark.parametrize("text", ["friday 18:00", "12", "an apple", "0 hours", "500 days", ""])
def test_what_is_no_span_is_not_taken_for_one(text: str) -> None:
    assert read_span(text) is None


async def test_a_post_that_is_out_can_still_be_edited(desk: Desk, bot: Database) -> None:
    await desk.say(OWNER, "/post Fresh bread")
    await desk.wait_for(OWNER, "Post 1 is in My channel")
    await desk.say(OWNER, "/history 1")
    card = await desk.wait_for(OWNER, "Post 1 for My channel")
    await options(desk, card, "Edit later …")
    await desk.wait_for(OWNER, "When shall post 1 change")

    await desk.say(OWNER, "1 minute Sold out")

    await desk.wait_for(OWNER, "Changed 1 minute after it is out")
    (errand,) = store.errands_of(bot, 1)
    assert errand.content
    assert errand.content.text == "Sold out"
    assert errand.due_at
