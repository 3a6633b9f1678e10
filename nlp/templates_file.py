"""Reads templates from a file, and refuses with file, line and reason what cannot be sent."""

import re
from collections.abc import Mapping
from types import MappingProxyType

from nlp.language import LANGUAGES
from nlp.templates import Template, Templates, TextError, compile_template
from nlp.toml_text import FileError, parse

REQUIRED = (
    "abuse", "away", "helped", "passed_on", "rate", "rated", "sorry", "suggestion", "unhelped",
)  # fmt: skip
"""Templates that the bot sends by name, so that each language has a text that needs nothing."""


class TemplatesError(FileError):
    """A templates file cannot be used; the message names file, line and reason."""


def load_templates(text: str, source: str, base: Templates | None = None) -> Templates:
    """Read templates from TOML: a table per template, in it a text or a list of texts per language.

    A table `[links]` holds addresses by name, for `{{ links.menu }}`.

    Parameters
    ----------
    source : str
        The file's name, for the error.
    base : Templates, optional
        Used wherever this file has no text of that name in a language.

    Raises
    ------
    TemplatesError
        If the TOML or a text is broken, a variable is unknown, or one of the
        `REQUIRED` templates is missing.
    """
    text = text.removeprefix("\ufeff")
    tables = parse(text, source, TemplatesError)
    base = base or Templates()
    links = {**base.links, **_links(tables.pop("links", {}), source, _line_of("links", text))}
    templates = dict(base.by_name)
    for name, table in tables.items():
        try:
            template = _template(name, table, links)
        except TextError as error:
            raise TemplatesError(source, _line_of(name, text), f"[{name}] {error}") from error
        under = templates[name].variants if name in templates else {}
        templates[name] = Template(name, MappingProxyType({**under, **template.variants}))
    for name in REQUIRED:
        for language in LANGUAGES:
            if name not in templates or templates[name].lacks(language, {}) != frozenset():
                reason = f"[{name}] needs a text without variables in {language!r}"
                raise TemplatesError(source, _line_of(name, text), reason)
    return Templates(MappingProxyType(templates), MappingProxyType(links))


def _template(name: str, table: object, links: Mapping[str, str]) -> Template:
    if not isinstance(table, dict) or not table:
        raise TextError("must be a table with a text per language")
    return compile_template(name, table, links)


def _links(table: object, source: str, line: int | None) -> dict[str, str]:
    if not isinstance(table, dict):
        raise TemplatesError(source, line, "[links] must be a table of addresses by name")
    for name, address in table.items():
        if not re.fullmatch(r"[a-z][a-z0-9_]*", name):
            reason = f"[links] {name!r}: a link's name is made of a–z, 0–9 and _"
            raise TemplatesError(source, line, reason)
        if not isinstance(address, str) or not address.strip():
            raise TemplatesError(source, line, f"[links] {name} must be an address in quotes")
    return table


def _line_of(name: str, text: str) -> int | None:
    header = re.search(rf"^\s*\[\s*[\"']?{re.escape(name)}[\"']?\s*[.\]]", text, re.MULTILINE)
    return header and text.count("\n", 0, header.end()) + 1
