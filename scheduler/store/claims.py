"""The publisher's side of the table: claim one row, and mark what became of it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from sqlite_utils import Database

from scheduler.posts import Post, Publication
from scheduler.store.engagement import record_seen
from scheduler.store.rows import change, read, step
from scheduler.store.schema import due_text, durable, utc_text

NEVER = "9999"
"""The year in which a post falls due that follows one not yet published."""


def due_channels(db: Database, now: dt.datetime) -> list[int]:
    """Give the channels in which a post can be claimed now."""
    rows = db.execute(
        """
        select channel_id from lanes
        where held_until <= :now and exists (
            select 1 from posts
            where state = 'scheduled' and posts.channel_id = lanes.channel_id and due_at <= :now
        )
        """,
        {"now": utc_text(now)},
    )
    return [channel_id for (channel_id,) in rows]


def claim_next(db: Database, channel_id: int, now: dt.datetime) -> Post | None:
    """Move a channel's earliest post due at `now`, and not late, to `publishing` and return it.

    Where the channel's last try was put back, nothing is given before its time: no post overtakes
    another of its channel.

    Raises
    ------
    RuntimeError
        If a transaction is open: a claim that is not on the disk before the send protects nothing.
    """
    if db.conn.in_transaction:
        raise RuntimeError("a post cannot be claimed inside an open transaction")
    claimed = change(
        db,
        """
        update posts
        set state = 'publishing', claimed_at = :now, changed_at = :now, changed_by = 'soloist',
            reason = null, n_tries = n_tries + 1,
            after_message_id = (
                select max(message_id) from channel_messages
                where channel_messages.channel_id = posts.channel_id
            )
        where id = (
            select id from posts
            where state = 'scheduled' and channel_id = :channel_id and due_at <= :now
                and unixepoch(publish_at) + grace > unixepoch(:now)
            order by due_at, id limit 1
        )
        and not exists (
            select 1 from lanes where channel_id = :channel_id and held_until > :now
        )
        returning *
        """,
        {"channel_id": channel_id, "now": utc_text(now)},
    )
    return claimed[0] if claimed else None


def mark_late(db: Database, now: dt.datetime) -> list[Post]:
    """Hand the due posts whose grace has run out to the owner, and return them."""
    return change(
        db,
        """
        update posts set state = 'late', changed_at = :now, changed_by = 'soloist'
        where state = 'scheduled' and due_at <= :now
            and unixepoch(publish_at) + grace <= unixepoch(:now)
        returning *
        """,
        {"now": utc_text(now)},
    )


def mark_published(
    db: Database,
    post: Post,
    message_ids: Sequence[int],
    now: dt.datetime,
    reason: str | None = None,
) -> Post:
    """Keep that the post is in its channel, and how many members the channel has."""
    with durable(db):
        for message_id in message_ids:
            record_seen(db, post.channel_id, message_id, now, post_id=post.id)
        return step(
            db,
            post.id,
            "marked as published",
            """
            update posts
            set state = 'published', message_id = :message_id, reason = :reason,
                changed_at = :now, changed_by = 'soloist',
                members = (
                    select n from members
                    where members.channel_id = posts.channel_id
                    order by counted_at desc limit 1
                )
            where id = :id and state in ('publishing', 'unknown')
            returning *
            """,
            {"message_id": min(message_ids), "reason": reason, "now": utc_text(now)},
        )


def mark_failed(db: Database, post: Post, reason: str, now: dt.datetime) -> Post:
    """Keep that the network refused the post, in its own words."""
    return step(
        db,
        post.id,
        "marked as failed",
        """
        update posts
        set state = 'failed', reason = :reason, changed_at = :now, changed_by = 'soloist'
        where id = :id and state = 'publishing'
        returning *
        """,
        {"reason": reason, "now": utc_text(now)},
    )


def mark_unknown(db: Database, post: Post, reason: str, now: dt.datetime) -> Post:
    """Keep that the post may or may not have arrived."""
    return step(
        db,
        post.id,
        "marked as unknown",
        """
        update posts
        set state = 'unknown', reason = :reason, changed_at = :now, changed_by = 'soloist'
        where id = :id and state = 'publishing'
        returning *
        """,
        {"reason": reason, "now": utc_text(now)},
    )


def mark_doubtful(db: Database, post: Post, reason: str, now: dt.datetime) -> Post:
    """Keep, once, why nobody can see whether an unknown post has arrived."""
    if post.reason == reason:
        return post
    return step(
        db,
        post.id,
        "looked at",
        """
        update posts
        set state = 'unknown', reason = :reason, changed_at = :now, changed_by = 'soloist'
        where id = :id and state = 'unknown'
        returning *
        """,
        {"reason": reason, "now": utc_text(now)},
    )


def put_back(
    db: Database, post: Post, retry_at: dt.datetime, reason: str, now: dt.datetime
) -> Post:
    """Schedule a post that surely was not sent for another try, and hold its channel until then."""
    with durable(db):
        db.execute(
            "update lanes set held_until = :retry_at where channel_id = :channel_id",
            {"retry_at": due_text(retry_at), "channel_id": post.channel_id},
        )
        return step(
            db,
            post.id,
            "put back",
            """
            update posts
            set state = 'scheduled', reason = :reason,
                changed_at = :now, changed_by = 'soloist'
            where id = :id and state in ('publishing', 'unknown')
            returning *
            """,
            {"reason": reason, "now": utc_text(now)},
        )


def hold(db: Database, channel_id: int, until: dt.datetime) -> None:
    """Let nothing be sent to a channel before a moment."""
    db.execute(
        "update lanes set held_until = max(held_until, ?) where channel_id = ?",
        [due_text(until), channel_id],
    )


def release(db: Database, channel_id: int, until: dt.datetime) -> None:
    """Take a hold back, unless another one has begun."""
    db.execute(
        "update lanes set held_until = '' where channel_id = ? and held_until = ?",
        [channel_id, due_text(until)],
    )


def next_due_at(db: Database) -> dt.datetime | None:
    """Give the moment at which the earliest scheduled post has to be looked at."""
    (row,) = db.query(
        """
        select min(max(held_until, first)) as due_at from (
            select held_until, (
                select min(due_at) from posts
                where state = 'scheduled' and posts.channel_id = lanes.channel_id
            ) as first
            from lanes
        )
        where first < :never
        """,
        {"never": NEVER},
    )
    return row["due_at"] and dt.datetime.fromisoformat(row["due_at"])


def stranded(db: Database) -> list[Post]:
    """Give the posts in `publishing`; between two ticks, a process that ended left them there."""
    return read(db, "select * from posts where state = 'publishing' order by claimed_at, id")


def publications(db: Database, post_id: int) -> list[Publication]:
    """Give the tries to send a post, oldest first."""
    rows = db.query("select * from publications where post_id = ? order by id", [post_id])
    return [
        Publication(
            **row
            | {
                "began_at": dt.datetime.fromisoformat(row["began_at"]),
                "ended_at": row["ended_at"] and dt.datetime.fromisoformat(row["ended_at"]),
            }
        )
        for row in rows
    ]
