"""Reads rules from a file, and refuses with file, line and reason what makes no sense."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from typing import Any

from nlp.rule_keys import READ, WrongError
from nlp.rules import Rule
from nlp.toml_text import FileError, one_of, parse

MOST_RULES = 1_000
"""A message is held against each; so many take 3 ms, and 0.2 s to read."""

_CONDITIONS = (
    "keywords", "regex", "question", "language", "sentiment", "abusive", "first_message", "chat",
    "segment", "hours", "open",
)  # fmt: skip


class RulesError(FileError):
    """A rules file cannot be used; the message names file, line and reason."""


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
        If the TOML is broken or a rule says something unknown, twice, not
        enough, or what can never come true.
    """
    text = text.removeprefix("\ufeff")
    document = parse(text, source, RulesError)
    tables = document.pop("rule", [])
    if document or not isinstance(tables, list) or not all(isinstance(t, dict) for t in tables):
        line = _line(text, next(iter(document), "rule"))
        raise RulesError(source, line, "only [[rule]] tables are understood")
    if len(tables) > MOST_RULES:
        reason = f"{len(tables)} rules are more than {MOST_RULES}; put keywords together in lists"
        raise RulesError(source, None, reason)
    starts = [m.start() for m in re.finditer(r"(?m)^[ \t]*\[\[[ \t]*rule\b", text)]
    rules: dict[str, Rule] = {}
    for number, table in enumerate(tables):
        try:
            rule = _rule(table, templates, taken=rules)
        except WrongError as wrong:
            name = table.get("name", f"number {number + 1}")
            line = None
            if len(starts) == len(tables):
                end = (*starts, len(text))[number + 1]
                within = _line(text[starts[number] : end], wrong.key) or 1
                line = text.count("\n", 0, starts[number]) + within
            raise RulesError(source, line, f"rule {name!r}: {wrong}") from wrong
        rules[rule.name] = rule
    return tuple(sorted(rules.values(), key=lambda rule: -rule.priority))


def _line(text: str, key: str) -> int | None:
    found = re.search(rf"(?m)^[ \t]*[\"'\[]*{re.escape(key)}\b", text)
    return text.count("\n", 0, found.end()) + 1 if found else None


def _rule(table: Mapping[str, Any], templates: Collection[str], taken: Collection[str]) -> Rule:
    for key in table:
        if key not in READ:
            raise WrongError(key, f"unknown key {key!r}; {one_of(key, READ)}")
    if not table.get("name") or "action" not in table:
        raise WrongError("rule", "needs a name and an action")
    rule = Rule(**{key: READ[key](key, value) for key, value in table.items()})
    if rule.name in taken:
        raise WrongError("name", "there is another rule of this name")
    if not any(key in table for key in _CONDITIONS):
        raise WrongError("rule", f"needs a condition: {', '.join(_CONDITIONS)}")
    used = [("template", rule.template)]
    used += [("follow_up", rule.follow_up.template)] if rule.follow_up else []
    for key, template in used:
        if template is not None and template not in templates:
            raise WrongError(key, f"unknown template {template!r}; {one_of(template, templates)}")
    for key, reason in _contradictions(rule, table):
        raise WrongError(key, reason)
    return rule


def _contradictions(rule: Rule, table: Mapping[str, Any]) -> list[tuple[str, str]]:
    """List what is left out, or can never come true."""
    replies, speaks = rule.action == "reply", rule.action in {"reply", "handoff"}
    checks = [
        (replies and not rule.template, "action", "a rule that replies needs a template"),
        (not speaks and "template" in table, "template", f"{rule.action} sends no template"),
        (not speaks and "follow_up" in table, "follow_up", f"{rule.action} follows nothing up"),
        (rule.action == "label" and not rule.labels, "action", "a rule that labels needs labels"),
        (
            "reason" in table and rule.action != "handoff",
            "reason",
            "only a rule that hands off has a reason",
        ),
        (
            rule.alone and not rule.keywords,
            "alone",
            "alone says how keywords match, and there are none",
        ),
        (
            replies and rule.abusive is True,
            "abusive",
            "abuse is never replied to; use handoff or silent",
        ),
        (
            replies and rule.sentiment == ("negative",),
            "sentiment",
            "an unhappy customer always goes to you; use handoff",
        ),
        (
            replies and rule.chat == ("comment",),
            "chat",
            "comments are public and never replied to; use handoff or label",
        ),
    ]
    return [(key, reason) for wrong, key, reason in checks if wrong]
