"""How an owner's keywords are found in a message.

A keyword is one or more words. `*` at the end of a word stands for any
ending, `|` separates words that will do equally, and `...` for up to five
words (in Chinese, ten characters) in between: `cancel* ... order|booking`.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

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
    pattern: re.Pattern[str] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        words = [word for words in self.by_language.values() for word in words]
        object.__setattr__(self, "pattern", _compile(words))

    def found_in(self, folded: str) -> bool:
        """Tell whether any keyword occurs in a folded message."""
        return self.pattern.search(folded) is not None

    def alone_in(self, folded: str) -> bool:
        """Tell whether a keyword occurs and the message says and asks little else."""
        rest, n_found = self.pattern.subn(" ", folded)
        n_words = sum(1.0 if word[1] else 0.5 for word in _WORD_OR_HAN.finditer(rest))
        asks_more = n_words > 0 and "?" in rest
        return n_found > 0 and n_words <= ALONE_WITH and not asks_more


def _compile(keywords: Iterable[str]) -> re.Pattern[str]:
    """Write keywords as one regular expression.

    `re` takes most of a millisecond to compile one `_LETTER`, and there are thousands of words: so
    the boundary that ends a keyword stands once behind all that share it.
    """
    shared: list[str] = []
    alternatives: list[str] = []
    for keyword in keywords:
        folded = re.sub(r"\s*\|\s*", "|", fold(keyword)).strip()
        if not re.search(r"[^\s*|.]", folded):
            raise KeywordError(f"keyword {keyword!r} has nothing to look for")
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
