"""What the buttons on a post's card do, and the words that some of them ask for."""

from __future__ import annotations

import datetime as dt
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from types import MappingProxyType

from telegram import CallbackQuery, Message, Update

from bot import drafts, letters, placing, post_cards
from bot.context import App, Context
from bot.owner import album_parts, helpers, timing
from bot.taps import acknowledge, redraw
from bot.views import post_cards as views
from bot.views import posts as posts_views
from bot.views.say import View
from scheduler import store
from scheduler.posts import Content, Post, PostState
from scheduler.store import NoSuchPostError, WrongStateError

CHANGEABLE = (*placing.PENDING, PostState.SCHEDULED, PostState.LATE, PostState.FAILED)
OPTIONAL = (*CHANGEABLE, PostState.PUBLISHED)
"""A post that is out can still be unpinned, edited and deleted."""

MOVABLE = (*placing.PENDING, PostState.SCHEDULED, PostState.LATE)


async def tap(update: Update, context: Context) -> None:
    """Do what a button on a post's card says, and show the card as it is then."""
    query, app = update.callback_query, context.app
    assert query and query.data  # the route's pattern says so
    *_, verb, number = query.data.split(":")  # `cancel:3` is of cards from before
    await act(app, query, int(number), lambda post: VERBS[verb](app, post))


async def choose(update: Update, context: Context) -> None:
    """Let a post go out at one of the moments that were offered."""
    query, app = update.callback_query, context.app
    assert query and query.data  # the route's pattern says so
    _, _, number, seconds = query.data.split(":")
    at = dt.datetime.fromtimestamp(int(seconds), dt.UTC)
    await act(app, query, int(number), lambda post: _let_out(app, post, at))


async def act(
    app: App, query: CallbackQuery, post_id: int, do: Callable[[Post], View | None]
) -> None:
    """Do something with a post and redraw the card, also where it was too late for that."""
    try:
        view = do(store.get(app.db, post_id))
    except NoSuchPostError:
        await acknowledge(query, str(posts_views.gone(app.say)))
        return
    except WrongStateError as error:
        await acknowledge(query, posts_views.already(app.say, error.post))
        view = post_cards.view(app, error.post)
    else:
        await acknowledge(query)
    if view:
        await redraw(query, view)


def _card(app: App, post: Post) -> View:
    return post_cards.view(app, store.get(app.db, post.id))


def _open(app: App, post: Post) -> None:
    letters.show_post(app, post)


def _options(app: App, post: Post) -> View:
    require(post, OPTIONAL, "changed")
    return post_cards.options(app, post)


def require(post: Post, states: tuple[PostState, ...], verb: str) -> None:
    """Refuse what a post is too far on for.

    Raises
    ------
    WrongStateError
    """
    if post.state not in states:
        raise WrongStateError(post, verb)


def _ask_for_text(app: App, post: Post) -> None:
    require(post, CHANGEABLE, "changed")
    letters.ask_owner(app, views.ask_for_text(app.say, post), topic=f"post:text:{post.id}")


def _ask_for_own_text(app: App, post: Post) -> None:
    require(post, CHANGEABLE, "changed")
    view = views.ask_for_own_text(app.say, post, post_cards.title_of(app, post))
    letters.ask_owner(app, view, topic=f"post:own:{post.id}")


def _ask_for_time(app: App, post: Post) -> None:
    require(post, MOVABLE, "moved")
    letters.ask_owner(app, views.ask_for_time(app.say, post), topic=f"post:move:{post.id}")


def _cancel(app: App, post: Post) -> View:
    cancelled = placing.cancel(app, post)
    helpers.tell_author(app, cancelled)
    return _card(app, cancelled)


def _approve(app: App, post: Post) -> View | None:
    """Let a draft out at its proposed time; where that has passed, at the next free slot."""
    if post.publish_at > app.now():
        return _release(app, post, post.publish_at)
    return _next(app, post)


def _next(app: App, post: Post) -> View | None:
    """Let a draft out at the next free slot; where there is none, ask for a time."""
    require(post, placing.PENDING, "approved")
    channel = post_cards.channel_of(app, post)
    slot = timing.next_slot(app, channel) if channel else None
    if channel and slot:
        return _release(app, post, slot + channel.offset)
    letters.ask_owner(app, views.no_slot(app.say, post), topic=f"post:move:{post.id}")
    return None


def _now(app: App, post: Post) -> View:
    return _release(app, post, app.now().replace(microsecond=0))


def _release(app: App, post: Post, at: dt.datetime) -> View:
    """Approve a draft for a moment, unless Telegram would refuse it, which its card says."""
    if drafts.problems(post.content):
        return _card(app, post)
    approved = placing.approve(app, post, at)
    helpers.tell_author(app, approved)
    return _card(app, approved)


def _let_out(app: App, post: Post, at: dt.datetime) -> View:
    """Approve a draft for a moment, or move there what is scheduled."""
    require(post, MOVABLE, "moved")
    if at <= app.now():  # the card has lain there until both moments were past
        _ask_for_time(app, post)
        return _card(app, post)
    if post.state in placing.PENDING:
        return _release(app, post, at)
    return _card(app, placing.move(app, post, at))


VERBS: Mapping[str, Callable[[App, Post], View | None]] = MappingProxyType(
    {
        "open": _open,
        "show": _card,
        "options": _options,
        "text": _ask_for_text,
        "own": _ask_for_own_text,
        "move": _ask_for_time,
        "cancel": _cancel,
        "approve": _approve,
        "next": _next,
        "now": _now,
    }
)


async def written(update: Update, context: Context, about: str) -> None:
    """Take the owner's words as a post's new time or text."""
    said, app = update.effective_message, context.app
    assert said  # the route's filter says so
    verb, _, number = about.partition(":")
    takers: dict[str, Callable[[App, Message, Post], Awaitable[None]]] = {
        "move": _take_time,
        "text": _take_text,
        "own": _take_own_text,
    }
    await take(app, said, int(number), takers[verb])


async def take(
    app: App, said: Message, post_id: int, taker: Callable[[App, Message, Post], Awaitable[None]]
) -> None:
    """Take words about a post, or say why it is too late for them."""
    try:
        await taker(app, said, store.get(app.db, post_id))
    except WrongStateError as error:
        letters.tell_owner(app, posts_views.too_late(app.say, error.post))


async def move_to(update: Update, context: Context, post_id: int) -> None:
    """Take a reply to a card as the post's new time."""
    await written(update, context, f"move:{post_id}")


async def _take_time(app: App, said: Message, post: Post) -> None:
    require(post, MOVABLE, "moved")
    channel = post_cards.channel_of(app, post)
    if channel is None:
        letters.tell_owner(app, posts_views.no_channel(app.say))
        return
    topic = f"post:move:{post.id}"
    planned = await timing.read(app, said.text or "", channel, topic)
    if planned is None:
        return
    if planned.doubt:
        timing.doubt(app, planned, post.id)
        return
    at = planned.publish_at
    _let_out(app, post, at + channel.offset if planned.is_slot else at)
    letters.show_post(app, store.get(app.db, post.id))


async def _take_text(app: App, said: Message, post: Post) -> None:
    """Give a post another content in all channels in which it had the same."""
    _change(app, said, post, f"post:text:{post.id}", others=True)


async def _take_own_text(app: App, said: Message, post: Post) -> None:
    _change(app, said, post, f"post:own:{post.id}", others=False)


def _change(app: App, said: Message, post: Post, topic: str, *, others: bool) -> None:
    require(post, CHANGEABLE, "changed")
    try:
        content = drafts.checked(revised(post.content, album_parts.found(app, said)))
    except drafts.UnfitError as error:
        view = posts_views.unfit(app.say, error.problems)
        letters.ask_owner(app, view, topic=topic)
        return
    for each in store.set_of(app.db, post) if others else [post]:
        if each.id == post.id or (each.content == post.content and each.state in CHANGEABLE):
            store.edit(app.db, each.id, content, app.now())
    album_parts.became(app, said, post)
    letters.show_post(app, store.get(app.db, post.id))


def revised(old: Content, new: Content) -> Content:
    """Give a post the content of a message, with the options that were chosen before.

    A text alone leaves the pictures as they are; pictures come with the text below them.
    """
    if not (new.media or new.poll) and old.media:
        return replace(old, text=new.text, entities=new.entities)
    return replace(
        old,
        text=new.text,
        entities=new.entities,
        media=new.media,
        poll=new.poll,
        buttons=new.buttons or old.buttons,
        preview=new.preview if new.preview != "auto" else old.preview,
        preview_url=new.preview_url,
    )


async def shorten(update: Update, context: Context) -> None:
    """Do what the owner has chosen for a text too long to stand below a picture."""
    query, app = update.callback_query, context.app
    assert query and query.data  # the route's pattern says so
    _, how, number, then = query.data.split(":")
    await act(app, query, int(number), lambda post: _shorten(app, post, how, then))


def _shorten(app: App, post: Post, how: str, then: str) -> View | None:
    require(post, placing.PENDING, "changed")
    if drafts.problems(post.content):  # and not tapped twice
        with store.durable(app.db):
            for each in store.set_of(app.db, post):
                _shorten_one(app, each, how)
    changed = store.get(app.db, post.id)
    if then == "now":
        return _now(app, changed)
    return _approve(app, changed) if then == "set" else _card(app, changed)


def _shorten_one(app: App, post: Post, how: str) -> None:
    if how == "preview":
        store.edit(app.db, post.id, drafts.as_text_with_preview(post.content), app.now())
        return
    picture, below = drafts.as_photo_and_reply(post.content)
    placing.place_after(app, store.edit(app.db, post.id, picture, app.now()), below)
