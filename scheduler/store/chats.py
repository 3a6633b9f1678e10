"""What is scheduled for a chat as a whole."""

from __future__ import annotations

import datetime as dt

from sqlite_utils import Database

from scheduler.store.claims import NEVER
from scheduler.store.schema import durable


def waiting_for(db: Database, channel_id: int) -> tuple[int, dt.datetime | None]:
    """Give how many posts are scheduled for a channel, and when the first of them is due."""
    n, first = db.execute(
        """
        select count(*), min(due_at) from posts
        where state = 'scheduled' and channel_id = ? and due_at < ?
        """,
        [channel_id, NEVER],
    ).fetchone()
    return n, first and dt.datetime.fromisoformat(first)


def chat_became(db: Database, old_id: int, new_id: int) -> None:
    """Send what is not out yet to the id that Telegram has given a chat instead of its old one."""
    with durable(db):
        db.execute(
            """
            update posts set channel_id = :new
            where channel_id = :old
                and state in ('draft', 'waiting', 'scheduled', 'failed', 'late')
            """,
            {"old": old_id, "new": new_id},
        )
        db.execute(
            """
            insert into lanes (channel_id)
            select :new where exists (select 1 from posts where channel_id = :new)
            on conflict do nothing
            """,
            {"new": new_id},
        )
