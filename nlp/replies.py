"""The whole walk from a customer's message to a reply or to the owner."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from enum import StrEnum
from functools import partial
from typing import TYPE_CHECKING

from nlp.folding import clean, fold
from nlp.hours.words import moment_in_words
from nlp.language import Language, detect_language
from nlp.playbook import Playbook, Situation
from nlp.rules import Case, FollowUp, Rule, first_match
from nlp.sentiment import Sentiment, SentimentModel
from nlp.templates import NotToldError, Template, Wording, render

if TYPE_CHECKING:
    from nlp.matching import Match

_NOTES: Mapping[str, str] = {"abusive": "abuse", "unhappy": "sorry"}

Said = tuple[str, Wording]
Say = Callable[[Template, str], Said]


class Because(StrEnum):
    """Why a reply is what it is; with its rule or match enough for a sentence to the owner."""

    RULE = "rule"
    ANSWER = "answer"
    ANSWER_UNSURE = "answer_unsure"
    ASKED_FOR_HUMAN = "asked_for_human"
    UNHAPPY = "unhappy"
    ABUSIVE = "abusive"
    NOT_TOLD = "not_told"
    NO_MATCH = "no_match"
    NO_TEXT = "no_text"


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """What the customer gets now, and whether the owner has to do something.

    Attributes
    ----------
    text : str or None
        Plain text for the customer; on a handoff the note that a person will
        answer. None where a rule says to stay silent.
    said : str or None
        Name of the template that `text` comes from, such as "away".
    rule : str or None
        Name of the rule that matched, also where another reason prevailed.
    match : Match or None
        The taught answer that came nearest, however sure that is.
    suggestion : str or None
        On a handoff, an answer in the customer's language for the owner to
        send or change.
    sent : Wording or None
        Which variant the suggestion is, or without one the text.
    """

    text: str | None
    handoff: bool
    because: Because
    rule: str | None
    language: Language
    sentiment: Sentiment
    suggestion: str | None
    match: Match | None = None
    sent: Wording | None = None
    said: str | None = None
    labels: tuple[str, ...] = ()
    follow_up: FollowUp | None = None


def choose_reply(
    message: str, *, playbook: Playbook, sentiment: SentimentModel, situation: Situation
) -> Reply:
    """Choose what a customer's message gets.

    The first matching rule decides, then what the owner has taught. Yet
    unless a rule says silence, abuse gets nothing but the neutral text, an
    unhappy customer goes to the owner, and an answer is only sent when the
    owner has told everything in it.

    Parameters
    ----------
    message : str
        Anything that a customer can send; only the beginning is read.
    """
    text, folded = clean(message), fold(message)
    language = detect_language(message, situation.fallback_language)
    felt = sentiment(text, language.code)
    match = playbook.matcher(text) if playbook.matcher and _has_words(folded) else None
    here = situation.at.astimezone(playbook.zone)
    case = Case(
        text=text,
        folded=folded,
        language=language.code,
        sentiment=felt.label,
        abusive=felt.abusive,
        first_message=situation.first_message,
        chat=situation.chat,
        segment=situation.segment,
        minute=60 * here.hour + here.minute,
        is_open=playbook.hours.is_open(here) if playbook.hours else None,
        taught=match is not None and match.band == "answer",
    )
    rule, labels = first_match(playbook.rules, case)
    reply = partial(
        Reply,
        rule=rule.name if rule else None,
        language=language,
        sentiment=felt,
        match=match,
        labels=labels,
    )
    if rule and rule.action == "silent":
        return reply(text=None, handoff=False, because=Because.RULE, suggestion=None)

    opening = playbook.hours.next_opening(here) if playbook.hours and not case.is_open else None

    def say(template: Template, language: str) -> Said:
        values = _values(playbook, situation, language, opening)
        return render(template, language, values, situation.seed)

    because = _why_handoff(rule, case, match)
    answers = [*_answers(playbook, language.code, rule, match, say), None]
    if because is None and answers[0]:
        text, wording = answers[0]
        return reply(
            text=text,
            handoff=False,
            because=Because.RULE if rule else Because.ANSWER,
            suggestion=None,
            sent=wording,
            said=wording.template,
            follow_up=rule.follow_up if rule else None,
        )
    because = because or Because.NOT_TOLD
    note = _NOTES.get(because, "away" if case.is_open is False else "passed_on")
    text, said = say(playbook.templates[note], language.code)
    suggestion, sent = next(filter(None, answers), None) or say(
        playbook.templates["suggestion"], language.code
    )
    return reply(
        text=text,
        handoff=True,
        because=because,
        suggestion=suggestion,
        sent=sent,
        said=said.template,
        follow_up=rule.follow_up if rule and because == rule.reason else None,
    )


def _answers(
    playbook: Playbook, language: str, rule: Rule | None, match: Match | None, say: Say
) -> list[Said | None]:
    """Fill in what the rule says and what was taught, the better first; None for what lacks."""
    answers = []
    if rule and rule.template:
        answers.append(_told(playbook.templates[rule.template], [language], say))
    taught = match and match.band != "handoff" and playbook.answers.get(match.answer)
    if taught:
        # taught for just this question: in the owner's other language it is better than nothing
        answers.append(_told(taught, dict.fromkeys([language, *taught.variants]), say))
    if rule and rule.action == "handoff" and rule.unless_taught:
        answers.reverse()  # of two suggestions, the one that was taught
    return answers


def _told(template: Template, languages: Iterable[str], say: Say) -> Said | None:
    for language in languages:
        with suppress(NotToldError):
            return say(template, language)
    return None


def _values(
    playbook: Playbook, situation: Situation, language: str, opening: dt.datetime | None
) -> Mapping[str, str]:
    """Return what a text may state."""
    values = {
        **playbook.values,
        "customer": situation.customer,
        "opens": moment_in_words(opening, situation.at, language) if opening else "",
    }
    if playbook.hours:
        values["hours"] = playbook.hours.in_words(language)
    return values


def _has_words(folded: str) -> bool:
    return any(character.isalnum() for character in folded)


def _why_handoff(rule: Rule | None, case: Case, match: Match | None) -> Because | None:
    """Say why a person has to see to it; None where an answer may go out by itself."""
    if case.abusive:
        return Because.ABUSIVE
    if case.sentiment == "negative":
        return Because.UNHAPPY
    if rule:
        return Because(rule.reason) if rule.action == "handoff" else None
    if match and match.band != "handoff":
        return None if match.band == "answer" else Because.ANSWER_UNSURE
    return Because.NO_MATCH if _has_words(case.folded) else Because.NO_TEXT
