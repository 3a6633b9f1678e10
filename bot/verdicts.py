"""What a customer says with one tap: whether a reply helped, how well a person answered."""

from __future__ import annotations

from typing import Any

from telegram import CallbackQuery, Message, Update

from bot import care, letters
from bot.context import App, Context
from bot.store import follow_ups, handoffs, outbox, ratings, trials
from bot.taps import acknowledge
from bot.views import care as views

LOW = 2  # stars, of which the owner hears at once


async def helped(update: Update, context: Context) -> None:
    """Count a reply that helped; where it did not, let the customer wait for the owner."""
    query, app = update.callback_query, context.app
    assert query and query.data  # the route's pattern says so
    verb, _, number = query.data.partition(":")
    was_helped = verb == "helped"
    with app.db.atomic():
        message = follow_ups.record_verdict(
            app.db, int(number), query.from_user.id, helped=was_helped
        )
        if message and was_helped:
            trials.thanked(app.db, message)
            _settle(app, query, "👍", "helped")
        elif message:
            trials.needed_person(app.db, message)
            follow_ups.note_unhelped(app.db, message)
            handoffs.open_(app.db, message, "", app.now())
            waiting = handoffs.of_message(app.db, message)
            assert waiting  # it was opened just now
            letters.show_card(app, waiting)
            _settle(app, query, "👎", "unhelped")
    await acknowledge(query)


async def rated(update: Update, context: Context) -> None:
    """Take the stars a customer gives, and tell the owner of a low rating."""
    query, app = update.callback_query, context.app
    assert query and query.data  # the route's pattern says so
    verb, _, number = query.data.partition(":")
    stars, handoff_id = int(verb.removeprefix("stars")), int(number)
    with app.db.atomic():
        if ratings.record(app.db, handoff_id, query.from_user.id, stars, app.now()):
            _settle(app, query, views.STAR * stars, "rated")
            handoff = handoffs.get(app.db, handoff_id)
            if handoff and stars <= LOW:
                body = views.rated_low(app.say, handoff, stars).body()
                owner_id = app.settings.owner_id
                outbox.write(app.db, owner_id, "card", body, app.now(), handoff=handoff.id)
                app.send_soon(owner_id)
    await acknowledge(query)


def _settle(app: App, query: CallbackQuery, chosen: str, template: str) -> None:
    """Write what was chosen, and thanks, in the place of the buttons."""
    asked = query.message
    if asked is None:
        return
    person = query.from_user
    thanks = care.words(app, template, person.id, person.full_name) or ""
    question = (asked.text or "") if isinstance(asked, Message) else ""
    body: dict[str, Any] = {
        "message_id": asked.message_id,
        "text": "\n".join(part for part in (question, chosen, thanks) if part),
    }
    if isinstance(asked, Message) and asked.business_connection_id:
        body["business_connection_id"] = asked.business_connection_id
    outbox.write(app.db, asked.chat.id, "reply", body, app.now(), method="edit_message_text")
    app.send_soon(asked.chat.id)
