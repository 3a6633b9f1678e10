"""Finds groups of points and tells how real they are.

Whatever the number of points, what compares pairs of them looks at a sample, so
that a million take seconds; every point is then given to a group found there.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]

from analytics.cluster_methods import (
    MIN_GROUP_SHARE,
    Labels,
    Matrix,
    Method,
    fit,
    mixture,
    radius_of,
    refined,
)
from analytics.cluster_quality import (
    MIN_GROUP,
    cloud_silhouette,
    davies_bouldin_of,
    gaps,
    silhouette_of,
    stability_of,
    within_distance,
)

MAX_K = 10
MIN_SILHOUETTE = 0.25  # below it "no substantial structure": Kaufman & Rousseeuw (1990), table 4
MIN_STABILITY = 0.6  # where Hennig draws the line of what to trust, there for the Jaccard index
MIN_GROUPED = 0.5  # of all points: groups that leave out most of them describe nobody
N_FITTED = 20_000  # points that groups are first sought in
N_JUDGED = 2_000  # silhouettes compare every pair
N_STABLE = 1_000  # grouped again and again, for the stability and the gap statistic
N_DENSE = 4_000  # density methods compare every pair too, in memory
TIE = 0.02  # silhouettes of a sample of 2,000 differ by as much from draw to draw


@dataclass(frozen=True, slots=True)
class Tried:
    """How one number of groups did; `gap_error` is the s of the gap statistic."""

    k: int
    silhouette: float | None
    gap: float | None
    gap_error: float | None
    bic: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Clustering:
    """Which group each point is in, the largest being 0; -1 is in none.

    `silhouette` is the mean of the points that are in a group, `within` the
    root mean square distance to the middle of the own group, `davies_bouldin`
    as its authors define it; each None with fewer than two groups. `stability`
    is the mean adjusted Rand index between these groups and those found in
    bootstrap samples, `baseline_silhouette` the best that K-means finds in
    structureless clouds of the same spread. `radius` is that of DBSCAN.
    """

    method: Method
    k: int
    labels: Labels
    silhouette: float | None
    baseline_silhouette: float | None
    davies_bouldin: float | None
    within: float | None
    stability: float | None
    radius: float | None
    tried: tuple[Tried, ...]
    clear: bool


def cluster(
    points: Matrix,
    method: Method | None = None,
    k: int | None = None,
    random_state: int = 0,
    *,
    max_k: int = MAX_K,
) -> Clustering:
    """Group `points`, of shape (n_points, n_features), of comparable scale.

    Without a `method`, K-means is taken where it finds clear groups, else the
    first of HDBSCAN and the Gaussian mixture that does. Groups are clear that
    have a stability of `MIN_STABILITY`, hold most points, and have a silhouette
    of `MIN_SILHOUETTE`, above what K-means finds in normal clouds of the same
    covariance; those of the density methods, which may be long and bent, only
    one above 0. `k` is chosen, where it is not given: for K-means by the silhouette,
    ties by the gap statistic; for the mixture by BIC; the density methods need
    none, nor heed `max_k`. The order of the points plays no part.

    References
    ----------
    D. Arthur & S. Vassilvitskii, "k-means++" (2007). R. Tibshirani et al.,
    "Estimating the number of clusters in a data set via the gap statistic",
    JRSS B 63 (2001). C. Hennig, "Cluster-wise assessment of cluster stability",
    CSDA 52 (2007).
    """
    with threadpool_limits(limits=1):  # on a busy machine, threads made it forty times slower
        return _cluster(points, method, k, random_state, max_k)


def _cluster(
    points: Matrix, method: Method | None, k: int | None, random_state: int, max_k: int
) -> Clustering:
    rng = np.random.default_rng(random_state)
    order = _canonical(points)
    sample = _drawn(points, order, N_FITTED, rng)
    n_distinct = len(np.unique(sample[:N_STABLE], axis=0))  # of the smallest part that is used
    if n_distinct < 2 or not points.shape[1]:
        return _nothing(method or "kmeans", len(points))
    max_k = min(max_k, n_distinct)
    baseline = cloud_silhouette(sample, rng, max_k)
    work = _Work(points, sample, n_distinct, max_k, random_state, baseline)
    if method is not None:
        return _clustering(work, method, k)
    order_tried: tuple[Method, ...] = ("kmeans", "gmm") if k else ("kmeans", "hdbscan", "gmm")
    found: list[Clustering] = []
    for each in order_tried:
        found.append(_clustering(work, each, k))
        if found[-1].clear:
            return found[-1]
    return found[0]


@dataclass(frozen=True, slots=True)
class _Work:
    points: Matrix
    sample: Matrix
    n_distinct: int
    max_k: int
    seed: int
    baseline: float

    @property
    def judged(self) -> Matrix:
        return self.sample[:N_JUDGED]

    @property
    def dense(self) -> Matrix:
        return self.sample[:N_DENSE]


def _clustering(work: _Work, method: Method, k: int | None) -> Clustering:
    radius: float | None = None
    tried: tuple[Tried, ...] = ()
    match method:
        case "kmeans":
            tried = _tried_k(work, k)
            chosen = k or _best_k(tried)
        case "gmm":
            tried = _tried_bic(work, k)
            chosen = k or min(tried, key=lambda each: each.bic or 0.0).k
        case "dbscan":
            radius = radius_of(work.dense)
            chosen = 0
        case "hdbscan":
            chosen = 0
    chosen = min(chosen, work.n_distinct)
    assign = fit(method, work.dense if chosen == 0 else work.sample, chosen, work.seed)
    if method == "kmeans" and len(work.points) > len(work.sample):
        found = assign(work.sample)
        starts = np.array([work.sample[found == each].mean(axis=0) for each in np.unique(found)])
        assign = refined(work.points, starts)
    labels = _by_size(assign(work.points))
    own = _by_size(assign(work.judged))
    n_groups = int(labels.max()) + 1
    silhouette = silhouette_of(work.judged, own)
    stability = (
        stability_of(work.sample[:N_STABLE], method, chosen, work.seed) if n_groups > 1 else None
    )
    return Clustering(
        method=method,
        k=n_groups,
        labels=labels,
        silhouette=silhouette,
        baseline_silhouette=work.baseline,
        davies_bouldin=davies_bouldin_of(work.judged, own),
        within=within_distance(work.points, labels) if n_groups > 1 else None,
        stability=stability,
        radius=radius,
        tried=tried,
        clear=silhouette is not None
        and stability is not None
        and silhouette >= (max(MIN_SILHOUETTE, work.baseline) if chosen else 0)
        and stability >= MIN_STABILITY
        and float((labels >= 0).mean()) >= MIN_GROUPED,
    )


def _nothing(method: Method, n: int) -> Clustering:
    return Clustering(
        method=method, k=1, labels=np.zeros(n, dtype=np.int64), silhouette=None,
        baseline_silhouette=None, davies_bouldin=None, within=None, stability=None,
        radius=None, tried=(), clear=False,
    )  # fmt: skip


def _canonical(points: Matrix) -> NDArray[np.intp]:
    """Order the points by what they are, so that the order they came in plays no part."""
    direction = np.random.default_rng(0).standard_normal(points.shape[1])
    return np.argsort((points @ direction).round(6), kind="stable")


def _drawn(points: Matrix, order: NDArray[np.intp], n: int, rng: np.random.Generator) -> Matrix:
    """Draw `n` points, in random order, so that the first ones are a sample as well."""
    drawn: Matrix = points[order[rng.permutation(len(points))[:n]]]
    return drawn


def _tried_k(work: _Work, k: int | None) -> tuple[Tried, ...]:
    ks = [k] if k else range(1, work.max_k + 1)
    fitted, judged = work.sample[: 5 * N_JUDGED], work.judged
    found = {} if k else gaps(work.sample[:N_STABLE], list(ks), work.seed)
    least = max(MIN_GROUP, MIN_GROUP_SHARE * len(judged))
    tried = []
    for each in ks:
        silhouette = None
        if 1 < each < len(judged):
            labels = fit("kmeans", fitted, min(each, work.n_distinct), work.seed)(judged)
            if k or np.bincount(labels).min() >= least:
                silhouette = silhouette_of(judged, labels)
        gap, error = found.get(each, (None, None))
        tried.append(Tried(each, silhouette, gap, error, None))
    return tuple(tried)


def _best_k(tried: Sequence[Tried]) -> int:
    """Choose the k of the best silhouette; among its equals, the one the gap statistic takes."""
    silhouettes = {each.k: each.silhouette for each in tried if each.silhouette is not None}
    if not silhouettes:
        return 1
    best = max(silhouettes.values())
    equals = [k for k, silhouette in silhouettes.items() if silhouette >= best - TIE]
    preferred = gap_k(tried)
    return preferred if preferred in equals else max(equals, key=lambda k: silhouettes[k])


def gap_k(tried: Sequence[Tried]) -> int | None:
    """Give the smallest k whose gap is within one error of the largest; 1 is "no groups".

    Tibshirani's own rule, the first k after which the gap does not grow, stops
    at 1 where there are groups of groups.

    References
    ----------
    S. Dudoit & J. Fridlyand, "A prediction-based resampling method for
    estimating the number of clusters", Genome Biology 3 (2002).
    """
    gaps_of = {each.k: each.gap for each in tried if each.gap is not None}
    if not gaps_of:
        return None
    best = max(tried, key=lambda each: -np.inf if each.gap is None else each.gap)
    limit = gaps_of[best.k] - (best.gap_error or 0.0)
    return next(k for k, gap in gaps_of.items() if gap >= limit)


def _tried_bic(work: _Work, k: int | None) -> tuple[Tried, ...]:
    fitted = work.sample[: 2 * N_JUDGED]
    most = min(work.max_k, max(1, len(fitted) // (2 * fitted.shape[1])))
    ks = [k] if k else range(1, most + 1)
    return tuple(
        Tried(each, None, None, None, float(mixture(fitted, each, work.seed).bic(fitted)))
        for each in ks
    )


def _by_size(labels: Labels) -> Labels:
    """Give the groups numbers from the largest on; -1 stays."""
    found, sizes = np.unique(labels[labels >= 0], return_counts=True)
    rank = np.full(int(labels.max(initial=-1)) + 2, -1)  # the last is that of -1
    rank[found[np.argsort(-sizes, kind="stable")]] = np.arange(len(found))
    numbered: Labels = rank[labels]
    return numbered
