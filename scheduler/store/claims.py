"""The publisher's side of the table: claim one row, and mark what became of it."""

from __future__ import annotations

import datetime as dt

from sqlite_utils import Database

from scheduler.posts import Post
from scheduler.store.engagement import record_seen
from scheduler.store.rows import change, read, step
from scheduler.store.schema import due_text, durable, utc_text


def claim_next(db: Database, now: dt.datetime) -> Post | None:
    """Move the earliest post due at `now`, and not late, to `publishing` and return it.

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
        set state = 'publishing', claimed_at = :now, changed_at = :now, reason = null,
            n_tries = n_tries + 1,
            after_message_id = (
                select max(message_id) from channel_messages
                where channel_messages.channel_id = posts.channel_id
            )
        where id = (
            select id from posts
            where state = 'scheduled' and due_at <= :now
                and unixepoch(publish_at) + grace > unixepoch(:now)
            order by due_at, id limit 1
        )
        returning *
        """,
        {"now": utc_text(now)},
    )
    return claimed[0] if claimed else None


def mark_late(db: Database, now: dt.datetime) -> list[Post]:
    """Hand the due posts whose grace has run out to the owner, and return them."""
    return change(
        db,
        """
        update posts set state = 'late', changed_at = :now
        where state = 'scheduled' and due_at <= :now
            and unixepoch(publish_at) + grace <= unixepoch(:now)
        returning *
        """,
        {"now": utc_text(now)},
    )


def mark_published(db: Database, post: Post, message_id: int, now: dt.datetime) -> Post:
    """Keep that the post is in its channel, and how many members the channel has."""
    with durable(db):
        record_seen(db, post.channel_id, message_id, now)
        return step(
            db,
            post.id,
            "marked as published",
            """
            update posts
            set state = 'published', message_id = :message_id, reason = null, changed_at = :now,
                members = (
                    select n from members
                    where members.channel_id = posts.channel_id
                    order by counted_at desc limit 1
                )
            where id = :id and state in ('publishing', 'unknown')
            returning *
            """,
            {"message_id": message_id, "now": utc_text(now)},
        )


def mark_failed(db: Database, post: Post, reason: str, now: dt.datetime) -> Post:
    """Keep that the network refused the post, in its own words."""
    return step(
        db,
        post.id,
        "marked as failed",
        """
        update posts set state = 'failed', reason = :reason, changed_at = :now
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
        update posts set state = 'unknown', reason = :reason, changed_at = :now
        where id = :id and state = 'publishing'
        returning *
        """,
        {"reason": reason, "now": utc_text(now)},
    )


def put_back(
    db: Database, post: Post, retry_at: dt.datetime, reason: str, now: dt.datetime
) -> Post:
    """Schedule a post that surely was not sent for another try."""
    return step(
        db,
        post.id,
        "put back",
        """
        update posts
        set state = 'scheduled', due_at = max(publish_at, :retry_at), reason = :reason,
            changed_at = :now
        where id = :id and state in ('publishing', 'unknown')
        returning *
        """,
        {"retry_at": due_text(retry_at), "reason": reason, "now": utc_text(now)},
    )


def next_due_at(db: Database) -> dt.datetime | None:
    """Give the moment at which the earliest scheduled post has to be looked at."""
    (row,) = db.query("select min(due_at) as due_at from posts where state = 'scheduled'")
    return row["due_at"] and dt.datetime.fromisoformat(row["due_at"])


def stranded(db: Database) -> list[Post]:
    """Give the posts in `publishing`; between two ticks, a process that ended left them there."""
    return read(db, "select * from posts where state = 'publishing' order by claimed_at, id")
