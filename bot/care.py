"""Asks customers how it went: whether a reply helped, and how a person answered them."""

from __future__ import annotations

import datetime as dt
from typing import Any

from bot import guards
from bot.context import App
from bot.store import choices, conversations, follow_ups, handoffs, outbox, ratings
from bot.store.follow_ups import Planned
from bot.store.handoffs import Handoff
from bot.views import care as views
from nlp.replies import Reply
from nlp.templates import NotToldError, render

# Chosen by hand, for what a customer would not mind.
FOLLOW_UP_EVERY = dt.timedelta(days=1)
TRY_AGAIN_AFTER = dt.timedelta(minutes=10)  # where enough was said within an hour
TOO_LATE_AFTER = dt.timedelta(days=1)  # to ask whether something helped, after an outage
RATING_AFTER = dt.timedelta(hours=1)  # of silence on both sides
RATING_WITHIN = dt.timedelta(days=4)  # of the answer: a long weekend
RATING_EVERY = dt.timedelta(days=7)

ALWAYS_RATED = "always_ask_for_a_rating"  # a choice of the owner


def plan(app: App, message: int, reply: Reply) -> None:
    """Have a customer asked later about a reply, where its rule says so."""
    if reply.follow_up and reply.text and not reply.handoff:
        due_at = app.now() + reply.follow_up.after
        follow_ups.plan(app.db, message, reply.follow_up.template, due_at)


def ask_due(app: App) -> None:
    """Ask each customer whom it is time to ask; each is asked once, whatever happens."""
    now = app.now()
    follow_ups.cancel_overtaken(app.db, now, too_late=now - TOO_LATE_AFTER)
    for planned in follow_ups.due(app.db, now):
        with app.db.atomic():
            _follow_up(app, planned, now)
    hours = app.in_force.playbook.hours
    if choices.get(app.db, ALWAYS_RATED) and (hours is None or hours.is_open(now)):
        _ask_for_ratings(app, now)


def _follow_up(app: App, planned: Planned, now: dt.datetime) -> None:
    """Ask, put it off, or drop it."""
    text = words(app, planned.template, planned.customer_id, planned.customer_name)
    since = now - FOLLOW_UP_EVERY
    if text is None or follow_ups.was_sent_since(app.db, planned.customer_id, since):
        follow_ups.cancel(app.db, planned.id, now)
        return
    hours, per_hour = app.in_force.playbook.hours, app.settings.replies_per_hour
    if hours and not hours.is_open(now):
        follow_ups.postpone(app.db, planned.id, hours.next_opening(now) or now + FOLLOW_UP_EVERY)
        return
    if guards.why_silent(app.db, planned.chat_id, planned.customer_id, per_hour, now):
        follow_ups.postpone(app.db, planned.id, now + TRY_AGAIN_AFTER)
        return
    follow_ups.mark_sent(app.db, planned.id, now)
    buttons = views.did_that_help(planned.id)
    _write(app, planned.chat_id, planned.connection_id, text, buttons)


def _ask_for_ratings(app: App, now: dt.datetime) -> None:
    found = ratings.to_ask_about(
        app.db,
        quiet_since=now - RATING_AFTER,
        begun_since=now - RATING_WITHIN,
        asked_since=now - RATING_EVERY,
    )
    for handoff_id in found:
        handoff = handoffs.get(app.db, handoff_id)
        if handoff:
            ask_for_rating(app, handoff)


def can_be_rated(handoff: Handoff) -> bool:
    """Say whether a customer can be asked how they were answered: not in public."""
    return handoff.chat_id == handoff.customer_id


def ask_for_rating(app: App, handoff: Handoff) -> bool:
    """Ask a customer how they were answered; False if they were asked already."""
    text = words(app, "rate", handoff.customer_id, handoff.customer_name)
    with app.db.atomic():
        if text is None or not ratings.note_asked(app.db, handoff.id, app.now()):
            return False
        buttons = views.stars(handoff.id)
        _write(app, handoff.chat_id, handoff.connection_id, text, buttons)
    return True


def words(app: App, template: str, customer_id: int, customer_name: str) -> str | None:
    """Fill in a template for a customer, in their language; None where that is impossible."""
    playbook = app.in_force.playbook
    language = conversations.language_of(app.db, customer_id)
    values = {**playbook.values, "customer": customer_name}
    if playbook.hours:
        values["hours"] = playbook.hours.in_words(language)
    try:
        text, _ = render(playbook.templates[template], language, values, customer_id)
    except (KeyError, NotToldError):
        return None  # the owner has taken it out since
    return text


def _write(
    app: App, chat_id: int, connection_id: str, text: str, buttons: dict[str, object]
) -> None:
    """Write a question to a customer.

    Without its message, as nobody has to step in where it cannot be delivered.
    """
    body: dict[str, Any] = {"text": text, "reply_markup": buttons}
    if connection_id:
        body["business_connection_id"] = connection_id
    outbox.write(app.db, chat_id, "reply", body, app.now())
    app.send_soon(chat_id)
