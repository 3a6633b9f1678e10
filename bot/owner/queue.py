"""How the owner looks at what is to come, at drafts, and at what has happened."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from telegram import Update

from bot import letters, post_cards
from bot.context import App, Context
from bot.store import channels, helpers
from bot.taps import acknowledge, redraw
from bot.views import post_history
from bot.views import queue as views
from bot.views.posts import gone
from bot.views.say import View
from scheduler import store
from scheduler.posts import Post
from scheduler.store import NoSuchPostError, series

RECENTLY = dt.timedelta(days=7)
"""A post that was refused longer ago has been noticed, or is no longer wanted."""

MOST_NAMED = 3  # channels of one post


async def queue(update: Update, context: Context) -> None:
    """Show what is scheduled, to change, move or cancel it, and what waits for your word."""
    letters.tell_owner(context.app, _queue(context.app, 0))


async def drafts(update: Update, context: Context) -> None:
    """List your drafts, and the posts that wait for your approval."""
    letters.tell_owner(context.app, _drafts(context.app, 0))


async def turn(update: Update, context: Context) -> None:
    """Show another page."""
    query, app = update.callback_query, context.app
    assert query and query.data  # the route's pattern says so
    name, _, page = query.data.partition(":")
    await acknowledge(query)
    await redraw(query, (_queue if name == "queue" else _drafts)(app, int(page)))


def _queue(app: App, page: int) -> View:
    n = store.n_queued(app.db)
    page = min(page, max(0, n - 1) // views.PAGE)  # it may have become shorter
    posts = store.queued(app.db, views.PAGE, page * views.PAGE)
    troubled: list[Post] = []
    if page == 0:
        troubled = [*store.unsettled(app.db), *store.failed(app.db, app.now() - RECENTLY)]
    pinned = {
        post.id
        for post in posts
        if any(errand.kind == "pin" for errand in store.errands_of(app.db, post.id))
    }
    evergreen = {
        number
        for number in {post.origin.series_id for post in posts}
        if number and series.get(app.db, number).kind == "evergreen"
    }
    return views.queue(
        app.say,
        posts,
        _where(app, [*posts, *troubled]),
        n=n,
        page=page,
        pinned=pinned,
        evergreen=evergreen,
        troubled=troubled,
    )


def _drafts(app: App, page: int) -> View:
    # of a post in several channels the first
    found = [
        post
        for post in store.drafts(app.db)
        if post.origin.after_post_id is None and post.origin.set_id in {None, post.id}
    ]
    page = min(page, max(0, len(found) - 1) // views.PAGE)
    shown = found[page * views.PAGE : (page + 1) * views.PAGE]
    return views.drafts(app.say, shown, _where(app, shown), n=len(found), page=page)


def _where(app: App, posts: Sequence[Post]) -> dict[int, str]:
    """Name where each post goes, by the id of the post; nothing where there is one channel only."""
    titles = channels.titles(app.db)
    if len(titles) == 1:
        return {}
    where = {}
    for post in posts:
        others = [
            each
            for each in store.set_of(app.db, post)
            if each.id != post.id and each.state is post.state
        ]
        named = [titles.get(each.channel_id, str(each.channel_id)) for each in (post, *others)]
        more = "…" if len(named) > MOST_NAMED else ""
        where[post.id] = str(app.say(", ").join(named[:MOST_NAMED])) + more
    return where


async def history(update: Update, context: Context) -> None:
    """Read back everything that happened to a post: /history 12; alone, show the last posts."""
    written, app = update.effective_message, context.app
    assert written and written.text  # the route's filter says so
    _, *rest = written.text.split()
    if not rest:
        posts = store.recent(app.db, views.PAGE)
        letters.tell_owner(app, views.last(app.say, posts, _where(app, posts)))
    elif (view := _history(app, rest[0].lstrip("#"))) is not None:
        letters.tell_owner(app, view)
    else:
        letters.tell_owner(app, post_history.no_such_post(app.say, rest[0]))


async def open_history(update: Update, context: Context) -> None:
    """Read back what happened to the post whose button was tapped."""
    query, app = update.callback_query, context.app
    assert query and query.data  # the route's pattern says so
    view = _history(app, query.data.partition(":")[2])
    await acknowledge(query, "" if view else str(gone(app.say)))
    if view:
        letters.tell_owner(app, view)


def _history(app: App, number: str) -> View | None:
    """Give a post's life; None where there is no such post."""
    if not (number.isdecimal() and number.isascii() and len(number) <= 18):
        return None
    try:
        post = store.get(app.db, int(number))
    except NoSuchPostError:
        return None
    return post_history.history(
        app.say,
        post,
        post_cards.title_of(app, post),
        steps=store.steps(app.db, post.id),
        tries=store.publications(app.db, post.id),
        errands=store.errands_of(app.db, post.id),
        names=helpers.names(app.db),
    )
