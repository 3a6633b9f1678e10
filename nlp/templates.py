"""The owner's answers: texts with variables, per language, in one or several variants."""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from random import Random

import jinja2
from jinja2.meta import find_undeclared_variables
from jinja2.sandbox import ImmutableSandboxedEnvironment

from nlp.language import LANGUAGES

VARIABLES = frozenset({"shop", "hours", "address", "website", "phone"})
"""What an owner can tell in the settings, and a template may therefore use."""

REQUIRED = ("passed_on", "sorry", "suggestion")
"""Templates that every handoff needs, so they need a variant without variables in each language."""

LONGEST = 4_096
"""UTF-16 units in the longest text that Telegram takes."""


class TemplatesError(Exception):
    """A templates file cannot be used; the message names file, line and reason."""

    def __init__(self, source: str, line: int | None, reason: str) -> None:
        where = source if line is None else f"{source}, line {line}"
        super().__init__(f"{where}: {reason}")


class NotToldError(Exception):
    """Every variant of a template needs something that the owner has not told."""


@dataclass(frozen=True, slots=True)
class Variant:
    """One wording of an answer and the variables it cannot do without."""

    text: str
    needs: frozenset[str]
    compiled: jinja2.Template = field(repr=False, compare=False)


@dataclass(frozen=True, slots=True)
class Template:
    """An answer by name, with its variants by language."""

    name: str
    variants: Mapping[str, tuple[Variant, ...]]


Templates = Mapping[str, Template]


def load_templates(text: str, source: str) -> Templates:
    """Read templates from TOML: a table per template, in it a text or a list of texts per language.

    Parameters
    ----------
    text : str
        The file's content.
    source : str
        The file's name, for the error.

    Raises
    ------
    TemplatesError
        If the TOML or a text is broken, a variable is not one of `VARIABLES`,
        or one of the `REQUIRED` templates is missing.
    """
    try:
        tables = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise TemplatesError(source, None, str(error)) from error
    environment = _environment()
    templates = {}
    for name, table in tables.items():
        try:
            templates[name] = Template(name, _variants(environment, table))
        except ValueError as error:
            raise TemplatesError(source, _line_of(name, text), f"[{name}] {error}") from error
    for name in REQUIRED:
        for language in LANGUAGES:
            variants = templates[name].variants.get(language, ()) if name in templates else ()
            if all(variant.needs for variant in variants):
                reason = f"[{name}] needs a text without variables in {language!r}"
                raise TemplatesError(source, _line_of(name, text), reason)
    return templates


def render(template: Template, language: str, values: Mapping[str, str], random: Random) -> str:
    """Fill in one variant, drawn at random from those whose variables are all told.

    Returns
    -------
    str
        Plain text of 1 to `LONGEST` UTF-16 units, for the caller to escape.

    Raises
    ------
    NotToldError
        If no variant in this language can be filled in.
    """
    told = {name: value for name, value in values.items() if value.strip()}
    variants = [v for v in template.variants.get(language, ()) if v.needs <= told.keys()]
    if not variants:
        needs = {name for v in template.variants.get(language, ()) for name in v.needs}
        missing = ", ".join(sorted(needs - told.keys())) or f"a text in {language!r}"
        raise NotToldError(f"template {template.name!r} lacks {missing}")
    text = _fit(random.choice(variants).compiled.render(told))
    if not text:
        raise NotToldError(f"template {template.name!r} comes out empty")
    return text


def _environment() -> jinja2.Environment:
    environment = ImmutableSandboxedEnvironment(undefined=jinja2.StrictUndefined, autoescape=False)
    environment.globals.clear()  # a text needs filters at most, not range() or lipsum()
    return environment


def _variants(environment: jinja2.Environment, table: object) -> Mapping[str, tuple[Variant, ...]]:
    if not isinstance(table, dict) or not table:
        raise ValueError("must be a table with a text per language")
    variants = {}
    for language, texts in table.items():
        if language not in LANGUAGES:
            raise ValueError(f"unknown language {language!r}; known are {', '.join(LANGUAGES)}")
        listed = [texts] if isinstance(texts, str) else texts
        if not isinstance(listed, list) or not listed:
            raise ValueError(f"{language} must be a text or a list of texts")
        variants[language] = tuple(_variant(environment, each) for each in listed)
    return variants


def _variant(environment: jinja2.Environment, text: object) -> Variant:
    if not isinstance(text, str):
        raise ValueError(f"{text!r} is not a text")  # noqa: TRY004 - one error for a bad file
    try:
        needs = find_undeclared_variables(environment.parse(text))
        if unknown := sorted(needs - VARIABLES):
            raise ValueError(
                f"unknown variable {', '.join(unknown)}; known are {', '.join(sorted(VARIABLES))}"
            )
        compiled = environment.from_string(text)
        sample = compiled.render(dict.fromkeys(VARIABLES, "x"))
    except jinja2.TemplateError as error:
        raise ValueError(f"{text!r} cannot be filled in: {error}") from error
    if not sample.strip():
        raise ValueError("a text is empty")
    return Variant(text, frozenset(needs), compiled)


def _fit(text: str) -> str:
    """Cut to `LONGEST` UTF-16 units, without half of a pair at the end."""
    units = text.replace("\0", "").strip().encode("utf-16-le", "ignore")
    return units[: 2 * LONGEST].decode("utf-16-le", "ignore")


def _line_of(name: str, text: str) -> int | None:
    header = re.search(rf"^\s*\[\s*[\"']?{re.escape(name)}[\"']?\s*[.\]]", text, re.MULTILINE)
    return header and text.count("\n", 0, header.end()) + 1
