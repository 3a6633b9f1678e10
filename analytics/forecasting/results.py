"""What a forecast says, and how good each way to make it was before."""

import datetime as dt
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

Vector = NDArray[np.float64]
Matrix = NDArray[np.float64]
Cube = NDArray[np.float64]
Moment = dt.datetime | int
Choice = Literal["auto", "naive", "ets", "theta", "arima", "mfles", "ridge", "lstm"]


class TooShortError(Exception):
    """A series has too few points for the forecast that is asked for.

    Attributes
    ----------
    needed, found : int
        Points of the series.
    """

    def __init__(self, unique_id: str, *, needed: int, found: int, horizon: int) -> None:
        super().__init__(
            f"Series {unique_id!r}: a forecast of {horizon} needs {needed} points, {found} are "
            f"there; come back after {needed - found} more."
        )
        self.needed = needed
        self.found = found


@dataclass(frozen=True, slots=True, kw_only=True)
class Score:
    """How far one model was off on what was held back.

    `mase` divides the mean absolute error by that of repeating the season
    before within the series; None where that never erred. `smape` is in
    percent, from 0 to 200.
    """

    model: str
    mae: float
    mse: float
    rmse: float
    mase: float | None
    smape: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Forecast:
    """The next points of one series.

    `mean` lies in [`low`, `high`], which should hold four of five points.
    `model` is the one chosen, "mean" for the weighted median of all models, whose
    `weights` add up to 1. `scores` are those of the back-test, best first, from
    `n_origins` origins; `score` is that of the chosen model and `baseline` the
    best of the naive ones. `n_filled` of `n_points` were gaps.
    """

    unique_id: str
    at: tuple[Moment, ...]
    mean: tuple[float, ...]
    low: tuple[float, ...]
    high: tuple[float, ...]
    model: str
    weights: tuple[tuple[str, float], ...]
    score: Score
    baseline: Score
    scores: tuple[Score, ...]
    n_origins: int
    n_points: int
    n_filled: int


def score(model: str, actual: Matrix, predicted: Matrix, scale: float) -> Score:
    """Compare forecasts with what came, over all origins and steps.

    References
    ----------
    R. J. Hyndman & A. B. Koehler, "Another look at measures of forecast
    accuracy", International Journal of Forecasting 22 (2006), for MASE.
    S. Makridakis et al., "The M4 competition", ibid. 36 (2020), equation 1, for sMAPE.
    """
    errors = actual - predicted
    mae = float(np.abs(errors).mean())
    mse = float(np.mean(errors**2))
    return Score(
        model=model,
        mae=mae,
        mse=mse,
        rmse=mse**0.5,
        mase=mae / scale if scale else None,
        smape=smape(actual, predicted),
    )


def smape(actual: Matrix, predicted: Matrix) -> float:
    """Return the symmetric mean absolute percentage error, 0 to 200; 0 against 0 is no error."""
    size = np.abs(actual) + np.abs(predicted)
    errors = np.abs(actual - predicted)
    return float(200 * np.mean(np.divide(errors, size, out=np.zeros_like(size), where=size > 0)))
