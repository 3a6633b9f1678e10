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


@migrations()
def m003_content(db: Database) -> None:
    """Let posts hold all that Telegram publishes, wait for approval, and belong together."""
    db.executescript(
        """
        drop trigger posts_written;
        drop trigger posts_stepped;
        alter table steps add column by text not null default 'soloist';
        alter table channel_messages add column post_id integer;  -- null: written by hand
        alter table channel_messages add column text text;
        alter table channel_messages add column posted_at text;
        alter table channel_messages add column edited_at text;
        alter table channel_messages add column kind text;  -- "photo", …; "" of a text
        alter table channel_messages add column album text;  -- what its parts have in common

        create table new_posts (
            id integer primary key,
            channel_id integer not null,
            text text not null,
            entities text not null default '[]' check (json_valid(entities)),
            media text not null default '[]' check (json_valid(media)),  -- list of Medium
            poll text check (poll is null or json_valid(poll)),
            options text not null default '{}' check (json_valid(options)),
            publish_at text not null check (publish_at glob '????-??-??T??:??:??+00:00'),
            due_at text not null check (due_at glob '????-??-??T??:??:??+00:00'),
            grace integer not null check (grace > 0),  -- seconds
            state text not null check (state in (
                'draft', 'waiting', 'scheduled', 'publishing', 'published',
                'failed', 'unknown', 'late', 'cancelled'
            )),
            n_tries integer not null default 0,
            claimed_at text,
            after_message_id integer,
            message_id integer,
            members integer,  -- of the channel, when it was published
            reason text,
            request_id text unique,
            by text not null default 'owner',
            source text not null default '',
            set_id integer,
            after_post_id integer references posts (id),
            is_comment integer not null default 0,
            series_id integer,
            occurrence text not null default '',  -- of the series: its local time, or its slot's
            created_at text not null,
            changed_at text not null,
            changed_by text not null default 'owner',
            check (text <> '' or media <> '[]' or poll is not null),
            check (due_at >= publish_at),
            check (is_comment = 0 or after_post_id is not null)
        ) strict;
        insert into new_posts (
            id, channel_id, text, entities, media, publish_at, due_at, grace, state, n_tries,
            claimed_at, after_message_id, message_id, members, reason, request_id,
            created_at, changed_at
        )
        select
            id, channel_id, text, entities,
            iif(file_id is null, '[]', json_array(json_object(
                'kind', media_kind, 'file_id', file_id, 'file', '', 'spoiler', json('false')
            ))),
            publish_at, due_at, grace, state, n_tries,
            claimed_at, after_message_id, message_id, members, reason, request_id,
            created_at, changed_at
        from posts;
        drop table posts;
        alter table new_posts rename to posts;
        update channel_messages set post_id = (
            select id from posts
            where posts.channel_id = channel_messages.channel_id
                and posts.message_id = channel_messages.message_id
            order by id desc limit 1
        );

        create index posts_due on posts (due_at, id) where state = 'scheduled';
        create index posts_due_by_channel on posts (channel_id, due_at, id)
            where state = 'scheduled';
        create index posts_published on posts (claimed_at, id) where state = 'published';
        create index posts_stranded on posts (claimed_at, id) where state = 'publishing';
        create index posts_unsettled on posts (publish_at, id) where state in ('unknown', 'late');
        create index posts_failed on posts (publish_at, id) where state = 'failed';
        create index posts_drafted on posts (publish_at, id) where state in ('draft', 'waiting');
        create index posts_of_set on posts (set_id) where set_id is not null;
        create index posts_after on posts (after_post_id) where after_post_id is not null;
        create unique index posts_of_series on posts (series_id, occurrence, channel_id)
            where occurrence <> '';
        create index messages_of_post on channel_messages (post_id, message_id)
            where post_id is not null;
        create index messages_by_hand on channel_messages (posted_at)
            where post_id is null and posted_at is not null;

        create table lanes (  -- a row for each channel that was ever posted to
            channel_id integer primary key,
            held_until text not null default ''  -- nothing is sent there before
        ) strict;
        insert into lanes (channel_id) select distinct channel_id from posts;

        create table publications (  -- one try to send a post to its channel
            id integer primary key,
            post_id integer not null references posts (id),
            channel_id integer not null,
            began_at text not null,
            ended_at text,
            outcome text not null default 'sending',
            message_id integer,
            why text
        ) strict;
        create index publications_of_post on publications (post_id, id);

        -- Written by the database itself, so that no statement can change a state in silence.
        create trigger posts_written after insert on posts begin
            insert into steps (post_id, at, from_state, to_state, publish_at, why, by)
            values (new.id, new.changed_at, null, new.state, new.publish_at, new.reason,
                new.changed_by);
            insert into lanes (channel_id) values (new.channel_id) on conflict do nothing;
        end;
        create trigger posts_stepped after update of state on posts begin
            insert into steps (post_id, at, from_state, to_state, publish_at, why, by)
            values (new.id, new.changed_at, old.state, new.state, new.publish_at, new.reason,
                new.changed_by);
        end;
        create trigger posts_tried after update of state on posts
        when new.state = 'publishing' begin
            insert into publications (post_id, channel_id, began_at)
            values (new.id, new.channel_id, new.claimed_at);
        end;
        create trigger posts_answered after update of state on posts
        when old.state in ('publishing', 'unknown') and new.state <> old.state begin
            update publications
            set ended_at = new.changed_at, message_id = new.message_id, why = new.reason,
                outcome = iif(new.state in ('scheduled', 'late', 'cancelled'), 'not sent',
                    new.state)
            where id = (select max(id) from publications where post_id = new.id);
        end;
        -- What follows a post falls due when it is out, and goes with it when it is cancelled.
        create trigger posts_followed after update of state on posts
        when new.state = 'published' and old.state <> 'published' begin
            update posts  -- before others of its channel, and with its whole grace from now
            set publish_at = new.publish_at, due_at = new.publish_at,
                grace = grace + max(0, unixepoch(new.changed_at) - unixepoch(new.publish_at))
            where after_post_id = new.id and state = 'scheduled';
        end;
        create trigger posts_orphaned after update of state on posts
        when new.state = 'cancelled' begin
            update posts
            set state = 'cancelled', changed_at = new.changed_at, changed_by = new.changed_by,
                reason = 'Post ' || new.id || ' was cancelled.'
            where after_post_id = new.id and state in ('draft', 'waiting', 'scheduled', 'late');
        end;
        """
    )


@migrations()
def m004_plans(db: Database) -> None:
    """Create weekly slots, what repeats, and what is done to a post after it is out."""
    db.executescript(
        """
        create table slots (
            channel_id integer not null,  -- 0: any channel
            weekday integer not null check (weekday between 0 and 6),  -- 0 is Monday
            minute integer not null check (minute between 0 and 1439),  -- of the owner's day
            primary key (channel_id, weekday, minute)
        ) strict, without rowid;

        create table series (
            id integer primary key,
            kind text not null check (kind in ('recurring', 'evergreen')),
            text text not null,
            entities text not null check (json_valid(entities)),
            media text not null check (json_valid(media)),
            poll text check (poll is null or json_valid(poll)),
            options text not null check (json_valid(options)),
            rule text,  -- of a recurring one, see scheduler.recurrence
            cooldown integer,  -- of an evergreen one, in seconds
            ends_at text,  -- from then on nothing is written
            n_left integer,  -- occurrences that may still be written; null: no end
            state text not null default 'on' check (state in ('on', 'paused', 'ended')),
            reached text,  -- local time of a recurring one's last occurrence, written or missed
            extend_at text,  -- when a recurring one has to be written further
            request_id text unique,
            created_at text not null,
            check ((kind = 'recurring') = (rule is not null)),
            check ((kind = 'evergreen') = (cooldown is not null))
        ) strict;

        create table errands (  -- what is done to a published post; harmless when done twice
            id integer primary key,
            post_id integer not null references posts (id),
            kind text not null check (kind in ('pin', 'unpin', 'edit', 'delete')),
            delay integer check (delay >= 0),  -- seconds after the publication; null: due_at says
            due_at text,
            content text check (content is null or json_valid(content)),  -- of an edit: a Content
            state text not null default 'waiting'
                check (state in ('waiting', 'done', 'failed', 'dropped')),
            n_tries integer not null default 0,
            reason text,
            check (delay is not null or due_at is not null),
            check ((kind = 'edit') = (content is not null))
        ) strict;
        create index errands_due on errands (due_at, id) where state = 'waiting';
        create index errands_of_post on errands (post_id, id);

        create trigger errands_due_after after update of state on posts
        when new.state = 'published' and old.state <> 'published' begin
            update errands
            set due_at = strftime('%Y-%m-%dT%H:%M:%S+00:00', new.changed_at,
                delay || ' seconds')
            where post_id = new.id and state = 'waiting' and delay is not null;
        end;
        create trigger errands_dropped after update of state on posts
        when new.state = 'cancelled' begin
            update errands set state = 'dropped'
            where post_id = new.id and state = 'waiting';
        end;

        create index posts_with_media on posts (id)
            where media <> '[]' and state not in ('published', 'cancelled');

        create table notes (  -- what the scheduler has to remember of itself
            name text primary key,
            value text not null
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
    if moment.utcoffset() is not None:  # in local time the sum could jump with the clocks
        moment = moment.astimezone(dt.UTC)
    return utc_text(moment + dt.timedelta(microseconds=999_999))
