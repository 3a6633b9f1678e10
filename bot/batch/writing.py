"""Writes a verb's rows to standard output: as a table, as CSV or as JSON."""

from __future__ import annotations

import csv
import json
import os
import sys
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain, islice
from typing import Literal, TextIO

from bot.batch.reading import InputError, batches

Cell = str | int | float | None
Form = Literal["table", "csv", "json"]

N_DIGITS = 6  # of a fraction: finer than any of our figures is sure
PAGE = 100  # rows of which the widths of a table are taken, and which are shown at once
WIDE = 24  # a column of longer texts shares what room there is with the others like it

# Python's str.splitlines and JavaScript see ends of lines where JSON sees letters.
_LINE_ENDS = {ord(end): f"\\u{ord(end):04x}" for end in "\x85\u2028\u2029"}


def form_of(*, as_json: bool, as_csv: bool) -> Form:
    """Choose the form: what is asked for, else a table on a terminal and CSV anywhere else."""
    if as_json and as_csv:
        raise InputError("--json and --csv are two forms: keep one.")
    if as_json:
        return "json"
    return "csv" if as_csv or not sys.stdout.isatty() else "table"


def write(columns: Sequence[str], rows: Iterable[Sequence[Cell]], form: Form) -> None:
    """Write rows as they come; a reader that goes away, like `head`, ends it quietly."""
    rows = iter(rows)
    first = list(islice(rows, 1))  # before the header: what is wrong at once leaves no output
    rows = chain(first, rows)
    sys.stdout.reconfigure(encoding="utf-8", newline="\n")  # type: ignore[union-attr]
    try:
        {"json": _json, "csv": _csv, "table": _table}[form](columns, rows, sys.stdout)
        sys.stdout.flush()
    except BrokenPipeError:
        # Python flushes once more at its end
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _json(columns: Sequence[str], rows: Iterable[Sequence[Cell]], out: TextIO) -> None:
    for row in rows:
        named = dict(zip(columns, map(_rounded, row), strict=True))
        out.write(json.dumps(named, ensure_ascii=False).translate(_LINE_ENDS) + "\n")


class _Lines:
    """Takes what `csv` writes, a row at a time, and ends it with a line feed alone.

    While its rows end in CR LF, `csv` puts quotes around a CR that stands in a text.
    """

    def __init__(self, out: TextIO) -> None:
        self._out = out

    def write(self, row: str) -> None:
        self._out.write(row.removesuffix("\r\n") + "\n")


def _csv(columns: Sequence[str], rows: Iterable[Sequence[Cell]], out: TextIO) -> None:
    written = csv.writer(_Lines(out))
    written.writerow(columns)
    written.writerows(map(_rounded, row) for row in rows)


def _table(columns: Sequence[str], rows: Iterator[Sequence[Cell]], out: TextIO) -> None:
    from rich.cells import cell_len  # noqa: PLC0415  # 0.1 s, only where somebody looks
    from rich.console import Console  # noqa: PLC0415
    from rich.table import Table  # noqa: PLC0415
    from rich.text import Text  # noqa: PLC0415

    console = Console(file=out)
    widths: list[int] = []
    for page in batches(rows, PAGE):
        shown = [[_shown(cell) for cell in row] for row in page]
        header = not widths
        widths = widths or [
            max(map(cell_len, column)) for column in zip(columns, *shown, strict=True)
        ]
        table = Table(box=None, padding=(0, 1, 0, 0), show_header=header, expand=max(widths) > WIDE)
        for column, width, cell in zip(columns, widths, page[0], strict=True):
            wide = width > WIDE
            table.add_column(
                column,
                justify="right" if isinstance(cell, int | float) else "left",
                no_wrap=True,
                ratio=1 if wide else None,
                min_width=WIDE // 2 if wide else None,
                width=None if wide else width,
            )
        for cells in shown:
            table.add_row(*map(Text, cells))
        console.print(table)


def _rounded(cell: Cell) -> Cell:
    return round(cell, N_DIGITS) if isinstance(cell, float) else cell


def _shown(cell: Cell) -> str:
    """Give a cell as it may stand on a terminal, where an escape in a text would be obeyed."""
    if isinstance(cell, float):
        return f"{cell:.2f}"
    return "".join(c if c.isprintable() else " " for c in str("" if cell is None else cell))
