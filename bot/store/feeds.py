"""The feeds that are followed, and which of their entries were seen."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlite_utils import Database

from bot.store.schema import utc_text


@dataclass(frozen=True, slots=True)
class Feed:
    """A feed that is followed; `n_failures` counts the last tries, none of which succeeded."""

    id: int
    url: str
    title: str
    etag: str
    modified: str
    n_failures: int
    added_at: dt.datetime


_COLUMNS = "id, url, title, etag, modified, n_failures, added_at"


def follow(
    db: Database,
    url: str,
    title: str,
    keys: Iterable[str],
    *,
    now: dt.datetime,
    due_at: dt.datetime,
) -> Feed:
    """Follow a feed from now on: the entries known by `keys` are there already."""
    with db.atomic():
        row = next(
            db.query(
                f"""
                insert into feeds (url, title, due_at, added_at)
                values (:url, :title, :due_at, :now)
                on conflict (url) do update set
                    title = :title, due_at = :due_at, added_at = :now, left_at = null,
                    n_failures = 0, etag = '', modified = ''
                returning {_COLUMNS}
                """,  # noqa: S608  # a constant
                {"url": url, "title": title, "due_at": utc_text(due_at), "now": utc_text(now)},
            )
        )
        feed = _feed(row)
        mark_seen(db, feed, keys, now)
    return feed


def leave(db: Database, feed_id: int, now: dt.datetime) -> Feed | None:
    """Follow a feed no longer; None where that was so already."""
    for row in db.query(
        f"""
        update feeds set left_at = :now where id = :id and left_at is null
        returning {_COLUMNS}
        """,  # noqa: S608
        {"id": feed_id, "now": utc_text(now)},
    ):
        return _feed(row)
    return None


def followed(db: Database) -> list[Feed]:
    rows = db.query(f"select {_COLUMNS} from feeds where left_at is null order by id")  # noqa: S608
    return [_feed(row) for row in rows]


def due(db: Database, now: dt.datetime) -> list[Feed]:
    rows = db.query(
        f"""
        select {_COLUMNS} from feeds
        where left_at is null and due_at <= :now order by due_at, id
        """,  # noqa: S608
        {"now": utc_text(now)},
    )
    return [_feed(row) for row in rows]


def note_answer(db: Database, feed: Feed, due_at: dt.datetime, *, etag: str, modified: str) -> None:
    """Note that a feed was read, and what to ask with the next time."""
    db.execute(
        "update feeds set etag = ?, modified = ?, due_at = ?, n_failures = 0 where id = ?",
        [etag, modified, utc_text(due_at), feed.id],
    )


def note_failure(db: Database, feed: Feed, due_at: dt.datetime) -> None:
    """Note that a feed could not be read."""
    db.execute(
        "update feeds set n_failures = ?, due_at = ? where id = ?",
        [feed.n_failures + 1, utc_text(due_at), feed.id],
    )


def is_seen(db: Database, feed: Feed, keys: Iterable[str]) -> bool:
    """Say whether an entry is known by any of its keys."""
    return any(
        db.execute(
            "select 1 from feed_entries where feed_id = ? and entry = ?", [feed.id, key]
        ).fetchone()
        for key in keys
    )


def mark_seen(
    db: Database, feed: Feed, keys: Iterable[str], now: dt.datetime, post_id: int | None = None
) -> None:
    """Note an entry by all of its keys, with the post that it became, if it did."""
    for key in keys:
        db.execute(
            """
            insert into feed_entries (feed_id, entry, post_id, seen_at) values (?, ?, ?, ?)
            on conflict do nothing
            """,
            [feed.id, key, post_id, utc_text(now)],
        )


def n_drafted(db: Database, feed: Feed, since: dt.datetime) -> int:
    """Count the posts that a feed's entries have become since then."""
    row = db.execute(
        "select count(distinct post_id) from feed_entries where feed_id = ? and seen_at >= ?",
        [feed.id, utc_text(since)],
    ).fetchone()
    return int(row[0])


def has_left_out(db: Database, feed: Feed, since: dt.datetime) -> bool:
    """Say whether entries of a feed were left out since then, because they were too many."""
    after = max(utc_text(since), utc_text(feed.added_at))
    row = db.execute(
        """
        select exists (
            select 1 from feed_entries
            where feed_id = ? and post_id is null and seen_at > ?
        )
        """,
        [feed.id, after],
    ).fetchone()
    return bool(row[0])


def _feed(row: Mapping[str, Any]) -> Feed:
    return Feed(**{**row, "added_at": dt.datetime.fromisoformat(row["added_at"])})
