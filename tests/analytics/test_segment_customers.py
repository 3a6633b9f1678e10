import datetime as dt
from collections.abc import Sequence

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analytics.frames import FrameError, NotEnoughDataError
from analytics.segments import MIN_CUSTOMERS, segment_customers

NOW = dt.datetime(2026, 3, 1, tzinfo=dt.UTC)

Customer = tuple[float, float, int, int, float | None]


def customers(rows: Sequence[Customer]) -> pd.DataFrame:
    """Days since first and last seen, messages, handoffs, sentiment."""
    return pd.DataFrame(
        {
            "customer": range(1, len(rows) + 1),
            "first_seen_at": [NOW - dt.timedelta(days=row[0]) for row in rows],
            "last_seen_at": [NOW - dt.timedelta(days=row[1]) for row in rows],
            "n_messages": [row[2] for row in rows],
            "n_handoffs": [row[3] for row in rows],
            "mean_sentiment": pd.Series([row[4] for row in rows], dtype=float),
        }
    )


def three_kinds(n_each: int) -> list[Customer]:
    """Happy regulars, unhappy ones who needed the owner, and people long gone."""
    rng = np.random.default_rng(0)
    rows: list[Customer] = []
    for _ in range(n_each):
        wobble = float(rng.uniform(0.8, 1.2))
        rows.append((300 * wobble, 1 * wobble, int(60 * wobble), 0, 0.6 * wobble))
        rows.append((300 * wobble, 20 * wobble, int(12 * wobble), 8, -0.6 * wobble))
        rows.append((300 * wobble, 200 * wobble, 2, 0, 0.1 * wobble))
    return rows


def shapeless(n: int, seed: int) -> list[Customer]:
    rng = np.random.default_rng(seed)
    days, messages = np.exp(rng.normal(3, 1, n)), np.exp(rng.normal(3, 1, n)) + 1
    sentiments = rng.normal(0, 0.2, n).clip(-1, 1)
    return [
        (float(day) + 100, float(day), int(count), 0, float(sentiment))
        for day, count, sentiment in zip(days, messages, sentiments, strict=True)
    ]


def test_customers_of_three_kinds_are_told_apart() -> None:
    segmentation = segment_customers(customers(three_kinds(10)), NOW)

    groups = {frozenset(segment.customers) for segment in segmentation.segments}
    assert groups == {frozenset(range(first, 31, 3)) for first in (1, 2, 3)}


def test_a_segment_is_named_for_what_sets_it_apart() -> None:
    segments = segment_customers(customers(three_kinds(10)), NOW).segments

    traits = {min(segment.customers): set(segment.traits) for segment in segments}
    profiles = {min(segment.customers): segment.profile for segment in segments}
    assert traits[1] >= {"recent", "frequent", "happy"}
    assert traits[2] >= {"needs_help", "unhappy"}
    assert traits[3] >= {"lapsed", "quiet"}
    assert len({segment.name for segment in segments}) == 3
    assert profiles[3].recency_days > 150
    assert profiles[2].mean_sentiment is not None
    assert profiles[2].mean_sentiment < 0


def test_who_wrote_this_week_is_neither_lost_nor_an_old_acquaintance() -> None:
    this_week = [
        (first / 100, last / 100, n_messages, n_handoffs, sentiment)
        for first, last, n_messages, n_handoffs, sentiment in three_kinds(10)
    ]

    segments = segment_customers(customers(this_week), NOW).segments

    assert segments
    assert not {"lapsed", "long_known"} & {trait for one in segments for trait in one.traits}


def test_a_shapeless_crowd_has_no_clear_groups() -> None:
    found = [segment_customers(customers(shapeless(60, seed)), NOW) for seed in range(10)]

    assert sum(segmentation.clear for segmentation in found) <= 2  # one in twenty by its design
    assert all(segmentation.silhouette for segmentation in found)


def test_less_happy_is_not_unhappy() -> None:
    rows = [(50.0, 5.0, 10, 0, 0.9 if i % 2 else 0.3) for i in range(20)]

    segments = segment_customers(customers(rows), NOW).segments

    assert {segment.traits for segment in segments} == {("happy",), ()}
    assert {segment.name for segment in segments} == {"happy", "average"}


def test_new_customers_are_called_new() -> None:
    rows = [(400.0, 3.0, 20, 0, None)] * 10 + [(3.0, 3.0, 1, 0, None)] * 10

    segments = segment_customers(customers(rows), NOW).segments

    assert {"new", "quiet"} in [set(segment.traits) for segment in segments]
    assert {segment.profile.mean_sentiment for segment in segments} == {None}


@pytest.mark.parametrize("row", [(9, 9, 0, 0, None), (9, -9, 5, 50, 1.0)])
def test_customers_who_do_not_differ_form_no_groups(row: Customer) -> None:
    segmentation = segment_customers(customers([row] * 20), NOW)

    assert (segmentation.clear, segmentation.silhouette) == (False, None)


@given(
    st.lists(
        st.tuples(
            st.floats(0, 1000),
            st.floats(0, 1000),
            st.integers(0, 10_000),
            st.integers(0, 10_000),
            st.none() | st.floats(-1, 1),
        ),
        min_size=MIN_CUSTOMERS,
        max_size=40,
    )
)
@settings(max_examples=15, deadline=None)
def test_every_customer_is_in_one_segment_or_there_are_none(rows: list[Customer]) -> None:
    segmentation = segment_customers(customers(rows), NOW)

    members = [one for segment in segmentation.segments for one in segment.customers]
    assert sorted(members) == (list(range(1, len(rows) + 1)) if segmentation.clear else [])
    assert all(segment.size == len(segment.customers) for segment in segmentation.segments)
    assert sum(segment.share for segment in segmentation.segments) == pytest.approx(
        float(segmentation.clear)
    )
    assert len({segment.name for segment in segmentation.segments}) == len(segmentation.segments)


def test_the_same_seed_gives_the_same_segments() -> None:
    frame = customers(three_kinds(100))

    assert segment_customers(frame, NOW, 3) == segment_customers(frame, NOW, 3)


@pytest.mark.parametrize("n", [0, 1, MIN_CUSTOMERS - 1])
def test_too_few_customers_are_refused(n: int) -> None:
    with pytest.raises(NotEnoughDataError) as caught:
        segment_customers(customers(three_kinds(10)[:n]), NOW)

    assert (caught.value.needed, caught.value.found) == (MIN_CUSTOMERS, n)


def test_bad_frames_and_moments_are_refused() -> None:
    frame = customers(three_kinds(10))
    with pytest.raises(FrameError, match="column mean_sentiment, row 1: 2 is out of range"):
        segment_customers(frame.assign(mean_sentiment=2), NOW)
    with pytest.raises(ValueError, match="as_of needs a time zone"):
        segment_customers(frame, NOW.replace(tzinfo=None))
