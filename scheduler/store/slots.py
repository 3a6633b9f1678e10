"""The owner's weekly slots, and which of them are taken."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection

from sqlite_utils import Database

from scheduler.slot_times import SlotTime
from scheduler.store.schema import utc_text

ANY_CHANNEL = 0


def own(db: Database, channel_id: int) -> list[SlotTime]:
    """Give the slots that were told for a channel, or for `ANY_CHANNEL`."""
    rows = db.execute(
        "select weekday, minute from slots where channel_id = ? order by weekday, minute",
        [channel_id],
    )
    return [SlotTime(weekday, minute) for weekday, minute in rows]


def weekly(db: Database, channel_id: int) -> list[SlotTime]:
    """Give the slots of a channel: its own, or else those of any channel."""
    return own(db, channel_id) or own(db, ANY_CHANNEL)


def tell(db: Database, channel_id: int, times: Collection[SlotTime]) -> None:
    """Give a channel, or `ANY_CHANNEL`, these slots instead of those it had."""
    with db.atomic():
        db.execute("delete from slots where channel_id = ?", [channel_id])
        for time in times:
            db.execute(
                "insert into slots (channel_id, weekday, minute) values (?, ?, ?)",
                [channel_id, time.weekday, time.minute_of_day],
            )


def drop_all(db: Database) -> None:
    """Forget every slot."""
    db.execute("delete from slots")


def taken_by(db: Database, channel_id: int, at: dt.datetime, near: dt.timedelta) -> int | None:
    """Give the id of a post that stands in a channel within `near` of a moment, if one does.

    Drafts, and what waits for approval, stand at the time that is proposed for them; a draft that
    was just put down has none but that of its writing.
    """
    row = db.execute(
        """
        select id from posts
        where state = 'scheduled' and channel_id = :channel_id and due_at between :from and :to
        union all
        select id from posts
        where state in ('draft', 'waiting') and channel_id = :channel_id
            and publish_at between :from and :to and publish_at > created_at
            and after_post_id is null
        union all
        select id from posts
        where state = 'publishing' and channel_id = :channel_id
            and publish_at between :from and :to and after_post_id is null
        limit 1
        """,
        {
            "channel_id": channel_id,
            "from": utc_text(at - near),
            "to": utc_text(at + near),
        },
    ).fetchone()
    return row[0] if row else None


def are_told(db: Database) -> bool:
    """Say whether there are slots for any channel."""
    (found,) = db.execute("select exists (select 1 from slots)").fetchone()
    return bool(found)
