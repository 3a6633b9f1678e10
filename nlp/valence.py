"""How strongly words speak for or against: a sum over a text, about -4 to 4 for a phrase."""

import math
import re
import tomllib
from collections.abc import Mapping
from importlib import resources
from typing import Any

REACH = 4
"""Characters over which "不" or "非常" still bears on a word: "没有想象中好" is not good."""


class Emoji:
    """Valence of emoji, in any language."""

    def __init__(self) -> None:
        self._valence = _words(_lexicon("emoji"))
        self._any = re.compile("|".join(map(re.escape, self._valence)))

    def __call__(self, text: str) -> tuple[str, float]:
        """Return the text without the emoji that were understood, and their valence.

        Repeating one says it louder, but not many times louder: n of a kind count as sqrt(n).
        """
        found = self._any.findall(text)
        total = sum(
            self._valence[emoji] * math.sqrt(found.count(emoji)) for emoji in dict.fromkeys(found)
        )
        return self._any.sub(" ", text), total


class Chinese:
    """An own lexicon, read by longest match, with what stands before a word in the same clause."""

    def __init__(self) -> None:
        lexicon = _lexicon("zh")
        around: Mapping[str, str] = lexicon["around"]
        self._valence = _words(lexicon["words"])
        self._factors = dict.fromkeys(around["intensifiers"].split(), 1.4)
        self._factors |= dict.fromkeys(around["softeners"].split(), 0.6)
        self._factors |= dict.fromkeys(around["negators"].split(), -0.8)
        self._turns = frozenset(around["turns"].split())
        known = {*self._valence, *self._factors, *self._turns}
        longest_first = sorted(known, key=len, reverse=True)
        self._token = re.compile("|".join(map(re.escape, longest_first)) + r"|[\W_]+|.")

    def __call__(self, folded: str) -> float:
        """Return the valence of a folded text.

        "不" turns what follows in the clause by -0.8, "非常" and "有点" weigh it;
        what comes after "但是" counts one and a half times, what came before half.
        """
        total, factor, weight, reach = 0.0, 1.0, 1.0, 0
        for token in self._token.findall(folded):
            if token in self._factors:
                factor *= self._factors[token]
                reach = REACH
            elif token in self._valence:
                total += weight * factor * self._valence[token]
                reach = 0
            elif token in self._turns:
                total, weight, reach = total * 0.5, 1.5, 0
            else:
                reach = reach - 1 if token.isalnum() else 0
            if reach <= 0:
                factor = 1.0
        return total


def _lexicon(name: str) -> dict[str, Any]:
    return tomllib.loads(
        resources.files("nlp").joinpath("lexicons", f"{name}.toml").read_text("utf-8")
    )


def _words(by_valence: Mapping[str, str]) -> dict[str, float]:
    return {word: float(valence) for valence, words in by_valence.items() for word in words.split()}
