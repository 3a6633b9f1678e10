"""Learns the linear scores of Chinese sentiment."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from sklearn.svm import LinearSVC

from nlp.ngrams import BITS, Grams, counted

SEEN = 2
"""Texts a run of characters has to occur in; what occurs once says nothing about the next."""


def count(folded: Sequence[str]) -> sparse.csr_matrix:
    """Return 1 + log of how often each bucket occurs in each text."""
    owners, found, times = counted(folded)
    return sparse.csr_matrix((times, (owners, found)), shape=(len(folded), 2**BITS))


def learn_grams(
    counts: sparse.csr_matrix, feelings: NDArray[np.int64], trust: NDArray[np.float64]
) -> Grams:
    """Learn two scores: for positive against negative, and for neutral against both.

    Parameters
    ----------
    counts : matrix of shape (n_texts, 2 ** BITS)
        As `count` returns them.
    feelings : array of shape (n_texts,)
        0 negative, 1 neutral, 2 positive.
    trust : array of shape (n_texts,)
        Weight of each text; 1 for the domain that is asked about.

    References
    ----------
    S. Wang and C. Manning (2012), Baselines and Bigrams, ACL, section 2: a linear
    SVM over counts that are scaled by the naive Bayes log-count ratio.
    """
    seen = np.bincount(counts.indices, minlength=2**BITS)
    rarity = np.where(seen >= SEEN, np.log((1 + len(feelings)) / (1 + seen)) + 1, 0.0)
    vectors = counts @ sparse.diags(rarity)
    size = np.sqrt(np.asarray(vectors.power(2).sum(axis=1)).ravel())
    vectors = sparse.diags(1 / np.maximum(size, 1e-9)) @ vectors
    opinion, positive = feelings != 1, feelings == 2
    ratio = _log_count_ratio(counts[opinion], positive[opinion], trust[opinion])
    polarity = LinearSVC(C=1.0, tol=1e-3, random_state=0).fit(
        vectors[opinion] @ sparse.diags(ratio), positive[opinion], sample_weight=trust[opinion]
    )
    neutrality = LinearSVC(C=1.0, tol=1e-3, class_weight="balanced", random_state=0).fit(
        vectors, ~opinion
    )
    weights = np.stack([ratio * polarity.coef_[0], neutrality.coef_[0]], axis=1)
    return Grams(rarity.astype(np.float16), (rarity[:, None] * weights).astype(np.float16))


def _log_count_ratio(
    counts: sparse.csr_matrix, positive: NDArray[np.bool_], trust: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Return the ratio of Wang and Manning, equation 1, over occurrence, smoothed by one text."""
    present = counts.sign()
    for_it, against = 1 + (trust * positive) @ present, 1 + (trust * ~positive) @ present
    return np.asarray(np.log(for_it / for_it.sum() * against.sum() / against))
