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


@migrations()
def m003_language(db: Database) -> None:
    """Create what the owner teaches, and what is known of how replies fared."""
    db.executescript(
        """
        alter table messages add column neutral real;
        alter table messages add column offensive real;
        alter table messages add column template text;      -- whose text was sent or suggested
        alter table messages add column variant text;       -- which of its texts, by digest
        alter table messages add column answer text;        -- the nearest taught answer
        alter table messages add column probability real;   -- that it is the right one
        alter table messages add column nearest text;       -- the taught question it is nearest to
        alter table messages add column detected text;      -- the language it is written in
        alter table messages add column labels text not null default '';  -- comma-separated

        alter table customers add column segment text;      -- as last computed
        alter table customers add column away_until text;   -- told that we are closed until then

        alter table outbox add column topic text;           -- 'lesson:3': what a reply is about
        alter table cards add column topic text;

        create table answers (
            id integer primary key,
            name text not null unique collate nocase,
            reply_en text,                            -- template texts
            reply_zh text,
            taught_at text not null,
            check (reply_en is not null or reply_zh is not null)
        ) strict;

        create table questions (
            id integer primary key,
            answer integer not null references answers (id),
            text text not null,
            folded text not null unique               -- no question leads to two answers
        ) strict;
        create index questions_of_answer on questions (answer);

        create table embeddings (                     -- of questions, so that none is made twice
            model text not null,
            text text not null,
            vector blob not null,                     -- float32, little-endian
            primary key (model, text)
        ) strict, without rowid;

        create table lessons (                        -- one question and its reply, being taught
            id integer primary key,
            handoff integer unique references handoffs (id),
            question text,                            -- null: the handoff’s, or not yet written
            reply text,
            answer integer references answers (id),   -- what came of it
            is_new integer not null default 0 check (is_new in (0, 1)),  -- or one more wording
            opened_at text not null
        ) strict;

        create table choices (                        -- what the owner has set in chat
            name text primary key,
            value text not null
        ) strict, without rowid;

        create table trials (                         -- a variant that one customer was sent
            message integer primary key references messages (id),
            customer_id integer not null references customers (id),
            template text not null,
            language text not null,
            variant text not null,                    -- digest of its text
            sent_at text not null,
            came_back integer not null default 0 check (came_back in (0, 1)),
            needed_person integer not null default 0 check (needed_person in (0, 1)),
            thanked integer not null default 0 check (thanked in (0, 1))
        ) strict;
        create index trials_of_template on trials (template, variant);
        create index trials_of_customer on trials (customer_id, sent_at);

        create table follow_ups (
            id integer primary key,
            message integer not null unique references messages (id),
            customer_id integer not null references customers (id),
            template text not null,
            due_at text not null,
            state text not null default 'waiting'
                check (state in ('waiting', 'sent', 'cancelled')),
            closed_at text,
            helped integer check (helped in (0, 1))   -- as the customer says
        ) strict;
        create index follow_ups_due on follow_ups (due_at) where state = 'waiting';
        create index follow_ups_sent on follow_ups (customer_id, closed_at) where state = 'sent';

        create table ratings (                        -- of how a handoff went, by the customer
            handoff integer primary key references handoffs (id),
            asked_at text not null,
            stars integer check (stars between 1 and 5),
            rated_at text
        ) strict;
        """
    )


@migrations()
def m004_publishing(db: Database) -> None:
    """Create what several channels, albums, helpers and feeds need."""
    db.executescript(
        """
        alter table channels add column offset_minutes integer not null default 0;
        alter table channels add column chosen integer;  -- posts go there; null: nobody has said
        alter table channels add column nth integer not null default 0;  -- the order they came in

        create table album_parts (  -- what the owner sent as one album, until it is a post
            media_group_id text not null,
            message_id integer not null,
            author_id integer not null,
            medium text not null check (json_valid(medium)),
            caption text not null,
            entities text not null check (json_valid(entities)),
            received_at text not null,
            primary key (media_group_id, message_id)
        ) strict, without rowid;

        create table copies (  -- of the files of posts, in the folder MEDIA
            file_id text primary key,
            name text,             -- of the copy; null: Telegram does not give it to a bot
            renewed_id text,       -- what Telegram takes in its place by now
            kept_at text not null
        ) strict, without rowid;
        create index threads_of_message on threads (channel_id, channel_message_id);

        create table helpers (  -- who may draft, and not publish
            user_id integer primary key,
            name text not null,
            added_at text not null,
            left_at text
        ) strict;

        create table feeds (
            id integer primary key,
            url text not null unique,
            title text not null,
            etag text not null default '',
            modified text not null default '',
            due_at text not null,          -- when it is read next
            n_failures integer not null default 0,
            added_at text not null,
            left_at text
        ) strict;

        create table feed_entries (
            feed_id integer not null references feeds (id),
            entry text not null,           -- its id, or else its link
            post_id integer,               -- null: it was there before the feed was added
            seen_at text not null,
            primary key (feed_id, entry)
        ) strict, without rowid;
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
