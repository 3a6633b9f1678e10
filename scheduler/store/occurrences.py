"""The posts that a series has made: which it has, which are still to come, which were missed."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterable

from sqlite_utils import Database

from scheduler.posts import Content, Post
from scheduler.store.rows import change, content_values, read
from scheduler.store.schema import utc_text

EXPIRES_AFTER = dt.timedelta(days=1)
"""A recurring post that is missed for longer is not even offered: the owner has a new day."""


def local_text(local: dt.datetime) -> str:
    """Write a time by the clock on the wall, without a zone: it names an occurrence."""
    return local.isoformat(timespec="minutes")


def is_written(db: Database, series_id: int, occurrence: str) -> bool:
    """Say whether a series has this occurrence, wherever it was moved to, also if cancelled."""
    row = db.execute(
        "select exists (select 1 from posts where series_id = ? and occurrence = ?)",
        [series_id, occurrence],
    ).fetchone()
    return bool(row[0])


def is_filled(db: Database, channel_id: int, slot: str) -> bool:
    """Say whether an evergreen post was ever written for a channel's slot."""
    row = db.execute(
        """
        select exists (
            select 1 from series
            join posts on posts.series_id = series.id and posts.occurrence = ?
            where series.kind = 'evergreen' and posts.channel_id = ?
        )
        """,
        [slot, channel_id],
    ).fetchone()
    return bool(row[0])


def upcoming(db: Database, series_id: int) -> list[Post]:
    """Give what is scheduled of a series, the next first."""
    return read(
        db,
        """
        select * from posts
        where series_id = :id and occurrence <> '' and state = 'scheduled'
        order by publish_at, id
        """,
        {"id": series_id},
    )


def last_out_at(db: Database, series_id: int) -> dt.datetime | None:
    """Give when a post of the series was last due to be out, of those that are."""
    (found,) = db.execute(
        """
        select max(publish_at) from posts
        where series_id = ? and occurrence <> '' and state = 'published'
        """,
        [series_id],
    ).fetchone()
    return found and dt.datetime.fromisoformat(found)


def last_given_at(
    db: Database, series_id: int, channel_id: int | None = None
) -> dt.datetime | None:
    """Give the time of a series's last post, or that in a channel, also if it was cancelled."""
    (found,) = db.execute(
        """
        select max(publish_at) from posts
        where series_id = :id and occurrence <> ''
            and channel_id = coalesce(:channel_id, channel_id)
        """,
        {"id": series_id, "channel_id": channel_id},
    ).fetchone()
    return found and dt.datetime.fromisoformat(found)


def pending(db: Database, series_id: int) -> list[Post]:
    """Give what of a series is neither out nor on its way nor cancelled."""
    return read(
        db,
        """
        select * from posts
        where series_id = :id and occurrence <> ''
            and state in ('draft', 'waiting', 'scheduled', 'late')
        order by publish_at, id
        """,
        {"id": series_id},
    )


def take_back(db: Database, posts: Iterable[Post], now: dt.datetime, *, why: str) -> None:
    """Cancel pending posts; unlike what the owner cancels they may be written again."""
    change(
        db,
        """
        update posts
        set state = 'cancelled', occurrence = '', reason = :why,
            changed_at = :now, changed_by = 'owner'
        where id in (select value from json_each(:ids))
        returning *
        """,
        {"ids": json.dumps([post.id for post in posts]), "now": utc_text(now), "why": why},
    )


def edit(db: Database, series_id: int, content: Content, now: dt.datetime) -> list[Post]:
    """Give what is not out of a series another content."""
    return change(
        db,
        """
        update posts
        set text = :text, entities = :entities, media = :media, poll = :poll,
            options = :options, state = state, reason = 'changed',
            changed_at = :now, changed_by = 'owner'
        where series_id = :id and occurrence <> ''
            and state in ('draft', 'waiting', 'scheduled', 'late')
        returning *
        """,
        {**content_values(content), "id": series_id, "now": utc_text(now)},
    )


def skip_missed(db: Database, now: dt.datetime) -> list[Post]:
    """Cancel what nobody shall be asked about when its grace has run out, and give it.

    That is an evergreen post, and a recurring one that was due more than `EXPIRES_AFTER` ago or
    whose next occurrence is due already. What remains is late, as any post.
    """
    return change(
        db,
        """
        update posts
        set state = 'cancelled', reason = 'missed', changed_at = :now, changed_by = 'soloist'
        where state = 'scheduled' and due_at <= :now and occurrence <> ''
            and unixepoch(publish_at) + grace <= unixepoch(:now)
            and (
                source = 'evergreen'
                or publish_at <= :expired
                or exists (
                    select 1 from posts as later
                    where later.series_id = posts.series_id and later.occurrence <> ''
                        and later.channel_id = posts.channel_id
                        and later.publish_at > posts.publish_at and later.publish_at <= :now
                        and later.state <> 'cancelled'
                )
            )
        returning *
        """,
        {"now": utc_text(now), "expired": utc_text(now - EXPIRES_AFTER)},
    )
