"""Days in plain words, in both languages."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bot.days import LONGEST, DaysError, read_days

MONDAY = dt.date(2026, 11, 23)


@pytest.mark.parametrize(
    ("words", "first", "last"),
    [
        ("today", "2026-11-23", "2026-11-23"),
        ("Tomorrow", "2026-11-24", "2026-11-24"),
        ("on Friday", "2026-11-27", "2026-11-27"),
        ("next Friday", "2026-12-04", "2026-12-04"),
        ("24 Dec", "2026-12-24", "2026-12-24"),
        ("December 24th", "2026-12-24", "2026-12-24"),
        ("the 24th of December 2027", "2027-12-24", "2027-12-24"),
        ("24.12.", "2026-12-24", "2026-12-24"),
        ("2026-12-24", "2026-12-24", "2026-12-24"),
        ("29 Feb", "2028-02-29", "2028-02-29"),
        ("20 Nov", "2027-11-20", "2027-11-20"),
        ("24 Dec - 2 Jan", "2026-12-24", "2027-01-02"),
        ("from 24 Dec until 2 Jan", "2026-12-24", "2027-01-02"),
        ("24-26 Dec", "2026-12-24", "2026-12-26"),
        ("Dec 24–26", "2026-12-24", "2026-12-26"),
        ("2026-12-24 - 2027-01-02", "2026-12-24", "2027-01-02"),
        ("Thursday to Monday", "2026-11-26", "2026-11-30"),
        ("明天", "2026-11-24", "2026-11-24"),
        ("后天", "2026-11-25", "2026-11-25"),
        ("下周五", "2026-12-04", "2026-12-04"),
        ("这个星期天", "2026-11-29", "2026-11-29"),
        ("12月24日", "2026-12-24", "2026-12-24"),
        ("12月24日至1月2日", "2026-12-24", "2027-01-02"),
        ("2027年5月1日-3日", "2027-05-01", "2027-05-03"),
    ],
)
def test_days_are_read_as_they_are_meant(words: str, first: str, last: str) -> None:
    assert [day.isoformat() for day in read_days(words, MONDAY)] == [first, last]


@pytest.mark.parametrize(
    "words", ["", "blorb", "Sundays", "周日", "30 Feb", "24 Dec 2025", "1 1", "2 Jan to 1 Jan 2027"]
)
def test_what_names_no_coming_day_is_given_back(words: str) -> None:
    with pytest.raises(DaysError) as refused:
        read_days(words, MONDAY)
    assert refused.value.part == words


@example(MONDAY, "0/0")
@given(st.dates(max_value=dt.date(2200, 1, 1)), st.text())
def test_any_text_gives_coming_days_in_order_or_is_refused(today: dt.date, words: str) -> None:
    try:
        first, last = read_days(words, today)
    except DaysError:
        return
    assert today <= first <= last <= first + LONGEST


@given(st.dates(dt.date(2026, 1, 1), dt.date(2090, 1, 1)), st.integers(0, 3000))
def test_a_date_is_read_as_it_is_written(today: dt.date, ahead: int) -> None:
    day = today + dt.timedelta(days=ahead)

    assert read_days(day.isoformat(), today) == (day, day)
    assert read_days(f"{day:%d %B %Y}", today) == (day, day)
    assert read_days(f"{day.year}年{day.month}月{day.day}日", today) == (day, day)
