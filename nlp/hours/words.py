"""Says opening hours and moments, in English and Chinese."""

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby

from nlp.hours.clauses import DAY, EVERY_DAY, Clause, Dates, Times, combine

_ALL_DAY: Times = ((0, DAY),)


@dataclass(frozen=True, slots=True)
class _Words:
    """The words of one language."""

    weekdays: tuple[str, ...]
    in_full: tuple[str, ...]
    months: tuple[str, ...]
    to: str
    and_: str
    next: str
    daily: str
    all_day: str
    always: str
    holidays: str
    closed: str
    closed_on: str
    date: str
    year: str


_WORDS = {
    "en": _Words(
        weekdays=("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"),
        in_full=(
            "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday",
        ),
        months=(
            "Jan", "Feb", "Mar", "Apr", "May", "June", "July", "Aug", "Sept", "Oct", "Nov", "Dec",
        ),
        to="–",
        and_=", ",
        next="; ",
        daily="daily",
        all_day="all day",
        always="every day around the clock",
        holidays="public holidays",
        closed="closed {days}",
        closed_on="closed on {days}",
        date="{day} {month}",
        year="{date} {year}",
    ),
    "zh": _Words(
        weekdays=("周一", "周二", "周三", "周四", "周五", "周六", "周日"),
        in_full=("周一", "周二", "周三", "周四", "周五", "周六", "周日"),
        months=tuple(f"{month}月" for month in range(1, 13)),
        to="至",
        and_="、",
        next="；",
        daily="每天",
        all_day="全天",
        always="每天24小时",
        holidays="节假日",
        closed="{days}休息",
        closed_on="{days}休息",
        date="{month}{day}日",
        year="{year}年{date}",
    ),
}  # fmt: skip


def week_in_words(clauses: Sequence[Clause], language: str) -> str:
    """Say opening hours in one line: the week first, then what is special."""
    words = _WORDS[language]
    weekly = [clause for clause in clauses if clause.rank == 0]
    days_of: dict[Times, list[int]] = {}
    for weekday in range(7):
        times = combine(clause for clause in weekly if weekday in clause.weekdays)
        if times:
            days_of.setdefault(times, []).append(weekday)
    if days_of.keys() == {_ALL_DAY} and len(days_of[_ALL_DAY]) == len(EVERY_DAY):
        said = [words.always]
    else:
        said = [f"{_weekdays(d, words)} {_times(times, words)}" for times, d in days_of.items()]
    special = sorted((each for each in clauses if each.rank), key=lambda each: each.rank)
    for (rank, times), group in groupby(special, key=lambda each: (each.rank, each.times)):
        days = words.and_.join(_days(clause, words) for clause in group)
        closed = words.closed_on if rank == 2 else words.closed
        said.append(f"{days} {_times(times, words)}" if times else closed.format(days=days))
    return words.next.join(said)


def moment_in_words(moment: dt.datetime, at: dt.datetime, language: str) -> str:
    """Say a later moment as seen from `at`: "tomorrow at 9:00", "on Monday at 9:00"."""
    words = _WORDS[language]
    at = at.astimezone(moment.tzinfo)
    ahead = (moment.date() - at.date()).days
    clock = f"{moment.hour}:{moment.minute:02}"
    weekday = words.in_full[moment.weekday()]
    date = _date((moment.month, moment.day), None, words)
    if language == "zh":
        day = (
            ("今天", "明天")[ahead]
            if ahead < 2
            else weekday
            if ahead < 7
            else f"{date}（{weekday}）"
        )
        return f"{day}{clock}"
    day = ("today", "tomorrow")[ahead] if ahead < 2 else f"on {weekday}"
    return f"{day} at {clock}" if ahead < 7 else f"{day}, {date}, at {clock}"


def _days(clause: Clause, words: _Words) -> str:
    dates = words.and_.join(_dates(dates, words) for dates in clause.dates)
    if clause.holidays:
        return f"{dates} {words.holidays}".strip()
    if clause.weekdays == EVERY_DAY:
        return dates
    return f"{dates} {_weekdays(sorted(clause.weekdays), words)}"


def _weekdays(days: Iterable[int], words: _Words) -> str:
    """Name weekdays, three or more in a row as a range."""
    days = list(days)
    if len(days) == len(EVERY_DAY):
        return words.daily
    runs = []
    for _, run in groupby(enumerate(days), key=lambda each: each[1] - each[0]):
        names = [words.weekdays[day] for _, day in run]
        runs += [f"{names[0]}{words.to}{names[-1]}"] if len(names) > 2 else names
    return words.and_.join(runs)


def _dates(dates: Dates, words: _Words) -> str:
    (month, first), (last_month, last) = dates.first, dates.last
    years = dates.years or (None, None)
    if dates.months:
        ends = [words.months[month - 1], words.months[last_month - 1]]
    elif first != last and month == last_month and years[0] == years[1]:
        return _date((month, f"{first}–{last}"), years[0], words)
    else:
        ends = [_date(dates.first, years[0], words), _date(dates.last, years[1], words)]
    return words.to.join(dict.fromkeys(ends))


def _date(date: tuple[int, int | str], year: int | None, words: _Words) -> str:
    month, day = date
    said = words.date.format(day=day, month=words.months[month - 1])
    return words.year.format(date=said, year=year) if year else said


def _times(times: Times, words: _Words) -> str:
    if times == _ALL_DAY:
        return words.all_day
    return words.and_.join(f"{_clock(start)}–{_clock(end)}" for start, end in times)


def _clock(minutes: int) -> str:
    minutes = minutes if minutes == DAY else minutes % DAY
    return f"{minutes // 60}:{minutes % 60:02}"
