"""How the owner writes, schedules, moves and cancels posts."""

from __future__ import annotations

import asyncio
import datetime as dt
from contextlib import suppress

from telegram import InlineKeyboardMarkup, MaybeInaccessibleMessage, Message, Update
from telegram.error import BadRequest

from bot import drafts, letters, when
from bot.context import App, Context
from bot.store import channels
from bot.store.channels import Channel
from bot.taps import acknowledge
from bot.views import posts as views
from bot.views.say import View
from scheduler import store
from scheduler.posts import Content, Decision, Post, PostState
from scheduler.store import NoSuchPostError, WrongStateError

DECISIONS = {
    "there": Decision.IT_IS_THERE,
    "again": Decision.SEND,
    "drop": Decision.DROP,
}


async def post(update: Update, context: Context) -> None:
    """Publish a text, or the message you reply to, at once."""
    written, app = update.effective_message, context.app
    assert written and written.text  # the route's filter says so
    content = _content(app, written, _after_command(written), "post")
    if content:
        _put(app, update, content, app.now().replace(microsecond=0))


async def schedule(update: Update, context: Context) -> None:
    """Publish a text, or the message you reply to, at a time: /schedule tomorrow 9:00 Hello."""
    written, app = update.effective_message, context.app
    assert written and written.text  # the route's filter says so
    begins = _after_command(written)
    if not written.text[begins:].strip():
        letters.tell_owner(app, views.no_text(app.say, "schedule"))
        return
    plan = await _read_plan(app, written.text[begins:])
    if plan is None:
        return
    content = _content(app, written, begins + plan.text_begins, "schedule")
    if content is None:
        return
    scheduled = _put(app, update, content, plan.publish_at)
    if scheduled:
        post, channel = scheduled
        view = views.scheduled(app.say, post, channel.title)
        letters.tell_owner(app, view, post_id=post.id)


async def queue(update: Update, context: Context) -> None:
    """Show what is scheduled, to cancel or move it, and what waits for your word."""
    app = context.app
    for post in store.unsettled(app.db):
        letters.report_post(app, post)
    upcoming = store.upcoming(app.db)
    letters.tell_owner(app, views.queue(app.say, upcoming, channels.titles(app.db)))


async def tap(update: Update, context: Context) -> None:
    """Do what a button under a post says."""
    query, app = update.callback_query, context.app
    assert query and query.data and query.message  # the route's pattern says so
    verb, _, number = query.data.partition(":")
    post_id = int(number)
    try:
        view = _tapped(app, verb, post_id)
    except WrongStateError as error:
        await acknowledge(query, views.already(app.say, error.post))
        return
    except NoSuchPostError:
        await acknowledge(query, str(views.gone(app.say)))
        return
    if view is None:
        await acknowledge(query)
        return
    app.clock.arm(store.next_due_at(app.db))
    letters.tell_owner(app, view)
    await acknowledge(query)
    with suppress(BadRequest):  # an owner who tidies up may have deleted the message
        await query.edit_message_reply_markup(_without(query.message, post_id))


def _tapped(app: App, verb: str, post_id: int) -> View | None:
    """Do what a button says and give the confirmation; None where words are asked for first."""
    if verb == "move":
        post = store.get(app.db, post_id)
        if post.state is not PostState.SCHEDULED:
            raise WrongStateError(post, "moved")
        letters.ask_owner(app, views.ask_for_time(app.say, post), post_id=post_id)
        return None
    if verb == "cancel":
        return views.cancelled(app.say, store.cancel(app.db, post_id, app.now()))
    return views.settled(app.say, store.settle(app.db, post_id, DECISIONS[verb], app.now()))


def _without(message: MaybeInaccessibleMessage, post_id: int) -> InlineKeyboardMarkup | None:
    """Give the message's buttons but for those of this post."""
    markup = message.reply_markup if isinstance(message, Message) else None
    rows = [
        row
        for row in (markup.inline_keyboard if markup else ())
        if not all(str(button.callback_data).endswith(f":{post_id}") for button in row)
    ]
    return InlineKeyboardMarkup(rows) if rows else None


async def move_to(update: Update, context: Context, post_id: int) -> None:
    """Move a post to the time the owner has written."""
    written, app = update.effective_message, context.app
    assert written  # the route's filter says so
    plan = await _read_plan(app, written.text or "")
    if plan is None:
        return
    try:
        post = store.move(app.db, post_id, plan.publish_at, app.now())
    except WrongStateError as error:
        letters.tell_owner(app, views.too_late(app.say, error.post))
        return
    app.clock.arm(store.next_due_at(app.db))
    title = channels.titles(app.db)[post.channel_id]
    letters.tell_owner(app, views.scheduled(app.say, post, title), post_id=post.id)


def draft_of(written: Message) -> str:
    """Give the text behind the command, or else that of the message replied to."""
    behind = (written.text or "")[_after_command(written) :]
    source = written.reply_to_message
    return behind.strip() or (source and (source.text or source.caption)) or ""


def _after_command(written: Message) -> int:
    """Give where the text behind `/command` begins."""
    text = written.text or ""
    rest = text[written.entities[0].length :]  # the command itself, which is plain ASCII
    return len(text) - len(rest.lstrip())


async def _read_plan(app: App, text: str) -> when.Plan | None:
    """Read a time, or tell the owner what is wrong with it."""
    try:
        return await asyncio.to_thread(when.read_plan, text, app.now(), app.settings.timezone)
    except when.NoTimeError:
        letters.tell_owner(app, views.no_time(app.say))
    except when.PastTimeError as error:
        letters.tell_owner(app, views.past_time(app.say, error.publish_at))
    except when.GapError as error:
        letters.tell_owner(app, views.gap_time(app.say, error.before, error.after))
    return None


def _content(app: App, written: Message, begins: int, command: str) -> Content | None:
    """Take the text behind the command or the replied-to message, or say what is missing."""
    source = written.reply_to_message
    try:
        if source and not (written.text or "")[begins:].strip():
            return drafts.content_of(source)
        return drafts.content_after(written, begins)
    except drafts.NothingToPublishError:
        view = views.not_publishable(app.say) if source else views.no_text(app.say, command)
    except drafts.TooLongError as error:
        view = views.too_long(app.say, error.length, error.limit)
    letters.tell_owner(app, view)
    return None


def _put(
    app: App, update: Update, content: Content, publish_at: dt.datetime
) -> tuple[Post, Channel] | None:
    """Write the post's row and set the clock, or say that no channel is connected."""
    channel = channels.posted_to(app.db, app.settings.channel_id)
    if channel is None:
        letters.tell_owner(app, views.no_channel(app.say))
        return None
    post = store.schedule(
        app.db,
        channel.id,
        content,
        publish_at,
        now=app.now(),
        grace=app.settings.grace,
        request_id=f"update {update.update_id}",
    )
    app.clock.arm(store.next_due_at(app.db))
    return post, channel
