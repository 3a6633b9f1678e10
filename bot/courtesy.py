"""Keeps the bot from telling a customer the same thing twice."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from sqlite_utils import Database

from bot.store import courtesies
from bot.store.conversations import Received
from nlp.replies import Because, Reply

if TYPE_CHECKING:
    from nlp.hours import Hours

A_DAY = dt.timedelta(days=1)
GREETING = "greeting"  # the template


def has_heard(
    db: Database, received: Received, reply: Reply, hours: Hours | None, now: dt.datetime
) -> bool:
    """Say whether a customer has heard this before, and note what they hear now.

    While we are closed, whoever waits for a person hears of it once. A greeting is said once a
    day, and once while we are closed, however long that is. Abuse gets its one neutral sentence
    once a day.
    """
    closed = hours.closed_period(now) if hours else None
    customer_id = received.customer_id
    if reply.because is Because.ABUSIVE:
        return courtesies.was_abusive(db, customer_id, now - A_DAY)
    if reply.handoff:
        return closed is not None and not courtesies.note_away(db, customer_id, closed[1], now)
    if reply.said == GREETING and received.kind != "start":
        since = min(now - A_DAY, closed[0]) if closed else now - A_DAY
        return courtesies.was_answered_with(db, customer_id, GREETING, since)
    return False
