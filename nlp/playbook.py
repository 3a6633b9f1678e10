"""What the owner has laid down, and the situation a message meets it in."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TYPE_CHECKING

from nlp.rules import ChatKind, Rule
from nlp.templates import Template, Templates

if TYPE_CHECKING:
    from nlp.hours import Hours
    from nlp.matching import Matcher


@dataclass(frozen=True, slots=True, kw_only=True)
class Playbook:
    """Everything a reply rests on, beside the models.

    Attributes
    ----------
    rules : tuple of Rule
        By falling priority, as `load_rules` returns them.
    matcher : Matcher or None
        Finds the taught answer; None while there are none.
    answers : mapping of str to Template
        The replies of taught answers, by the answer's name.
    hours : Hours or None
        None where they are not told, or not in words that are understood; then
        it is never known to be closed.
    zone : tzinfo
        Of the owner: in it, a rule's hours are meant.
    values : mapping of str to str
        What the owner has told, by name of the template variable.
    """

    rules: tuple[Rule, ...]
    templates: Templates
    matcher: Matcher | None = None
    answers: Mapping[str, Template] = field(default_factory=lambda: MappingProxyType({}))
    hours: Hours | None = None
    zone: dt.tzinfo = dt.UTC
    values: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))


@dataclass(frozen=True, slots=True, kw_only=True)
class Situation:
    """What is known of the customer and the moment.

    Attributes
    ----------
    at : datetime
        When the message came; must be timezone-aware.
    fallback_language : str
        To answer in where the message does not show its language.
    first_message : bool
        This customer has never written before.
    customer : str
        How they call themselves: anything at all.
    seed : int
        Of the customer. It draws one of several variants of a text, and the
        same one for the same customer.
    """

    at: dt.datetime
    fallback_language: str
    first_message: bool = False
    chat: ChatKind = "private"
    segment: str | None = None
    customer: str = ""
    seed: int = 0
