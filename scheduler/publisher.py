"""Publishes what is due, at most once, and settles what a crash or a time-out left open."""

from __future__ import annotations

import asyncio
import datetime as dt
import sqlite3
from collections.abc import AsyncIterator, Callable

from sqlite_utils import Database

from scheduler import store
from scheduler.posts import (
    CannotLookError,
    Look,
    NotSentError,
    Post,
    PostState,
    RefusedError,
    Send,
    UncertainError,
)

FIRST_RETRY_AFTER = dt.timedelta(seconds=2)
LONGEST_RETRY_AFTER = dt.timedelta(minutes=5)
# A file that is locked or full is waited for: what is known of a send must not be forgotten.
MARK_RETRIES_AFTER = (0.05, 0.2, 1, 5, 10)

Now = Callable[[], dt.datetime]


async def publish_due(db: Database, send: Send, now: Now) -> AsyncIterator[Post]:
    """Publish one due post after another, and give each as it is when its try is over.

    Late posts are given too, unsent. A post that surely was not sent is put back: for exactly as
    long as the network asked, else for twice as long each time, but never beyond its grace. Any
    other exception than the three of `Send` leaves its post unknown, and is raised.
    """
    while True:
        for late in store.mark_late(db, now()):
            yield late
        post = store.claim_next(db, now())
        if post is None:
            return
        yield await _publish(db, send, post, now)


async def recover(db: Database, look: Look, now: Now) -> AsyncIterator[Post]:
    """Look for the posts that may have arrived, and give each as it is then.

    What is there is published; what is not is scheduled for now, or late. Where nobody can look it
    stays unknown, for the owner. Any other exception of `look` is raised, and its post stays
    unknown too. Never run this beside `publish_due`, whose claimed post would be taken for lost.
    """
    for post in store.stranded(db):
        store.mark_unknown(db, post, "Soloist stopped while it was being sent.", now())
    for post in store.unsettled(db):
        if post.state is not PostState.UNKNOWN:
            continue
        try:
            message_id = await look(post)
        except CannotLookError:
            yield post
            continue
        try:
            yield _settle(db, post, message_id, now())
        except store.WrongStateError:  # the owner was faster than the look
            continue


def _settle(db: Database, post: Post, message_id: int | None, now: dt.datetime) -> Post:
    if message_id is None:
        return store.put_back(db, post, now, "It was not found in the channel.", now)
    if store.post_of(db, post.channel_id, message_id):
        return post  # an equal text that went out as another post proves nothing
    return store.mark_published(db, post, message_id, now)


async def _publish(db: Database, send: Send, post: Post, now: Now) -> Post:
    try:
        message_id = await send(post)
    except RefusedError as error:
        refusal = str(error)
        return await _mark(lambda: store.mark_failed(db, post, refusal, now()))
    except NotSentError as error:
        reason = str(error)
        retry_at = _retry_at(post, error.retry_after, now())
        return await _mark(lambda: store.put_back(db, post, retry_at, reason, now()))
    except UncertainError as error:
        doubt = str(error)
        return await _mark(lambda: store.mark_unknown(db, post, doubt, now()))
    except BaseException as error:
        store.mark_unknown(db, post, type(error).__name__, now())
        raise
    return await _mark(lambda: store.mark_published(db, post, message_id, now()))


def _retry_at(post: Post, retry_after: dt.timedelta | None, now: dt.datetime) -> dt.datetime:
    if retry_after is None:
        doublings = min(post.n_tries - 1, 10)
        retry_after = min(FIRST_RETRY_AFTER * 2**doublings, LONGEST_RETRY_AFTER)
    return min(now + retry_after, post.late_at)  # at `late_at` it is not tried but told


async def _mark(write: Callable[[], Post]) -> Post:
    for seconds in MARK_RETRIES_AFTER:
        try:
            return write()
        except sqlite3.OperationalError:
            await asyncio.sleep(seconds)
    return write()
