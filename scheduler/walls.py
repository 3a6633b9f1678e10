"""What the clock on a wall shows over the years to come, as data that outlives its zone's rules."""

from __future__ import annotations

import datetime as dt
from bisect import bisect_right
from dataclasses import dataclass
from zoneinfo import ZoneInfo

AHEAD = dt.timedelta(days=3653)
"""Ten years: a post that is planned for later is not looked at when the clocks change."""

DAY, SECOND = dt.timedelta(days=1), dt.timedelta(seconds=1)


@dataclass(frozen=True, slots=True)
class Wall:
    """The clock of a zone from the first of its changes until `ends_at`.

    Attributes
    ----------
    zone : str
        The zone's name.
    changes : tuple of (datetime, timedelta)
        From when on (UTC) the clock is how far ahead of UTC; in order.
    """

    zone: str
    changes: tuple[tuple[dt.datetime, dt.timedelta], ...]
    ends_at: dt.datetime

    def offset(self, moment: dt.datetime) -> dt.timedelta | None:
        """Give how far ahead of UTC it is at an aware moment; None outside what is known."""
        n = bisect_right([at for at, _ in self.changes], moment)
        return self.changes[n - 1][1] if n and moment < self.ends_at else None


def wall_of(zone: ZoneInfo, now: dt.datetime) -> Wall:
    """Give the clock of a zone from an aware moment on, `AHEAD` far."""
    at, ends_at = now.astimezone(dt.UTC).replace(microsecond=0), now + AHEAD
    changes = [(at, _offset(at, zone))]
    while at < ends_at:
        following = at + DAY
        if _offset(following, zone) != _offset(at, zone):
            change = _change_between(at, following, zone)
            changes.append((change, _offset(change, zone)))
        at = following
    return Wall(zone.key, tuple(changes), ends_at)


def agree(one: Wall, other: Wall) -> bool:
    """Say whether two clocks show the same wherever both are known."""
    begins_at = max(one.changes[0][0], other.changes[0][0])
    ends_at = min(one.ends_at, other.ends_at)
    changes = {at for wall in (one, other) for at, _ in wall.changes if begins_at <= at < ends_at}
    return all(one.offset(at) == other.offset(at) for at in changes)


def _change_between(low: dt.datetime, high: dt.datetime, zone: ZoneInfo) -> dt.datetime:
    """Give the first second (UTC) at which the clock is no longer set as at `low`."""
    before = _offset(low, zone)
    while high - low > SECOND:
        middle = low + (high - low) // (2 * SECOND) * SECOND
        if _offset(middle, zone) == before:
            low = middle
        else:
            high = middle
    return high


def _offset(moment: dt.datetime, zone: ZoneInfo) -> dt.timedelta:
    return moment.astimezone(zone).utcoffset() or dt.timedelta()
