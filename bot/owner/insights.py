"""What the owner asks about the past, and about a draft."""

from __future__ import annotations

from telegram import Update

from bot import heavy, letters
from bot.context import Context
from bot.owner.posts import draft_of


async def insights(update: Update, context: Context) -> None:
    """Show the last 7 days: customers, messages, mood, engagement."""
    reports = await heavy.reports()
    letters.tell_owner(context.app, await reports.insights(context.app))


async def predict(update: Update, context: Context) -> None:
    """Predict the engagement of a text, or of the message you reply to."""
    assert update.effective_message  # the route's filter says so
    reports = await heavy.reports()
    draft = draft_of(update.effective_message)
    letters.tell_owner(context.app, await reports.predict(context.app, draft))
