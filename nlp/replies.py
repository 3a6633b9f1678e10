"""The whole walk from a customer's message to a reply or to the owner."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import partial
from random import Random

from nlp.folding import clean, fold
from nlp.language import Language, detect_language
from nlp.rules import Rule, first_match
from nlp.sentiment import Sentiment, SentimentModel
from nlp.templates import NotToldError, Templates, render


class Because(StrEnum):
    """Why a reply is what it is; with `Reply.rule` enough for a sentence to the owner."""

    RULE = "rule"
    ASKED_FOR_HUMAN = "asked_for_human"
    UNHAPPY = "unhappy"
    NOT_TOLD = "not_told"
    NO_MATCH = "no_match"
    NO_TEXT = "no_text"


@dataclass(frozen=True, slots=True)
class Reply:
    """What the customer gets now, and whether the owner has to do something.

    Attributes
    ----------
    text : str or None
        Plain text for the customer; on a handoff the note that a person will
        answer. None where a rule says to stay silent.
    rule : str or None
        Name of the rule that matched, also where another reason prevailed.
    suggestion : str or None
        On a handoff, an answer in the customer's language for the owner to
        send or change.
    """

    text: str | None
    handoff: bool
    because: Because
    rule: str | None
    language: Language
    sentiment: Sentiment
    suggestion: str | None


def choose_reply(
    message: str,
    *,
    rules: tuple[Rule, ...],
    templates: Templates,
    sentiment: SentimentModel,
    values: Mapping[str, str],
    fallback_language: str,
    first_message: bool,
    random: Random,
) -> Reply:
    """Choose what a customer's message gets.

    The first matching rule decides, except that an unhappy customer always
    goes to the owner (unless the rule is to stay silent) and that an answer
    is only sent when the owner has told everything in it.

    Parameters
    ----------
    message : str
        Anything that a customer can send; only the beginning is read.
    rules : tuple of Rule
        By falling priority, as `load_rules` returns them.
    values : mapping of str to str
        What the owner has told, by name of the template variable.
    fallback_language : str
        The language to answer in where the message does not show one.
    first_message : bool
        True if this customer has never written before.
    random : Random
        Draws one of several variants of an answer.
    """
    folded = fold(message)
    language = detect_language(message, fallback_language)
    felt = sentiment(clean(message), language.code)
    rule = first_match(
        rules,
        folded,
        language=language.code,
        sentiment=felt.label,
        first_message=first_message,
    )
    reply = partial(Reply, rule=rule.name if rule else None, language=language, sentiment=felt)
    if rule and rule.action == "silent":
        return reply(text=None, handoff=False, because=Because.RULE, suggestion=None)

    def say(template: str) -> str:
        return render(templates[template], language.code, values, random)

    try:
        answer = say(rule.template) if rule and rule.template else None
    except NotToldError:
        answer = None
    because = _because(folded, rule, felt, answer)
    if because is Because.RULE and rule and rule.action == "reply":
        return reply(text=answer, handoff=False, because=because, suggestion=None)
    return reply(
        text=say("sorry" if because is Because.UNHAPPY else "passed_on"),
        handoff=True,
        because=because,
        suggestion=answer or say("suggestion"),
    )


def _because(folded: str, rule: Rule | None, felt: Sentiment, answer: str | None) -> Because:
    if felt.label == "negative":
        return Because.UNHAPPY
    if rule is None:
        has_words = any(character.isalnum() for character in folded)
        return Because.NO_MATCH if has_words else Because.NO_TEXT
    if rule.action == "handoff":
        return Because(rule.reason)
    return Because.RULE if answer else Because.NOT_TOLD
