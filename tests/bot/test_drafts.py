"""Messages become the content of posts, within Telegram's limits."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from telegram import Message

from bot.drafts import (
    NoLinkError,
    UnfitError,
    as_photo_and_reply,
    as_text_with_preview,
    content_after,
    content_of,
    joined,
)
from bot.limits import Problem, problems, units
from scheduler.posts import Button, Content, Medium, Poll

PHOTO = {"file_id": "p", "file_unique_id": "up", "width": 1, "height": 1}
FILE = {"file_id": "f", "file_unique_id": "uf", "width": 1, "height": 1, "duration": 1}


def message(**fields: Any) -> Message:
    written = {"message_id": 1, "date": 0, "chat": {"id": 1, "type": "private"}} | fields
    return Message.de_json(written)


def bold(offset: int, length: int) -> dict[str, Any]:
    return {"type": "bold", "offset": offset, "length": length}


def found(content: Content) -> list[str]:
    return [problem.what for problem in problems(content)]


@pytest.mark.parametrize(
    "entity",
    [
        {"type": "custom_emoji", "custom_emoji_id": "7"},
        {"type": "text_link", "url": "https://example.com/"},
        {"type": "spoiler"},
        {"type": "blockquote"},
        {"type": "expandable_blockquote"},
        {"type": "pre", "language": "python"},
    ],
)
def test_formatting_is_taken_over_as_it_is(entity: dict[str, Any]) -> None:
    placed = entity | {"offset": 2, "length": 3}

    content = content_of(message(text="😀abc", entities=[placed]))

    assert json.loads(content.entities) == [placed]


def test_of_the_text_behind_a_command_the_formatting_moves_along() -> None:
    text = "/post 😀 bold"
    entities = [{"type": "bot_command", "offset": 0, "length": 5}, bold(0, 13)]

    content = content_after(message(text=text, entities=entities), len("/post "))

    assert content.text == "😀 bold"
    assert json.loads(content.entities) == [bold(0, units("😀 bold"))]


@pytest.mark.parametrize(
    ("fields", "kind"),
    [
        ({"photo": [PHOTO | {"file_id": "small"}, PHOTO]}, "photo"),
        ({"video": FILE}, "video"),
        ({"animation": FILE, "document": FILE}, "animation"),
        ({"document": {"file_id": "f", "file_unique_id": "uf", "file_name": "a.pdf"}}, "document"),
    ],
)
def test_a_file_is_taken_over_with_its_caption(fields: dict[str, Any], kind: str) -> None:
    content = content_of(
        message(
            caption="Look",
            caption_entities=[bold(0, 4)],
            has_media_spoiler=True,
            show_caption_above_media=True,
            **fields,
        )
    )

    (medium,) = content.media
    assert (content.text, json.loads(content.entities)) == ("Look", [bold(0, 4)])
    assert (medium.kind, medium.spoiler, content.above) == (kind, True, True)
    assert medium.file_id == ("p" if kind == "photo" else "f")
    assert medium.name == ("a.pdf" if kind == "document" else "")


def test_what_the_preview_looks_like_is_taken_over() -> None:
    options = {"prefer_small_media": True, "show_above_text": True, "url": "https://example.com"}

    content = content_of(message(text="Look", link_preview_options=options))

    assert (content.preview, content.above) == ("small", True)
    assert content.preview_url == "https://example.com"


def test_buttons_with_addresses_are_taken_over_and_others_left() -> None:
    rows = [
        [{"text": "Shop", "url": "https://example.com"}, {"text": "Tap", "callback_data": "x"}],
        [{"text": "Tap", "callback_data": "y"}],
    ]

    content = content_of(message(text="Look", reply_markup={"inline_keyboard": rows}))

    assert content.buttons == ((Button("Shop", "https://example.com"),),)


def poll(**fields: Any) -> dict[str, Any]:
    options = [{"text": text, "voter_count": 3, "persistent_id": text} for text in ("a", "b")]
    return {
        "id": "1",
        "question": "Which?",
        "options": options,
        "total_voter_count": 6,
        "is_closed": False,
        "is_anonymous": True,
        "type": "regular",
        "allows_multiple_answers": False,
        "allows_revoting": True,
        "members_only": False,
    } | fields


def test_a_quiz_is_taken_over_with_its_answer() -> None:
    written = poll(type="quiz", correct_option_ids=[1], explanation="Because.")

    content = content_of(message(poll=written))

    assert content.poll == Poll("Which?", ("a", "b"), correct=1, explanation="Because.")


def test_a_quiz_whose_answer_telegram_keeps_to_itself_is_refused() -> None:
    with pytest.raises(UnfitError) as caught:
        content_of(message(poll=poll(type="quiz")))

    assert caught.value.problems == (Problem("answer"),)


def test_a_message_that_no_channel_can_show_is_refused_with_its_caption() -> None:
    voice = {"file_id": "v", "file_unique_id": "u", "duration": 1}

    with pytest.raises(UnfitError) as caught:
        content_of(message(voice=voice, caption="Listen"))

    assert caught.value.problems == (Problem("nothing"),)


def files(*kinds: Any) -> tuple[Medium, ...]:
    return tuple(Medium(kind, f"{kind}{nth}") for nth, kind in enumerate(kinds))


@pytest.mark.parametrize(
    ("content", "what"),
    [
        (Content("😀" * 2048), []),
        (Content("😀" * 2048 + "a"), ["text"]),
        (Content("a" * 1024, media=files("photo")), []),
        (Content("a" * 1025, media=files("photo")), ["caption"]),
        (Content(" \n\u200b\u2060"), ["nothing"]),
        (Content("\ud83d"), ["characters"]),
        (Content("a", entities=json.dumps([bold(0, 2)])), ["formatting"]),
        (Content(media=files(*["photo", "video"] * 5)), []),
        (Content(media=files(*["photo"] * 11)), ["album"]),
        (Content(media=files("photo", "document")), ["mixture"]),
        (Content(media=files("photo", "animation")), ["animation"]),
        (Content(media=files("document", "document")), []),
        (
            Content(media=files("photo", "photo"), buttons=((Button("a", "https://a.b"),),)),
            ["album buttons"],
        ),
        (Content(poll=Poll("?", ("a", "b"))), []),
        (Content(poll=Poll("?", ("a",))), ["options"]),
        (Content(poll=Poll("?", tuple("abcdefghijklm"))), ["options"]),
        (Content(poll=Poll("?" * 301, ("a", "b"))), ["question"]),
        (Content(poll=Poll(" ", ("a", "b"))), ["question"]),
        (Content(poll=Poll("?", ("a", "b" * 101, ""))), ["option", "option"]),
        (Content(poll=Poll("?", ("a", "b"), correct=2)), ["answer"]),
        (Content(poll=Poll("?", ("a", "b"), correct=0, explanation="a" * 201)), ["explanation"]),
        (
            Content(poll=Poll("?", ("a", "b"), correct=0, explanation="a\nb\nc\nd")),
            ["explanation lines"],
        ),
        (Content("a", poll=Poll("?", ("a", "b")), media=files("photo")), ["poll media"]),
        (Content("a", buttons=((Button("b", "https://example.com"),) * 9,)), ["row"]),
        (Content("a", buttons=((Button("b", "tg://user?id=1"),),) * 101), ["buttons"]),
        (Content("a", buttons=((Button(" ", "https://example.com"),),)), ["label"]),
        *(
            (Content("a", buttons=((Button("b", url),),)), ["address"])
            for url in ("", "example", "ftp://example.com", "https://", "https://ex ample.com",
                        "javascript:alert(1)", "https://example")
        ),
    ],
)  # fmt: skip
def test_what_telegram_would_refuse_is_known_when_it_is_written(
    content: Content, what: list[str]
) -> None:
    assert found(content) == what


def test_a_problem_says_how_much_there_is_and_what_is_allowed() -> None:
    assert problems(Content("a" * 5000)) == [Problem("text", 5000, 4096)]


def test_a_preview_needs_an_address() -> None:
    assert problems(Content("a", preview_url="nowhere")) == [Problem("address", where="nowhere")]


def test_the_parts_of_an_album_become_one_post() -> None:
    first = Content("One", json.dumps([bold(0, 3)]), files("photo"))
    last = Content("Two 😀", json.dumps([bold(4, 2)]), files("video"))

    album = joined([first, Content(media=files("photo")), last])

    assert [medium.kind for medium in album.media] == ["photo", "photo", "video"]
    assert album.text == "One\n\nTwo 😀"
    assert json.loads(album.entities) == [bold(0, 3), bold(9, 2)]


LINK = {"type": "text_link", "offset": 0, "length": 1, "url": "https://example.com"}


def test_a_long_caption_becomes_a_text_with_a_large_preview() -> None:
    content = Content("a" * 2000, json.dumps([LINK]), files("photo"))

    text = as_text_with_preview(content)

    assert problems(text) == []
    assert (text.media, text.preview, text.above) == ((), "large", True)
    with pytest.raises(NoLinkError):
        as_text_with_preview(Content("a" * 2000, media=files("photo")))


def test_a_long_caption_becomes_a_photo_with_the_first_paragraph_and_a_reply() -> None:
    rest = "b" * 1500
    content = Content(f"Title 😀\n\n{rest}", json.dumps([bold(0, 20)]), files("photo"))

    photo, reply = as_photo_and_reply(content)

    assert (photo.text, json.loads(photo.entities)) == ("Title 😀", [bold(0, 8)])
    assert (reply.text, json.loads(reply.entities)) == (rest, [bold(0, 10)])
    assert (reply.media, reply.silent) == ((), True)


def entities_in(text: str) -> st.SearchStrategy[str]:
    n = units(text)
    spans = st.lists(st.tuples(st.integers(0, n), st.integers(0, n)), max_size=5)

    def written(spans: Sequence[tuple[int, int]]) -> str:
        return json.dumps([bold(begin, end - begin) for begin, end in spans if begin < end])

    return spans.map(written)


@given(
    st.text("ab😀 \n", max_size=60).flatmap(
        lambda text: st.builds(Content, st.just(text), entities_in(text), st.just(files("photo")))
    )
)
def test_a_caption_that_is_split_loses_no_word_and_formats_no_other(content: Content) -> None:
    photo, reply = as_photo_and_reply(content)

    whole = (photo.text + reply.text).split()
    assert "".join(whole) == "".join(content.text.split())
    assert "formatting" not in found(photo) + found(reply)
    assert _bold(photo) + _bold(reply) == _bold(content)


def _bold(content: Content) -> str:
    """Give the bold characters but for spaces, which a split may drop."""
    wide = content.text.encode("utf-16-le")
    marked = sorted(
        {
            place
            for entity in json.loads(content.entities)
            for place in range(entity["offset"], entity["offset"] + entity["length"])
        }
    )
    kept = b"".join(wide[2 * place : 2 * place + 2] for place in marked)
    return "".join(kept.decode("utf-16-le", "surrogatepass").split())
