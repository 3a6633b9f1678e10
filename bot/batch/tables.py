"""What the verbs on customer tables share: ids, remarks on what was cleaned, files beside."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from bot.batch.reading import InputError

if TYPE_CHECKING:
    import pandas as pd

    from analytics.cleaning import Feature
    from analytics.columns import Remark

CsvFile = Annotated[
    str, typer.Argument(metavar="FILE.csv", help="One customer a row; - is standard input.")
]
SLOW = 20_000  # rows from which the work may take over two seconds

DONE = {
    "duplicates_dropped": "rows left out that repeat another: {n:,}",
    "empty_dropped": "nothing is in it, so it is left out",
    "constant_dropped": "always {detail}, so it is left out",
    "names_dropped": "hardly a value comes twice, so it is left out as a name",
    "not_read": "cells taken as missing that hold no number or date: {n:,}",
    "infinite": "infinite numbers taken as missing: {n:,}",
    "impossible": "impossible numbers taken as missing: {n:,}",
    "missing_filled": "missing: {n:,}",
    "outliers_clipped": "outliers brought to the edge of the usual range: {n:,}",
    "log_taken": "skewed, so compared by its logarithm",
    "values_pooled": "rare values taken together: {n:,}",
    "one_hot": "a category, of so many values: {n}",
    "several_split": "several values in a cell, of so many: {n}",
    "dates_guessed": "{detail} was read with the day first",
}


def remark(sentence: str) -> None:
    """Say something on standard error."""
    typer.echo(sentence, err=True)


def tell_cleaning(remarks: Iterable[Remark]) -> None:
    """Say what was done to each column, a line each."""
    done: dict[str, list[str]] = {}
    for each in remarks:
        sentence = DONE[each.did].format(n=each.n, detail=each.detail)
        done.setdefault(each.column, []).append(sentence)
    for column, sentences in done.items():
        remark(f"{column}: {'; '.join(sentences)}.")


def cleaning_as_json(remarks: Iterable[Remark]) -> list[dict[str, Any]]:
    """Give what was done as data."""
    return [{"column": r.column, "did": r.did, "n": r.n, "detail": r.detail} for r in remarks]


def taken_ids(table: pd.DataFrame, file: str, names: Iterable[str]) -> pd.Series[Any]:
    """Give the id of each row: the first of the columns that is there, else the row's number.

    Raises
    ------
    InputError
        If an id is missing, or names two rows.
    """
    import pandas as pd  # noqa: PLC0415

    for name in names:
        if name in table.columns:
            ids = table[name].astype(str).str.strip()
            ids = ids.str.replace(r"^(-?\d+)\.0+$", r"\1", regex=True)
            _refuse_first(ids.isin(["", "nan"]), file, name, "is missing; write one, or no column")
            _refuse_first(
                ids.duplicated(), file, name, "is there twice; keep one row a customer", ids
            )
            return ids
    return pd.Series(range(1, len(table) + 1), index=table.index).astype(str)


def _refuse_first(
    bad: pd.Series[bool], file: str, column: str, problem: str, values: pd.Series[Any] | None = None
) -> None:
    if bad.any():
        line = bad.index[int(bad.to_numpy().argmax())]
        value = "" if values is None else f" {values.loc[line]}"
        raise InputError(f"{file}, line {line}: the {column}{value} {problem}.")


def write_beside(path: Path, write: Callable[[Path], object]) -> None:
    """Write a further file.

    Raises
    ------
    InputError
        If that is not possible.
    """
    try:
        write(path)
    except OSError as error:
        raise InputError(f"{path} cannot be written: {error.strerror}.") from error


def write_json(path: Path, content: object) -> None:
    """Write a JSON file for people and programs."""
    text = json.dumps(content, ensure_ascii=False, indent=2) + "\n"
    write_beside(path, lambda to: to.write_text(text, encoding="utf-8"))


def named(feature: Feature) -> str:
    """Name a feature as it stands in a table."""
    match feature.kind:
        case "is":
            return f"{feature.column} is {feature.value}"
        case "has":
            return f"{feature.column} has {feature.value}"
        case "other":
            return f"{feature.column} is something else"
        case "unknown":
            return f"{feature.column} is unknown"
    return feature.column
