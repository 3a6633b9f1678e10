import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from analytics.forecasting import Forecast, TooShortError, forecasts, read_series
from analytics.forecasting.choosing import N_ORIGINS
from analytics.forecasting.results import score, smape
from analytics.frames import FrameError

Vector = NDArray[np.float64]


def frame(y: object, freq: str = "D", name: str = "members") -> pd.DataFrame:
    values = np.asarray(y, dtype=float)
    ds = pd.date_range("2026-01-01", periods=len(values), freq=freq, tz="UTC")
    return pd.DataFrame({"unique_id": name, "ds": ds, "y": values})


def forecast(rows: pd.DataFrame, horizon: int, **options: object) -> Forecast:
    [found] = forecasts(read_series(rows), horizon, **options)  # type: ignore[arg-type]
    return found


def growing(n: int, seed: int = 0) -> Vector:
    """Members of a channel: five more a day, and a leap every Thursday."""
    days = np.arange(n, dtype=float)
    noise: Vector = np.random.default_rng(seed).normal(0, 2, n)
    members: Vector = noise + 1000 + 5 * days + 20 * (days % 7 == 0)
    return members


def error(found: Forecast, actual: Vector) -> float:
    return float(np.abs(np.array(found.mean) - actual).mean())


def test_growth_and_rhythm_go_on() -> None:
    y = growing(120)

    found = forecast(frame(y[:-14]), 14)

    assert found.model == "mean"
    assert found.score.mae < found.baseline.mae
    assert error(found, y[-14:]) < 0.5 * np.abs(np.resize(y[-21:-14], 14) - y[-14:]).mean()


def test_a_day_and_a_week_are_found_in_hours() -> None:
    hours = np.arange(24 * 42)
    rate = 20 + 15 * np.sin(hours / 24 * 2 * np.pi) - 10 * (hours // 24 % 7 >= 5)
    y = np.maximum(rate, 0) + np.random.default_rng(0).normal(0, 1, len(rate))

    found = forecast(frame(y[:-48], "h"), 48)

    assert "lstm" in dict(found.weights)
    assert error(found, y[-48:]) < 3


def test_what_cannot_be_foreseen_is_left_to_the_naive_forecast() -> None:
    walk = np.random.default_rng(3).normal(0, 1, 400).cumsum() + 1000

    found = forecast(frame(walk), 7)

    assert found.score.mae <= found.baseline.mae
    assert found.model in {"mean", "naive", "naive-7"}


def test_the_interval_holds_about_four_of_five_points() -> None:
    rng = np.random.default_rng(0)
    held = []
    for _ in range(30):
        y = rng.normal(0, 10, 120) + 100
        found = forecast(frame(y[:-14]), 14, model="ets")
        held.append((np.array(found.low) <= y[-14:]) & (y[-14:] <= np.array(found.high)))

    assert 0.72 < np.mean(held) < 0.92


def test_one_family_alone_can_be_asked_for() -> None:
    rows = frame(growing(200))

    for family in ("naive", "theta", "ets", "arima", "mfles", "ridge", "lstm"):
        found = forecast(rows, 7, model=family)

        assert {name.split("-")[0] for name, _ in found.weights} == {family}


def test_the_same_seed_gives_the_same_forecast() -> None:
    rows = frame(growing(200))

    assert forecast(rows, 7, random_state=1) == forecast(rows, 7, random_state=1)


def test_a_series_is_forecast_from_its_past_alone() -> None:
    y = growing(120)

    early = forecast(frame(y[:100]), 7, model="theta")
    other = read_series(pd.concat([frame(y[:100]), frame(y[:60] * 9, name="other")]))

    assert next(iter(forecasts(other, 7, "theta"))) == early


def test_too_short_a_series_says_how_much_is_missing() -> None:
    with pytest.raises(TooShortError, match=r"'members'.*28 points, 20 are there.*8 more"):
        forecast(frame(np.arange(20)), 14)


def test_an_lstm_that_has_too_little_to_learn_from_says_so() -> None:
    with pytest.raises(TooShortError, match="more") as refused:
        forecast(frame(growing(60)), 7, model="lstm")

    assert forecast(frame(growing(refused.value.needed)), 7, model="lstm").model == "lstm"


@pytest.mark.parametrize(
    ("freq", "first"),
    [
        ("h", "2026-01-03T12:00"),
        ("D", "2026-03-02"),
        ("MS", "2031-01-01"),
        ("ME", "2031-01-31"),
    ],
)
def test_the_next_points_stand_where_the_spacing_says(freq: str, first: str) -> None:
    rows = frame(growing(60), freq)

    found = forecast(rows, 3, model="naive")

    assert found.at[0] == pd.Timestamp(first, tz="UTC")
    assert len(set(found.at)) == 3


def test_integers_are_spaced_too_and_their_season_can_be_told() -> None:
    rows = frame(np.tile([1.0, 2, 3, 4], 12)).assign(ds=range(0, 96, 2))

    [found] = forecasts(read_series(rows, season=4), 4)

    assert found.at == (96, 98, 100, 102)
    assert found.mean == (1, 2, 3, 4)


def test_gaps_are_filled_and_counted() -> None:
    rows = (
        frame(np.arange(60.0)).drop(index=[10, 11]).assign(y=lambda r: r["y"].where(r["y"] != 30))
    )

    [series] = read_series(rows.sample(frac=1, random_state=0))

    assert series.n_filled == 3
    assert series.y.tolist() == list(range(60))


@pytest.mark.parametrize(
    ("rows", "problem"),
    [
        (frame([1, 2, np.inf]), "y, row 3: inf is out of range"),
        (frame([1, 2]).drop(columns="y"), "column y: it is missing"),
        (pd.concat([frame([1, 2]), frame([3])]), "row 3.*occurs twice"),
        (frame([1] * 30).drop(index=range(3, 20)), "more than a fifth"),
        (frame([np.nan] * 30), "lacks 30 of 30"),
    ],
)
def test_what_is_no_series_is_refused_with_its_place(rows: pd.DataFrame, problem: str) -> None:
    with pytest.raises(FrameError, match=problem):
        read_series(rows)


def test_a_point_off_the_grid_is_named() -> None:
    rows = frame(np.arange(30.0))
    rows["ds"] += pd.to_timedelta(np.where(np.arange(30) == 20, 5, 0), unit="h")

    with pytest.raises(FrameError, match=r"row 21.*off the even spacing"):
        read_series(rows)


@pytest.mark.parametrize("y", [np.zeros(60), np.full(60, 7.0), np.arange(60) % 20 == 0])
def test_what_hardly_moves_has_a_forecast_too(y: Vector) -> None:
    found = forecast(frame(y), 7)

    assert set(found.mean) <= {0.0, 7.0}


@settings(max_examples=10, deadline=None)
@given(st.lists(st.integers(0, 10**6), min_size=28, max_size=60), st.sampled_from([1, 7, 14]))
def test_any_counts_get_a_band_around_the_mean(counts: list[int], horizon: int) -> None:
    found = forecast(frame(counts), horizon)

    assert 1 <= found.n_origins <= N_ORIGINS
    assert sum(weight for _, weight in found.weights) == pytest.approx(1)
    for low, mean, high in zip(found.low, found.mean, found.high, strict=True):
        assert 0 <= low <= mean <= high


def test_measures_are_those_of_the_books() -> None:
    actual, predicted = np.array([[10.0, 20]]), np.array([[12.0, 16]])

    found = score("x", actual, predicted, scale=2)

    assert (found.mae, found.mse, found.mase) == (3, 10, 1.5)
    assert found.rmse == pytest.approx(10**0.5)
    assert found.smape == pytest.approx(100 * (2 / 11 + 4 / 18) / 2)
    assert smape(np.zeros((1, 2)), np.zeros((1, 2))) == 0
