"""Groups of customers who behave alike, and what sets each apart."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd
from sklearn.preprocessing import StandardScaler

from analytics.actions import Action, choose_action
from analytics.cluster_methods import Labels
from analytics.clusters import cluster
from analytics.frames import CUSTOMERS, enough, require, require_aware
from analytics.naming import n_telling

MIN_CUSTOMERS = 10
MAX_SEGMENTS = 6
RECENT_DAYS = 14  # a customer of a small shop who wrote within two weeks is not lost
NEW_DAYS = 30
MIN_EFFECT = 0.5  # standard deviations off the mean of all: Cohen's "medium"

Trait = Literal[
    "recent", "lapsed", "frequent", "quiet", "needs_help", "self_served", "happy", "unhappy",
    "new", "long_known",
]  # fmt: skip
_TRAITS: dict[str, tuple[Trait, Trait]] = {  # of a low and of a high mean
    "recency_days": ("recent", "lapsed"),
    "tenure_days": ("new", "long_known"),
    "n_messages": ("quiet", "frequent"),
    "handoff_share": ("self_served", "needs_help"),
    "mean_sentiment": ("unhappy", "happy"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """The median customer of a segment; `mean_sentiment` is None where nobody's is known."""

    recency_days: float
    tenure_days: float
    n_messages: float
    handoff_share: float
    mean_sentiment: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Segment:
    """Customers who behave alike.

    `traits` are codes of what sets them apart, the strongest first; `name` is
    the fewest of them that no other segment shares, joined by "+"; `action` is
    the code of what they ask for.
    """

    name: str
    size: int
    share: float
    traits: tuple[Trait, ...]
    action: Action
    profile: Profile
    customers: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Segmentation:
    """Segments, the largest first; none where the customers form no clear groups.

    `silhouette` and `stability` are those of the best grouping found, used or
    not; `baseline_silhouette` is the best that K-means finds in structureless
    clouds of the same shape. All are as in `clusters.Clustering`, and None where
    the customers do not differ at all.
    """

    segments: tuple[Segment, ...]
    silhouette: float | None
    baseline_silhouette: float | None
    stability: float | None
    n_customers: int
    as_of: dt.datetime

    @property
    def clear(self) -> bool:
        """Whether the customers form groups."""
        return bool(self.segments)


def segment_customers(
    customers: pd.DataFrame, as_of: dt.datetime, random_state: int = 0
) -> Segmentation:
    """Group customers by recency, messages, handoffs and sentiment, with K-means.

    `clusters.cluster` chooses their number, up to `MAX_SEGMENTS`, and tells
    whether they are clear: K-means cuts anything into groups, also where there
    are none.

    Raises
    ------
    FrameError
        If `customers` breaks its contract.
    NotEnoughDataError
        If there are fewer than `MIN_CUSTOMERS`.
    """
    require_aware("as_of", as_of)
    customers = require(customers, CUSTOMERS)
    enough("customers", found=len(customers), needed=MIN_CUSTOMERS)
    measures = _measures(customers, as_of)
    standard = _standardized(measures)
    points = standard.drop(columns="tenure_days").to_numpy().round(9)  # noise makes no group
    found = cluster(points, "kmeans", random_state=random_state, max_k=MAX_SEGMENTS)
    return Segmentation(
        segments=_segments(customers, measures, standard, found.labels) if found.clear else (),
        silhouette=found.silhouette,
        baseline_silhouette=found.baseline_silhouette,
        stability=found.stability,
        n_customers=len(customers),
        as_of=as_of,
    )


def _measures(customers: pd.DataFrame, as_of: dt.datetime) -> pd.DataFrame:
    n_messages = customers["n_messages"]
    handoff_share = customers["n_handoffs"] / n_messages.clip(lower=1)
    return pd.DataFrame(
        {
            "recency_days": _days(as_of, customers["last_seen_at"]),
            "tenure_days": _days(as_of, customers["first_seen_at"]),
            "n_messages": n_messages.astype(float),
            "handoff_share": handoff_share.clip(upper=1),
            "mean_sentiment": customers["mean_sentiment"],
        }
    )


def _days(as_of: dt.datetime, since: "pd.Series[pd.Timestamp]") -> "pd.Series[float]":
    return (as_of - since).dt.total_seconds().clip(lower=0) / 86_400


def _standardized(measures: pd.DataFrame) -> pd.DataFrame:
    """Return measures with mean 0 and deviation 1; counts and days by their logarithm."""
    even = measures.fillna(measures.mean()).fillna(0)
    logged = ["recency_days", "tenure_days", "n_messages"]
    even[logged] = np.log1p(even[logged])
    return pd.DataFrame(StandardScaler().fit_transform(even), columns=even.columns)


def _segments(
    customers: pd.DataFrame,
    measures: pd.DataFrame,
    standard: pd.DataFrame,
    labels: Labels,
) -> tuple[Segment, ...]:
    sizes = np.bincount(labels)
    order = np.argsort(-sizes, kind="stable")
    traits = [_traits(measures[labels == label], standard[labels == label]) for label in order]
    return tuple(
        Segment(
            name=name,
            size=int(sizes[label]),
            share=float(sizes[label] / len(customers)),
            traits=own,
            action=choose_action(own),
            profile=_profile(measures[labels == label]),
            customers=tuple(customers.loc[labels == label, "customer"].tolist()),
        )
        for label, own, name in zip(order, traits, _names(traits), strict=True)
    )


def _traits(measures: pd.DataFrame, standard: pd.DataFrame) -> tuple[Trait, ...]:
    effects = standard.mean().sort_values(key=np.abs, ascending=False)
    effects = pd.concat([effects.drop("tenure_days"), effects[["tenure_days"]]])  # behaviour first
    traits = [
        _TRAITS[str(measure)][int(effect > 0)]
        for measure, effect in effects.items()
        if abs(effect) >= MIN_EFFECT
    ]
    # Less happy than the others is not unhappy, and silent for longer is not silent for long.
    wrong: set[Trait] = {
        "unhappy" if measures["mean_sentiment"].mean() > 0 else "happy",
        "lapsed" if measures["recency_days"].median() < RECENT_DAYS else "recent",
        "long_known" if measures["tenure_days"].median() < NEW_DAYS else "new",
    }
    return tuple(trait for trait in traits if trait not in wrong)


def _profile(measures: pd.DataFrame) -> Profile:
    medians = measures.median()
    return Profile(
        recency_days=float(medians["recency_days"]),
        tenure_days=float(medians["tenure_days"]),
        n_messages=float(medians["n_messages"]),
        handoff_share=float(medians["handoff_share"]),
        mean_sentiment=(
            None if measures["mean_sentiment"].isna().all() else float(medians["mean_sentiment"])
        ),
    )


def _names(traits: Sequence[tuple[Trait, ...]]) -> list[str]:
    """Name each by the fewest traits that tell it from the others, or number them."""
    names: list[str] = []
    stems = [
        "+".join(own[:n]) or "average" for own, n in zip(traits, n_telling(traits), strict=True)
    ]
    for i, stem in enumerate(stems):
        n_before = stems[:i].count(stem)
        names.append(f"{stem} {n_before + 1}" if n_before else stem)
    return names
