"""The tables that `bot` owns, as migrations that are never edited once released."""

from __future__ import annotations

import datetime as dt

from sqlite_utils import Database
from sqlite_utils.migrations import Migrations

migrations = Migrations("bot")


@migrations()
def m001_first_tables(db: Database) -> None:
    """Create the tables of the first release."""
    db.executescript(
        """
        create table updates (
            update_id integer primary key,
            body text,                                -- null once handled
            started_at text
        ) strict;
        create index updates_waiting on updates (update_id) where body is not null;

        create table customers (
            id integer primary key,                   -- the Telegram user id
            name text not null,
            language text not null check (language in ('en', 'zh')),
            first_seen_at text not null,
            last_seen_at text not null,
            owner_wrote_at text,                      -- last time the owner wrote to them
            blocked_at text                           -- they stopped the bot
        ) strict;

        create table messages (
            id integer primary key,
            chat_id integer not null,
            connection_id text not null default '',   -- Telegram Business, or empty
            message_id integer not null,
            customer_id integer not null references customers (id),
            kind text not null,
            text text not null,
            sent_at text not null,
            edited_at text,
            deleted_at text,
            language text,
            sentiment text,
            positive real,
            negative real,
            outcome text check (outcome in ('answered', 'handed_off', 'silent')),
            because text,
            rule text,
            unique (chat_id, connection_id, message_id)
        ) strict;
        create index messages_of_customer on messages (customer_id, sent_at);
        create index messages_by_time on messages (sent_at);

        create table handoffs (
            id integer primary key,
            message integer not null unique references messages (id),
            suggestion text not null,
            state text not null default 'waiting'
                check (state in ('waiting', 'answered', 'left')),
            opened_at text not null,
            closed_at text
        ) strict;
        create index handoffs_waiting on handoffs (opened_at) where state = 'waiting';

        create table cards (                          -- messages in the owner’s chat
            message_id integer primary key,
            handoff integer references handoffs (id),
            post integer
        ) strict;
        create index cards_of_handoff on cards (handoff);

        create table outbox (
            id integer primary key,
            chat_id integer not null,
            purpose text not null check (purpose in ('reply', 'answer', 'card', 'notice')),
            method text not null,
            body text not null,                       -- the method's parameters, as JSON
            message integer references messages (id),
            handoff integer references handoffs (id),
            post integer,
            state text not null default 'waiting'
                check (state in ('waiting', 'sending', 'sent', 'failed', 'unknown')),
            written_at text not null,
            retry_at text,
            n_tries integer not null default 0,
            message_id integer,
            reason text
        ) strict;
        create index outbox_open on outbox (chat_id, id) where state in ('waiting', 'sending');
        create index outbox_replies on outbox (chat_id, written_at) where purpose = 'reply';

        create table channels (
            id integer primary key,
            title text not null,
            username text,
            discussion_id integer,
            lacks text not null default '',           -- rights that are missing, comma-separated
            left_at text
        ) strict;

        create table threads (                        -- automatic forwards in groups
            group_id integer not null,
            message_id integer not null,
            channel_id integer not null,
            channel_message_id integer not null,
            primary key (group_id, message_id)
        ) strict, without rowid;
        """
    )


@migrations()
def m002_connections(db: Database) -> None:
    """Create what is known of accounts that have connected the bot."""
    db.execute(
        """
        create table connections (                    -- Telegram Business
            id text primary key,
            user_id integer not null                  -- whose account it is
        ) strict, without rowid
        """
    )


def migrate(db: Database) -> None:
    """Bring the tables of `bot` up to date."""
    migrations.apply(db)


def migration_names() -> set[tuple[str, str]]:
    """Name every migration known here, as (set, name); a file with others is from a newer one."""
    with Database(memory=True) as empty:
        return {(migrations.name, migration.name) for migration in migrations.pending(empty)}


def utc_text(moment: dt.datetime) -> str:
    """Write an aware moment as ISO text in UTC, so that text order is time order."""
    if moment.tzinfo is None:
        raise ValueError("a moment without a time zone cannot be stored")
    return moment.astimezone(dt.UTC).strftime("%Y-%m-%dT%H:%M:%S.%f+00:00")
