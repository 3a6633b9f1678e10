"""Groups of customers who behave alike, and what sets each apart."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from sklearn.cluster import KMeans
from sklearn.metrics import silhouette_score
from sklearn.preprocessing import StandardScaler

from analytics.frames import CUSTOMERS, enough, require, require_aware

MIN_CUSTOMERS = 10
MIN_SILHOUETTE = 0.25  # below it "no substantial structure": Kaufman & Rousseeuw (1990), table 4
MIN_SEGMENT = 3  # one or two customers are persons, not a group
MAX_SEGMENTS = 6
RECENT_DAYS = 14  # a customer of a small shop who wrote within two weeks is not lost
NEW_DAYS = 30
N_CLOUDS = 19  # to beat all of 19 structureless clouds by chance has probability 1 in 20
N_SAMPLED = 250  # silhouettes compare every pair, so k is chosen on a sample
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
Matrix = NDArray[np.float64]


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
    the fewest of them that no other segment shares, joined by "+".
    """

    name: str
    size: int
    share: float
    traits: tuple[Trait, ...]
    profile: Profile
    customers: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Segmentation:
    """Segments, the largest first; none where the customers form no clear groups.

    `silhouette` is that of the best grouping found, used or not, and
    `baseline_silhouette` the best that K-means finds in structureless clouds of
    the same shape; both are None where the customers do not differ at all.
    """

    segments: tuple[Segment, ...]
    silhouette: float | None
    baseline_silhouette: float | None
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

    The number of groups is that of the highest silhouette. Groups count as
    clear where the silhouette reaches `MIN_SILHOUETTE` and is higher than in
    `N_CLOUDS` normal clouds with the customers' own covariance: K-means cuts
    anything into groups, also where there are none.

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
    rng = np.random.default_rng(random_state)
    sample = points[rng.permutation(len(points))[:N_SAMPLED]]

    best = _best_k(sample, random_state)
    beaten = [_best_k(cloud, random_state) for cloud in _clouds(sample, rng)] if best else []
    baseline = max((score for score, _ in filter(None, beaten)), default=None)
    clear = best is not None and best[0] >= MIN_SILHOUETTE and best[0] > (baseline or 0)
    labels = _k_means(points, best[1], random_state) if best and clear else None
    return Segmentation(
        segments=() if labels is None else _segments(customers, measures, standard, labels),
        silhouette=best and best[0],
        baseline_silhouette=baseline,
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


def _clouds(points: Matrix, rng: np.random.Generator) -> list[Matrix]:
    """Return normal clouds with the covariance of `points`, up to a rotation.

    Distances, and so groups and silhouettes, do not change with a rotation.
    """
    spread = np.linalg.svd(points - points.mean(axis=0), compute_uv=False) / np.sqrt(len(points))
    return [rng.standard_normal((len(points), len(spread))) * spread for _ in range(N_CLOUDS)]


def _best_k(points: Matrix, random_state: int) -> tuple[float, int] | None:
    """Return the highest silhouette and its k; None if no k leaves only real groups."""
    found = []
    n_distinct = len(np.unique(points, axis=0))
    for k in range(2, min(MAX_SEGMENTS, n_distinct) + 1):
        labels = _k_means(points, k, random_state)
        if np.bincount(labels, minlength=k).min() >= MIN_SEGMENT:
            found.append((float(silhouette_score(points, labels)), k))
    return max(found, default=None)


def _k_means(points: Matrix, k: int, random_state: int) -> NDArray[np.int32]:
    labels: NDArray[np.int32] = KMeans(k, n_init=3, random_state=random_state).fit_predict(points)
    return labels


def _segments(
    customers: pd.DataFrame,
    measures: pd.DataFrame,
    standard: pd.DataFrame,
    labels: NDArray[np.int32],
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
    """Name each by the fewest leading traits that no other starts with, or number them."""
    stems: list[str] = []
    names: list[str] = []
    for own in traits:
        lengths = range(1, len(own) + 1)
        alone = (n for n in lengths if sum(other[:n] == own[:n] for other in traits) == 1)
        stem = "+".join(own[: next(alone, len(own))]) or "average"
        stems.append(stem)
        names.append(stem if stems.count(stem) == 1 else f"{stem} {stems.count(stem)}")
    return names
