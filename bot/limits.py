"""Knows what Telegram takes as a post, and says of a content what stands against it.

The limits are those of the Bot API 10.0, in UTF-16 units where it counts characters.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from telegram.constants import (
    InlineKeyboardMarkupLimit,
    MediaGroupLimit,
    MessageLimit,
    PollLimit,
)

from scheduler.posts import Button, Content, Poll

What = Literal[
    "nothing",  # neither text nor file nor poll
    "characters",  # half of a surrogate pair, which no text may hold
    "formatting",  # that goes beyond the text
    "text",
    "caption",
    "album",  # too many files
    "animation",  # in an album
    "mixture",  # of documents and others in an album
    "album buttons",
    "poll media",
    "question",
    "options",  # too few or too many
    "option",  # empty or too long
    "answer",  # of a quiz, not known
    "explanation",
    "explanation lines",
    "buttons",
    "row",  # of buttons
    "label",  # of a button, empty
    "address",  # of a button, or of the link that is previewed
]

ADDRESS = re.compile(r"https?://[^\s/?#.]+(\.[^\s/?#.]+)+([/?#]\S*)?|tg://\S+", re.IGNORECASE)
# What Telegram trims or drops, so that a text of nothing else is empty to it.
BLANK = re.compile("[\\s\x00-\x1f\u200b\u200e\u200f\u2028-\u202e\u2060\ufeff]*")


@dataclass(frozen=True, slots=True)
class Problem:
    """Something that Telegram would refuse: what it is, how much there is, and the limit."""

    what: What
    n: int = 0
    limit: int = 0
    where: str = ""  # the text of the option or button that is meant


def units(text: str) -> int:
    """Count UTF-16 units, as Telegram does."""
    return len(text) + sum(character > "\uffff" for character in text)


def problems(content: Content) -> list[Problem]:
    """List what Telegram would refuse about a content; empty where it can be published."""
    return [*_of_text(content), *_of_media(content), *_of_poll(content), *_of_buttons(content)]


def _of_text(content: Content) -> Iterator[Problem]:
    if content.preview_url and not ADDRESS.fullmatch(content.preview_url):
        yield Problem("address", where=content.preview_url)
    if not (content.media or content.poll) and BLANK.fullmatch(content.text):
        yield Problem("nothing")
    if not all(map(_is_whole, _texts(content))):
        yield Problem("characters")
    n = units(content.text)
    if any(
        entity["offset"] < 0 or entity["offset"] + entity["length"] > n
        for entity in json.loads(content.entities)
    ):
        yield Problem("formatting")
    if not (content.media or content.poll):
        yield from _over("text", n, MessageLimit.MAX_TEXT_LENGTH)
    else:  # the text of a poll is its description
        yield from _over("caption", n, MessageLimit.CAPTION_LENGTH)


def _of_media(content: Content) -> Iterator[Problem]:
    kinds = [medium.kind for medium in content.media]
    if content.poll and kinds:
        yield Problem("poll media")
    yield from _over("album", len(kinds), MediaGroupLimit.MAX_MEDIA_LENGTH)
    if len(kinds) < MediaGroupLimit.MIN_MEDIA_LENGTH:
        return
    if "animation" in kinds:
        yield Problem("animation")
    elif "document" in kinds and len(set(kinds)) > 1:
        yield Problem("mixture")
    if content.buttons:
        yield Problem("album buttons")


def _of_poll(content: Content) -> Iterator[Problem]:
    poll = content.poll
    if poll is None:
        return
    if BLANK.fullmatch(poll.question):
        yield Problem("question", 0, PollLimit.MAX_QUESTION_LENGTH)
    yield from _over("question", units(poll.question), PollLimit.MAX_QUESTION_LENGTH)
    # A poll of one option is something that only Telegram's own apps show well.
    if len(poll.options) < 2:
        yield Problem("options", len(poll.options), 2)
    yield from _over("options", len(poll.options), PollLimit.MAX_OPTION_NUMBER)
    for option in poll.options:
        n = 0 if BLANK.fullmatch(option) else units(option)
        if not 0 < n <= PollLimit.MAX_OPTION_LENGTH:
            yield Problem("option", n, PollLimit.MAX_OPTION_LENGTH, option)
    yield from _of_quiz(poll)


def _of_quiz(poll: Poll) -> Iterator[Problem]:
    if poll.correct is not None and poll.correct not in range(len(poll.options)):
        yield Problem("answer")
    yield from _over("explanation", units(poll.explanation), PollLimit.MAX_EXPLANATION_LENGTH)
    n_lines = poll.explanation.count("\n")
    yield from _over("explanation lines", n_lines, PollLimit.MAX_EXPLANATION_LINE_FEEDS)


def _of_buttons(content: Content) -> Iterator[Problem]:
    buttons = [button for row in content.buttons for button in row]
    yield from _over("buttons", len(buttons), InlineKeyboardMarkupLimit.TOTAL_BUTTON_NUMBER)
    yield from _over(
        "row", max(map(len, content.buttons), default=0), InlineKeyboardMarkupLimit.BUTTONS_PER_ROW
    )
    for button in buttons:
        if BLANK.fullmatch(button.text):
            yield Problem("label", where=button.url)
        if not ADDRESS.fullmatch(button.url):
            yield Problem("address", where=button.url)


def _over(what: What, n: int, limit: int) -> Iterator[Problem]:
    if n > limit:
        yield Problem(what, n, int(limit))


def _texts(content: Content) -> Iterator[str]:
    """Give every text that goes to Telegram."""
    yield content.text
    yield content.preview_url
    if content.poll:
        yield from (content.poll.question, *content.poll.options, content.poll.explanation)
    for row in content.buttons:
        for button in row:
            yield from _of_button(button)


def _of_button(button: Button) -> tuple[str, str]:
    return button.text, button.url


def _is_whole(text: str) -> bool:
    return not any("\ud800" <= character <= "\udfff" for character in text)
