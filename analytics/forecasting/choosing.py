"""Back-tests every way to forecast each series, and takes the one that was best."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

import numpy as np

from analytics.forecasting.classical import methods
from analytics.forecasting.intervals import reaches
from analytics.forecasting.results import (
    Choice,
    Cube,
    Forecast,
    Matrix,
    TooShortError,
    Vector,
    score,
)
from analytics.forecasting.series import Series

FEWEST = (10, 48)  # points before the first origin; two seasons of those that lie between
LATEST = 10_000  # points that are looked at: a year of hours, and no more memory than that
N_ORIGINS = 4
POWER = 2  # 1 to 3 did alike on the training part of M4; 6 trusts a lucky model too much
COMBINED = "mean"


def forecasts(
    many: Sequence[Series], horizon: int, model: Choice = "auto", random_state: int = 0
) -> Iterator[Forecast]:
    """Forecast the next `horizon` points of each series.

    Every model forecasts from up to `N_ORIGINS` past origins, one horizon apart.
    They are combined to their median, each with the weight that its errors there
    earn; the combination is judged with weights from the other origins. What
    erred least is chosen: the combination, or the best naive model. The interval
    is split conformal, of the chosen one's errors.

    Parameters
    ----------
    many : sequence of Series
        Those of one frequency; the LSTM learns from all of them together.
    horizon : int
        Points to forecast, at least 1.
    model : str
        "auto", or the one family to use.
    random_state : int
        Starts the LSTM.

    Raises
    ------
    ValueError
        If `horizon` is less than 1.
    TooShortError
        At the first series that is too short, before any work.

    References
    ----------
    J. M. Bates & C. W. J. Granger, "The combination of forecasts", Operational
    Research Quarterly 20 (1969), for weights by the inverse square of the error.
    """
    if horizon < 1:
        raise ValueError(f"The horizon must be at least 1, not {horizon}.")
    for series in many:
        require_enough(series, horizon)
    return _forecasts(many, horizon, model, random_state)


def require_enough(series: Series, horizon: int) -> None:
    """Raise TooShortError unless `horizon` points can be held back and enough stand before them."""
    needed = _fewest(series) + horizon
    if len(series.y) < needed:
        raise TooShortError(series.unique_id, needed=needed, found=len(series.y), horizon=horizon)


def _fewest(series: Series) -> int:
    return max(FEWEST[0], min(2 * series.seasons[0], FEWEST[1]))


def _forecasts(
    many: Sequence[Series], horizon: int, model: Choice, random_state: int
) -> Iterator[Forecast]:
    many = [_latest(series) for series in many]
    cuts = [_cuts(series, horizon) for series in many]
    learnt: Sequence[Matrix | None] = [None] * len(many)
    if many and model in {"auto", "lstm"}:
        from analytics.forecasting.network import lstm, needed  # noqa: PLC0415  # torch

        season = max(series.seasons[-1] for series in many)
        found = lstm([s.y for s in many], cuts, horizon, season, random_state)
        if found is None and model == "lstm":
            longest = max(many, key=lambda series: len(series.y))
            fewest = needed(horizon, season) + N_ORIGINS * horizon
            raise TooShortError(
                longest.unique_id, needed=fewest, found=len(longest.y), horizon=horizon
            )
        learnt = found or learnt
    for series, cut, network in zip(many, cuts, learnt, strict=True):
        ahead = {
            name: method(series.y, cut, horizon)
            for name, method in methods(_whole(series.seasons, cut[0])).items()
            if model in {"auto", _family(name)} or _family(name) == "naive"
        }
        if network is not None:
            ahead["lstm"] = network
        yield _chosen(series, ahead, cut, model)


def _latest(series: Series) -> Series:
    n = LATEST
    return replace(series, ds=series.ds[-n:], y=series.y[-n:]) if len(series.y) > n else series


def _whole(seasons: Sequence[int], n: int) -> Sequence[int]:
    """Return the seasons that fit into `n` points twice."""
    return [season for season in seasons if 2 * season <= n] or [1]


def _cuts(series: Series, horizon: int) -> list[int]:
    """Return how many points each origin may look at, the last one all of them."""
    n = len(series.y)
    n_origins = min(N_ORIGINS, (n - _fewest(series)) // horizon)
    return [n - horizon * i for i in range(n_origins, -1, -1)]


def _chosen(
    series: Series, found: Mapping[str, Matrix], cuts: Sequence[int], model: Choice
) -> Forecast:
    horizon = next(iter(found.values())).shape[1]
    actual = np.array([series.y[cut : cut + horizon] for cut in cuts[:-1]])
    sound = {name: rows for name, rows in found.items() if np.isfinite(rows).all()}
    scale = _naive_error(series)
    scores = {name: score(name, actual, rows[:-1], scale) for name, rows in sound.items()}
    naive = [name for name in sound if _family(name) == "naive"]
    baseline = min(naive, key=lambda name: scores[name].mae)

    members = [name for name in sound if model in {"auto", _family(name)}]
    weights, rows = _combined(np.array([sound[name] for name in members]), actual)
    combined = score(COMBINED, actual, rows[:-1], scale)
    if model == "auto" and combined.mae >= scores[baseline].mae:
        members, weights, rows = [baseline], np.ones(1), sound[baseline]
    chosen = members[0] if len(members) == 1 else COMBINED
    scores[chosen] = score(chosen, actual, rows[:-1], scale)

    reach = reaches(actual - rows[:-1])
    lowest = 0.0 if series.y.min() >= 0 else -np.inf
    mean = np.maximum(rows[-1], lowest)
    return Forecast(
        unique_id=series.unique_id,
        at=series.ahead(horizon),
        mean=tuple(mean.tolist()),
        low=tuple(np.maximum(mean - reach, lowest).tolist()),
        high=tuple((mean + reach).tolist()),
        model=chosen,
        weights=tuple(zip(members, weights.tolist(), strict=True)),
        score=scores[chosen],
        baseline=scores[baseline],
        scores=tuple(sorted(scores.values(), key=lambda one: one.mae)),
        n_origins=len(actual),
        n_points=len(series.y),
        n_filled=series.n_filled,
    )


def _combined(rows: Cube, actual: Matrix) -> tuple[Vector, Matrix]:
    """Combine the models to a row for each origin, each with the weights of all the others."""
    errors = np.abs(rows[:, :-1] - actual).mean(axis=2)
    n_origins = len(actual)
    others = (errors.sum(axis=1, keepdims=True) - errors) / max(n_origins - 1, 1)
    before = [_median(rows[:, i], _weights(others[:, i])) for i in range(n_origins)]
    weights = _weights(errors.mean(axis=1))
    return weights, np.array([*before, _median(rows[:, -1], weights)])


def _weights(errors: Vector) -> Vector:
    """Weigh by the inverse square; what erred a hundredth of the others is luck enough."""
    floor = max(0.01 * float(errors.mean()), np.finfo(float).tiny ** 0.25)
    weights = 1 / np.maximum(errors, floor) ** POWER
    shares: Vector = weights / weights.sum()
    return shares


def _median(rows: Matrix, weights: Vector) -> Vector:
    """Return the weighted median of each column."""
    order = rows.argsort(axis=0)
    reached = weights[order].cumsum(axis=0) >= 0.5
    ahead: Vector = np.take_along_axis(rows, order, axis=0)[
        reached.argmax(axis=0), np.arange(rows.shape[1])
    ]
    return ahead


def _naive_error(series: Series) -> float:
    season = series.seasons[0] if series.seasons[0] < len(series.y) else 1
    return float(np.abs(series.y[season:] - series.y[:-season]).mean())


def _family(name: str) -> str:
    return name.partition("-")[0]
