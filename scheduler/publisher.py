"""Publishes what is due, at most once, and settles what a crash or a time-out left open."""

from __future__ import annotations

import asyncio
import datetime as dt
import sqlite3
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from functools import partial

from sqlite_utils import Database

from scheduler import store
from scheduler.posts import (
    CannotLookError,
    Look,
    LookLaterError,
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

LOOK_AGAIN_AFTER = dt.timedelta(seconds=2)
"""How long a channel is held while nobody can say whether its last post has arrived."""

LONGEST_HOLD = dt.timedelta(seconds=15)
"""How long after the try in doubt; then order is worth less than the posts that wait."""

LOOK_EVERY_S = 0.2
"""How soon a post is noticed that falls due while others are being sent."""

Now = Callable[[], dt.datetime]
Told = Callable[[Post], Awaitable[None]]


async def publish_due(db: Database, send: Send, now: Now, told: Told) -> None:
    """Publish what is due, channel beside channel, and in each one post after the other.

    Late posts are told too, unsent. A post that surely was not sent is put back: for exactly as
    long as the network asked, else for twice as long each time, but never beyond its grace; its
    channel waits with it. Where a post may have arrived nothing else is sent to its channel before
    `recover`. What falls due meanwhile is published as well.

    Parameters
    ----------
    told : callable
        Gets every post as it is when its try is over.

    Raises
    ------
    BaseException
        Whatever else `send` or `told` raise, once the other channels are done; the post that was
        being sent is unknown then.
    """
    lanes: dict[int, asyncio.Task[bool]] = {}
    try:
        while True:
            for late in store.mark_late(db, now()):
                await told(late)
            lanes = {each: lane for each, lane in lanes.items() if not _is_over(lane)}
            for channel_id in store.due_channels(db, now()):
                if channel_id not in lanes:
                    work = _lane(db, send, now, told, channel_id)
                    lanes[channel_id] = asyncio.create_task(work)
            running = [lane for lane in lanes.values() if not lane.done()]
            if not running:
                break
            await asyncio.wait(running, timeout=LOOK_EVERY_S, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for lane in lanes.values():
            lane.cancel()
        await asyncio.gather(*lanes.values(), return_exceptions=True)
    for lane in lanes.values():
        lane.result()


async def _lane(db: Database, send: Send, now: Now, told: Told, channel_id: int) -> bool:
    """Publish what is due in one channel; False where a post is left in doubt."""
    while post := store.claim_next(db, channel_id, now()):
        post = await _publish(db, send, post, now)
        await told(post)
        if post.state is PostState.UNKNOWN:
            return False
    return True


def _is_over(lane: asyncio.Task[bool]) -> bool:
    """Say whether a channel is done with, and neither in doubt nor in trouble."""
    return lane.done() and not lane.cancelled() and not lane.exception() and lane.result()


async def recover(db: Database, look: Look, now: Now) -> AsyncIterator[Post]:
    """Look for the posts that may have arrived, and give each as it is then.

    What is there is published; what is not is scheduled for now, or late. Where nobody can look it
    stays unknown, for the owner, with the reason why; where it is too early to tell, it is left for
    another time. Any other exception of `look` is raised, and its post stays unknown too.
    Never run this beside `publish_due`, whose claimed post would be taken for lost.
    """
    for post in store.stranded(db):
        store.mark_unknown(db, post, "Soloist stopped while it was being sent.", now())
    in_doubt = [post for post in store.unsettled(db) if post.state is PostState.UNKNOWN]
    until = now() + LOOK_AGAIN_AFTER
    for post in in_doubt:  # until it is known, nothing may overtake it, but not for ever
        if post.claimed_at and until - post.claimed_at < LONGEST_HOLD:
            store.hold(db, post.channel_id, until)
    waiting = set()
    for post in in_doubt:
        try:
            message_ids = await look(post)
        except LookLaterError:
            waiting.add(post.channel_id)
            continue
        except CannotLookError as error:
            settle = partial(store.mark_doubtful, db, post, str(error), now())
        else:
            settle = partial(_settle, db, post, message_ids, now())
        try:
            yield settle()
        except store.WrongStateError:  # the owner was faster than the look
            continue
    for channel_id in {post.channel_id for post in in_doubt} - waiting:
        store.release(db, channel_id, until)


def _settle(db: Database, post: Post, message_ids: Sequence[int], now: dt.datetime) -> Post:
    if not message_ids:
        return store.put_back(db, post, now, "It was not found in the channel.", now)
    if any(store.post_of(db, post.channel_id, message_id) for message_id in message_ids):
        return post  # an equal text that went out as another post proves nothing
    n_found, n_sent = len(message_ids), len(post.content.media)
    part = f"{n_found} of {n_sent} files of the album are there." if n_found < n_sent else None
    return store.mark_published(db, post, message_ids, now, part)


async def _publish(db: Database, send: Send, post: Post, now: Now) -> Post:
    try:
        message_ids = await send(post)
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
    return await _mark(lambda: store.mark_published(db, post, message_ids, now()))


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
