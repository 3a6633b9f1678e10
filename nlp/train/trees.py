"""Learns the boosted trees that read the outline of a message."""

import numpy as np
from numpy.typing import NDArray
from sklearn.ensemble import GradientBoostingClassifier
from sklearn.model_selection import PredefinedSplit, cross_val_predict

from nlp.trees import DEPTH, Trees


def learn_trees(
    outlines: NDArray[np.float64],
    positive: NDArray[np.bool_],
    trust: NDArray[np.float64],
    folds: NDArray[np.int64],
) -> tuple[Trees, NDArray[np.float64]]:
    """Boost trees for positive against negative.

    Parameters
    ----------
    outlines : array of shape (n_texts, n_features)
    positive, trust, folds : arrays of shape (n_texts,)
        What each text is, its weight, and the number of its fold.

    Returns
    -------
    Trees
        Learned from all texts.
    array of shape (n_texts,)
        For each text the log-odds by trees that did not learn from its fold.
    """
    # Depth, number and shares were chosen in folds of reviews; 150 deeper ones are as good.
    boosting = GradientBoostingClassifier(
        init="zero",
        n_estimators=200,
        learning_rate=0.05,
        max_depth=DEPTH,
        subsample=0.8,
        max_features=0.3,
        min_samples_leaf=30,
        random_state=0,
    )
    unseen = cross_val_predict(
        boosting,
        outlines,
        positive,
        cv=PredefinedSplit(folds),
        method="decision_function",
        params={"sample_weight": trust},
    )
    return _flat(boosting.fit(outlines, positive, sample_weight=trust)), unseen


def _flat(boosting: GradientBoostingClassifier) -> Trees:
    """Put all nodes of all trees into one list; a leaf, which has no child, leads to itself."""
    trees = [estimator.tree_ for estimator in boosting.estimators_[:, 0]]
    roots = np.cumsum([0, *(tree.node_count for tree in trees[:-1])])
    here = np.concatenate([np.arange(tree.node_count) for tree in trees])
    shift = np.repeat(roots, [tree.node_count for tree in trees])
    left = np.concatenate([tree.children_left for tree in trees])
    right = np.concatenate([tree.children_right for tree in trees])
    leaf = left < 0
    return Trees(
        roots=roots.astype(np.int32),
        feature=np.maximum(np.concatenate([tree.feature for tree in trees]), 0).astype(np.int16),
        threshold=np.concatenate([tree.threshold for tree in trees]),
        left=(np.where(leaf, here, left) + shift).astype(np.int32),
        right=(np.where(leaf, here, right) + shift).astype(np.int32),
        value=boosting.learning_rate * np.concatenate([tree.value[:, 0, 0] for tree in trees]),
    )
