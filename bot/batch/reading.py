"""Reads what a verb works on, as a stream: lines or CSV, from a file or standard input."""

from __future__ import annotations

import codecs
import csv
import os
import stat
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from functools import partial
from itertools import islice
from pathlib import Path
from typing import BinaryIO, TypeVar

from bot.batch import progress

T = TypeVar("T")

STANDARD_INPUT = "-"
LONGEST_LINE = 1_000_000
"""Bytes of a line that are taken: ten times the longest message, and no file sits in memory."""


class InputError(Exception):
    """What was given cannot be used; the message says file, line and what to do."""


@dataclass(frozen=True, slots=True)
class Row:
    """A row of a CSV file, and the line on which it begins."""

    line: int
    cells: Mapping[str, str]


def column_names(written: Sequence[str], known: Sequence[str]) -> dict[str, str]:
    """Read `--column name=Header` options; gives the file's header by our name.

    Raises
    ------
    InputError
        If one is not written like that, or names a column that the verb does not read.
    """
    headers: dict[str, str] = {}
    for option in written:
        name, equals, header = option.partition("=")
        if not (equals and header):
            raise InputError(f"--column {option}: write it as {known[0]}=HEADER.")
        if name not in known:
            raise InputError(f"--column {option}: what is read here is {', '.join(known)}.")
        if name in headers:
            raise InputError(f"--column {option}: {name} is {headers[name]} already; keep one.")
        headers[name] = header
    return headers


def read_texts(file: str, headers: Mapping[str, str]) -> Iterator[str]:
    """Give the messages of a file: its lines, or the column `text` where it is CSV.

    CSV is what is named .csv, and anything of which a header is told.
    """
    if headers or Path(file).suffix.lower() == ".csv":
        return (row.cells["text"] for row in read_rows(file, headers, needed=["text"]))
    return (line.removesuffix("\n").removesuffix("\r") for line in _lines(file))


def read_rows(file: str, headers: Mapping[str, str], needed: Sequence[str]) -> Iterator[Row]:
    """Give the rows of a CSV file by our names for its columns, those of `needed` among them.

    Raises
    ------
    InputError
        At the first line that is not UTF-8 or no such row.
    """
    where = partial(_where, file)
    csv.field_size_limit(LONGEST_LINE)  # so a quotation mark left open does not take it all in
    rows = csv.reader(_lines(file), strict=True)
    line = 1
    try:
        header = next(rows, [])
        names = _names(where(1), header, headers, needed)
        line = rows.line_num + 1
        for cells in rows:
            if not cells and len(names) == 1:
                cells.append("")  # an empty line is an empty text
            if cells and len(cells) != len(names):
                problem = f"{len(cells)} cells where the header has {len(names)}"
                raise InputError(f"{where(line)}: {problem}; put quotes around commas.")
            if cells:
                yield Row(line, dict(zip(names, cells, strict=True)))
            line = rows.line_num + 1
    except csv.Error as error:
        raise InputError(f"{where(line)}: no CSV ({error}); mind the quotes.") from error


def content(file: str) -> bytes:
    """Give the whole of a small file, such as one of rules or answers.

    Raises
    ------
    InputError
        If it cannot be read.
    """
    with _opened(file) as stream:
        return stream.read()


def batches(things: Iterable[T], size: int) -> Iterator[list[T]]:
    """Give the things in lists of `size`, the last one shorter."""
    source = iter(things)
    while batch := list(islice(source, size)):
        yield batch


def _names(
    where: str, header: Sequence[str], headers: Mapping[str, str], needed: Sequence[str]
) -> list[str]:
    """Give our names for the columns of a file."""
    ours = {theirs: name for name, theirs in headers.items()}
    found = [column.strip() for column in header]
    if twice := sorted({column for column in found if column and found.count(column) > 1}):
        raise InputError(f"{where}: the column {twice[0]} is there twice; rename one.")
    for name in {**headers, **dict.fromkeys(needed)}:
        if (theirs := headers.get(name, name)) not in found:
            columns = ", ".join(filter(None, found)) or "nothing"
            raise InputError(
                f"{where}: there is no column {theirs}, but {columns}; "
                f"name the right one with --column {name}=HEADER."
            )
    # a column that already has one of our names stands back behind the one that was told
    return [
        ours.get(column, f"{column} (theirs)" if column in headers else column) for column in found
    ]


def _lines(file: str) -> Iterator[str]:
    """Give the lines of a file with their ends."""
    where = partial(_where, file)
    with _opened(file) as stream, progress.shown(_size(stream)) as advance:
        for number, line in enumerate(iter(partial(stream.readline, LONGEST_LINE + 1), b""), 1):
            if len(line) > LONGEST_LINE:
                raise InputError(f"{where(number)}: over {LONGEST_LINE:,} bytes; is this text?")
            advance(len(line))
            try:
                yield (line.removeprefix(codecs.BOM_UTF8) if number == 1 else line).decode()
            except UnicodeDecodeError as error:
                raise InputError(f"{where(number)}: not UTF-8; save the file as UTF-8.") from error


def _opened(file: str) -> AbstractContextManager[BinaryIO]:
    try:
        return nullcontext(sys.stdin.buffer) if file == STANDARD_INPUT else Path(file).open("rb")
    except (OSError, ValueError) as error:  # ValueError: a name with a NUL in it
        reason = getattr(error, "strerror", None) or error
        raise InputError(f"{file} cannot be read: {reason}.") from error


def _size(stream: BinaryIO) -> int | None:
    """Give the size in bytes, where it is known beforehand."""
    status = os.fstat(stream.fileno())
    return status.st_size if stat.S_ISREG(status.st_mode) else None


def _where(file: str, line: int) -> str:
    return f"{'standard input' if file == STANDARD_INPUT else file}, line {line}"
