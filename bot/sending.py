"""Sends a post by the call of the Bot API that its content needs."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from functools import partial
from types import MappingProxyType
from typing import Any

from sqlite_utils import Database
from telegram import (
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    InputFile,
    InputMediaDocument,
    InputMediaPhoto,
    InputMediaVideo,
    LinkPreviewOptions,
    Message,
    MessageEntity,
    ReplyParameters,
)
from telegram import Poll as PollMessage
from telegram.ext import ExtBot

from bot import delivery, drafts, media
from bot.context import App
from bot.database import patiently
from bot.pace import NO_RETRIES
from bot.store import channels, copies
from scheduler import store
from scheduler.posts import Content, Medium, NotSentError, Poll, Post, RefusedError

Files = Sequence[str | InputFile]

# A file id that has expired, or that is of another bot, is refused in one of these ways.
WRONG_FILE = ("file identifier", "file_id", "file_reference", "file reference", "media_empty")

# Telegram shows a post in the discussion group a moment after it is out; asking costs nothing.
THREAD_AFTER = dt.timedelta(seconds=2)

PREVIEWS: Mapping[str, Mapping[str, bool]] = MappingProxyType(
    {
        "auto": {},
        "none": {"is_disabled": True},
        "small": {"prefer_small_media": True},
        "large": {"prefer_large_media": True},
    }
)


async def send(app: App, bot: ExtBot[Any], post: Post) -> list[int]:
    """Send a post and give its message ids.

    Where Telegram no longer knows a file, the copy that is kept of it is sent. That is no second
    try of something that may have arrived: the first was refused.

    Raises
    ------
    RefusedError, NotSentError, UncertainError
    """
    send_with = partial(_send, bot, post, _reply(app.db, post))
    with ExitStack() as opened:
        try:
            sent = await send_with(_files(app, post.content.media, opened))
        except RefusedError as error:
            if not any(sign in str(error).lower() for sign in WRONG_FILE):
                raise
            files = _files(app, post.content.media, opened, copied=True)
            if all(isinstance(file, str) for file in files):
                raise
            sent = await send_with(files)
            await patiently(partial(_renew, app.db, post.content.media, sent))
    return [message.message_id for message in sent]


def _files(
    app: App, files: Sequence[Medium], opened: ExitStack, *, copied: bool = False
) -> list[str | InputFile]:
    """Give what is sent for each file: its id, or its copy, open as long as the stack is."""
    return [
        (media.copy(app, medium, opened) if copied or not medium.file_id else None)
        or copies.current_id(app.db, medium.file_id)
        for medium in files
    ]


def _renew(db: Database, files: Sequence[Medium], sent: Sequence[Message]) -> None:
    """Keep the new ids, but not of what Telegram has made another kind of, such as a GIF."""
    for medium, message in zip(files, sent, strict=True):
        for renewed in drafts.media_of(message):
            if medium.file_id and renewed.kind == medium.kind:
                copies.renew(db, medium.file_id, renewed.file_id)


def _reply(db: Database, post: Post) -> ReplyParameters | None:
    """Say which message a post is sent in reply to."""
    if post.origin.after_post_id is None:
        return None
    first = store.get(db, post.origin.after_post_id)
    if not post.origin.is_comment:
        if first.message_id is None:  # the owner has said that it is there, but not where
            return None
        return ReplyParameters(first.message_id, allow_sending_without_reply=True)
    if first.message_id is None:
        raise RefusedError("I do not know the message that the comment belongs to.")
    thread = channels.thread_of(db, post.channel_id, first.channel_id, first.message_id)
    if thread is None:
        raise NotSentError("The post has not appeared in the discussion group yet.", THREAD_AFTER)
    return ReplyParameters(thread)


async def _send(
    bot: ExtBot[Any], post: Post, reply: ReplyParameters | None, files: Files
) -> Sequence[Message]:
    """Make the one call; more than one message comes of an album only."""
    content = post.content
    options: dict[str, Any] = {
        "disable_notification": content.silent,
        "protect_content": content.protected,
        "reply_parameters": reply,
        "rate_limit_args": NO_RETRIES,
    }
    if len(files) > 1:
        call = bot.send_media_group(post.channel_id, _album(content, files), **options)
        return await delivery.attempt(call)
    options["reply_markup"] = keyboard(content)
    if content.poll:
        single = bot.send_poll(post.channel_id, **_poll(content, content.poll), **options)
    elif not files:
        single = bot.send_message(
            post.channel_id,
            content.text,
            entities=entities(content),
            link_preview_options=preview(content),
            **options,
        )
    else:
        kind = content.media[0].kind
        method = getattr(bot, f"send_{kind}")
        single = method(post.channel_id, files[0], **_caption(content, kind), **options)
    return [await delivery.attempt(single)]


def _caption(content: Content, kind: str) -> dict[str, Any]:
    caption = {"caption": content.text, "caption_entities": entities(content)}
    if kind == "document":
        return caption
    return caption | {
        "has_spoiler": content.media[0].spoiler,
        "show_caption_above_media": content.above,
    }


def _album(
    content: Content, files: Files
) -> list[InputMediaPhoto | InputMediaVideo | InputMediaDocument]:
    """Build an album; the caption of its first file stands below the whole."""
    album: list[InputMediaPhoto | InputMediaVideo | InputMediaDocument] = []
    for nth, (medium, file) in enumerate(zip(content.media, files, strict=True)):
        caption: dict[str, Any] = {}
        if nth == 0:
            caption = {"caption": content.text, "caption_entities": entities(content)}
        if medium.kind == "document":
            album.append(InputMediaDocument(file, **caption))
        else:
            of_kind = InputMediaPhoto if medium.kind == "photo" else InputMediaVideo
            album.append(
                of_kind(
                    file,
                    has_spoiler=medium.spoiler,
                    show_caption_above_media=content.above,
                    **caption,
                )
            )
    return album


def _poll(content: Content, poll: Poll) -> dict[str, Any]:
    quiz = {
        "type": PollMessage.QUIZ,
        "correct_option_ids": [poll.correct],
        "explanation": poll.explanation or None,
    }
    return {
        "question": poll.question,
        "options": poll.options,
        "allows_multiple_answers": poll.several,
        "description": content.text or None,
        "description_entities": entities(content) or None,
        **({} if poll.correct is None else quiz),
    }


def entities(content: Content) -> list[MessageEntity]:
    """Give the formatting of the text as PTB wants it."""
    return [MessageEntity.de_json(entity) for entity in json.loads(content.entities)]


def preview(content: Content) -> LinkPreviewOptions | None:
    """Say how the preview of a link is shown; None where nobody has chosen."""
    chosen: dict[str, Any] = {
        **PREVIEWS[content.preview],
        **({"show_above_text": True} if content.above else {}),
        **({"url": content.preview_url} if content.preview_url else {}),
    }
    return LinkPreviewOptions(**chosen) if chosen else None


def keyboard(content: Content) -> InlineKeyboardMarkup | None:
    """Give the buttons below a post."""
    if not content.buttons:
        return None
    return InlineKeyboardMarkup(
        [
            [InlineKeyboardButton(button.text, url=button.url) for button in row]
            for row in content.buttons
        ]
    )
