"""Knows at which moments the clock on a wall shows a time: mostly one, sometimes none or two."""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

_SECOND = dt.timedelta(seconds=1)


def moments_of(local: dt.datetime, zone: ZoneInfo) -> tuple[dt.datetime, ...]:
    """Give the moments (UTC, in order) at which a naive local time is on the wall.

    None where the clocks skip it, two where they are put back over it.
    """
    return tuple(moment for moment in _candidates(local, zone) if _shown(moment, zone) == local)


def change_over(local: dt.datetime, zone: ZoneInfo) -> dt.datetime:
    """Give the moment (UTC) at which the clocks jump over a naive local time in whole seconds."""
    # Read as before and as after the jump, the time lies on either side of it (PEP 495).
    low, high = _candidates(local, zone)
    before = low.astimezone(zone).utcoffset()
    while high - low > _SECOND:
        middle = low + (high - low) // (2 * _SECOND) * _SECOND
        if middle.astimezone(zone).utcoffset() == before:
            low = middle
        else:
            high = middle
    return high


def moment_of(local: dt.datetime, zone: ZoneInfo) -> dt.datetime:
    """Give the first moment (UTC) at which a naive local time is on the wall, or has been skipped.

    A later local time never gives an earlier moment.
    """
    moments = moments_of(local, zone)
    return moments[0] if moments else change_over(local, zone)


def _candidates(local: dt.datetime, zone: ZoneInfo) -> list[dt.datetime]:
    """Read the clock as before and as after a change, the earlier moment first."""
    readings = {local.replace(tzinfo=zone, fold=fold).astimezone(dt.UTC) for fold in (0, 1)}
    return sorted(readings)


def _shown(moment: dt.datetime, zone: ZoneInfo) -> dt.datetime:
    return moment.astimezone(zone).replace(tzinfo=None)
