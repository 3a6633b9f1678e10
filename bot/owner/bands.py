"""How the owner says how sure the bot has to be."""

from __future__ import annotations

import asyncio
from collections import Counter
from typing import TYPE_CHECKING

from telegram import Update

from bot import letters
from bot.context import App, Context
from bot.store import choices, past
from bot.taps import acknowledge, redraw
from bot.views import bands as views
from bot.views.say import View

if TYPE_CHECKING:
    from nlp.matching import Match

LOOKED_AT = 100  # messages that show what the bands would do: a second's work


async def show(app: App, written: list[str]) -> None:
    """Show the bands, after setting them where two limits are written."""
    if written:
        limits = _limits(written)
        if limits is None:
            letters.tell_owner(app, views.no_bands(app.say))
            return
        await _choose(app, *limits)
    letters.tell_owner(app, await _view(app))


async def tap(update: Update, context: Context) -> None:
    """Move the bands, and show what that would do."""
    query, app = update.callback_query, context.app
    assert query and query.data  # the route's pattern says so
    _, answer_from, suggest_from = query.data.split(":")
    await acknowledge(query)
    await _choose(app, int(answer_from) / 100, int(suggest_from) / 100)
    await redraw(query, await _view(app))


async def _choose(app: App, answer_from: float, suggest_from: float) -> None:
    choices.put(app.db, "bands", f"{answer_from} {suggest_from}")
    await app.in_force.refit()


async def _view(app: App) -> View:
    """Explain the bands by what they would have made of the latest messages."""
    messages = [text for text, _ in past.latest(app.db, LOOKED_AT)]
    matcher = app.in_force.playbook.matcher
    found: list[Match | None] = [None] * len(messages)
    if matcher:
        found = await asyncio.to_thread(matcher.many, messages)
    n = Counter(match.band if match else "handoff" for match in found)
    return views.bands(app.say, app.in_force.bands(), (n["answer"], n["suggest"], n["handoff"]))


def _limits(written: list[str]) -> tuple[float, float] | None:
    """Read two limits, as percentages or as shares; None where they are no such thing."""
    try:
        answer_from, suggest_from = (float(word.rstrip("%").replace(",", ".")) for word in written)
    except ValueError:
        return None
    if answer_from > 1:
        answer_from, suggest_from = answer_from / 100, suggest_from / 100
    return (answer_from, suggest_from) if 0 <= suggest_from <= answer_from <= 1 else None
