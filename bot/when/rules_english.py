"""Knows the forms of an English rule: its days, its times, and its end."""

from __future__ import annotations

import datetime as dt
import re

from bot.when import parsing
from bot.when.english import DATE
from bot.when.errors import RuleError
from bot.when.forms import (
    LAST,
    Days,
    Form,
    Forms,
    each_day,
    each_month,
    each_nth,
    each_week,
    each_year,
    minute_of_day,
    refuse,
    weekdays,
)
from bot.when.names import DAY_OF_MONTH, MONTH, NUMBER, WEEKDAY, month, weekday


def _pattern(written: str) -> re.Pattern[str]:
    """Compile a form in which each space may be a wider one, or the end of a line."""
    return re.compile(written.replace(" ?", r"\s*").replace(" ", r"\s+"), re.IGNORECASE)


def _weekdays(found: re.Match[str]) -> Days:
    """Read "Monday, Wednesday and Friday to Sunday"."""
    days = set[int]()
    for span in re.split(r",|&|\band\b", found["weekdays"], flags=re.IGNORECASE):
        first, *last = (weekday(name) for name in re.findall(WEEKDAY, span, re.IGNORECASE))
        ahead = (last[0] - first) % 7 if last else 0
        days |= {(first + n) % 7 for n in range(ahead + 1)}
    return each_week(days)


def _nths(found: re.Match[str]) -> Days:
    return each_nth(_numbers(found["nths"]), weekday(found["weekday"]), found[0].strip())


def _days_of_month(found: re.Match[str]) -> Days:
    return each_month(_numbers(found["days"]), found["days"])


def _day_of_year(found: re.Match[str]) -> Days:
    day, name = found["day"] or found["day_last"], found["month"] or found["month_first"]
    return each_year(int(day), month(name))


def _numbers(ordinals: str) -> list[int]:
    """Read "first and 3rd"."""
    names = {"first": 1, "second": 2, "third": 3, "fourth": 4, "fifth": 5, "last": LAST}
    found = re.findall(rf"\d+|{'|'.join(names)}", ordinals.lower())
    return [names.get(name) or int(name) for name in found]


_EVERY = "(?:every|each)"
_OF_MONTH = "(?:of|in) (?:the|every|each|a) month"
_MONTHLY = rf"(?:{_EVERY} month|monthly),? on"
_AND = "(?:,? and | ?& ?|, ?)"
_NTH = r"(?:first|second|third|fourth|fifth|last|\d{1,2}(?:st|nd|rd|th))"
_NTHS = rf"(?P<nths>{_NTH}(?:{_AND}(?:the )?{_NTH})*) (?P<weekday>{WEEKDAY})"
_DAYS = rf"(?P<days>{_NTH}(?:{_AND}(?:the )?{_NTH})*)(?: day)?"
_DATE = (
    rf"(?:the )?(?:(?P<day>{DAY_OF_MONTH})(?:st|nd|rd|th)? (?:of )?(?P<month>{MONTH})"
    rf"|(?P<month_first>{MONTH}) (?P<day_last>{DAY_OF_MONTH})(?:st|nd|rd|th)?)"
)
_WORKING = "(?:week|working |business )"
_PERIOD = rf"(?:{_WORKING}?day|week|fortnight|month|year|hour|minute|{WEEKDAY})s?"
_WEEKDAYS = "(?:mon|tues|wednes|thurs|fri|satur|sun)days"
_PART = "morning|afternoon|evening|night"


def _list(each: str) -> str:
    return rf"(?P<weekdays>{each}(?:(?:{_AND}| ?[-–] ?| to | through ){each})*)"


# In this order: the first Monday before the first of the month, and both before Monday.
_FORMS: list[Form] = [
    (_pattern(rf",? ?(?:{form})(?!\w)"), read)
    for form, read in [
        (rf"(?:on )?(?:{_EVERY} |the )?{_NTHS} {_OF_MONTH}", _nths),
        (rf"{_MONTHLY} (?:the )?{_NTHS}", _nths),
        (rf"{_EVERY} (?:second|2nd) {WEEKDAY}", refuse("which_second")),
        (rf"{_EVERY} {_NTHS}", _nths),
        (rf"(?:on )?(?:{_EVERY} |the )?{_DAYS} {_OF_MONTH}", _days_of_month),
        (rf"{_MONTHLY} (?:the )?{_DAYS}", _days_of_month),
        (rf"(?:(?:{_EVERY} year|yearly),? on|{_EVERY}) {_DATE}", _day_of_year),
        (rf"{_EVERY} (?:other|{_NTH}|{NUMBER}|\d+) {_PERIOD}", refuse("interval")),
        (rf"{_EVERY} (?:hour|minute|fortnight)|fortnightly|bi-?weekly|hourly", refuse("interval")),
        (rf"{_EVERY} {_DAYS}", _days_of_month),
        (rf"{_EVERY} {_WORKING}day|(?:on )?{_WORKING}days", weekdays(0, 1, 2, 3, 4)),
        (rf"{_EVERY} weekend|(?:on |at )?weekends", weekdays(5, 6)),
        (rf"(?:{_EVERY}(?: week on)?|weekly,? on) {_list(f'{WEEKDAY}s?')}", _weekdays),
        (rf"(?:on )?{_list(_WEEKDAYS)}", _weekdays),
        (rf"{_EVERY} (?:single )?day|daily|{_EVERY}(?= (?:{_PART}))", each_day),
        (rf"{_EVERY} (?:week|month|year)|weekly|monthly|yearly", refuse("no_day")),
    ]
]

_HALF = r" ?[ap]\.?m\b\.?"
_CLOCK = (
    rf"(?:noon|midnight|\d{{1,2}}[:.]\d{{2}}(?:{_HALF})?(?!\w)|\d{{1,2}}{_HALF}"
    r"|\d{1,2} ?o['’]clock)"
)
_NO_MORE = r"(?!\w|[:.]\d| ?%)"
_ENDS = r"(?= ?$| ?[:：,，|\n]| (?-i:[^\sa-z\d%])|,? (?:and|until|till|every|each|daily)\b)"
_TIME = rf"(?:(?:at )?{_CLOCK}|at \d{{1,2}}{_NO_MORE}|\d{{1,2}}{_ENDS})"
_NEXT_TIME = rf"(?:{_AND}(?:at )?{_CLOCK}|,? and \d{{1,2}}{_NO_MORE}|, ?\d{{1,2}}{_ENDS})"
_TIMES = _pattern(
    rf",? ?(?:(?:in the )?(?P<part>{_PART})s?,? )?(?P<times>{_TIME}{_NEXT_TIME}*)"
    rf"(?: in the (?P<part_behind>{_PART}))?"
)
_UNTIL = _pattern(rf",? (?:until|till) (?P<date>{DATE})(?!\w)")
_MORE = _pattern(rf",? (?:and|&) (?:on |every |each )?{WEEKDAY}s?\b")
_COUNT = _pattern(rf",? (?:for )?(?P<n>\d{{1,3}}|{NUMBER}) times{_ENDS}")


def _minutes(found: re.Match[str]) -> list[int]:
    """Read the times of day, in minutes after midnight."""
    part = (found["part"] or found["part_behind"] or "").lower()
    return [_minute(clock, part) for clock in _A_CLOCK.finditer(found["times"])]


_A_CLOCK = _pattern(
    r"(?P<name>noon|midnight)|(?P<hour>\d+)(?:[:.](?P<minute>\d\d))?(?: ?(?P<half>[ap])\.?m)?"
)


def _minute(clock: re.Match[str], part: str) -> int:
    if clock["name"]:
        return 720 if clock["name"].lower() == "noon" else 0
    hour, half = int(clock["hour"]), (clock["half"] or "").lower()
    if half and not 1 <= hour <= 12:
        raise RuleError("no_clock", clock[0])
    late = half == "p" or (not half and part in {"afternoon", "evening", "night"})
    if hour < 12 and late:
        hour += 12
    elif hour == 12 and half == "a":
        hour = 0
    return minute_of_day(hour, int(clock["minute"] or 0), clock[0])


def _last_day(found: re.Match[str], here: dt.datetime) -> dt.date | None:
    return parsing.day(found["date"], here)


ENGLISH = Forms(_FORMS, _TIMES, _UNTIL, _COUNT, _MORE, _minutes, _last_day)
