"""Reads the TOML that an owner writes; whatever is wrong is told with file and line."""

import re
import tomllib
from collections.abc import Iterable
from difflib import get_close_matches
from typing import Any


class FileError(Exception):
    """An owner's file cannot be used; the message names file, line and reason."""

    def __init__(self, source: str, line: int | None, reason: str) -> None:
        where = source if line is None else f"{source}, line {line}"
        super().__init__(f"{where}: {reason}")


def decode(data: bytes, source: str) -> str:
    """Read a file's bytes as UTF-8, with or without a byte order mark.

    Raises
    ------
    FileError
        If it is something else, such as UTF-16 or GBK.
    """
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise FileError(source, line, "this is not UTF-8; save the file as UTF-8") from error


def parse(text: str, source: str, error: type[FileError] = FileError) -> dict[str, Any]:
    """Read TOML, and raise `error` where it is broken."""
    try:
        return tomllib.loads(text)
    except RecursionError as broken:
        raise error(source, None, "brackets are nested too deeply") from broken
    except ValueError as broken:  # also a number of thousands of digits
        # "… (at line 3, column 1)", or "… (at end of document)" where something was left open
        found = re.fullmatch(r"(.*) \(at (?:line (\d+), column \d+|.*)\)", str(broken), re.DOTALL)
        reason, line = (found[1], found[2]) if found else (str(broken), None)
        where = int(line) if line else text.rstrip().count("\n") + 1
        raise error(source, where, reason[:1].lower() + reason[1:]) from broken


def one_of(name: object, known: Iterable[str]) -> str:
    """Say what was meant by a name that is not known, or else what is known."""
    names = list(known)
    near = get_close_matches(str(name), names, n=1)
    return f"did you mean {near[0]!r}?" if near else f"known are {', '.join(names) or 'none'}"
