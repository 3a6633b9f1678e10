"""How good groups of points are: compact, apart, stable, and more than chance would give."""

from collections.abc import Sequence

import numpy as np
from sklearn.cluster import KMeans
from sklearn.metrics import adjusted_rand_score, davies_bouldin_score, silhouette_samples

from analytics.cluster_methods import Labels, Matrix, Method, fit

MIN_GROUP = 3  # one or two customers are persons, not a group
N_CLOUDS = 19  # to beat all of 19 structureless clouds by chance has probability 1 in 20
N_REFERENCE = 500  # points of a cloud
N_GAPS = 10  # reference sets: the B of Tibshirani et al.; they used 10 as well
N_BOOTSTRAPS = 20


def silhouette_of(points: Matrix, labels: Labels) -> float | None:
    """Give the mean silhouette of the points that are in a group; None with fewer than two."""
    inside = labels >= 0
    n_groups = len(np.unique(labels[inside]))
    if not 1 < n_groups < inside.sum():
        return None
    return float(silhouette_samples(points[inside], labels[inside]).mean())


def davies_bouldin_of(points: Matrix, labels: Labels) -> float | None:
    """Give the index of Davies & Bouldin (1979), the lower the better; None as above."""
    inside = labels >= 0
    if not 1 < len(np.unique(labels[inside])) < inside.sum():
        return None
    return float(davies_bouldin_score(points[inside], labels[inside]))


def within_distance(points: Matrix, labels: Labels) -> float:
    """Give the root mean square distance of the points in a group to its middle."""
    total = 0.0
    for label in range(labels.max() + 1):
        members = points[labels == label]
        total += float(members.var(axis=0).sum()) * len(members)
    return float(np.sqrt(total / max(1, (labels >= 0).sum())))


def gaps(points: Matrix, ks: Sequence[int], seed: int) -> dict[int, tuple[float, float]]:
    """Compare log dispersion with that of uniform boxes along the principal axes."""
    rng = np.random.default_rng(seed)
    middle = points - points.mean(axis=0)
    axes = np.linalg.svd(middle, full_matrices=False)[2]
    turned = middle @ axes.T
    low, high = turned.min(axis=0), turned.max(axis=0)
    boxes = [rng.uniform(low, high, turned.shape) for _ in range(N_GAPS)]
    found = {}
    for k in ks:
        reference = np.array([_log_dispersion(box, k, seed) for box in boxes])
        error = float(reference.std() * np.sqrt(1 + 1 / N_GAPS))
        found[k] = float(reference.mean() - _log_dispersion(turned, k, seed)), error
    return found


def _log_dispersion(points: Matrix, k: int, seed: int) -> float:
    inertia = KMeans(min(k, len(points)), n_init=1, random_state=seed).fit(points).inertia_
    return float(np.log(max(inertia, 1e-12)))


def cloud_silhouette(sample: Matrix, rng: np.random.Generator, max_k: int) -> float:
    """Find the best silhouette of K-means in normal clouds of the sample's covariance.

    Turning a cloud changes no distance, so its principal axes are enough.
    """
    points = sample[:N_REFERENCE]
    spread = np.linalg.svd(sample - sample.mean(axis=0), compute_uv=False) / np.sqrt(len(sample))
    best = 0.0
    for _ in range(N_CLOUDS):
        cloud = rng.standard_normal((len(points), len(spread))) * spread
        for k in range(2, min(max_k, len(points) - 1) + 1):
            labels = KMeans(k, n_init=1, random_state=0).fit_predict(cloud)
            if np.bincount(labels).min() >= MIN_GROUP:
                best = max(best, silhouette_of(cloud, labels) or 0.0)
    return best


def stability_of(points: Matrix, method: Method, k: int, seed: int) -> float:
    """Find the groups again in bootstrap samples and see how far the same points go together."""
    rng = np.random.default_rng(seed)
    reference = fit(method, points, k, seed)(points)
    scores = []
    for i in range(N_BOOTSTRAPS):
        again = points[rng.integers(len(points), size=len(points))]
        if k > len(np.unique(again, axis=0)):
            continue
        labels = fit(method, again, k, seed + i + 1)(points)
        scores.append(adjusted_rand_score(reference, labels))
    return float(np.mean(scores)) if scores else 0.0
