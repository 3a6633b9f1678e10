"""Channels the bot has been made administrator of, and the threads under their posts."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from sqlite_utils import Database

from bot.store.schema import utc_text


@dataclass(frozen=True, slots=True)
class Channel:
    """A connected channel; `lacks` names the missing rights as the Bot API does."""

    id: int
    title: str
    username: str | None
    discussion_id: int | None
    lacks: tuple[str, ...]


def connect(db: Database, channel: Channel) -> None:
    """Take a channel in, or bring what is known about it up to date."""
    db.execute(
        """
        insert into channels (id, title, username, discussion_id, lacks) values (?, ?, ?, ?, ?)
        on conflict (id) do update set
            title = excluded.title, username = excluded.username,
            discussion_id = excluded.discussion_id, lacks = excluded.lacks, left_at = null
        """,
        [
            channel.id,
            channel.title,
            channel.username,
            channel.discussion_id,
            ",".join(channel.lacks),
        ],
    )


def leave(db: Database, channel_id: int, now: dt.datetime) -> None:
    """Note that the bot has been removed from a channel."""
    db.execute("update channels set left_at = ? where id = ?", [utc_text(now), channel_id])


def connected(db: Database) -> list[Channel]:
    rows = db.execute(
        """
        select id, title, username, discussion_id, lacks from channels
        where left_at is null order by rowid
        """
    )
    return [
        Channel(channel_id, title, username, discussion_id, tuple(filter(None, lacks.split(","))))
        for channel_id, title, username, discussion_id, lacks in rows
    ]


def posted_to(db: Database, preferred: int | None) -> Channel | None:
    """Give the channel that posts go to: the preferred one if it is connected, else the first."""
    found = connected(db)
    return next((channel for channel in found if channel.id == preferred), next(iter(found), None))


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
