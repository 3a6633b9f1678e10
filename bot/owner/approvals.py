"""How the owner says whether imported posts wait for their word."""

from __future__ import annotations

from telegram import Update

from bot import letters
from bot.context import Context
from bot.store import approval as store
from bot.taps import acknowledge, redraw
from bot.views import helpers as views

WORDS = {"on": True, "off": False, "开": True, "关": False}


async def approval(update: Update, context: Context) -> None:
    """Say whether imported posts wait for your approval: /approval on or off."""
    written, app = update.effective_message, context.app
    assert written and written.text  # the route's filter says so
    said = "".join(written.text.split()[1:]).casefold()
    if said in WORDS:
        store.switch(app.db, on=WORDS[said])
    letters.tell_owner(app, views.approval(app.say, on=store.is_on(app.db)))


async def tap(update: Update, context: Context) -> None:
    """Switch it by a button."""
    query, app = update.callback_query, context.app
    assert query and query.data  # the route's pattern says so
    store.switch(app.db, on=query.data == "approval:on")
    await acknowledge(query)
    await redraw(query, views.approval(app.say, on=store.is_on(app.db)))
