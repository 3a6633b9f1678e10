"""Learns what tokens and pairs of neighbours say about how a tweet feels."""

import warnings
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from sklearn.exceptions import ConvergenceWarning
from sklearn.linear_model import LogisticRegression

from nlp.token_pairs import BITS, buckets

TRUST = 0.4
"""Weight of these scores beside the head's; 0.1 to 0.7 were tried on the validation part."""


def learn_token_pairs(
    rows: Sequence[Sequence[int]], labels: Sequence[int], n_steps: int = 80
) -> NDArray[np.float32]:
    """Fit a logistic regression in which every label weighs the same.

    Parameters
    ----------
    rows : sequence of n_messages sequences
        Token ids.
    n_steps : int
        Of L-BFGS at most; it is as good as there after 80.

    Returns
    -------
    array of shape (2 ** BITS, n_labels)
        Times `TRUST`.
    """
    found = [buckets(row) for row in rows]
    sizes = np.array([len(each) for each in found])
    shares = np.repeat(1 / np.sqrt(sizes), sizes)
    places = np.concatenate(found), np.concatenate([[0], np.cumsum(sizes)])
    matrix = sparse.csr_matrix((shares, *places), shape=(len(rows), 2**BITS))
    model = LogisticRegression(class_weight="balanced", fit_intercept=False, max_iter=n_steps)
    with warnings.catch_warnings(category=ConvergenceWarning, action="ignore"):
        model.fit(matrix, labels)
    weights: NDArray[np.float32] = (TRUST * model.coef_.T).astype(np.float32)
    return weights
