"""Series on a regular grid, with their seasons, out of the rows of a table."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from analytics.forecasting.results import Moment, Vector
from analytics.frames import SERIES, FrameError, require

MOST_FILLED = 0.2  # with more gaps one would forecast one's own filling
HOUR, DAY = pd.Timedelta(hours=1), pd.Timedelta(days=1)
MONTH = (28 * DAY, 31 * DAY)
SEASONS: dict[pd.Timedelta, tuple[int, ...]] = {
    HOUR / 4: (96, 672),
    HOUR / 2: (48, 336),
    HOUR: (24, 168),
    DAY: (7,),
    7 * DAY: (52,),
}
SEASONS_OF_MONTHS = (12,)
NO_SEASON = (1,)


@dataclass(frozen=True, slots=True, eq=False)
class Series:
    """One series, oldest point first, evenly spaced in time or by integers.

    `seasons` are in points, shortest first; (1,) where none is known. `n_filled`
    of the points were gaps and lie on the line between their neighbours.
    """

    unique_id: str
    ds: pd.Index[Any]
    y: Vector
    seasons: tuple[int, ...]
    n_filled: int

    def ahead(self, horizon: int) -> tuple[Moment, ...]:
        """Return where the next `horizon` points stand; at least two must stand before them."""
        if not isinstance(self.ds, pd.DatetimeIndex):
            step = int(self.ds[1] - self.ds[0])
            return tuple(int(self.ds[-1]) + step * i for i in range(1, horizon + 1))
        if _is_monthly(self.ds):
            later = _months(self.ds, len(self.ds) + horizon)[-horizon:]
        else:
            by = self.ds[1] - self.ds[0]
            later = pd.date_range(self.ds[-1] + by, periods=horizon, freq=by)
        return tuple(moment.to_pydatetime() for moment in later)


def read_series(frame: pd.DataFrame, season: int | None = None) -> tuple[Series, ...]:
    """Take the series apart, by id in order of first appearance, and fill their gaps.

    Parameters
    ----------
    frame : DataFrame
        As `frames.SERIES`; the rows may come in any order.
    season : int, optional
        Points after which the series repeat themselves, 1 for never. Otherwise it
        follows from the spacing: hours repeat after a day and a week, days after
        a week, weeks and months after a year; of integers nothing is known. A day
        in hours, halves or quarters of one has a week around it.

    Raises
    ------
    FrameError
        If `frame` breaks its contract, has an unevenly spaced series, or one of
        which more than `MOST_FILLED` is missing.
    """
    if season is not None and season < 1:
        raise ValueError(f"A season has at least 1 point, not {season}.")
    rows = require(frame, SERIES)
    rows["row"] = np.arange(1, len(rows) + 1)
    return tuple(
        _one(str(name), part.sort_values("ds"), season)
        for name, part in rows.groupby("unique_id", sort=False)
    )


def _one(name: str, rows: pd.DataFrame, season: int | None) -> Series:
    known = rows.set_index("ds")["y"]
    grid = _grid(name, rows)
    values = known.reindex(grid)
    n_filled = int(values.isna().sum())
    if n_filled > MOST_FILLED * len(values):
        problem = f"series {name!r} lacks {n_filled} of {len(values)} points; a fifth may be gaps"
        raise FrameError(SERIES.name, "y", None, problem)
    y = values.interpolate(method="linear", limit_direction="both").to_numpy(dtype=float)
    return Series(name, grid, y, _seasons(grid, season), n_filled)


def _grid(name: str, rows: pd.DataFrame) -> pd.Index[Any]:
    ds: pd.Index[Any] = pd.Index(rows["ds"])
    if len(ds) < 3:
        return ds
    if isinstance(ds, pd.DatetimeIndex) and _is_monthly(ds):
        n_months = (ds[-1].year - ds[0].year) * 12 + ds[-1].month - ds[0].month + 1
        grid = pd.Index(_months(ds, n_months))
    else:
        steps = pd.Series(ds[1:] - ds[:-1])
        step = steps.mode().min()
        n_steps = (ds[-1] - ds[0]) // step
        if n_steps > len(ds) / (1 - MOST_FILLED) + 1:
            problem = f"series {name!r} has more than a fifth of its points missing"
            raise FrameError(SERIES.name, "ds", None, problem)
        if isinstance(ds, pd.DatetimeIndex):
            grid = pd.date_range(ds[0], periods=n_steps + 1, freq=step)
        else:
            grid = pd.Index(ds[0] + step * np.arange(n_steps + 1))
    off = ~ds.isin(grid)
    if off.any():
        row = rows.iloc[int(off.argmax())]
        shown = f"{row['ds']} in series {name!r} is off the even spacing of the others"
        raise FrameError(SERIES.name, "ds", int(row["row"]), shown)
    return grid


def _is_monthly(ds: pd.DatetimeIndex) -> bool:
    steps = pd.Series(ds[1:] - ds[:-1])
    return len(steps) > 1 and bool(steps.median() >= MONTH[0] and steps.mode().min() <= MONTH[1])


def _months(ds: pd.DatetimeIndex, n: int) -> pd.DatetimeIndex:
    """Return `n` months from the first moment on, on its day or a short month's last one."""
    day = int(ds.day.max())
    first = ds[0].replace(day=1)
    starts = pd.DatetimeIndex([first + pd.DateOffset(months=i) for i in range(n)])
    return starts + pd.to_timedelta(np.minimum(day, starts.days_in_month) - 1, unit="D")


def _seasons(grid: pd.Index[Any], season: int | None) -> tuple[int, ...]:
    if season is not None:
        with_week = {seasons[0]: seasons for seasons in SEASONS.values() if len(seasons) > 1}
        return with_week.get(season, (season,))
    if not isinstance(grid, pd.DatetimeIndex) or len(grid) < 3:
        return NO_SEASON
    return SEASONS_OF_MONTHS if _is_monthly(grid) else SEASONS.get(grid[1] - grid[0], NO_SEASON)
