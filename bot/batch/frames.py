"""Reads a whole table for the verbs that need all rows at once, and refuses one too large."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bot.batch.reading import STANDARD_INPUT, InputError, batches, read_rows

if TYPE_CHECKING:
    import pandas as pd

BATCH = 20_000  # rows that stand in memory as text at once
MOST_CELLS = 60_000_000  # of 8 bytes: half a gigabyte, a million customers with 60 columns
MOST_LETTERS = 400_000_000  # of cells that are no numbers and so may stay as text
MOST_BYTES = 1_500_000_000
TOO_MUCH = "does not fit in memory; give fewer columns, or a sample of the rows."


def read_frame(
    file: str,
    headers: Mapping[str, str],
    needed: Sequence[str],
    as_text: Sequence[str] = (),
) -> pd.DataFrame:
    """Read CSV; columns of numbers as numbers, others (and those of `as_text`) as categories.

    The index is the line on which each row begins.

    Raises
    ------
    InputError
        At the first line that is no such row, if there are none, or more than fit in memory.
    """
    import pandas as pd  # noqa: PLC0415  # half a second, after the options are checked

    _require_small(file)
    parts: list[dict[str, pd.Series[Any]]] = []
    lines: list[int] = []
    n_cells = n_letters = 0
    for rows in batches(read_rows(file, headers, needed), BATCH):
        part = {}
        for name in rows[0].cells:
            cells = [row.cells[name] for row in rows]
            part[name] = column = _column(cells, is_text=name in as_text)
            n_cells += len(cells)
            n_letters += (
                sum(map(len, cells)) if isinstance(column.dtype, pd.CategoricalDtype) else 0
            )
        lines.extend(row.line for row in rows)
        parts.append(part)
        if n_cells > MOST_CELLS or n_letters > MOST_LETTERS:
            raise InputError(f"{shown(file)}, line {lines[-1]}: more {TOO_MUCH}")
    if not parts:
        raise InputError(f"{shown(file)}: there is no row under the header; write one a customer.")
    return pd.DataFrame(
        {name: _joined([part.pop(name) for part in parts]) for name in list(parts[0])},
    ).set_axis(pd.Index(lines, name="line"))


def shown(file: str) -> str:
    """Name a file as a person does."""
    return "standard input" if file == STANDARD_INPUT else file


def _require_small(file: str) -> None:
    """Refuse at once a file of which the end would not fit."""
    path = Path(file)
    if file != STANDARD_INPUT and path.is_file() and path.stat().st_size > MOST_BYTES:
        raise InputError(f"{file}: a table of {path.stat().st_size / 1e9:.1f} GB {TOO_MUCH}")


def _column(cells: list[str], *, is_text: bool) -> pd.Series[Any]:
    """Read the cells of a column, as numbers where all are that are not empty."""
    import pandas as pd  # noqa: PLC0415

    if not is_text and "_" not in "".join(cells):  # Python reads 1_000 as a number
        try:
            return pd.Series([float(cell) if cell else math.nan for cell in cells])
        except ValueError:
            pass
    return pd.Series(cells, dtype="category")


def _joined(parts: list[pd.Series[Any]]) -> pd.Series[Any]:
    """Join the parts of a column, all as text where one of them is."""
    import pandas as pd  # noqa: PLC0415
    from pandas.api.types import union_categoricals  # noqa: PLC0415

    texts = [part for part in parts if isinstance(part.dtype, pd.CategoricalDtype)]
    if not texts:
        joined: pd.Series[Any] = pd.concat(parts, ignore_index=True)
        return joined
    alike = [
        part
        if isinstance(part.dtype, pd.CategoricalDtype)
        else part.map("{:.15g}".format, na_action="ignore").fillna("").astype("category")
        for part in parts
    ]
    return pd.Series(union_categoricals(alike))
