"""Customers and their messages as the frames that `analytics` reads."""

from __future__ import annotations

import pandas as pd
from sqlite_utils import Database


def messages(db: Database) -> pd.DataFrame:
    """Build the `messages` frame of `analytics.frames`."""
    rows = db.execute(
        """
        select customer_id, sent_at, sentiment, outcome from messages
        where outcome is not null and kind <> 'start' order by sent_at
        """
    ).fetchall()
    frame = pd.DataFrame(rows, columns=["customer", "sent_at", "sentiment", "outcome"])
    frame["sent_at"] = pd.to_datetime(frame["sent_at"], utc=True, format="ISO8601")
    return frame


def customers(db: Database) -> pd.DataFrame:
    """Build the `customers` frame of `analytics.frames`."""
    rows = db.execute(
        """
        select c.id, c.first_seen_at, c.last_seen_at, count(m.id),
               count(m.id) filter (where m.outcome = 'handed_off'),
               avg(m.positive - m.negative)
        from customers c
        left join messages m on m.customer_id = c.id and m.kind <> 'start'
        group by c.id order by c.id
        """
    ).fetchall()
    columns = ["customer", "first_seen_at", "last_seen_at", "n_messages", "n_handoffs"]
    frame = pd.DataFrame(rows, columns=[*columns, "mean_sentiment"])
    for column in ("first_seen_at", "last_seen_at"):
        frame[column] = pd.to_datetime(frame[column], utc=True, format="ISO8601")
    frame["mean_sentiment"] = frame["mean_sentiment"].astype(float)
    return frame
