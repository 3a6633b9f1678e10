"""`python -m bot bursts`: when counts jumped above what their hour of the week brings."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated

import typer

from bot.batch.frames import shown
from bot.batch.options import AsCsv, AsJson, Column, Seed
from bot.batch.reading import InputError
from bot.batch.series import SeriesFile, Table, read_table
from bot.batch.tables import SLOW, remark
from bot.batch.writing import Cell, form_of, write

if TYPE_CHECKING:
    from analytics.bursts import Watched

COLUMNS = ("unique_id", "ds", "y", "expected", "score", "burst")

FalseAlarms = Annotated[
    float, typer.Option(min=0.0001, max=10, help="Bearable in a week of one series.")
]


def bursts(
    file: SeriesFile,
    *,
    false_alarms: FalseAlarms = 0.1,
    column: Column = None,
    as_json: AsJson = False,
    as_csv: AsCsv = False,
    seed: Seed = 0,  # noqa: ARG001  # nothing is drawn here; every verb takes it
) -> None:
    """Judge each count of complaints, mentions, joins or leaves by those before it.

    `burst` is 1 where it is far above what its hour of the week brings; the score is -log10 of
    how likely that is by chance.
    """
    form = form_of(as_json=as_json, as_csv=as_csv)
    table = read_table(file, column)
    if len(table.rows) >= SLOW:
        remark(f"Judging {len(table.rows):,} points …")
    from analytics.bursts import TooFewPointsError, watch  # noqa: PLC0415  # pandas
    from analytics.frames import FrameError  # noqa: PLC0415

    try:
        found = watch(table.rows, false_alarms=false_alarms)
    except FrameError as error:
        raise table.refusal(error) from error
    except TooFewPointsError as error:
        raise InputError(f"{shown(file)}: {error}") from error
    write(COLUMNS, _rows(found, table), form)


def _rows(found: Iterator[Watched], table: Table) -> Iterator[tuple[Cell, ...]]:
    for point in found:
        at = table.written(point.ds)
        yield point.unique_id, at, point.y, point.expected, point.score, int(point.burst)
