"""A decision tree that is grown by a criterion of choice, pruned, and read as rules.

scikit-learn's trees know no gain ratio, so all criteria are computed here, on
columns cut into at most `MAX_BINS` steps: the cost of a level grows with the
rows, not with their logarithm, and is the same for each criterion.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
from numpy.typing import NDArray

Criterion = Literal["gain", "gain-ratio", "gini"]
Matrix = NDArray[np.float64]
Codes = NDArray[np.int64]

MAX_BINS = 64  # thresholds at every 64th of the rows: finer ones lose to chance
MAX_DEPTH = 8  # a rule of more conditions explains nothing
MIN_LEAF = 5
LEAF = -1


@dataclass(frozen=True, slots=True)
class Node:
    """A question "is feature ≤ threshold?" with the nodes of yes and no, or a leaf.

    `counts` are the training rows of each class that came here; `impurity` is
    the entropy in bits or the Gini index, as the criterion is.
    """

    feature: int
    threshold: float
    yes: int
    no: int
    counts: tuple[int, ...]
    impurity: float

    @property
    def is_leaf(self) -> bool:
        """Whether nothing is asked here."""
        return self.feature == LEAF


@dataclass(frozen=True, slots=True)
class Tree:
    """The nodes, the root first, each before what follows from it."""

    nodes: tuple[Node, ...]

    @property
    def n_leaves(self) -> int:
        """How many rules the tree has."""
        return sum(node.is_leaf for node in self.nodes)


@dataclass(frozen=True, slots=True)
class Condition:
    """One step of a rule: a feature is at most, or above, a threshold."""

    feature: int
    is_above: bool
    threshold: float


def grow(
    rows: Matrix,
    classes: Codes,
    n_classes: int,
    criterion: Criterion,
    *,
    max_depth: int = MAX_DEPTH,
    min_leaf: int = MIN_LEAF,
) -> Tree:
    """Grow a tree on `rows`, of shape (n, n_features), and their `classes` from 0.

    "gain" is the information gain of ID3; "gain-ratio" divides it by the
    information of the split itself and, as C4.5 does, considers only splits
    of at least average gain, or it would cut off single rows; "gini" is CART's.

    References
    ----------
    J. R. Quinlan, "Induction of decision trees", Machine Learning 1 (1986);
    "C4.5" (1993), sections 2.2 and 2.4. L. Breiman et al., "Classification and
    Regression Trees" (1984), section 4.3.
    """
    cuts = [_cuts(column) for column in rows.T]
    binned = [
        np.searchsorted(cut, column, side="left") for cut, column in zip(cuts, rows.T, strict=True)
    ]
    nodes: list[Node] = []
    waiting = [(np.arange(len(rows)), 0, LEAF, True)]
    while waiting:
        here, depth, parent, is_yes = waiting.pop()
        number = len(nodes)
        if parent != LEAF:
            link = {"yes": number} if is_yes else {"no": number}
            nodes[parent] = replace(nodes[parent], **link)  # type: ignore[arg-type]
        own = classes[here]
        counts = np.bincount(own, minlength=n_classes)
        node = Node(LEAF, 0.0, LEAF, LEAF, tuple(counts.tolist()), _impurity(counts, criterion))
        split = None
        if depth < max_depth and node.impurity > 0 and len(here) >= 2 * min_leaf:
            tables = [
                _table(column[here], own, len(cut) + 1, n_classes)
                for column, cut in zip(binned, cuts, strict=True)
            ]
            split = _best_split(tables, criterion, min_leaf)
        if split is None:
            nodes.append(node)
            continue
        feature, cut_at = split
        nodes.append(replace(node, feature=feature, threshold=float(cuts[feature][cut_at])))
        goes = binned[feature][here] <= cut_at
        waiting.append((here[~goes], depth + 1, number, False))
        waiting.append((here[goes], depth + 1, number, True))
    return Tree(tuple(nodes))


def pruning_path(tree: Tree) -> list[float]:
    """Give the strengths at which weakest-link pruning takes something off, from 0 upwards."""
    strengths = [0.0]
    while tree.n_leaves > 1:
        strength = max(min(_links(tree).values()), strengths[-1])
        tree = prune(tree, strength)
        strengths.append(strength)
    return strengths


def prune(tree: Tree, strength: float) -> Tree:
    """Take off every branch that lowers the impurity by no more than `strength` for each leaf.

    References
    ----------
    Breiman et al. (1984), section 3.3.
    """
    while (links := _links(tree)) and min(links.values()) <= strength + 1e-12:
        weakest = min(links, key=lambda number: links[number])
        tree = _cut_at(tree, weakest)
    return tree


def leaves(tree: Tree, rows: Matrix) -> Codes:
    """Give the number of the leaf that each row ends in."""
    at = np.zeros(len(rows), dtype=np.int64)
    for number, node in enumerate(tree.nodes):  # what follows from a node stands behind it
        if not node.is_leaf:
            here = np.flatnonzero(at == number)
            goes = rows[here, node.feature] <= node.threshold
            at[here[goes]] = node.yes
            at[here[~goes]] = node.no
    return at


def shares(tree: Tree) -> Matrix:
    """Give for each node the probability of each class, by Laplace's rule of succession."""
    counts = np.array([node.counts for node in tree.nodes], dtype=float)
    smoothed: Matrix = (counts + 1) / (counts + 1).sum(axis=1, keepdims=True)
    return smoothed


def path(tree: Tree, leaf: int) -> tuple[Condition, ...]:
    """Give the conditions that lead to a leaf, each feature's merged, in order of asking."""
    above: dict[int, tuple[int, bool]] = {}
    for number, node in enumerate(tree.nodes):
        if not node.is_leaf:
            above[node.yes] = number, False
            above[node.no] = number, True
    conditions: dict[tuple[int, bool], Condition] = {}
    while leaf in above:  # from the leaf up: the first condition of its kind is the tightest
        leaf, is_above = above[leaf]
        node = tree.nodes[leaf]
        tightest = conditions.pop((node.feature, is_above), None)
        conditions[node.feature, is_above] = tightest or Condition(
            node.feature, is_above, node.threshold
        )
    return tuple(reversed(conditions.values()))


def _cuts(column: Matrix) -> Matrix:
    """Choose thresholds halfway between neighbouring values."""
    distinct = np.unique(column)
    if len(distinct) > MAX_BINS:
        asked = np.linspace(0, 1, MAX_BINS + 1)[1:-1]
        distinct = np.unique(np.quantile(column, asked, method="nearest"))
    return (distinct[1:] + distinct[:-1]) / 2


def _table(column: Codes, classes: Codes, n_bins: int, n_classes: int) -> Matrix:
    """Count the rows of each class up to each bin, of shape (n_bins, n_classes)."""
    found = np.bincount(column * n_classes + classes, minlength=n_bins * n_classes)
    return found.reshape(n_bins, n_classes).cumsum(axis=0).astype(float)


def _best_split(
    tables: Sequence[Matrix], criterion: Criterion, min_leaf: int
) -> tuple[int, int] | None:
    """Give the feature and the last bin on its side of yes; None where no split gains."""
    places: list[tuple[int, int]] = []
    left: list[Matrix] = []
    for feature, table in enumerate(tables):
        sizes = table.sum(axis=1)
        fits = (sizes >= min_leaf) & (sizes[-1] - sizes >= min_leaf)
        fits[1:] &= sizes[1:] > sizes[:-1]  # an empty bin splits as the one before
        found = np.flatnonzero(fits)
        places.extend((feature, int(each)) for each in found)
        left.append(table[found])
    if not places:
        return None
    yes = np.vstack(left)
    total = tables[0][-1]
    no = total - yes
    share = yes.sum(axis=1) / total.sum()
    gains = _impurity(total, criterion) - (
        share * _impurities(yes, criterion) + (1 - share) * _impurities(no, criterion)
    )
    worth = gains
    if criterion == "gain-ratio":
        gaining = gains > 1e-12
        if not gaining.any():
            return None
        own = _impurities(np.column_stack([share, 1 - share]), "gain")
        worth = np.where(gains >= gains[gaining].mean() - 1e-12, gains / own, 0)
    best = int(np.argmax(worth))
    return places[best] if gains[best] > 1e-12 else None


def _impurities(counts: Matrix, criterion: Criterion) -> Matrix:
    parts = counts / counts.sum(axis=1, keepdims=True)
    if criterion == "gini":
        found: Matrix = 1 - (parts**2).sum(axis=1)
    else:
        found = -(parts * np.log2(np.where(parts > 0, parts, 1))).sum(axis=1)
    return found


def _impurity(counts: NDArray[np.generic], criterion: Criterion) -> float:
    return max(0.0, float(_impurities(np.asarray(counts, dtype=float)[None], criterion)[0]))


def _links(tree: Tree) -> dict[int, float]:
    """Give for each inner node how much its branch lowers the impurity for each further leaf."""
    n = sum(tree.nodes[0].counts)
    below = [0.0] * len(tree.nodes)
    n_leaves = [1] * len(tree.nodes)
    links = {}
    for number in range(len(tree.nodes) - 1, -1, -1):
        node = tree.nodes[number]
        own = node.impurity * sum(node.counts) / n
        if node.is_leaf:
            below[number] = own
        else:
            below[number] = below[node.yes] + below[node.no]
            n_leaves[number] = n_leaves[node.yes] + n_leaves[node.no]
            links[number] = (own - below[number]) / (n_leaves[number] - 1)
    return links


def _cut_at(tree: Tree, number: int) -> Tree:
    """Make a leaf of a node, and number what is left anew."""
    kept: list[int] = []
    waiting = [0]
    while waiting:
        each = waiting.pop()
        kept.append(each)
        node = tree.nodes[each]
        if each != number and not node.is_leaf:
            waiting += [node.no, node.yes]
    place = {each: i for i, each in enumerate(kept)}
    return Tree(
        tuple(
            replace(node, feature=LEAF, threshold=0.0, yes=LEAF, no=LEAF)
            if each == number
            else replace(node, yes=place.get(node.yes, LEAF), no=place.get(node.no, LEAF))
            for each in kept
            for node in [tree.nodes[each]]
        )
    )
