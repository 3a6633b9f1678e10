"""What is remembered of a zone's clock is what the zone itself says."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from functools import cache
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scheduler.walls import AHEAD, Wall, agree, wall_of

NOW = dt.datetime(2027, 3, 1, 12, 0, 0, 500, tzinfo=dt.UTC)
HOUR = dt.timedelta(hours=1)
ZONES = (
    "Europe/Berlin", "Europe/Dublin", "America/New_York", "America/Santiago", "Africa/Casablanca",
    "Asia/Shanghai", "Asia/Kathmandu", "Australia/Lord_Howe", "Pacific/Chatham", "Pacific/Apia",
    "Antarctica/Troll", "UTC",
)  # fmt: skip


@cache
def wall(zone: str) -> Wall:
    return wall_of(ZoneInfo(zone), NOW)


@given(zone=st.sampled_from(ZONES), seconds=st.integers(1, int(AHEAD.total_seconds()) - 1))
def test_a_remembered_clock_shows_what_the_zone_shows(zone: str, seconds: int) -> None:
    at = NOW + dt.timedelta(seconds=seconds)

    assert wall(zone).offset(at) == at.astimezone(ZoneInfo(zone)).utcoffset()


def test_nothing_is_said_of_times_that_are_not_known() -> None:
    assert wall("Europe/Berlin").offset(NOW - HOUR) is None
    assert wall("Europe/Berlin").offset(NOW + AHEAD) is None


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("Europe/Berlin", "Europe/Paris", True),
        ("Europe/Berlin", "Europe/London", False),
        ("Africa/Lagos", "Europe/Berlin", False),  # the same in winter only
    ],
)
def test_clocks_agree_that_show_the_same_all_year(one: str, other: str, same: bool) -> None:
    assert agree(wall(one), wall(other)) is same
    assert agree(wall(other), wall(one)) is same


def test_clocks_are_compared_where_both_are_known() -> None:
    later = wall_of(ZoneInfo("Europe/Berlin"), NOW + 5000 * HOUR)
    other = replace(later, changes=tuple((at, offset + HOUR) for at, offset in later.changes))

    assert agree(wall("Europe/Berlin"), later)
    assert not agree(wall("Europe/Berlin"), other)
