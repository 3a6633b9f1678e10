"""What there is to say of a file, of a row or of a cell, without the words for it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType

NOTHING: Mapping[str, object] = MappingProxyType({})


class Level(StrEnum):
    """How a row fares."""

    OK = "ok"
    WARNING = "warning"  # it is taken all the same
    SKIPPED = "skipped"  # there is nothing to take
    REFUSED = "refused"  # and nothing of the file is taken


@dataclass(frozen=True, slots=True)
class Remark:
    """One thing to say; `kind` names its sentence in `bot.views.remarks`, `values` fill it in."""

    level: Level
    kind: str
    column: str = ""
    values: Mapping[str, object] = field(default_factory=lambda: NOTHING)


class TableError(Exception):
    """A file is no table of posts at all; `line` is None where no line is to blame."""

    def __init__(self, kind: str, line: int | None = None, **values: object) -> None:
        super().__init__(f"{kind}, line {line}")
        self.remark = Remark(Level.REFUSED, kind, values=values)
        self.line = line


class CellError(Exception):
    """A cell cannot be used."""

    def __init__(self, column: str, kind: str, **values: object) -> None:
        super().__init__(f"{column}: {kind}")
        self.remark = Remark(Level.REFUSED, kind, column, values)
