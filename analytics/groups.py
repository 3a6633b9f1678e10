"""Groups in any table of customers, and what sets each apart."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from analytics.actions import LOW_HIGH, Action, choose_action
from analytics.cleaning import Cleaning, Feature, learn, measured, scaled
from analytics.cluster_methods import Labels, Matrix, Method
from analytics.clusters import Clustering, cluster
from analytics.frames import enough
from analytics.naming import n_telling

MIN_CUSTOMERS = 10
MIN_EFFECT = 0.5  # standard deviations off the mean of all: Cohen's "medium"
SMALL_EFFECT = 0.2  # Cohen's "small": taken alone, where there is no stronger one
MAX_TRAITS = 4  # more, and nobody reads them


@dataclass(frozen=True, slots=True, kw_only=True)
class Trait:
    """How a group differs from all customers, by `effect` standard deviations.

    `own` and `usual` are the medians of the group and of all; of a category,
    the shares that have it.
    """

    feature: Feature
    effect: float
    own: float
    usual: float

    @property
    def is_high(self) -> bool:
        """Whether the group has more of it than the others."""
        return self.effect > 0

    @property
    def signal(self) -> str:
        """What this means where the measure is known, else the feature and its direction."""
        known = LOW_HIGH.get(self.feature.column) if self.feature.value is None else None
        return known[self.is_high] if known else f"{self.feature} {self.is_high}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """Customers who are alike; the first `n_telling` of `traits` are enough for a name."""

    size: int
    share: float
    traits: tuple[Trait, ...]
    n_telling: int
    action: Action


@dataclass(frozen=True, slots=True, kw_only=True)
class Grouping:
    """Groups, the largest first, and how they were found; none where none are clear.

    `clustering.labels` says for each row of the table which group it is in,
    also where the groups are not clear.
    """

    groups: tuple[Group, ...]
    clustering: Clustering
    cleaning: Cleaning
    n_customers: int


def group_customers(
    customers: pd.DataFrame,
    *,
    described: pd.DataFrame | None = None,
    method: Method | None = None,
    k: int | None = None,
    random_state: int = 0,
) -> Grouping:
    """Group the rows of any table by all columns that tell something.

    With `k` there are that many groups also where they are not clear.
    `described` has the same rows with more columns, which serve only to say
    what sets a group apart.

    Raises
    ------
    NotEnoughDataError
        If there are fewer than `MIN_CUSTOMERS`, or than two for each of `k`.
    """
    enough("customers", found=len(customers), needed=max(MIN_CUSTOMERS, 2 * (k or 0)))
    cleaning = learn(customers)
    points = scaled(cleaning, customers)
    clustering = cluster(points, method, k, random_state)
    told = cleaning if described is None else learn(described)
    shown = customers if described is None else described
    is_wanted = clustering.k > 1 and (clustering.clear or k is not None)
    return Grouping(
        groups=_groups(told, shown, clustering.labels) if is_wanted else (),
        clustering=clustering,
        cleaning=cleaning,
        n_customers=len(customers),
    )


def _groups(cleaning: Cleaning, frame: pd.DataFrame, labels: Labels) -> tuple[Group, ...]:
    points, own = scaled(cleaning, frame), measured(cleaning, frame)
    features = cleaning.features(with_gaps=True)
    is_told = np.array([feature.kind not in {"unknown", "other"} for feature in features])
    own = own[:, is_told]
    told = [feature for feature in features if feature.kind not in {"unknown", "other"}]
    kept = [feature.kind != "other" for feature in cleaning.features()]
    points = points[:, kept]
    spreads = np.maximum(points.std(axis=0), 1e-9)
    usual = _middles(told, own)
    found = []
    for label in range(int(labels.max()) + 1):
        members = labels == label
        effects = (points[members].mean(axis=0) - points.mean(axis=0)) / spreads
        found.append(_traits(told, effects, _middles(told, own[members]), usual))
    sizes = np.bincount(labels[labels >= 0])
    lengths = n_telling([[trait.signal for trait in traits] for traits in found])
    return tuple(
        Group(
            size=int(size),
            share=float(size / len(labels)),
            traits=traits,
            n_telling=length,
            action=choose_action(trait.signal for trait in traits),
        )
        for size, traits, length in zip(sizes, found, lengths, strict=True)
    )


def _middles(features: list[Feature], rows: Matrix) -> list[float]:
    return [
        float(np.median(rows[:, i]) if feature.value is None else rows[:, i].mean())
        for i, feature in enumerate(features)
    ]


def _traits(
    features: list[Feature], effects: Matrix, own: list[float], usual: list[float]
) -> tuple[Trait, ...]:
    traits = [
        Trait(feature=features[i], effect=float(effects[i]), own=own[i], usual=usual[i])
        for i in np.argsort(-np.abs(effects), kind="stable").tolist()
    ]
    strong = [trait for trait in traits if abs(trait.effect) >= MIN_EFFECT]
    weak = [trait for trait in traits[:1] if abs(trait.effect) >= SMALL_EFFECT]
    return tuple(strong[:MAX_TRAITS] or weak)
