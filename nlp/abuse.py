"""How abusive a Chinese message is, by an own list of insults; there is no data to learn from."""

import re
import tomllib
from importlib import resources

ABUSIVE_FROM = 0.8
"""Offensiveness from which a message is abuse of a person, not only anger at a thing."""

_OFFENSIVENESS = {"abusive": 0.95, "rude": 0.5, "harmless": 0.0}  # by hand: an order, no measure


class Abuse:
    """A list of insults, read by longest match, so that harmless words around them win."""

    def __init__(self) -> None:
        lexicon = resources.files("nlp").joinpath("lexicons", "zh_abuse.toml").read_text("utf-8")
        self._offensiveness = {
            word: _OFFENSIVENESS[kind]
            for kind, words in tomllib.loads(lexicon).items()
            for word in words.split()
        }
        longest_first = sorted(self._offensiveness, key=len, reverse=True)
        self._word = re.compile("|".join(map(_whole, longest_first)))

    def __call__(self, folded: str) -> float:
        """Return the offensiveness of the worst word in a folded text, 0 to 1."""
        found = self._word.findall(folded)
        return max((self._offensiveness[word] for word in found), default=0.0)


def _whole(word: str) -> str:
    """Keep abbreviations such as "sb" from being found inside Latin words."""
    return rf"(?<![a-z]){word}(?![a-z])" if word.isascii() else re.escape(word)
