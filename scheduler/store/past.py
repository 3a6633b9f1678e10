"""Takes in what a channel held before Soloist came, all of it or nothing."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from sqlite_utils import Database

from scheduler.store.schema import utc_text


@dataclass(frozen=True, slots=True)
class PastMessage:
    """A message of a channel, as an export tells of it.

    Attributes
    ----------
    kind : str
        What it is beside its text, such as "photo"; "" of a text.
    album : str or None
        What all parts of one album have in common.
    """

    message_id: int
    text: str
    posted_at: dt.datetime
    kind: str = ""
    album: str | None = None
    edited_at: dt.datetime | None = None
    reactions: int = 0


@dataclass(frozen=True, slots=True)
class Comparison:
    """What staged messages would add to what is known of a channel; an album counts once."""

    n_posts: int
    n_new: int
    n_changed: int  # in their text or in their reactions
    reactions: int
    first_at: dt.datetime | None
    last_at: dt.datetime | None


def stage(db: Database, messages: Iterable[PastMessage]) -> None:
    """Lay messages aside, where nobody but this connection sees them, in place of earlier ones.

    They go to a temporary file: however many there are, they are never all in memory, and whoever
    else writes to the database is not kept waiting.
    """
    db.execute("drop table if exists temp.past")
    db.execute(
        """
        create temp table past (
            message_id integer primary key,
            text text not null,
            posted_at text not null,
            kind text not null,
            album text,
            edited_at text,
            reactions integer not null
        ) strict
        """
    )
    with db.atomic():
        db.conn.executemany(
            "insert or replace into temp.past values (?, ?, ?, ?, ?, ?, ?)",
            (
                (
                    message.message_id,
                    message.text,
                    utc_text(message.posted_at),
                    message.kind,
                    message.album,
                    message.edited_at and utc_text(message.edited_at),
                    message.reactions,
                )
                for message in messages
            ),
        )


def compare(db: Database, channel_id: int) -> Comparison:
    """Say what taking in the staged messages would change."""
    n_posts, n_new, n_changed, reactions, first_at, last_at = db.execute(
        """
        with parts as (
            select
                past.message_id, past.album, past.posted_at, past.reactions,
                known.message_id is null as is_new,
                known.message_id is not null and (
                    past.reactions > known.reactions
                    or known.post_id is null and (
                        known.posted_at is null
                        or coalesce(past.edited_at, '') > coalesce(known.edited_at, '')
                    )
                ) as is_changed
            from temp.past
            left join channel_messages as known
                on known.channel_id = ? and known.message_id = past.message_id
        ),
        whole as (
            select
                min(is_new) as is_new, max(max(is_changed, is_new)) > min(is_new) as is_changed,
                sum(reactions) as reactions, min(posted_at) as posted_at
            from parts
            group by coalesce(album, message_id)
        )
        select
            count(*), count(*) filter (where is_new), count(*) filter (where is_changed),
            coalesce(sum(reactions), 0), min(posted_at), max(posted_at)
        from whole
        """,
        [channel_id],
    ).fetchone()
    return Comparison(
        n_posts=n_posts,
        n_new=n_new,
        n_changed=n_changed,
        reactions=reactions,
        first_at=first_at and dt.datetime.fromisoformat(first_at),
        last_at=last_at and dt.datetime.fromisoformat(last_at),
    )


def take_in(db: Database, channel_id: int, now: dt.datetime) -> None:
    """Take the staged messages in, in one transaction; what is taken in twice is there once.

    What we published stays ours. Of a message that is known, the version edited last is kept, and
    the higher count of its reactions; what it is a part of, was seen better than it can be guessed.
    """
    values = {"channel_id": channel_id, "now": utc_text(now)}
    with db.atomic():
        db.execute(
            """
            update channel_messages set text = past.text, edited_at = past.edited_at
            from temp.past
            where channel_id = :channel_id and channel_messages.message_id = past.message_id and (
                channel_messages.posted_at is null
                or coalesce(past.edited_at, '') > coalesce(channel_messages.edited_at, '')
            )
            """,
            values,
        )
        db.execute(
            """
            insert into channel_messages (
                channel_id, message_id, text, posted_at, kind, album, edited_at, reactions, seen_at
            )
            select
                :channel_id, message_id, text, posted_at, kind, album, edited_at, reactions, :now
            from temp.past where true
            on conflict do update set
                posted_at = coalesce(posted_at, excluded.posted_at),
                kind = coalesce(kind, excluded.kind),
                album = iif(posted_at is null, excluded.album, album),
                reactions = max(reactions, excluded.reactions)
            """,
            values,
        )


def discard(db: Database) -> None:
    """Forget the staged messages."""
    db.execute("drop table if exists temp.past")
