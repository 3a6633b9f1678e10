"""What repeats: each occurrence once, whenever and however often it is planned."""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlite_utils import Database

from scheduler import planning, store
from scheduler.planning import TooOftenError
from scheduler.posts import Content, Post
from scheduler.recurrence import Rule
from scheduler.store import series
from scheduler.store.series import Series
from tests.scheduler.plans import (
    BERLIN,
    DAY,
    HOUR,
    MONDAY,
    WEEK,
    empty,
    extend,
    local,
    placing,
    repeat,
    scheduled,
)

NEW_YORK, UTC = ZoneInfo("America/New_York"), ZoneInfo("UTC")


@pytest.fixture
def db() -> Database:
    return empty()


def test_a_week_of_a_daily_series_is_written_over_a_change_of_the_clocks(db: Database) -> None:
    begun = dt.datetime(2027, 3, 25, 12, tzinfo=dt.UTC)
    repeat(db, "0 9 * * *", begun)

    (extension,) = extend(db, begun)

    assert local(*scheduled(db)) == [
        f"{day} Mar 09:00" for day in ("Fri 26", "Sat 27", "Sun 28", "Mon 29", "Tue 30", "Wed 31")
    ] + ["Thu 01 Apr 09:00"]
    assert len(extension.posts) == 7
    assert extension.n_missed == 0


def test_a_rare_series_has_its_next_occurrence_written_at_once(db: Database) -> None:
    repeat(db, "0 9 * * mon#1")

    extend(db, MONDAY)

    assert local(*scheduled(db)) == ["Mon 05 Apr 09:00"]
    wakes_at = series.next_extension_at(db)
    assert wakes_at == scheduled(db)[0]
    extend(db, wakes_at)
    assert local(*scheduled(db)) == ["Mon 05 Apr 09:00", "Mon 03 May 09:00"]


def test_an_occurrence_that_is_cancelled_or_moved_is_not_written_again(db: Database) -> None:
    repeat(db, "0 9 * * *")
    extend(db, MONDAY)
    first, second, *_ = store.upcoming(db)
    store.cancel(db, first.id, MONDAY)
    store.move(db, second.id, second.publish_at + 9 * HOUR, MONDAY)

    for n in range(1, 4):
        extend(db, MONDAY + n * HOUR)
        with db.atomic():  # even if it had been forgotten how far it was written
            db.execute("update series set reached = '2027-03-01T13:00', extend_at = '2000'")

    assert local(*scheduled(db))[:2] == ["Wed 03 Mar 18:00", "Thu 04 Mar 09:00"]
    assert len(scheduled(db)) == 6


def test_after_weeks_away_only_the_next_one_comes_and_the_missed_are_counted(db: Database) -> None:
    repeat(db, "0 9 * * mon")
    extend(db, MONDAY)
    back = MONDAY + 4 * WEEK + DAY

    (extension,) = extend(db, back)

    assert extension.n_missed == 4
    assert local(*scheduled(db)) == ["Mon 05 Apr 09:00"]
    assert store.mark_late(db, back) == []
    assert extend(db, back) == []


def test_an_occurrence_missed_this_morning_is_still_offered(db: Database) -> None:
    repeat(db, "0 9 * * mon")
    extend(db, MONDAY)
    back = MONDAY + WEEK

    (extension,) = extend(db, back)

    assert extension.n_missed == 0
    assert local(*(post.publish_at for post in store.mark_late(db, back))) == ["Mon 08 Mar 09:00"]


def test_a_series_ends_after_its_number_or_its_day(db: Database) -> None:
    twice = repeat(db, "0 9 * * *", n_left=2)
    until = repeat(db, "0 18 * * *", ends_at=MONDAY + 2 * DAY)

    extend(db, MONDAY)

    assert local(*scheduled(db)) == [
        "Mon 01 Mar 18:00",
        "Tue 02 Mar 09:00",
        "Tue 02 Mar 18:00",
        "Wed 03 Mar 09:00",
    ]
    assert extend(db, MONDAY + DAY) == []
    last = MONDAY + 2 * DAY
    over = [extension.series for extension in extend(db, last)]
    assert {each.id for each in over if each.state == "ended"} == {twice.id, until.id}
    assert series.going(db, "recurring") == []


def test_what_is_paused_is_taken_back_and_comes_again_but_for_the_skipped(db: Database) -> None:
    begun = repeat(db, "0 9 * * *", n_left=5)
    extend(db, MONDAY)
    store.cancel(db, store.upcoming(db)[1].id, MONDAY)

    series.turn(db, begun.id, "paused", MONDAY)
    assert scheduled(db) == []
    assert extend(db, MONDAY) == []
    reached = planning.begins_after(Rule.from_text(begun.rule), MONDAY + DAY, BERLIN)
    series.turn(db, begun.id, "on", MONDAY + DAY, reached=reached)
    extend(db, MONDAY + DAY)

    # The first was slept through, the second is the skipped one; both were among the five.
    assert local(*scheduled(db)) == [
        f"{day} Mar 09:00" for day in ("Thu 04", "Fri 05", "Sat 06")
    ] + ["Sun 07 Mar 09:00"]


def test_another_text_is_that_of_every_occurrence_not_yet_out(db: Database) -> None:
    begun = repeat(db, "0 9 * * *")
    extend(db, MONDAY)

    series.edit(db, begun.id, Content("Fair"), MONDAY)
    extend(db, MONDAY + WEEK)

    assert {post.text for post in store.upcoming(db)} == {"Fair"}


def test_another_zone_neither_repeats_an_occurrence_nor_leaves_one_out(db: Database) -> None:
    repeat(db, "0 9 * * *")
    extend(db, MONDAY)

    extend(db, MONDAY + 2 * DAY, NEW_YORK)

    days = [moment.astimezone(BERLIN).date().day for moment in scheduled(db)]
    assert days == [3, 4, 5, 6, 7, 8, 9]
    assert local(scheduled(db)[-1], zone=NEW_YORK) == ["Tue 09 Mar 09:00"]


def test_a_rule_of_every_minute_is_refused() -> None:
    for often in ("* * * * *", "0,10 9 * * *"):
        with pytest.raises(TooOftenError):
            planning.begins_after(Rule.from_text(often), MONDAY, BERLIN)


def test_a_series_begun_in_an_hour_that_comes_twice_has_missed_nothing(db: Database) -> None:
    second_time = dt.datetime(2027, 10, 31, 1, 10, tzinfo=dt.UTC)  # 2:10 for the second time
    repeat(db, "45 2 * * *", second_time)

    (extension,) = extend(db, second_time)

    assert extension.n_missed == 0
    assert local(extension.posts[0].publish_at) == ["Mon 01 Nov 02:45"]


def test_a_series_that_is_given_an_end_loses_what_is_beyond_it(db: Database) -> None:
    begun = repeat(db, "0 9 * * *")
    extend(db, MONDAY)
    moved = store.upcoming(db)[0]
    store.move(db, moved.id, moved.publish_at + HOUR, MONDAY)

    planning.limit(db, begun, MONDAY, BERLIN, n_to_come=2)
    extend(db, MONDAY)
    assert local(*scheduled(db)) == ["Tue 02 Mar 10:00", "Wed 03 Mar 09:00"]

    planning.limit(db, series.get(db, begun.id), MONDAY, BERLIN)
    extend(db, MONDAY)
    assert len(scheduled(db)) == 7


RULES = ("0 9 * * *", "30 2 * * *", "0 9 * * mon#1", "0 */4 * * *", "15 6 l * *", "0 0 * * sun,wed")
ZONES = ("Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Shanghai")
Step = tuple[int, str]


@settings(max_examples=40, deadline=None)
@given(
    rule=st.sampled_from(RULES),
    begins=st.integers(0, 365 * 24 * 60),  # minutes into the year
    steps=st.lists(
        st.tuples(
            st.integers(0, 20 * 24 * 60),  # minutes until the next look
            st.sampled_from(("crash", "cancel", "move", "zone", "look")),
        ),
        max_size=8,
    ),
    zones=st.permutations(ZONES),
)
def test_whenever_it_is_extended_every_occurrence_is_written_once_or_counted_as_missed(
    rule: str, begins: int, steps: list[Step], zones: list[str]
) -> None:
    now = dt.datetime(2027, 1, 1, tzinfo=dt.UTC) + dt.timedelta(minutes=begins)
    db, zone = empty(), ZoneInfo(zones[0])
    begun = repeat(db, rule, now, zone)
    n_missed = 0

    for n, (minutes, what) in enumerate([(0, "look"), *steps, (0, "look")]):
        now += dt.timedelta(minutes=minutes)
        waiting = store.upcoming(db)
        if what == "cancel" and waiting:
            store.cancel(db, waiting[0].id, now)
        elif what == "move" and waiting:
            store.move(db, waiting[-1].id, now + 90 * DAY, now)
        elif what == "zone":
            zone = ZoneInfo(zones[n % len(zones)])
        elif what == "crash":
            crash_in_the_middle(db, now, zone)
        n_skipped = n_missed_late(db)
        new = sum(each.n_missed for each in extend(db, now, zone))
        new -= n_missed_late(db) - n_skipped
        assert new == 0 or minutes > planning.AHEAD / dt.timedelta(minutes=1) or what == "zone"
        n_missed += new

    written = [row[0] for row in db.execute("select occurrence from posts order by id")]
    named = walls(Rule.from_text(rule), begun.reached, series.get(db, begun.id).reached)
    assert len(set(written)) == len(written)
    assert len(written) + n_missed == len(named)
    assert set(written) <= set(named) or any(what == "zone" for _, what in steps)


def n_missed_late(db: Database) -> int:
    (n,) = db.execute("select count(*) from posts where reason = 'missed'").fetchone()
    return int(n)


def walls(rule: Rule, after: dt.datetime | None, until: dt.datetime | None) -> list[str]:
    """Name the local times of a rule by a clock that never changes."""
    assert after
    assert until
    found, at = [], after.replace(tzinfo=dt.UTC)
    while (at := rule.next_after(at, UTC)) <= until.replace(tzinfo=dt.UTC):
        found.append(at.strftime("%Y-%m-%dT%H:%M"))
    return found


class CrashError(Exception):
    pass


def crash_in_the_middle(db: Database, now: dt.datetime, zone: ZoneInfo) -> None:
    place = placing(db, now)

    def place_one(each: Series, at: dt.datetime, occurrence: str) -> list[Post]:
        place(each, at, occurrence)
        raise CrashError

    before = db.execute("select count(*) from posts").fetchone()
    try:
        planning.extend(db, now, zone, place_one)
    except CrashError:
        assert db.execute("select count(*) from posts").fetchone() == before
