import datetime as dt
import zoneinfo

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analytics.bursts import MIN_POINTS, TooFewPointsError, Watched, watch
from analytics.frames import FrameError

WEEK = 168
BERLIN = zoneinfo.ZoneInfo("Europe/Berlin")


def series(y: object, freq: str = "h", name: str = "complaints") -> pd.DataFrame:
    counts = np.asarray(y, dtype=float)
    ds = pd.date_range("2026-01-05", periods=len(counts), freq=freq, tz="UTC")
    return pd.DataFrame({"unique_id": name, "ds": ds, "y": counts})


def usual(n_weeks: int, rate: float, seed: int = 0) -> "np.ndarray[tuple[int], np.dtype[np.int64]]":
    """Counts by the hour, many by day and hardly any by night."""
    hours = np.arange(n_weeks * WEEK)
    return np.random.default_rng(seed).poisson(rate * (1 + 0.95 * np.sin(hours / 24 * 2 * np.pi)))


def told(points: list[Watched], n_latest: int = WEEK + 20) -> list[int]:
    """Number the bursts among the latest points, the last point of all being -1."""
    return [
        i - len(points)
        for i, each in enumerate(points)
        if each.burst and i >= len(points) - n_latest
    ]


def test_ten_times_the_usual_number_is_told_in_the_same_hour() -> None:
    counts = usual(8, rate=3)
    counts[-1] = 30

    assert told(list(watch(series(counts)))) == [-1]


def test_a_swell_too_small_for_one_hour_is_told_within_four() -> None:
    counts = usual(8, rate=3)
    counts[-20:-16] += 5

    points = list(watch(series(counts)))

    assert -19 <= told(points)[0] < -16


def test_the_busy_hour_of_every_day_is_no_burst() -> None:
    counts = np.tile([0] * 18 + [40] + [0] * 5, 30)

    points = list(watch(series(counts)))

    assert told(points) == []
    assert points[-6].expected == pytest.approx(40, rel=0.25)
    assert points[-1].expected == pytest.approx(0, abs=0.5)


def test_usual_counts_raise_fewer_alarms_than_are_bearable() -> None:
    weeks, names = 20, 10
    frames = [series(usual(weeks, 0.5, seed), name=str(seed)) for seed in range(names)]

    points = list(watch(pd.concat(frames), false_alarms=0.1))

    assert len(told(points, len(points))) <= 0.1 * weeks * names


def test_a_burst_does_not_make_the_next_one_usual() -> None:
    counts = usual(8, rate=3)
    counts[-WEEK - 1] = counts[-1] = 40

    assert told(list(watch(series(counts)))) == [-WEEK - 1, -1]


def test_a_burst_is_judged_by_the_points_before_it_only() -> None:
    counts = usual(4, rate=3)
    later = np.concatenate([counts, np.full(50, 200)])

    assert list(watch(series(later)))[: len(counts)] == list(watch(series(counts)))


def test_hours_are_those_of_the_owners_clock() -> None:
    ds = pd.date_range("2026-03-16", "2026-04-20", freq="h", tz=BERLIN, inclusive="left")
    counts = np.where(ds.hour == 9, 50, 0)
    frame = pd.DataFrame({"unique_id": "joins", "ds": ds.tz_convert("UTC"), "y": counts})

    here, elsewhere = (list(watch(frame, zone))[-15] for zone in (BERLIN, dt.UTC))

    assert here.y == elsewhere.y == 50
    assert here.expected is not None
    assert elsewhere.expected is not None
    assert here.expected > 1.3 * elsewhere.expected


def test_nothing_is_said_before_enough_is_known_or_where_a_count_is_missing() -> None:
    frame = series([1.0] * MIN_POINTS + [np.nan, 1.0])

    points = list(watch(frame))

    assert {point.score for point in points[: MIN_POINTS + 1]} == {None}
    assert points[MIN_POINTS].y is None
    assert points[-1].score is not None


def test_too_short_a_series_says_how_much_is_missing() -> None:
    with pytest.raises(TooFewPointsError, match=r"29 points of a series are needed.*19 more"):
        watch(series([1] * 10))


def test_what_is_no_count_is_named_with_its_row() -> None:
    with pytest.raises(FrameError, match=r"y, row 3: 1\.5 is not a count"):
        watch(series([1, 2, 1.5]))


@settings(max_examples=25, deadline=None)
@given(st.lists(st.integers(0, 10**6), min_size=MIN_POINTS + 1, max_size=60))
def test_any_counts_get_sound_scores(counts: list[int]) -> None:
    for point in list(watch(series(counts)))[MIN_POINTS:]:
        assert point.expected is not None
        assert point.score is not None
        assert point.expected > 0
        assert 0 <= point.score < 400
