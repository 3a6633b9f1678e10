"""Knows the forms of a Chinese rule: its days, its times, and its end."""

from __future__ import annotations

import datetime as dt
import re
from contextlib import suppress

from bot.when.chinese import hour_of
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
from bot.when.names import NUMBER_ZH, PART_ZH, WEEK_ZH, WEEKDAY_ZH, number, weekday


def _weekdays(found: re.Match[str]) -> Days:
    """Read 周一、三和周五至周日."""
    days = set[int]()
    spans = re.findall(rf"({WEEKDAY_ZH})(?:{_TO}({WEEKDAY_ZH}))?", found["weekdays"])
    for first, last in spans:
        ahead = (weekday(last) - weekday(first)) % 7 if last else 0
        days |= {(weekday(first) + n) % 7 for n in range(ahead + 1)}
    return each_week(days)


def _nths(found: re.Match[str]) -> Days:
    return each_nth(_numbers(found["nths"]), weekday(found["weekday"]), found[0].strip())


def _days_of_month(found: re.Match[str]) -> Days:
    return each_month(_numbers(found["days"]), found["days"])


def _last_of_month(_: re.Match[str]) -> Days:
    return each_month([LAST], "")


def _day_of_year(found: re.Match[str]) -> Days:
    return each_year(number(found["day"]), number(found["month"]))


def _numbers(names: str) -> list[int]:
    found = re.findall(rf"{_LAST}|{_NUMBER}", names)
    return [LAST if re.fullmatch(_LAST, name) else number(name) for name in found]


_NUMBER = rf"(?:{NUMBER_ZH}|\d{{1,2}})"
_AND = r"\s*[、,，和及与與]\s*"
_TO = rf"\s*[-–~～到至]\s*{WEEK_ZH}?"
_LIST = (
    rf"(?P<weekdays>{WEEKDAY_ZH}(?:(?:{_AND}{WEEK_ZH}?|{_TO}){WEEKDAY_ZH}"
    rf"|{WEEKDAY_ZH}(?![十点點时時]))*)"
)
_LAST = "最[后後]一"
_NTH = rf"(?:第?{_NUMBER}|{_LAST})[个個]?"
_DAY = rf"(?:{_NUMBER}[号號日]?|{_LAST}天)"
_MONTHLY = "每[个個]?月的?"
_PERIOD = "[个個]?(?:工作日|天|日|周|週|星期|礼拜|禮拜|月|年|小[时時]|分[钟鐘])"

_FORMS: list[Form] = [
    (re.compile(rf"[\s,，]*(?:{form})"), read)
    for form, read in [
        (
            rf"{_MONTHLY}(?P<nths>{_NTH}(?:{_AND}{_NTH})*){WEEK_ZH}(?P<weekday>{WEEKDAY_ZH})",
            _nths,
        ),
        (rf"{_MONTHLY}[底末]", _last_of_month),
        (
            rf"{_MONTHLY}(?P<days>{_DAY}(?:{_AND}{_DAY})*)(?<=[号號日天])",
            _days_of_month,
        ),
        (rf"每年的?(?P<month>{_NUMBER})月(?P<day>{_NUMBER})[号號日]", _day_of_year),
        (rf"每?隔{_NUMBER}?{_PERIOD}|每(?!一){_NUMBER}{_PERIOD}|[双雙][周週]", refuse("interval")),
        ("每[个個]?(?:小[时時]|分[钟鐘])", refuse("interval")),
        ("每[个個]?工作日|工作日", weekdays(0, 1, 2, 3, 4)),
        ("每[个個]?[周週]末", weekdays(5, 6)),
        (rf"每[逢个個]?{WEEK_ZH}(?:的?{WEEK_ZH})?{_LIST}(?!次)", _weekdays),
        ("每一?[天日]|天天|每(?=[早晚])", each_day),
        (rf"每[个個]?(?:{WEEK_ZH}|月|年)", refuse("no_day")),
    ]
]

_MINUTE = rf"\d{{2}}分?|\d分|{NUMBER_ZH}分|[二三四五]?十{WEEKDAY_ZH}?|半|[一三]刻"
_TIME = (
    rf"(?:{PART_ZH}|早|晚)?\s*{_NUMBER}(?:[:：]\d{{2}}(?!\d)|[点點时時](?:整|{_MINUTE})?[钟鐘]?)"
)
_TIMES = re.compile(rf"[\s,，]*[的在]?(?P<times>{_TIME}(?:{_AND}{_TIME})*)")
_UNTIL = re.compile(
    rf"[\s,，]*(?:直?到|截至|至)(?P<date>(?:(?P<year>\d{{4}})年)?"
    rf"(?P<month>{_NUMBER})月(?P<day>{_NUMBER})[日号號])(?:[为為]止)?"
)
_MORE = re.compile(rf"[\s,，]*(?:[、和及与與]\s*每?|每){WEEK_ZH}{WEEKDAY_ZH}")
_COUNT = re.compile(rf"[\s,，]*(?:一?共)?(?P<n>\d{{1,3}}|{NUMBER_ZH})次")


def _minutes(found: re.Match[str]) -> list[int]:
    """Read times of day in minutes after midnight; a part of the day holds until the next."""
    times, part = [], ""
    for clock in _A_CLOCK.finditer(found["times"]):
        part = clock["part"] or part
        times.append(_minute(clock, {"早": "早上", "晚": "晚上"}.get(part, part)))
    return times


_A_CLOCK = re.compile(
    rf"(?P<part>{PART_ZH}|早|晚)?\s*(?P<hour>{_NUMBER})(?:[:：]|[点點时時])"
    rf"(?:(?P<half>半)|(?P<quarters>[一三])刻|(?P<minute>{_NUMBER}))?"
)


def _minute(clock: re.Match[str], part: str) -> int:
    hour = number(clock["hour"])
    if part == "晚上" and hour == 12:  # it would be on the next day
        raise RuleError("no_clock", clock[0])
    minute = 30 if clock["half"] else 15 * number(clock["quarters"] or "零")
    return minute_of_day(hour_of(part, hour), minute + number(clock["minute"] or "零"), clock[0])


def _last_day(found: re.Match[str], here: dt.datetime) -> dt.date | None:
    month, day = number(found["month"]), number(found["day"])
    year = int(found["year"] or here.year + ((month, day) < (here.month, here.day)))
    with suppress(ValueError):
        return dt.date(year, month, day)
    return None


CHINESE = Forms(_FORMS, _TIMES, _UNTIL, _COUNT, _MORE, _minutes, _last_day)
