"""The owner's rules.toml and templates.toml: read whole, replaced whole."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import MappingProxyType

from nlp.rules import Rule
from nlp.rules_file import load_rules
from nlp.starter import starter_templates, starter_text
from nlp.templates import Templates
from nlp.templates_file import load_templates
from nlp.toml_text import FileError, decode

RULES, TEMPLATES = "rules.toml", "templates.toml"
NAMES = (TEMPLATES, RULES)


@dataclass(frozen=True, slots=True)
class Files:
    """The texts of the owner's files, by name; what is not there is the starter set's."""

    folder: Path
    texts: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))

    def text(self, name: str) -> str:
        """Give a file's text, or the starter set's."""
        return self.texts[name] if name in self.texts else starter_text(name)

    def changed(self, texts: Mapping[str, str]) -> Files:
        """Give the files as they would be with these texts."""
        return replace(self, texts={**self.texts, **texts})

    def templates(self) -> Templates:
        """Read the templates; where the owner has written none of a name, the starter set's.

        Raises
        ------
        FileError
            If the file cannot be used.
        """
        base = starter_templates()
        if TEMPLATES not in self.texts:
            return base
        return load_templates(self.texts[TEMPLATES], self._source(TEMPLATES), base)

    def rules(self, templates: Templates) -> tuple[Rule, ...]:
        """Read the rules.

        Raises
        ------
        FileError
            If the file cannot be used.
        """
        return load_rules(self.text(RULES), self._source(RULES), templates)

    def _source(self, name: str) -> str:
        return str(self.folder / name)


def read(folder: Path) -> Files:
    """Read what the owner has written.

    Raises
    ------
    FileError
        If a file is there and cannot be read.
    """
    texts = {}
    for path in (folder / name for name in NAMES):
        try:
            texts[path.name] = decode(path.read_bytes(), str(path))
        except FileNotFoundError:
            continue
        except OSError as error:
            raise FileError(str(path), None, f"it cannot be read: {error.strerror}") from error
    return Files(folder, MappingProxyType(texts))


def write(folder: Path, texts: Mapping[str, str]) -> None:
    """Write files, each in one step: a crash leaves the old one or the new one.

    Rules come last, because they name templates.

    Raises
    ------
    FileError
        If the folder cannot be written.
    """
    for name in NAMES:
        if name in texts:
            _replace(folder / name, texts[name])


def _replace(path: Path, text: str) -> None:
    beside = path.with_suffix(".new")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with beside.open("wb") as file:
            file.write(text.encode())
            file.flush()
            os.fsync(file.fileno())
        beside.replace(path)
    except OSError as error:
        raise FileError(str(path), None, f"it cannot be written: {error.strerror}") from error


def stamp(folder: Path) -> tuple[tuple[int, int] | None, ...]:
    """Give what changes whenever a file is written: its time and size."""
    return tuple(_stamp(folder / name) for name in NAMES)


def _stamp(path: Path) -> tuple[int, int] | None:
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_mtime_ns, found.st_size
