"""In which language a message is written: by its script, then its words, then its spelling."""

import math
import re
import tomllib
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING

from nlp.folding import clean

if TYPE_CHECKING:
    from py3langid.langid import LanguageIdentifier

LANGUAGES = ("en", "zh")
"""The languages that templates, rules and lexicons are written in."""

SURE_FROM = 0.8
"""Share of a message that has to be in one language for it to be certain."""

SPELLED = 300
"""Letters whose spelling is looked at; a language shows in fewer."""

# By hand, on 8,100 questions to shops in English and 150 short messages in 17 other languages:
# a message in Latin letters is English until something speaks against it, and a known word
# outweighs the spelling of a name.
_ENGLISH_AHEAD = math.log(10)
_PER_WORD = math.log(200)
_PINYIN = math.log(0.005)
_LEAST = 1e-4  # nor does spelling ever rule a language out

_LATIN = (
    "en", "es", "fr", "de", "pt", "it", "nl", "tr", "pl", "id", "vi", "ro", "sv", "tl",
    "da", "no", "fi", "cs", "hu", "hr",
)  # fmt: skip
_OTHER = (
    "ru", "uk", "bg", "sr", "kk", "ar", "fa", "ur", "he", "hi", "bn", "ta", "th", "ja", "ko",
    "el", "hy", "ka", "am", "my", "km",
)  # fmt: skip

_HAN = re.compile(r"[\u3400-\u9fff\uf900-\ufaff\U00020000-\U000323af]")
_HAN_GRAMMAR = re.compile(r"[我你您的了吗嗎呢吧么麼是有不在什怎這这]")
_LATIN_WORD = re.compile(r"[a-zA-Z\u00c0-\u024f\u1e00-\u1eff]+")
_OTHER_LETTER = re.compile(
    r"[^\W\d_a-zA-Z\u00c0-\u024f\u1e00-\u1eff\u3400-\u9fff\uf900-\ufaff\U00020000-\U000323af]"
)
_KANA = re.compile(r"[\u3041-\u30fa]")
_UNREAD = re.compile(r"https?://\S+|[@#]\w+|\S+@\S+|(?<!\S)/\w+", re.ASCII)
_DRAWN_OUT = re.compile(r"(.)\1{2,}")


@dataclass(frozen=True, slots=True)
class Language:
    """The language to answer in.

    Attributes
    ----------
    code : str
        One of `LANGUAGES`.
    certain : bool
        False where the message is a mixture, in another language, or has no words.
    detected : str
        ISO 639-1 code of the language that the message is written in, whichever
        it is; empty where that is unknown.
    """

    code: str
    certain: bool
    detected: str = ""


def detect_language(message: str, fallback: str) -> Language:
    """Tell the language of a message, with `fallback` for what is neither English nor Chinese.

    One Han character says about as much as one Latin word, one that holds a
    sentence together twice as much: a product's name does not change the
    language. Links, mentions, commands and addresses are not counted. Han among
    kana is Japanese. Pinyin is Chinese, but never for certain.
    """
    text = _UNREAD.sub(" ", clean(message))
    words = [_DRAWN_OUT.sub(r"\1", word.casefold()) for word in _LATIN_WORD.findall(text)]
    han = len(_HAN.findall(text)) + len(_HAN_GRAMMAR.findall(text))
    other = len(_OTHER_LETTER.findall(text))
    if _KANA.search(text):
        other, han = other + han, 0
    if other > max(han, len(words)):
        return Language(fallback, certain=False, detected=_spelled(text, _OTHER)[0])
    if han > len(words):
        english = sum("en" in _known().get(word, "") for word in words)
        certain = han >= SURE_FROM * (han + english + other)
        return Language("zh", certain, detected="zh")
    if len(words) == han:
        return Language(fallback, certain=False)
    detected, share = _spelled(text, _LATIN, tuple(words))
    if detected == "en":
        alone = len(words) >= SURE_FROM * (len(words) + han + other)
        return Language("en", certain=alone and share >= SURE_FROM, detected="en")
    if detected == "zh":
        return Language("zh", certain=False, detected="zh")
    return Language(fallback, certain=False, detected=detected if share >= 0.5 else "")


def _spelled(
    text: str, candidates: tuple[str, ...], words: tuple[str, ...] = ()
) -> tuple[str, float]:
    """Return the likeliest language and its probability.

    Naive Bayes over the library's byte n-grams and the words that we know.
    """
    odds = {
        code: math.log(max(probability, _LEAST))
        for code, probability in _identifier().rank(text[:SPELLED])
        if code in candidates
    }
    if words:
        odds |= {"en": odds["en"] + _ENGLISH_AHEAD, "zh": _PINYIN}
    for word in words:
        for code in _known().get(word, ()):
            odds[code] += _PER_WORD
    best = max(odds, key=lambda code: odds[code])
    return best, 1 / sum(math.exp(odd - odds[best]) for odd in odds.values())


@cache
def _identifier() -> "LanguageIdentifier":
    """Load the library's model, half a second, and keep only our languages of its 140."""
    from py3langid.langid import MODEL_FILE, LanguageIdentifier  # noqa: PLC0415

    model = LanguageIdentifier.from_model_file(MODEL_FILE)
    model.set_languages(_LATIN + _OTHER)
    return LanguageIdentifier(
        model.nb_ptc,
        model.nb_pc,
        model.nb_classes,
        model.tk_nextmove,
        model.tk_output,
        norm_probs=True,
        tk_row=model.tk_row,
    )


@cache
def _known() -> dict[str, tuple[str, ...]]:
    """Map words that give a language away to the languages they belong to."""
    lexicon = resources.files("nlp").joinpath("lexicons", "languages.toml").read_text("utf-8")
    languages: dict[str, list[str]] = {}
    for code, words in tomllib.loads(lexicon).items():
        for word in set(_LATIN_WORD.findall(words)):
            languages.setdefault(word, []).append(code)
    return {word: tuple(codes) for word, codes in languages.items()}
