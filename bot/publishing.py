"""Does what is due: publishes posts, looks for lost ones, asks customers how it went."""

from __future__ import annotations

import logging
from functools import partial
from typing import Any

from telegram.error import NetworkError, RetryAfter, TelegramError
from telegram.ext import ExtBot

from bot import care, delivery, errands, letters, looking, opening, plans, sending
from bot.context import App
from bot.database import insistently, patiently
from bot.store import follow_ups, outbox
from scheduler import publisher, store
from scheduler.posts import Post, PostState

logger = logging.getLogger(__name__)


async def tick(app: App, bot: ExtBot[Any]) -> None:
    """Settle what is uncertain, publish what is due, and wake up again for the next one.

    All of it can be done again from any point: the rows say what has happened.
    """
    await insistently(partial(_tick, app, bot))
    app.pulse.ticked_at = app.now()


async def _tick(app: App, bot: ExtBot[Any]) -> None:
    in_doubt = False
    out: list[Post] = []
    send = partial(sending.send, app, bot)

    async def told(post: Post) -> None:
        nonlocal in_doubt
        if post.state is PostState.PUBLISHED:
            out.append(post)
            await _count_members(app, bot, post)
        elif post.state is PostState.UNKNOWN:
            in_doubt = True
        elif post.state is not PostState.LATE:
            # Beginning the tick again would not report it: the row is settled.
            await patiently(partial(letters.report_post, app, post))

    await _settle(app, bot)
    await patiently(partial(plans.extend_due, app))  # before what it takes back is late
    try:
        await publisher.publish_due(app.db, send, app.now, told)
        while in_doubt:  # a lane ends where a post may have arrived; the others wait for the look
            in_doubt = False
            await _settle(app, bot)
            await publisher.publish_due(app.db, send, app.now, told)
    finally:  # a tick that ends early would not report them again: their rows are settled
        await patiently(partial(letters.report_published, app, out))
    await errands.do_due(app, bot)
    await patiently(partial(letters.ask_about_late, app))
    today = app.now().astimezone(app.settings.timezone).date()
    if await patiently(partial(opening.forget_past, app.db, today)):
        await app.in_force.retell()
    await patiently(partial(care.ask_due, app))
    delivery.send_due(app)
    due = (
        store.next_due_at(app.db),
        store.next_errand_at(app.db),
        plans.next_extension_at(app),
        follow_ups.next_due_at(app.db),
    )
    app.clock.arm(min(filter(None, due), default=None))


async def _settle(app: App, bot: ExtBot[Any]) -> None:
    """Look for posts that may have arrived; ask the owner, once, where that is impossible."""
    look = partial(looking.look, app, bot)
    try:
        async for post in publisher.recover(app.db, look, app.now):
            in_doubt_since = store.steps(app.db, post.id)[-1].at  # its own card is older
            asked = outbox.has_asked(app.db, post.id, in_doubt_since)
            if not (post.state is PostState.UNKNOWN and asked):
                await patiently(partial(letters.report_post, app, post))
    except (NetworkError, RetryAfter) as error:
        logger.warning("Telegram cannot be asked about a post (%s); trying again.", error)


async def _count_members(app: App, bot: ExtBot[Any], post: Post) -> None:
    try:
        n = await bot.get_chat_member_count(post.channel_id)
    except TelegramError:
        return  # the post is out; a count that is missing is simply not known
    await patiently(lambda: store.record_members(app.db, post.channel_id, n, app.now()))
