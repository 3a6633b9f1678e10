"""How the owner answers customers who wait."""

from __future__ import annotations

from telegram import Update
from telegram.error import BadRequest

from bot import care, letters
from bot.context import App, Context
from bot.store import handoffs, lessons
from bot.store.handoffs import Handoff
from bot.taps import acknowledge
from bot.views import care as care_views
from bot.views import inbox as views

SHOWN_AT_ONCE = 5


async def inbox(update: Update, context: Context) -> None:
    """Show who is waiting for you, the unhappy first."""
    if not show_waiting(context.app):
        letters.tell_owner(context.app, views.nobody(context.app.say))


def show_waiting(app: App) -> int:
    """Show the first cards of those who wait; give how many that are."""
    waiting = handoffs.waiting(app.db, SHOWN_AT_ONCE)
    for handoff in waiting:
        letters.show_card(app, handoff)
    n_more = handoffs.n_waiting(app.db) - len(waiting)
    if n_more:
        letters.tell_owner(app, views.more(app.say, n_more))
    return len(waiting)


async def tap(update: Update, context: Context) -> None:
    """Do what a button on a card says."""
    query, app = update.callback_query, context.app
    assert query and query.data  # the route's pattern says so
    verb, _, number = query.data.partition(":")
    handoff = handoffs.get(app.db, int(number))
    if handoff is None or handoff.state != "waiting":
        await acknowledge(query, views.already(app.say))
        return
    if verb == "write":
        letters.ask_owner(app, views.ask_for_text(app.say, handoff), handoff_id=handoff.id)
        await acknowledge(query)
    elif verb == "send":
        letters.answer(app, handoff, handoff.suggestion)
        await acknowledge(query)
        await _close_cards(context, handoff, handoff.suggestion)
    else:
        handoffs.close(app.db, handoff.id, "left", app.now())
        await acknowledge(query)
        await _close_cards(context, handoff, None)


async def answer(update: Update, context: Context, handoff: Handoff) -> None:
    """Pass the owner's reply to a card on to the customer."""
    written, app = update.effective_message, context.app
    assert written  # the route's filter says so
    if not written.text:
        letters.tell_owner(app, views.only_text(app.say))
        return
    if not letters.answer(app, handoff, written.text):
        letters.add(app, handoff, written.text)
    await _close_cards(context, handoff, written.text)


async def _close_cards(context: Context, handoff: Handoff, answered: str | None) -> None:
    """Say on every card of this handoff how it ended, and offer what can be made of an answer."""
    app: App = context.app
    if answered:
        lesson = lessons.begin(app.db, app.now(), handoff=handoff.id, reply=answered)
        offers = [views.teach_this(app.say, lesson)]
        if care.can_be_rated(handoff):
            offers.append(care_views.ask_for_rating(app.say, handoff))
        view = views.closed(app.say, handoff, views.answered(app.say, answered), tuple(offers))
    else:
        view = views.closed(app.say, handoff, views.left(app.say))
    for card in handoffs.cards_of(app.db, handoff.id):
        try:
            await context.bot.edit_message_text(
                chat_id=app.settings.owner_id, message_id=card, **view.body()
            )
        except BadRequest:
            continue  # the picture beside a card has no text, and the owner may have deleted it
