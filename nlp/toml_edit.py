"""Changes rules and templates in the owner's TOML, and leaves all else as it is written.

A changed text counts only once `load_rules` or `load_templates` has read it.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from nlp.rules import Rule

_HEADER = re.compile(r"(?m)^[ \t]*\[\[[ \t]*rule[ \t]*\]\]")
_PRIORITY: int = Rule(name="", action="silent").priority


class EditError(Exception):
    """A text cannot be changed here; the message says why."""


@dataclass(slots=True)
class _Block:
    """One `[[rule]]` as it is written, and the comments and blank lines behind it."""

    table: dict[str, Any]
    written: str
    behind: str


def rule_table(text: str, name: str) -> dict[str, Any]:
    """Return a rule's keys and values as they stand in the text."""
    _, blocks = _split(text)
    return blocks[_find(blocks, name)].table


def set_rule(text: str, table: Mapping[str, Any]) -> str:
    """Write a rule: in the place of the one of its name, or else as the last."""
    before, blocks = _split(text)
    if all(block.table.get("name") != table["name"] for block in blocks):
        written = _write(_Block({}, "[[rule]]\n", ""), table)
        return f"{text.rstrip()}\n\n{written}".lstrip("\n")
    block = blocks[_find(blocks, str(table["name"]))]
    block.written = _write(block, table)
    return _join(before, blocks)


def drop_rule(text: str, name: str) -> str:
    """Take a rule out."""
    before, blocks = _split(text)
    at = _find(blocks, name)
    behind = blocks.pop(at).behind.lstrip("\r\n")
    if at:
        blocks[at - 1].behind += behind
    else:
        before += behind
    return _join(before, blocks)


def exchange_rules(text: str, name: str, other: str) -> str:
    """Let two rules take each other's turn: their places, and their priorities."""
    before, blocks = _split(text)
    one, two = blocks[_find(blocks, name)], blocks[_find(blocks, other)]
    first, second = one.table.get("priority", _PRIORITY), two.table.get("priority", _PRIORITY)
    if first != second:
        one.written = _write(one, {**one.table, "priority": second})
        two.written = _write(two, {**two.table, "priority": first})
    one.written, two.written = two.written, one.written
    return _join(before, blocks)


def set_template(text: str, name: str, texts: Mapping[str, Sequence[str]]) -> str:
    """Write the texts of a template in these languages; an empty list takes them out."""
    import tomlkit  # noqa: PLC0415

    document = tomlkit.parse(text)
    if name not in document:
        if document:
            document.add(tomlkit.nl())
        document.add(name, tomlkit.table())
    table: Any = document[name]
    for language, variants in texts.items():
        if len(variants) > 1:
            table[language] = list(variants)
            table[language].multiline(multiline=True)
        elif variants:
            table[language] = variants[0]
        else:
            table.pop(language, None)
    if not table:
        document.remove(name)
    return document.as_string()


def _split(text: str) -> tuple[str, list[_Block]]:
    """Cut a text before its first rule and behind each.

    Raises
    ------
    EditError
        If what looks like a rule stands within a text of a rule.
    """
    tables: list[dict[str, Any]] = tomllib.loads(text.removeprefix("\ufeff")).get("rule", [])
    starts = [found.start() for found in _HEADER.finditer(text)]
    if len(starts) != len(tables):
        raise EditError("this file is written in a way that only you can change")
    blocks = []
    for table, (start, end) in zip(tables, pairwise([*starts, len(text)]), strict=True):
        lines = text[start:end].splitlines(keepends=True)
        n_written = max(n for n, line in enumerate(lines, 1) if not re.match(r"\s*(#|$)", line))
        blocks.append(_Block(table, "".join(lines[:n_written]), "".join(lines[n_written:])))
    return text[: starts[0]] if starts else text, blocks


def _join(before: str, blocks: Sequence[_Block]) -> str:
    return before + "".join(block.written + block.behind for block in blocks)


def _find(blocks: Sequence[_Block], name: str) -> int:
    for at, block in enumerate(blocks):
        if block.table.get("name") == name:
            return at
    raise EditError(f"there is no rule {name!r} in the file")


def _write(block: _Block, table: Mapping[str, Any]) -> str:
    """Bring one rule's text up to a table; lines that already say so stay."""
    import tomlkit  # noqa: PLC0415 - 0.1 s, only for an edit

    document = tomlkit.parse(block.written)
    rules: Any = document["rule"]
    rule = rules[0]
    for key in block.table.keys() - table.keys():
        del rule[key]
    for key, value in table.items():
        if key == "keywords" and key not in rule:
            for language, words in value.items():
                rule.add(tomlkit.key([key, language]), words)
        elif value != block.table.get(key):
            _change(rule, key, value)
    return document.as_string().rstrip("\r\n") + "\n"


def _change(table: Any, key: str, value: object) -> None:
    import tomlkit  # noqa: PLC0415

    if not isinstance(value, Mapping):
        table[key] = value
    elif key not in table:
        table[key] = tomlkit.inline_table()
        table[key].update(value)
    else:
        for old in [old for old in table[key] if old not in value]:
            del table[key][old]
        for part, new in value.items():
            _change(table[key], part, new)
