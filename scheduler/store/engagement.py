"""What the audience does with the posts, and the two frames that are made of it."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from sqlite_utils import Database

from scheduler.store.schema import utc_text

if TYPE_CHECKING:
    import pandas as pd


def record_seen(
    db: Database,
    channel_id: int,
    message_id: int,
    now: dt.datetime,
    *,
    post_id: int | None = None,
) -> None:
    """Note that a message stands in the channel, and which post it is a part of, if any."""
    db.execute(
        """
        insert into channel_messages (channel_id, message_id, seen_at, post_id)
        values (?, ?, ?, ?)
        on conflict do update set post_id = coalesce(excluded.post_id, post_id)
        """,
        [channel_id, message_id, utc_text(now), post_id],
    )


def record_by_hand(  # noqa: PLR0917  # a value a column
    db: Database,
    channel_id: int,
    message_id: int,
    text: str,
    posted_at: dt.datetime,
    now: dt.datetime,
    *,
    kind: str = "",
    album: str | None = None,
    edited_at: dt.datetime | None = None,
) -> None:
    """Keep what somebody else has posted in the channel, or how they changed it.

    Parameters
    ----------
    kind : str
        What it is beside its text, such as "photo"; "" of a text.
    album : str, optional
        What all parts of one album have in common.
    """
    db.execute(
        """
        insert into channel_messages (
            channel_id, message_id, text, kind, album, posted_at, edited_at, seen_at
        )
        values (?, ?, ?, ?, ?, ?, ?, ?)
        on conflict do update set
            text = excluded.text, kind = excluded.kind, album = excluded.album,
            posted_at = excluded.posted_at, edited_at = excluded.edited_at
        """,
        [
            channel_id,
            message_id,
            text,
            kind,
            album,
            utc_text(posted_at),
            edited_at and utc_text(edited_at),
            utc_text(now),
        ],
    )


def record_reactions(
    db: Database, channel_id: int, message_id: int, total: int, now: dt.datetime
) -> None:
    """Set how many reactions a message has now, whether it is a post of ours or not."""
    db.execute(
        """
        insert into channel_messages (channel_id, message_id, reactions, seen_at)
        values (?, ?, ?, ?)
        on conflict do update set reactions = excluded.reactions
        """,
        [channel_id, message_id, total, utc_text(now)],
    )


def record_comment(  # noqa: PLR0917  # a value a column
    db: Database,
    channel_id: int,
    message_id: int,
    comment_id: int,
    customer_id: int,
    now: dt.datetime,
) -> None:
    """Note a comment under a channel's message; told again, it stays one comment."""
    db.execute(
        """
        insert into comments (channel_id, message_id, comment_id, customer_id, written_at)
        values (?, ?, ?, ?, ?)
        on conflict do nothing
        """,
        [channel_id, message_id, comment_id, customer_id, utc_text(now)],
    )


def record_members(db: Database, channel_id: int, n: int, now: dt.datetime) -> None:
    """Note how many members a channel has."""
    db.execute(
        """
        insert into members (channel_id, counted_at, n) values (?, ?, ?)
        on conflict do update set n = excluded.n
        """,
        [channel_id, utc_text(now), n],
    )


def members(db: Database, channel_id: int) -> int | None:
    """Give how many members a channel had when they were last counted."""
    row = db.execute(
        "select n from members where channel_id = ? order by counted_at desc limit 1", [channel_id]
    ).fetchone()
    return row[0] if row else None


def record_interaction(  # noqa: PLR0917  # a value a column
    db: Database, customer_id: int, post_id: int, kind: str, weight: float, now: dt.datetime
) -> None:
    """Note what a customer did with a post; the same kind again replaces the first."""
    db.execute(
        """
        insert into interactions (customer_id, post_id, kind, weight, at) values (?, ?, ?, ?, ?)
        on conflict do update set weight = excluded.weight, at = excluded.at
        """,
        [customer_id, post_id, kind, weight, utc_text(now)],
    )


def last_message_id(db: Database, channel_id: int) -> int | None:
    """Give the highest message id known in a channel, ours or not."""
    row = db.execute(
        "select max(message_id) from channel_messages where channel_id = ?", [channel_id]
    ).fetchone()
    highest: int | None = row[0]
    return highest


def history(db: Database) -> pd.DataFrame:
    """Give every post that is out with what it brought, oldest first.

    An album is one post, as is a post with the replies that follow it: what any part brought
    counts. First comments in the discussion group are no posts of the channel.

    Returns
    -------
    DataFrame
        Columns `post` (int, negative where it is none of ours), `text` (str), `published_at`
        (datetime, UTC), `reactions` and `comments` (int), `members` (float, of the channel when it
        was published; may be missing), `origin` ("soloist", or "hand": also what was imported).
        A post whose message is not known cannot be counted, so it is left out.
    """
    import pandas as pd  # noqa: PLC0415  # 100 MB that only insights need

    frame = pd.read_sql_query(
        """
        with counted as (
            select channel_messages.*, (
                select count(*) from comments
                where comments.channel_id = channel_messages.channel_id
                    and comments.message_id = channel_messages.message_id
            ) as n_comments
            from channel_messages
        ),
        ours as (
            select
                posts.id, coalesce(posts.after_post_id, posts.id) as post, posts.text,
                posts.claimed_at as published_at,
                sum(counted.reactions) as reactions, sum(counted.n_comments) as comments,
                posts.members
            from posts
            join counted on counted.post_id = posts.id
            where posts.state = 'published' and not posts.is_comment
            group by posts.id
            order by posts.id
        ),
        theirs as (
            select
                channel_id, group_concat(nullif(text, ''), char(10)) as text,
                min(posted_at) as published_at,
                sum(reactions) as reactions, sum(n_comments) as comments
            from counted
            where post_id is null and posted_at is not null
            group by channel_id, coalesce(album, message_id)
        )
        select
            post, coalesce(group_concat(nullif(text, ''), char(10)), '') as text,
            min(published_at) as published_at, sum(reactions) as reactions,
            sum(comments) as comments, members, 'soloist' as origin
        from ours
        group by post
        union all
        select
            -row_number() over (order by published_at, channel_id), coalesce(text, ''),
            published_at, reactions, comments,
            (
                select n from members
                where members.channel_id = theirs.channel_id
                    and members.counted_at <= theirs.published_at
                order by counted_at desc limit 1
            ),
            'hand'
        from theirs
        order by published_at, post
        """,
        db.conn,
        dtype={"post": "int64", "reactions": "int64", "comments": "int64", "members": "float64"},
    )
    return frame.assign(published_at=pd.to_datetime(frame["published_at"], utc=True))


def interactions(db: Database) -> pd.DataFrame:
    """Give what each customer did with each post.

    Returns
    -------
    DataFrame
        One row a pair: `customer` and `post` (int), `weight` (float > 0, summed over the kinds of
        interaction), `at` (datetime, UTC, of the last one).
    """
    import pandas as pd  # noqa: PLC0415  # 100 MB that only insights need

    frame = pd.read_sql_query(
        """
        select customer_id as customer, post_id as post, sum(weight) as weight, max(at) as at
        from interactions
        group by customer_id, post_id
        order by customer_id, post_id
        """,
        db.conn,
        dtype={"customer": "int64", "post": "int64", "weight": "float64"},
    )
    return frame.assign(at=pd.to_datetime(frame["at"], utc=True))
