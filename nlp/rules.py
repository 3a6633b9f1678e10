"""The owner's rules: which messages get which answer, which go to a person, which get silence."""

import re
import tomllib
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Literal, get_args

from nlp.keywords import KeywordError, Keywords
from nlp.language import LANGUAGES
from nlp.questions import is_question
from nlp.sentiment import Label

Action = Literal["reply", "handoff", "silent"]
Reason = Literal["rule", "asked_for_human", "unhappy"]

_CHOICES: Mapping[str, tuple[str, ...]] = {
    "action": get_args(Action),
    "reason": get_args(Reason),
    "sentiment": get_args(Label),
    "language": LANGUAGES,
}
_KEYS: Mapping[str, type] = {
    "name": str,
    "action": str,
    "template": str,
    "priority": int,
    "reason": str,
    "keywords": dict,
    "alone": bool,
    "question": bool,
    "language": str,
    "sentiment": str,
    "first_message": bool,
}
_IN_WORDS = {str: "a text", int: "a whole number", dict: "a table", bool: "true or false"}
_CONDITIONS = ("keywords", "question", "language", "sentiment", "first_message")


class RulesError(Exception):
    """A rules file cannot be used; the message names file, line and reason."""

    def __init__(self, source: str, line: int | None, reason: str) -> None:
        where = source if line is None else f"{source}, line {line}"
        super().__init__(f"{where}: {reason}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """What to do with messages that meet every condition given.

    Attributes
    ----------
    template : str or None
        The answer: sent by `reply`, suggested to the owner by `handoff`.
    priority : int
        The highest matching rule wins; among equals, the first in the file.
    reason : Reason
        Why a `handoff` rule hands off, where that is more than "a rule says so".
    alone : bool
        The keywords must be all there is, give or take two words and no
        question mark: "hi" is a greeting, "hi, when do you open" is not.
    question : bool
        The message must ask something: "was it delivered?", not "it was
        delivered".
    """

    name: str
    action: Action
    template: str | None = None
    priority: int = 50
    reason: Reason = "rule"
    keywords: Keywords | None = None
    alone: bool = False
    question: bool = False
    language: str | None = None
    sentiment: Label | None = None
    first_message: bool | None = None

    def matches(self, folded: str, *, language: str, sentiment: Label, first_message: bool) -> bool:
        """Tell whether a folded message meets every condition."""
        if self.language not in {None, language} or self.sentiment not in {None, sentiment}:
            return False
        if self.first_message not in {None, first_message}:
            return False
        if self.keywords is not None:
            find = self.keywords.alone_in if self.alone else self.keywords.found_in
            if not find(folded):
                return False
        return not self.question or is_question(folded)


def first_match(
    rules: Iterable[Rule], folded: str, *, language: str, sentiment: Label, first_message: bool
) -> Rule | None:
    """Return the first rule that matches; `load_rules` has sorted them by priority."""
    for rule in rules:
        if rule.matches(
            folded, language=language, sentiment=sentiment, first_message=first_message
        ):
            return rule
    return None


def load_rules(text: str, source: str, templates: Collection[str]) -> tuple[Rule, ...]:
    """Read rules from TOML, one `[[rule]]` each, and sort them by priority.

    Parameters
    ----------
    text : str
        The file's content.
    source : str
        The file's name, for the error.
    templates : collection of str
        Names of the templates that a rule may use.

    Raises
    ------
    RulesError
        If the TOML is broken or a rule says something unknown, twice or not enough.
    """
    try:
        document = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise RulesError(source, None, str(error)) from error
    tables = document.pop("rule", [])
    if document or not isinstance(tables, list) or not all(isinstance(t, dict) for t in tables):
        raise RulesError(source, None, "only [[rule]] tables are understood")
    lines = [
        text.count("\n", 0, at.end()) + 1 for at in re.finditer(r"(?m)^\s*\[\[\s*rule\b", text)
    ]
    rules: dict[str, Rule] = {}
    for number, table in enumerate(tables):
        line = lines[number] if len(lines) == len(tables) else None
        try:
            rule = _rule(table, templates, taken=rules)
        except (ValueError, KeywordError) as error:
            name = table.get("name", f"number {number + 1}")
            raise RulesError(source, line, f"rule {name!r}: {error}") from error
        rules[rule.name] = rule
    return tuple(sorted(rules.values(), key=lambda rule: -rule.priority))


def _rule(table: dict[str, Any], templates: Collection[str], taken: Collection[str]) -> Rule:
    for key, value in table.items():
        if key not in _KEYS:
            raise ValueError(f"unknown key {key!r}; known are {', '.join(_KEYS)}")
        if type(value) is not _KEYS[key]:
            raise ValueError(f"{key} must be {_IN_WORDS[_KEYS[key]]}, not {value!r}")
        if key in _CHOICES and value not in _CHOICES[key]:
            raise ValueError(f"{key} must be one of {', '.join(_CHOICES[key])}, not {value!r}")
    if not table.get("name") or "action" not in table:
        raise ValueError("needs a name and an action")
    if table["name"] in taken:
        raise ValueError("there is another rule of this name")
    if not any(key in table for key in _CONDITIONS):
        raise ValueError(f"needs a condition: {', '.join(_CONDITIONS)}")
    template = table.get("template")
    if template is None and table["action"] == "reply":
        raise ValueError("a rule that replies needs a template")
    if template is not None and template not in templates:
        raise ValueError(f"unknown template {template!r}")
    if table.get("alone") and "keywords" not in table:
        raise ValueError("alone says how keywords match, and there are none")
    if "reason" in table and table["action"] != "handoff":
        raise ValueError("only a rule that hands off has a reason")
    if "keywords" in table:
        table = {**table, "keywords": _keywords(table["keywords"])}
    return Rule(**table)


def _keywords(by_language: dict[str, Any]) -> Keywords:
    for language, words in by_language.items():
        if language not in LANGUAGES:
            raise ValueError(f"keywords in unknown language {language!r}")
        if not isinstance(words, list) or not all(isinstance(word, str) for word in words):
            raise ValueError(f"keywords.{language} must be a list of words")
    if not any(by_language.values()):
        raise ValueError("keywords are empty")
    return Keywords({language: tuple(words) for language, words in by_language.items()})
