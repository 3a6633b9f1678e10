"""Keeps posts where they are when the time zone or its rules change, and asks the owner."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace

from bot import letters
from bot.context import App
from bot.views import zone as views
from scheduler import store as posts
from scheduler.local_time import moments_of
from scheduler.posts import Post
from scheduler.store import series, slots
from scheduler.store import walls as store
from scheduler.store.walls import Era
from scheduler.walls import agree, wall_of


@dataclass(frozen=True, slots=True)
class Shown:
    """A waiting post, and the clock time (without a zone) under which it was planned."""

    post: Post
    planned: dt.datetime


def watch(app: App) -> None:
    """Compare the clock with the one that waiting posts were written by; ask about those it shifts.

    Call it at every start: neither the settings nor the rules of a zone change in between.
    """
    now, kept = app.now(), store.eras(app.db)
    era = Era(wall_of(app.settings.timezone, now))
    if not kept:
        store.keep(app.db, [era])
        return
    if agree(kept[-1].wall, era.wall):
        if len(kept) == 1:
            store.keep(app.db, [era])  # which is known for longer
        return
    kept = [*kept[:-1], replace(kept[-1], last_id=store.last_id(app.db)), era]
    shown = _shifted(app, kept)
    with app.db.atomic():
        store.keep(app.db, kept if shown else [era])
        if shown:
            view = views.changed(
                app.say,
                kept[-2].wall.zone,
                [(each.post, each.planned) for each in shown],
                number=_number(era),
                repeats=bool(series.going(app.db, "recurring")),
                has_slots=slots.are_told(app.db),
            )
            letters.tell_owner(app, view)


def keep(app: App, number: int) -> bool:
    """Let posts keep their moments; False where that change of the clock has been settled."""
    kept = store.eras(app.db)
    if not _is_asked(kept, number):
        return False
    store.keep(app.db, kept[-1:])
    return True


def follow(app: App, number: int) -> tuple[int, list[tuple[Post, str]]] | None:
    """Move posts to their clock times, all of them or none.

    Gives how many, and which could not be moved and why: `past`, `gap` or `twice`; None where that
    change of the clock has been settled.
    """
    kept = store.eras(app.db)
    if not _is_asked(kept, number):
        return None
    with posts.durable(app.db):
        done = _move(app, kept)
        store.keep(app.db, kept[-1:])
    app.clock.arm(posts.next_due_at(app.db))
    return done


def _is_asked(kept: list[Era], number: int) -> bool:
    return len(kept) > 1 and _number(kept[-1]) == number


def _move(app: App, kept: list[Era]) -> tuple[int, list[tuple[Post, str]]]:
    """Move posts to the clock times they were planned for; give how many, and which could not."""
    now, zone = app.now(), app.settings.timezone
    n_moved, left = 0, list[tuple[Post, str]]()
    for each in _shifted(app, kept):
        match moments_of(each.planned, zone):
            case [at] if at <= now:
                left.append((each.post, "past"))
            case [at]:
                store.shift(app.db, each.post, at, now)
                n_moved += 1
            case []:
                left.append((each.post, "gap"))
            case _:
                left.append((each.post, "twice"))
    return n_moved, left


def _shifted(app: App, kept: list[Era]) -> list[Shown]:
    """Give the waiting posts that the last clock shows at another time than theirs did."""
    found = []
    for post in store.waiting(app.db, app.now()):
        theirs = next(era for era in kept if era.last_id is None or post.id <= era.last_id)
        before, after = (era.wall.offset(post.publish_at) for era in (theirs, kept[-1]))
        if before is not None and before != after:
            found.append(Shown(post, (post.publish_at + before).replace(tzinfo=None)))
    return found


def _number(era: Era) -> int:
    """Tell a change of the clock from every other one."""
    return int(era.wall.changes[0][0].timestamp())
