"""Which posts hold files that are still needed."""

from __future__ import annotations

import json

from sqlite_utils import Database

from scheduler.posts import Medium, Post
from scheduler.store.rows import read


def with_media(db: Database, after_id: int, most: int) -> list[Post]:
    """Give the posts with files that are still to go out, by id from the one after this on."""
    return read(
        db,
        """
        select * from posts
        where media <> '[]' and state not in ('published', 'cancelled') and id > :after_id
        order by id limit :most
        """,
        {"after_id": after_id, "most": most},
    )


def last_step_id(db: Database) -> int:
    """Give the id of the last step that any post has taken."""
    (last,) = db.execute("select coalesce(max(id), 0) from steps").fetchone()
    return int(last)


def stepped(db: Database, after_step_id: int) -> list[Post]:
    """Give the posts with files, still to go out, that were written or changed after a step."""
    return read(
        db,
        """
        select * from posts
        where media <> '[]' and state not in ('published', 'cancelled')
            and id in (select post_id from steps where id > :after_step_id)
        order by id
        """,
        {"after_step_id": after_step_id},
    )


def media_in_use(db: Database) -> set[Medium]:
    """Give the files that a post which is still to go out, or a series, will need."""
    rows = db.execute(
        """
        select media from posts
        where media <> '[]' and state not in ('published', 'cancelled')
        union
        select media from series where media <> '[]' and state <> 'ended'
        """
    )
    return {Medium(**medium) for (media,) in rows for medium in json.loads(media)}
