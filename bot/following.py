"""Reads the feeds that are followed, in turn, and proposes what is new in them."""

from __future__ import annotations

import asyncio
import datetime as dt
import logging
from collections.abc import Sequence
from dataclasses import replace
from functools import partial

from bot import letters, placing
from bot.context import App
from bot.database import patiently
from bot.feeds.fetching import FeedError, Page, UnchangedError, fetch
from bot.feeds.reading import Entry, Reading, content_of, read
from bot.store import channels
from bot.store import feeds as store
from bot.store.feeds import Feed
from bot.views import feeds as views
from scheduler import store as posts
from scheduler.local_time import moment_of
from scheduler.planning import next_free_slot
from scheduler.posts import SOLOIST, Origin, PostState

logger = logging.getLogger(__name__)

EVERY = dt.timedelta(minutes=30)  # what feed readers are asked not to be quicker than
LONGEST_WAIT = dt.timedelta(days=1)
STAYS_DOWN = 3  # failures in a row: an hour and a half, no passing hiccup
A_DAY = 5  # drafts of one feed: what a person looks at with care
LOOK_EVERY_S = 20.0


async def watch(app: App) -> None:
    """Read each feed when it is due, for as long as the bot runs."""
    while True:
        for feed in await patiently(partial(store.due, app.db, app.now())):
            await visit(app, feed)
        await asyncio.sleep(LOOK_EVERY_S)


async def follow(app: App, url: str) -> tuple[Feed, Reading]:
    """Follow a feed, or the one that a page names; what it holds now is not proposed.

    Raises
    ------
    FeedError
    """
    page, reading = await _read_whole(app, url)
    keys = [key for entry in reading.entries for key in entry.keys]
    now = app.now()
    title = reading.title or page.url
    feed = await patiently(
        partial(store.follow, app.db, page.url, title, keys, now=now, due_at=now + EVERY)
    )
    return feed, reading


async def _read_whole(app: App, url: str) -> tuple[Page, Reading]:
    private = app.settings.private_feeds
    page = await fetch(url, private=private)
    try:
        return page, await read(page)
    except FeedError as error:
        if error.kind != "elsewhere":
            raise
        page = await fetch(str(error.values["url"]), private=private)
        return page, await read(page)


async def visit(app: App, feed: Feed) -> None:
    """Read a feed once, propose what is new, and settle when it is read again."""
    try:
        page = await fetch(
            feed.url, etag=feed.etag, modified=feed.modified, private=app.settings.private_feeds
        )
        # Ids are often relative: read as from another address, all of them would be new.
        reading = await read(replace(page, url=feed.url))
    except UnchangedError:
        await patiently(partial(_answered, app, feed))
    except FeedError as error:
        logger.info("Feed %s cannot be read (%s).", feed.id, error.kind)
        await patiently(partial(_failed, app, feed, error))
    else:
        await patiently(partial(_answered, app, feed, page, reading.entries))


def wait_after(n_failures: int) -> dt.timedelta:
    """Give the wait for the next try, twice as long each time."""
    return min(EVERY * (1 << min(n_failures, 10)), LONGEST_WAIT)


def _failed(app: App, feed: Feed, error: FeedError) -> None:
    """Note a failure, and tell the owner of the one that is no passing hiccup any more."""
    with app.db.atomic():
        store.note_failure(app.db, feed, app.now() + wait_after(feed.n_failures))
        if feed.n_failures + 1 == STAYS_DOWN:
            letters.tell_owner(app, views.stays_down(app.say, feed, error), silent=True)


def _answered(
    app: App, feed: Feed, page: Page | None = None, entries: Sequence[Entry] = ()
) -> None:
    """Write down all that a reading brought, as one."""
    with posts.durable(app.db):
        if feed.n_failures >= STAYS_DOWN:
            letters.tell_owner(app, views.is_back(app.say, feed), silent=True)
        etag, modified = feed.etag, feed.modified
        # without a channel they are left for the time when there is one
        if page and channels.targets(app.db, app.settings.channel_id):
            propose(app, feed, entries)
            etag, modified = page.etag, page.modified
        store.note_answer(app.db, feed, app.now() + EVERY, etag=etag, modified=modified)


def propose(app: App, feed: Feed, entries: Sequence[Entry]) -> None:
    """Make new entries drafts, oldest first; of too many in a day only tell, once."""
    zone, now = app.settings.timezone, app.now()
    today = now.astimezone(zone).replace(hour=0, minute=0, second=0, microsecond=0)
    told = store.has_left_out(app.db, feed, today)
    left_out = []
    for entry in reversed(entries):
        if store.is_seen(app.db, feed, entry.keys):
            continue
        post_id = None
        if store.n_drafted(app.db, feed, today) < A_DAY:
            post_id = _draft(app, feed, entry, now)
        else:
            left_out.append(entry)
        store.mark_seen(app.db, feed, entry.keys, now, post_id)
    if left_out and not told:
        letters.tell_owner(app, views.left_out(app.say, feed, left_out), silent=True)


def _draft(app: App, feed: Feed, entry: Entry, now: dt.datetime) -> int:
    first, *_ = placing.place(
        app,
        content_of(entry),
        proposed_time(app, now),
        state=PostState.WAITING,
        origin=Origin(by=SOLOIST, source="feed"),
        reason=feed.title,
        request_id=f"feed {feed.id}: {entry.keys[0]}",
    )
    letters.ask_approval(app, first)
    return first.id


def proposed_time(app: App, now: dt.datetime) -> dt.datetime:
    """Give the next free slot of the channel that posts go to, or tomorrow at this time.

    Raises
    ------
    NoChannelError
    """
    zone = app.settings.timezone
    first, *_ = placing.targets(app)
    tomorrow = now.astimezone(zone).replace(tzinfo=None, microsecond=0) + dt.timedelta(days=1)
    slot = next_free_slot(app.db, first.id, now, zone, offset=first.offset)
    return slot or moment_of(tomorrow, zone)
