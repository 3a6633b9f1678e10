"""Cuts what is written about opening hours into days, dates, times and what joins them."""

import datetime as dt
import re
import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Literal

from nlp.hours.clauses import DAY, EVERY_DAY, Dates
from nlp.hours.errors import HoursError

Half = Literal["am", "pm", ""]


@dataclass(frozen=True, slots=True)
class Token:
    """A part of the text that says one thing."""

    text: str


class Dash(Token):
    """Until."""


class Comma(Token):
    """And."""


class Semicolon(Token):
    """The end of a clause."""


class Closed(Token):
    """No times at all."""


class Always(Token):
    """The whole day."""


class Holidays(Token):
    """Public holidays."""


@dataclass(frozen=True, slots=True)
class Weekdays(Token):
    """One or several days of the week, Monday is 0."""

    days: frozenset[int]


@dataclass(frozen=True, slots=True)
class Date(Token):
    """A day, a month, or some days of one month."""

    dates: Dates


@dataclass(frozen=True, slots=True)
class Time(Token):
    """A time of day in minutes; `half` where one is named, `padded` if written like 02:00."""

    minutes: int
    half: Half = ""
    padded: bool = False


def tokens(text: str) -> Iterator[Token]:
    """Cut a text into tokens.

    Raises
    ------
    HoursError
        If a part of it is no token, no time or no date.
    """
    text = _WEEK_OF_HAN.sub(_spell_out, unicodedata.normalize("NFKC", text))
    at = 0
    while at < len(text):
        found, read = next(
            (m, read) for pattern, read in _PATTERNS if (m := pattern.match(text, at))
        )
        yield from read(found)
        at = found.end()


def _skip(_: re.Match[str]) -> list[Token]:
    return []


def _as(*kinds: type[Token]) -> Callable[[re.Match[str]], list[Token]]:
    return lambda found: [kind(found[0].strip()) for kind in kinds]


def _week(*days: int) -> Callable[[re.Match[str]], list[Token]]:
    return lambda found: [Weekdays(found[0], frozenset(days))]


def _unknown(found: re.Match[str]) -> list[Token]:
    raise HoursError("unknown", found[0])


def _date(found: re.Match[str]) -> list[Token]:
    part = found.groupdict()
    text, year = found[0].strip(), part.get("year") or part.get("year_after")
    month = part["month"]
    number = int(month) if month.isdecimal() else 1 + _MONTHS.index(month[:3].lower())
    if not part.get("day"):
        dates = Dates((number, 1), (number, 31), months=True)
        if not 1 <= number <= 12 or year:
            raise HoursError("no_date", text)
        return [Date(text, dates)]
    first, last = (int(re.sub(r"\D", "", part.get(day) or part["day"])) for day in ("day", "to"))
    try:
        for day in (first, last):
            dt.date(int(year or 2024), number, day)  # without a year, 29 February is a date
    except ValueError as error:
        raise HoursError("no_date", text) from error
    years = (int(year), int(year)) if year else None
    return [Date(text, Dates((number, first), (number, last), years))]


def _time(found: re.Match[str]) -> list[Token]:
    part = found.groupdict()
    hour = int(part["hour"])
    minute = 30 if part["half_past"] else int(part["minute"] or 0)
    half = _HALVES.get(part["before"] or (part["after"] or "")[:1].lower(), "")
    if part["before"] in {"晚上", "晚"} and hour == 12:
        hour = 24
    elif half == "pm" and hour < 12 and not (part["before"] == "中午" and hour == 11):
        hour += 12
    elif half == "am" and hour == 12:
        hour = 0
    minutes = 60 * hour + minute
    if minute > 59 or minutes > DAY:
        raise HoursError("no_time", found[0].strip())
    return [Time(found[0].strip(), minutes, half, padded=part["hour"].startswith("0"))]


def _noon(found: re.Match[str]) -> list[Token]:
    return [Time(found[0], DAY // 2, "pm")]


def _midnight(found: re.Match[str]) -> list[Token]:
    return [Time(found[0], DAY, "am")]


def _spell_out(found: re.Match[str]) -> str:
    """Give each day of 周一至五 or 周六日 its own "week"."""
    week, days = found[1], found[2]
    return ",".join(
        re.sub(r"[一二三四五六日天]", lambda day: week + day[0], each)
        for each in re.findall(rf"[一二三四五六日天](?:{_DASH}[一二三四五六日天])?", days)
    )


_MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]
_MONTH = (
    r"(?P<month>jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?"
    r"|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)\b\.?"
)
_DASH = r"\s*(?:[-–—−~〜]|\b(?:to|till?|until|thru|through)\b|至|到)\s*"
_NTH = r"\d{1,2}+(?:st|nd|rd|th)?+"
_NO_TIME = r"(?!\s*(?:[:点點时時]|\.\d|[ap]\.?m\b))"
_WEEK = r"(?:周|週|星期|礼拜|禮拜)"
_WEEK_OF_HAN = re.compile(
    rf"({_WEEK})([一二三四五六日天](?:(?:{_DASH}|[、,和及])?[一二三四五六日天])+)"
)
_WEEKDAYS = [
    (r"mo(?:n(?:days?)?)?", "一"),
    (r"tu(?:e(?:s(?:days?)?)?)?", "二"),
    (r"we(?:d(?:nesdays?)?)?", "三"),
    (r"th(?:u(?:rs?(?:days?)?)?)?", "四"),
    (r"fr(?:i(?:days?)?)?", "五"),
    (r"sa(?:t(?:urdays?)?)?", "六"),
    (r"su(?:n(?:days?)?)?", "[日天]"),
]
_HALVES: dict[str, Half] = {
    "上午": "am", "早上": "am", "早": "am", "凌晨": "am", "a": "am",
    "中午": "pm", "下午": "pm", "傍晚": "pm", "晚上": "pm", "晚": "pm", "p": "pm",
}  # fmt: skip
# Tried in this order: a date before a time, "every day" before the "every" that says nothing.
_PATTERNS = [
    (re.compile(pattern, re.IGNORECASE), read)
    for pattern, read in [
        (
            r"24\s*/\s*7|24[\s-]*h(?:ou)?rs?(?:\s+a\s+day)?\b|around\s+the\s+clock|all\s+day\b"
            r"|24\s*小[时時]|全天",
            _as(Always),
        ),
        (r"(?P<year>\d{4})-(?P<month>\d{1,2})-(?P<day>\d{1,2})(?!\d)", _date),
        (
            r"(?:(?P<year>\d{4})年)?(?P<month>\d{1,2})月(?:份|"
            rf"(?P<day>\d{{1,2}}+){_NO_TIME}[日号號]?(?:{_DASH}(?P<to>\d{{1,2}}+)[日号號])?)?",
            _date,
        ),
        (
            rf"(?:(?P<year>\d{{4}})\s+)?{_MONTH}(?:\s*(?P<day>{_NTH}){_NO_TIME}"
            rf"(?:{_DASH}(?P<to>{_NTH}){_NO_TIME})?(?:,?\s+(?P<year_after>\d{{4}})\b(?!:))?)?",
            _date,
        ),
        (
            rf"(?P<day>{_NTH})\.?(?:{_DASH}(?P<to>{_NTH})\.?)?\s*(?:of\s+)?{_MONTH}"
            r"(?:,?\s+(?P<year>\d{4})\b(?!:))?",
            _date,
        ),
        (r"\bweek\s?days\b|\bworking\s+days\b|工作日|平日", _week(0, 1, 2, 3, 4)),
        (r"\bweek-?ends?\b|周末|週末", _week(5, 6)),
        (
            r"\b(?:daily|every\s?day|each\s+day|(?:7|seven)\s+days(?:\s+a\s+week)?)\b"
            r"|每天|每日|天天|全年无休|全年無休",
            _week(*EVERY_DAY),
        ),
        (
            r"[^\S\n]+|:|\bwe(?:'re|\s+are)\b|\bo'clock\b|营业时间|營業時間|时间|時間|我们|我們"
            r"|\b(?:from|open(?:ed|ing)?|business|office|hours?|times?|on|the|at|in|of|are|is"
            r"|every|each)\b|营业|營業|开放|開放|开门|開門|[从從自在均都为為是每]",
            _skip,
        ),
        *(
            (rf"\b{english}\b\.?|{_WEEK}{chinese}", _week(day))
            for day, (english, chinese) in enumerate(_WEEKDAYS)
        ),
        (
            r"\b(?:(?:public|bank|national)\s+)?holidays?\b|\bph\b|(?:法定)?节假日|(?:法定)?節假日"
            r"|(?:法定|公[众眾共])?假[日期]",
            _as(Holidays),
        ),
        (r"\bexcept(?:\s+(?:on|for))?\b|除了?", _as(Comma, Closed)),
        (
            r"\b(?:closed?|off)\b|休息|休业|休業|公休|歇业|歇業|不营业|不營業|不开门|不開門"
            r"|关门|關門|关闭|放假|休",
            _as(Closed),
        ),
        (r"\bnoon\b|\bmidday\b|正午", _noon),
        (r"\bmidnight\b|午夜", _midnight),
        (
            r"(?P<before>上午|早上|凌晨|中午|下午|傍晚|晚上|早|晚)?\s*(?P<hour>\d{1,2}+)"
            r"(?:[:.点點时時](?P<minute>\d{2})(?!\d)分?|[点點时時](?P<half_past>半)?整?)?"
            r"(?:\s*(?P<after>[ap])(?:m\b|\.m\.))?",
            _time,
        ),
        (_DASH, _as(Dash)),
        (r"[,、&+/|]|\band\b|以及|[和及与與]", _as(Comma)),
        (r"[;\n.。]", _as(Semicolon)),
        (r"\w+|.", _unknown),
    ]
]
