"""Who waits for the owner, and which of the owner's messages stand for whom."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlite_utils import Database

from bot.store.schema import utc_text


@dataclass(frozen=True, slots=True)
class Handoff:
    """A customer who waits, or waited, for the owner."""

    id: int
    message: int
    chat_id: int
    connection_id: str
    message_id: int
    customer_id: int
    customer_name: str
    kind: str
    text: str
    detected: str
    sentiment: str
    because: str
    suggestion: str
    state: str
    opened_at: dt.datetime

    @property
    def is_text(self) -> bool:
        """Whether quoting `text` shows all that the customer sent."""
        return self.kind in {"text", "start"}


_HANDOFF = """
    select h.id, m.id, m.chat_id, m.connection_id, m.message_id, c.id, c.name, m.kind, m.text,
           coalesce(m.detected, ''), coalesce(m.sentiment, 'unsure'), coalesce(m.because, ''),
           h.suggestion, h.state, h.opened_at
    from handoffs h
    join messages m on m.id = h.message
    join customers c on c.id = m.customer_id
"""


def _handoff(row: Sequence[Any]) -> Handoff:
    *values, opened_at = row
    named = zip(Handoff.__dataclass_fields__, values, strict=False)
    return Handoff(**dict(named), opened_at=dt.datetime.fromisoformat(opened_at))


def open_(db: Database, message: int, suggestion: str, now: dt.datetime) -> int:
    """Let the customer wait for the owner; a message has one handoff at most, used again."""
    row = db.execute(
        """
        insert into handoffs (message, suggestion, opened_at) values (?, ?, ?)
        on conflict (message) do update set
            state = 'waiting', closed_at = null, suggestion = excluded.suggestion
        returning id
        """,
        [message, suggestion, utc_text(now)],
    ).fetchone()
    db.execute("update messages set outcome = 'handed_off' where id = ?", [message])
    return int(row[0])


def get(db: Database, handoff_id: int) -> Handoff | None:
    row = db.execute(_HANDOFF + "where h.id = ?", [handoff_id]).fetchone()
    return _handoff(row) if row else None


def of_message(db: Database, message: int) -> Handoff | None:
    row = db.execute(_HANDOFF + "where m.id = ?", [message]).fetchone()
    return _handoff(row) if row else None


def of_card(db: Database, card_message_id: int) -> Handoff | None:
    row = db.execute(
        _HANDOFF + "join cards k on k.handoff = h.id where k.message_id = ?", [card_message_id]
    ).fetchone()
    return _handoff(row) if row else None


def waiting(db: Database, limit: int = -1) -> list[Handoff]:
    """Give the waiting handoffs, the unhappiest and then the oldest first."""
    rows = db.execute(
        _HANDOFF
        + """
        where h.state = 'waiting'
        order by coalesce(m.negative, 0) > 0.5 desc, h.opened_at limit ?
        """,
        [limit],
    )
    return [_handoff(row) for row in rows]


def n_waiting(db: Database) -> int:
    count: int = db.execute("select count(*) from handoffs where state = 'waiting'").fetchone()[0]
    return count


def close(db: Database, handoff_id: int, state: str, now: dt.datetime) -> bool:
    """Close a waiting handoff as `answered` or `left`; False when it was closed before."""
    cursor = db.execute(
        "update handoffs set state = ?, closed_at = ? where id = ? and state = 'waiting'",
        [state, utc_text(now), handoff_id],
    )
    return bool(cursor.rowcount)


def reopen(db: Database, handoff_id: int) -> None:
    """Let the customer wait again, because the answer did not reach them."""
    db.execute("update handoffs set state = 'waiting', closed_at = null where id = ?", [handoff_id])


def suggest(db: Database, handoff_id: int, suggestion: str) -> None:
    db.execute("update handoffs set suggestion = ? where id = ?", [suggestion, handoff_id])


def note_card(
    db: Database,
    card_message_id: int,
    *,
    handoff_id: int | None,
    post_id: int | None,
    topic: str | None = None,
) -> None:
    """Remember what a message in the owner's chat stands for, so that a reply finds it."""
    db.execute(
        "insert or replace into cards (message_id, handoff, post, topic) values (?, ?, ?, ?)",
        [card_message_id, handoff_id, post_id, topic],
    )


def post_of_card(db: Database, card_message_id: int) -> int | None:
    row = db.execute("select post from cards where message_id = ?", [card_message_id]).fetchone()
    return row[0] if row else None


def topic_of_card(db: Database, card_message_id: int) -> str | None:
    """Give what a reply to this message is about, such as `lesson:3`."""
    row = db.execute("select topic from cards where message_id = ?", [card_message_id]).fetchone()
    return row[0] if row else None


def cards_of(db: Database, handoff_id: int) -> list[int]:
    rows = db.execute(
        "select message_id from cards where handoff = ? order by message_id", [handoff_id]
    )
    return [message_id for (message_id,) in rows]
