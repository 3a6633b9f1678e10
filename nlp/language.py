"""In which language a message is written, as far as its script tells."""

import re
from dataclasses import dataclass

from nlp.folding import clean

LANGUAGES = ("en", "zh")
"""The languages that templates, rules and lexicons are written in."""

SURE_FROM = 0.8
"""Share of a message's words from which its language is certain; below, it is a mixture."""

_HAN = re.compile(r"[\u3400-\u9fff\uf900-\ufaff\U00020000-\U000323af]")
_HAN_GRAMMAR = re.compile(r"[我你您的了吗嗎呢吧么麼是有不在什怎這这]")
_LATIN_WORD = re.compile(r"[a-zA-Z\u00c0-\u024f]+")
_OTHER_LETTER = re.compile(
    r"[^\W\d_a-zA-Z\u00c0-\u024f\u3400-\u9fff\uf900-\ufaff\U00020000-\U000323af]"
)
_KANA = re.compile(r"[\u3041-\u30fa]")
_UNREAD = re.compile(r"https?://\S+|[@#]\w+|\S+@\S+|(?<!\S)/\w+", re.ASCII)


@dataclass(frozen=True, slots=True)
class Language:
    """The language to answer in.

    Attributes
    ----------
    code : str
        One of `LANGUAGES`.
    certain : bool
        False where the message is a mixture, in another script, or has no words.
    """

    code: str
    certain: bool


def detect_language(message: str, fallback: str) -> Language:
    """Tell English from Chinese by counting Latin words and Han characters.

    One Han character says about as much as one Latin word, one that holds a
    sentence together twice as much: a product's name does not change the
    language. Links, mentions, commands and addresses are not counted. Han among kana
    is Japanese.
    """
    text = _UNREAD.sub(" ", clean(message))
    han = len(_HAN.findall(text)) + len(_HAN_GRAMMAR.findall(text))
    latin = len(_LATIN_WORD.findall(text))
    other = len(_OTHER_LETTER.findall(text))
    if _KANA.search(text):
        other, han = other + han, 0
    most = max(han, latin)
    if other > most or han == latin:
        return Language(fallback, certain=False)
    return Language("zh" if han == most else "en", most >= SURE_FROM * (han + latin + other))
