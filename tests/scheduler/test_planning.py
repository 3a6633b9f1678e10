"""Free slots, and the evergreen posts that fill them."""

from __future__ import annotations

import datetime as dt
from itertools import islice
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlite_utils import Database

from scheduler import planning, store
from scheduler.posts import Content, PostState
from scheduler.slot_times import SlotTime, slots_after
from scheduler.store import series, slots
from scheduler.store.series import Series
from tests.scheduler.plans import (
    BERLIN,
    CHANNEL,
    DAY,
    HOUR,
    MONDAY,
    empty,
    extend,
    local,
    placing,
)

OTHER = -200
AT_NINE = [SlotTime(weekday, 9 * 60) for weekday in range(7)]


@pytest.fixture
def db() -> Database:
    return empty()


def evergreen(db: Database, text: str, days: int = 30, n_left: int | None = None) -> Series:
    rest = dt.timedelta(days=days)
    return series.begin(db, Content(text), MONDAY, cooldown=rest, n_left=n_left)


def test_the_next_free_slot_is_the_first_at_which_nothing_stands(db: Database) -> None:
    slots.tell(db, slots.ANY_CHANNEL, AT_NINE)
    nine = dt.datetime(2027, 3, 2, 8, 0, tzinfo=dt.UTC)
    store.schedule(db, CHANNEL, Content("a"), nine + dt.timedelta(minutes=5), now=MONDAY)
    draft = PostState.DRAFT
    store.schedule(db, CHANNEL, Content("b"), nine + DAY, now=MONDAY, state=draft)
    store.schedule(db, CHANNEL, Content("c"), nine + 2 * DAY, now=MONDAY)
    store.claim_next(db, CHANNEL, nine + 2 * DAY)
    dropped = store.schedule(db, CHANNEL, Content("d"), nine + 3 * DAY, now=MONDAY)
    store.cancel(db, dropped.id, MONDAY)

    assert planning.next_free_slot(db, CHANNEL, MONDAY, BERLIN) == nine + 3 * DAY
    assert planning.next_free_slot(db, OTHER, MONDAY, BERLIN) == nine


def test_a_channel_with_slots_of_its_own_has_no_others(db: Database) -> None:
    slots.tell(db, slots.ANY_CHANNEL, AT_NINE)
    slots.tell(db, OTHER, [SlotTime(5, 11 * 60)])

    at = planning.next_free_slot(db, OTHER, MONDAY, BERLIN)

    assert at
    assert local(at) == ["Sat 06 Mar 11:00"]


def test_a_slot_is_taken_where_the_post_stands_by_the_offset_of_its_channel(db: Database) -> None:
    slots.tell(db, slots.ANY_CHANNEL, AT_NINE)
    nine = dt.datetime(2027, 3, 2, 8, 0, tzinfo=dt.UTC)
    store.schedule(db, CHANNEL, Content("a"), nine + HOUR, now=MONDAY)

    assert planning.next_free_slot(db, CHANNEL, MONDAY, BERLIN, offset=HOUR) == nine + DAY


def test_without_slots_none_is_free(db: Database) -> None:
    assert planning.next_free_slot(db, CHANNEL, MONDAY, BERLIN) is None


@settings(max_examples=30, deadline=None)
@given(
    times=st.sets(
        st.builds(SlotTime, st.integers(0, 6), st.integers(0, 95).map(lambda n: n * 15)),
        min_size=1,
        max_size=5,
    ),
    begins=st.integers(0, 365 * 24 * 60),  # minutes into the year
    zone=st.sampled_from(("Europe/Berlin", "America/New_York", "Australia/Lord_Howe")),
)
def test_whoever_takes_one_free_slot_after_another_takes_them_all_in_order(
    times: set[SlotTime], begins: int, zone: str
) -> None:
    db, here = empty(), ZoneInfo(zone)
    after = dt.datetime(2027, 1, 1, tzinfo=dt.UTC) + dt.timedelta(minutes=begins)
    slots.tell(db, CHANNEL, times)

    taken = []
    for _ in range(10):
        slot = planning.next_free_slot(db, CHANNEL, after, here)
        assert slot
        store.schedule(db, CHANNEL, Content("x"), slot, now=after)
        taken.append(slot)

    assert taken == list(islice(slots_after(times, after, here), 10))


def test_a_free_slot_of_the_coming_day_gets_what_has_rested_longest(db: Database) -> None:
    slots.tell(db, slots.ANY_CHANNEL, AT_NINE)
    evergreen(db, "first")
    evergreen(db, "second")

    texts = []
    for n in range(4):
        for filled in fill(db, MONDAY + n * DAY):
            texts += [post.text for post in filled.posts]

    assert texts == ["first", "second"]
    assert [post.text for post in store.upcoming(db)] == ["first", "second"]
    (again,) = fill(db, MONDAY + 30 * DAY)
    assert again.series.content.text == "first"


def test_a_slot_whose_evergreen_post_was_cancelled_stays_free(db: Database) -> None:
    slots.tell(db, slots.ANY_CHANNEL, AT_NINE)
    evergreen(db, "first")
    evergreen(db, "second")
    (filled,) = fill(db, MONDAY)
    store.cancel(db, filled.posts[0].id, MONDAY)

    assert fill(db, MONDAY + HOUR) == []


def test_no_slot_is_filled_that_is_taken_or_too_near(db: Database) -> None:
    slots.tell(db, slots.ANY_CHANNEL, AT_NINE)
    evergreen(db, "first")
    nine = dt.datetime(2027, 3, 2, 8, 0, tzinfo=dt.UTC)

    assert fill(db, nine - dt.timedelta(minutes=30)) == []
    store.schedule(db, CHANNEL, Content("own"), nine, now=MONDAY)
    assert fill(db, MONDAY) == []


def test_an_evergreen_post_ends_with_its_number_and_is_not_offered_late(db: Database) -> None:
    slots.tell(db, slots.ANY_CHANNEL, AT_NINE)
    evergreen(db, "once", days=1, n_left=1)
    fill(db, MONDAY)
    assert extend(db, MONDAY) == []

    (extension,) = extend(db, MONDAY + DAY)

    assert extension.n_missed == 1
    assert extension.series.state == "ended"
    assert series.going(db, "evergreen") == []
    assert fill(db, MONDAY + DAY) == []
    assert store.mark_late(db, MONDAY + DAY) == []


def fill(db: Database, now: dt.datetime) -> list[planning.Extension]:
    return planning.fill(db, CHANNEL, now, BERLIN, placing(db, now))
