"""Messages as counts of their words and, in Chinese, of one to three characters in a row."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING
from zlib import crc32

import numpy as np

from nlp.folding import fold

if TYPE_CHECKING:
    from numpy.typing import NDArray

BUCKETS = 1_024
"""Counters that the grams share; a clash of two costs less than a longer row."""

_WORD_OR_HAN = re.compile(r"([\u3400-\u9fff]+)|[^\W\u3400-\u9fff]+")


def grams(message: str) -> tuple[list[str], float]:
    """Return a message's grams, and which share of its characters is Chinese."""
    found: list[str] = []
    n_han = n_other = 0
    for run in _WORD_OR_HAN.finditer(fold(message)):
        text = run[0]
        if run[1] is None:
            found.append(text)
            n_other += len(text)
            continue
        n_han += len(text)
        found += [
            text[start : start + length]
            for length in (1, 2, 3)
            for start in range(len(text) - length + 1)
        ]
    return found, n_han / max(1, n_han + n_other)


def count_grams(messages: Sequence[str]) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Count grams in hashed buckets, with a sign so that clashes cancel on average.

    Returns
    -------
    counts : array of shape (n_messages, BUCKETS)
    han : array of shape (n_messages,)
        Share of Chinese characters.

    References
    ----------
    K. Weinberger et al. (2009), Feature Hashing for Large Scale Multitask Learning, ICML,
    equation 1.
    """
    counts = np.zeros((len(messages), BUCKETS), np.float32)
    han = np.zeros(len(messages), np.float32)
    for row, message in enumerate(messages):
        found, han[row] = grams(message)
        for gram in found:
            code = crc32(gram.encode())
            counts[row, code % BUCKETS] += 1 if code >> 31 else -1
    return counts, han
