"""How the owner writes posts: at once, for a time, or as a draft."""

from __future__ import annotations

import datetime as dt
import re

from telegram import Message, Update

from bot import drafts, letters, placing, post_cards
from bot.context import App, Context
from bot.owner import album_parts, timing
from bot.owner.timing import Timing
from bot.placing import NoChannelError
from bot.views import posts as views
from scheduler import store
from scheduler.posts import Content, Post, PostState

COMMAND = re.compile(r"/\w+(?:@\w+)?\s*")


async def post(update: Update, context: Context) -> None:
    """Publish a text, or the message you reply to, at once."""
    app, written = context.app, _written(update)
    try:
        content = drafts.checked(_found(app, written, begins(written)))
    except drafts.UnfitError as error:
        _unfit(app, update, error, "post", _now(app))
        return
    takes = album_parts.TAKES if written.media_group_id else dt.timedelta()
    placed = _place(app, update, content, _now(app) + takes)
    if placed and any(each.publish_at > _now(app) + takes for each in store.set_of(app.db, placed)):
        letters.show_post(app, placed)  # in some channels it is still to come


async def schedule(update: Update, context: Context) -> None:
    """Publish a text, or the message you reply to, at a time: /schedule tomorrow 9:00 Hello."""
    app, written = context.app, _written(update)
    start = begins(written)
    said = text_of(written)[start:]
    if not said.strip():
        letters.tell_owner(app, views.no_text(app.say, "schedule"))
        return
    try:
        planned = await timing.read(app, said, placing.targets(app)[0])
    except NoChannelError:
        letters.tell_owner(app, views.no_channel(app.say))
        return
    if planned is None:
        return
    try:
        content = drafts.checked(_found(app, written, start + planned.text_begins))
    except drafts.UnfitError as error:
        _unfit(app, update, error, "schedule", planned.publish_at, doubt=bool(planned.doubt))
        return
    if planned.doubt:
        _ask_which(app, update, content, planned)
    elif placed := _place(app, update, content, planned.publish_at):
        await album_parts.show_whole(context, written, placed)


async def draft(update: Update, context: Context) -> None:
    """Keep a text, or the message you reply to, as a draft."""
    app, written = context.app, _written(update)
    try:
        content = drafts.checked(_found(app, written, begins(written)))
    except drafts.UnfitError as error:
        _unfit(app, update, error, "draft", _now(app))
        return
    # put down now, so no time is proposed
    if placed := _place(app, update, content, _now(app), PostState.DRAFT):
        await album_parts.show_whole(context, written, placed)


async def captioned(update: Update, context: Context) -> None:
    """Take a command that is written below a picture, or below one of an album."""
    commands = {"post": post, "schedule": schedule, "draft": draft}
    name = text_of(_written(update))[1:].split(maxsplit=1)[0].partition("@")[0]
    await commands[name.casefold()](update, context)


def draft_of(written: Message) -> str:
    """Give the text behind the command, or else that of the message replied to."""
    source = written.reply_to_message
    return text_of(written)[begins(written) :].strip() or (text_of(source) if source else "")


def begins(written: Message) -> int:
    """Give where the text behind `/command` begins, in characters."""
    command = COMMAND.match(text_of(written))
    return command.end() if command else 0


def text_of(message: Message) -> str:
    """Give what a message says, whether it has a picture or not."""
    return message.text or message.caption or ""


def _written(update: Update) -> Message:
    written = update.effective_message
    assert written  # the routes' filters say so
    return written


def _now(app: App) -> dt.datetime:
    """Give the moment in whole seconds, as posts have theirs."""
    return app.now().replace(microsecond=0)


def _found(app: App, written: Message, start: int) -> Content:
    """Read what stands behind the command, or else the message that is replied to."""
    source = written.reply_to_message
    if source and written.text and not written.text[start:].strip():
        return album_parts.found(app, source)
    return album_parts.found(app, written, start)


def _place(
    app: App,
    update: Update,
    content: Content,
    publish_at: dt.datetime,
    state: PostState = PostState.SCHEDULED,
) -> Post | None:
    """Write the post's rows and set the clock, or say that no channel is connected."""
    try:
        posts = placing.place(
            app, content, publish_at, state=state, request_id=f"update {update.update_id}"
        )
    except NoChannelError:
        letters.tell_owner(app, views.no_channel(app.say))
        return None
    album_parts.became(app, _written(update), posts[0])
    return posts[0]


def _unfit(
    app: App,
    update: Update,
    error: drafts.UnfitError,
    command: str,
    publish_at: dt.datetime,
    *,
    doubt: bool = False,
) -> None:
    """Say what Telegram would refuse; a text too long below a picture is kept, and help offered."""
    kinds = [problem.what for problem in error.problems]
    if kinds == ["nothing"]:
        is_reply = bool(_written(update).reply_to_message)
        view = views.not_publishable(app.say) if is_reply else views.no_text(app.say, command)
        letters.tell_owner(app, view)
    elif kinds != ["caption"] or error.content.poll:
        letters.tell_owner(app, views.unfit(app.say, error.problems))
    elif kept := _place(app, update, error.content, publish_at, PostState.DRAFT):
        then = {"post": "now", "schedule": "keep" if doubt else "set"}.get(command, "keep")
        link = post_cards.has_link(kept.content)
        view = views.unfit_draft(app.say, kept, error.problems, then, link=link)
        letters.tell_owner(app, view)


def _ask_which(app: App, update: Update, content: Content, planned: Timing) -> None:
    """Keep a post whose time the clocks leave in doubt, and ask which moment is meant."""
    if kept := _place(app, update, content, planned.publish_at, PostState.DRAFT):
        timing.doubt(app, planned, kept.id)
