"""The ways in which groups of points are found; each gives what puts any point into a group."""

import warnings
from collections.abc import Callable
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from sklearn.cluster import DBSCAN, HDBSCAN, KMeans
from sklearn.exceptions import ConvergenceWarning
from sklearn.metrics import pairwise_distances_argmin
from sklearn.mixture import GaussianMixture
from sklearn.neighbors import NearestNeighbors

Method = Literal["kmeans", "gmm", "dbscan", "hdbscan"]
Matrix = NDArray[np.float64]
Labels = NDArray[np.int64]
Assign = Callable[[Matrix], Labels]

MIN_GROUP_SHARE = 0.01  # of the points that are looked at
N_STARTS = 5
MAX_MOVES = 100
STILL = 1e-6  # of a standard deviation: nearer than that, a middle stands
SMALLEST_RADIUS = 1e-9  # where most points have equals


def fit(method: Method, points: Matrix, k: int, seed: int) -> Assign:
    """Find groups in `points` and give what puts any point into one of them.

    `k` is for K-means and the mixture. The density methods have no middles: a
    further point goes where the nearest one of `points` is, or like it nowhere.
    """
    if method == "kmeans":
        middles = KMeans(k, n_init=N_STARTS, random_state=seed).fit(points).cluster_centers_
        return lambda asked: _nearest(asked, middles)
    if method == "gmm":
        fitted = mixture(points, k, seed)
        return lambda asked: fitted.predict(asked).astype(np.int64)
    if method == "dbscan":
        labels = DBSCAN(eps=radius_of(points), min_samples=_n_near(points)).fit_predict(points)
    else:
        size = max(5, round(MIN_GROUP_SHARE * len(points)))
        labels = HDBSCAN(min_cluster_size=size, copy=True).fit_predict(points)
    return lambda asked: labels[pairwise_distances_argmin(asked, points)]


def mixture(points: Matrix, k: int, seed: int) -> GaussianMixture:
    """Fit a mixture of `k` normal distributions, each with a covariance of its own."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)  # the best step so far is kept
        return GaussianMixture(k, reg_covar=1e-3, random_state=seed).fit(points)


def radius_of(points: Matrix) -> float:
    """Choose the radius for DBSCAN: the knee of the distances to the n-th neighbour.

    Sorted, these rise slowly among the points of groups and fast among those
    outside; the knee is furthest below the straight line between the ends.

    References
    ----------
    M. Ester et al., "A density-based algorithm for discovering clusters"
    (1996), section 4.2; V. Satopää et al., "Finding a 'kneedle' in a haystack"
    (2011), for the knee.
    """
    search = NearestNeighbors(n_neighbors=min(_n_near(points), len(points))).fit(points)
    reach = np.sort(search.kneighbors(points)[0][:, -1])
    line = np.linspace(reach[0], reach[-1], len(reach))
    return max(float(reach[int(np.argmax(line - reach))]), SMALLEST_RADIUS)


def refined(points: Matrix, starts: Matrix) -> Assign:
    """Let K-means go on from `starts` on all `points`."""
    _, middles = k_means(points, starts)
    return lambda asked: _nearest(asked, middles)


def k_means(points: Matrix, starts: Matrix) -> tuple[Labels, Matrix]:
    """Group `points` around as many middles as `starts` has, beginning there.

    Returns the group of each point and the middles, both numbered as `starts`.
    Between two middles as near, a point goes to the later one; a middle that
    loses all its points stays where it was.

    References
    ----------
    S. Lloyd, "Least squares quantization in PCM" (1982).
    """
    middles = starts
    for _ in range(MAX_MOVES):
        labels = _nearest(points, middles)
        sizes = np.bincount(labels, minlength=len(starts))[:, None]
        sums = np.array([np.bincount(labels, column, len(starts)) for column in points.T]).T
        moved = np.where(sizes > 0, sums / np.maximum(sizes, 1), middles)
        if np.allclose(moved, middles, rtol=0, atol=STILL):
            break
        middles = moved
    return labels, moved


def _nearest(points: Matrix, middles: Matrix) -> Labels:
    # of two as near, the search takes the first
    nearest: Labels = len(middles) - 1 - pairwise_distances_argmin(points, middles[::-1])
    return nearest


def _n_near(points: Matrix) -> int:
    """Take twice the dimension, as Sander et al. (1998) do, but at least ten.

    With their four, moons and rings of 300 to 2,000 points fell to pieces.
    """
    return min(max(2 * int(points.shape[1]), 10), max(2, len(points) // 5))
