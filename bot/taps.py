"""How a tap on a button is acknowledged, whatever it was for."""

from __future__ import annotations

from contextlib import suppress

from telegram import CallbackQuery, Document, Message, Update
from telegram.error import BadRequest

from bot.context import Context
from bot.views.say import View


async def acknowledge(query: CallbackQuery, sentence: str = "") -> None:
    """Let the button stop spinning; Telegram takes no answer to a tap from before a restart."""
    with suppress(BadRequest):
        await query.answer(sentence)


async def redraw(query: CallbackQuery, view: View) -> None:
    """Show something else in the message whose button was tapped."""
    with suppress(BadRequest):  # it shows this already, or the owner has deleted it
        await query.edit_message_text(**view.body())


def document_of(query: CallbackQuery) -> Document | None:
    """Give the file that the tapped message replies to; None where Telegram no longer shows it."""
    shown = query.message if isinstance(query.message, Message) else None
    sent = shown.reply_to_message if shown else None
    return sent.document if sent else None


async def unknown(update: Update, context: Context) -> None:
    """Take a tap on a button that no version of this program knows."""
    assert update.callback_query  # the route says so
    await acknowledge(update.callback_query)
