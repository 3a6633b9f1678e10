"""Reads days in plain words, English or Chinese: "tomorrow", "24 Dec - 2 Jan", "下周五"."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator

MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
WEEKDAYS_ZH = "一二三四五六日"
AHEAD = {
    "today": 0, "tomorrow": 1, "day after tomorrow": 2,
    "今天": 0, "明天": 1, "后天": 2, "後天": 2, "大后天": 3, "大後天": 3,
}  # fmt: skip
LONGEST = dt.timedelta(days=366)

_MONTH = rf"(?P<name>{'|'.join(MONTHS)})[a-z]*\.?"
_YEAR = r"(?:,? ?(?P<year>\d{4}))?"
_DATES = [
    re.compile(form)
    for form in (
        rf"(?P<day>\d{{1,2}}) ?{_MONTH}{_YEAR}",
        rf"{_MONTH} ?(?P<day>\d{{1,2}}){_YEAR}",
        r"(?P<year>\d{4})-(?P<month>\d{1,2})-(?P<day>\d{1,2})",
        r"(?P<day>\d{1,2})[./](?P<month>\d{1,2})(?:[./](?P<year>\d{4})?)?",
        r"(?:(?P<year>\d{4})年)?(?P<month>\d{1,2})月(?P<day>\d{1,2})[日号號]?",
    )
]
_WEEKDAY = re.compile(rf"(?P<next>next )?(?P<name>{'|'.join(WEEKDAYS)})[a-z]*(?<!days)")
_WEEKDAY_ZH = re.compile(
    r"(?:(?P<next>下个?)|这个?|這個?|本)(?:周|週|星期|礼拜|禮拜)(?P<name>[一二三四五六日天])"
)
_FILLERS = re.compile(r"\b(?:the|of|on|from)\b|(?<=\d)(?:st|nd|rd|th)\b|从|從")
_DAY = re.compile(r"\d{1,2}[日号號]?")
_DAY_AFTER_MONTH = re.compile(r"\d{1,2}(?=[日号號]?$)")
_BETWEEN = re.compile(r"\b(?:to|until|till|through)\b|[-–—~～至到]")


class DaysError(Exception):
    """The words name no day that is still to come; `part` is what was not understood."""

    def __init__(self, part: str) -> None:
        super().__init__(part)
        self.part = part


def read_days(words: str, today: dt.date) -> tuple[dt.date, dt.date]:
    """Read a day, or the first and the last of several.

    A day without a year is the next such one, today included.

    Raises
    ------
    DaysError
        If it is no day, has passed, or the days are more than a year.
    """
    plain = " ".join(_FILLERS.sub(" ", words.casefold()).split())
    day = _day(plain, today)
    if day and day >= today:
        return day, day
    for start, end in _splits(plain):
        first = _day(start, today)
        # Without a year it is the first such day after the first one.
        last = first and _day(end, today if end in AHEAD else first)
        if first and last and today <= first <= last <= first + LONGEST:
            return first, last
    raise DaysError(words.strip())


def _splits(plain: str) -> Iterator[tuple[str, str]]:
    """Give what may be the first and the last day; "24-26 Dec" names the month once."""
    for between in _BETWEEN.finditer(plain):
        start, end = plain[: between.start()].strip(), plain[between.end() :].strip()
        if start.isdecimal():
            start = _DAY.sub(start, end, count=1)
        elif _DAY.fullmatch(end):
            end = _DAY_AFTER_MONTH.sub(end.rstrip("日号號"), start, count=1)
        yield start, end


def _day(words: str, today: dt.date) -> dt.date | None:
    """Give the day that is named, or None."""
    if words in AHEAD:
        return today + dt.timedelta(days=AHEAD[words])
    if found := _WEEKDAY.fullmatch(words):
        return _weekday(today, WEEKDAYS.index(found["name"]), is_next=bool(found["next"]))
    if found := _WEEKDAY_ZH.fullmatch(words):
        number = WEEKDAYS_ZH.index(found["name"].replace("天", "日"))
        return _weekday(today, number, is_next=bool(found["next"]))
    for form in _DATES:
        if found := form.fullmatch(words):
            parts = found.groupdict()
            name = parts.get("name")
            month = MONTHS.index(name) + 1 if name else int(parts["month"])
            return _date(parts["year"], month, int(parts["day"]), today)
    return None


def _weekday(today: dt.date, weekday: int, *, is_next: bool) -> dt.date:
    """Give the nearest such day, or the one of the week after this."""
    if is_next:
        return today + dt.timedelta(days=7 - today.weekday() + weekday)
    return today + dt.timedelta(days=(weekday - today.weekday()) % 7)


def _date(year: str | None, month: int, day: int, today: dt.date) -> dt.date | None:
    """Give the date, in the next year that has it where none is named."""
    years = [int(year)] if year else range(today.year, today.year + 9)
    for each in years:
        try:
            found = dt.date(each, month, day)
        except ValueError:  # 31 April; 29 February may come
            continue
        if year or found >= today:
            return found
    return None
