"""One clause of opening hours: on which days it holds, and what the times are then."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

DAY = 24 * 60
"""Minutes of a day, as the clock on the wall counts them."""

EVERY_DAY = frozenset(range(7))

Times = tuple[tuple[int, int], ...]
"""Minutes after midnight, from and until; until may be on the next day."""


@dataclass(frozen=True, slots=True)
class Dates:
    """Days of the calendar, the last one included.

    Attributes
    ----------
    first, last : (int, int)
        Month and day. Without years, they come back every year, and the last
        may lie after the turn of the year.
    years : (int, int) or None
        Of the first and of the last day.
    months : bool
        Whole months were named, not days.
    """

    first: tuple[int, int]
    last: tuple[int, int]
    years: tuple[int, int] | None = None
    months: bool = False

    def __contains__(self, day: dt.date) -> bool:
        at = (day.month, day.day)
        if self.years:
            return (self.years[0], *self.first) <= (day.year, *at) <= (self.years[1], *self.last)
        if self.first <= self.last:
            return self.first <= at <= self.last
        return at >= self.first or at <= self.last


@dataclass(frozen=True, slots=True, kw_only=True)
class Clause:
    """What holds on some days; without times, that it is closed.

    Attributes
    ----------
    dates : tuple of Dates
        Any of these; empty for the whole year.
    weekdays : frozenset of int
        Any of these, Monday is 0.
    holidays : bool
        On public holidays, and then weekdays do not count.
    adds : bool
        Set off by a comma: times that do not overlap those of an earlier
        clause are added to them, and do not replace them.
    """

    times: Times
    dates: tuple[Dates, ...] = ()
    weekdays: frozenset[int] = EVERY_DAY
    holidays: bool = False
    adds: bool = False

    def covers(self, day: dt.date, *, is_holiday: bool) -> bool:
        """Tell whether it holds on a day."""
        if self.dates and not any(day in dates for dates in self.dates):
            return False
        return is_holiday if self.holidays else day.weekday() in self.weekdays

    @property
    def rank(self) -> int:
        """How special its days are: on each day, only the most special clauses count.

        Single dates are 3, public holidays 2, a season 1, and the week is 0.
        """
        if self.holidays:
            return 2
        if not self.dates:
            return 0
        by_day = self.weekdays == EVERY_DAY and not any(dates.months for dates in self.dates)
        return 3 if by_day else 1


def combine(clauses: Iterable[Clause]) -> Times:
    """Return the times that clauses of one day and rank give together; a later one goes before."""
    times: Times = ()
    for clause in clauses:
        fits = not any(a < d and c < b for a, b in times for c, d in clause.times)
        times = (*times, *clause.times) if clause.adds and clause.times and fits else clause.times
    return tuple(sorted(times))
