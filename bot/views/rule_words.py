"""Says in plain words which messages a rule is for and what it does with them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from markupsafe import Markup

from bot.views.inbox import shorten
from bot.views.say import Say
from nlp.rules import Rule

KEYWORDS_IN_FULL = 30
LONGEST_KEYWORD = 60


def words(say: Say, rule: Rule, n_keywords: int = KEYWORDS_IN_FULL) -> Markup:
    """Say in plain words which messages a rule is for and what it does with them."""
    return Markup("%s → %s") % (conditions(say, rule, n_keywords), action(say, rule))


def action(say: Say, rule: Rule) -> Markup:
    """Say what a rule does."""
    if rule.action == "label":
        return say("filed under {labels}", labels=", ".join(rule.labels))
    return {
        "reply": say("I answer"),
        "handoff": say("you get them"),
        "silent": say("I keep silent"),
    }[rule.action]


def conditions(say: Say, rule: Rule, n_keywords: int = KEYWORDS_IN_FULL) -> Markup:
    """Say which messages a rule is for."""
    each = _what(say, rule, n_keywords) + _who_and_when(say, rule)
    return say("Messages {conditions}", conditions=say(", ").join(each))


def _what(say: Say, rule: Rule, n_keywords: int) -> list[Markup]:
    """Name the conditions on what was written."""
    found = []
    if rule.keywords:
        by_language = rule.keywords.by_language
        own = sorted(by_language.get(say.language, ()), key=len)  # the plainest words first
        others = [
            word for code, words in by_language.items() if code != say.language for word in words
        ]
        keywords = quoted(say, own + sorted(others, key=len), n_keywords)
        found.append(
            say("that say little more than {keywords}", keywords=keywords)
            if rule.alone
            else say("with {keywords}", keywords=keywords)
        )
    if rule.regex:
        pattern = shorten(rule.regex.pattern, LONGEST_KEYWORD)
        found.append(say("that fit the pattern {pattern}", pattern=pattern))
    if rule.question:
        found.append(say("that ask something"))
    if rule.language:
        found.append(say("written in {language}", language=language_name(say, rule.language)))
    if rule.sentiment:
        moods = {
            "negative": say("unhappy"),
            "neutral": say("neutral"),
            "positive": say("happy"),
            "unsure": say("of uncertain mood"),
        }
        found.append(_either(say, [moods[label] for label in rule.sentiment]))
    if rule.abusive is not None:
        found.append(say("that insult") if rule.abusive else say("that do not insult"))
    return found


def _who_and_when(say: Say, rule: Rule) -> list[Markup]:
    """Name the conditions on the customer, the chat and the moment."""
    found = []
    if rule.first_message is not None:
        found.append(
            say("that are a customer's first")
            if rule.first_message
            else say("that are not a customer's first")
        )
    chats = {
        "private": say("in my own chat"),
        "business": say("in your business chats"),
        "comment": say("under your posts"),
    }
    if rule.chat:
        found.append(_either(say, [chats[kind] for kind in rule.chat]))
    if rule.segment:
        found.append(say("from the group {segment}", segment=quoted(say, rule.segment)))
    if rule.hours:
        spans = [f"{_clock(start)}–{_clock(end)}" for start, end in rule.hours]
        found.append(say("at {hours}", hours=say(", ").join(spans)))
    if rule.open is not None:
        found.append(say("while you are open") if rule.open else say("while you are closed"))
    return found


def condition(say: Say, name: str) -> Markup:
    """Name a condition that a message did not meet, by its key in the file."""
    names = {
        "unless_taught": say("a taught answer comes first"),
        "language": say("the language"),
        "sentiment": say("the mood"),
        "abusive": say("whether it insults"),
        "first_message": say("whether it is the first message"),
        "chat": say("the chat"),
        "segment": say("the group of the customer"),
        "hours": say("the time of day"),
        "open": say("whether you are open"),
        "keywords": say("the keywords"),
        "regex": say("the pattern"),
        "question": say("it asks nothing"),
    }
    return names[name]


def quoted(say: Say, written: Sequence[str], most: int = KEYWORDS_IN_FULL) -> Markup:
    """Put keywords in quotes, some of them where there are many."""
    shown = [
        Markup("“%s”") % shorten(each.replace("...", "…").replace("|", "/"), LONGEST_KEYWORD)
        for each in written[:most]
    ]
    n_more = len(written) - len(shown)
    if n_more:
        some = say(", ").join(shown)
        return say.counted("{some} and {n} more", "{some} and {n} more", n_more, some=some)
    return _either(say, shown)


def _either(say: Say, parts: Iterable[Markup]) -> Markup:
    *some, last = parts
    if not some:
        return last
    return say("{some} or {last}", some=say(", ").join(some), last=last)


def language_name(say: Say, code: str) -> Markup:
    """Name a language that replies are written in."""
    return {"en": say("English"), "zh": say("Chinese")}[code]


def _clock(minute: int) -> str:
    return f"{minute // 60 % 24:02}:{minute % 60:02}"
