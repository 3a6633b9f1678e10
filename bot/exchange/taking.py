"""Writes the posts of a file that was judged: all of them, or none."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Callable, Iterable, Iterator
from functools import partial

from sqlite_utils import Database

from bot.exchange.judging import Planned, Verdict
from scheduler import store
from scheduler.posts import Origin, Post, PostState


def digest(raw: bytes) -> str:
    """Name a file by what is in it."""
    return hashlib.sha256(raw).hexdigest()[:16]


def take(
    db: Database,
    verdicts: Iterable[Verdict],
    *,
    file: str,
    now: dt.datetime,
    grace: dt.timedelta,
    state: PostState,
) -> list[Post]:
    """Write what the rows ask for, in one transaction; give the posts that are new by it.

    Doing it twice changes nothing.

    Parameters
    ----------
    file : str
        Its `digest`: together with the row it names each post for ever.
    state : PostState
        `SCHEDULED`, or `WAITING` where posts wait for approval.
    """
    with store.durable(db):
        return [
            post
            for verdict in verdicts
            if verdict.planned
            for post in _taken(
                db,
                verdict.planned,
                f"import {file}:{verdict.row.place}",
                partial(store.schedule, db, now=now, grace=grace, state=state),
            )
            if post.created_at >= now.replace(microsecond=0)
        ]


def _taken(
    db: Database, planned: Planned, name: str, schedule: Callable[..., Post]
) -> Iterator[Post]:
    """Write one row's posts, which are a set where there are several."""
    set_id = None
    for channel, at in planned.places:
        post = schedule(
            channel.id,
            planned.content,
            at,
            origin=Origin(source="import", set_id=set_id),
            request_id=f"{name}:{channel.id}",
        )
        if set_id is None and len(planned.places) > 1:
            post = store.begin_set(db, post.id)
            set_id = post.id
        if planned.pin and not store.errands_of(db, post.id):
            store.add_errand(db, post.id, "pin", delay=dt.timedelta())
        yield post
