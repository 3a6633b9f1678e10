"""Tells a class, or an attribute that is missing, from the other columns of a customer table."""

import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd
from sklearn.model_selection import StratifiedKFold
from sklearn.neighbors import NearestNeighbors

from analytics.cleaning import Cleaning, Feature, learn, measured, scaled
from analytics.columns import Matrix
from analytics.targets import ProfileError, Task
from analytics.trees import (
    Codes,
    Condition,
    Criterion,
    Tree,
    grow,
    leaves,
    path,
    prune,
    pruning_path,
    shares,
)  # fmt: skip

Model = Literal["tree", "knn"]
Metric = Literal["euclidean", "manhattan"]

N_FOLDS = 5
N_REMEMBERED = 10_000  # rows among which neighbours are sought: each asked row looks at all
KS = (1, 3, 5, 7, 11, 15, 21, 31, 51)
MAX_STRENGTHS = 12  # of pruning that are compared
N_NAMED = 3  # neighbours that a reason names


@dataclass(frozen=True, slots=True)
class Because:
    """Why: the conditions of a tree's path, or the nearest customers with their classes.

    Of `n_asked` training rows in the leaf, or of neighbours, `n_alike` are of
    the predicted class.
    """

    conditions: tuple[tuple[Feature, Condition], ...]
    neighbours: tuple[tuple[str, str], ...]
    n_alike: int
    n_asked: int


@dataclass(frozen=True, slots=True)
class Predicted:
    """The likeliest class of one row, how likely it is, and why."""

    name: str
    probability: float
    because: Because


@dataclass(frozen=True, slots=True)
class Rule:
    """A path of a tree: who all of this is true of is `name`, as of `n` training rows were."""

    conditions: tuple[tuple[Feature, Condition], ...]
    name: str
    probability: float
    n: int


@dataclass(frozen=True, slots=True)
class Neighbours:
    """The remembered rows, scaled, with their classes and ids; `k` of them are asked."""

    points: Matrix
    classes: Codes
    ids: tuple[str, ...]
    k: int
    metric: Metric


@dataclass(frozen=True, slots=True)
class Profile:
    """A model of one target, ready to predict, learnt from `n_rows`."""

    target: str
    names: tuple[str, ...]
    cleaning: Cleaning
    model: Tree | Neighbours
    n_rows: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """Which model is fitted, and how; `criterion` is for trees, `metric` for neighbours."""

    model: Model = "tree"
    criterion: Criterion = "gain"
    metric: Metric = "euclidean"
    random_state: int = 0


def fit_profile(task: Task, options: Options, ids: Sequence[str] = ()) -> Profile:
    """Learn to tell the classes of `task`, pruning or k chosen by five-fold cross-validation.

    The tree is pruned as far as its log loss stays within one standard error of
    the best; k has the best accuracy, the larger of equals. `ids` name the rows
    of `task.table` when they are somebody's neighbours; else they are numbers.

    Raises
    ------
    ProfileError
        If no column tells anything.

    References
    ----------
    L. Breiman et al., "Classification and Regression Trees" (1984), section 3.4.
    """
    cleaning = learn(task.table)
    if not cleaning.columns:
        raise ProfileError(
            f"No column is left that tells {task.target}: "
            "all others are empty, alike or copies of it."
        )
    return Profile(
        target=task.target,
        names=task.names,
        cleaning=cleaning,
        model=_tree(task, cleaning, options)
        if options.model == "tree"
        else _neighbours(task, cleaning, options, ids or [str(row + 1) for row in task.rows]),
        n_rows=len(task.classes),
    )


def predict_profile(profile: Profile, table: pd.DataFrame) -> list[Predicted]:
    """Predict the class of each row; columns that it lacks count as missing."""
    if isinstance(profile.model, Tree):
        return _by_tree(profile, profile.model, table)
    return _by_neighbours(profile, profile.model, table)


def rules(profile: Profile) -> tuple[Rule, ...]:
    """Give the rules of a tree, that of most rows first; none of neighbours."""
    if not isinstance(profile.model, Tree):
        return ()
    probabilities = shares(profile.model)
    found = [
        Rule(
            _conditions(profile, profile.model, number),
            profile.names[int(probabilities[number].argmax())],
            float(probabilities[number].max()),
            sum(node.counts),
        )
        for number, node in enumerate(profile.model.nodes)
        if node.is_leaf
    ]
    return tuple(sorted(found, key=lambda rule: -rule.n))


def folds(classes: Codes, random_state: int) -> list[tuple[Codes, Codes]]:
    """Give `N_FOLDS` pairs of rows to learn from and rows to test on, classes spread evenly."""
    split = StratifiedKFold(N_FOLDS, shuffle=True, random_state=random_state)
    return list(split.split(np.zeros(len(classes)), classes))


def _tree(task: Task, cleaning: Cleaning, options: Options) -> Tree:
    n_classes = len(task.names)
    rows = measured(cleaning, task.table)
    tree = grow(rows, task.classes, n_classes, options.criterion)
    strengths = _between(pruning_path(tree))
    losses = np.empty((len(task.classes), len(strengths)))
    for train, test in folds(task.classes, options.random_state):
        part = learn(task.table.iloc[train])
        grown = grow(
            measured(part, task.table.iloc[train]),
            task.classes[train],
            n_classes,
            options.criterion,
        )
        asked = measured(part, task.table.iloc[test])
        for i, strength in enumerate(strengths):
            grown = prune(grown, strength)  # each goes on from the weaker one before
            told = shares(grown)[leaves(grown, asked)]
            losses[test, i] = -np.log(told[np.arange(len(test)), task.classes[test]])
    means = losses.mean(axis=0)
    best = int(means.argmin())
    limit = means[best] + losses[:, best].std() / np.sqrt(len(losses))
    return prune(tree, strengths[int(np.flatnonzero(means <= limit).max())])


def _between(path_of: Sequence[float]) -> list[float]:
    """Take the geometric middles of a pruning path, as its authors do, at most so many."""
    middles = [np.sqrt(low * high) for low, high in itertools.pairwise(path_of)]
    strengths = sorted({0.0, *map(float, middles), path_of[-1] * 1.01})
    if len(strengths) <= MAX_STRENGTHS:
        return strengths
    kept = np.linspace(0, len(strengths) - 1, MAX_STRENGTHS).round().astype(int)
    return [strengths[i] for i in kept]


def _neighbours(task: Task, cleaning: Cleaning, options: Options, ids: Sequence[str]) -> Neighbours:
    rng = np.random.default_rng(options.random_state)
    drawn = np.sort(rng.permutation(len(task.classes))[:N_REMEMBERED])
    table, classes = task.table.iloc[drawn], task.classes[drawn]
    parts = folds(classes, options.random_state)
    ks = [k for k in KS if k <= min(len(train) for train, _ in parts)]
    right = np.zeros(len(ks))
    for train, test in parts:
        part = learn(table.iloc[train])
        nearest = _nearest(
            scaled(part, table.iloc[train]), scaled(part, table.iloc[test]), ks[-1], options.metric
        )
        for i, k in enumerate(ks):
            votes = _votes(classes[train][nearest[:, :k]], len(task.names))
            right[i] += (votes.argmax(axis=1) == classes[test]).sum()
    k = max(k for k, n in zip(ks, right, strict=True) if n == right.max())
    named = tuple(ids[i] for i in drawn.tolist())
    return Neighbours(scaled(cleaning, table), classes, named, k, options.metric)


def _nearest(points: Matrix, asked: Matrix, k: int, metric: Metric) -> Codes:
    if not len(asked):
        return np.empty((0, k), dtype=np.int64)
    search = NearestNeighbors(n_neighbors=k, metric=metric).fit(points)
    nearest: Codes = search.kneighbors(asked, return_distance=False)
    return nearest


def _votes(classes: Codes, n_classes: int) -> Matrix:
    """Count the neighbours of each class; of equals, the class of the nearest wins."""
    votes = np.zeros((len(classes), n_classes))
    for i in range(classes.shape[1]):
        votes[np.arange(len(classes)), classes[:, i]] += 1 + 1e-6 / (i + 1)
    return votes


def _by_tree(profile: Profile, tree: Tree, table: pd.DataFrame) -> list[Predicted]:
    ends = leaves(tree, measured(profile.cleaning, table))
    probabilities = shares(tree)
    told = {}
    for leaf in np.unique(ends).tolist():
        best = int(probabilities[leaf].argmax())
        counts = tree.nodes[leaf].counts
        because = Because(_conditions(profile, tree, leaf), (), counts[best], sum(counts))
        told[leaf] = Predicted(profile.names[best], float(probabilities[leaf, best]), because)
    return [told[leaf] for leaf in ends.tolist()]


def _conditions(profile: Profile, tree: Tree, leaf: int) -> tuple[tuple[Feature, Condition], ...]:
    features = profile.cleaning.features(with_gaps=True)
    return tuple((features[condition.feature], condition) for condition in path(tree, leaf))


def _by_neighbours(profile: Profile, model: Neighbours, table: pd.DataFrame) -> list[Predicted]:
    asked = scaled(profile.cleaning, table)
    nearest = _nearest(model.points, asked, model.k, model.metric)
    votes = _votes(model.classes[nearest], len(profile.names))
    found = []
    for row, best in enumerate(votes.argmax(axis=1).tolist()):
        n_alike = int((model.classes[nearest[row]] == best).sum())
        named = tuple(
            (model.ids[i], profile.names[model.classes[i]]) for i in nearest[row, :N_NAMED].tolist()
        )
        probability = (n_alike + 1) / (model.k + len(profile.names))  # Laplace, as in the trees
        found.append(
            Predicted(profile.names[best], probability, Because((), named, n_alike, model.k))
        )
    return found
