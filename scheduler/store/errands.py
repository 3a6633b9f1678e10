"""What is to be done to a post after it is out: pinned, unpinned, edited, deleted."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from sqlite_utils import Database

from scheduler.posts import Content
from scheduler.store.rows import as_content, content_values
from scheduler.store.schema import due_text, utc_text

ErrandKind = Literal["pin", "unpin", "edit", "delete"]


# That of a post which is not out yet waits, however long it has been due.
_DOABLE = """
from errands
where state = 'waiting' and due_at is not null
    and exists (select 1 from posts where posts.id = post_id and posts.state = 'published')
order by due_at, id limit 1
"""


@dataclass(frozen=True, slots=True)
class Errand:
    """A row; harmless when done twice.

    Attributes
    ----------
    delay : timedelta or None
        After the publication; None where the moment was given.
    due_at : datetime or None
        In UTC; None until a post with a delay is out.
    content : Content or None
        What the post becomes by an edit.
    state : str
        "waiting", "done", "failed", or "dropped" where there was no point in it any more.
    """

    id: int
    post_id: int
    kind: ErrandKind
    delay: dt.timedelta | None
    due_at: dt.datetime | None
    content: Content | None
    state: str
    n_tries: int
    reason: str | None


def add_errand(
    db: Database,
    post_id: int,
    kind: ErrandKind,
    *,
    delay: dt.timedelta | None = None,
    due_at: dt.datetime | None = None,
    content: Content | None = None,
) -> Errand:
    """Write what is to be done to a post: so long after it is out, or at a moment.

    Where it is out already, the delay counts from then.
    """
    (errand,) = _read(
        db,
        """
        insert into errands (post_id, kind, delay, due_at, content)
        values (:post_id, :kind, :delay, coalesce(:due_at, (
            select strftime('%Y-%m-%dT%H:%M:%S+00:00', claimed_at, :delay || ' seconds')
            from posts where id = :post_id and state = 'published'
        )), :content)
        returning *
        """,
        {
            "post_id": post_id,
            "kind": kind,
            "delay": None if delay is None else int(delay.total_seconds()),
            "due_at": due_at and due_text(due_at),
            "content": content and json.dumps(content_values(content)),
        },
    )
    return errand


def errands_of(db: Database, post_id: int) -> list[Errand]:
    """Give all errands of a post, in the order in which they were written."""
    return _read(db, "select * from errands where post_id = :id order by id", {"id": post_id})


def next_errand_at(db: Database) -> dt.datetime | None:
    """Give the moment at which the earliest errand can be done; its post has to be out."""
    row = db.execute(f"select due_at {_DOABLE}").fetchone()
    return dt.datetime.fromisoformat(row[0]) if row else None


def drop_pointless(db: Database, now: dt.datetime) -> None:
    """Drop what another errand of the same post, also due, would undo at once."""
    db.execute(
        """
        update errands set state = 'dropped', reason = 'Another errand would undo it at once.'
        where state = 'waiting' and due_at <= :now and exists (
            select 1 from errands as later
            where later.post_id = errands.post_id and later.state = 'waiting'
                and later.due_at <= :now
                and (later.due_at, later.id) > (errands.due_at, errands.id)
                and (
                    later.kind in ('delete', errands.kind)
                    or (errands.kind = 'pin' and later.kind = 'unpin')
                )
        )
        """,
        {"now": utc_text(now)},
    )


def next_errand(db: Database, now: dt.datetime) -> Errand | None:
    """Give the errand that has been due for longest."""
    due = _read(db, f"select * {_DOABLE}", {})
    return due[0] if due and due[0].due_at and due[0].due_at <= now else None


def errand_done(db: Database, errand: Errand, now: dt.datetime) -> None:
    """Keep that an errand is done, and what the channel shows since.

    Of a post that is deleted all that was still to be done is dropped.
    """
    with db.atomic():
        _end(db, errand.id, "done", None)
        if errand.kind == "delete":
            db.execute(
                """
                update errands set state = 'dropped', reason = 'The post was deleted.'
                where post_id = ? and state = 'waiting'
                """,
                [errand.post_id],
            )
        if errand.content:
            db.execute(
                """
                update posts
                set text = :text, entities = :entities, options = :options,
                    state = state, reason = 'edited', changed_at = :now, changed_by = 'soloist'
                where id = :id
                """,
                {
                    **content_values(errand.content),
                    "id": errand.post_id,
                    "now": utc_text(now),
                },
            )


def errand_failed(db: Database, errand: Errand, reason: str) -> None:
    """Keep that an errand was refused."""
    _end(db, errand.id, "failed", reason)


def drop_errand(db: Database, errand_id: int, reason: str | None = None) -> None:
    """Keep that an errand is not wanted any more, or that there is no point in it."""
    _end(db, errand_id, "dropped", reason)


def put_errand_back(db: Database, errand: Errand, retry_at: dt.datetime, reason: str) -> None:
    """Try an errand again later."""
    db.execute(
        """
        update errands set due_at = ?, n_tries = n_tries + 1, reason = ?
        where id = ? and state = 'waiting'
        """,
        [due_text(retry_at), reason, errand.id],
    )


def _end(db: Database, errand_id: int, state: str, reason: str | None) -> None:
    db.execute(
        """
        update errands set state = ?, reason = ?, n_tries = n_tries + 1
        where id = ? and state = 'waiting'
        """,
        [state, reason, errand_id],
    )


def _read(db: Database, sql: str, values: Mapping[str, object]) -> list[Errand]:
    return [_errand(row) for row in db.query(sql, dict(values))]


def _errand(row: Mapping[str, Any]) -> Errand:
    delay, due_at, content = row["delay"], row["due_at"], row["content"]
    typed = {
        "delay": None if delay is None else dt.timedelta(seconds=delay),
        "due_at": due_at and dt.datetime.fromisoformat(due_at),
        "content": content and as_content(json.loads(content)),
    }
    return Errand(**{**row, **typed})
