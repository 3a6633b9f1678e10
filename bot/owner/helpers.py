"""Helpers: how the owner names them, and how what they send becomes drafts for the owner."""

from __future__ import annotations

import asyncio
import datetime as dt
import secrets

from sqlite_utils import Database
from telegram import Message, Update, User
from telegram.ext import filters

from bot import drafts, following, guards, letters, placing, when
from bot.context import App, Context
from bot.owner import album_parts
from bot.owner.posts import begins, text_of
from bot.placing import NoChannelError
from bot.store import helpers as store
from bot.store import outbox
from bot.store.helpers import Helper
from bot.taps import acknowledge, redraw
from bot.views import helpers as views
from bot.views.say import View
from scheduler.posts import Origin, Post, PostState

GOOD_FOR = dt.timedelta(hours=24)
SECRET_BYTES = 16  # nobody guesses 128 bits
INVITATION = r"^/start help-([\w-]{22})$"
PREFIX = "helper:"


class FromHelper(filters.MessageFilter):
    """Lets the messages of helpers through."""

    def __init__(self, db: Database) -> None:
        super().__init__()
        self._db = db

    def filter(self, message: Message) -> bool:
        """Say whether a helper has written this."""
        author = message.from_user
        return bool(author and store.is_helper(self._db, author.id))


async def helpers(update: Update, context: Context) -> None:
    """Show who may send you drafts, and invite others: /helpers add."""
    written, app = update.effective_message, context.app
    assert written and written.text  # the route's filter says so
    if written.text.split()[1:]:
        _invite(app, context.bot.username)
    else:
        letters.tell_owner(app, views.present(app.say, store.present(app.db)))


async def tap(update: Update, context: Context) -> None:
    """Invite or remove a helper."""
    query, app = update.callback_query, context.app
    assert query and query.data  # the route's pattern says so
    await acknowledge(query)
    _, verb, *number = query.data.split(":")
    if verb == "invite":
        _invite(app, context.bot.username)
        return
    store.remove(app.db, int(number[0]), app.now())
    await redraw(query, views.present(app.say, store.present(app.db)))


def _invite(app: App, bot: str) -> None:
    secret = secrets.token_urlsafe(SECRET_BYTES)
    store.invite(app.db, secret, app.now() + GOOD_FOR)
    link = f"https://t.me/{bot}?start=help-{secret}"
    letters.tell_owner(app, views.invitation(app.say, link))


async def accept(update: Update, context: Context) -> None:
    """Make somebody a helper who comes with the owner's invitation."""
    written, app = update.effective_message, context.app
    assert written and written.text and written.from_user  # the route's filter says so
    if not guards.is_from_a_person(written):
        return
    helper = _helper(written.from_user)
    if not store.accept(app.db, written.text.rpartition("help-")[2], helper, app.now()):
        _tell(app, helper.user_id, views.no_invitation(app.say))
        return
    _tell(app, helper.user_id, views.welcome(app.say))
    letters.tell_owner(app, views.joined(app.say, helper))


def _helper(user: User) -> Helper:
    return Helper(user.id, user.full_name.encode("utf-8", "replace").decode())


async def message(update: Update, context: Context) -> None:
    """Make what a helper sends a draft that waits for the owner."""
    written, app = update.effective_message, context.app
    assert written and written.from_user  # the route's filter says so
    if written.media_group_id and album_parts.take(app, written):
        return
    user_id, text = written.from_user.id, text_of(written)
    if text.startswith("/") and not text.startswith("/draft"):
        _tell(app, user_id, views.welcome(app.say))
        return
    try:
        post = await _drafted(app, update.update_id, written)
    except drafts.UnfitError as error:
        _tell(app, user_id, views.unfit(app.say, error.problems))
    except when.PastTimeError as error:
        _tell(app, user_id, views.past(app.say, error.publish_at))
    except when.GapError as error:
        _tell(app, user_id, views.unclear_time(app.say, error.before, error.after))
    except when.AmbiguousError as error:
        _tell(app, user_id, views.unclear_time(app.say, error.first, error.second))
    except NoChannelError:
        _tell(app, user_id, views.no_channel(app.say))
    else:
        _tell(app, user_id, views.waits(app.say, post))
        await album_parts.show_whole(context, written, post)


async def edited(update: Update, context: Context) -> None:
    """Tell a helper that the owner sees a draft as it was first sent."""
    written, app = update.effective_message, context.app
    assert written and written.from_user  # the route's filter says so
    _tell(app, written.from_user.id, views.not_edited(app.say))


async def _drafted(app: App, update_id: int, written: Message) -> Post:
    """Write a message as a post that waits, for the time it begins with if it does."""
    assert written.from_user  # the caller has looked
    start = begins(written) if text_of(written).startswith("/draft") else 0
    now, zone = app.now(), app.settings.timezone
    try:
        plan = await asyncio.to_thread(when.read_plan, text_of(written)[start:], now, zone)
    except when.NoTimeError:
        publish_at = following.proposed_time(app, now)
    else:
        publish_at, start = plan.publish_at, start + plan.text_begins
    post, *_ = placing.place(
        app,
        drafts.checked(album_parts.found(app, written, start)),
        publish_at,
        state=PostState.WAITING,
        origin=Origin(by=f"{PREFIX}{written.from_user.id}"),
        request_id=f"update {update_id}",
    )
    album_parts.became(app, written, post)
    return post


def tell_author(app: App, post: Post) -> None:
    """Tell the helper who drafted a post what the owner has made of it."""
    if not post.origin.by.startswith(PREFIX):
        return
    author = int(post.origin.by.removeprefix(PREFIX))
    if post.state is PostState.SCHEDULED:
        _tell(app, author, views.approved(app.say, post))
    elif post.state is PostState.CANCELLED:
        _tell(app, author, views.dropped(app.say, post))


def _tell(app: App, user_id: int, view: View) -> None:
    outbox.write(app.db, user_id, "notice", view.body(), app.now())
    app.send_soon(user_id)
