"""Posts of every kind reach the channel as they were written, and nothing over a limit leaves."""

from __future__ import annotations

import base64
import datetime as dt
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot import media, sending
from bot.limits import problems, units
from bot.playground.samples import picture
from bot.store import channels, copies
from scheduler import store
from scheduler.posts import (
    Button,
    Content,
    Medium,
    NotSentError,
    Origin,
    Poll,
    Post,
    RefusedError,
)
from tests.bot.conftest import Still
from tests.conftest import OWNER, Desk

NOON = dt.datetime(2027, 3, 1, 12, tzinfo=dt.UTC)
Json = dict[str, Any]


def written(still: Still, desk: Desk, content: Content, **more: Any) -> Post:
    """Give a post as the publisher claims it."""
    channel = more.pop("channel", desk.channel)
    post = store.schedule(still.db, channel, content, NOON, now=NOON, **more)
    still.db.execute("update posts set due_at = publish_at where id = ?", [post.id])
    claimed = store.claim_next(still.db, channel, NOON)
    assert claimed
    assert claimed.id == post.id
    return claimed


async def sent(still: Still, desk: Desk, content: Content, **more: Any) -> list[Json]:
    """Send a content to the channel and give its messages."""
    post = written(still, desk, content, **more)
    message_ids = await sending.send(still.app, still.bot, post)
    store.mark_published(still.db, post, message_ids, NOON)
    there = {message["message_id"]: message for message in await desk.chat(post.channel_id)}
    return [there[message_id] for message_id in message_ids]


async def file_of(desk: Desk, kind: str, content: bytes = b"") -> Medium:
    """Let the owner send the bot a file."""
    file = base64.b64encode(content).decode() if content else {"sample": True}
    message = await desk.do("messages", **{"from": OWNER, "chat": OWNER, kind: file})
    described = message[kind][-1] if kind == "photo" else message[kind]
    return Medium(kind, described["file_id"], unique_id=described["file_unique_id"])  # type: ignore[arg-type]


async def test_a_text_goes_out_with_all_that_was_chosen(still: Still, desk: Desk) -> None:
    content = Content(
        "Look here",
        json.dumps([{"type": "spoiler", "offset": 0, "length": 4}]),
        buttons=((Button("Shop", "https://example.com/"),), (Button("Me", "tg://user?id=1"),)),
        silent=True,
        protected=True,
        preview="large",
        preview_url="https://example.com/",
        above=True,
    )

    (message,) = await sent(still, desk, content)

    assert message["entities"] == [{"type": "spoiler", "offset": 0, "length": 4}]
    rows = message["reply_markup"]["inline_keyboard"]
    assert [row[0]["url"] for row in rows] == ["https://example.com/", "tg://user?id=1"]
    assert message["has_protected_content"]
    assert message["link_preview_options"] == {
        "prefer_large_media": True,
        "show_above_text": True,
        "url": "https://example.com/",
    }
    (call,) = await desk.see("calls?method=sendMessage")
    assert call["params"]["disable_notification"] == "true"


@pytest.mark.parametrize("kind", ["photo", "video", "animation", "document"])
async def test_a_file_goes_out_with_its_caption(still: Still, desk: Desk, kind: str) -> None:
    medium = replace(await file_of(desk, kind), spoiler=True)

    (message,) = await sent(still, desk, Content("Look", media=(medium,), above=True))

    assert message[kind]
    assert message["caption"] == "Look"
    assert bool(message.get("has_media_spoiler")) == (kind != "document")


async def test_an_album_goes_out_in_its_order_with_one_caption(still: Still, desk: Desk) -> None:
    photo, video = await file_of(desk, "photo"), await file_of(desk, "video")
    album = (photo, replace(video, spoiler=True), photo)

    messages = await sent(still, desk, Content("Three", media=album))

    assert len({message["media_group_id"] for message in messages}) == 1
    assert [message.get("caption") for message in messages] == ["Three", None, None]
    assert ["photo" in message for message in messages] == [True, False, True]
    assert [bool(message.get("has_media_spoiler")) for message in messages] == [False, True, False]


async def test_a_poll_and_a_quiz_go_out(still: Still, desk: Desk) -> None:
    poll = Poll("Which?", ("a", "b", "c"), several=True)
    quiz = Poll("Which?", ("a", "b"), correct=1, explanation="Because.")

    (first,) = await sent(still, desk, Content("About us", poll=poll))
    (second,) = await sent(still, desk, Content(poll=quiz))

    assert first["poll"]["allows_multiple_answers"]
    assert first["poll"]["description"] == "About us"
    assert second["poll"]["type"] == "quiz"
    assert second["poll"]["correct_option_ids"] == [1]
    assert second["poll"]["explanation"] == "Because."


async def test_what_follows_a_post_replies_to_it(still: Still, desk: Desk) -> None:
    (first,) = await sent(still, desk, Content("First"))

    (second,) = await sent(still, desk, Content("Second"), origin=Origin(after_post_id=1))

    assert second["reply_to_message"]["message_id"] == first["message_id"]


async def test_the_first_comment_waits_until_the_post_is_in_the_group(
    still: Still, desk: Desk
) -> None:
    await sent(still, desk, Content("First"))
    (thread,) = await desk.chat(desk.group)
    origin = Origin(after_post_id=1, is_comment=True)
    comment = written(still, desk, Content("More"), origin=origin, channel=desk.group)

    with pytest.raises(NotSentError) as caught:
        await sending.send(still.app, still.bot, comment)
    assert caught.value.retry_after == sending.THREAD_AFTER
    channels.note_thread(still.db, desk.group, thread["message_id"], desk.channel, 1)
    await sending.send(still.app, still.bot, comment)

    (*_, message) = await desk.chat(desk.group)
    assert message["text"] == "More"
    assert message["message_thread_id"] == thread["message_id"]


async def kept(still: Still, medium: Medium, content: bytes) -> Path:
    """Keep a copy of a file by hand."""
    copy = media.folder(still.app.settings) / "copy.png"
    copy.parent.mkdir(exist_ok=True)
    copy.write_bytes(content)
    copies.note(still.db, medium.file_id, copy.name, NOON)
    return copy


async def test_a_file_that_telegram_has_forgotten_is_sent_from_the_copy(
    still: Still, desk: Desk
) -> None:
    forgotten, photo = Medium("photo", "AgACforgotten"), await file_of(desk, "photo")
    await kept(still, forgotten, picture(30, 20))

    (message,) = await sent(still, desk, Content("Look", media=(forgotten,)))
    messages = await sent(still, desk, Content("Both", media=(forgotten, photo)))

    assert message["photo"][0]["width"] == 30
    assert copies.current_id(still.db, "AgACforgotten") == message["photo"][0]["file_id"]
    assert messages[0]["photo"][0]["width"] == 30
    calls = await desk.see("calls?method=sendMediaGroup")
    assert [call["status"] for call in calls] == [200]  # by the new id, at the first try


async def test_an_album_with_a_forgotten_file_is_sent_once_from_the_copy(
    still: Still, desk: Desk
) -> None:
    forgotten, photo = Medium("photo", "AgACforgotten"), await file_of(desk, "photo")
    await kept(still, forgotten, picture(30, 20))

    await sent(still, desk, Content("Both", media=(photo, forgotten)))

    assert len(await desk.chat(desk.channel)) == 2


async def test_a_forgotten_file_without_a_copy_is_a_refusal(still: Still, desk: Desk) -> None:
    post = written(still, desk, Content(media=(Medium("photo", "AgACforgotten"),)))

    with pytest.raises(RefusedError, match="file identifier"):
        await sending.send(still.app, still.bot, post)


async def test_a_file_that_never_was_telegrams_is_sent_from_the_disk(
    still: Still, desk: Desk
) -> None:
    folder = media.folder(still.app.settings)
    folder.mkdir()
    (folder / "menu.pdf").write_bytes(b"%PDF")
    medium = Medium("document", "", file="menu.pdf", name="Menu for today.pdf")

    (message,) = await sent(still, desk, Content(media=(medium,)))

    assert message["document"]["file_name"] == "Menu for today.pdf"


# ---- whatever is accepted

ANY = st.characters(exclude_categories=())  # half pairs and control characters, too
KINDS = ("photo", "video", "animation", "document")
ADDRESSES = ("https://example.com/?q=1", "tg://user?id=1", "http://a.b", "https://a")
MARKS: tuple[Json, ...] = (
    {"type": "bold"},
    {"type": "spoiler"},
    {"type": "blockquote"},
    {"type": "pre", "language": "python"},
    {"type": "custom_emoji", "custom_emoji_id": "7"},
    {"type": "text_link", "url": "https://example.com/"},
)


@st.composite
def near(draw: st.DrawFn, limit: int) -> str:
    """Draw a text that is short, or just within or beyond a limit."""
    text = draw(st.text("ab 😀\n好\u200b", max_size=20) | st.text(ANY, max_size=5))
    filler = draw(st.sampled_from(["a", "😀", " ", "\u200b"]))
    wanted = draw(st.sampled_from([0, limit - 1, limit, limit, limit + 1]))
    return text + filler * ((wanted - units(text)) // units(filler))


@st.composite
def marked(draw: st.DrawFn, text: str) -> str:
    """Draw formatting that lies within the text, or once in a while goes beyond it."""
    edge = st.integers(0, units(text) + draw(st.sampled_from([0, 0, 0, 1])))
    spans = draw(st.lists(st.tuples(st.sampled_from(MARKS), edge, edge), max_size=5))
    return json.dumps(
        [
            mark | {"offset": min(one, other), "length": abs(one - other)}
            for mark, one, other in spans
        ]
    )


BUTTONS = st.lists(
    st.lists(
        st.builds(Button, st.text(ANY, min_size=1, max_size=3), st.sampled_from(ADDRESSES)),
        max_size=9,
    ).map(tuple),
    max_size=3,
).map(tuple)
SHORT = st.text("ab😀", min_size=1, max_size=5)
POLLS = st.builds(
    Poll,
    near(300),
    st.lists(SHORT | SHORT | SHORT | near(100), min_size=1, max_size=13).map(tuple),
    several=st.booleans(),
    correct=st.none() | st.integers(0, 3),
    explanation=near(200),
)


@st.composite
def contents(draw: st.DrawFn, kind: str, files: dict[str, Medium]) -> Content:
    """Draw a text, a file, an album or a poll, with every option."""
    medium = st.sampled_from(list(files.values()))
    text = draw(near(4096 if kind == "text" else 1024))
    media: tuple[Medium, ...] = ()
    if kind == "file":
        media = (draw(medium),)
    elif kind == "album":
        together = st.sampled_from([files["photo"], files["video"]])
        album = st.lists(together, min_size=2, max_size=11) | st.lists(medium, min_size=2)
        media = tuple(draw(album))
    return Content(
        text,
        draw(marked(text)),
        media=tuple(replace(each, spoiler=draw(st.booleans())) for each in media),
        poll=draw(POLLS) if kind == "poll" else None,
        buttons=draw(st.just(()) | BUTTONS),
        silent=draw(st.booleans()),
        protected=draw(st.booleans()),
        preview=draw(st.sampled_from(["auto", "none", "small", "large"])),
        preview_url=draw(st.sampled_from(["", "https://example.com/"])),
        above=draw(st.booleans()),
    )


@pytest.mark.parametrize("kind", ["text", "file", "album", "poll"])
async def test_nothing_that_is_accepted_is_refused_by_the_server(
    still: Still, desk: Desk, kind: str
) -> None:
    files = {each: await file_of(desk, each) for each in KINDS}
    accepted: list[Content] = []

    @settings(
        max_examples=150, deadline=None, database=None, suppress_health_check=list(HealthCheck)
    )
    @given(contents(kind, files))
    def collect(content: Content) -> None:
        if not problems(content):
            accepted.append(content)

    collect()
    for content in accepted:
        await sending.send(still.app, still.bot, written(still, desk, content))
    refused = [call for call in await desk.see("calls") if call["status"] != 200]
    assert refused == []
    assert len(accepted) > 5
