"""The owner's side of the table: what is to go out, what has gone, and what waits for a word."""

from __future__ import annotations

import datetime as dt
from dataclasses import asdict

from sqlite_utils import Database

from scheduler.posts import OWNER, Content, Decision, Origin, Post, PostState, Step
from scheduler.store.rows import change, content_values, read, step
from scheduler.store.schema import due_text, utc_text

GRACE = dt.timedelta(minutes=30)
OWN = Origin()
UNDUE = "9999-12-31T00:00:00+00:00"
"""When a post falls due that follows another, until that one is published."""


def schedule(
    db: Database,
    channel_id: int,
    content: Content,
    publish_at: dt.datetime,
    *,
    now: dt.datetime,
    grace: dt.timedelta = GRACE,
    state: PostState = PostState.SCHEDULED,
    origin: Origin = OWN,
    reason: str | None = None,
    request_id: str | None = None,
) -> Post:
    """Write a post that is to go out at `publish_at`, or is only proposed for then.

    Parameters
    ----------
    state : PostState
        `SCHEDULED`, `DRAFT` or `WAITING`.
    reason : str, optional
        Why it is written, for its history.
    request_id : str, optional
        What asked for it, such as a tap: asked twice, the first post is given again.
    """
    values = {
        **content_values(content),
        "channel_id": channel_id,
        "publish_at": due_text(publish_at),
        "due_at": UNDUE if origin.after_post_id else due_text(publish_at),
        "grace": int(grace.total_seconds()),
        "state": state,
        **asdict(origin),
        "reason": reason,
        "request_id": request_id,
        "now": utc_text(now),
    }
    (post,) = change(
        db,
        """
        insert into posts (
            channel_id, text, entities, media, poll, options,
            publish_at, due_at, grace, state, by, source, set_id, after_post_id, is_comment,
            series_id, occurrence, reason, request_id, created_at, changed_at, changed_by
        )
        values (
            :channel_id, :text, :entities, :media, :poll, :options,
            :publish_at, :due_at, :grace, :state, :by, :source, :set_id, :after_post_id,
            :is_comment, :series_id, :occurrence, :reason, :request_id, :now, :now, :by
        )
        on conflict (request_id) do nothing
        returning *
        """,
        values,
    ) or read(db, "select * from posts where request_id = :request_id", values)
    return post


def edit(
    db: Database, post_id: int, content: Content, now: dt.datetime, *, by: str = OWNER
) -> Post:
    """Give a post that is not out another content.

    Raises
    ------
    NoSuchPostError
    WrongStateError
        It is already on its way, out, or settled.
    """
    return step(
        db,
        post_id,
        "changed",
        """
        update posts
        set text = :text, entities = :entities, media = :media, poll = :poll,
            options = :options, state = state, reason = 'changed',
            changed_at = :now, changed_by = :by
        where id = :id and state in ('draft', 'waiting', 'scheduled', 'late', 'failed')
        returning *
        """,
        {**content_values(content), "now": utc_text(now), "by": by},
    )


def approve(
    db: Database, post_id: int, publish_at: dt.datetime, now: dt.datetime, *, by: str = OWNER
) -> Post:
    """Schedule a draft, or a post that waits for approval.

    Raises
    ------
    NoSuchPostError
    WrongStateError
        It is neither.
    """
    return step(
        db,
        post_id,
        "approved",
        """
        update posts
        set state = 'scheduled', publish_at = :publish_at, reason = null,
            due_at = iif(after_post_id is null, :publish_at, due_at),
            changed_at = :now, changed_by = :by
        where id = :id and state in ('draft', 'waiting')
        returning *
        """,
        {"publish_at": due_text(publish_at), "now": utc_text(now), "by": by},
    )


def drafts(db: Database) -> list[Post]:
    """Give the drafts and what waits for approval, in the order of their proposed times."""
    return read(
        db,
        "select * from posts where state in ('draft', 'waiting') order by publish_at, id",
    )


def set_of(db: Database, post: Post) -> list[Post]:
    """Give the posts that are this one in several channels, itself among them."""
    if post.origin.set_id is None:
        return [post]
    return read(
        db, "select * from posts where set_id = :set_id order by id", {"set_id": post.origin.set_id}
    )


def begin_set(db: Database, post_id: int) -> Post:
    """Make a post the first of a set: those in other channels are written with its id."""
    (post,) = change(db, "update posts set set_id = id where id = :id returning *", {"id": post_id})
    return post


def followers(db: Database, post_id: int) -> list[Post]:
    """Give the posts that go out right after this one, as replies and comments."""
    return read(db, "select * from posts where after_post_id = :id order by id", {"id": post_id})


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
    """Give the post that this message is a part of, if it is one of ours."""
    posts = read(
        db,
        """
        select posts.* from channel_messages
        join posts on posts.id = channel_messages.post_id
        where channel_messages.channel_id = :channel_id
            and channel_messages.message_id = :message_id
        """,
        {"channel_id": channel_id, "message_id": message_id},
    )
    return posts[0] if posts else None


def message_ids(db: Database, post_id: int) -> list[int]:
    """Give the ids of the messages that a post is out as."""
    rows = db.execute(
        "select message_id from channel_messages where post_id = ? order by message_id", [post_id]
    )
    return [message_id for (message_id,) in rows]


def steps(db: Database, post_id: int) -> list[Step]:
    """Give a post's life, oldest step first; a move is a step from scheduled to scheduled."""
    rows = db.query(
        """
        select at, by, from_state, to_state, publish_at, why from steps
        where post_id = ? order by id
        """,
        [post_id],
    )
    return [
        Step(
            at=dt.datetime.fromisoformat(row["at"]),
            by=row["by"],
            from_state=row["from_state"] and PostState(row["from_state"]),
            to_state=PostState(row["to_state"]),
            publish_at=dt.datetime.fromisoformat(row["publish_at"]),
            why=row["why"],
        )
        for row in rows
    ]


def cancel(db: Database, post_id: int, now: dt.datetime, *, by: str = OWNER) -> Post:
    """Take back a post that is not on its way yet, and what follows it.

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
        update posts
        set state = 'cancelled', reason = null, changed_at = :now, changed_by = :by
        where id = :id and state in ('draft', 'waiting', 'scheduled', 'late')
        returning *
        """,
        {"now": utc_text(now), "by": by},
    )


def move(
    db: Database, post_id: int, publish_at: dt.datetime, now: dt.datetime, *, by: str = OWNER
) -> Post:
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
            n_tries = 0, reason = null, changed_at = :now, changed_by = :by
        where id = :id and state in ('scheduled', 'late') and due_at < '9999'
        returning *
        """,
        {"publish_at": due_text(publish_at), "now": utc_text(now), "by": by},
    )


def set_grace(db: Database, post_id: int, grace: dt.timedelta) -> Post:
    """Give a post that is not out another grace; that is no step of its history.

    Raises
    ------
    NoSuchPostError
    WrongStateError
        It is already on its way, out, or settled.
    """
    return step(
        db,
        post_id,
        "changed",
        """
        update posts set grace = :grace
        where id = :id and state in ('draft', 'waiting', 'scheduled', 'late')
        returning *
        """,
        {"grace": int(grace.total_seconds())},
    )


def settle(db: Database, post_id: int, decision: Decision, now: dt.datetime) -> Post:
    """Do what the owner says of a post that could not be settled without them.

    `IT_IS_THERE` is for an unknown post; `SEND` schedules an unknown, late or failed one for `now`;
    `DROP` cancels an unknown, late or failed one.

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
        update posts
        set state = 'published', reason = null, changed_at = :now, changed_by = 'owner'
        where id = :id and state = 'unknown'
        returning *
        """,
    ),
    Decision.SEND: (
        "sent again",
        """
        update posts
        set state = 'scheduled', publish_at = :now, due_at = :now,
            n_tries = 0, reason = null, changed_at = :now, changed_by = 'owner'
        where id = :id and state in ('unknown', 'late', 'failed')
        returning *
        """,
    ),
    Decision.DROP: (
        "dropped",
        """
        update posts
        set state = 'cancelled', reason = null, changed_at = :now, changed_by = 'owner'
        where id = :id and state in ('unknown', 'late', 'failed')
        returning *
        """,
    ),
}
