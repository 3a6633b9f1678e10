"""Pins, unpins, edits and deletes posts in their channels when it is time."""

from __future__ import annotations

from collections.abc import Awaitable
from functools import partial
from typing import Any

from telegram.ext import ExtBot

from bot import delivery, letters, sending
from bot.context import App
from bot.database import patiently
from bot.pace import NO_RETRIES
from bot.store import channels
from bot.views import errands as views
from scheduler import errands, store
from scheduler.errands import GoneError
from scheduler.posts import Content, Post, RefusedError, UncertainError
from scheduler.store import Errand

# As Telegram says that there is nothing left to do.
DONE = ("message is not modified", "message to unpin not found", "message to delete not found")
GONE = ("message to edit not found", "message to pin not found", "message_id_invalid")
# As PTB complains of an answer that it cannot read, from a server that is not quite Telegram.
UNREADABLE = (TypeError, ValueError, KeyError, AttributeError)
NO_MESSAGE = "I do not know which message of the channel it is."


async def do_due(app: App, bot: ExtBot[Any]) -> None:
    """Do what is due to posts that are out, and tell the owner of what was refused."""
    await errands.do_due(app.db, partial(_do, app, bot), app.now, partial(_failed, app))


async def _do(app: App, bot: ExtBot[Any], errand: Errand, post: Post) -> None:
    message_ids = store.message_ids(app.db, post.id)
    if not message_ids:
        raise RefusedError(NO_MESSAGE)
    try:
        await delivery.attempt(_call(bot, errand, post, message_ids))
    except RefusedError as error:
        sentence = str(error).lower()
        if any(sign in sentence for sign in DONE):
            return
        if any(sign in sentence for sign in GONE):
            raise GoneError(str(error)) from error
        raise
    except UNREADABLE as error:
        raise UncertainError(f"unreadable answer: {type(error).__name__}") from error


def _call(
    bot: ExtBot[Any], errand: Errand, post: Post, message_ids: list[int]
) -> Awaitable[object]:
    first = message_ids[0]
    options: dict[str, Any] = {"rate_limit_args": NO_RETRIES}
    match errand.kind:
        case "pin":
            is_silent = post.content.silent
            return bot.pin_chat_message(
                post.channel_id, first, disable_notification=is_silent, **options
            )
        case "unpin":
            return bot.unpin_chat_message(post.channel_id, message_id=first, **options)
        case "delete":
            return bot.delete_messages(post.channel_id, message_ids, **options)
        case "edit":
            return _edit(bot, post, first, errand.content or post.content)


def _edit(bot: ExtBot[Any], post: Post, first: int, content: Content) -> Awaitable[object]:
    """Change the text, or the caption, which of an album is that of its first file."""
    options: dict[str, Any] = {
        "chat_id": post.channel_id,
        "message_id": first,
        "reply_markup": sending.keyboard(content),
        "rate_limit_args": NO_RETRIES,
    }
    if post.content.media:
        return bot.edit_message_caption(
            caption=content.text,
            caption_entities=sending.entities(content),
            show_caption_above_media=content.above,
            **options,
        )
    return bot.edit_message_text(
        content.text,
        entities=sending.entities(content),
        link_preview_options=sending.preview(content),
        **options,
    )


async def _failed(app: App, errand: Errand, post: Post, reason: str) -> None:
    """Tell the owner of a refusal."""
    title = channels.titles(app.db).get(post.channel_id, "")
    view = views.failed(app.say, errand, post, title, reason)
    await patiently(partial(letters.tell_owner, app, view))
