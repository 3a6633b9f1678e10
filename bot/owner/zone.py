"""What the owner says when the clock they plan by has changed."""

from __future__ import annotations

from telegram import Update

from bot import zone
from bot.context import Context
from bot.taps import acknowledge, redraw
from bot.views import zone as views


async def tap(update: Update, context: Context) -> None:
    """Keep the moments of posts, or move them to their clock times."""
    query, app = update.callback_query, context.app
    assert query and query.data  # the route's pattern says so
    _, verb, number = query.data.split(":")
    if verb == "keep":
        view = views.kept(app.say) if zone.keep(app, int(number)) else None
    else:
        followed = zone.follow(app, int(number))
        view = followed and views.moved(app.say, *followed)
    await acknowledge(query, "" if view else views.settled(app.say))
    if view:
        await redraw(query, view)
