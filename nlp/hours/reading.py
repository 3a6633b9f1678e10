"""Reads opening hours as people write them, in English and Chinese, and as OpenStreetMap does."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import TypeVar

from nlp.hours.clauses import DAY, Clause, Dates
from nlp.hours.errors import HoursError
from nlp.hours.tokens import (
    Always,
    Closed,
    Comma,
    Dash,
    Date,
    Holidays,
    Semicolon,
    Time,
    Token,
    Weekdays,
    tokens,
)

T = TypeVar("T", bound=Token)

LONGEST = 1_000
"""Characters that are read; nobody's opening hours take more."""


def read(text: str) -> tuple[Clause, ...]:
    """Return the clauses of a text, in its order.

    Raises
    ------
    HoursError
        Naming the part that is not understood.
    """
    if len(text) > LONGEST:
        raise HoursError("too_long")
    clauses = tuple(_clauses(_Rest(list(tokens(text)))))
    if not clauses:
        raise HoursError("empty")
    if not any(clause.times for clause in clauses):
        raise HoursError("never")
    return clauses


@dataclass(slots=True)
class _Rest:
    """The tokens that are still to be read."""

    tokens: list[Token]

    def take(self, kind: type[T], between: type[Token] | None = None) -> T | None:
        """Take the next token if it is of a kind, even where one other stands between."""
        match self.tokens[:1]:
            case [one] if isinstance(one, kind):
                del self.tokens[0]
                return one
        return self.take_after(between, kind) if between else None

    def take_after(self, first: type[Token], kind: type[T]) -> T | None:
        """Take the next two tokens if they are of these kinds, and return the second."""
        match self.tokens[:2]:
            case [one, two] if isinstance(one, first) and isinstance(two, kind):
                del self.tokens[:2]
                return two
        return None


def _clauses(rest: _Rest) -> Iterator[Clause]:
    adds = False
    while rest.tokens:
        if rest.take(Comma):
            continue
        if rest.take(Semicolon):
            adds = False
            continue
        for clause in _clause(rest):
            yield replace(clause, adds=adds)
        adds = True


def _clause(rest: _Rest) -> list[Clause]:
    """Read days and times: `Mo-Fr 9:00-12:00`, `Su closed`, `closed on Sundays`."""
    if rest.take(Closed):
        days = list(_days(rest))
        if not days:
            raise HoursError("no_days")
        return days
    begun = [token.text for token in rest.tokens]
    days = list(_days(rest))
    if rest.take(Closed):
        return days
    said = " ".join(begun[: len(begun) - len(rest.tokens)])
    times = tuple(_times(rest))
    if not times:
        raise HoursError("no_times", said) if said else HoursError("unknown", begun[0])
    return [replace(clause, times=times) for clause in days or [Clause(times=())]]


def _days(rest: _Rest) -> Iterator[Clause]:
    """Read `Mo-Fr,Su`, `PH`, `Dec 24-26`, `Jun-Aug Mo-Fr`, or a list of such days."""
    while True:
        dates = []
        while date := rest.take(Date, Comma):
            dates.append(_dates(date, rest))
        # "Dec Su" are the Sundays of December, "Dec 24, Su" that day and every Sunday
        between = None if dates else Comma
        weekdays, holidays = frozenset[int](), False
        while day := rest.take(Weekdays, between) or rest.take(Holidays, between):
            between = Comma
            if isinstance(day, Weekdays):
                weekdays |= _weekdays(day, rest)
            else:
                holidays = True
        clause = Clause(times=(), dates=tuple(dates))
        if holidays:
            yield replace(clause, holidays=True)
        if weekdays:
            yield replace(clause, weekdays=weekdays)
        if not holidays and not weekdays:
            if not dates:
                return
            yield clause


def _weekdays(first: Weekdays, rest: _Rest) -> frozenset[int]:
    last = rest.take_after(Dash, Weekdays) or first
    if last is first:
        return first.days
    start, end = min(first.days), max(last.days)
    return frozenset((start + n) % 7 for n in range((end - start) % 7 + 1))


def _dates(first: Date, rest: _Rest) -> Dates:
    last = rest.take_after(Dash, Date)
    if not last:
        return first.dates
    a, b = first.dates, last.dates
    years = a.years or b.years
    if years and not (a.years and b.years):  # the other year follows: Dec 24 - Jan 2 2027
        turns = a.first > b.last
        years = (years[0], years[0] + turns) if a.years else (years[1] - turns, years[1])
    elif a.years and b.years:
        years = (a.years[0], b.years[1])
    if a.months != b.months or (years and (years[0], a.first) > (years[1], b.last)):
        raise HoursError("no_date", f"{first.text} – {last.text}")
    return Dates(a.first, b.last, years, months=a.months)


def _times(rest: _Rest) -> Iterator[tuple[int, int]]:
    """Read `9:00-12:00,13:00-18:00`, or `24/7`."""
    if rest.take(Always):
        yield 0, DAY
        return
    while start := rest.take(Time, Comma):
        end = rest.take_after(Dash, Time)
        if not end:
            raise HoursError("no_end", start.text)
        yield _interval(start, end)


def _interval(start: Time, end: Time) -> tuple[int, int]:
    """Find out which halves of the day are meant: 1-6 pm, 9 am - 6, 下午1点到6点, 22:00-02:00."""
    noon = DAY // 2
    first, last = start.minutes % DAY, end.minutes
    if end.half == "pm" and not start.half and first < noon and first + noon < last:
        first += noon
    elif start.half and not end.half and last <= first < last + noon <= DAY:
        last += noon
    elif (
        not (start.half or end.half or end.padded) and 0 < last <= min(first, noon) <= first < noon
    ):
        raise HoursError("which_half", f"{start.text}-{end.text}")
    return first, last if last > first else last + DAY
