"""Helpers draft, the owner decides; and imported posts wait where the owner wants it."""

from __future__ import annotations

import base64
import datetime as dt
import json
from zoneinfo import ZoneInfo

import pytest
from sqlite_utils import Database

from bot.store import helpers
from bot.store.helpers import Helper
from bot.views import helpers as views
from bot.views.say import Say
from scheduler import store
from scheduler.posts import Post, PostState
from tests.conftest import OWNER, Desk, until

NOON = dt.datetime(2027, 3, 1, 12, tzinfo=dt.UTC)
ANNA = Helper(7, "Anna")


async def invited(desk: Desk) -> str:
    """Give the secret of an invitation the owner has made."""
    await desk.say(OWNER, "/helpers add")
    text: str = (await desk.wait_for(OWNER, "Pass this link on"))["text"]
    return text.partition("?start=")[2].split()[0]


@pytest.fixture
async def helper(desk: Desk, bot: Database) -> int:
    """The id of a customer who has become a helper."""
    await desk.say(desk.customer, f"/start {await invited(desk)}")
    await desk.wait_for(desk.customer, "You can draft posts here")
    await desk.wait_for(OWNER, "is your helper now")
    return desk.customer


async def drafted(db: Database, n: int = 1) -> list[Post]:
    await until(lambda: len(store.drafts(db)) >= n, "the draft")
    return store.drafts(db)


async def test_an_invitation_is_good_for_one_person(desk: Desk, bot: Database, helper: int) -> None:
    used = "help-" + "x" * 22
    await desk.say(desk.other, f"/start {used}")
    await desk.wait_for(desk.other, "This invitation has been used or is too old")

    assert [each.user_id for each in helpers.present(bot)] == [helper]


async def test_what_a_helper_sends_is_a_draft_and_no_customers_message(
    desk: Desk, bot: Database, helper: int
) -> None:
    await desk.say(helper, "tomorrow 9:00 We open an hour later", entities=[
        {"type": "bold", "offset": 14, "length": 2}
    ])  # fmt: skip

    await desk.wait_for(helper, "Your draft 1 waits for approval")
    card = await desk.wait_for(OWNER, "We open an hour later")
    (post,) = await drafted(bot)
    assert (post.state, post.origin.by, post.text) == (
        PostState.WAITING, f"helper:{helper}", "We open an hour later",
    )  # fmt: skip
    assert json.loads(post.content.entities) == [{"type": "bold", "offset": 0, "length": 2}]
    assert store.steps(bot, post.id)[0].by == f"helper:{helper}"
    assert bot.execute("select count(*) from messages where kind <> 'start'").fetchone()[0] == 0
    assert await desk.texts(desk.channel) == []
    assert card["reply_markup"]


async def test_the_helper_hears_what_became_of_a_draft(
    desk: Desk, bot: Database, helper: int
) -> None:
    await desk.say(helper, "/draft Fresh bread")
    card = await desk.wait_for(OWNER, "Fresh bread")
    await desk.tap(card, "Approve")
    await desk.wait_for(helper, "Your draft 1 is approved")
    await desk.say(helper, "Stale bread")
    await desk.tap(await desk.wait_for(OWNER, "Stale bread"), "Drop")

    await desk.wait_for(helper, "Your draft 2 was dropped")
    assert [post.text for post in store.upcoming(bot)] == ["Fresh bread"]


async def test_pictures_albums_and_polls_are_drafted(
    desk: Desk, bot: Database, helper: int
) -> None:
    photo = {"from": helper, "chat": helper, "photo": {"sample": True}}
    await desk.do("messages", **photo, caption="Look")
    await drafted(bot)
    for caption in ("Two of them", ""):
        await desk.do("messages", **photo, caption=caption, album="77")
    await drafted(bot, 2)
    await until(lambda: len(store.drafts(bot)[1].content.media) == 2, "both parts")

    assert [post.text for post in store.drafts(bot)] == ["Look", "Two of them"]
    await desk.wait_for(OWNER, "Two of them")


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        ("/schedule tomorrow 9:00 Mine", "You can draft posts here"),
        ("/post Mine", "You can draft posts here"),
        ("/help", "You can draft posts here"),
        ("/draft", "There is nothing to publish"),
        ("yesterday 9:00 Mine", "has passed"),
        ("x" * 4096 + "😀", "too long"),
    ],
)
async def test_a_helper_publishes_and_commands_nothing(
    desk: Desk, bot: Database, helper: int, words: str, sentence: str
) -> None:
    await desk.say(helper, words[:4096])

    if len(words) <= 4096:
        await desk.wait_for(helper, sentence)
        assert store.drafts(bot) == store.upcoming(bot) == []
    assert await desk.texts(desk.channel) == []


async def test_who_was_removed_is_a_customer_again(desk: Desk, bot: Database, helper: int) -> None:
    await desk.say(OWNER, "/helpers")
    card = await desk.wait_for(OWNER, "Your helpers:")
    button = card["reply_markup"]["inline_keyboard"][0][0]["text"]
    await desk.tap(card, button)
    await until(lambda: not helpers.present(bot), "the removal")

    await desk.say(helper, "When do you open?")

    await desk.wait_for(helper, "9:00")
    assert store.drafts(bot) == []


async def test_imported_posts_wait_where_the_owner_wants_it(desk: Desk, bot: Database) -> None:
    await desk.say(OWNER, "/approval on")
    await desk.wait_for(OWNER, "wait for your approval, each one")
    file = base64.b64encode(b"publish_at,text\ntomorrow 9:00,One\n").decode()
    await desk.do(
        "messages",
        **{"from": OWNER, "chat": OWNER, "document": file, "file_name": "plan.csv"},
    )
    card = await desk.wait_for(OWNER, "plan.csv")
    assert "Each post will wait for your approval" in card["text"]
    await desk.tap(card, "Take 1 post")

    await desk.wait_for(OWNER, "1 post waits for your approval")
    (post,) = await drafted(bot)
    assert (post.state, store.upcoming(bot)) == (PostState.WAITING, [])
    await desk.say(OWNER, "/approval")
    setting = await desk.wait_for(OWNER, "wait for your approval, each one", n=2)
    await desk.tap(setting, "Schedule them at once")
    await desk.wait_for(OWNER, "Posts that you import are scheduled at once")


def test_an_invitation_ends_with_its_use_its_day_and_the_next_one(db: Database) -> None:
    day = dt.timedelta(days=1)
    helpers.invite(db, "first", NOON + day)

    assert not helpers.accept(db, "wrong", ANNA, NOON)
    assert not helpers.accept(db, "first", ANNA, NOON + 2 * day)
    assert helpers.accept(db, "first", ANNA, NOON)
    assert not helpers.accept(db, "first", Helper(8, "Ben"), NOON)
    helpers.invite(db, "second", NOON + day)
    helpers.invite(db, "third", NOON + day)
    assert not helpers.accept(db, "second", ANNA, NOON)

    assert helpers.present(db) == [ANNA]
    helpers.remove(db, ANNA.user_id, NOON)
    assert not helpers.is_helper(db, ANNA.user_id)
    assert helpers.accept(db, "third", ANNA, NOON)
    assert helpers.is_helper(db, ANNA.user_id)


def test_nothing_in_the_database_lets_somebody_in(db: Database) -> None:
    helpers.invite(db, "a-secret-of-22-letters", NOON)

    dump = "\n".join(db.conn.iterdump())

    assert "a-secret-of-22-letters" not in dump


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_name_is_never_formatting(language: str) -> None:
    evil = Helper(7, "<b>x</b>" * 20)
    say = Say(language, ZoneInfo("UTC"))

    for view in (views.present(say, [evil]), views.joined(say, evil)):
        assert "<b>x" not in str(view.text)
