"""Opening hours: when it is open, when next, and how that is said."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain
from zoneinfo import ZoneInfo

from nlp.hours.clauses import DAY, Clause, Times, combine
from nlp.hours.errors import HoursError
from nlp.hours.public import countries, holidays_of
from nlp.hours.reading import read
from nlp.hours.words import moment_in_words, week_in_words

__all__ = ["Hours", "HoursError", "moment_in_words"]

HORIZON = dt.timedelta(days=400)
"""How far an opening is looked for: a year, and what a holiday may add."""

_ONE_DAY = dt.timedelta(days=1)
_REACH = 3  # days: times reach into the next one, and a zone may once jump over another

Period = tuple[dt.datetime, dt.datetime]


@dataclass(frozen=True, slots=True)
class Hours:
    """When a business is open, by the clock on its wall.

    On the night when clocks change, times that the clock skips count as the
    moment after, and of times that come twice an opening is the first and a
    closing the second: nobody is turned away because of the change.

    Attributes
    ----------
    country, subdivision : str
        Codes of ISO 3166, "DE" and "BY"; whose public holidays are meant.
    """

    clauses: tuple[Clause, ...]
    zone: ZoneInfo
    country: str = ""
    subdivision: str = ""

    @classmethod
    def parse(cls, text: str, zone: ZoneInfo, country: str = "", subdivision: str = "") -> Hours:
        """Read opening hours as people write them in English or Chinese, or as OpenStreetMap does.

        Where a country is given and the text does not speak of public
        holidays, it is closed on them, unless it is open day and night.

        Raises
        ------
        HoursError
            If a part is not understood, or there is no such country or subdivision.

        References
        ----------
        https://wiki.openstreetmap.org/wiki/Key:opening_hours/specification
        """
        clauses = read(text)
        country, subdivision = country.strip().upper(), subdivision.strip().upper()
        if country:
            known = countries()
            if country not in known:
                raise HoursError("country", country)
            if subdivision and subdivision not in known[country]:
                raise HoursError("subdivision", subdivision, ", ".join(known[country]) or country)
        always = all(clause.times == ((0, DAY),) for clause in clauses if clause.rank == 0)
        if country and not always and not any(clause.holidays for clause in clauses):
            clauses = (*clauses, Clause(times=(), holidays=True))
        return cls(clauses, zone, country, subdivision)

    @property
    def lacks_country(self) -> bool:
        """Public holidays are spoken of, and nobody has said whose."""
        return not self.country and any(clause.holidays for clause in self.clauses)

    def times_on(self, day: dt.date) -> Times:
        """Return the opening times of a day, in minutes after midnight on the wall."""
        return combine(self._in_force(day))

    def is_open(self, at: dt.datetime) -> bool:
        """Tell whether it is open at an aware moment."""
        day = at.astimezone(self.zone).date() + _ONE_DAY
        return any(start <= at < end for start, end in self._before(day))

    def next_opening(self, at: dt.datetime) -> dt.datetime | None:
        """Return the next moment after `at` when it opens, in its zone; None within `HORIZON`."""
        at = at.astimezone(dt.UTC)
        opening = next((start for start, _ in self._periods(at) if start > at), None)
        return opening and opening.astimezone(self.zone)

    def closes_at(self, at: dt.datetime) -> dt.datetime | None:
        """Return until when it is open, in its zone; None where it is closed, or never closes."""
        at = at.astimezone(dt.UTC)
        start, end = next(self._periods(at), (at, at))
        return end.astimezone(self.zone) if start <= at < end < at + HORIZON else None

    def closed_period(self, at: dt.datetime) -> Period | None:
        """Return from when until when it is closed at a moment, in its zone; None while it is open.

        Where nothing is known before or after, the period ends at `HORIZON`.
        """
        if self.is_open(at):
            return None
        at = at.astimezone(dt.UTC)
        tomorrow = at.astimezone(self.zone).date() + _ONE_DAY
        days = (tomorrow - back * _ONE_DAY for back in range(HORIZON.days))
        closings = ([end for _, end in self._before(day) if end <= at] for day in days)
        since = max(next(filter(None, closings), [at - HORIZON]))
        until = self.next_opening(at) or at + HORIZON
        return since.astimezone(self.zone), until.astimezone(self.zone)

    def closed_because(self, at: dt.datetime, language: str = "en") -> str | None:
        """Return the public holiday that closes it on the day of `at`, or None."""
        day = at.astimezone(self.zone).date()
        in_force = self._in_force(day)
        if not any(clause.holidays for clause in in_force) or combine(in_force):
            return None
        return holidays_of(day.year, self.country, self.subdivision, language)[day]

    def in_words(self, language: str) -> str:
        """Say them in one line."""
        return week_in_words(self.clauses, language)

    def _in_force(self, day: dt.date) -> list[Clause]:
        """Return the most special clauses that hold on a day."""
        is_holiday = (
            self.country != ""
            and any(clause.holidays for clause in self.clauses)
            and day in holidays_of(day.year, self.country, self.subdivision)
        )
        holding = [each for each in self.clauses if each.covers(day, is_holiday=is_holiday)]
        rank = max((clause.rank for clause in holding), default=0)
        return [clause for clause in holding if clause.rank == rank]

    def _on(self, day: dt.date) -> list[Period]:
        """Return what is open on a day, in order, in UTC."""
        return sorted(
            (self._shown(day, start)[0], self._shown(day, end)[1])
            for start, end in self.times_on(day)
        )

    def _before(self, day: dt.date) -> Iterator[Period]:
        """Yield what is open on a day and on those before it that may reach into it."""
        for back in range(_REACH + 1):
            yield from self._on(day - back * _ONE_DAY)

    def _periods(self, at: dt.datetime) -> Iterator[Period]:
        """Yield the periods that end after `at`, in order, those that touch as one, in UTC."""
        first = at.astimezone(self.zone).date() - _REACH * _ONE_DAY
        days = (first + n * _ONE_DAY for n in range(HORIZON.days + 2 * _REACH))
        begun: Period | None = None
        for start, end in chain.from_iterable(map(self._on, days)):
            if begun and start <= begun[1]:
                begun = begun[0], max(begun[1], end)
                continue
            if begun and begun[1] > at:
                yield begun
            begun = start, end
        if begun and begun[1] > at:
            yield begun

    def _shown(self, day: dt.date, minutes: int) -> Period:
        """Return the first and the last moment at which the wall shows a time, in UTC."""
        time = dt.datetime.combine(day, dt.time(), self.zone) + dt.timedelta(minutes=minutes)
        first, second = (time.replace(fold=fold).astimezone(dt.UTC) for fold in (0, 1))
        return first, max(first, second)
