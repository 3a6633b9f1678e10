"""What tokens, and pairs of neighbours, say by themselves: a linear look beside the deep one."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

BITS = 18
"""Binary digits of a bucket's number; 2¹⁸ buckets for the 200,000 that tweets bring."""

_MIX = np.uint64(0x9E3779B97F4A7C15)  # 2⁶⁴ divided by the golden ratio, after Knuth, TAOCP 3, 6.4


def buckets(ids: Sequence[int]) -> NDArray[np.int64]:
    """Return the bucket of each token and each pair of neighbours in a message, each once."""
    tokens = np.array(ids, np.uint64)
    pairs = (tokens[:-1] * _MIX) ^ tokens[1:]
    mixed = np.concatenate([tokens, pairs]) * _MIX
    return np.unique((mixed >> np.uint64(64 - BITS)).astype(np.int64))


def scores(rows: Sequence[Sequence[int]], weights: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return the linear scores of each row of token ids.

    Parameters
    ----------
    weights : array of shape (2 ** BITS, n_scores)

    Returns
    -------
    array of shape (n_rows, n_scores)
        The sum over a row's buckets, by the square root of their number.
    """
    found = [buckets(row) for row in rows]
    return np.stack([weights[each].sum(axis=0) / np.sqrt(len(each)) for each in found])
