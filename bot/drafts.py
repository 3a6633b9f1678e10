"""Turns what the owner wrote into the content of a post, within Telegram's limits."""

from __future__ import annotations

import json

from telegram import Message, MessageEntity
from telegram.constants import MessageLimit

from scheduler.posts import Content, MediaKind


class NothingToPublishError(Exception):
    """The message holds neither text nor a file that a channel can show."""


class TooLongError(Exception):
    """The text is over Telegram's limit; both are counted in UTF-16 units."""

    def __init__(self, length: int, limit: int) -> None:
        super().__init__(f"{length} units, {limit} allowed")
        self.length = length
        self.limit = limit


def content_of(message: Message) -> Content:
    """Take over a whole message: its text or caption, its formatting, its file."""
    kind, file_id = _media(message)
    text = message.text if kind is None else message.caption or ""
    if text is None:
        raise NothingToPublishError
    entities = message.entities if kind is None else message.caption_entities
    return _checked(text, 0, entities, kind, file_id)


def content_after(message: Message, begins: int) -> Content:
    """Take over a text message from this character on, with the formatting of that part."""
    text = message.text or ""
    if not text[begins:].strip():
        raise NothingToPublishError
    return _checked(text[begins:], _units(text[:begins]), message.entities, None, None)


def _checked(
    text: str,
    shift: int,
    entities: tuple[MessageEntity, ...],
    kind: MediaKind | None,
    file_id: str | None,
) -> Content:
    limit = MessageLimit.CAPTION_LENGTH if kind else MessageLimit.MAX_TEXT_LENGTH
    if _units(text) > limit:
        raise TooLongError(_units(text), int(limit))
    kept = [
        entity.to_dict() | {"offset": entity.offset - shift}
        for entity in entities
        if entity.offset >= shift
    ]
    return Content(text=text, entities=json.dumps(kept), media_kind=kind, file_id=file_id)


def _media(message: Message) -> tuple[MediaKind | None, str | None]:
    if message.photo:
        return "photo", message.photo[-1].file_id
    # An animation is also given as a document, so it is looked for first.
    if message.animation:
        return "animation", message.animation.file_id
    if message.video:
        return "video", message.video.file_id
    if message.document:
        return "document", message.document.file_id
    return None, None


def _units(text: str) -> int:
    """Count UTF-16 units, as Telegram does."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2
