"""How many stars customers gave to how a person answered them."""

from __future__ import annotations

import datetime as dt

from sqlite_utils import Database

from bot.store.schema import utc_text


def note_asked(db: Database, handoff_id: int, now: dt.datetime) -> bool:
    """Note that a customer is asked about a handoff; False if they were before."""
    cursor = db.execute(
        "insert into ratings (handoff, asked_at) values (?, ?) on conflict do nothing",
        [handoff_id, utc_text(now)],
    )
    return bool(cursor.rowcount)


def to_ask_about(
    db: Database, *, quiet_since: dt.datetime, begun_since: dt.datetime, asked_since: dt.datetime
) -> list[int]:
    """Give the answered handoffs, one for each customer, that could be asked about now.

    Both sides have been quiet since `quiet_since`, it was answered after `begun_since`, nobody
    waits, it was not in public, and the customer was not asked about any after `asked_since`.
    """
    rows = db.execute(
        """
        select max(h.id) from handoffs h
        join messages m on m.id = h.message
        join customers c on c.id = m.customer_id
        where h.state = 'answered' and h.closed_at between :begun_since and :quiet_since
            and m.chat_id = m.customer_id
            and c.owner_wrote_at <= :quiet_since
            and c.last_seen_at <= :quiet_since
            and c.blocked_at is null
            and not exists (
                select 1 from messages b
                join handoffs other on other.message = b.id
                left join ratings r on r.handoff = other.id
                where b.customer_id = c.id
                    and (other.state = 'waiting' or r.asked_at > :asked_since)
            )
        group by c.id
        """,
        {
            "quiet_since": utc_text(quiet_since),
            "begun_since": utc_text(begun_since),
            "asked_since": utc_text(asked_since),
        },
    )
    return [handoff_id for (handoff_id,) in rows]


def record(db: Database, handoff_id: int, customer_id: int, stars: int, now: dt.datetime) -> bool:
    """Record a customer's stars; False for whoever was not asked, and for a second tap."""
    cursor = db.execute(
        """
        update ratings set stars = ?, rated_at = ?
        where handoff = ? and stars is null and exists (
            select 1 from handoffs h join messages m on m.id = h.message
            where h.id = ratings.handoff and m.customer_id = ?
        )
        """,
        [stars, utc_text(now), handoff_id, customer_id],
    )
    return bool(cursor.rowcount)


def mean_since(db: Database, since: dt.datetime) -> tuple[float, int] | None:
    """Give the mean of the stars that came in since then, and how many ratings; None without."""
    mean, n = db.execute(
        "select avg(stars), count(stars) from ratings where rated_at >= ?", [utc_text(since)]
    ).fetchone()
    return (float(mean), int(n)) if n else None
