"""Channels the bot has been made administrator of, and the threads under their posts."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from sqlite_utils import Database

from bot.store.schema import utc_text

NO_OFFSET = dt.timedelta()
LONGEST_OFFSET = dt.timedelta(days=1)  # what is later than that is another plan


@dataclass(frozen=True, slots=True)
class Channel:
    """A connected channel.

    Attributes
    ----------
    lacks : tuple of str
        The missing rights, as the Bot API names them.
    offset : timedelta
        How much later than the others posts go out here.
    chosen : bool or None
        Whether the owner wants posts to go here; None where nobody has said.
    """

    id: int
    title: str
    username: str | None
    discussion_id: int | None
    lacks: tuple[str, ...]
    offset: dt.timedelta = NO_OFFSET
    chosen: bool | None = None


def connect(db: Database, channel: Channel) -> None:
    """Take a channel in, or bring what Telegram says of it up to date."""
    db.execute(
        """
        insert into channels (id, title, username, discussion_id, lacks, nth)
        values (?, ?, ?, ?, ?, (select coalesce(max(nth), 0) + 1 from channels))
        on conflict (id) do update set
            title = excluded.title, username = excluded.username,
            discussion_id = excluded.discussion_id, lacks = excluded.lacks, left_at = null,
            nth = iif(left_at is null, nth, excluded.nth)
        """,
        [
            channel.id,
            channel.title,
            channel.username,
            channel.discussion_id,
            ",".join(channel.lacks),
        ],
    )


def name(db: Database, channel_id: int, title: str, now: dt.datetime) -> None:
    """Keep the title of a channel that is not connected, and whose past is known all the same."""
    db.execute(
        """
        insert into channels (id, title, left_at) values (?, ?, ?)
        on conflict (id) do update set title = excluded.title where left_at is not null
        """,
        [channel_id, title, utc_text(now)],
    )


def leave(db: Database, channel_id: int, now: dt.datetime) -> None:
    """Note that the bot has been removed from a channel."""
    db.execute("update channels set left_at = ? where id = ?", [utc_text(now), channel_id])


def connected(db: Database) -> list[Channel]:
    rows = db.execute(
        """
        select id, title, username, discussion_id, lacks, offset_minutes, chosen from channels
        where left_at is null order by nth, id desc
        """
    )
    return [
        Channel(
            channel_id,
            title,
            username,
            discussion_id,
            tuple(filter(None, lacks.split(","))),
            dt.timedelta(minutes=offset),
            None if chosen is None else bool(chosen),
        )
        for channel_id, title, username, discussion_id, lacks, offset, chosen in rows
    ]


def find(db: Database, channel_id: int) -> Channel | None:
    """Give a connected channel."""
    return next((channel for channel in connected(db) if channel.id == channel_id), None)


def targets(db: Database, preferred: int | None) -> list[Channel]:
    """Give the channels that posts go to.

    They are those that the owner has chosen. Until somebody chooses, it is the preferred one if
    it is connected, else the one that was connected first.
    """
    found = connected(db)
    if any(channel.chosen is not None for channel in found):
        return [channel for channel in found if channel.chosen]
    return [channel for channel in found if channel.id == preferred] or found[:1]


def choose(db: Database, channel_id: int, preferred: int | None, *, on: bool) -> None:
    """Let posts go to a channel or not; for the others it stays as it is."""
    chosen = {channel.id for channel in targets(db, preferred)}
    with db.atomic():
        for channel in connected(db):
            wanted = on if channel.id == channel_id else channel.id in chosen
            db.execute("update channels set chosen = ? where id = ?", [wanted, channel.id])


def set_offset(db: Database, channel_id: int, offset: dt.timedelta) -> None:
    """Let posts go out in a channel later than in the others; whole minutes count."""
    minutes = int(offset.total_seconds()) // 60
    db.execute("update channels set offset_minutes = ? where id = ?", [minutes, channel_id])


def link(db: Database, channel_id: int, group_id: int) -> None:
    """Note which discussion group a channel has now."""
    db.execute("update channels set discussion_id = ? where id = ?", [group_id, channel_id])


def group_became(db: Database, old_id: int, new_id: int) -> None:
    """Follow a discussion group that Telegram has given another id."""
    db.execute("update channels set discussion_id = ? where discussion_id = ?", [new_id, old_id])


def titles(db: Database) -> dict[int, str]:
    """Give every channel that was ever connected its title, by id."""
    return dict(db.execute("select id, title from channels").fetchall())


def note_thread(
    db: Database, group_id: int, message_id: int, channel_id: int, channel_message_id: int
) -> None:
    """Remember the automatic forward of a channel post, under which its comments stand."""
    db.execute(
        """
        insert or replace into threads (group_id, message_id, channel_id, channel_message_id)
        values (?, ?, ?, ?)
        """,
        [group_id, message_id, channel_id, channel_message_id],
    )


def message_of_thread(db: Database, group_id: int, message_id: int) -> tuple[int, int] | None:
    """Give channel id and message id of what a thread stands under."""
    row = db.execute(
        """
        select channel_id, channel_message_id from threads where group_id = ? and message_id = ?
        """,
        [group_id, message_id],
    ).fetchone()
    return (row[0], row[1]) if row else None


def thread_of(db: Database, group_id: int, channel_id: int, channel_message_id: int) -> int | None:
    """Give the message in the group below which the comments on a channel's message stand."""
    row = db.execute(
        """
        select message_id from threads
        where channel_id = ? and channel_message_id = ? and group_id = ?
        """,
        [channel_id, channel_message_id, group_id],
    ).fetchone()
    return row[0] if row else None
