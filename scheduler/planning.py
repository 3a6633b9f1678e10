"""Plans ahead: the next free slot, the next occurrences of what repeats, evergreen posts."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import takewhile
from zoneinfo import ZoneInfo

from sqlite_utils import Database

from scheduler.local_time import moment_of
from scheduler.posts import Post
from scheduler.recurrence import Rule
from scheduler.slot_times import slots_after
from scheduler.store import occurrences, slots
from scheduler.store import series as store
from scheduler.store.occurrences import local_text
from scheduler.store.series import Series

NEAR = dt.timedelta(minutes=5)
"""A post fills a slot from this near: who writes 9:05 means the slot at nine, and slots that are
a quarter of an hour apart stay two."""

HORIZON = dt.timedelta(days=366)
"""How far a free slot is looked for."""

AHEAD = dt.timedelta(days=7)
"""Occurrences are written this early, so that the queue shows the week."""

UTC = ZoneInfo("UTC")
PATTERN = dt.timedelta(days=1)
"""How long a rule is looked at: the times are the same on all of its days."""

LEAST_APART = dt.timedelta(minutes=15)
"""What comes more often is a slip of the pen, and a thousand posts a week."""

EVERGREEN_AHEAD = dt.timedelta(hours=24)
EVERGREEN_NOTICE = dt.timedelta(hours=1)
"""A slot is left alone when it is this near: the owner could not say no any more."""

Place = Callable[[Series, dt.datetime, str], Sequence[Post]]
"""Write the posts of a series for a moment; the text names the occurrence."""


class TooOftenError(Exception):
    """A rule comes back sooner than `LEAST_APART`."""


@dataclass(frozen=True, slots=True)
class Extension:
    """What was written of a series, as it is now, and how many occurrences were missed."""

    series: Series
    posts: tuple[Post, ...] = ()
    n_missed: int = 0


def coming_slots(
    db: Database,
    channel_id: int,
    after: dt.datetime,
    until: dt.datetime,
    zone: ZoneInfo,
    *,
    offset: dt.timedelta = dt.timedelta(),
) -> Iterator[tuple[dt.datetime, int | None]]:
    """Give a channel's slots after a moment, each with the post that stands there, if one does.

    Parameters
    ----------
    offset : timedelta
        By how much posts go out later there than the slot says.
    """
    times = slots.weekly(db, channel_id)
    for at in takewhile(lambda at: at <= until, slots_after(times, after, zone)):
        yield at, slots.taken_by(db, channel_id, at + offset, NEAR)


def next_free_slot(
    db: Database,
    channel_id: int,
    after: dt.datetime,
    zone: ZoneInfo,
    *,
    offset: dt.timedelta = dt.timedelta(),
) -> dt.datetime | None:
    """Give the first slot (UTC) of a channel after a moment at which no post stands yet.

    None if it has no slots, or all are taken as far as `HORIZON`. The offset of the channel is
    minded and not added, because who writes the post adds it.
    """
    coming = coming_slots(db, channel_id, after, after + HORIZON, zone, offset=offset)
    return next((at for at, post_id in coming if post_id is None), None)


def begins_after(rule: Rule, now: dt.datetime, zone: ZoneInfo) -> dt.datetime:
    """Give the local time up to which a rule counts as written that begins, or goes on, now.

    Raises
    ------
    TooOftenError
    """
    # by a clock that never changes: one that does brings them nearer for once
    first = rule.next_after(now, UTC)
    at = first
    while at - first < PATTERN:
        following = rule.next_after(at, UTC)
        if following - at < LEAST_APART:
            raise TooOftenError
        at = following
    at = moment_of(_local(now, zone), zone)
    while (following := rule.next_after(at, zone)) <= now:  # in an hour that comes twice
        at = following
    return _local(at, zone)


def extend(db: Database, now: dt.datetime, zone: ZoneInfo, place: Place) -> list[Extension]:
    """Write what comes next of each recurring series: all of `AHEAD`, and one at least.

    What was missed is not made up for. Run again, at any moment and after any crash, it writes
    nothing twice: how far a series is written is kept in the transaction that writes it, and an
    occurrence is known by its local time, wherever it was moved to and in whatever zone.
    """
    with db.atomic():
        skipped = occurrences.skip_missed(db, now)
        # in several channels it is one
        once = {(post.origin.series_id or 0, post.origin.occurrence) for post in skipped}
        missed = Counter(series_id for series_id, _ in once)
        extended = [Extension(series) for series in store.end_past(db, now)]
        extended += [_extend(db, series, now, zone, place) for series in store.to_extend(db, now)]
        others = missed.keys() - {each.series.id for each in extended}
        extended += [Extension(store.get(db, series_id)) for series_id in sorted(others)]
    return [replace(each, n_missed=each.n_missed + missed[each.series.id]) for each in extended]


def _extend(
    db: Database, series: Series, now: dt.datetime, zone: ZoneInfo, place: Place
) -> Extension:
    rule = Rule.from_text(series.rule)
    at = moment_of(series.reached or _local(now, zone), zone)
    posts: list[Post] = []
    n_missed = n_written = 0
    extend_at = None
    while series.n_left is None or n_missed + n_written < series.n_left:
        following = rule.next_after(at, zone)
        if series.ends_at and following >= series.ends_at:
            break
        if following > now + AHEAD and at > now:
            extend_at = following - AHEAD
            break
        at = following
        occurrence = local_text(_local(at, zone))
        if at <= now:
            n_missed += 1
        elif not occurrences.is_written(db, series.id, occurrence):
            posts += place(series, at, occurrence)
            n_written += 1
    if at > now:  # when it is out, the next one has to be there, or it is over
        extend_at = min(extend_at or at, at)
    series = store.reach(
        db, series.id, _local(at, zone), extend_at=extend_at, n=n_missed + n_written
    )
    return Extension(series, tuple(posts), n_missed)


def limit(
    db: Database,
    series: Series,
    now: dt.datetime,
    zone: ZoneInfo,
    *,
    ends_at: dt.datetime | None = None,
    n_to_come: int | None = None,
) -> Series:
    """Let a series end at a moment, or when it has come so many times more; or never.

    What is written beyond its end is taken back.
    """
    with db.atomic():
        pending = occurrences.pending(db, series.id)
        before = [post for post in pending if ends_at is None or post.publish_at < ends_at]
        # in several channels it is one
        kept = list(dict.fromkeys(post.origin.occurrence for post in before))[:n_to_come]
        beyond = [post for post in pending if post.origin.occurrence not in kept]
        n_left = None if n_to_come is None else n_to_come - len(kept)
        occurrences.take_back(db, beyond, now, why="ended")
        if beyond and series.rule:
            begun = begins_after(Rule.from_text(series.rule), now, zone)
            last = max((dt.datetime.fromisoformat(name) for name in kept), default=begun)
            series = replace(series, reached=last)
        return store.limit(db, series.id, ends_at, n_left, reached=series.reached, now=now)


def fill(
    db: Database,
    channel_id: int,
    now: dt.datetime,
    zone: ZoneInfo,
    place: Place,
    *,
    offset: dt.timedelta = dt.timedelta(),
) -> list[Extension]:
    """Fill a channel's free slots of `EVERGREEN_AHEAD`, each with what has rested longest.

    A slot is filled once: whoever cancels or moves what stood there wants it free.
    """
    filled = []
    with db.atomic():
        first, last = now + EVERGREEN_NOTICE, now + EVERGREEN_AHEAD
        for at, post_id in coming_slots(db, channel_id, first, last, zone, offset=offset):
            slot = local_text(_local(at, zone))
            if post_id or occurrences.is_filled(db, channel_id, slot):
                continue
            series = _rested(db, channel_id, at, zone)
            if series:
                n = 0 if occurrences.is_written(db, series.id, slot) else 1  # in another channel
                posts = place(series, at, slot)
                filled.append(Extension(store.count(db, series.id, n), tuple(posts)))
    return filled


def _rested(db: Database, channel_id: int, at: dt.datetime, zone: ZoneInfo) -> Series | None:
    """Choose the evergreen post that may be in a channel then and was not for the longest."""
    day = at.astimezone(zone).date()
    ready: list[tuple[dt.date, Series]] = []
    for series in store.going(db, "evergreen"):
        given_at = occurrences.last_given_at(db, series.id, channel_id)
        # in days by the calendar: a change of the clocks makes no week an hour too short
        given = given_at.astimezone(zone).date() if given_at else dt.date.min
        if (
            series.state == "on"
            and series.n_left != 0
            and (series.ends_at is None or at < series.ends_at)
            and day - given >= (series.cooldown or dt.timedelta())
        ):
            ready.append((given, series))
    return min(ready, key=lambda each: each[0])[1] if ready else None


def next_at(db: Database, series: Series, now: dt.datetime, zone: ZoneInfo) -> dt.datetime | None:
    """Give when a series comes next; None where it does not, or nobody knows yet."""
    written = occurrences.upcoming(db, series.id)
    if written:
        return written[0].publish_at
    if series.state != "on" or series.reached is None or series.n_left == 0:
        return None
    following = Rule.from_text(series.rule).next_after(
        max(now, moment_of(series.reached, zone)), zone
    )
    return following if series.ends_at is None or following < series.ends_at else None


def rests_until(db: Database, series: Series, zone: ZoneInfo) -> dt.date | None:
    """Give the day from which an evergreen post may come again; None if it never has come."""
    given_at = occurrences.last_given_at(db, series.id)
    if given_at is None or series.cooldown is None:
        return None
    return given_at.astimezone(zone).date() + series.cooldown


def _local(moment: dt.datetime, zone: ZoneInfo) -> dt.datetime:
    """Give what the clock on the wall shows, to the minute, without a zone."""
    return moment.astimezone(zone).replace(second=0, microsecond=0, tzinfo=None)
