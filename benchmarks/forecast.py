"""Forecast the M4 competition's hourly and weekly series, and compare with the naive forecasts.

Usage: python -m benchmarks.forecast DATA_FOLDER [hourly|weekly] [--held-back]

Reads m4/Hourly-train.csv.gz and its like. The published measure is sMAPE, and MASE
whose scale is the seasonal naive error of the training part: 24 hours, for
weeks one. "/ naive" divides by the sMAPE of the competition's seasonal naive
forecast, "/ best" by that of the better of all naive ones on each series' back-test,
which is what every forecast is compared with. With --held-back the last horizon
of the training parts is forecast instead of the test parts; that is what was tuned on.
"""

import csv
import gzip
import sys
import time
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analytics.forecasting import Forecast, Series, forecasts
from analytics.forecasting.results import smape

Vector = NDArray[np.float64]
# horizon, the competition's season, and the seasons that the forecasts look for
PARTS = {"hourly": (48, 24, (24, 168)), "weekly": (13, 1, (52,))}


def main() -> None:
    """Print one line for each part."""
    arguments = [a for a in sys.argv[1:] if not a.startswith("--")]
    if not arguments:
        sys.exit(__doc__)
    held_back = "--held-back" in sys.argv
    folder = Path(arguments[0]) / "m4"
    print(
        f"{'':<8}{'series':>7}{'sMAPE':>8}{'MASE':>7}{'naive':>8}{'/ naive':>9}{'/ best':>8}"
        f"{'80 %':>7}{'naive used':>12}{'seconds':>9}"
    )
    for part in arguments[1:] or list(PARTS):
        _line(part, folder, held_back=held_back)


def _line(part: str, folder: Path, *, held_back: bool) -> None:
    horizon, season, seasons = PARTS[part]
    train = _read(folder / f"{part.title()}-train.csv.gz")
    test = _read(folder / f"{part.title()}-test.csv.gz")
    if held_back:
        test = [y[-horizon:] for y in train]
        train = [y[:-horizon] for y in train]
    many = [Series(str(i), pd.RangeIndex(len(y)), y, seasons, 0) for i, y in enumerate(train)]
    started = time.perf_counter()
    found = list(forecasts(many, horizon))
    seconds = time.perf_counter() - started
    actual, mean = np.array(test), np.array([each.mean for each in found])
    scales = np.array([np.abs(y[season:] - y[:-season]).mean() for y in train])
    naive = np.array([np.resize(y[-season:], horizon) for y in train])
    best = np.array([_naive(y, each, horizon) for y, each in zip(train, found, strict=True)])
    held = (np.array([f.low for f in found]) <= actual) & (
        actual <= np.array([f.high for f in found])
    )
    ours = smape(actual, mean)
    print(
        f"{part:<8}{len(many):>7}{ours:>8.3f}"
        f"{np.mean(np.abs(actual - mean).mean(axis=1) / scales):>7.3f}"
        f"{smape(actual, naive):>8.3f}{ours / smape(actual, naive):>9.3f}"
        f"{ours / smape(actual, best):>8.3f}{held.mean():>7.1%}"
        f"{np.mean([f.model.startswith('naive') for f in found]):>12.0%}{seconds:>9.0f}",
        flush=True,
    )


def _naive(y: Vector, found: Forecast, horizon: int) -> Vector:
    season = int(found.baseline.model.partition("-")[2] or 1)
    return np.resize(y[-season:], horizon)


def _read(path: Path) -> list[Vector]:
    with gzip.open(path, "rt", encoding="utf-8") as file:
        rows = csv.reader(file)
        next(rows)
        return [np.array([float(cell) for cell in row[1:] if cell]) for row in rows]


if __name__ == "__main__":
    main()
