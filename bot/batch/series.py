"""Reads the series that `forecast` and `bursts` work on, and writes their times as they came."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

import typer

from bot.batch.frames import read_frame, shown
from bot.batch.reading import InputError, column_names
from bot.batch.tables import remark

if TYPE_CHECKING:
    import pandas as pd

    from analytics.frames import FrameError

COLUMNS = ("unique_id", "ds", "y")

SeriesFile = Annotated[
    str,
    typer.Argument(
        metavar="SERIES.csv",
        help="Columns `unique_id`, `ds` (times or integers) and `y`; - is standard input.",
        show_default=False,
    ),
]


@dataclass(frozen=True, slots=True)
class Table:
    """The rows of a file by line, and whether its times name days, or a zone."""

    file: str
    rows: pd.DataFrame
    only_days: bool
    zoned: bool

    def written(self, moment: dt.datetime | int) -> str | int:
        """Write a time as those of the file are written, if more plainly."""
        if isinstance(moment, int):
            return moment
        if self.only_days:
            return moment.date().isoformat()
        return (moment if self.zoned else moment.replace(tzinfo=None)).isoformat(sep=" ")

    def refusal(self, error: FrameError) -> InputError:
        """Say which line of the file breaks the contract."""
        if error.row is None:
            return InputError(f"{shown(self.file)}: {error}")
        line, problem = self.rows.index[error.row - 1], str(error).partition(": ")[2]
        return InputError(f"{shown(self.file)}, line {line}, column {error.column}: {problem}")


def read_table(file: str, column: list[str] | None) -> Table:
    """Read series, `ds` as integers or moments, which without a zone count as UTC.

    Raises
    ------
    InputError
        At the first row that cannot be used, or if there is none.
    """
    headers = column_names(column or [], COLUMNS)
    rows = read_frame(file, headers, COLUMNS, as_text=["unique_id"])[list(COLUMNS)]
    _refuse_texts(file, rows["y"])
    if _is_category(rows["ds"]):
        from analytics.moments import read_moments  # noqa: PLC0415  # pandas

        texts = rows["ds"].astype(str)
        moments = read_moments(texts)
        if moments.values.isna().any():
            line = rows.index[int(moments.values.isna().to_numpy().argmax())]
            raise InputError(
                f"{shown(file)}, line {line}: {texts.loc[line] or 'nothing'} is no date; "
                "write all of them as 2026-01-31 or 2026-01-31 18:00."
            )
        if moments.guessed:
            remark(f"ds: {moments.guessed} was read with the day first.")
        rows["ds"] = moments.values
        zoned = texts.str.contains(r"(?:[zZ]|:\d\d[+-]\d\d:?\d\d)$").any()
        only_days = not texts.str.contains(":").any()
        return Table(file, rows, only_days=only_days, zoned=bool(zoned))
    return Table(file, rows, only_days=False, zoned=False)


def _refuse_texts(file: str, y: pd.Series[float]) -> None:
    if _is_category(y):
        import pandas as pd  # noqa: PLC0415

        texts = y.astype(str)
        strange = texts.ne("") & pd.to_numeric(texts, errors="coerce").isna()
        line = y.index[int(strange.to_numpy().argmax())]
        raise InputError(
            f"{shown(file)}, line {line}: {texts.loc[line]} is not a number; leave y empty where "
            "it is unknown."
        )


def _is_category(column: pd.Series[float]) -> bool:
    import pandas as pd  # noqa: PLC0415

    return isinstance(column.dtype, pd.CategoricalDtype)
