"""Reads what stands behind each key of a rule, or says why it makes no sense."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Mapping
from typing import Any, get_args

from nlp.keywords import KeywordError, Keywords
from nlp.language import LANGUAGES
from nlp.rules import MIDNIGHT, Action, ChatKind, FollowUp, Pattern, Reason
from nlp.sentiment import Label

LONGEST_NAME, LONGEST_LABEL, LONGEST_PATTERN = 64, 32, 500
"""Characters, so that a name fits a button, and a pattern can be read."""

PATTERN_MEMORY = 1 << 20
"""Bytes that one regular expression may take; an ordinary one takes a few thousand."""

EARLIEST, LATEST = dt.timedelta(minutes=1), dt.timedelta(days=30)
"""When a follow-up may come: later, nobody remembers what it is about."""

_UNITS = {"m": "minutes", "min": "minutes", "h": "hours", "d": "days"}


class WrongError(ValueError):
    """A rule makes no sense; `key` is where."""

    def __init__(self, key: str, reason: str) -> None:
        super().__init__(reason)
        self.key = key


def _text(key: str, value: object) -> str:
    if not isinstance(value, str):
        raise WrongError(key, f"{key} must be a text in quotes, not {value!r}")
    return value


def _name(key: str, value: object) -> str:
    name = _text(key, value)
    if len(name) > LONGEST_NAME or not name.isprintable():
        raise WrongError(key, f"a name has up to {LONGEST_NAME} characters on one line")
    return name


def _number(key: str, value: object) -> int:
    if type(value) is not int:
        raise WrongError(key, f"{key} must be a whole number, not {value!r}")
    return value


def _flag(key: str, value: object) -> bool:
    if not isinstance(value, bool):
        raise WrongError(key, f"{key} must be true or false, not {value!r}")
    return value


def _texts(key: str, value: object) -> tuple[str, ...]:
    """Read a text, or a list of at least one."""
    listed = value if isinstance(value, list) else [value]
    if not listed or not all(isinstance(each, str) and each.strip() for each in listed):
        raise WrongError(key, f"{key} must be a text or a list of texts, not {value!r}")
    return tuple(dict.fromkeys(listed))


def _one(key: str, value: object, known: tuple[str, ...]) -> str:
    if value not in known:
        raise WrongError(key, f"{key} must be one of {', '.join(known)}, not {value!r}")
    return str(value)


def _choice(*known: str) -> Callable[[str, object], str]:
    return lambda key, value: _one(key, value, known)


def _choices(*known: str) -> Callable[[str, object], tuple[str, ...]]:
    return lambda key, value: tuple(_one(key, each, known) for each in _texts(key, value))


def _labels(key: str, value: object) -> tuple[str, ...]:
    labels = _texts(key, value)
    for label in labels:
        if len(label) > LONGEST_LABEL or "," in label or not label.isprintable():
            raise WrongError(key, f"a label has up to {LONGEST_LABEL} characters and no comma")
    return labels


def _follow_up(key: str, value: object) -> FollowUp:
    if not isinstance(value, dict) or value.keys() != {"after", "template"}:
        raise WrongError(key, f'{key} must be {{ after = "2h", template = "did_that_help" }}')
    given = re.fullmatch(r"(\d{1,4})\s*(m|min|h|d)", _text(key, value["after"]).strip())
    if not given:
        raise WrongError(key, f'after must be such as "30m", "2h" or "1d", not {value["after"]!r}')
    after = dt.timedelta(**{_UNITS[given[2]]: int(given[1])})
    if not EARLIEST <= after <= LATEST:
        raise WrongError(key, "a follow-up comes after one minute at the earliest, 30 days at most")
    return FollowUp(after, _text(key, value["template"]))


def _keywords(key: str, by_language: object) -> Keywords:
    if not isinstance(by_language, dict):
        raise WrongError(key, 'keywords go by language: keywords.en = ["open", "hours"]')
    for language, words in by_language.items():
        if language not in LANGUAGES:
            raise WrongError(key, f"keywords in unknown language {language!r}")
        if not isinstance(words, list) or not all(isinstance(word, str) for word in words):
            raise WrongError(key, f"keywords.{language} must be a list of words")
    if not any(by_language.values()):
        raise WrongError(key, "keywords are empty")
    try:
        return Keywords({language: tuple(words) for language, words in by_language.items()})
    except KeywordError as error:
        raise WrongError(key, str(error)) from error


def _regex(key: str, value: object) -> Pattern:
    """Compile an expression that RE2 runs in time linear in the message, whoever wrote it."""
    import re2  # noqa: PLC0415 - 30 ms, only for those who use it

    written = _text(key, value)
    if not written or len(written) > LONGEST_PATTERN:
        raise WrongError(key, f"a regex has 1 to {LONGEST_PATTERN} characters")
    options = re2.Options()
    options.case_sensitive = False
    options.max_mem = PATTERN_MEMORY
    options.log_errors = False  # they go to whoever wrote it, not to the terminal
    try:
        pattern: Pattern = re2.compile(written, options)
    except re2.error as error:
        [reason] = error.args
        reason = reason.decode() if isinstance(reason, bytes) else reason
        raise WrongError(
            key, f"regex {written!r} cannot be used: {reason}{_hint(reason)}"
        ) from error
    if pattern.search(""):
        raise WrongError(key, f"regex {written!r} fits every message")
    return pattern


def _hint(reason: str) -> str:
    beyond = reason.startswith(("invalid perl operator", "invalid escape sequence"))
    return "; looking ahead or behind and repeating a group are not possible" if beyond else ""


def _hours(key: str, value: object) -> tuple[tuple[int, int], ...]:
    return tuple(_interval(key, each) for each in _texts(key, value))


def _interval(key: str, written: str) -> tuple[int, int]:
    found = re.fullmatch(r"(\d\d?):(\d\d)\s*[-–]\s*(\d\d?):(\d\d)", written.strip())
    hours = [int(number) for number in found.groups()] if found else [99] * 4
    start, end = 60 * hours[0] + hours[1], 60 * hours[2] + hours[3]
    if start >= MIDNIGHT or end > MIDNIGHT or max(hours[1], hours[3]) > 59 or start == end:
        raise WrongError(key, f'{key} must be such as "18:00-22:00", not {written!r}')
    return start, end if end > start else end + MIDNIGHT


READ: Mapping[str, Callable[[str, Any], Any]] = {
    "name": _name,
    "action": _choice(*get_args(Action)),
    "template": _text,
    "priority": _number,
    "on": _flag,
    "labels": _labels,
    "follow_up": _follow_up,
    "reason": _choice(*get_args(Reason)),
    "unless_taught": _flag,
    "keywords": _keywords,
    "alone": _flag,
    "regex": _regex,
    "question": _flag,
    "language": _choice(*LANGUAGES),
    "sentiment": _choices(*get_args(Label)),
    "abusive": _flag,
    "first_message": _flag,
    "chat": _choices(*get_args(ChatKind)),
    "segment": _texts,
    "hours": _hours,
    "open": _flag,
}
"""What each key becomes; the keys that a rule may have."""
