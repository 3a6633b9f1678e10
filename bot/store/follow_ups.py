"""Questions to be asked after a while: whether a reply helped, and what the customer said to it."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from sqlite_utils import Database

from bot.store.schema import utc_text


@dataclass(frozen=True, slots=True)
class Planned:
    """A follow-up that is due, and where the reply that it follows was sent."""

    id: int
    template: str
    customer_id: int
    customer_name: str
    language: str
    chat_id: int
    connection_id: str


def plan(db: Database, message: int, template: str, due_at: dt.datetime) -> None:
    """Have a customer asked about the reply to a message."""
    db.execute(
        """
        insert into follow_ups (message, customer_id, template, due_at)
        select id, customer_id, ?, ? from messages where id = ?
        on conflict do nothing
        """,
        [template, utc_text(due_at), message],
    )


def cancel_overtaken(db: Database, now: dt.datetime, too_late: dt.datetime) -> None:
    """Cancel what is due but no longer worth asking.

    That is so once the customer or the owner has written since, the customer has gone or deleted
    their message, a person is needed anyway, or it was due before `too_late`.
    """
    db.execute(
        """
        update follow_ups set state = 'cancelled', closed_at = :now
        where state = 'waiting' and due_at <= :now and (
            due_at < :too_late
            or exists (select 1 from handoffs h where h.message = follow_ups.message)
            or exists (
                select 1 from messages m join customers c on c.id = m.customer_id
                where m.id = follow_ups.message and (
                    m.deleted_at is not null
                    or c.blocked_at is not null
                    or c.owner_wrote_at >= m.sent_at
                    or exists (
                        select 1 from messages b where b.customer_id = c.id and b.id > m.id
                    )
                )
            )
        )
        """,
        {"now": utc_text(now), "too_late": utc_text(too_late)},
    )


def due(db: Database, now: dt.datetime) -> list[Planned]:
    """Give the follow-ups to be sent now, the earliest first."""
    rows = db.execute(
        """
        select f.id, f.template, c.id, c.name, c.language, m.chat_id, m.connection_id
        from follow_ups f
        join messages m on m.id = f.message
        join customers c on c.id = f.customer_id
        where f.state = 'waiting' and f.due_at <= ?
        order by f.due_at, f.id
        """,
        [utc_text(now)],
    )
    return [Planned(*row) for row in rows]


def next_due_at(db: Database) -> dt.datetime | None:
    [due_at] = db.execute("select min(due_at) from follow_ups where state = 'waiting'").fetchone()
    return dt.datetime.fromisoformat(due_at) if due_at else None


def was_sent_since(db: Database, customer_id: int, since: dt.datetime) -> bool:
    """Say whether a customer was sent a follow-up since then."""
    row = db.execute(
        """
        select exists (
            select 1 from follow_ups
            where customer_id = ? and state = 'sent' and closed_at > ?
        )
        """,
        [customer_id, utc_text(since)],
    ).fetchone()
    return bool(row[0])


def postpone(db: Database, follow_up_id: int, due_at: dt.datetime) -> None:
    db.execute("update follow_ups set due_at = ? where id = ?", [utc_text(due_at), follow_up_id])


def mark_sent(db: Database, follow_up_id: int, now: dt.datetime) -> None:
    _close(db, follow_up_id, "sent", now)


def cancel(db: Database, follow_up_id: int, now: dt.datetime) -> None:
    _close(db, follow_up_id, "cancelled", now)


def _close(db: Database, follow_up_id: int, state: str, now: dt.datetime) -> None:
    db.execute(
        "update follow_ups set state = ?, closed_at = ? where id = ? and state = 'waiting'",
        [state, utc_text(now), follow_up_id],
    )


def record_verdict(
    db: Database, follow_up_id: int, customer_id: int, *, helped: bool
) -> int | None:
    """Record whether a reply helped; give the message that it answered.

    None for whoever was not asked, and for a second tap.
    """
    row = db.execute(
        """
        update follow_ups set helped = ?
        where id = ? and customer_id = ? and state = 'sent' and helped is null
        returning message
        """,
        [helped, follow_up_id, customer_id],
    ).fetchone()
    return int(row[0]) if row else None


def note_unhelped(db: Database, message: int) -> None:
    """Note why the message that was answered now comes to the owner after all."""
    db.execute("update messages set because = 'not_helped' where id = ?", [message])
