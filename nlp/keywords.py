"""How an owner's keywords are found in a message.

A keyword is one or more words. `*` at the end of a word stands for any
ending, `|` separates words that will do equally, and `...` for up to five
words (in Chinese, ten characters) in between: `cancel* ... order|booking`.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache

from nlp.folding import fold

_LETTER = r"[^\W\u3400-\u9fff]"  # of a word that has boundaries; Chinese words have none
_BETWEEN = {  # by (the next word has boundaries, it follows directly)
    (True, True): r"\W+",
    (True, False): rf"(?:\W++{_LETTER}++){{0,5}}?\W++",
    (False, True): r"\s*",
    (False, False): r".{0,10}?",
}
_BEGINS, _ENDS = f"(?<!{_LETTER})", f"(?!{_LETTER})"
_BOUNDED = re.compile(_LETTER)
_WORD_OR_HAN = re.compile(rf"({_LETTER}+)|[\u3400-\u9fff]")

ALONE_WITH = 2
"""Words that may stand beside a greeting ("good morning dear team"); two Han make one."""


class KeywordError(Exception):
    """A keyword says nothing that could be looked for."""


@dataclass(frozen=True, slots=True)
class Keywords:
    """The keywords of one rule, by language; each is looked for in every message."""

    by_language: Mapping[str, tuple[str, ...]]
    folded: tuple[str, ...] = field(init=False, repr=False)
    stems: tuple[str, ...] = field(init=False, repr=False)  # one is in what holds a keyword

    def __post_init__(self) -> None:
        words = [_folded(word) for words in self.by_language.values() for word in words]
        firsts = [each for word in words for each in _first(word).split("|") if each]
        object.__setattr__(self, "folded", tuple(words))
        object.__setattr__(self, "stems", tuple({first.removesuffix("*") for first in firsts}))

    @property
    def pattern(self) -> re.Pattern[str]:
        """All of them as one regular expression."""
        return _compile(self.folded)

    def found_in(self, folded: str) -> bool:
        """Tell whether any keyword occurs in a folded message."""
        return self._may_be_in(folded) and self.pattern.search(folded) is not None

    def alone_in(self, folded: str) -> bool:
        """Tell whether a keyword occurs and the message says and asks little else."""
        if not self._may_be_in(folded):
            return False
        rest, n_found = self.pattern.subn(" ", folded)
        n_words = sum(1.0 if word[1] else 0.5 for word in _WORD_OR_HAN.finditer(rest))
        asks_more = n_words > 0 and "?" in rest
        return n_found > 0 and n_words <= ALONE_WITH and not asks_more

    def _may_be_in(self, folded: str) -> bool:
        return any(stem in folded for stem in self.stems)


def _folded(keyword: str) -> str:
    folded = re.sub(r"\s*\|\s*", "|", fold(keyword)).strip()
    if not re.search(r"[^\s*|.]", folded):
        raise KeywordError(f"keyword {keyword!r} has nothing to look for")
    return folded


def _first(folded: str) -> str:
    return folded.replace("...", " ").split()[0]


@lru_cache(maxsize=4_096)
def _compile(keywords: tuple[str, ...]) -> re.Pattern[str]:
    """Write folded keywords as one regular expression.

    It takes milliseconds, most of them for `_LETTER`: so the boundary that ends a keyword stands
    once behind all that share it, and it is done when a message first holds one of the stems.
    """
    shared: list[str] = []
    alternatives: list[str] = []
    for folded in keywords:
        if not _BOUNDED.match(folded):
            alternatives.append(_pattern(folded, _ENDS))
        elif _ends_bounded(folded):
            shared.append(_pattern(folded, ""))
        else:
            alternatives.append(_BEGINS + _pattern(folded, _ENDS))
    # the longest first, so that what stands beside a greeting is not part of it
    alternatives.sort(key=len, reverse=True)
    if shared:
        inside = "|".join(sorted(shared, key=len, reverse=True))
        alternatives.insert(0, f"{_BEGINS}(?:{inside}){_ENDS}")
    return re.compile("|".join(alternatives), re.DOTALL)


def _ends_bounded(keyword: str) -> bool:
    words = keyword.replace("...", " ").split()[-1].split("|")
    return all(_BOUNDED.match(word[-1]) for each in words if (word := each.removesuffix("*")))


def _pattern(keyword: str, ends: str) -> str:
    """Write one keyword; `ends` is what has to follow where its last word ends in a letter."""
    steps = [
        (words, position > 0)
        for near in keyword.split("...")
        for position, words in enumerate(near.split())
    ]
    pattern = ""
    for number, (words, follows) in reversed(list(enumerate(steps))):
        bounded = _BOUNDED.match(words) is not None
        alternatives = "|".join(_word(word, ends) for word in words.split("|") if word)
        between = _BETWEEN[bounded, follows] if number else ""
        pattern = f"{between}(?:{alternatives}){pattern}"
        ends = "" if bounded else _ENDS  # what stands between begins with \W, a boundary already
    return pattern


def _word(word: str, ends: str) -> str:
    stem = re.escape(word.removesuffix("*"))
    if word.endswith("*"):
        return rf"{stem}{_LETTER}*"
    return stem + ends if _BOUNDED.match(word[-1]) else stem
