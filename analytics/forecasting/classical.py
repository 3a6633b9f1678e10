"""The models that look at one series alone: naive ones, Theta, ETS, ARIMA, MFLES, a ridge.

A method gives a row of `horizon` forecasts for each cut, the number of points
that it may look at. statsforecast does the work but for the naive ones and the ridge.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Sequence

import numpy as np

from analytics.forecasting.results import Matrix, Vector
from analytics.forecasting.seasons import is_seasonal, profile, repeated

Method = Callable[[Vector, Sequence[int], int], Matrix]
Single = Callable[[Vector, int], Vector]

# Points that ETS and ARIMA look at, and Theta and MFLES; more took longer and won nothing.
LATEST, LATEST_LONG = 336, 520
LONGEST_WINDOW = 168  # lags of the ridge
# Of 0.1, 0.3, 1 and 3: hourly series liked the first, weekly ones the third, both by under 3 %.
PENALTY = 0.3


def methods(seasons: Sequence[int]) -> dict[str, Method]:
    """Name the methods for series with these seasons, shortest first."""
    found: dict[str, Method] = {
        "naive": _each(lambda y, h: np.repeat(y[-1], h)),
        "theta": _each(_without_season(_theta, seasons)),
        "ets": _each(_without_season(_ets, seasons)),
        "arima": _arima_of(seasons),
        "mfles": _each(lambda y, h: _mfles(y, h, seasons)),
        "ridge": _each(lambda y, h: _ridge(y, h, seasons[-1])),
    }
    for season in dict.fromkeys(seasons):
        if season > 1:
            found[f"naive-{season}"] = _each(_repeat(season))
    return found


def _each(single: Single) -> Method:
    """Forecast from each cut anew; statsforecast divides by the spread of what it sees."""

    def forecast(y: Vector, horizon: int) -> Vector:
        return single(y, horizon) if np.ptp(y[-LATEST:]) else np.repeat(y[-1], horizon)

    def at_cuts(y: Vector, cuts: Sequence[int], horizon: int) -> Matrix:
        return np.array([forecast(y[:cut], horizon) for cut in cuts])

    return at_cuts


def _repeat(season: int) -> Single:
    return lambda y, h: np.resize(y[-season:], h) if len(y) >= season else np.repeat(y[-1], h)


def _without_season(single: Single, seasons: Sequence[int]) -> Single:
    """Forecast what remains without the profile of the longest season there is, and add it."""

    def forecast(y: Vector, horizon: int) -> Vector:
        pattern = _pattern(y, seasons)
        rest = single(y - repeated(pattern, len(y), before=True), horizon)
        return rest + repeated(pattern, horizon, before=False)

    return forecast


def _pattern(y: Vector, seasons: Sequence[int]) -> Vector:
    season = next((s for s in reversed(seasons) if is_seasonal(y, s)), None)
    return np.zeros(1) if season is None else profile(y, season)


def _theta(y: Vector, horizon: int) -> Vector:
    from statsforecast.models import DynamicTheta  # noqa: PLC0415  # 1 s, 110 MB

    return _mean(DynamicTheta(season_length=1).forecast(y=y[-LATEST_LONG:].copy(), h=horizon))


def _ets(y: Vector, horizon: int) -> Vector:
    from statsforecast.models import AutoETS  # noqa: PLC0415

    return _mean(AutoETS(season_length=1, model="ZZN").forecast(y=y[-LATEST:].copy(), h=horizon))


def _mfles(y: Vector, horizon: int, seasons: Sequence[int]) -> Vector:
    from statsforecast.models import MFLES  # noqa: PLC0415

    seen = [season for season in seasons if 1 < season <= len(y) // 2]
    return _mean(MFLES(season_length=seen or None).forecast(y=y[-LATEST_LONG:].copy(), h=horizon))


def _arima_of(seasons: Sequence[int]) -> Method:
    def at_cuts(y: Vector, cuts: Sequence[int], horizon: int) -> Matrix:
        """Choose the orders at the first cut, which takes long, and once more for the last."""
        from statsforecast.models import AutoARIMA  # noqa: PLC0415

        rows = []
        model = None
        for cut in cuts:
            seen = y[:cut]
            pattern = _pattern(seen, seasons)
            rest = (seen - repeated(pattern, cut, before=True))[-LATEST:]
            if not np.ptp(rest):
                rows.append(np.repeat(seen[-1], horizon))
                continue
            if model is None or cut == cuts[-1]:
                model = AutoARIMA(max_p=3, max_q=2, approximation=True, season_length=1)
                with warnings.catch_warnings():
                    warnings.simplefilter("ignore")  # of orders that cannot be fitted
                    model.fit(rest)
                found = model.predict(h=horizon)
            else:
                found = model.forward(y=rest, h=horizon)
            rows.append(_mean(found) + repeated(pattern, horizon, before=False))
        return np.array(rows)

    return at_cuts


def _mean(found: dict[str, Vector]) -> Vector:
    mean: Vector = np.asarray(found["mean"], dtype=float)
    return mean


def _ridge(y: Vector, horizon: int, season: int) -> Vector:
    """Forecast all steps at once from the window before, relative to its last value."""
    lags = min(max(2 * season, 24), LONGEST_WINDOW, (len(y) - horizon) // 4)
    if lags < 2:
        return np.repeat(y[-1], horizon)
    windows = np.lib.stride_tricks.sliding_window_view(y, lags + horizon)
    level, spread = _scale(windows[:, :lags])
    inputs = np.column_stack([(windows[:, :lags] - level) / spread, np.ones(len(windows))])
    outputs = (windows[:, lags:] - level) / spread
    level, spread = _scale(y[None, -lags:])
    asked = np.column_stack([(y[None, -lags:] - level) / spread, np.ones(1)])
    penalty = PENALTY * len(inputs) * np.eye(lags + 1)
    weights = np.linalg.solve(inputs.T @ inputs + penalty, inputs.T @ outputs)
    ahead: Vector = (asked @ weights * spread + level)[0]
    return ahead


def _scale(windows: Matrix) -> tuple[Matrix, Matrix]:
    """Return the last value of each window, and a spread that is never nought."""
    level = windows[:, -1:]
    spread = windows.std(axis=1, keepdims=True) + 1e-6 * np.abs(level) + 1e-9
    return level, spread
