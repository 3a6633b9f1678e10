"""What the forms of a rule give: its days, as three fields of a crontab, and its times of day."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from bot.when.errors import RuleError, RuleProblem
from scheduler.recurrence import WEEKDAYS

LAST = -1
"""The number of the last of its kind in a month."""


@dataclass(frozen=True, slots=True)
class Days:
    """On which days a rule holds."""

    day: str = "*"
    month: str = "*"
    weekday: str = "*"


Form = tuple[re.Pattern[str], Callable[[re.Match[str]], Days]]
"""A way to write days, and how what was found is read."""


@dataclass(frozen=True, slots=True)
class Forms:
    """How rules are written in one language.

    Attributes
    ----------
    days : list of Form
        The first that matches is meant.
    times, until, count : Pattern
        What may follow the days; `times` may also stand before them.
    more : Pattern
        The beginning of another rule, behind times.
    minutes : function
        Reads a match of `times`, in minutes after midnight.
    last_day : function
        Reads a match of `until`, seen from a naive local time; None if there is no such day.
    """

    days: list[Form]
    times: re.Pattern[str]
    until: re.Pattern[str]
    count: re.Pattern[str]
    more: re.Pattern[str]
    minutes: Callable[[re.Match[str]], list[int]]
    last_day: Callable[[re.Match[str], dt.datetime], dt.date | None]


def each_day(_: re.Match[str]) -> Days:
    """Give every day."""
    return Days()


def each_week(weekdays: Iterable[int]) -> Days:
    """Give some days of each week, Monday is 0."""
    return Days(weekday=",".join(WEEKDAYS[day] for day in sorted(weekdays)))


def each_nth(nths: Sequence[int], weekday: int, written: str) -> Days:
    """Give the first, second … or `LAST` such weekday of each month; refuse a fifth."""
    name = WEEKDAYS[weekday]
    if max(nths) > 4:
        raise RuleError("short_month", written)
    return Days(weekday=",".join(f"{name}l" if nth == LAST else f"{name}#{nth}" for nth in nths))


def each_month(days: Iterable[int], written: str) -> Days:
    """Give some days of each month, `LAST` among them; refuse those that not every month has."""
    days = sorted(set(days), key=lambda day: (day == LAST, day))
    if not {29, 30, 31}.isdisjoint(days):
        raise RuleError("short_month", written)
    return Days(day=",".join("l" if day == LAST else str(day) for day in days))


def each_year(day: int, month: int) -> Days:
    """Give a day of each year."""
    return Days(str(day), str(month))


def weekdays(*days: int) -> Callable[[re.Match[str]], Days]:
    """Read a word that stands for these weekdays."""
    return lambda _: each_week(days)


def refuse(problem: RuleProblem) -> Callable[[re.Match[str]], Days]:
    """Read what no rule can say."""

    def raising(found: re.Match[str]) -> Days:
        raise RuleError(problem, found[0].strip())

    return raising


def minute_of_day(hour: int, minute: int, written: str) -> int:
    """Count the minutes from midnight; refuse what no clock shows."""
    if hour > 23 or minute > 59:
        raise RuleError("no_clock", written)
    return 60 * hour + minute
