"""Runs of one to three characters as numbers: hashed into buckets, weighed and added up."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

BITS = 21
"""Binary digits of a bucket's number; 400,000 runs seen in training seldom share one of 2²¹."""

LONGEST = 3
"""Characters of the longest run; a fourth added nothing on held-out reviews."""

_MIX = np.uint64(0x9E3779B97F4A7C15)  # 2⁶⁴ divided by the golden ratio, after Knuth, TAOCP 3, 6.4


def buckets(folded: str) -> NDArray[np.int64]:
    """Return the bucket of every run of characters, as often as it occurs."""
    codes = np.frombuffer(folded.encode("utf-32-le"), np.uint32).astype(np.uint64)
    runs, hashed = [np.zeros(0, np.int64)], np.zeros(len(codes), np.uint64)
    for length in range(1, min(LONGEST, len(codes)) + 1):
        rest = len(codes) - length + 1
        hashed = (hashed[:rest] ^ codes[length - 1 :]) * _MIX
        hashed ^= hashed >> np.uint64(29)
        runs.append(((hashed * _MIX) >> np.uint64(64 - BITS)).astype(np.int64))
    return np.concatenate(runs)


def counted(
    texts: Sequence[str],
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.float64]]:
    """Return each bucket of each text once.

    Returns
    -------
    tuple of arrays of shape (n_different,)
        Which text, by rising number; which bucket; 1 + log of how often it occurs there.
    """
    runs = [buckets(text) for text in texts]
    owners = np.repeat(np.arange(len(texts)), [len(of_text) for of_text in runs])
    found, times = np.unique(owners << BITS | np.concatenate(runs), return_counts=True)
    return found >> BITS, found & (2**BITS - 1), 1 + np.log(times)


@dataclass(frozen=True, slots=True)
class Grams:
    """Linear scores of texts: the weights of their runs, over the length of the TF-IDF vector.

    Attributes
    ----------
    rarity : array of shape (2 ** BITS,)
        Inverse document frequency; 0 for what was never seen.
    weights : array of shape (2 ** BITS, n_scores)
        The rarity is in it as a factor.
    """

    rarity: NDArray[np.float16]
    weights: NDArray[np.float16]

    def shares(self, texts: Sequence[str]) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
        """Return which text each run belongs to, and its shares of that text's scores.

        The shares have the shape (n_runs, n_scores); a text's scores are their sum.
        """
        owners, found, times = counted(texts)
        size = np.bincount(owners, (times * self.rarity[found]) ** 2, len(texts))
        over = times / np.sqrt(np.maximum(size, 1e-9))[owners]
        return owners, over[:, None] * self.weights[found]
