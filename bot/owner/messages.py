"""What the owner's messages without a command mean."""

from __future__ import annotations

from telegram import Update

from bot import letters
from bot.context import Context
from bot.owner import inbox, posts
from bot.store import handoffs
from bot.views import guide


async def message(update: Update, context: Context) -> None:
    """Take a reply to a card as an answer, one to a question as its answer, and help otherwise."""
    written, app = update.effective_message, context.app
    assert written  # the route's filter says so
    card = written.reply_to_message
    if card:
        handoff = handoffs.of_card(app.db, card.message_id)
        if handoff:
            await inbox.answer(update, context, handoff)
            return
        post_id = handoffs.post_of_card(app.db, card.message_id)
        if post_id:
            await posts.move_to(update, context, post_id)
            return
    if written.text and written.text.startswith("/"):
        letters.tell_owner(app, guide.unknown_command(app.say, written.text.split()[0]))
    else:
        letters.tell_owner(app, guide.not_understood(app.say))
