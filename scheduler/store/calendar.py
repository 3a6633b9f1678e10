"""What stands in the calendar: what went out, by us and by hand, and what is to come."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from sqlite_utils import Database

from scheduler.posts import PostState
from scheduler.store.schema import utc_text


@dataclass(frozen=True, slots=True)
class Entry:
    """A post in the calendar.

    Attributes
    ----------
    kind : str
        What it is beside its text, such as "photo" or "poll"; "" of a text.
    state : PostState or None
        None where it was made by hand.
    """

    at: dt.datetime
    channel_id: int
    text: str
    kind: str
    state: PostState | None
    post_id: int | None


def calendar(db: Database, start: dt.datetime, end: dt.datetime) -> list[Entry]:
    """Give the posts from `start` up to, but not including, `end`, in the order of their times.

    What follows another post, as a reply or a comment, is a part of it; so are the parts of an
    album. What was cancelled is left out.
    """
    # One branch for each partial index: a million posts of other weeks are never looked at.
    rows = db.query(
        """
        with shown as (
            select claimed_at as at, * from posts
            where state = 'published' and claimed_at >= :start and claimed_at < :end
            union all
            select due_at, * from posts
            where state = 'scheduled' and due_at >= :start and due_at < :end
            union all
            select publish_at, * from posts
            where state in ('draft', 'waiting') and publish_at >= :start and publish_at < :end
            union all
            select publish_at, * from posts
            where state in ('unknown', 'late') and publish_at >= :start and publish_at < :end
            union all
            select publish_at, * from posts
            where state = 'failed' and publish_at >= :start and publish_at < :end
        )
        select
            at, channel_id, iif(poll is null, text, poll ->> '$.question') as text,
            coalesce(media ->> '$[0].kind', iif(poll is null, '', 'poll')) as kind,
            state, id as post_id
        from shown
        where after_post_id is null
        union all
        select
            min(posted_at), channel_id, coalesce(group_concat(nullif(text, ''), char(10)), ''),
            min(coalesce(kind, '')), null, null
        from channel_messages
        where post_id is null and posted_at is not null
            and posted_at >= :start and posted_at < :end
        group by channel_id, coalesce(album, message_id)
        order by at, post_id
        """,
        {"start": utc_text(start), "end": utc_text(end)},
    )
    return [
        Entry(
            **row
            | {
                "at": dt.datetime.fromisoformat(row["at"]),
                "state": row["state"] and PostState(row["state"]),
            }
        )
        for row in rows
    ]
