"""The owner's answers: texts with variables, per language, in one or several variants."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from random import Random
from types import MappingProxyType, SimpleNamespace

import jinja2
from jinja2 import nodes
from jinja2.sandbox import ImmutableSandboxedEnvironment

from nlp.folding import clean
from nlp.language import LANGUAGES
from nlp.toml_text import one_of

VARIABLES = ("address", "customer", "hours", "opens", "phone", "shop", "website")
"""What a template may use: the owner's facts, the customer's name, the next opening."""

LONGEST = 4_096
"""UTF-16 units in the longest text that Telegram takes."""

LONGEST_NAME = 64
"""Characters of a customer's name that are repeated; what Telegram takes as a first name."""

# A text may choose and trim, not compute: so no text can run long or grow large.
_NODES = (
    nodes.Template, nodes.Output, nodes.TemplateData, nodes.Name, nodes.Getattr, nodes.Const,
    nodes.If, nodes.CondExpr, nodes.Compare, nodes.Operand, nodes.And, nodes.Or, nodes.Not,
    nodes.Filter,
)  # fmt: skip
_FILTERS = ("capitalize", "lower", "title", "trim", "upper")


class TextError(ValueError):
    """A text cannot be used as a template; the message says why."""


class NotToldError(Exception):
    """Every variant of a template needs something that the owner has not told."""


@dataclass(frozen=True, slots=True)
class Variant:
    """One wording of an answer and the variables it cannot do without."""

    text: str
    needs: frozenset[str] = frozenset()
    compiled: jinja2.Template | None = field(default=None, repr=False, compare=False)

    def fill(self, values: Mapping[str, str]) -> str:
        """Put the values in; plain text of at most `LONGEST` UTF-16 units."""
        untold = dict.fromkeys(VARIABLES, "")
        text = self.compiled.render({**untold, **values}) if self.compiled else self.text
        units = text.replace("\0", "").strip().encode("utf-16-le", "ignore")
        # a cut may fall into a pair
        return units[: 2 * LONGEST].decode("utf-16-le", "ignore")


@dataclass(frozen=True, slots=True)
class Template:
    """An answer by name, with its variants by language."""

    name: str
    variants: Mapping[str, tuple[Variant, ...]]

    def lacks(self, language: str, values: Mapping[str, str]) -> frozenset[str] | None:
        """Name what has to be told before it can be sent; None where it has no text at all."""
        told = _told(values)
        variants = self.variants.get(language, ())
        return min((v.needs - told.keys() for v in variants), key=len, default=None)


@dataclass(frozen=True, slots=True)
class Templates(Mapping[str, Template]):
    """Templates by name, and the links that their texts may name."""

    by_name: Mapping[str, Template] = field(default_factory=lambda: MappingProxyType({}))
    links: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))

    def __getitem__(self, name: str) -> Template:
        return self.by_name[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self.by_name)

    def __len__(self) -> int:
        return len(self.by_name)


@dataclass(frozen=True, slots=True)
class Wording:
    """Which text was drawn: the template, the language, and a digest of the variant's text."""

    template: str
    language: str
    digest: str


def compile_template(
    name: str, texts: Mapping[str, object], links: Mapping[str, str] = MappingProxyType({})
) -> Template:
    """Read a template from a text or a list of texts per language.

    Raises
    ------
    TextError
        If a text is none, is broken, or names what is not one of `VARIABLES`
        or, as `{{ links.NAME }}`, of the links.
    """
    environment = ImmutableSandboxedEnvironment(undefined=jinja2.StrictUndefined)
    environment.globals = {"links": SimpleNamespace(**links)}
    environment.filters = {each: environment.filters[each] for each in _FILTERS}
    variants = {}
    for language, given in texts.items():
        if language not in LANGUAGES:
            raise TextError(f"unknown language {language!r}; known are {', '.join(LANGUAGES)}")
        listed = [given] if isinstance(given, str) else given
        if not isinstance(listed, list | tuple) or not listed:
            raise TextError(f"{language} must be a text or a list of texts")
        variants[language] = tuple(_variant(environment, text, links) for text in listed)
    return Template(name, variants)


def render(
    template: Template, language: str, values: Mapping[str, str], seed: int
) -> tuple[str, Wording]:
    """Fill in one variant, drawn from those whose variables are all told.

    Returns
    -------
    str
        Plain text of 1 to `LONGEST` UTF-16 units, for the caller to escape.
    Wording
        Which variant it is: the same one for the same `seed`, as long as the
        same can be told.

    Raises
    ------
    NotToldError
        If no variant in this language can be filled in.
    """
    told = _told(values)
    variants = [v for v in template.variants.get(language, ()) if v.needs <= told.keys()]
    if not variants:
        missing = ", ".join(sorted(template.lacks(language, told) or ()))
        raise NotToldError(f"template {template.name!r} lacks {missing or f'a text in {language}'}")
    drawn = Random(f"{seed}:{template.name}").choice(variants)  # noqa: S311 - no secret
    text = drawn.fill(told)
    if not text:
        raise NotToldError(f"template {template.name!r} comes out empty")
    return text, Wording(template.name, language, digest(drawn.text))


def digest(text: str) -> str:
    """Return a short name for a variant, which changes when its text does."""
    return sha256(text.encode()).hexdigest()[:12]


def _told(values: Mapping[str, str]) -> dict[str, str]:
    """Keep what says something; a customer's name, which is anything, on one short line."""
    name = " ".join(clean(values.get("customer", "")).split())[:LONGEST_NAME]
    return {name: value for name, value in {**values, "customer": name}.items() if value.strip()}


def _variant(environment: jinja2.Environment, text: object, links: Mapping[str, str]) -> Variant:
    if not isinstance(text, str):
        raise TextError(f"{text!r} is not a text")
    try:
        tree = environment.parse(text)
        needs = _names(tree, links)
        compiled = environment.from_string(tree) if "{" in text else None
        variant = Variant(text, needs, compiled)
        filled = variant.fill(dict.fromkeys(VARIABLES, "x"))
        n_units = len(text.encode("utf-16-le")) // 2
    except (jinja2.TemplateError, UnicodeError) as error:
        raise TextError(f"{text!r} cannot be filled in: {error}") from error
    if not filled:
        raise TextError("a text is empty")
    if n_units > LONGEST:
        raise TextError(f"a text is longer than the {LONGEST} characters that Telegram takes")
    return variant


def _names(tree: nodes.Template, links: Mapping[str, str]) -> frozenset[str]:
    """Return the variables that a text needs, having looked at everything in it.

    It can do without a variable that it asks for: `{% if opens %}`.
    """
    for node in tree.find_all(nodes.Node):
        if not isinstance(node, _NODES):
            what = type(node).__name__.lower()
            raise TextError(f"only {{{{ names }}}}, filters and {{% if %}} are read, no {what}")
    named = set()
    for found in tree.find_all(nodes.Getattr):
        if not (isinstance(found.node, nodes.Name) and found.node.name == "links"):
            raise TextError(f"only links have parts such as .{found.attr}")
        named.add(found.attr)
    if unknown := sorted(named - links.keys()):
        raise TextError(f"unknown link {', '.join(unknown)}; {one_of(unknown[0], links)}")
    names = {found.name for found in tree.find_all(nodes.Name)} - ({"links"} if named else set())
    if unknown := sorted(names - set(VARIABLES)):
        raise TextError(f"unknown variable {', '.join(unknown)}; {one_of(unknown[0], VARIABLES)}")
    asked: list[nodes.If | nodes.CondExpr] = [
        *tree.find_all(nodes.If),
        *tree.find_all(nodes.CondExpr),
    ]
    return frozenset(
        names - {each.test.name for each in asked if isinstance(each.test, nodes.Name)}
    )
