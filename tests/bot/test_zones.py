"""Twelve zones and every clock change of two years."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from functools import cache
from itertools import islice
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.when import AmbiguousError, GapError, Plan, read_plan
from scheduler.local_time import change_over, moments_of
from scheduler.recurrence import Rule
from scheduler.slot_times import SlotTime, slots_after

ZONES = [
    ZoneInfo(name)
    for name in (
        "Europe/Berlin",
        "Europe/Dublin",  # its winter is the exception
        "America/New_York",
        "America/St_Johns",  # half an hour beside the others
        "America/Santiago",  # changes at midnight, in the southern summer
        "Australia/Lord_Howe",  # moves by half an hour
        "Antarctica/Troll",  # moves by two hours
        "Africa/Casablanca",  # moves with Ramadan
        "Asia/Tehran",
        "Asia/Kathmandu",  # 5:45 ahead
        "Asia/Shanghai",
        "Pacific/Apia",  # once left out a whole day
    )
]
YEARS = (2026, 2027)
MINUTE, HOUR, DAY = dt.timedelta(minutes=1), dt.timedelta(hours=1), dt.timedelta(days=1)
BY_ZONE = pytest.mark.parametrize("zone", ZONES, ids=str)


@cache
def changes(zone: ZoneInfo) -> list[dt.datetime]:
    """The moments (UTC) in which a zone's clocks change."""
    start = dt.datetime(YEARS[0], 1, 1, tzinfo=dt.UTC)
    quarters = [start + n * HOUR / 4 for n in range(4 * 24 * 365 * len(YEARS))]
    offsets = [quarter.astimezone(zone).utcoffset() for quarter in quarters]
    return [
        quarter
        for quarter, before, after in zip(quarters[1:], offsets, offsets[1:], strict=False)
        if before != after
    ]


def on_the_wall(moment: dt.datetime, zone: ZoneInfo) -> dt.datetime:
    return moment.astimezone(zone).replace(tzinfo=None)


@cache
def wall(zone: ZoneInfo, around: dt.datetime) -> dict[dt.datetime, tuple[dt.datetime, ...]]:
    """Every local minute of the days around a moment, with the moments that show it."""
    start = around - 2 * DAY
    minutes = [start + n * MINUTE for n in range(4 * 24 * 60)]
    first, last = (on_the_wall(minutes[n], zone) for n in (0, -1))
    locals_ = [first + n * MINUTE for n in range((last - first) // MINUTE + 1)]
    shown: dict[dt.datetime, tuple[dt.datetime, ...]] = dict.fromkeys(locals_, ())
    for minute in minutes:
        shown[on_the_wall(minute, zone)] += (minute,)
    return shown


def test_the_years_have_the_clock_changes_that_these_tests_are_about() -> None:
    n_changes = {zone.key: len(changes(zone)) for zone in ZONES}

    assert sum(n_changes.values()) == 4 * 8
    assert {zone for zone, n in n_changes.items() if n == 0} == {
        "Asia/Tehran",
        "Asia/Kathmandu",
        "Asia/Shanghai",
        "Pacific/Apia",
    }


@BY_ZONE
def test_a_local_time_has_the_moments_that_show_it_and_no_other(zone: ZoneInfo) -> None:
    for change in changes(zone):
        for local, moments in wall(zone, change).items():
            assert moments_of(local, zone) == moments
            assert moments or change_over(local, zone) == change


@BY_ZONE
def test_around_a_clock_change_each_time_is_exact_or_refused_or_asked_about(
    zone: ZoneInfo,
) -> None:
    for change in changes(zone):
        now = change - 3 * DAY
        shown = wall(zone, change)
        middle = on_the_wall(change, zone)
        for minutes in range(-150, 151, 15):
            local = middle + (minutes + 7) * MINUTE
            text = f"{local:%Y-%m-%d %H:%M} Hi"
            match shown[local]:
                case [moment]:
                    assert read_plan(text, now, zone) == Plan(moment, 17)
                case [first, second]:
                    with pytest.raises(AmbiguousError) as asked:
                        read_plan(text, now, zone)
                    assert (asked.value.first, asked.value.second) == (first, second)
                    assert asked.value.text_begins == 17
                case _:
                    with pytest.raises(GapError) as refused:
                        read_plan(text, now, zone)
                    assert (refused.value.before, refused.value.after) == (change - MINUTE, change)
                    assert refused.value.text_begins == 17


@settings(max_examples=150, deadline=None)
@given(
    local=st.datetimes(dt.datetime(2026, 1, 3), dt.datetime(2027, 12, 28)),  # noqa: DTZ001
    zone=st.sampled_from(ZONES),
)
def test_on_any_day_a_time_is_what_the_clock_shows_then(local: dt.datetime, zone: ZoneInfo) -> None:
    local = local.replace(second=0, microsecond=0, fold=0)
    now = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
    try:
        at = read_plan(f"{local:%Y-%m-%d %H:%M}", now, zone).publish_at
    except (GapError, AmbiguousError):
        assert any(abs(on_the_wall(change, zone) - local) <= 2 * HOUR for change in changes(zone))
        return
    assert on_the_wall(at, zone) == local


@BY_ZONE
def test_an_elapsed_time_is_exact_across_every_clock_change(zone: ZoneInfo) -> None:
    for change in changes(zone):
        now = change - 40 * MINUTE
        for phrase in ("in 90 minutes", "90分钟后", "一个半小时后"):
            assert read_plan(phrase, now, zone).publish_at == now + 90 * MINUTE
        assert read_plan("in two hours", now, zone).publish_at == now + 2 * HOUR


def test_of_a_time_that_comes_twice_the_one_that_has_passed_is_not_meant() -> None:
    berlin = ZoneInfo("Europe/Berlin")
    now = dt.datetime(2026, 10, 25, 1, 10, tzinfo=dt.UTC)  # 2:10, the second time

    assert read_plan("today 2:30", now, berlin).publish_at == now + 20 * MINUTE


def test_a_whole_day_that_was_left_out_is_refused() -> None:
    now = dt.datetime(2011, 12, 25, tzinfo=dt.UTC)
    date_line = dt.datetime(2011, 12, 30, 10, tzinfo=dt.UTC)

    with pytest.raises(GapError) as refused:
        read_plan("30.12.2011 9:00", now, ZoneInfo("Pacific/Apia"))

    assert refused.value.after == date_line


def expected(
    zone: ZoneInfo, change: dt.datetime, is_named: Callable[[dt.datetime], bool]
) -> list[dt.datetime]:
    """The moments of the days around a change in which something is due."""
    named = (moments for local, moments in wall(zone, change).items() if is_named(local))
    return sorted({moments[0] if moments else change for moments in named})


TIMES_OF_DAY = [(0, 0), (0, 30), (1, 0), (1, 45), (2, 0), (2, 30), (3, 0), (3, 15), (23, 59)]


@BY_ZONE
@pytest.mark.parametrize("crontab", ["*/20 * * * *", *(f"{m} {h} * * *" for h, m in TIMES_OF_DAY)])
def test_a_rule_comes_once_for_each_time_it_names_and_once_for_those_in_a_gap(
    zone: ZoneInfo, crontab: str
) -> None:
    rule = Rule.from_text(crontab)
    minute, hour, *_ = crontab.split()
    for change in changes(zone):
        due = expected(
            zone,
            change,
            lambda local: (
                local.minute % 20 == 0
                if hour == "*"
                else (local.hour, local.minute) == (int(hour), int(minute))
            ),
        )

        found = [rule.next_after(due[0] - MINUTE, zone)]
        while found[-1] < due[-1]:
            found.append(rule.next_after(found[-1], zone))

        assert found == due


@BY_ZONE
def test_slots_come_once_for_each_time_they_name_and_once_for_those_in_a_gap(
    zone: ZoneInfo,
) -> None:
    slots = [SlotTime(day, 60 * h + m) for day in range(7) for h, m in TIMES_OF_DAY]
    for change in changes(zone):
        due = expected(zone, change, lambda local: (local.hour, local.minute) in TIMES_OF_DAY)

        coming = slots_after(slots, due[0] - MINUTE, zone)

        assert list(islice(coming, len(due))) == due


RULES = st.builds(
    "{} {} {} {} {}".format,
    st.sampled_from(["0", "30", "0,15", "*/7", "59"]),
    st.sampled_from(["*", "0", "2", "3,23", "1-4"]),
    st.just("*"),
    st.sampled_from(["*", "3", "10-11"]),
    st.sampled_from(["*", "0", "mon-fri", "sun#1", "sunl", "6"]),
).map(Rule.from_text)
MOMENTS = st.datetimes(
    dt.datetime(2026, 1, 1),  # noqa: DTZ001  # given one below
    dt.datetime(2027, 12, 31),  # noqa: DTZ001
    timezones=st.just(dt.UTC),
)


@settings(max_examples=150, deadline=None)
@given(rule=RULES, moment=MOMENTS, zone=st.sampled_from(ZONES), back=st.booleans())
def test_a_rule_never_comes_at_or_before_the_moment_it_is_asked_for(
    rule: Rule, moment: dt.datetime, zone: ZoneInfo, back: bool
) -> None:
    if changes(zone) and back:  # near a change, where it is hard
        moment = (
            min(changes(zone), key=lambda change: abs(change - moment)) - moment.minute * MINUTE
        )

    first = rule.next_after(moment, zone)

    assert first > moment
    assert rule.next_after(first - MINUTE / 60, zone) == first
    assert rule.next_after(first, zone) > first
    assert first.tzinfo is dt.UTC
