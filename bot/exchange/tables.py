"""Reads CSV and JSON, from whatever wrote them, into rows of named cells, and writes them again."""

from __future__ import annotations

import codecs
import csv
import io
import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from bot.exchange.remarks import TableError

LARGEST = 5_000_000
"""Bytes of a file: five thousand posts of a thousand characters each."""
MOST_ROWS = 5_000

COLUMNS = (
    "publish_at", "channel", "text", "format", "entities", "media",
    "poll_question", "poll_options", "poll_correct", "poll_explanation", "poll_several",
    "buttons", "preview", "preview_url", "silent", "pin", "protected", "above", "id", "state",
)  # fmt: skip
NEEDED = ("publish_at",)
SAYING = ("text", "media", "poll_question")
"""Without any of these columns there is nothing to publish."""

# What a spreadsheet takes for the beginning of a formula, and so could be made to run.
FORMULA = re.compile(r"'*[=+\-@\t\r\n＝＋－＠]")
_DELIMITERS = ",;\t"
_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)


@dataclass(frozen=True, slots=True)
class Row:
    """The cells of a row by column; `place` is its line in CSV, its number in JSON."""

    place: int
    cells: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Table:
    """A file of posts; `unread` are the columns that mean nothing to us."""

    rows: tuple[Row, ...]
    unread: tuple[str, ...]
    has_lines: bool  # CSV, not JSON


def read(raw: bytes) -> Table:
    """Read a file of posts.

    Raises
    ------
    TableError
        At the first thing that makes it no table.
    """
    if len(raw) > LARGEST:
        raise too_big()
    text = _decoded(raw)
    if not text.strip():
        raise TableError("empty")
    rows, columns, has_lines = _json(text) if is_json(text) else _csv(text)
    for needed in NEEDED:
        if needed not in columns:
            raise TableError("no_column", 1 if has_lines else None, column=needed)
    if not set(SAYING) & columns.keys():
        raise TableError("no_column", 1 if has_lines else None, column=SAYING[0])
    if not rows:
        raise TableError("no_rows")
    if len(rows) > MOST_ROWS:
        raise TableError("too_many", rows=MOST_ROWS)
    return Table(tuple(rows), tuple(name for name in columns if name not in COLUMNS), has_lines)


def is_of_posts(raw: bytes) -> bool:
    """Say whether a CSV means to be one of posts, and not one of something else."""
    try:
        columns = {*map(_name, _first_cells(_decoded(raw))[1])} & {*COLUMNS}
    except TableError:
        return False
    return bool(columns)


def too_big() -> TableError:
    """Give the error for a file that is better not fetched at all."""
    return TableError("too_big", megabytes=LARGEST // 1_000_000)


def write(rows: Iterable[Mapping[str, str]]) -> str:
    """Write rows of cells as CSV that `read` gives back unchanged."""
    return csv_text([COLUMNS, *([row.get(column, "") for column in COLUMNS] for row in rows)])


def csv_text(rows: Iterable[Sequence[str | int]]) -> str:
    """Write CSV for spreadsheets, with nothing in it that they would run."""
    file = io.StringIO()
    csv.writer(file).writerows(
        [_defused(cell) if isinstance(cell, str) else cell for cell in row] for row in rows
    )
    # Without the mark at its beginning, Excel takes the file for one of another alphabet.
    return f"\ufeff{file.getvalue()}"


def is_json(text: str) -> bool:
    """Say whether a text is meant as JSON: no header begins with a bracket."""
    return text.lstrip()[:1] in {"[", "{"}


def _decoded(raw: bytes) -> str:
    encoding = next((name for mark, name in _MARKS if raw.startswith(mark)), "utf-8")
    if encoding == "utf-8" and b"\0" in raw[:2]:  # UTF-16 without its mark; a header is ASCII
        encoding = "utf-16-be" if raw[:1] == b"\0" else "utf-16-le"
    try:
        return raw.decode(encoding).removeprefix("\ufeff")
    except UnicodeDecodeError as error:
        raise TableError("not_utf8", raw.count(b"\n", 0, error.start) + 1) from error


def _csv(text: str) -> tuple[list[Row], dict[str, None], bool]:
    delimiter, first = _first_cells(text)
    columns = [_name(cell) for cell in first]
    if twice := next((name for name in columns if name and columns.count(name) > 1), None):
        raise TableError("twice", 1, column=twice)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    rows = []
    line = 1
    try:
        for cells in reader:
            place, line = line, reader.line_num + 1
            if cells == first or _is_mark(cells) or not any(cell.strip() for cell in cells):
                continue
            if any(cell.strip() for cell in cells[len(columns) :]):
                raise TableError("cells", place, n=len(cells), wanted=len(columns))
            named = zip(columns, map(_plain, cells), strict=False)
            rows.append(Row(place, {name: cell for name, cell in named if name}))
    except csv.Error as error:
        raise TableError("no_csv", line, reason=str(error)) from error
    return rows, dict.fromkeys(filter(None, columns)), True


def _first_cells(text: str) -> tuple[str, list[str]]:
    """Give the delimiter, by which most of the header is known to us, and the header's cells."""
    csv.field_size_limit(LARGEST)
    lines = text.lstrip("\r\n").splitlines() or [""]
    header = lines[1] if _is_mark([lines[0]]) and len(lines) > 1 else lines[0]
    try:
        splits = [(sign, next(csv.reader([header], delimiter=sign), [])) for sign in _DELIMITERS]
    except csv.Error as error:
        raise TableError("no_csv", 1, reason=str(error)) from error
    return max(splits, key=lambda split: (len({*map(_name, split[1])} & {*COLUMNS}), len(split[1])))


def _is_mark(cells: Sequence[str]) -> bool:
    """Say whether this is the line `sep=;`, by which Excel tells itself the delimiter."""
    return len(cells) <= 2 and bool(re.fullmatch(r"sep=.?", cells[0] if cells else ""))


def _name(cell: str) -> str:
    return "_".join(cell.strip().casefold().split())


def _defused(cell: str) -> str:
    return f"'{cell}" if FORMULA.match(cell) else cell


def _plain(cell: str) -> str:
    """Undo `_defused`, whoever did it: spreadsheets have this way too."""
    return cell[1:] if cell.startswith("'") and FORMULA.match(cell) else cell


def _json(text: str) -> tuple[list[Row], dict[str, None], bool]:
    try:
        found = json.loads(text, object_pairs_hook=_object, parse_constant=_no_number)
    except json.JSONDecodeError as error:
        raise TableError("no_json", error.lineno, reason=error.msg) from error
    except (ValueError, RecursionError) as error:  # a number of 5,000 digits, 5,000 brackets
        raise TableError("no_json", reason=str(error)) from error
    if isinstance(found, dict) and "messages" in found:
        raise TableError("telegram_export")
    if not isinstance(found, list) or not all(isinstance(row, dict) for row in found):
        raise TableError("no_list")
    rows = [Row(place, dict(_cells(row, place))) for place, row in enumerate(found, 1)]
    columns = dict.fromkeys(name for row in rows for name in row.cells)
    return rows, columns, False


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    named = dict(pairs)
    if len(named) < len(pairs):
        names = [name for name, _ in pairs]
        raise TableError("twice", column=next(name for name in names if names.count(name) > 1))
    return named


def _no_number(constant: str) -> float:
    raise ValueError(f"{constant} is no number")


def _cells(row: Mapping[str, Any], place: int) -> Iterator[tuple[str, str]]:
    """Give the values of a JSON object as cells of CSV, in which lists stand as JSON again."""
    for name, value in row.items():
        match value:
            case None:
                continue
            case bool():
                cell = "yes" if value else "no"
            case str():
                cell = value
            case int():
                cell = str(value)
            case list():
                cell = json.dumps(value, ensure_ascii=False)
            case _:
                raise TableError("no_cell", column=name, place=place)
        if any("\ud800" <= character <= "\udfff" for character in cell):
            raise TableError("half_character", column=name, place=place)
        yield _name(name), cell
