"""Turns messages into the content of posts, and content that is too long into what is not."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import islice
from types import MappingProxyType
from typing import Any

from telegram import Message
from telegram import Poll as PollMessage
from telegram.constants import MessageLimit

from bot.limits import Problem, problems, units
from scheduler.posts import Button, Content, MediaKind, Medium, Poll, Preview

__all__ = [
    "NoLinkError",
    "Problem",
    "UnfitError",
    "as_photo_and_reply",
    "as_text_with_preview",
    "checked",
    "content_after",
    "content_of",
    "joined",
    "media_of",
    "problems",
    "read",
]

LINKS = ("url", "text_link")
PREVIEWS: Mapping[str, Preview] = MappingProxyType(
    {"is_disabled": "none", "prefer_small_media": "small", "prefer_large_media": "large"}
)
END_OF_PARAGRAPH = re.compile(r"\s*\n\s*(?=\S)")


class UnfitError(Exception):
    """Telegram would not take this as a post.

    Attributes
    ----------
    problems : tuple of Problem
        What stands against it, at least one.
    content : Content
        As it is; `as_text_with_preview` and `as_photo_and_reply` help against a long caption.
    """

    def __init__(self, found: Sequence[Problem], content: Content) -> None:
        super().__init__(", ".join(problem.what for problem in found))
        self.problems = tuple(found)
        self.content = content


class NoLinkError(Exception):
    """There is no link that a preview could be shown of."""


def content_of(message: Message) -> Content:
    """Take over a whole message.

    Raises
    ------
    UnfitError
    """
    return checked(read(message))


def content_after(message: Message, begins: int) -> Content:
    """Take over a message, of its text or caption the part from this character on.

    Raises
    ------
    UnfitError
    """
    return checked(read(message, begins))


def checked(content: Content) -> Content:
    """Give the content back if it can be published.

    Raises
    ------
    UnfitError
    """
    if found := problems(content):
        raise UnfitError(found, content)
    return content


def read(message: Message, begins: int = 0) -> Content:
    """Take over what a message holds, whether it can be published so or not.

    Raises
    ------
    UnfitError
        It is a quiz whose right answer Telegram does not tell.
    """
    media = media_of(message)
    text = (message.caption if media else message.text) or ""
    entities = message.caption_entities if media else message.entities
    content = Content(
        text=text[begins:],
        entities=_cut([entity.to_dict() for entity in entities], units(text[:begins]), units(text)),
        media=media,
        buttons=_buttons(message),
        above=bool(message.show_caption_above_media),
    )
    if options := message.link_preview_options:
        chosen = options.to_dict()
        sizes = [size for name, size in PREVIEWS.items() if chosen.get(name)]
        content = replace(
            content,
            preview=sizes[0] if sizes else "auto",
            preview_url=chosen.get("url", ""),
            above=chosen.get("show_above_text", False),
        )
    return _with_poll(content, message.poll) if message.poll else content


def media_of(message: Message) -> tuple[Medium, ...]:
    """Give the file of a message, if it has one that a channel can show."""
    files: Mapping[MediaKind, Any] = {
        "photo": message.photo[-1] if message.photo else None,
        "animation": message.animation,  # before the document that it is also given as
        "video": message.video,
        "document": message.document,
    }
    spoiler = bool(message.has_media_spoiler)
    media = (
        Medium(
            kind,
            file.file_id,
            spoiler=spoiler,
            unique_id=file.file_unique_id,
            name=getattr(file, "file_name", None) or "",
        )
        for kind, file in files.items()
        if file
    )
    return tuple(islice(media, 1))


def _with_poll(content: Content, poll: PollMessage) -> Content:
    right = poll.correct_option_ids
    content = replace(
        content,
        text=poll.description or "",
        entities=json.dumps([entity.to_dict() for entity in poll.description_entities or ()]),
        poll=Poll(
            question=poll.question,
            options=tuple(option.text for option in poll.options),
            several=poll.allows_multiple_answers,
            correct=right[0] if len(right) == 1 else None,
            explanation=poll.explanation or "",
        ),
    )
    if poll.type == PollMessage.QUIZ and len(right) != 1:
        # Telegram tells it only of a quiz that was made in this chat, not of a forwarded one.
        raise UnfitError([Problem("answer")], content)
    return content


def _buttons(message: Message) -> tuple[tuple[Button, ...], ...]:
    """Take over the buttons that open addresses; all others belong to the bot that sent them."""
    rows = message.reply_markup.inline_keyboard if message.reply_markup else ()
    kept = (tuple(Button(button.text, button.url) for button in row if button.url) for row in rows)
    return tuple(row for row in kept if row)


def joined(parts: Sequence[Content]) -> Content:
    """Make one album of its parts, in their order; several captions become paragraphs of one."""
    text, entities = "", list[dict[str, Any]]()
    for part in parts:
        if part.text:
            text += "\n\n" if text else ""
            entities += _moved(json.loads(part.entities), units(text))
            text += part.text
    return replace(
        parts[0],
        text=text,
        entities=json.dumps(entities),
        media=tuple(medium for part in parts for medium in part.media),
        above=any(part.above for part in parts),
    )


def as_text_with_preview(content: Content, url: str = "") -> Content:
    """Show a long caption as a text, and in place of the file a large preview of a link.

    Parameters
    ----------
    url : str, optional
        The link, if not the first one in the text.

    Raises
    ------
    NoLinkError
        Neither is there.
    """
    if not url and not any(entity["type"] in LINKS for entity in json.loads(content.entities)):
        raise NoLinkError
    return replace(
        content,
        media=(),
        preview="large",
        preview_url=url,
        above=not content.above,  # where the file would have been
    )


def as_photo_and_reply(content: Content) -> tuple[Content, Content]:
    """Split a long caption: the file with the first paragraph, if that fits, and a text after it.

    The text is a reply without a sound, and has the buttons, since readers end there.
    """
    text, entities = content.text, json.loads(content.entities)
    found = END_OF_PARAGRAPH.search(text)
    fits = found and units(text[: found.start()]) <= MessageLimit.CAPTION_LENGTH
    ends, begins = found.span() if found and fits else (0, 0)
    return (
        replace(
            content, text=text[:ends], entities=_cut(entities, 0, units(text[:ends])), buttons=()
        ),
        replace(
            content,
            text=text[begins:],
            entities=_cut(entities, units(text[:begins]), units(text)),
            media=(),
            silent=True,
            above=False,
        ),
    )


def _cut(entities: Sequence[dict[str, Any]], begin: int, end: int) -> str:
    """Give the formatting of a part of a text; its bounds are in UTF-16 units."""
    inside = [
        entity
        | {
            "offset": max(entity["offset"], begin),
            "length": min(entity["offset"] + entity["length"], end) - max(entity["offset"], begin),
        }
        for entity in entities
    ]
    return json.dumps(_moved([entity for entity in inside if entity["length"] > 0], -begin))


def _moved(entities: Sequence[dict[str, Any]], by: int) -> list[dict[str, Any]]:
    return [entity | {"offset": entity["offset"] + by} for entity in entities]
