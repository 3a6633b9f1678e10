"""What the audience does with the posts, and the two frames that are made of it."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from sqlite_utils import Database

from scheduler.store.schema import utc_text

if TYPE_CHECKING:
    import pandas as pd


def record_seen(db: Database, channel_id: int, message_id: int, now: dt.datetime) -> None:
    """Note that a message stands in the channel, ours or not."""
    db.execute(
        """
        insert into channel_messages (channel_id, message_id, seen_at) values (?, ?, ?)
        on conflict do nothing
        """,
        [channel_id, message_id, utc_text(now)],
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
    """Give every published post with what it brought, oldest first.

    Returns
    -------
    DataFrame
        Columns `post` (int), `text` (str), `published_at` (datetime, UTC), `reactions` and
        `comments` (int), `members` (float, of the channel when it was published; may be missing).
        A post whose message is not known cannot be counted, so it is left out.
    """
    import pandas as pd  # noqa: PLC0415  # 100 MB that only insights need

    frame = pd.read_sql_query(
        """
        select
            posts.id as post,
            posts.text,
            posts.claimed_at as published_at,
            coalesce(channel_messages.reactions, 0) as reactions,
            (
                select count(*) from comments
                where comments.channel_id = posts.channel_id
                    and comments.message_id = posts.message_id
            ) as comments,
            posts.members
        from posts
        left join channel_messages using (channel_id, message_id)
        where posts.state = 'published' and posts.message_id is not null
        order by posts.claimed_at, posts.id
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
