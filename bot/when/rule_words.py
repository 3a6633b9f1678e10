"""Says a rule in English or Chinese, in words that `read_rule` takes for the same rule."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product

from scheduler import recurrence
from scheduler.recurrence import Rule

MOST_TIMES = 6
"""A day with more times is told by its crontab; chosen so that a rule fits on a line."""


def rule_in_words(rule: Rule, language: str) -> str:
    """Say a rule in one line; where words would not do, it is its crontab."""
    words = _WORDS[language]
    days, minutes, hours = _days(rule, words), _numbers(rule.minute), _numbers(rule.hour)
    if not days or not 0 < len(minutes) * len(hours) <= MOST_TIMES:
        return rule.text
    times = [f"{hour}:{minute:02}" for hour, minute in product(hours, minutes)]
    return words.at.format(days=days, times=_listed(times, words))


@dataclass(frozen=True, slots=True)
class _Words:
    """The words of one language."""

    weekdays: tuple[str, ...]
    months: tuple[str, ...]
    nths: tuple[str, ...]  # the last one first
    each_day: str
    working_days: str
    each: str
    each_nth: str
    each_month: str
    each_year: str
    day: str
    last_day: str
    at: str
    comma: str
    and_: str


_WORDS = {
    "en": _Words(
        weekdays=(
            "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday",
        ),
        months=(
            "January", "February", "March", "April", "May", "June", "July", "August",
            "September", "October", "November", "December",
        ),
        nths=("last", "first", "second", "third", "fourth"),
        each_day="every day",
        working_days="every weekday",
        each="every {days}",
        each_nth="every {nths} {day} of the month",
        each_month="on the {days} of every month",
        each_year="every {day} {month}",
        day="{day}{ending}",
        last_day="last day",
        at="{days} at {times}",
        comma=", ",
        and_=" and ",
    ),
    "zh": _Words(
        weekdays=("周一", "周二", "周三", "周四", "周五", "周六", "周日"),
        months=tuple(f"{month}月" for month in range(1, 13)),
        nths=("最后一个", "第一个", "第二个", "第三个", "第四个"),
        each_day="每天",
        working_days="每个工作日",
        each="每{days}",
        each_nth="每月{nths}{day}",
        each_month="每月{days}",
        each_year="每年{month}{day}日",
        day="{day}日",
        last_day="最后一天",
        at="{days} {times}",
        comma="、",
        and_="和",
    ),
}  # fmt: skip


_ENDINGS = {"1": "st", "2": "nd", "3": "rd"}


def _days(rule: Rule, words: _Words) -> str:
    """Say on which days a rule holds; nothing where that takes a crontab."""
    match rule.day, rule.month, rule.weekday:
        case "*", "*", "*":
            return words.each_day
        case "*", "*", "mon,tue,wed,thu,fri":
            return words.working_days
        case "*", "*", weekdays:
            return _weekdays(weekdays, words)
        case days, "*", "*":
            names = [_day_of_month(day, words) for day in days.split(",")]
            return words.each_month.format(days=_listed(names, words)) if all(names) else ""
        case day, month, "*" if day.isdecimal() and month.isdecimal():
            return words.each_year.format(day=day, month=words.months[int(month) - 1])
    return ""


def _weekdays(field: str, words: _Words) -> str:
    found = re.findall(r"(\w{3})(?:#(\d)|(l))?", field)
    names = [words.weekdays[recurrence.WEEKDAYS.index(name)] for name, _, _ in found]
    if not any(nth or last for _, nth, last in found):
        return words.each.format(days=_listed(names, words))
    if len(set(names)) > 1 or "#5" in field:
        return ""
    nths = [words.nths[int(nth or 0)] for _, nth, _ in found]
    return words.each_nth.format(nths=_listed(nths, words), day=names[0])


def _day_of_month(day: str, words: _Words) -> str:
    """Say a day that each month has; nothing if it is a span, or a day that not each has."""
    if day == "l":
        return words.last_day
    if not day.isdecimal() or int(day) > 28:
        return ""
    ending = "th" if day in {"11", "12", "13"} else _ENDINGS.get(day[-1], "th")
    return words.day.format(day=day, ending=ending)


def _numbers(field: str) -> list[int]:
    """List the numbers of a field; none where it has spans and steps."""
    return [int(part) for part in field.split(",")] if re.fullmatch(r"[\d,]+", field) else []


def _listed(names: Sequence[str], words: _Words) -> str:
    *first, last = names
    return words.comma.join(first) + words.and_ + last if first else last
