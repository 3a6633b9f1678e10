"""How text is made comparable: invisible characters, case, width, contractions, Chinese script."""

import re
import unicodedata
from functools import cache
from importlib import resources

READ_UP_TO = 2_000
"""Characters of a message that are read at all; what is asked stands at its beginning."""

_NOT = re.compile(
    r"\b(ca|do|does|did|is|are|was|were|has|have|had|could|would|should|wo)n'?t\b|\b(can)not\b"
)
_STEMS = {"ca": "can", "wo": "will"}
_IS = re.compile(r"\b(what|where|when|who|how|(?:it|that|there|here)(?='))'?s\b")
_SPELLED_OUT = {
    "'m": " am", "'re": " are", "'ve": " have", "'ll": " will", "'d": " would",
    "u": "you", "ur": "your", "ya": "you", "im": "i am", "ive": "i have",
    "wanna": "want to", "gotta": "got to", "pls": "please", "plz": "please",
}  # fmt: skip
_SHORT = re.compile(r"'(?:m|re|ve|ll|d)\b|\b(?:u|ur|ya|im|ive|wanna|gotta|pls|plz)\b")


def clean(message: str) -> str:
    """Return the part of a message that is read, without what nobody can see.

    Control characters and lone surrogates become spaces; zero-width and
    direction marks, joiners and variation selectors vanish.
    """
    return "".join(_visible(character) for character in message[:READ_UP_TO])


def fold(message: str) -> str:
    """Return a form in which equal wishes look equal, for keywords and lexicons.

    Full-width becomes half-width, traditional Chinese simplified, capitals
    small, and "don't", "dont" and "do not" the same.
    """
    text = unicodedata.normalize("NFKC", clean(message))[:READ_UP_TO].casefold()
    text = text.translate(_simplified())
    text = _NOT.sub(_spell_not, text)
    text = _IS.sub(r"\1 is", text)
    return _SHORT.sub(lambda found: _SPELLED_OUT[found[0]], text)


def _visible(character: str) -> str:
    category = unicodedata.category(character)
    if category == "Cf" or character in "\ufe0e\ufe0f":
        return ""
    return " " if category in {"Cc", "Cs"} and character != "\n" else character


def _spell_not(found: re.Match[str]) -> str:
    verb = found[1] or found[2]
    return f"{_STEMS.get(verb, verb)} not"


@cache
def _simplified() -> dict[int, str]:
    """Map traditional characters to simplified ones, and typographic quotes to plain."""
    pairs = resources.files("nlp").joinpath("traditional.txt").read_text("utf-8").split()
    return {ord(pair[0]): pair[1] for pair in pairs} | {ord("’"): "'", ord("‘"): "'"}
