"""The slots of a week."""

from __future__ import annotations

import datetime as dt
from itertools import islice, pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.when import SlotsError, read_slots, slots_in_words
from scheduler.slot_times import SlotTime, slots_after
from tests.bot.test_zones import MOMENTS, ZONES

BERLIN = ZoneInfo("Europe/Berlin")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("Mo-Fr 9:00, 18:00; Sa 11:00", "Mon–Fri 9:00, 18:00; Sat 11:00"),
        ("daily 9:00", "daily 9:00"),
        ("weekdays 9", "Mon–Fri 9:00"),
        ("Every weekday at 9am and 6pm", "Mon–Fri 9:00, 18:00"),
        ("mondays and thursdays 9.30, weekends noon", "Mon, Thu 9:30; Sat, Sun 12:00"),
        ("Fr-Mo 10", "Mon, Fri–Sun 10:00"),
        ("Mo 9:00\nTu 10:00", "Mon 9:00; Tue 10:00"),
        ("Mo 18:00, Mo 9:00, Mo 9:00", "Mon 9:00, 18:00"),
        ("周一到周五 9:00 18:00，周六 11点", "Mon–Fri 9:00, 18:00; Sat 11:00"),
        ("每天早上八点、晚上八点半", "daily 8:00, 20:30"),
        ("周一三五九点", "Mon, Wed, Fri 9:00"),
        ("工作日 9点30分", "Mon–Fri 9:30"),
        ("周六十点", "Sat 10:00"),
    ],
)
def test_slots_are_read_as_people_write_them(text: str, said: str) -> None:
    assert slots_in_words(read_slots(text), "en") == said


@pytest.mark.parametrize(
    ("text", "problem", "part"),
    [
        ("", "empty", ""),
        ("hello", "unknown", "hello"),
        ("Mo hello 9", "unknown", "hello"),
        ("24 Dec 9:00", "unknown", "24 Dec"),
        ("9:00", "no_days", "9:00"),
        ("Mo", "no_time", "Mo"),
        ("Mo; Tu 9:00", "no_time", "Mo"),
        ("Mo-Fr 9-18", "range", "9-18"),
        ("Mo 25:00", "no_clock", "25:00"),
        ("Mo 24:00", "no_clock", "24:00"),
        ("Mo 9 30", "no_clock", "30"),
    ],
)
def test_slots_that_cannot_be_read_are_refused_with_their_part(
    text: str, problem: str, part: str
) -> None:
    with pytest.raises(SlotsError) as refused:
        read_slots(text)

    assert (refused.value.problem, refused.value.part) == (problem, part)


SLOTS = st.sets(
    st.builds(SlotTime, st.integers(0, 6), st.integers(0, 24 * 60 - 1)), min_size=1, max_size=12
)


@given(slots=SLOTS, language=st.sampled_from(["en", "zh"]))
def test_what_is_said_of_slots_is_read_as_the_same(slots: set[SlotTime], language: str) -> None:
    assert read_slots(slots_in_words(slots, language)) == tuple(sorted(slots))


def test_slots_are_said_in_chinese() -> None:
    slots = read_slots("Mo-Fr 9:00, 18:00; Sa 11:00")

    assert slots_in_words(slots, "zh") == "周一至周五 9:00、18:00；周六 11:00"


def test_the_next_slots_follow_the_clock_on_the_wall_through_a_change() -> None:
    saturday = dt.datetime(2026, 10, 24, 7, 0, tzinfo=dt.UTC)  # 9:00 in Berlin

    coming = slots_after(read_slots("daily 9:00; Su 2:30"), saturday, BERLIN)

    assert [f"{at:%d %R}" for at in islice(coming, 3)] == ["25 00:30", "25 08:00", "26 08:00"]


def test_without_slots_there_is_no_next_one() -> None:
    assert list(slots_after([], dt.datetime(2026, 1, 1, tzinfo=dt.UTC), BERLIN)) == []


@settings(max_examples=100, deadline=None)
@given(slots=SLOTS, moment=MOMENTS, zone=st.sampled_from(ZONES))
def test_slots_come_in_order_after_the_moment_and_none_twice(
    slots: set[SlotTime], moment: dt.datetime, zone: ZoneInfo
) -> None:
    coming = [moment, *islice(slots_after(slots, moment, zone), 20)]

    assert all(earlier < later for earlier, later in pairwise(coming))
