"""The parts of albums, which Telegram delivers one by one, until they are a post."""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import asdict

from sqlite_utils import Database

from bot.store.schema import utc_text
from scheduler.posts import Content, Medium

KEPT_FOR = dt.timedelta(days=30)
"""Long enough to reply to an album that was sent last week; it is rows only, no files."""


def keep(
    db: Database, album_id: str, message_id: int, part: Content, *, author_id: int, now: dt.datetime
) -> bool:
    """Keep a part, which is one medium with or without a caption; True for the first of an album.

    Kept again, it takes the place of what was kept.
    """
    with db.atomic():
        db.execute(
            "delete from album_parts where received_at < ? and media_group_id <> ?",
            [utc_text(now - KEPT_FOR), album_id],
        )
        is_first = not parts(db, album_id, author_id)
        db.execute(
            """
            insert or replace into album_parts (
                media_group_id, message_id, author_id, medium, caption, entities, received_at
            )
            values (?, ?, ?, ?, ?, ?, ?)
            """,
            [
                album_id,
                message_id,
                author_id,
                json.dumps(asdict(part.media[0])),
                part.text,
                part.entities,
                utc_text(now),
            ],
        )
    return is_first


def parts(db: Database, album_id: str, author_id: int) -> list[Content]:
    """Give the parts of an album that have arrived from this person, in their order."""
    rows = db.execute(
        """
        select medium, caption, entities from album_parts
        where media_group_id = ? and author_id = ? order by message_id
        """,
        [album_id, author_id],
    )
    return [
        Content(text=caption, entities=entities, media=(Medium(**json.loads(medium)),))
        for medium, caption, entities in rows
    ]
