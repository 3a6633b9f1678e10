"""A rule by which a post comes back, as the five fields of a crontab, and when it does so next.

The fields mean what cron means by them, which CronTrigger by itself does not: it counts Monday as
0, wants the first Monday among the days of the month, and reads on without a word behind what it
knows. It is also given a clock that never changes, because it fires twice in the night when clocks
are put back, and late or not at all where they are put forward.

References
----------
crontab(5). `mon#1` and `fril`, a month's first Monday and last Friday, and `l`, its last day, are
Quartz's.
"""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import astuple, dataclass
from typing import Literal
from zoneinfo import ZoneInfo

from apscheduler.triggers.cron import CronTrigger

from scheduler.local_time import moment_of

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")

HORIZON = dt.timedelta(days=41 * 366)
"""29 February falls on a given weekday every 40 years at least, even over a year like 2100."""


class CrontabError(Exception):
    """A text is no rule.

    Attributes
    ----------
    problem : str
        `fields`, there are not five; `field`, one is not understood; `days`, cron would take days
        of the month and weekdays as alternatives, which is rarely meant; or `never`, there is no
        such day.
    part : str
        What it is about.
    """

    def __init__(self, problem: Literal["fields", "field", "days", "never"], part: str) -> None:
        super().__init__(f"{problem}: {part}")
        self.problem = problem
        self.part = part


@dataclass(frozen=True, slots=True)
class Rule:
    """The fields of a crontab: months as numbers, and weekdays one by one, by name."""

    minute: str
    hour: str
    day: str = "*"
    month: str = "*"
    weekday: str = "*"

    @classmethod
    def from_text(cls, text: str) -> Rule:
        """Read five fields, as `text` writes them or as people do.

        Raises
        ------
        CrontabError
            See there.
        """
        fields = text.lower().split()
        if len(fields) != 5:
            raise CrontabError("fields", text)
        minute, hour, day, month = map(_field, _FIELDS, fields)
        weekday = _weekdays(fields[4])
        if weekday != "*" and (day[0] != "*" or (day != "*" and _NTH.match(weekday))):
            raise CrontabError("days", f"{day} {weekday}")
        rule = cls(minute, hour, day, month, weekday)
        if _next_wall(rule, dt.datetime(2000, 1, 1, tzinfo=dt.UTC)) is None:
            raise CrontabError("never", text)
        return rule

    @property
    def text(self) -> str:
        """The rule in one line, for `from_text`."""
        return " ".join(astuple(self))

    def next_after(self, moment: dt.datetime, zone: ZoneInfo) -> dt.datetime:
        """Give the next moment (UTC) after an aware one.

        A time that comes twice counts the first time, one that the clocks skip at the moment
        after; what they skip together comes as one.
        """
        at = moment
        wall = moment.astimezone(zone).replace(second=0, microsecond=0, tzinfo=dt.UTC)
        while at <= moment:
            found = _next_wall(self, wall + dt.timedelta(minutes=1))
            if found is None:
                raise CrontabError("never", self.text)
            wall = found
            at = moment_of(wall.replace(tzinfo=None), zone)
        return at


def _next_wall(rule: Rule, wall: dt.datetime) -> dt.datetime | None:
    """Give the first time from `wall` on that a rule names, by a clock that never changes."""
    nth = _NTH.match(rule.weekday)
    trigger = CronTrigger(
        minute=rule.minute,
        hour=rule.hour,
        day=_NTH.sub(_position, rule.weekday) if nth else rule.day.replace("l", "last"),
        month=rule.month,
        day_of_week="*" if nth else rule.weekday,
        second=0,
        timezone=dt.UTC,
        end_date=wall + HORIZON,
    )
    found: dt.datetime | None = trigger.get_next_fire_time(None, wall)
    return found


def _position(nth: re.Match[str]) -> str:
    """Write `mon#1` as CronTrigger does among the days of the month: 1st mon."""
    return f"{_POSITIONS[int(nth[2] or 0)]} {nth[1]}"


_POSITIONS = ("last", "1st", "2nd", "3rd", "4th", "5th")
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_MONTH = re.compile(rf"\b(?:{'|'.join(_MONTHS)})\b")
_NUMBERS = r"(?:\*|\d+(?:-\d+)?)(?:/\d+)?"
_FIELDS = {"minute": _NUMBERS, "hour": _NUMBERS, "day": rf"{_NUMBERS}|l", "month": _NUMBERS}
_NTH_NUMBER = re.compile(r"([0-7])(#[1-5]|l)")
_RANGE = re.compile(r"(?:\*|([0-7])(?:-([0-7]))?)(?:/([1-7]))?")
_NTH = re.compile(rf"({'|'.join(WEEKDAYS)})(?:#(\d)|l)")


def _field(name: str, written: str) -> str:
    """Check any field but the weekdays; in these, CronTrigger counts as cron does."""
    plain = written
    if name == "month":
        plain = _MONTH.sub(lambda month: str(1 + _MONTHS.index(month[0])), written)
    one = _FIELDS[name]
    if not re.fullmatch(rf"(?:{one})(?:,(?:{one}))*", plain, re.ASCII):
        raise CrontabError("field", written)
    try:
        CronTrigger(**{name: plain.replace("l", "last")}, timezone=dt.UTC)
    except ValueError as error:  # out of range, or a range from more to less
        raise CrontabError("field", written) from error
    parts = plain.split(",")
    if all(part.isdecimal() or part == "l" for part in parts):
        numbers = sorted({int(part) for part in parts if part != "l"})
        return ",".join([*map(str, numbers), *["l"] * ("l" in parts)])
    return plain


def _weekdays(written: str) -> str:
    """List weekdays by name, from Monday on; or `mon#1` and the like, as they come."""
    plain = written.replace("-sun", "-7").replace("sun-", "0-")
    for number, name in enumerate(WEEKDAYS, start=1):
        plain = plain.replace(name, str(number))
    parts = plain.split(",")
    if all(_NTH_NUMBER.fullmatch(part) for part in parts):
        return ",".join(WEEKDAYS[int(part[0]) - 1] + part[1:] for part in parts)
    named = set[str]()
    for part in parts:
        found = _RANGE.fullmatch(part)
        first, last, step = found.groups() if found else ("1", "0", None)
        days = range(int(first or 0), int(last or first or 6) + 1, int(step or 1))
        if not days:
            raise CrontabError("field", written)
        named |= {WEEKDAYS[day - 1] for day in days}  # Sunday is 0 and 7
    return ",".join(sorted(named, key=WEEKDAYS.index)) if len(named) < len(WEEKDAYS) else "*"
