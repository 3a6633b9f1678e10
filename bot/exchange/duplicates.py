"""Tells posts that say nearly the same, in any language, from those that do not.

A text is taken as its pairs of neighbouring words; a Chinese character counts as a word. Two texts
are as like as the pairs that both have, of all that either has: the Jaccard index of two-shingles.

References
----------
Broder, A. Z. (1997). On the resemblance and containment of documents. Compression and Complexity
of Sequences, 21-29.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter, defaultdict
from itertools import pairwise

LIKE = 0.6
"""From here on two texts are called the same: in one of twenty words, two may differ, three not."""

_LINK = re.compile(r"https?://\S+")
_WORD = re.compile(r"[\u3400-\u9fff\u3040-\u30ff]|[^\W_\u3400-\u9fff\u3040-\u30ff]+")

Shingles = frozenset[tuple[str, ...]]


def shingles(text: str) -> Shingles:
    """Give a text's pairs of words without case, links and punctuation; a lone word by itself."""
    plain = _LINK.sub(" ", unicodedata.normalize("NFKC", text)).casefold()
    words = _WORD.findall(plain)
    return frozenset(pairwise(words)) if len(words) > 1 else frozenset((word,) for word in words)


class Likeness:
    """Finds the text most like another among many, by the shingles that they share."""

    def __init__(self) -> None:
        self._names: dict[Shingles, int] = {}  # a text that is there a thousand times counts once
        self._having: defaultdict[tuple[str, ...], list[Shingles]] = defaultdict(list)

    def add(self, name: int, text: str) -> None:
        """Take in one more text."""
        found = shingles(text)
        if found not in self._names:
            for shingle in found:
                self._having[shingle].append(found)
        self._names[found] = name

    def nearest(self, text: str) -> tuple[int, float] | None:
        """Give name and likeness of the text that says nearly the same, if there is one."""
        asked = shingles(text)
        shared = Counter(other for shingle in asked for other in self._having.get(shingle, ()))
        likeness = {other: n / (len(asked) + len(other) - n) for other, n in shared.items()}
        nearest = max(likeness, key=likeness.__getitem__, default=None)
        if nearest is None or likeness[nearest] < LIKE:
            return None
        return self._names[nearest], likeness[nearest]
