"""The owner's side of the table: what is to go out, what has gone, and what waits for a word."""

from __future__ import annotations

import datetime as dt

from sqlite_utils import Database

from scheduler.posts import Content, Decision, Post, PostState, Step
from scheduler.store.rows import change, read, step
from scheduler.store.schema import due_text, utc_text

GRACE = dt.timedelta(minutes=30)


def schedule(
    db: Database,
    channel_id: int,
    content: Content,
    publish_at: dt.datetime,
    *,
    now: dt.datetime,
    grace: dt.timedelta = GRACE,
    request_id: str | None = None,
) -> Post:
    """Write a post that is to go out at `publish_at`.

    `request_id` names what asked for it, such as a tap: asked twice, the first post is given again.
    """
    values = {
        "channel_id": channel_id,
        "text": content.text,
        "entities": content.entities,
        "media_kind": content.media_kind,
        "file_id": content.file_id,
        "publish_at": due_text(publish_at),
        "grace": int(grace.total_seconds()),
        "request_id": request_id,
        "now": utc_text(now),
    }
    (post,) = change(
        db,
        """
        insert into posts (
            channel_id, text, entities, media_kind, file_id,
            publish_at, due_at, grace, state, request_id, created_at, changed_at
        )
        values (
            :channel_id, :text, :entities, :media_kind, :file_id,
            :publish_at, :publish_at, :grace, 'scheduled', :request_id, :now, :now
        )
        on conflict (request_id) do nothing
        returning *
        """,
        values,
    ) or read(db, "select * from posts where request_id = :request_id", values)
    return post


def upcoming(db: Database) -> list[Post]:
    """Give what is scheduled, in the order in which it will be tried."""
    return read(db, "select * from posts where state = 'scheduled' order by due_at, id")


def recent(db: Database, n: int) -> list[Post]:
    """Give the `n` posts published last, newest first."""
    return read(
        db,
        """
        select * from posts
        where state = 'published'
        order by claimed_at desc, id desc limit :n
        """,
        {"n": n},
    )


def unsettled(db: Database) -> list[Post]:
    """Give the unknown and the late posts: they wait for a look, or for the owner."""
    return read(
        db,
        """
        select * from posts
        where state in ('unknown', 'late')
        order by publish_at, id
        """,
    )


def post_of(db: Database, channel_id: int, message_id: int) -> Post | None:
    """Give the post that went out as this message, if it is one of ours."""
    posts = read(
        db,
        """
        select * from posts
        where channel_id = :channel_id and message_id = :message_id
        order by id desc limit 1
        """,
        {"channel_id": channel_id, "message_id": message_id},
    )
    return posts[0] if posts else None


def steps(db: Database, post_id: int) -> list[Step]:
    """Give a post's life, oldest step first; a move is a step from scheduled to scheduled."""
    rows = db.query(
        """
        select at, from_state, to_state, publish_at, why from steps
        where post_id = ? order by id
        """,
        [post_id],
    )
    return [
        Step(
            at=dt.datetime.fromisoformat(row["at"]),
            from_state=row["from_state"] and PostState(row["from_state"]),
            to_state=PostState(row["to_state"]),
            publish_at=dt.datetime.fromisoformat(row["publish_at"]),
            why=row["why"],
        )
        for row in rows
    ]


def cancel(db: Database, post_id: int, now: dt.datetime) -> Post:
    """Take back a scheduled or late post.

    Raises
    ------
    NoSuchPostError
    WrongStateError
        It is already on its way, out, or settled.
    """
    return step(
        db,
        post_id,
        "cancelled",
        """
        update posts set state = 'cancelled', reason = null, changed_at = :now
        where id = :id and state in ('scheduled', 'late')
        returning *
        """,
        {"now": utc_text(now)},
    )


def move(db: Database, post_id: int, publish_at: dt.datetime, now: dt.datetime) -> Post:
    """Give a scheduled or late post another time, with its whole grace again.

    Raises
    ------
    NoSuchPostError
    WrongStateError
        It is already on its way, out, or settled.
    """
    return step(
        db,
        post_id,
        "moved",
        """
        update posts
        set state = 'scheduled', publish_at = :publish_at, due_at = :publish_at,
            n_tries = 0, reason = null, changed_at = :now
        where id = :id and state in ('scheduled', 'late')
        returning *
        """,
        {"publish_at": due_text(publish_at), "now": utc_text(now)},
    )


def settle(db: Database, post_id: int, decision: Decision, now: dt.datetime) -> Post:
    """Do what the owner says of a post that could not be settled without them.

    `IT_IS_THERE` is for an unknown post; `SEND` schedules an unknown, late or failed one for `now`;
    `DROP` cancels an unknown or late one.

    Raises
    ------
    NoSuchPostError
    WrongStateError
        It has been settled meanwhile.
    """
    verb, sql = _SETTLEMENTS[decision]
    return step(db, post_id, verb, sql, {"now": utc_text(now)})


_SETTLEMENTS = {
    Decision.IT_IS_THERE: (
        "taken as published",
        """
        update posts set state = 'published', reason = null, changed_at = :now
        where id = :id and state = 'unknown'
        returning *
        """,
    ),
    Decision.SEND: (
        "sent again",
        """
        update posts
        set state = 'scheduled', publish_at = :now, due_at = :now,
            n_tries = 0, reason = null, changed_at = :now
        where id = :id and state in ('unknown', 'late', 'failed')
        returning *
        """,
    ),
    Decision.DROP: (
        "dropped",
        """
        update posts set state = 'cancelled', reason = null, changed_at = :now
        where id = :id and state in ('unknown', 'late')
        returning *
        """,
    ),
}
