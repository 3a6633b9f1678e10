"""Chinese word by word in English, for an embedding that was only taught English."""

from collections.abc import Mapping
from functools import cache
from importlib import resources

from nlp.folding import fold


def gloss(message: str) -> str:
    """Put English for the Chinese words of a message, the longest first.

    What the glossary lacks is left out; questions keep their mark. A message
    without Chinese is returned as it is.
    """
    words, longest = _glossary()
    if not any("\u3400" <= character <= "\u9fff" for character in message):
        return message
    text, found, start = fold(message), [], 0
    while start < len(text):
        for end in range(min(len(text), start + longest), start, -1):
            if (word := words.get(text[start:end])) is not None:
                found.append(f" {word} ")
                start = end
                break
        else:
            if not "\u3400" <= text[start] <= "\u9fff":
                found.append(text[start])
            start += 1
    return " ".join("".join(found).split())


@cache
def _glossary() -> tuple[Mapping[str, str], int]:
    """Read the glossary: an English word a line, and Chinese ones that mean it."""
    lines = resources.files("nlp").joinpath("lexicons", "glossary.txt").read_text("utf-8")
    words = {"吗": "?", "么": "?", "呢": "?", "嘛": "?"}
    for line in lines.splitlines():
        english, chinese = line.split(": ")
        words |= dict.fromkeys(fold(chinese).split(), english)
    return words, max(map(len, words))
