"""Reads a span of time that a text begins with, such as "24 hours" or "3天"."""

from __future__ import annotations

import datetime as dt
import re

from bot.when.names import NUMBER, NUMBER_ZH, number

MINUTE, HOUR, DAY = dt.timedelta(minutes=1), dt.timedelta(hours=1), dt.timedelta(days=1)
LONGEST = dt.timedelta(days=366)

_UNITS = {
    r"m(?:in(?:ute)?s?)?\b": MINUTE,
    r"h(?:(?:ou)?rs?)?\b": HOUR,
    r"d(?:ays?)?\b": DAY,
    r"w(?:eeks?)?\b": 7 * DAY,
    r"分钟?": MINUTE,
    r"个?(?:小时|钟头)": HOUR,
    r"[天日]": DAY,
    r"(?:周|个?星期|个?礼拜)": 7 * DAY,
}
_ONE = re.compile(
    rf"(?P<number>\d{{1,4}}|an?\b|half an\b|{NUMBER}\b|{NUMBER_ZH}|半)\s*"
    rf"(?P<unit>{'|'.join(_UNITS)})",
    re.IGNORECASE,
)
_BEFORE = re.compile(r"\s*(?:in|after)\s+|\s*", re.IGNORECASE)
_BETWEEN = re.compile(r"\s*(?:,|and\b)?\s*", re.IGNORECASE)
_BEHIND = re.compile(
    r"\s*(?:(?:later|after(?:wards)?)\b|[以之]?[后後])?[\s:：,，|]*", re.IGNORECASE
)


def read_span(text: str) -> tuple[dt.timedelta, int] | None:
    """Give the span, and where in the text the rest begins; None if there is none at the start.

    A span of more than a year is none: it was a slip.
    """
    length, at = dt.timedelta(), _end(_BEFORE, text, 0)
    while found := _ONE.match(text, at):
        length += _number(found["number"]) * _unit(found["unit"])
        end, at = found.end(), _end(_BETWEEN, text, found.end())
    if not dt.timedelta() < length <= LONGEST:
        return None
    return length, _end(_BEHIND, text, end)


def _end(form: re.Pattern[str], text: str, at: int) -> int:
    found = form.match(text, at)
    return found.end() if found else at


def _number(written: str) -> float:
    plain = written.casefold()
    if plain in {"half an", "半"}:
        return 0.5
    return 1 if plain in {"a", "an"} else number(plain)


def _unit(written: str) -> dt.timedelta:
    return next(unit for form, unit in _UNITS.items() if re.fullmatch(form, written, re.IGNORECASE))
