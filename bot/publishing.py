"""Does what is due: publishes posts, looks for lost ones, asks customers how it went."""

from __future__ import annotations

import json
import logging
from collections.abc import Awaitable, Callable
from contextlib import suppress
from functools import partial
from typing import Any

from telegram import Message, MessageEntity
from telegram.error import BadRequest, Forbidden, NetworkError, RetryAfter, TelegramError
from telegram.ext import ExtBot

from bot import care, delivery, letters, opening
from bot.context import App
from bot.database import insistently, patiently
from bot.pace import NO_RETRIES
from bot.store import follow_ups, outbox
from scheduler import publisher, store
from scheduler.posts import CannotLookError, MediaKind, Post, PostState

logger = logging.getLogger(__name__)

LOOK_AHEAD = 5  # message ids after the last known one that are looked at


async def tick(app: App, bot: ExtBot[Any]) -> None:
    """Settle what is uncertain, publish what is due, and wake up again for the next one.

    All of it can be done again from any point: the rows say what has happened.
    """
    await insistently(partial(_tick, app, bot))


async def _tick(app: App, bot: ExtBot[Any]) -> None:
    async def send(post: Post) -> int:
        return await delivery.attempt(_send(bot, post))

    await _settle(app, bot)
    is_uncertain = False
    async for post in publisher.publish_due(app.db, send, app.now):
        if post.state is PostState.PUBLISHED:
            await _count_members(app, bot, post)
        if post.state is PostState.UNKNOWN:
            is_uncertain = True
        elif post.state is not PostState.LATE:
            # Beginning the tick again would not report it: the row is settled.
            await patiently(partial(letters.report_post, app, post))
    if is_uncertain:
        await _settle(app, bot)
    _ask_about_late(app)
    today = app.now().astimezone(app.settings.timezone).date()
    if await patiently(partial(opening.forget_past, app.db, today)):
        await app.in_force.retell()
    await patiently(partial(care.ask_due, app))
    delivery.send_due(app)
    due = (store.next_due_at(app.db), follow_ups.next_due_at(app.db))
    app.clock.arm(min(filter(None, due), default=None))


async def _settle(app: App, bot: ExtBot[Any]) -> None:
    """Look for posts that may have arrived; ask the owner, once, where that is impossible."""

    async def look(post: Post) -> int | None:
        return await _look(app, bot, post)

    try:
        async for post in publisher.recover(app.db, look, app.now):
            asked = post.claimed_at and outbox.has_asked(app.db, post.id, post.claimed_at)
            if not (post.state is PostState.UNKNOWN and asked):
                await patiently(partial(letters.report_post, app, post))
    except (NetworkError, RetryAfter) as error:
        logger.warning("Telegram cannot be asked about a post (%s); trying again.", error)


def _ask_about_late(app: App) -> None:
    """Ask the owner about each late post, once, also where a crash came before the question."""
    for post in store.unsettled(app.db):
        if post.state is PostState.LATE and not outbox.has_asked(app.db, post.id, post.late_at):
            letters.report_post(app, post)


async def _send(bot: ExtBot[Any], post: Post) -> int:
    """Send a post to its channel and give its message id."""
    entities = [MessageEntity.de_json(entity, bot) for entity in json.loads(post.entities)]
    if post.media_kind is None:
        sent = await bot.send_message(
            post.channel_id, post.text, entities=entities, rate_limit_args=NO_RETRIES
        )
        return sent.message_id
    methods: dict[MediaKind, Callable[..., Awaitable[Message]]] = {
        "photo": bot.send_photo,
        "video": bot.send_video,
        "animation": bot.send_animation,
        "document": bot.send_document,
    }
    sent = await methods[post.media_kind](
        post.channel_id,
        post.file_id,
        caption=post.text,
        caption_entities=entities,
        rate_limit_args=NO_RETRIES,
    )
    return sent.message_id


async def _look(app: App, bot: ExtBot[Any], post: Post) -> int | None:
    """Find a post in its channel by forwarding the next messages to the owner, silently.

    A bot cannot read a channel's history. It can forward a message whose id it knows, compare
    the copy and delete it again.

    Raises
    ------
    CannotLookError
        Where forwarding is forbidden, or it is not known where to begin.
    NetworkError, RetryAfter
        Where Telegram cannot be asked now; looking can be tried again.
    """
    if post.after_message_id is None:
        raise CannotLookError("No message of this channel is known yet.")
    known = store.last_message_id(app.db, post.channel_id) or 0
    first = post.after_message_id + 1
    for message_id in range(first, max(first, known) + LOOK_AHEAD):
        if store.post_of(app.db, post.channel_id, message_id):
            continue  # that is another post
        try:
            copy = await bot.forward_message(
                app.settings.owner_id, post.channel_id, message_id, disable_notification=True
            )
        except BadRequest as error:
            if "not found" in error.message.lower():
                continue
            raise CannotLookError(error.message) from error
        except Forbidden as error:
            raise CannotLookError(error.message) from error
        with suppress(TelegramError):  # a copy left behind is better than never knowing
            await bot.delete_message(app.settings.owner_id, copy.message_id)
        if _is_copy(copy, post):
            return message_id
    return None


def _is_copy(copy: Message, post: Post) -> bool:
    if post.media_kind is None:
        return copy.text == post.text
    return bool(getattr(copy, post.media_kind)) and (copy.caption or "") == post.text


async def _count_members(app: App, bot: ExtBot[Any], post: Post) -> None:
    try:
        n = await bot.get_chat_member_count(post.channel_id)
    except TelegramError:
        return  # the post is out; a count that is missing is simply not known
    await patiently(lambda: store.record_members(app.db, post.channel_id, n, app.now()))
