"""What the owner asks about customers and readers."""

from __future__ import annotations

from telegram import Update

from bot import heavy, letters
from bot.context import Context


async def segments(update: Update, context: Context) -> None:
    """Show groups of customers who behave alike."""
    reports = await heavy.reports()
    letters.tell_owner(context.app, await reports.segments(context.app))


async def recommend(update: Update, context: Context) -> None:
    """Show which posts your readers may like next."""
    reports = await heavy.reports()
    letters.tell_owner(context.app, await reports.recommend(context.app))
