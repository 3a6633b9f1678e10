"""What repeats in a series: the weekly profile of an hourly one, say, and whether it is real."""

import numpy as np

from analytics.forecasting.results import Vector

N_CYCLES = 4  # latest seasons that make the profile: a channel's rhythm moves within a few weeks
Z_90 = 1.645  # as the M4 organisers tested for a season


def is_seasonal(y: Vector, season: int) -> bool:
    """Tell whether the autocorrelation at lag `season` is above chance, over three seasons or more.

    References
    ----------
    J. Fioruccci et al., "Models for optimising the theta method", International
    Journal of Forecasting 32 (2016), section 3; the test of the M4 benchmarks.
    """
    if season < 2 or len(y) < 3 * season:
        return False
    centred = y - y.mean()
    power = float(centred @ centred)
    if not power:
        return False
    lags = np.array([centred[lag:] @ centred[:-lag] for lag in range(1, season + 1)]) / power
    limit = Z_90 * np.sqrt((1 + 2 * np.sum(lags[:-1] ** 2)) / len(y))
    return bool(abs(lags[-1]) > limit)


def profile(y: Vector, season: int) -> Vector:
    """Return what each of the next `season` points adds to the level, by the latest seasons."""
    deviations = y - _level(y, season)
    n_cycles = min(N_CYCLES, len(y) // season)
    latest: Vector = deviations[len(y) - n_cycles * season :].reshape(n_cycles, season).mean(axis=0)
    return latest


def repeated(pattern: Vector, n: int, *, before: bool) -> Vector:
    """Repeat a profile over the `n` points before the forecast, or over those after it."""
    season = len(pattern)
    phases = (np.arange(n) - n if before else np.arange(n)) % season
    return pattern[phases]


def _level(y: Vector, season: int) -> Vector:
    """Return the mean over one season around each point, at the ends over the outermost one."""
    sums = np.cumsum(np.concatenate([[0.0], y]))
    first = np.clip(np.arange(len(y)) - season // 2, 0, len(y) - season)
    level: Vector = (sums[first + season] - sums[first]) / season
    return level
