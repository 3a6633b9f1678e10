"""How the owner has customers asked how well they were answered."""

from __future__ import annotations

from telegram import Update

from bot import care, letters
from bot.context import Context
from bot.store import choices, handoffs
from bot.taps import acknowledge
from bot.views import care as views


async def tap(update: Update, context: Context) -> None:
    """Ask a customer for a rating, or everybody from now on, or nobody any more."""
    query, app = update.callback_query, context.app
    assert query and query.data  # the route's pattern says so
    verb, _, number = query.data.partition(":")
    if verb == "rate":
        handoff = handoffs.get(app.db, int(number))
        if handoff is None or not care.ask_for_rating(app, handoff):
            await acknowledge(query, views.already_asked(app.say))
            return
        is_always = choices.get(app.db, care.ALWAYS_RATED) is not None
        letters.tell_owner(app, views.asked(app.say, handoff, is_always=is_always))
    elif verb == "always":
        choices.put(app.db, care.ALWAYS_RATED, "yes")
        letters.tell_owner(app, views.always(app.say))
    else:
        choices.drop(app.db, care.ALWAYS_RATED)
        letters.tell_owner(app, views.seldom(app.say))
    await acknowledge(query)
