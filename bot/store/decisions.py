"""What was decided about each message, and by what, for whoever asks why."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlite_utils import Database

from bot.store.schema import utc_text

if TYPE_CHECKING:
    from nlp.rules import ChatKind
    from nlp.sentiment import Label


@dataclass(frozen=True, slots=True)
class Decision:
    """A message of a customer and everything that is known of why it got what it got.

    The moments are aware; a follow-up is 'waiting', 'sent' or 'cancelled', and due at its moment.
    """

    message: int
    customer_id: int
    customer_name: str
    segment: str | None
    chat_id: int
    connection_id: str
    kind: str
    text: str
    outcome: str
    because: str
    language: str
    sentiment: Label
    negative: float | None
    neutral: float | None
    positive: float | None
    offensive: float | None
    rule: str | None
    template: str | None
    variant: str | None
    answer: str | None
    probability: float | None
    nearest: str | None
    labels: str
    is_first: bool
    follow_up: str | None
    sent_at: dt.datetime
    follow_up_at: dt.datetime | None

    @property
    def chat(self) -> ChatKind:
        """Where it was written."""
        if self.connection_id:
            return "business"
        return "private" if self.chat_id == self.customer_id else "comment"


_DECISION = """
    select m.id, c.id, c.name, c.segment, m.chat_id, m.connection_id, m.kind, m.text,
           m.outcome, coalesce(m.because, ''),
           coalesce(m.language, c.language), coalesce(m.sentiment, 'unsure'),
           m.negative, m.neutral, m.positive, m.offensive, m.rule, m.template, m.variant,
           m.answer, m.probability, m.nearest, m.labels,
           not exists (
               select 1 from messages b where b.customer_id = m.customer_id and b.id < m.id
           ),
           f.state, m.sent_at, f.due_at
    from messages m
    join customers c on c.id = m.customer_id
    left join follow_ups f on f.message = m.id
"""


def _decision(row: Sequence[Any]) -> Decision:
    *values, sent_at, due_at = row
    named = zip(Decision.__dataclass_fields__, values, strict=False)
    return Decision(
        **dict(named),
        sent_at=dt.datetime.fromisoformat(sent_at),
        follow_up_at=due_at and dt.datetime.fromisoformat(due_at),
    )


def get(db: Database, message: int) -> Decision | None:
    row = db.execute(_DECISION + "where m.id = ? and m.outcome is not null", [message]).fetchone()
    return _decision(row) if row else None


def of_text(db: Database, text: str) -> Decision | None:
    """Give the last decision about a message of exactly this text."""
    row = db.execute(
        _DECISION
        + "where m.text = ? and m.outcome is not null order by m.sent_at desc, m.id desc limit 1",
        [text],
    ).fetchone()
    return _decision(row) if row else None


def latest(db: Database, limit: int) -> list[Decision]:
    """Give the last decisions, the newest first."""
    rows = db.execute(
        _DECISION
        + "where m.outcome is not null and m.kind <> 'start' order by m.sent_at desc limit ?",
        [limit],
    )
    return [_decision(row) for row in rows]


def n_by_rule(db: Database, since: dt.datetime) -> dict[str, int]:
    """Count how many messages each rule decided since then."""
    rows = db.execute(
        """
        select rule, count(*) from messages
        where rule is not null and sent_at >= ? group by rule
        """,
        [utc_text(since)],
    )
    return dict(rows.fetchall())
