"""A message as the English engine reads it: emoji in words, hashtags split, links named."""

import html
import re

from nlp.folding import clean

_SKIN = re.compile("[\U0001f3fb-\U0001f3ff]")
_LINK = re.compile(r"(?:https?://|www\.)\S+", re.IGNORECASE)
_NAME = re.compile(r"@\w+")
_HASHTAG = re.compile(r"#(\w+)")
_WORD_IN_HASHTAG = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+|[^\W\d_]+")
_STRETCHED = re.compile(r"([^\d\s])\1{2,}")


def spell_out(message: str) -> str:
    """Return a message in words that the vocabulary of all-MiniLM-L6-v2 knows.

    Almost every emoji is unknown to it; "😂" becomes "face with tears of joy".
    Names and links become "@user" and "http", as in TweetEval; "#NotHappy" becomes
    "# not happy", and what is repeated more than twice ("sooooo") is repeated twice.
    """
    text = _SKIN.sub("", html.unescape(clean(message)).replace("’", "'"))
    text = _NAME.sub("@user", _LINK.sub("http", text))
    text = _HASHTAG.sub(lambda found: f"# {_split(found[1])}", text)
    text = _STRETCHED.sub(r"\1\1", text)
    if text.isascii():
        return text
    from emoji import replace_emoji  # noqa: PLC0415 - 0.1 s, at the first emoji

    return replace_emoji(text, _in_words)


def _split(hashtag: str) -> str:
    return " ".join(_WORD_IN_HASHTAG.findall(hashtag))


def _in_words(emoji: str, known: dict[str, str]) -> str:  # noqa: ARG001 - emoji passes both
    return f" {known['en'].strip(':').replace('_', ' ').replace('-', ' ')} "
