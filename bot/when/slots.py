"""The slots of a week, by the clock on the wall, as people write and say them."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import groupby

from bot.when.errors import SlotsError, SlotsProblem
from bot.when.names import NUMBER_ZH, number
from nlp.hours import HoursError
from nlp.hours.tokens import Comma, Dash, Semicolon, Time, Token, Weekdays, tokens
from scheduler.slot_times import SlotTime


def read_slots(text: str) -> tuple[SlotTime, ...]:
    """Read days and times as people write them: "Mo-Fr 9:00, 18:00; Sa 11:00", "周一到周五 9点".

    Raises
    ------
    SlotsError
        Naming the part that is not understood.
    """
    found = _tokens(text)
    slots, days, waiting = set[SlotTime](), set[int](), ""
    while found:
        match found:
            case [Weekdays() as first, Dash(), Weekdays() as last, *found]:
                ahead = (max(last.days) - min(first.days)) % 7
                named = {(min(first.days) + n) % 7 for n in range(ahead + 1)}
                days = (days if waiting else set()) | named
                waiting = f"{first.text}-{last.text}"
            case [Weekdays() as each, *found]:
                days = (days if waiting else set()) | each.days
                waiting = each.text
            case [Comma(), *found]:
                pass
            case [Semicolon(), *found] if not waiting:
                days = set()
            case [Time() as start, Dash(), Time() as end, *_]:
                raise SlotsError("range", f"{start.text}-{end.text}")
            case [Time() as time, *found]:
                slots |= _on(days, time)
                waiting = ""
            case [token, *_]:
                if waiting:
                    break
                raise SlotsError("unknown", token.text)
    if waiting:
        raise SlotsError("no_time", waiting)
    if not slots:
        raise SlotsError("empty")
    return tuple(sorted(slots))


def _on(days: set[int], time: Time) -> set[SlotTime]:
    if not days:
        raise SlotsError("no_days", time.text)
    if time.minutes >= _DAY:
        raise SlotsError("no_clock", time.text)
    return {SlotTime(day, time.minutes) for day in days}


def slots_in_words(slots: Iterable[SlotTime], language: str) -> str:
    """Say slots in one line, in words that `read_slots` takes for the same."""
    words = _WORDS[language]
    days_of: dict[tuple[int, ...], list[int]] = {}
    for day, of_day in groupby(sorted(slots), key=lambda slot: slot.weekday):
        days_of.setdefault(tuple(slot.minute_of_day for slot in of_day), []).append(day)
    return words.next.join(
        f"{_weekdays(days, words)} {words.and_.join(map(_clock, times))}"
        for times, days in days_of.items()
    )


_DAY = 24 * 60
_FIGURES = re.compile(  # and 周一三五九点 is no 59 o'clock
    r"(?<![周週期拜])(?:[一二]?十[一二三四五六七八九]?|[零一二两兩三四五六七八九])(?=[点點时時])"
    rf"|(?<=[点點时時]){NUMBER_ZH}(?=分)"
)


def _tokens(text: str) -> list[Token]:
    """Cut a text as opening hours are cut, when numbers are in figures."""
    text = _FIGURES.sub(lambda found: f"{number(found[0]):02}", text)
    try:
        return list(tokens(re.sub(r"\bweekday\b", "weekdays", text, flags=re.IGNORECASE)))
    except HoursError as error:
        problem: SlotsProblem = "no_clock" if error.problem == "no_time" else "unknown"
        raise SlotsError(problem, error.part) from error


@dataclass(frozen=True, slots=True)
class _Words:
    """The words of one language."""

    weekdays: tuple[str, ...]
    daily: str
    to: str
    and_: str
    next: str


_WORDS = {
    "en": _Words(
        ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"), "daily", to="–", and_=", ", next="; "
    ),
    "zh": _Words(
        ("周一", "周二", "周三", "周四", "周五", "周六", "周日"),
        "每天", to="至", and_="、", next="；",
    ),
}  # fmt: skip


def _weekdays(days: list[int], words: _Words) -> str:
    """Name weekdays, three or more in a row as a span."""
    if len(days) == 7:
        return words.daily
    spans = list[str]()
    for _, run in groupby(enumerate(days), key=lambda each: each[1] - each[0]):
        names = [words.weekdays[day] for _, day in run]
        spans += [f"{names[0]}{words.to}{names[-1]}"] if len(names) > 2 else names
    return words.and_.join(spans)


def _clock(minutes: int) -> str:
    return f"{minutes // 60}:{minutes % 60:02}"
