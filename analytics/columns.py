"""What a column of a customer table holds: numbers, moments or categories, told by its cells."""

import re
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analytics.moments import read_moments

LIKELY = 0.9  # share of a column's values that must read as numbers or dates to call it that
SEVERAL = 0.1  # share of cells with a separator from which a column holds several values
MAX_VALUES = 20  # of a category that get a feature each; the rest is "other"
MIN_VALUE_SHARE = 0.01
MIN_COVERED = 0.5  # of the rows, by those values; else they are names or free text
MAX_SKEW = 1.0  # "highly skewed" by the usual rule of thumb (Bulmer, 1979)
FENCE = 3.0  # interquartile ranges: Tukey's outer fences
MIN_GAPS = 0.01  # share of missing values from which "unknown" is a feature of its own
LIMITS = {"age": (0.0, 120.0)}  # years; the one measure whose limits everybody shares
SEPARATORS = (";", "|", ", ")
BLANK = frozenset({"", "na", "n/a", "nan", "null", "none", "nat", "?", "-"})

Did = Literal[
    "duplicates_dropped", "empty_dropped", "constant_dropped", "names_dropped", "not_read",
    "infinite", "impossible", "missing_filled", "outliers_clipped", "log_taken",
    "values_pooled", "one_hot", "several_split", "dates_guessed",
]  # fmt: skip
Matrix = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Remark:
    """What was done to a column: to `n` of its values; `detail` is a value or number as text."""

    column: str
    did: Did
    n: int
    detail: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Number:
    """A column of numbers or, in days since 1970, of moments.

    Scaled, it is log1p(|x| / `log_unit`) with the sign of x, where there is one, held within
    [`low`, `high`], less `mean`, over `deviation`.
    """

    column: str
    is_moment: bool
    limits: tuple[float, float]
    fill: float
    has_gaps: bool
    log_unit: float | None
    low: float
    high: float
    mean: float
    deviation: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """A column of categories; with a `separator`, several in one cell.

    All features of a column together have variance 1 when scaled, so a category
    of twenty values weighs as much as one number.
    """

    column: str
    values: tuple[str, ...]
    has_other: bool
    separator: str | None
    shares: tuple[float, ...]
    deviation: float


def is_missing(values: "pd.Series[Any]") -> "pd.Series[bool]":
    """Tell which cells hold nothing, or a word for nothing."""
    codes, distinct = pd.factorize(values)
    blank = [str(value).strip().lower() in BLANK for value in distinct]
    return pd.Series(np.array([*blank, True])[codes], index=values.index)


def learn_column(
    name: str, values: "pd.Series[Any]"
) -> tuple[Number | Choice | None, list[Remark]]:
    """Learn what a column holds, and say what was done; None where it tells nothing."""
    missing = is_missing(values) if not is_number(values) else values.isna()
    known = values[~missing]
    n = len(known)
    if not n:
        return None, [Remark(name, "empty_dropped", len(values))]
    if _is_name(name, known):
        return None, [Remark(name, "names_dropped", n)]
    numbers = as_numbers(known)
    if np.mean(~np.isnan(numbers)) >= LIKELY:
        return _learn_number(name, numbers, len(values), is_moment=False)
    moments = read_moments(known)
    if moments.values.notna().mean() >= LIKELY:
        learnt, remarks = _learn_number(name, in_days(moments.values), len(values), is_moment=True)
        if moments.guessed:
            remarks.append(Remark(name, "dates_guessed", n, moments.guessed))
        return learnt, remarks
    return _learn_choice(name, known, len(values))


def _learn_number(
    name: str, numbers: Matrix, n_rows: int, *, is_moment: bool
) -> tuple[Number | None, list[Remark]]:
    low, high = limits = _limits(name)
    n_unread, n_infinite = int(np.isnan(numbers).sum()), int(np.isinf(numbers).sum())
    numbers = numbers[np.isfinite(numbers)]
    fits = (numbers >= low) & (numbers <= high)
    n_impossible = len(numbers) - int(fits.sum())
    numbers = numbers[fits]
    steps: list[tuple[Did, int]] = [
        ("not_read", n_unread), ("infinite", n_infinite), ("impossible", n_impossible),
    ]  # fmt: skip
    remarks = [Remark(name, did, n) for did, n in steps if n]
    if not len(numbers):
        return None, [*remarks, Remark(name, "empty_dropped", n_rows)]
    if numbers.min() == numbers.max():
        return None, [*remarks, Remark(name, "constant_dropped", n_rows, f"{numbers[0]:g}")]
    unit = None if is_moment else _log_unit(numbers)
    fill = float(np.median(numbers))
    drawn = numbers if unit is None else signed_log(numbers, unit)
    lower, upper = _fences(drawn)
    n_missing = n_rows - len(numbers)
    held = np.append(drawn.clip(lower, upper), np.full(n_missing, np.median(drawn)))
    n_out = int(((drawn < lower) | (drawn > upper)).sum())
    if unit is not None:
        remarks.append(Remark(name, "log_taken", len(numbers), f"{unit:g}"))
    if n_out:
        remarks.append(Remark(name, "outliers_clipped", n_out))
    if n_missing:
        remarks.append(Remark(name, "missing_filled", n_missing, f"{fill:g}"))
    learnt = Number(
        column=name,
        is_moment=is_moment,
        limits=limits,
        fill=fill,
        has_gaps=n_missing >= MIN_GAPS * n_rows and n_missing > 0,
        log_unit=unit,
        low=lower,
        high=upper,
        mean=float(held.mean()),
        deviation=float(held.std()),
    )
    return learnt, remarks


def _learn_choice(
    name: str, known: "pd.Series[Any]", n_rows: int
) -> tuple[Choice | None, list[Remark]]:
    separator = _separator(known)
    codes, distinct = pd.factorize(known)
    sizes = np.bincount(codes, minlength=len(distinct))
    counts: dict[str, int] = {}
    for cell, size in zip(distinct, sizes.tolist(), strict=True):
        for value in dict.fromkeys(split_cell(str(cell), separator)):
            counts[value] = counts.get(value, 0) + size
    if len(counts) == 1 and len(known) == n_rows:
        return None, [Remark(name, "constant_dropped", n_rows, next(iter(counts)))]
    common = sorted(counts, key=lambda value: (-counts[value], value))[:MAX_VALUES]
    least = max(2, MIN_VALUE_SHARE * n_rows)
    kept = tuple(sorted(value for value in common if counts[value] >= least))
    n_covered = sum(counts[value] for value in kept)
    if not kept or (separator is None and n_covered < MIN_COVERED * len(known)):
        return None, [Remark(name, "names_dropped", len(counts))]
    has_other = separator is None and n_covered < len(known)
    shares = [counts[value] / n_rows for value in kept]
    if has_other:
        shares.append((len(known) - n_covered) / n_rows)
    deviation = float(np.sqrt(sum(share * (1 - share) for share in shares)))
    if not deviation:
        return None, [Remark(name, "constant_dropped", n_rows, kept[0])]
    did: Did = "several_split" if separator else "one_hot"
    remarks = [Remark(name, did, len(kept), separator or "")]
    if n_pooled := len(counts) - len(kept):
        remarks.append(Remark(name, "values_pooled", n_pooled))
    if len(known) < n_rows:
        remarks.append(Remark(name, "missing_filled", n_rows - len(known)))
    learnt = Choice(
        column=name,
        values=kept,
        has_other=has_other,
        separator=separator,
        shares=tuple(shares),
        deviation=deviation,
    )
    return learnt, remarks


def is_number(values: "pd.Series[Any]") -> bool:
    """Tell whether the column is one of numbers already."""
    return pd.api.types.is_numeric_dtype(values) and not pd.api.types.is_bool_dtype(values)


def _is_name(name: str, known: "pd.Series[Any]") -> bool:
    """Tell whether the column names its rows: called an id, and no value twice."""
    called = re.search(r"(?:^|[_ ])id$|[a-z]I[dD]$", name) or name.lower() in {"id", "index", ""}
    return bool(called) and len(known) > 1 and known.is_unique


def _limits(name: str) -> tuple[float, float]:
    return LIMITS.get(name.strip().lower().split("_")[-1], (-np.inf, np.inf))


def as_numbers(values: "pd.Series[Any]") -> Matrix:
    """Read numbers; NaN where there is none."""
    if is_number(values):
        return values.to_numpy(dtype=float, na_value=np.nan)
    if pd.api.types.is_datetime64_any_dtype(values):
        return np.full(len(values), np.nan)
    codes, distinct = pd.factorize(values)
    texts = pd.Series(distinct.astype(str), dtype=object).str.strip()
    numbers = pd.to_numeric(texts, errors="coerce").astype(float).to_numpy()
    return np.append(numbers, np.nan)[codes]


def in_days(moments: "pd.Series[pd.Timestamp]") -> Matrix:
    """Give moments as days since 1970."""
    since = moments - pd.Timestamp(0, tz="UTC")
    return since.dt.total_seconds().to_numpy(dtype=float) / 86_400


def _log_unit(numbers: Matrix) -> float | None:
    """Choose the unit of the logarithm where it makes a skewed column more even.

    The median of what is above zero, so that euros and cents give the same.
    """
    if numbers.max() <= 0:
        return None
    unit = float(np.median(numbers[numbers > 0]))
    skew = abs(_skew(numbers))
    return unit if skew > MAX_SKEW and abs(_skew(signed_log(numbers, unit))) < skew else None


def signed_log(numbers: Matrix, unit: float) -> Matrix:
    """Take the logarithm of one more than the size, and keep the sign."""
    logged: Matrix = np.sign(numbers) * np.log1p(np.abs(numbers) / unit)
    return logged


def _skew(numbers: Matrix) -> float:
    off = numbers - numbers.mean()
    return float((off**3).mean() / (off**2).mean() ** 1.5) if off.any() else 0.0


def _fences(numbers: Matrix) -> tuple[float, float]:
    """Give Tukey's outer fences; none where half of all values are the same."""
    first, third = np.quantile(numbers, [0.25, 0.75])
    reach = FENCE * (third - first)
    return (float(first - reach), float(third + reach)) if reach > 0 else (-np.inf, np.inf)


def _separator(known: "pd.Series[Any]") -> str | None:
    codes, distinct = pd.factorize(known)
    sizes = np.bincount(codes, minlength=len(distinct))
    texts = [str(value) for value in distinct]
    for separator in SEPARATORS:
        holds = np.array([separator in text for text in texts])
        if sizes[holds].sum() >= SEVERAL * len(known):
            return separator
    return None


def split_cell(cell: str, separator: str | None) -> list[str]:
    """Give the values in a cell."""
    if separator is None:
        return [cell.strip()]
    return [part for each in cell.split(separator) if (part := each.strip())]
