"""A boosted forest of small decision trees, read with numpy alone."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

DEPTH = 4
"""Questions on the longest way to a leaf."""


@dataclass(frozen=True, slots=True)
class Trees:
    """Trees of equal weight, all nodes in one list.

    Attributes
    ----------
    roots : array of shape (n_trees,)
        Where each tree begins.
    feature, threshold, left, right, value : arrays of shape (n_nodes,)
        A node asks whether its feature is at most its threshold, and goes left
        if so. A leaf leads to itself.
    """

    roots: NDArray[np.int32]
    feature: NDArray[np.int16]
    threshold: NDArray[np.float64]
    left: NDArray[np.int32]
    right: NDArray[np.int32]
    value: NDArray[np.float64]

    def __call__(self, features: NDArray[np.float64]) -> float:
        """Return the log-odds for features of shape (n_features,)."""
        seen, at = features.astype(np.float32), self.roots
        for _ in range(DEPTH):
            low = seen[self.feature[at]] <= self.threshold[at]
            at = np.where(low, self.left[at], self.right[at])
        return float(self.value[at].sum())
