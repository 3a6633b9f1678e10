"""How the owner tells at which times of the week they like to post."""

from __future__ import annotations

import datetime as dt

from telegram import Update

from bot import letters, when
from bot.context import App, Context
from bot.store import channels
from bot.store.channels import Channel
from bot.taps import acknowledge, redraw
from bot.views import plan_problems
from bot.views import posts as posts_views
from bot.views import slots as views
from bot.views.posts import excerpt
from bot.views.say import View
from bot.views.slots import Slot, Week
from scheduler import planning
from scheduler import store as posts
from scheduler.store import slots as store

A_WEEK = dt.timedelta(days=7)
OFF = {"off", "none", "no", "delete", "关", "关闭", "關閉", "无", "無", "不要", "取消"}


async def slots(update: Update, context: Context) -> None:
    """Show or set the times at which you like to post: /slots Mon-Fri 9:00, 18:00; Sat 11:00."""
    written, app = update.effective_message, context.app
    assert written and written.text  # the route's filter says so
    _, _, said = written.text.partition(" ")
    if not said.strip():
        letters.tell_owner(app, _view(app))
    elif said.strip().casefold() in OFF:
        store.drop_all(app.db)
        letters.tell_owner(app, views.dropped(app.say))
    else:
        letters.tell_owner(app, _told(app, store.ANY_CHANNEL, said) or _view(app, changed=True))


async def tap(update: Update, context: Context) -> None:
    """Give one channel slots of its own, or those of the others."""
    query, app = update.callback_query, context.app
    assert query and query.data  # the route's pattern says so
    _, verb, number = query.data.split(":")
    channel = channels.find(app.db, int(number))
    if channel is None:
        await acknowledge(query, views.gone(app.say))
        return
    await acknowledge(query)
    if verb == "own":
        letters.ask_owner(app, views.ask(app.say, channel.title), topic=f"slots:{channel.id}")
        return
    store.tell(app.db, channel.id, ())
    await redraw(query, _view(app))


async def written(update: Update, context: Context, channel_id: str) -> None:
    """Take over the slots of one channel."""
    said, app = update.effective_message, context.app
    assert said  # the route's filter says so
    problem = _told(app, int(channel_id), said.text or "")
    if problem:
        letters.ask_owner(app, problem, topic=f"slots:{channel_id}")
    else:
        letters.tell_owner(app, _view(app, changed=True))


def _told(app: App, channel_id: int, said: str) -> View | None:
    """Take slots over, or say what is wrong with them."""
    try:
        times = when.read_slots(said)
    except when.SlotsError as error:
        return plan_problems.slots(app.say, error.problem, error.part)
    store.tell(app.db, channel_id, times)
    return None


def _view(app: App, *, changed: bool = False) -> View:
    shown = channels.connected(app.db)
    if not shown:
        return posts_views.no_channel(app.say)
    return views.weeks(app.say, [_week(app, channel) for channel in shown], changed=changed)


def _week(app: App, channel: Channel) -> Week:
    now, zone = app.now(), app.settings.timezone
    coming = planning.coming_slots(
        app.db, channel.id, now, now + A_WEEK, zone, offset=channel.offset
    )
    shown = tuple(
        Slot(at, None if post_id is None else excerpt(posts.get(app.db, post_id)))
        for at, post_id in coming
    )
    free = planning.next_free_slot(app.db, channel.id, now, zone, offset=channel.offset)
    return Week(
        channel_id=channel.id,
        title=channel.title,
        words=when.slots_in_words(store.weekly(app.db, channel.id), app.say.language),
        is_own=bool(store.own(app.db, channel.id)),
        slots=shown,
        free_at=free,
    )
