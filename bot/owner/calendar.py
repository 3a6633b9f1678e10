"""How the owner looks at what went out in a week, and at what is to come."""

from __future__ import annotations

import datetime as dt

from telegram import Update

from bot import letters
from bot.context import App, Context
from bot.store import channels
from bot.taps import acknowledge, redraw
from bot.views import calendar as views
from bot.views.say import View
from scheduler import store

WEEK = dt.timedelta(days=7)


async def calendar(update: Update, context: Context) -> None:
    """Show a week: what went out, what you posted by hand, what is to come."""
    app = context.app
    letters.tell_owner(app, _week(app, _today(app)))


async def turn(update: Update, context: Context) -> None:
    """Show another week."""
    query, app = update.callback_query, context.app
    assert query and query.data  # the route's pattern says so
    await acknowledge(query)
    _, _, ordinal = query.data.partition(":")
    await redraw(query, _week(app, dt.date.fromordinal(int(ordinal))))


def _today(app: App) -> dt.date:
    return app.now().astimezone(app.settings.timezone).date()


def _week(app: App, day: dt.date) -> View:
    """Show the week, from Monday on, in which a day lies."""
    monday = day - dt.timedelta(days=day.weekday())
    start, end = (
        dt.datetime.combine(first, dt.time(), app.settings.timezone)
        for first in (monday, monday + WEEK)
    )
    entries = store.calendar(app.db, start, end)
    known = channels.titles(app.db)
    titles = known if len(channels.connected(app.db)) > 1 else {}
    return views.week(app.say, monday, _today(app), entries, titles)
