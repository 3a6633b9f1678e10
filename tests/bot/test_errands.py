"""Posts are pinned, unpinned, edited and deleted in the channel as planned."""

from __future__ import annotations

import datetime as dt
import json
from typing import Any

from bot import errands, sending
from bot.playground.samples import picture
from scheduler import store
from scheduler.posts import Button, Content, Medium, Post
from tests.bot.conftest import Still
from tests.conftest import OWNER, Desk

AT_ONCE = dt.timedelta()


async def published(still: Still, desk: Desk, content: Content) -> Post:
    now = still.app.now().replace(microsecond=0)
    store.schedule(still.db, desk.channel, content, now, now=now)
    post = store.claim_next(still.db, desk.channel, now)
    assert post
    message_ids = await sending.send(still.app, still.bot, post)
    return store.mark_published(still.db, post, message_ids, now)


async def done(still: Still, post: Post) -> list[str]:
    """Do what is due; give how each errand ended."""
    await errands.do_due(still.app, still.bot)
    return [errand.state for errand in store.errands_of(still.db, post.id)]


async def told(still: Still) -> list[Any]:
    rows = still.db.execute("select body from outbox order by id")
    return [json.loads(body)["text"] for (body,) in rows]


async def pinned(desk: Desk) -> list[int]:
    world = await desk.see("world")
    ids: list[int] = next(chat["pinned"] for chat in world["chats"] if chat["id"] == desk.channel)
    return ids


async def test_a_post_is_pinned_and_unpinned(still: Still, desk: Desk) -> None:
    post = await published(still, desk, Content("Hello"))

    store.add_errand(still.db, post.id, "pin", delay=AT_ONCE)
    assert await done(still, post) == ["done"]
    assert await pinned(desk) == [post.message_id]
    for _ in range(2):  # the second finds nothing to do
        store.add_errand(still.db, post.id, "unpin", delay=AT_ONCE)
        await done(still, post)

    assert await pinned(desk) == []
    assert await done(still, post) == ["done"] * 3


async def test_a_text_is_edited_with_its_formatting_and_buttons(still: Still, desk: Desk) -> None:
    post = await published(still, desk, Content("Open", buttons=((Button("a", "https://a.b"),),)))
    bold = [{"type": "bold", "offset": 0, "length": 6}]
    edited = Content("Closed", json.dumps(bold), buttons=((Button("b", "https://a.b"),),))

    for _ in range(2):  # the second time Telegram says that nothing has changed
        store.add_errand(still.db, post.id, "edit", delay=AT_ONCE, content=edited)
        await done(still, post)

    (message,) = await desk.chat(desk.channel)
    assert (message["text"], message["entities"]) == ("Closed", bold)
    assert message["reply_markup"]["inline_keyboard"][0][0]["text"] == "b"
    assert await done(still, post) == ["done", "done"]
    assert store.get(still.db, post.id).text == "Closed"


async def album(still: Still) -> Content:
    sent = await still.bot.send_photo(OWNER, picture(10, 10))
    return Content("Open", media=(Medium("photo", sent.photo[-1].file_id),) * 3)


async def test_of_an_album_the_caption_is_edited_and_all_is_deleted(
    still: Still, desk: Desk
) -> None:
    content = await album(still)
    post = await published(still, desk, content)

    edited = Content("Closed", media=content.media)
    store.add_errand(still.db, post.id, "edit", delay=AT_ONCE, content=edited)
    await done(still, post)
    captions = [message.get("caption") for message in await desk.chat(desk.channel)]
    assert captions == ["Closed", None, None]
    for _ in range(2):  # the second finds nothing to delete
        store.add_errand(still.db, post.id, "delete", delay=AT_ONCE)
        await done(still, post)

    assert await desk.chat(desk.channel) == []
    assert await done(still, post) == ["done"] * 3


async def test_a_post_that_somebody_has_deleted_is_left_alone(still: Still, desk: Desk) -> None:
    post = await published(still, desk, Content("Hello"))
    await desk.do("messages/delete", chat=desk.channel, messages=[post.message_id])

    store.add_errand(still.db, post.id, "edit", delay=AT_ONCE, content=Content("New"))

    assert await done(still, post) == ["dropped"]
    assert await told(still) == []


async def test_the_owner_is_told_once_what_was_refused_and_what_helps(
    still: Still, desk: Desk
) -> None:
    post = await published(still, desk, Content("Hello"))
    await desk.do("rights", chat=desk.channel, status="administrator", can_edit_messages=False)

    store.add_errand(still.db, post.id, "pin", delay=AT_ONCE)

    assert await done(still, post) == ["failed"]
    assert await done(still, post) == ["failed"]
    (card,) = await told(still)
    assert "Post 1 in <b>My channel</b> could not be pinned" in card
    assert "Telegram says: Not enough rights" in card


async def test_an_errand_waits_for_telegram(still: Still, desk: Desk) -> None:
    post = await published(still, desk, Content("Hello"))
    store.add_errand(still.db, post.id, "delete", delay=AT_ONCE)
    await desk.do("faults", method="deleteMessages", n=1, kind="429", seconds=7)

    assert await done(still, post) == ["waiting"]

    due_at = store.next_errand_at(still.db)
    assert due_at
    assert dt.timedelta(seconds=5) < due_at - still.app.now() <= dt.timedelta(seconds=8)
