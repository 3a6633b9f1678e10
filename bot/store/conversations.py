"""Customers, what they wrote, and what was decided about it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlite_utils import Database

from bot.store import handoffs, trials
from bot.store.schema import utc_text

if TYPE_CHECKING:
    from nlp.replies import Reply


@dataclass(frozen=True, slots=True)
class Received:
    """A customer's message as it arrived, from whichever chat."""

    chat_id: int
    message_id: int
    customer_id: int
    customer_name: str
    kind: str
    text: str
    sent_at: dt.datetime
    connection_id: str = ""


def receive(db: Database, received: Received, language: str) -> int | None:
    """Record a message and its customer; None when this message is already decided.

    The same message may come twice: Telegram repeats an update that was not confirmed, and a
    crash may fall between recording and deciding.
    """
    sent_at = utc_text(received.sent_at)
    with db.atomic():
        db.execute(
            """
            insert into customers (id, name, language, first_seen_at, last_seen_at)
            values (?, ?, ?, ?, ?)
            on conflict (id) do update set
                name = excluded.name,
                last_seen_at = max(last_seen_at, excluded.last_seen_at),
                blocked_at = null
            """,
            [received.customer_id, received.customer_name, language, sent_at, sent_at],
        )
        db.execute(
            """
            insert into messages
                (chat_id, connection_id, message_id, customer_id, kind, text, sent_at)
            values (?, ?, ?, ?, ?, ?, ?)
            on conflict do nothing
            """,
            [
                received.chat_id,
                received.connection_id,
                received.message_id,
                received.customer_id,
                received.kind,
                received.text,
                sent_at,
            ],
        )
        row = db.execute(
            """
            select id, outcome from messages
            where chat_id = ? and connection_id = ? and message_id = ?
            """,
            [received.chat_id, received.connection_id, received.message_id],
        ).fetchone()
    message, outcome = row
    return None if outcome else int(message)


def language_of(db: Database, customer_id: int) -> str:
    """Give the language a customer was last seen to write, or else the one of their app."""
    [language] = db.execute("select language from customers where id = ?", [customer_id]).fetchone()
    return str(language)


def segment_of(db: Database, customer_id: int) -> str | None:
    """Give the group a customer was last found to belong to."""
    row = db.execute("select segment from customers where id = ?", [customer_id]).fetchone()
    return str(row[0]) if row and row[0] else None


def note_segments(db: Database, segments: Mapping[str, Sequence[int]]) -> None:
    """Note which customers belong to which group; the others belong to none."""
    with db.atomic():
        db.execute("update customers set segment = null")
        for name, customer_ids in segments.items():
            for customer_id in customer_ids:
                db.execute("update customers set segment = ? where id = ?", [name, customer_id])


def decide(db: Database, message: int, reply: Reply, because: str, now: dt.datetime) -> int | None:
    """Record what was decided about a message; give the handoff's id if there is one.

    Only a text that was sent without the owner is on trial.
    """
    outcome = "handed_off" if reply.handoff else "answered" if reply.text else "silent"
    decided = {
        "language": reply.language.code,
        "detected": reply.language.detected,
        "sentiment": reply.sentiment.label,
        "positive": reply.sentiment.positive,
        "neutral": reply.sentiment.neutral,
        "negative": reply.sentiment.negative,
        "offensive": reply.sentiment.offensive,
        "outcome": outcome,
        "because": because,
        "rule": reply.rule,
        "template": reply.sent and reply.sent.template,
        "variant": reply.sent and reply.sent.digest,
        "answer": reply.match and reply.match.answer,
        "probability": reply.match and reply.match.probability,
        "nearest": reply.match and reply.match.nearest,
        "labels": ",".join(reply.labels),
    }
    with db.atomic():
        columns = ", ".join(f"{column} = :{column}" for column in decided)
        db.execute(
            f"update messages set {columns} where id = :message",  # noqa: S608  # constants
            decided | {"message": message},
        )
        if reply.language.certain:
            db.execute(
                """
                update customers set language = ?
                where id = (select customer_id from messages where id = ?)
                """,
                [reply.language.code, message],
            )
        trials.follow(db, message, now)
        if outcome == "answered" and reply.sent:
            trials.note(db, message, reply.sent, now)
        return handoffs.open_(db, message, reply.suggestion or "", now) if reply.handoff else None


def edit(db: Database, received: Received, edited_at: dt.datetime) -> int | None:
    """Record a message's new text; None when the message was never seen."""
    row = db.execute(
        """
        update messages set text = ?, edited_at = ?
        where chat_id = ? and connection_id = ? and message_id = ?
        returning id
        """,
        [
            received.text,
            utc_text(edited_at),
            received.chat_id,
            received.connection_id,
            received.message_id,
        ],
    ).fetchone()
    return int(row[0]) if row else None


def delete(
    db: Database, chat_id: int, connection_id: str, message_ids: Sequence[int], now: dt.datetime
) -> None:
    """Note that messages were deleted by whoever wrote them; their text goes with them."""
    with db.atomic():
        for message_id in message_ids:
            db.execute(
                """
                update messages set deleted_at = ?, text = ''
                where chat_id = ? and connection_id = ? and message_id = ?
                """,
                [utc_text(now), chat_id, connection_id, message_id],
            )


def owner_wrote(db: Database, customer_id: int, now: dt.datetime) -> None:
    """Note that the owner wrote to a customer whom the bot knows."""
    db.execute("update customers set owner_wrote_at = ? where id = ?", [utc_text(now), customer_id])


def owner_began(db: Database, customer_id: int, name: str, language: str, now: dt.datetime) -> None:
    """Note that the owner wrote to somebody who may never have written to us."""
    moment = utc_text(now)
    db.execute(
        """
        insert into customers (id, name, language, first_seen_at, last_seen_at, owner_wrote_at)
        values (?, ?, ?, ?, ?, ?)
        on conflict (id) do update set owner_wrote_at = excluded.owner_wrote_at
        """,
        [customer_id, name, language, moment, moment, moment],
    )


def owner_wrote_at(db: Database, customer_id: int) -> dt.datetime | None:
    row = db.execute("select owner_wrote_at from customers where id = ?", [customer_id]).fetchone()
    return dt.datetime.fromisoformat(row[0]) if row and row[0] else None


def is_first(db: Database, message: int) -> bool:
    """Say whether this is the customer's first message."""
    row = db.execute(
        """
        select not exists (
            select 1 from messages b where b.customer_id = m.customer_id and b.id < m.id
        ) from messages m where m.id = ?
        """,
        [message],
    ).fetchone()
    return bool(row[0])


def set_blocked(db: Database, customer_id: int, blocked_at: dt.datetime | None) -> None:
    db.execute(
        "update customers set blocked_at = ? where id = ?",
        [blocked_at and utc_text(blocked_at), customer_id],
    )


def names(db: Database, customer_ids: Sequence[int]) -> dict[int, str]:
    marks = ", ".join("?" * len(customer_ids))
    rows = db.execute(
        f"select id, name from customers where id in ({marks})",  # noqa: S608  # only marks
        list(customer_ids),
    )
    return dict(rows.fetchall())
