"""Turns any table of customers into numbers, the same way for customers who come later.

All is learnt by `learn` from the rows it is given; `measured` and `scaled` only
apply it, so nothing of a row that a model is tested on reaches its training.
"""

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import pandas as pd

from analytics.columns import (
    Choice,
    Matrix,
    Number,
    Remark,
    as_numbers,
    in_days,
    is_missing,
    is_number,
    learn_column,
    signed_log,
    split_cell,
)
from analytics.moments import read_moments


@dataclass(frozen=True, slots=True)
class Feature:
    """One number about a customer; of a category (`value`) it is 0 or 1."""

    column: str
    value: str | None
    kind: Literal["number", "moment", "is", "has", "other", "unknown"]


@dataclass(frozen=True, slots=True)
class Cleaning:
    """What was learnt of each useful column, and what was done to the others."""

    columns: tuple[Number | Choice, ...]
    remarks: tuple[Remark, ...]
    n_rows: int

    def features(self, *, with_gaps: bool = False) -> tuple[Feature, ...]:
        """List what each column of `scaled` (or `measured`, with gaps) means."""
        return tuple(
            feature for column in self.columns for feature in _features(column, with_gaps=with_gaps)
        )


def learn(frame: pd.DataFrame) -> Cleaning:
    """Learn how to turn the columns of `frame` into numbers.

    Columns that tell nothing (empty, constant, a name for each row) are left
    out; every such step is a remark.
    """
    columns: list[Number | Choice] = []
    remarks: list[Remark] = []
    for name in frame.columns:
        learnt, done = learn_column(str(name), frame[name])
        remarks.extend(done)
        if learnt:
            columns.append(learnt)
    return Cleaning(tuple(columns), tuple(remarks), len(frame))


def measured(cleaning: Cleaning, frame: pd.DataFrame) -> Matrix:
    """Give rows of numbers in their own units, gaps filled, each gap also a feature."""
    blocks = []
    for column in cleaning.columns:
        values = _values(column.column, frame)
        if isinstance(column, Choice):
            blocks.append(_one_hot(column, values))
        else:
            numbers = _numbers(column, values)
            gaps = np.isnan(numbers)
            blocks.append(np.where(gaps, column.fill, numbers)[:, None])
            if column.has_gaps:
                blocks.append(gaps.astype(float)[:, None])
    return np.hstack(blocks) if blocks else np.zeros((len(frame), 0))


def scaled(cleaning: Cleaning, frame: pd.DataFrame) -> Matrix:
    """Give rows of numbers that may be compared: mean 0 and, for each column, variance 1."""
    points = np.empty((len(frame), len(cleaning.features())))
    first = 0
    for column in cleaning.columns:
        values = _values(column.column, frame)
        if isinstance(column, Choice):
            block = (_one_hot(column, values) - np.array(column.shares)) / column.deviation
        else:
            numbers = _numbers(column, values)
            np.copyto(numbers, column.fill, where=np.isnan(numbers))
            block = _scale(column, numbers)[:, None]
        points[:, first : first + block.shape[1]] = block
        first += block.shape[1]
    return points.round(9)  # the noise of adding up in another order makes no group


def without_duplicates(
    frame: pd.DataFrame, key: str | None
) -> tuple[pd.DataFrame, tuple[Remark, ...]]:
    """Drop rows that say the same of the same customer a second time.

    Without a `key` two equal rows may well be two customers, and are kept.
    """
    if key is None:
        return frame, ()
    twice = frame.duplicated()
    n = int(twice.sum())
    return (frame[~twice], (Remark(key, "duplicates_dropped", n),)) if n else (frame, ())


def _values(name: str, frame: pd.DataFrame) -> "pd.Series[Any]":
    """Give the column, or nothing but gaps where a later table lacks it."""
    if name in frame.columns:
        values = frame[name]
        return values if is_number(values) else values.mask(is_missing(values))
    return pd.Series(np.nan, index=frame.index, dtype=object)


def _numbers(column: Number, values: "pd.Series[Any]") -> Matrix:
    """Read a column as it was learnt; NaN for what is missing or cannot be."""
    found = in_days(read_moments(values).values) if column.is_moment else as_numbers(values)
    low, high = column.limits
    fits = np.isfinite(found) & (found >= low) & (found <= high)
    return np.where(fits, found, np.nan)


def _scale(column: Number, numbers: Matrix) -> Matrix:
    if column.log_unit is not None:
        numbers = signed_log(numbers, column.log_unit)
    scaled: Matrix = (numbers.clip(column.low, column.high) - column.mean) / column.deviation
    return scaled


def _one_hot(column: Choice, values: "pd.Series[Any]") -> Matrix:
    codes, distinct = pd.factorize(values)
    place = {value: i for i, value in enumerate(column.values)}
    rows = np.zeros((len(distinct) + 1, len(column.shares)))  # the last is of what is missing
    for i, cell in enumerate(distinct):
        found = [place[each] for each in split_cell(str(cell), column.separator) if each in place]
        rows[i, found] = 1
        if column.has_other and not found:
            rows[i, -1] = 1
    taken: Matrix = rows[codes]
    return taken


def _features(column: Number | Choice, *, with_gaps: bool) -> list[Feature]:
    if isinstance(column, Choice):
        kind: Literal["is", "has"] = "has" if column.separator else "is"
        found = [Feature(column.column, value, kind) for value in column.values]
        return [*found, Feature(column.column, None, "other")] if column.has_other else found
    found = [Feature(column.column, None, "moment" if column.is_moment else "number")]
    if with_gaps and column.has_gaps:
        found.append(Feature(column.column, None, "unknown"))
    return found
