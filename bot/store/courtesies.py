"""What a customer has been told before, so that nobody hears the same twice in a night."""

from __future__ import annotations

import datetime as dt

from sqlite_utils import Database

from bot.store.schema import utc_text


def note_away(db: Database, customer_id: int, until: dt.datetime, now: dt.datetime) -> bool:
    """Note that a customer hears that we are closed; False if they have heard it already."""
    cursor = db.execute(
        "update customers set away_until = ? where id = ? and coalesce(away_until, '') <= ?",
        [utc_text(until), customer_id, utc_text(now)],
    )
    return bool(cursor.rowcount)


def was_answered_with(db: Database, customer_id: int, template: str, since: dt.datetime) -> bool:
    """Say whether a customer was answered with a template since then."""
    row = db.execute(
        """
        select exists (
            select 1 from messages
            where customer_id = ? and sent_at > ? and outcome = 'answered' and template = ?
        )
        """,
        [customer_id, utc_text(since), template],
    ).fetchone()
    return bool(row[0])


def was_abusive(db: Database, customer_id: int, since: dt.datetime) -> bool:
    """Say whether an earlier message of a customer, since then, was abusive."""
    row = db.execute(
        """
        select exists (
            select 1 from messages
            where customer_id = ? and sent_at > ? and because = 'abusive'
        )
        """,
        [customer_id, utc_text(since)],
    ).fetchone()
    return bool(row[0])
