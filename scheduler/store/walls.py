"""By which clocks the waiting posts were written, and how all of them are moved to another one."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Sequence
from dataclasses import dataclass

from sqlite_utils import Database

from scheduler.posts import OWNER, Post
from scheduler.store import notes
from scheduler.store.rows import read, step
from scheduler.store.schema import due_text, durable, utc_text
from scheduler.walls import Wall

NOTE = "walls"


@dataclass(frozen=True, slots=True)
class Era:
    """A clock, and the id of the last post that was written by it; None while it lasts."""

    wall: Wall
    last_id: int | None = None


def eras(db: Database) -> list[Era]:
    """Give the clocks that waiting posts were written by, and nobody has settled; oldest first."""
    return [_era(**era) for era in json.loads(notes.get(db, NOTE) or "[]")]


def keep(db: Database, kept: Sequence[Era]) -> None:
    """Remember these clocks, and no others."""
    written = [
        {
            "zone": era.wall.zone,
            "changes": [(utc_text(at), offset.total_seconds()) for at, offset in era.wall.changes],
            "ends_at": utc_text(era.wall.ends_at),
            "last_id": era.last_id,
        }
        for era in kept
    ]
    notes.put(db, NOTE, json.dumps(written))


def _era(zone: str, changes: list[tuple[str, float]], ends_at: str, last_id: int | None) -> Era:
    read_changes = tuple(
        (dt.datetime.fromisoformat(at), dt.timedelta(seconds=offset)) for at, offset in changes
    )
    return Era(Wall(zone, read_changes, dt.datetime.fromisoformat(ends_at)), last_id)


def last_id(db: Database) -> int:
    """Give the highest id of a post."""
    (found,) = db.execute("select coalesce(max(id), 0) from posts").fetchone()
    return int(found)


def waiting(db: Database, now: dt.datetime) -> list[Post]:
    """Give what is to come by a time of its own, drafts among it, in the order of these times."""
    return read(
        db,
        """
        select * from posts
        where state in ('draft', 'waiting', 'scheduled') and after_post_id is null
            and publish_at > :now
        order by publish_at, id
        """,
        {"now": utc_text(now)},
    )


def shift(db: Database, post: Post, publish_at: dt.datetime, now: dt.datetime) -> Post:
    """Give a waiting post another time, and what is to be done to it by a time of its own.

    Raises
    ------
    WrongStateError
        It is on its way, out, or settled.
    """
    by = publish_at - post.publish_at
    with durable(db):
        db.execute(
            """
            update errands
            set due_at = strftime('%Y-%m-%dT%H:%M:%S+00:00', due_at, :seconds || ' seconds')
            where post_id = :id and state = 'waiting' and delay is null
            """,
            {"id": post.id, "seconds": int(by.total_seconds())},
        )
        return step(
            db,
            post.id,
            "moved",
            """
            update posts
            set state = state, publish_at = :publish_at, due_at = :publish_at,
                reason = 'time zone', changed_at = :now, changed_by = :by
            where id = :id and state in ('draft', 'waiting', 'scheduled')
            returning *
            """,
            {"publish_at": due_text(publish_at), "now": utc_text(now), "by": OWNER},
        )
