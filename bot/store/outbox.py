"""What must reach somebody, as rows: written with the decision, sent once, marked after."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from sqlite_utils import Database

from bot.store.schema import utc_text

# reply: of the bot to a customer · answer: of the owner to a customer ·
# card and notice: to the owner, with and without a handoff behind it
Purpose = Literal["reply", "answer", "card", "notice"]


@dataclass(frozen=True, slots=True)
class Letter:
    """One call of the Bot API that is to be made exactly once."""

    id: int
    chat_id: int
    purpose: Purpose
    method: str
    body: Mapping[str, Any]
    message: int | None
    handoff: int | None
    post: int | None
    topic: str | None
    n_tries: int


_COLUMNS = "id, chat_id, purpose, method, body, message, handoff, post, topic, n_tries"
# Word for word the condition of the index `outbox_open`: SQLite sees no other way that it applies
# (and it needs the + in `order by +id`, or it walks the whole table to have the ids in order).
_OPEN = "state in ('waiting', 'sending')"


def _letter(row: Sequence[Any]) -> Letter:
    letter_id, chat_id, purpose, method, body, *rest = row
    return Letter(letter_id, chat_id, purpose, method, json.loads(body), *rest)


def write(
    db: Database,
    chat_id: int,
    purpose: Purpose,
    body: Mapping[str, Any],
    now: dt.datetime,
    *,
    method: str = "send_message",
    message: int | None = None,
    handoff: int | None = None,
    post: int | None = None,
    topic: str | None = None,
) -> None:
    """Put a letter into the outbox; `body` holds the parameters beside `chat_id`."""
    values = [chat_id, purpose, method, json.dumps(body), message, handoff, post, topic]
    db.execute(
        """
        insert into outbox
            (chat_id, purpose, method, body, message, handoff, post, topic, written_at)
        values (?, ?, ?, ?, ?, ?, ?, ?, ?)
        """,
        [*values, utc_text(now)],
    )


def write_again(db: Database, letter: Letter, now: dt.datetime, retry_at: dt.datetime) -> None:
    """Put a copy of a letter into the outbox; the tries before count for it too."""
    db.execute(
        """
        insert into outbox
            (chat_id, purpose, method, body, message, handoff, post, topic,
             written_at, retry_at, n_tries)
        select chat_id, purpose, method, ?, message, handoff, post, topic, ?, ?, n_tries
        from outbox where id = ?
        """,
        [json.dumps(dict(letter.body)), utc_text(now), utc_text(retry_at), letter.id],
    )


def has_asked(db: Database, post_id: int, since: dt.datetime) -> bool:
    """Say whether the owner was asked about a post since then."""
    row = db.execute(
        "select exists (select 1 from outbox where post = ? and written_at >= ?)",
        [post_id, utc_text(since)],
    ).fetchone()
    return bool(row[0])


def claim_next(db: Database, chat_id: int, now: dt.datetime) -> Letter | None:
    """Move the chat's oldest letter to `sending`, unless one is on its way or must wait."""
    row = db.execute(
        f"""
        update outbox set state = 'sending', n_tries = n_tries + 1
        where id = (
                select min(id) from outbox
                where chat_id = ? and {_OPEN}
            )
            and state = 'waiting' and coalesce(retry_at, '') <= ?
        returning {_COLUMNS}
        """,  # noqa: S608  # constants
        [chat_id, utc_text(now)],
    ).fetchone()
    return _letter(row) if row else None


def mark_sent(db: Database, letter: Letter, message_id: int) -> None:
    _end(db, letter, "sent", message_id=message_id)


def mark_failed(db: Database, letter: Letter, reason: str) -> None:
    _end(db, letter, "failed", reason=reason)


def mark_unknown(db: Database, letter: Letter, reason: str) -> None:
    _end(db, letter, "unknown", reason=reason)


def _end(
    db: Database,
    letter: Letter,
    state: str,
    *,
    message_id: int | None = None,
    reason: str | None = None,
) -> None:
    """Forget what a letter said: a customer who deletes a message shall find it deleted."""
    db.execute(
        "update outbox set state = ?, message_id = ?, reason = ?, body = '{}' where id = ?",
        [state, message_id, reason, letter.id],
    )


def put_back(db: Database, letter: Letter, retry_at: dt.datetime, reason: str) -> None:
    """Let a letter that surely was not sent wait for another try."""
    db.execute(
        "update outbox set state = 'waiting', retry_at = ?, reason = ? where id = ?",
        [utc_text(retry_at), reason, letter.id],
    )


def stranded(db: Database) -> list[Letter]:
    """Give the letters that were on their way when the last process ended."""
    rows = db.execute(
        f"select {_COLUMNS} from outbox where {_OPEN} and state = 'sending' order by +id"  # noqa: S608
    )
    return [_letter(row) for row in rows]


def doubt_waiting(db: Database) -> None:
    """Take the waiting letters for stranded ones, where they may have gone out meanwhile."""
    db.execute(f"update outbox set state = 'sending' where {_OPEN} and state = 'waiting'")  # noqa: S608


def chats_due(db: Database, now: dt.datetime) -> list[int]:
    """Give the chats that have a letter to be sent now."""
    rows = db.execute(
        f"""
        select chat_id, min(id) from outbox
        where {_OPEN} and state = 'waiting' and coalesce(retry_at, '') <= ?
        group by chat_id order by 2
        """,  # noqa: S608  # a constant
        [utc_text(now)],
    )
    return [chat_id for chat_id, _ in rows]


def last_question(db: Database, chat_id: int, since: dt.datetime) -> str | None:
    """Give the topic of what a chat was told last, if words were asked for and not long ago.

    Cards of customers do not count: they come at any time, also between question and answer.
    """
    row = db.execute(
        """
        select topic from outbox
        where chat_id = ? and handoff is null and written_at >= ?
        order by id desc limit 1
        """,
        [chat_id, utc_text(since)],
    ).fetchone()
    return row[0] if row else None


def n_replies_since(db: Database, chat_id: int, since: dt.datetime) -> int:
    """Count the automatic replies written to a chat since then."""
    row = db.execute(
        """
        select count(*) from outbox
        where purpose = 'reply' and chat_id = ? and written_at > ?
        """,
        [chat_id, utc_text(since)],
    ).fetchone()
    return int(row[0])
