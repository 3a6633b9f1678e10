import datetime as dt
import zoneinfo
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analytics.engagement import MIN_POSTS, Prediction, predict_engagement
from analytics.features import post_features
from analytics.frames import FrameError, NotEnoughDataError

START = dt.datetime(2026, 1, 5, 9, tzinfo=dt.UTC)
DAY = dt.timedelta(days=1)
BERLIN = zoneinfo.ZoneInfo("Europe/Berlin")


def history(texts: list[str], engagement: Any, **columns: Any) -> pd.DataFrame:
    """One post a day, at ten in Berlin."""
    frame = pd.DataFrame(
        {
            "post": range(len(texts)),
            "text": texts,
            "published_at": [START + i * DAY for i in range(len(texts))],
            "reactions": engagement,
            "comments": 0,
            "members": None,
        }
    )
    return frame.assign(**columns)


def questions(n: int, seed: int) -> pd.DataFrame:
    """Posts with a question get about four times the engagement."""
    rng = np.random.default_rng(seed)
    asks = rng.random(n) < 0.5
    texts = ["What do you like best?" if ask else "What we like the best" for ask in asks]
    return history(texts, rng.poisson(np.where(asks, 80, 20)))


def noise(n: int, seed: int) -> pd.DataFrame:
    return history(["Good morning"] * n, np.random.default_rng(seed).poisson(30, n))


def predict(posts: pd.DataFrame, draft: str = "Good morning") -> Prediction:
    return predict_engagement(posts, draft, START + len(posts) * DAY, BERLIN)


def log_error(predicted: float, actual: float) -> float:
    return float(abs(np.log1p(predicted) - np.log1p(actual)))


def test_what_drew_people_before_is_expected_to_draw_them_again() -> None:
    posts = questions(120, 0)

    asking, telling = predict(posts, "Who comes too?"), predict(posts, "Who comes too")

    assert asking.model == telling.model == "ridge"
    assert asking.expected > 1.8 * telling.expected
    assert asking.mae_ratio is not None
    assert asking.mae_ratio < 0.9


def test_held_out_posts_are_predicted_better_than_by_the_median() -> None:
    posts = questions(120, 1)
    errors, baseline_errors, held = [], [], []
    for i in range(90, 120):
        predicted = predict(posts[:i], posts["text"][i])
        actual = posts["reactions"][i]
        errors.append(log_error(predicted.expected, actual))
        baseline_errors.append(log_error(predicted.baseline, actual))
        held.append(predicted.low <= actual <= predicted.high)

    assert np.mean(errors) < 0.8 * np.mean(baseline_errors)
    assert np.mean(held) >= 0.65


def test_the_median_is_used_where_nothing_tells_posts_apart() -> None:
    predictions = [predict(noise(60, seed)) for seed in range(10)]

    used = [prediction for prediction in predictions if prediction.model == "median"]
    assert len(used) >= 8
    assert all(prediction.expected == pytest.approx(prediction.baseline) for prediction in used)


def test_four_of_five_posts_fall_into_the_interval() -> None:
    held = []
    for seed in range(40):
        posts = noise(41, seed)
        predicted = predict(posts[:40])
        held.append(predicted.low <= posts["reactions"][40] <= predicted.high)

    assert 0.65 <= np.mean(held) <= 0.95


def test_a_growing_channel_is_expected_to_go_on_from_where_it_is() -> None:
    rng = np.random.default_rng(0)
    posts = history(["Good morning"] * 100, rng.poisson(np.geomspace(10, 300, 100)))

    predicted = predict(posts)

    assert predicted.model == "ridge"
    assert 200 < predicted.expected < 450


def test_the_result_says_what_it_rests_on() -> None:
    predicted = predict(questions(60, 0))

    assert (predicted.n_posts, predicted.n_tested) == (60, 30)
    assert predicted.coverage is not None
    assert predicted.coverage.n == 21
    assert predicted.as_of == START + 59 * DAY


def test_posts_after_the_planned_moment_are_not_read() -> None:
    posts = questions(60, 0)

    early = predict_engagement(posts, "Why?", START + 40 * DAY, BERLIN)

    assert early == predict(posts[:40], "Why?")


def test_a_post_does_not_know_its_own_outcome_or_that_of_its_own_day() -> None:
    moments = pd.Series([START, START + DAY / 2, START + 2 * DAY])
    posts = pd.DataFrame(
        {"text": "", "published_at": moments, "members": 9, "log_engagement": [1.0, 2.0, 9.0]}
    )

    levels = post_features(posts, BERLIN)["recent_level"]

    np.testing.assert_array_equal(levels, [np.nan, np.nan, 1.5])


def test_hours_are_those_of_the_readers() -> None:
    posts = pd.DataFrame(
        {"text": "", "published_at": [START], "members": 9, "log_engagement": [1.0]}
    )

    in_tokyo = post_features(posts, zoneinfo.ZoneInfo("Asia/Tokyo")).iloc[0]

    assert in_tokyo["hour_cos"] == pytest.approx(np.cos(2 * np.pi * 18 / 24))
    assert in_tokyo["weekday_0"] == 1


@pytest.mark.parametrize("n", [MIN_POSTS, 40])
@pytest.mark.parametrize("engagement", [0, 25, 2**52])
def test_posts_that_never_differ_predict_themselves(n: int, engagement: int) -> None:
    predicted = predict(history([""] * n, engagement), "Something new 😀 #now https://t.me/x?")

    values = [predicted.low, predicted.expected, predicted.high]
    assert values == pytest.approx([engagement] * 3, rel=1e-9)
    assert (predicted.model, predicted.mae_ratio) == ("median", None)


@given(
    st.lists(
        st.tuples(
            st.text(max_size=30),
            st.integers(0, 10**12),
            st.floats(0, 400),
            st.none() | st.integers(0, 10**6),
        ),
        min_size=MIN_POSTS,
        max_size=40,
    ),
    st.text(),
)
@settings(max_examples=25, deadline=None)
def test_the_expected_lies_in_the_interval(
    posts: list[tuple[str, int, float, int | None]], draft: str
) -> None:
    texts, engagement, days, members = zip(*posts, strict=True)
    moments = [START + day * DAY for day in days]
    frame = history(list(texts), list(engagement), published_at=moments, members=members)

    predicted = predict_engagement(frame, draft, START + 500 * DAY, BERLIN)

    assert 0 <= predicted.low <= predicted.expected <= predicted.high < np.inf
    assert predicted.model == "median" or (predicted.mae_ratio or 1) < 1


@pytest.mark.parametrize("n", [0, 1, MIN_POSTS - 1])
def test_too_few_posts_are_refused(n: int) -> None:
    with pytest.raises(NotEnoughDataError) as caught:
        predict(noise(40, 0)[:n])

    assert (caught.value.needed, caught.value.found) == (MIN_POSTS, n)


def test_bad_frames_and_moments_are_refused() -> None:
    posts = noise(40, 0)
    with pytest.raises(FrameError, match="column reactions, row 1: inf is out of range"):
        predict(posts.assign(reactions=np.inf))
    with pytest.raises(ValueError, match="publish_at needs a time zone"):
        predict_engagement(posts, "", START.replace(tzinfo=None), BERLIN)
