"""How the owner says which channels posts go to, and how much later in each."""

from __future__ import annotations

import datetime as dt
import re

from telegram import Update

from bot import letters
from bot.context import App, Context
from bot.store import channels as store
from bot.store.channels import Channel
from bot.taps import acknowledge, redraw
from bot.views import channels as views
from bot.views.say import View
from scheduler import store as posts

_MINUTES = re.compile(r"\+?(\d{1,4}) ?(?:m|min|mins|minutes?|分|分钟|分鐘)?(?: later|后|後)?\.?")


async def channels(update: Update, context: Context) -> None:
    """Show your channels, and say which ones posts go to."""
    app = context.app
    letters.tell_owner(app, _view(app))


async def tap(update: Update, context: Context) -> None:
    """Do what a button of a channel says."""
    query, app = update.callback_query, context.app
    assert query and query.data  # the route's pattern says so
    _, verb, channel_id = query.data.split(":")
    channel = store.find(app.db, int(channel_id))
    if channel is None:
        await acknowledge(query, str(views.gone(app.say).text))
        await redraw(query, _view(app))
        return
    await acknowledge(query)
    if verb == "other":
        letters.ask_owner(app, views.ask_for_offset(app.say, channel), topic=f"offset:{channel.id}")
    elif verb == "offset":
        await redraw(query, views.offsets(app.say, channel))
    else:
        if verb != "all":
            store.choose(app.db, channel.id, app.settings.channel_id, on=verb == "on")
        await redraw(query, _view(app))


async def choose_offset(update: Update, context: Context) -> None:
    """Let posts go out in a channel as much later as a button says."""
    query, app = update.callback_query, context.app
    assert query and query.data  # the route's pattern says so
    _, minutes, channel_id = query.data.split(":")
    await acknowledge(query)
    store.set_offset(app.db, int(channel_id), dt.timedelta(minutes=int(minutes)))
    await redraw(query, _view(app))


async def written(update: Update, context: Context, channel_id: str) -> None:
    """Take over how much later posts go out in a channel, as the owner has written it."""
    said, app = update.effective_message, context.app
    assert said  # the route's filter says so
    channel = store.find(app.db, int(channel_id))
    offset = _offset(said.text or "")
    if channel is None:
        letters.tell_owner(app, views.gone(app.say))
    elif offset is None:
        letters.ask_owner(app, views.no_offset(app.say), topic=f"offset:{channel.id}")
    else:
        store.set_offset(app.db, channel.id, offset)
        letters.tell_owner(app, _view(app))


def _offset(said: str) -> dt.timedelta | None:
    """Read a number of minutes; None if it is none, or too many."""
    found = _MINUTES.fullmatch(said.strip().casefold())
    offset = dt.timedelta(minutes=int(found[1])) if found else None
    return offset if offset is not None and offset <= store.LONGEST_OFFSET else None


def _view(app: App) -> View:
    known = store.connected(app.db)
    if not known:
        return views.none(app.say)
    targets = store.targets(app.db, app.settings.channel_id)
    return views.listing(app.say, known, targets, _members(app, known))


def _members(app: App, known: list[Channel]) -> dict[int, int]:
    counted = {channel.id: posts.members(app.db, channel.id) for channel in known}
    return {channel_id: n for channel_id, n in counted.items() if n is not None}
