"""What the owner's lists show: what is queued, page by page, and what waits for a word."""

from __future__ import annotations

import datetime as dt

from sqlite_utils import Database

from scheduler.posts import Post
from scheduler.store.rows import read
from scheduler.store.schema import utc_text

# One of the posts that are one in several channels, and none that goes out behind another.
_HEADS = """
    state = 'scheduled' and after_post_id is null and (set_id is null or id = (
        select min(others.id) from posts as others
        where others.set_id = posts.set_id and others.state = 'scheduled'
    ))
"""


def n_queued(db: Database) -> int:
    """Count what is scheduled; a post in several channels counts once.

    It is added up from what indexes know: going through 100,000 rows would stop the loop.
    """
    (count,) = db.execute(
        """
        select
            (select count(*) from posts where state = 'scheduled')
            - (
                select count(*) from posts
                where after_post_id is not null and state = 'scheduled'
            )
            - (
                select count(*) - count(distinct set_id) from posts
                where set_id is not null and state = 'scheduled'
            )
        """
    ).fetchone()
    return int(count)


def queued(db: Database, n: int, skip: int = 0) -> list[Post]:
    """Give `n` of what is scheduled, in order; of a post in several channels the first one."""
    return read(
        db,
        f"select * from posts where {_HEADS} order by due_at, id limit :n offset :skip",  # noqa: S608
        {"n": n, "skip": skip},
    )


def failed(db: Database, since: dt.datetime) -> list[Post]:
    """Give the posts that were to go out since then and were refused, oldest first."""
    return read(
        db,
        """
        select * from posts
        where state = 'failed' and publish_at >= :since
        order by publish_at, id
        """,
        {"since": utc_text(since)},
    )
