"""Pictures, albums and polls become posts from a phone, and no text is lost on the way."""

from __future__ import annotations

import datetime as dt

from sqlite_utils import Database

from scheduler import store
from scheduler.posts import Content, Poll, PostState
from tests.bot.test_post_cards import labels, picture
from tests.conftest import OWNER, Desk, until

LONG = "A fine day.\n\n" + "All about it. " * 100


async def test_a_text_too_long_for_a_picture_is_kept_and_goes_out_below_it(
    desk: Desk, bot: Database
) -> None:
    await picture(desk, caption=f"/post {LONG}")

    offer = await desk.wait_for(OWNER, "too long to stand below a picture")
    assert store.get(bot, 1).state is PostState.DRAFT
    assert labels(offer) == ["Picture, then the text below it", "Change text", "Drop it"]
    await desk.tap(offer, "Picture, then the text below it")

    below = await desk.wait_for(desk.channel, "All about it.")
    above = await desk.wait_for(desk.channel, "A fine day.")
    assert below["reply_to_message"]["message_id"] == above["message_id"]
    assert above["photo"]


async def test_a_text_with_a_link_may_go_out_with_a_large_preview_at_its_time(
    desk: Desk, bot: Database
) -> None:
    await picture(desk, caption=f"/schedule in 48 hours https://example.org {LONG}")

    offer = await desk.wait_for(OWNER, "too long to stand below a picture")
    await desk.tap(offer, "Text with a large preview")

    await desk.wait_for(OWNER, "Post 1 goes to My channel")
    post = store.get(bot, 1)
    assert (post.state, post.content.media, post.content.preview) == (
        PostState.SCHEDULED,
        (),
        "large",
    )
    assert post.publish_at > dt.datetime.now(dt.UTC) + dt.timedelta(hours=47)


async def test_an_album_with_a_command_below_it_is_one_post(desk: Desk, bot: Database) -> None:
    for caption in ("/schedule in 48 hours Three pictures", "", ""):
        await picture(desk, caption=caption, album="77")

    shown = await desk.wait_for(OWNER, "Three pictures")
    assert "album of 3" in shown["text"]
    assert len(store.get(bot, 1).content.media) == 3


async def test_an_album_of_eleven_is_refused_once_and_nothing_goes_out(
    desk: Desk, bot: Database
) -> None:
    for caption in ("/schedule in 48 hours Too many pictures", *[""] * 11):
        await picture(desk, caption=caption, album="11")

    await desk.wait_for(OWNER, "An album holds 10 files at most; these are 11.")
    await desk.wait_for(OWNER, "Post 1 is cancelled")
    assert store.get(bot, 1).state is PostState.CANCELLED
    assert sum("at most" in text for text in await desk.texts(OWNER)) == 1


async def test_a_part_of_an_album_that_comes_too_late_is_told(desk: Desk, bot: Database) -> None:
    await picture(desk, caption="/post First part", album="12")
    await desk.wait_for(desk.channel, "First part")

    await picture(desk, album="12")

    await desk.wait_for(OWNER, "came too late for post 1")


async def test_an_album_is_explained_once_and_published_whole_by_a_reply_to_one_part(
    desk: Desk, bot: Database
) -> None:
    parts = [await picture(desk, album="78", caption=text) for text in ("Two pictures", "")]
    await desk.wait_for(OWNER, "To publish this, reply to it with /post")

    await desk.say(OWNER, "/post", reply_to=parts[1]["message_id"])

    await desk.wait_for(OWNER, "Post 1 is in My channel")
    published = [message for message in await desk.chat(desk.channel) if message.get("photo")]
    assert [message.get("caption") for message in published] == ["Two pictures", None]
    told = [text for text in await desk.texts(OWNER) if "To publish this" in text]
    assert len(told) == 1


async def test_a_poll_is_published_again_by_replying_to_it(desk: Desk, bot: Database) -> None:
    poll = Poll("Rye or spelt?", ("Rye", "Spelt"))
    now = dt.datetime.now(dt.UTC)
    store.schedule(bot, desk.channel, Content(poll=poll), now, now=now)
    await desk.say(OWNER, "/post Which bread?")
    await until(lambda: store.get(bot, 1).state is PostState.PUBLISHED, "the poll")
    message_id = store.get(bot, 1).message_id
    forwarded = await desk.do(
        "forwards",
        **{"from": OWNER, "chat": OWNER, "from_chat": desk.channel, "message": message_id},
    )

    await desk.say(OWNER, "/post", reply_to=forwarded["message_id"])

    await until(lambda: store.recent(bot, 5)[0].content.poll == poll, "the same poll")
