"""Tells when counts (complaints, mentions, joins, leaves) jump above what their hour brings."""

from __future__ import annotations

import datetime as dt
import math
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analytics.frames import SERIES, FrameError, require

MIN_POINTS = 28  # until then it only learns: four weeks of days, a day and a bit of hours
SWELL = 4  # latest points that are judged together, besides the last one alone
WEEK = 168  # hours; and points, where `ds` is an integer
MEMORY = 8 * WEEK  # hours after which a count weighs 1/e of a new one
# What a wider group says weighs as much as so many points, and as it takes to see so
# many events: an hour that saw nothing yet is not one in which nothing happens.
N_SHRUNK, EVENTS_SHRUNK = 3.0, 2.0
FALSE_ALARMS = 0.1  # a week and series
# A count beyond this many deviations and one teaches no more than one there: a
# burst must not make the next one usual. The dispersion, which lives on the tail,
# looks twice as far and six; with less it was too small where counts are rare.
FARTHEST = 3.0
DISPERSION, N_DISPERSION = 1.5, 50.0  # variance over mean before any is seen, and its weight

Vector = NDArray[np.float64]
Slot = tuple[int, int]  # day of the week, minute of the day


class TooFewPointsError(Exception):
    """No series is long enough to tell what is usual."""

    def __init__(self, *, needed: int, found: int) -> None:
        super().__init__(
            f"To tell what is usual, {needed} points of a series are needed; the longest has "
            f"{found}: come back after {needed - found} more."
        )
        self.needed = needed
        self.found = found


@dataclass(frozen=True, slots=True, kw_only=True)
class Watched:
    """One point of a series, judged by the points before it.

    `expected` and `score` are None while there is too little to judge by, and
    where `y` is missing. `score` is -log10 of the chance that usual hours bring
    so many, in this one or the four up to it; `burst` tells that it is too small
    for chance.
    """

    unique_id: str
    ds: dt.datetime | int
    y: int | None
    expected: float | None
    score: float | None
    burst: bool


def watch(
    series: pd.DataFrame, timezone: dt.tzinfo = dt.UTC, false_alarms: float = FALSE_ALARMS
) -> Iterator[Watched]:
    """Judge every point of every series, one series after the other, in order of time.

    An hour of the week is expected to bring what it brought before; while it is
    young it is drawn to its hour of the day, and that to the whole series. Old
    weeks fade. Counts spread as a negative binomial whose dispersion is learnt
    too. A point without a row is unknown, not nought.

    Parameters
    ----------
    series : DataFrame
        As `frames.SERIES`; `y` counts what came in the step that begins at `ds`.
    timezone : tzinfo
        Where hours and weekdays are counted; integers in `ds` have neither.
    false_alarms : float
        How many are bearable in a week of one series.

    Raises
    ------
    FrameError
        If `series` breaks its contract, or `y` holds anything but counts.
    TooFewPointsError
        If no series has more than `MIN_POINTS` counts.

    References
    ----------
    A. Noufaily et al., "An improved algorithm for outbreak detection in multiple
    surveillance systems", Statistics in Medicine 32 (2013), for tails of the
    negative binomial, and past outbreaks that teach less.
    """
    rows = require(series, SERIES)
    _refuse_others(rows["y"])
    parts = {str(name): part for name, part in rows.groupby("unique_id", sort=False)}
    longest = max((int(part["y"].count()) for part in parts.values()), default=0)
    if longest <= MIN_POINTS:
        raise TooFewPointsError(needed=MIN_POINTS + 1, found=longest)
    return (
        point
        for name, part in parts.items()
        for point in _watched(name, part.sort_values("ds"), timezone, false_alarms)
    )


def _refuse_others(y: pd.Series[float]) -> None:
    strange = y.notna() & ((y < 0) | (y % 1 != 0))
    if strange.any():
        row = int(strange.to_numpy().argmax())
        raise FrameError(SERIES.name, "y", row + 1, f"{y.iloc[row]:g} is not a count")


def _watched(
    name: str, rows: pd.DataFrame, timezone: dt.tzinfo, false_alarms: float
) -> Iterator[Watched]:
    is_known = rows["y"].notna().to_numpy()
    hours, slots = _clock(rows["ds"][is_known], timezone)
    counts = rows["y"][is_known].to_numpy(dtype=float)
    step = float(np.median(np.diff(hours))) if len(hours) > 1 else 1.0
    limit = math.log10(WEEK / step / false_alarms)
    means, variances = _expected(counts, hours, slots)
    scores = _scores(counts, means, variances, limit)
    judged = iter(zip(means.tolist(), scores.tolist(), strict=True))
    n_seen = 0
    for ds, y, known in zip(rows["ds"], rows["y"], is_known, strict=True):
        n_seen += bool(known)
        expected, score = next(judged) if known else (None, None)
        if n_seen <= MIN_POINTS:
            expected = score = None
        yield Watched(
            unique_id=name,
            ds=ds.to_pydatetime() if isinstance(ds, pd.Timestamp) else int(ds),
            y=int(y) if known else None,
            expected=expected,
            score=score,
            burst=score is not None and score >= limit,
        )


def _clock(ds: pd.Series[pd.Timestamp], timezone: dt.tzinfo) -> tuple[Vector, list[Slot]]:
    """Return when each point was, in hours, and its slot of the week."""
    if not isinstance(ds.dtype, pd.DatetimeTZDtype):
        return ds.to_numpy(dtype=float), [(0, 0)] * len(ds)
    hours = (ds - ds.min()).dt.total_seconds().to_numpy() / 3600
    local = ds.dt.tz_convert(timezone)
    minutes = local.dt.hour * 60 + local.dt.minute
    return hours, list(zip(local.dt.weekday, minutes, strict=True))


class _Rate:
    """A fading mean of counts, and how many it rests on."""

    __slots__ = ("at", "n", "total")

    def __init__(self) -> None:
        self.at = self.n = self.total = 0.0

    def mean(self, now: float, wider: float) -> float:
        """Return the mean, drawn towards that of a wider group while it is young."""
        fade = math.exp((self.at - now) / MEMORY)
        n_wider = N_SHRUNK + EVENTS_SHRUNK / wider
        return (self.total * fade + n_wider * wider) / (self.n * fade + n_wider)

    def add(self, now: float, count: float) -> None:
        fade = math.exp((self.at - now) / MEMORY)
        self.at, self.n, self.total = now, self.n * fade + 1, self.total * fade + count


def _expected(counts: Vector, hours: Vector, slots: Sequence[Slot]) -> tuple[Vector, Vector]:
    """Return mean and variance of each count as far as the counts before it tell."""
    whole, days, weeks = _Rate(), defaultdict[int, _Rate](_Rate), defaultdict[Slot, _Rate](_Rate)
    spread, n_spread = DISPERSION * N_DISPERSION, N_DISPERSION
    means, variances = np.empty(len(counts)), np.empty(len(counts))
    for i, (count, now, slot) in enumerate(zip(counts, hours, slots, strict=True)):
        day, week = days[slot[1]], weeks[slot]
        mean = week.mean(now, day.mean(now, whole.mean(now, 1.0)))
        dispersion = spread / n_spread
        means[i] = mean
        variances[i] = mean * dispersion * (1 + 1 / (week.n + N_SHRUNK))
        far = FARTHEST * math.sqrt(variances[i])
        for rate in (whole, day, week):
            rate.add(now, min(count, mean + far + 1))
        spread += (min(count, mean + 2 * far + 6) - mean) ** 2 / mean
        n_spread += 1
    return means, np.maximum(variances, means * 1.01)


def _scores(counts: Vector, means: Vector, variances: Vector, limit: float) -> Vector:
    """Return -log10 of the smaller tail: of each count alone, and of the swell up to it.

    What was told by itself is no part of a later swell. Either may alarm, so both
    tails are doubled.
    """
    alone = _surprise(counts, means, variances)
    calm = np.where(alone >= limit, means, counts)
    swell = _latest(calm) - calm + counts
    return np.maximum(alone, _surprise(swell, _latest(means), _latest(variances)))


def _surprise(counts: Vector, means: Vector, variances: Vector) -> Vector:
    from scipy.stats import nbinom  # noqa: PLC0415  # 1 s

    tails = nbinom.sf(counts - 1, means**2 / (variances - means), means / variances)
    surprise: Vector = -np.log10(np.clip(2 * tails, np.finfo(float).tiny, 1))
    return surprise


def _latest(values: Vector) -> Vector:
    """Return the sum of each value and those before it, `SWELL` in all."""
    sums = np.cumsum(np.concatenate([np.zeros(SWELL), values]))
    latest: Vector = sums[SWELL:] - sums[:-SWELL]
    return latest
