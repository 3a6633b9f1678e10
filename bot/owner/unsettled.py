"""How the owner decides about posts that were refused, lost sight of, or late."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from types import MappingProxyType

from telegram import Update

from bot import letters, placing
from bot.context import App, Context
from bot.owner.post_cards import act
from bot.store import channels
from bot.taps import acknowledge, redraw
from bot.views import times
from bot.views import unsettled as views
from bot.views.say import View
from scheduler import store
from scheduler.planning import next_free_slot
from scheduler.posts import Decision, Post, PostState

DECISIONS = {
    "there": Decision.IT_IS_THERE,
    "again": Decision.SEND,
    "drop": Decision.DROP,
}
SECOND, NONE = dt.timedelta(seconds=1), dt.timedelta()


async def tap(update: Update, context: Context) -> None:
    """Do what the owner says of a post that could not be settled without them."""
    query, app = update.callback_query, context.app
    assert query and query.data  # the route's pattern says so
    verb, _, number = query.data.partition(":")
    await act(app, query, int(number), lambda post: _settle(app, post, DECISIONS[verb]))


def _settle(app: App, post: Post, decision: Decision) -> View:
    settled = store.settle(app.db, post.id, decision, app.now())
    placing.arm(app)
    return views.settled(app.say, settled)


async def tap_all(update: Update, context: Context) -> None:
    """Do with all late posts what the owner says, if they are still those on the card."""
    query, app = update.callback_query, context.app
    assert query and query.data  # the route's pattern says so
    _, verb, key = query.data.split(":")
    late = [post for post in store.unsettled(app.db) if post.state is PostState.LATE]
    if not late:
        await acknowledge(query)
        await redraw(query, views.none_late(app.say))
    elif views.late_key(late) != key:
        await acknowledge(query, views.late_changed(app.say))
        await redraw(query, views.late(app.say, late, channels.titles(app.db)))
    else:
        await acknowledge(query)
        done = ALL[verb](app, late)
        placing.arm(app)
        if done:
            await redraw(query, views.late_done(app.say, verb, done))


def _send_all(app: App, late: list[Post]) -> list[Post]:
    """Send all now, each channel in the order in which its posts were due.

    What is due at the same moment goes out in the order of its ids, which need not be that one.
    """
    last: dict[int, tuple[dt.datetime, int]] = {}
    with store.durable(app.db):
        for post in late:
            at, post_id = last.get(post.channel_id, (app.now(), 0))
            if post.id < post_id:
                at += SECOND
            store.move(app.db, post.id, at, app.now())
            last[post.channel_id] = at, post.id
    return late


def _move_all(app: App, late: list[Post]) -> list[Post]:
    """Move each to the next free slot of its channel; none, where one has no slots."""
    moved: list[Post] = []
    zone = app.settings.timezone
    chosen = {post.channel_id: channels.find(app.db, post.channel_id) for post in late}
    offsets = {number: channel.offset if channel else NONE for number, channel in chosen.items()}
    if not all(
        next_free_slot(app.db, number, app.now(), zone, offset=offset)
        for number, offset in offsets.items()
    ):
        letters.tell_owner(app, times.no_slot(app.say))
        return []
    with store.durable(app.db):
        for post in late:
            offset = offsets[post.channel_id]
            slot = next_free_slot(app.db, post.channel_id, app.now(), zone, offset=offset)
            if slot:  # as far as they reach
                moved.append(store.move(app.db, post.id, slot + offset, app.now()))
    return moved


def _drop_all(app: App, late: list[Post]) -> list[Post]:
    with store.durable(app.db):
        for post in late:
            store.settle(app.db, post.id, Decision.DROP, app.now())
    return late


def _show_each(app: App, late: list[Post]) -> list[Post]:
    for post in late[: views.SHOWN]:  # /queue has the rest
        letters.show_post(app, post)
    return late


ALL: Mapping[str, Callable[[App, list[Post]], list[Post]]] = MappingProxyType(
    {"now": _send_all, "slot": _move_all, "drop": _drop_all, "each": _show_each}
)
