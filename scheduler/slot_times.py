"""The times of a week at which posts like to go out, and when the next ones come."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from itertools import count
from zoneinfo import ZoneInfo

from scheduler.local_time import moment_of


@dataclass(frozen=True, slots=True, order=True)
class SlotTime:
    """A time of the week by the owner's clock; weekday 0 is Monday."""

    weekday: int
    minute_of_day: int


def slots_after(
    times: Collection[SlotTime], moment: dt.datetime, zone: ZoneInfo
) -> Iterator[dt.datetime]:
    """Give the moments (UTC) of weekly times after an aware moment, in order, without end.

    A time that comes twice counts the first time, one that the clocks skip at the moment after.
    """
    last = moment
    # The day before too: a zone that crosses the date line skips a day or has it twice.
    first = moment.astimezone(zone).date() - dt.timedelta(days=1)
    for n in count() if times else ():
        day = first + dt.timedelta(days=n)
        midnight = dt.datetime.combine(day, dt.time())
        for time in sorted(times):
            if time.weekday == day.weekday():
                at = moment_of(midnight + dt.timedelta(minutes=time.minute_of_day), zone)
                if at > last:
                    yield at
                    last = at
