"""What repeats: a content with a rule, or an evergreen one that fills free slots and rests."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from sqlite_utils import Database

from scheduler.posts import Content
from scheduler.store import occurrences
from scheduler.store.occurrences import local_text
from scheduler.store.rows import as_content, content_values
from scheduler.store.schema import durable, utc_text

Kind = Literal["recurring", "evergreen"]
State = Literal["on", "paused", "ended"]


@dataclass(frozen=True, slots=True)
class Series:
    """A row of `series`.

    Attributes
    ----------
    rule : str
        Of a recurring one, see `scheduler.recurrence`.
    cooldown : timedelta or None
        How long an evergreen one rests in a channel.
    ends_at : datetime or None
        From then on nothing is written.
    n_left : int or None
        How many occurrences may still be written.
    reached : datetime or None
        Local time, without a zone, of a recurring one's last occurrence that was written or missed.
    """

    id: int
    kind: Kind
    content: Content
    rule: str
    cooldown: dt.timedelta | None
    ends_at: dt.datetime | None
    n_left: int | None
    state: State
    reached: dt.datetime | None


class NoSuchSeriesError(Exception):
    """No series has this id; whatever takes one raises it."""


def begin(
    db: Database,
    content: Content,
    now: dt.datetime,
    *,
    rule: str = "",
    reached: dt.datetime | None = None,
    cooldown: dt.timedelta | None = None,
    ends_at: dt.datetime | None = None,
    n_left: int | None = None,
    request_id: str | None = None,
) -> Series:
    """Write a series: recurring with `rule` and `reached`, evergreen with `cooldown`.

    Asked twice for the same `request_id`, the first one is given again.
    """
    values = {
        **content_values(content),
        "kind": "recurring" if rule else "evergreen",
        "rule": rule or None,
        "cooldown": cooldown and int(cooldown.total_seconds()),
        "ends_at": ends_at and utc_text(ends_at),
        "n_left": n_left,
        "reached": reached and local_text(reached),
        "extend_at": utc_text(now) if rule else None,
        "request_id": request_id,
        "now": utc_text(now),
    }
    with durable(db):
        written = _read(
            db,
            """
            insert into series (
                kind, text, entities, media, poll, options, rule, cooldown,
                ends_at, n_left, reached, extend_at, request_id, created_at
            )
            values (
                :kind, :text, :entities, :media, :poll, :options, :rule, :cooldown,
                :ends_at, :n_left, :reached, :extend_at, :request_id, :now
            )
            on conflict (request_id) do nothing
            returning *
            """,
            values,
        ) or _read(db, "select * from series where request_id = :request_id", values)
    return written[0]


def get(db: Database, series_id: int) -> Series:
    """Give one series.

    Raises
    ------
    NoSuchSeriesError
    """
    return _one(db, "select * from series where id = :id", {"id": series_id})


def going(db: Database, kind: Kind) -> list[Series]:
    """Give the series that have not ended, oldest first."""
    return _read(
        db,
        "select * from series where kind = :kind and state <> 'ended' order by id",
        {"kind": kind},
    )


def to_extend(db: Database, now: dt.datetime) -> list[Series]:
    """Give the recurring series of which more has to be written now."""
    return _read(
        db,
        "select * from series where state = 'on' and extend_at <= :now order by id",
        {"now": utc_text(now)},
    )


def next_extension_at(db: Database) -> dt.datetime | None:
    """Give the moment at which more of a recurring series has to be written."""
    (found,) = db.execute("select min(extend_at) from series where state = 'on'").fetchone()
    return found and dt.datetime.fromisoformat(found)


def reach(
    db: Database, series_id: int, reached: dt.datetime, *, extend_at: dt.datetime | None, n: int
) -> Series:
    """Keep that a recurring series is written up to a local time, by `n` occurrences more.

    Without a moment at which it has to be looked at again, nothing more can come: it ends.
    """
    return _one(
        db,
        """
        update series
        set reached = :reached, extend_at = :extend_at, n_left = n_left - :n,
            state = iif(:extend_at is null, 'ended', state)
        where id = :id
        returning *
        """,
        {
            "id": series_id,
            "reached": local_text(reached),
            "extend_at": extend_at and utc_text(extend_at),
            "n": n,
        },
    )


def count(db: Database, series_id: int, n: int) -> Series:
    """Keep that an evergreen post was written `n` times more."""
    return _one(
        db,
        "update series set n_left = n_left - :n where id = :id returning *",
        {"id": series_id, "n": n},
    )


def turn(
    db: Database,
    series_id: int,
    state: State,
    now: dt.datetime,
    *,
    reached: dt.datetime | None = None,
) -> Series:
    """Let a series go on from `reached`, pause or end; what is not out of it is taken back."""
    with durable(db):
        pending = occurrences.pending(db, series_id)
        occurrences.take_back(db, pending, now, why=state)
        return _one(
            db,
            """
            update series
            set state = :state, n_left = n_left + :n,
                extend_at = iif(rule is null, null, :now),
                reached = coalesce(:reached, reached)
            where id = :id
            returning *
            """,
            {
                "id": series_id,
                "state": state,
                "n": len({post.origin.occurrence for post in pending}),
                "now": utc_text(now),
                "reached": reached and local_text(reached),
            },
        )


def limit(
    db: Database,
    series_id: int,
    ends_at: dt.datetime | None,
    n_left: int | None,
    *,
    reached: dt.datetime | None,
    now: dt.datetime,
) -> Series:
    """Let a series end at a moment, after so many more occurrences, or never."""
    return _one(
        db,
        """
        update series
        set ends_at = :ends_at, n_left = :n_left, reached = :reached,
            extend_at = iif(rule is null, null, :now)
        where id = :id
        returning *
        """,
        {
            "id": series_id,
            "ends_at": ends_at and utc_text(ends_at),
            "n_left": n_left,
            "reached": reached and local_text(reached),
            "now": utc_text(now),
        },
    )


def rest(db: Database, series_id: int, cooldown: dt.timedelta) -> Series:
    """Let an evergreen post rest this long from now on."""
    return _one(
        db,
        """
        update series set cooldown = :cooldown
        where id = :id and kind = 'evergreen'
        returning *
        """,
        {"id": series_id, "cooldown": int(cooldown.total_seconds())},
    )


def edit(db: Database, series_id: int, content: Content, now: dt.datetime) -> Series:
    """Give a series another content, also what is written of it and not yet on its way."""
    with durable(db):
        occurrences.edit(db, series_id, content, now)
        return _one(
            db,
            """
            update series
            set text = :text, entities = :entities, media = :media, poll = :poll,
                options = :options
            where id = :id
            returning *
            """,
            {**content_values(content), "id": series_id},
        )


def end_past(db: Database, now: dt.datetime) -> list[Series]:
    """End the evergreen ones whose number or day is reached and that are all out; give them."""
    return _read(
        db,
        """
        update series set state = 'ended'
        where kind = 'evergreen' and state <> 'ended' and (ends_at <= :now or n_left <= 0)
            and not exists (
                select 1 from posts
                where posts.series_id = series.id and occurrence <> ''
                    and posts.state = 'scheduled'
            )
        returning *
        """,
        {"now": utc_text(now)},
    )


def _one(db: Database, sql: str, values: Mapping[str, object]) -> Series:
    """Run a statement that gives the series `:id`."""
    for series in _read(db, sql, values):
        return series
    raise NoSuchSeriesError(f"There is no series {values['id']}.")


def _read(db: Database, sql: str, values: Mapping[str, object]) -> list[Series]:
    return [_as_series(row) for row in db.query(sql, dict(values))]


def _as_series(row: Mapping[str, Any]) -> Series:
    return Series(
        id=row["id"],
        kind=row["kind"],
        content=as_content(row),
        rule=row["rule"] or "",
        cooldown=row["cooldown"] and dt.timedelta(seconds=row["cooldown"]),
        ends_at=row["ends_at"] and dt.datetime.fromisoformat(row["ends_at"]),
        n_left=row["n_left"],
        state=row["state"],
        reached=row["reached"] and dt.datetime.fromisoformat(row["reached"]),
    )
