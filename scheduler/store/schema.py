"""The tables that `scheduler` owns, how moments are written in them, and what a commit is worth."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager

from sqlite_utils import Database
from sqlite_utils.migrations import Migrations

migrations = Migrations("scheduler")


@migrations()
def m001_posts(db: Database) -> None:
    """Create the posts and the record of every step in their lives."""
    db.executescript(
        """
        create table posts (
            id integer primary key,
            channel_id integer not null,
            text text not null,
            entities text not null check (json_valid(entities)),
            media_kind text check (media_kind in ('photo', 'video', 'document', 'animation')),
            file_id text,
            publish_at text not null check (publish_at glob '????-??-??T??:??:??+00:00'),
            due_at text not null check (due_at glob '????-??-??T??:??:??+00:00'),  -- the next try
            grace integer not null check (grace > 0),  -- seconds
            state text not null check (state in (
                'draft', 'scheduled', 'publishing', 'published',
                'failed', 'unknown', 'late', 'cancelled'
            )),
            n_tries integer not null default 0,
            claimed_at text,
            after_message_id integer,
            message_id integer,
            members integer,  -- of the channel, when it was published
            reason text,
            request_id text unique,
            created_at text not null,
            changed_at text not null,
            check (text <> '' or file_id is not null),
            check ((media_kind is null) = (file_id is null)),
            check (due_at >= publish_at)
        ) strict;

        create index posts_due on posts (due_at, id) where state = 'scheduled';
        create index posts_published on posts (claimed_at, id) where state = 'published';
        create index posts_stranded on posts (claimed_at, id) where state = 'publishing';
        create index posts_unsettled on posts (publish_at, id) where state in ('unknown', 'late');
        create index posts_by_message on posts (channel_id, message_id)
            where message_id is not null;

        create table steps (
            id integer primary key,
            post_id integer not null references posts (id),
            at text not null,
            from_state text,
            to_state text not null,
            publish_at text not null,
            why text
        ) strict;

        create index steps_of_post on steps (post_id, id);

        -- Written by the database itself, so that no statement can change a state in silence.
        create trigger posts_written after insert on posts begin
            insert into steps (post_id, at, from_state, to_state, publish_at, why)
            values (new.id, new.changed_at, null, new.state, new.publish_at, new.reason);
        end;
        create trigger posts_stepped after update of state on posts begin
            insert into steps (post_id, at, from_state, to_state, publish_at, why)
            values (new.id, new.changed_at, old.state, new.state, new.publish_at, new.reason);
        end;
        """
    )


@migrations()
def m002_engagement(db: Database) -> None:
    """Create what the audience does: messages, comments, members, interactions."""
    db.executescript(
        """
        create table channel_messages (  -- ours, and those that the owner wrote by hand
            channel_id integer not null,
            message_id integer not null,
            reactions integer not null default 0 check (reactions >= 0),
            seen_at text not null,
            primary key (channel_id, message_id)
        ) strict, without rowid;

        create table comments (
            channel_id integer not null,
            message_id integer not null,
            comment_id integer not null,
            customer_id integer not null,
            written_at text not null,
            primary key (channel_id, message_id, comment_id)
        ) strict, without rowid;

        create table members (
            channel_id integer not null,
            counted_at text not null,
            n integer not null check (n >= 0),
            primary key (channel_id, counted_at)
        ) strict, without rowid;

        create table interactions (
            customer_id integer not null,
            post_id integer not null references posts (id),
            kind text not null,
            weight real not null check (weight > 0),
            at text not null,
            primary key (customer_id, post_id, kind)
        ) strict, without rowid;
        """
    )


def migrate(db: Database) -> None:
    """Bring the tables of `scheduler` up to date."""
    migrations.apply(db)


def migration_names() -> set[tuple[str, str]]:
    """Name every migration known here, as (set, name); a file with others is from a newer one."""
    with Database(memory=True) as empty:
        return {(migrations.name, migration.name) for migration in migrations.pending(empty)}


@contextmanager
def durable(db: Database) -> Iterator[None]:
    """Commit the block as one transaction that not even a power cut undoes.

    In WAL mode `synchronous = normal` may lose the last commits, and a lost claim is a post sent
    twice. So `full` is set for this one commit, whatever the connection was opened with. Inside an
    open transaction the block becomes a part of it, and as durable as that one.
    """
    if db.conn.in_transaction:
        with db.atomic():
            yield
        return
    (level,) = db.execute("pragma synchronous").fetchone()
    db.execute("pragma synchronous = full")
    try:
        with db.atomic():
            yield
    finally:
        db.execute(f"pragma synchronous = {level}")


def utc_text(moment: dt.datetime) -> str:
    """Write an aware moment as ISO text in UTC and whole seconds, so that text order is time order.

    Fractions are cut off: what is due by this text was due at `moment`.
    """
    if moment.utcoffset() is None:
        raise ValueError(f"{moment.isoformat()} has no time zone, so it cannot be stored")
    return moment.astimezone(dt.UTC).isoformat(timespec="seconds")


def due_text(moment: dt.datetime) -> str:
    """Write a moment before which nothing may happen: a fraction is rounded up."""
    return utc_text(moment + dt.timedelta(microseconds=999_999))
