"""Reads a time in plain words, English or Chinese, at the start of what the owner wrote."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from bot.when import chinese, english, parsing
from bot.when.errors import AmbiguousError, GapError, NoTimeError, PastTimeError
from bot.when.names import BETWEEN
from scheduler.local_time import change_over, moments_of

LONGEST_PHRASE = 8  # words; "on friday 24 december 2027 at 18:00" has seven
LONGEST_PHRASE_ZH = 24  # characters, because Chinese has no spaces

_HAN = re.compile("[\u4e00-\u9fff]")


@dataclass(frozen=True, slots=True)
class Plan:
    """A moment (UTC), and where in the text the rest begins (in characters)."""

    publish_at: dt.datetime
    text_begins: int


def read_plan(text: str, now: dt.datetime, timezone: ZoneInfo) -> Plan:
    """Read the longest time phrase that the text begins with.

    Raises
    ------
    NoTimeError, PastTimeError, GapError, AmbiguousError
        See there.
    """
    for end in _ends(text):
        local = _local_time(text[:end], text[end:], now, timezone)
        if local is not None:
            begins = text_after(text, end)
            return Plan(_resolve(local, now, timezone, begins), begins)
    raise NoTimeError


def text_after(text: str, end: int) -> int:
    """Give where the text begins behind a phrase."""
    return len(text) - len(text[end:].lstrip(BETWEEN))


def _ends(text: str) -> list[int]:
    """Give where a phrase could end, the longest first."""
    words = [word.end() for word in re.finditer(r"\S+", text)][:LONGEST_PHRASE]
    if _HAN.search(text[:LONGEST_PHRASE_ZH]):
        words += range(2, min(len(text), LONGEST_PHRASE_ZH) + 1)
    return sorted(set(words), reverse=True)


def _local_time(phrase: str, rest: str, now: dt.datetime, timezone: ZoneInfo) -> dt.datetime | None:
    """Give the moment a phrase means, as local time; None if it names no time of day.

    A phrase that means a time *from now* ("in 2 hours") moves with now. It is added in UTC, so
    that a clock change in between does not stretch it.
    """
    here = now.astimezone(timezone).replace(tzinfo=None)
    today = here.date()
    is_chinese = bool(_HAN.search(phrase))
    plain = chinese.plain(phrase, today) if is_chinese else english.plain(phrase, rest, today)
    found = parsing.local_time(plain, here) if plain else None
    if plain is None or found is None:
        return None
    if is_chinese and chinese.names_midnight(phrase):
        return found + dt.timedelta(hours=12)
    hour = dt.timedelta(hours=1)
    if found.tzinfo is None and parsing.local_time(plain, here + hour) == found + hour:
        return (now + (found - here)).astimezone(timezone)
    return found


def _resolve(
    local: dt.datetime, now: dt.datetime, timezone: ZoneInfo, text_begins: int
) -> dt.datetime:
    """Give the one moment (UTC) that can be meant, or raise what stands against it."""
    is_local = local.tzinfo is None
    moments = moments_of(local, timezone) if is_local else (local.astimezone(dt.UTC),)
    if not moments:
        change = change_over(local, timezone)
        if change <= now:
            raise PastTimeError(change)
        raise GapError(change - dt.timedelta(minutes=1), change, text_begins)
    match [moment for moment in moments if moment > now]:
        case [moment]:
            return moment
        case [first, second]:
            raise AmbiguousError(first, second, text_begins)
    raise PastTimeError(moments[-1])
