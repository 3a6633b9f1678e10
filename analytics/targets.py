"""What is to be told of customers: the classes of a column, and what gives them away."""

import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from analytics.cleaning import learn, measured
from analytics.columns import LIKELY, is_missing
from analytics.trees import Codes, grow, leaves, shares

MIN_ROWS = 20
MIN_CLASS = 5  # rows of a class: one for each fold
MAX_CLASSES = 50
MAX_NUMBERS = 12  # different numbers that are still classes; more are cut into quarters
N_BANDS = 4
LEAK = 0.99  # share of rows in which one column alone tells the target
N_LOOKED_AT = 20_000  # rows on which a column is tried alone


class ProfileError(ValueError):
    """The table cannot be learnt from; the message says why and what to do."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """The rows that can be learnt from, their classes, and what was left out.

    `table` has neither the target nor the `leaking` columns, each of which
    comes with the share of rows in which it alone tells the class. `rows` are
    the places of the rows in the table that was given.
    """

    target: str
    table: pd.DataFrame
    names: tuple[str, ...]
    classes: Codes
    rows: Codes
    leaking: tuple[tuple[str, float], ...]
    n_without: int
    rare: tuple[str, ...]


def read_task(table: pd.DataFrame, target: str, kept: Sequence[str], random_state: int) -> Task:
    """Find what there is to learn; see `profiles.fit_profile`.

    Raises
    ------
    ProfileError
        If there is no such column, or too little to learn from.
    """
    if target not in table.columns:
        columns = ", ".join(map(str, table.columns))
        raise ProfileError(f"There is no column {target} to tell, but {columns}.")
    known = ~is_missing(table[target]).to_numpy()
    if known.sum() < MIN_ROWS:
        raise ProfileError(
            f"Not enough data yet: {MIN_ROWS} rows with a known {target} are needed, "
            f"{known.sum()} found."
        )
    named = _named(table[target][known])
    sizes = named.value_counts()
    if len(sizes) == 1:
        raise ProfileError(
            f"Every row has the same {target}, {sizes.index[0]}: there is nothing to tell apart."
        )
    rare = tuple(str(name) for name in sizes.index[sizes < MIN_CLASS])
    if len(sizes) - len(rare) > MAX_CLASSES:
        raise ProfileError(
            f"{target} has {len(sizes):,} different values; up to {MAX_CLASSES} can be told apart, "
            "so put them into fewer groups first."
        )
    if len(sizes) - len(rare) < 2:
        raise ProfileError(
            f"{target} has fewer than two values with {MIN_CLASS} rows each: "
            "collect more rows, or put its values into fewer groups."
        )
    common = ~named.isin(rare).to_numpy()
    rows = np.flatnonzero(known)[common].astype(np.int64)
    names = tuple(name for name in _in_order(named) if name not in rare)
    place = {name: i for i, name in enumerate(names)}
    classes = np.array([place[name] for name in named[common]], dtype=np.int64)
    others = table.drop(columns=target).iloc[rows]
    leaking = _leaking(others, classes, len(names), kept, random_state)
    return Task(
        target=target,
        table=others.drop(columns=[column for column, _ in leaking]),
        names=names,
        classes=classes,
        rows=rows,
        leaking=leaking,
        n_without=int((~known).sum()),
        rare=rare,
    )


def _named(values: "pd.Series[Any]") -> "pd.Series[str]":
    """Name the class of each row; of many numbers, the quarter they are in."""
    texts = values.astype(str).str.strip()
    numbers = pd.to_numeric(texts, errors="coerce").astype(float)
    numbers = numbers.where(np.isfinite(numbers))
    if numbers.notna().mean() < LIKELY:
        return texts
    if numbers.nunique() <= MAX_NUMBERS:
        return numbers.map("{:g}".format, na_action="ignore").fillna(texts)
    edges = np.unique(np.quantile(numbers.dropna(), np.arange(1, N_BANDS) / N_BANDS))
    bands = [f"up to {edges[0]:g}"]
    bands += [f"over {low:g} to {high:g}" for low, high in itertools.pairwise(edges)]
    bands.append(f"over {edges[-1]:g}")
    places = np.searchsorted(edges, numbers.fillna(np.median(numbers.dropna())), side="left")
    return pd.Series(np.array(bands, dtype=object)[places], index=values.index)


def _in_order(named: "pd.Series[str]") -> list[str]:
    """Put the names of classes in order: by their numbers where they have some."""
    names = pd.Series(sorted(named.unique()), dtype=object)
    ends = pd.to_numeric(names.str.rsplit(n=1).str[-1], errors="coerce")
    is_last = names.str.match("over [^ ]+$")  # "over 57" comes after "over 44 to 57"
    order = np.lexsort([is_last, ends])
    return [str(name) for name in names.iloc[order]]


def _leaking(
    table: pd.DataFrame, classes: Codes, n_classes: int, kept: Sequence[str], random_state: int
) -> tuple[tuple[str, float], ...]:
    """Find the columns that alone, learnt on one half, tell nearly all of the other half."""
    rng = np.random.default_rng(random_state)
    drawn = rng.permutation(len(classes))[:N_LOOKED_AT]
    half = len(drawn) // 2
    if np.bincount(classes[drawn[half:]]).max() >= LEAK * (len(drawn) - half):
        return ()  # to name the most frequent class tells as much
    found = []
    for column in table.columns:
        if column in kept:
            continue
        only = table[[column]]
        cleaning = learn(only.iloc[drawn[:half]])
        rows = measured(cleaning, only.iloc[drawn])
        tree = grow(rows[:half], classes[drawn[:half]], n_classes, "gain", min_leaf=1)
        told = shares(tree).argmax(axis=1)[leaves(tree, rows[half:])]
        accuracy = float((told == classes[drawn[half:]]).mean())
        if accuracy >= LEAK:
            found.append((str(column), accuracy))
    return tuple(found)
