"""The owner's rules: which messages get which answer, which go to a person, which get silence."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Literal, Protocol

from nlp.keywords import Keywords
from nlp.questions import is_question
from nlp.sentiment import Label

Action = Literal["reply", "handoff", "label", "silent"]
Reason = Literal["rule", "asked_for_human", "unhappy"]
ChatKind = Literal["private", "business", "comment"]

MIDNIGHT = 24 * 60


class Pattern(Protocol):
    """A compiled regular expression, of which only this is used."""

    @property
    def pattern(self) -> str:
        """The expression as it was written."""
        ...

    def search(self, text: str) -> object | None:
        """Return something where the expression is found."""
        ...


@dataclass(frozen=True, slots=True)
class FollowUp:
    """A text to be sent later, unless somebody has written by then."""

    after: dt.timedelta
    template: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One message and what is known of it: all that a rule can look at.

    Attributes
    ----------
    text : str
        The message without what nobody can see; regular expressions read this.
    folded : str
        The message as `nlp.folding.fold` returns it; keywords read this.
    minute : int
        Of the owner's day, 0 to 1439.
    is_open : bool or None
        None where the owner has not told the opening hours.
    taught : bool
        A taught answer is sure to be the right one.
    """

    text: str
    folded: str
    language: str
    sentiment: Label
    abusive: bool = False
    first_message: bool = False
    chat: ChatKind = "private"
    segment: str | None = None
    minute: int = 0
    is_open: bool | None = None
    taught: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """What to do with messages that meet every condition given.

    Attributes
    ----------
    template : str or None
        The answer: sent by `reply`, suggested to the owner by `handoff`.
    priority : int
        The highest matching rule wins; among equals, the first in the file.
    on : bool
        False where the owner has switched it off: it is kept, and matches nothing.
    labels : tuple of str
        What the message is filed under. `label` does only that, and the next
        rules have their turn.
    follow_up : FollowUp or None
        What to ask later, where `reply` or `handoff` may leave something open.
    reason : Reason
        Why a `handoff` rule hands off, where that is more than "a rule says so".
    unless_taught : bool
        Passed over where a taught answer is sure.
    keywords, regex
        Either is looked for anywhere in the message.
    alone : bool
        The keywords must be all there is, give or take two words and no
        question mark: "hi" is a greeting, "hi, when do you open" is not.
    question : bool
        The message must ask something: "was it delivered?", not "it was
        delivered".
    sentiment, chat, segment
        One of these; empty for any.
    hours : tuple of (int, int)
        Minutes of the owner's day, from and until; until may be after midnight.
    open : bool or None
        During opening hours, or outside of them; never met where they are not told.
    """

    name: str
    action: Action
    template: str | None = None
    priority: int = 50
    on: bool = True
    labels: tuple[str, ...] = ()
    follow_up: FollowUp | None = None
    reason: Reason = "rule"
    unless_taught: bool = False
    keywords: Keywords | None = None
    alone: bool = False
    regex: Pattern | None = None
    question: bool = False
    language: str | None = None
    sentiment: tuple[Label, ...] = ()
    abusive: bool | None = None
    first_message: bool | None = None
    chat: tuple[ChatKind, ...] = ()
    segment: tuple[str, ...] = ()
    hours: tuple[tuple[int, int], ...] = ()
    open: bool | None = None

    def unmet(self, case: Case) -> Iterator[str]:
        """Name the conditions that a message does not meet, the cheap ones first."""
        met = {
            "unless_taught": not (self.unless_taught and case.taught),
            "language": self.language in {None, case.language},
            "sentiment": not self.sentiment or case.sentiment in self.sentiment,
            "abusive": self.abusive in {None, case.abusive},
            "first_message": self.first_message in {None, case.first_message},
            "chat": not self.chat or case.chat in self.chat,
            "segment": not self.segment or case.segment in self.segment,
            "hours": not self.hours or any(_within(case.minute, *each) for each in self.hours),
            "open": self.open is None or self.open is case.is_open,
        }
        yield from (condition for condition, holds in met.items() if not holds)
        if self.keywords is not None:
            find = self.keywords.alone_in if self.alone else self.keywords.found_in
            if not find(case.folded):
                yield "keywords"
        if self.regex is not None and not self.regex.search(case.text):
            yield "regex"
        if self.question and not is_question(case.folded):
            yield "question"

    def matches(self, case: Case) -> bool:
        """Tell whether a message meets every condition, and the rule is switched on."""
        return self.on and next(self.unmet(case), None) is None


def first_match(rules: Iterable[Rule], case: Case) -> tuple[Rule | None, tuple[str, ...]]:
    """Return the first rule that decides, and the labels of it and those on the way to it.

    `load_rules` has sorted the rules by priority.
    """
    labels: dict[str, None] = {}
    for rule in rules:
        if rule.matches(case):
            labels |= dict.fromkeys(rule.labels)
            if rule.action != "label":
                return rule, tuple(labels)
    return None, tuple(labels)


def _within(minute: int, start: int, end: int) -> bool:
    return start <= minute < end or start <= minute + MIDNIGHT < end
