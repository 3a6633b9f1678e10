"""Simulate counts by the hour, and see how often `analytics.bursts` alarms for nothing or late.

Usage: python -m benchmarks.bursts

Each line is 40 series of 26 weeks with a rhythm over the day and a quieter
weekend, `rate` an hour on average, and variance over mean as told. An alarm is a
run of bursts; those of the first week are counted apart. Then in the last week
the counts of six hours are multiplied by three, six or ten, at random moments of
the waking day; "told" is the share in which a burst was seen within those six hours,
"after" the median number of hours until then.
"""

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analytics.bursts import FALSE_ALARMS, watch

N_SERIES, N_WEEKS, N_HOURS = 40, 26, 168
LASTS = 6

Vector = NDArray[np.float64]


def main() -> None:
    """Print one line for each rate and dispersion, and the worst figure last."""
    print(
        f"{'rate':>6}{'spread':>8}{'alarms/week':>13}{'first week':>12}"
        + "".join(f"{f'×{factor} told':>11}{'after':>7}" for factor in (3, 6, 10))
    )
    worst = 0.0
    for rate in (0.05, 0.3, 2.0, 20.0):
        for dispersion in (1.0, 3.0):
            worst = max(worst, _line(rate, dispersion))
    print(f"false alarms a week at most {worst:.3f}, {FALSE_ALARMS} are asked for")


def _line(rate: float, dispersion: float) -> float:
    rng = np.random.default_rng(0)
    rates = rate * _rhythm()
    quiet = np.array([_counts(rng, rates, dispersion) for _ in range(N_SERIES)])
    bursts = _bursts(quiet)
    starts = bursts & ~np.roll(bursts, 1, axis=1)
    early = starts[:, :N_HOURS].sum() / N_SERIES
    alarms = starts[:, N_HOURS:].sum() / N_SERIES / (N_WEEKS - 1)
    cells = ""
    for factor in (3, 6, 10):
        loud = quiet.copy()
        at = len(rates) - N_HOURS + 24 * rng.integers(0, 5, N_SERIES)
        at += rng.integers(9, 16, N_SERIES)
        for series, first in zip(loud, at, strict=True):
            hours = slice(first, first + LASTS)
            series[hours] = _counts(rng, factor * rates[hours], dispersion)
        found = _bursts(loud)
        seen = np.array([row[first : first + LASTS] for row, first in zip(found, at, strict=True)])
        told = seen.any(axis=1)
        after = np.median(seen[told].argmax(axis=1) + 1) if told.any() else np.nan
        cells += f"{told.mean():>11.0%}{after:>7.0f}"
    print(
        f"{rate:>6}{dispersion:>8}{alarms:>13.3f}{early:>12.3f}{cells}",
        flush=True,
    )
    return float(alarms)


def _rhythm() -> Vector:
    hours = np.arange(N_WEEKS * N_HOURS)
    day = 1 + 0.9 * np.sin((hours % 24 - 8) / 24 * 2 * np.pi)
    shape = day * np.where(hours // 24 % 7 >= 5, 0.6, 1.0)
    rhythm: Vector = shape / shape.mean()
    return rhythm


def _counts(rng: np.random.Generator, rates: Vector, dispersion: float) -> Vector:
    if dispersion == 1:
        return rng.poisson(rates).astype(float)
    return rng.negative_binomial(rates / (dispersion - 1), 1 / dispersion).astype(float)


def _bursts(counts: Vector) -> NDArray[np.bool_]:
    ds = pd.date_range("2026-01-05", periods=counts.shape[1], freq="h", tz="UTC")
    frame = pd.DataFrame(
        {
            "unique_id": np.repeat(np.arange(len(counts)), counts.shape[1]),
            "ds": np.tile(ds, len(counts)),
            "y": counts.ravel(),
        }
    )
    return np.array([point.burst for point in watch(frame)]).reshape(counts.shape)


if __name__ == "__main__":
    main()
