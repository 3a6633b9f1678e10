"""Updates as rows, from the moment they arrive until they are handled."""

from __future__ import annotations

import datetime as dt

from sqlite_utils import Database

from bot.store.schema import utc_text

KEPT = 100_000  # handled ids that are remembered, so that a repeated update is recognised


def keep(db: Database, update_id: int, body: str) -> bool:
    """Keep an update that has arrived; False when it is known already."""
    cursor = db.execute(
        "insert or ignore into updates (update_id, body) values (?, ?)", [update_id, body]
    )
    return bool(cursor.rowcount)


def start(db: Database, update_id: int, now: dt.datetime) -> None:
    """Note that handling has begun."""
    db.execute("update updates set started_at = ? where update_id = ?", [utc_text(now), update_id])


def finish(db: Database, update_id: int) -> None:
    """Forget the content of a handled update and remember its id."""
    db.execute("update updates set body = null where update_id = ?", [update_id])
    if update_id % 1000 == 0:
        db.execute("delete from updates where update_id < ? and body is null", [update_id - KEPT])


def unfinished(db: Database) -> list[tuple[str, bool]]:
    """Give the updates a crash has left behind, oldest first: body, and whether it was begun."""
    rows = db.execute(
        """
        select body, started_at is not null
        from updates where body is not null
        order by update_id
        """
    )
    return [(body, bool(begun)) for body, begun in rows]
