"""Group customers: what it costs as they get more, and how good the groups of real shops are.

Usage: python -m benchmarks.segments [DATA_FOLDER]

Invented customers have twelve measures and belong to five groups; each number of
them is grouped in a process of its own, on one thread, with k chosen. "found" is
the adjusted Rand index with the groups that they were made in. Of the folder,
`online_retail` and `cdnow` are grouped by recency, frequency and value, `wholesale`
by all it has. "plain" is scikit-learn's KMeans with the same k on columns that
are only standardised; each silhouette is of the columns that were grouped.
"""

import multiprocessing
import resource
import sys
import time
from pathlib import Path

import numpy as np
import pandas as pd
from sklearn.cluster import KMeans
from sklearn.datasets import make_blobs
from sklearn.metrics import adjusted_rand_score, silhouette_score
from sklearn.preprocessing import StandardScaler
from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]

from analytics.cleaning import scaled
from analytics.clusters import gap_k
from analytics.groups import group_customers
from analytics.moments import read_moments
from analytics.purchases import RFM, purchase_features

SIZES = (1_000, 10_000, 100_000, 1_000_000)
N_FEATURES = 12
N_JUDGED = 5_000
N_AGAIN = 10  # bootstrap samples for the stability of the plain K-means


def main() -> None:
    """Print a line for each size, then one for each shop."""
    print(f"{'customers':>10}{'seconds':>9}{'GB':>6}{'k':>4}{'silhouette':>12}{'found':>7}")
    for n in SIZES:
        with multiprocessing.get_context("spawn").Pool(1) as process:
            print(process.apply(_invented, (n,)), flush=True)
    if len(sys.argv) > 1:
        print(
            f"\n{'shop':<15}{'customers':>10}{'k':>4}{'gap':>5}{'silhouette':>12}{'clouds':>8}"
            f"{'stability':>11}{'plain, same columns':>21}{'stability':>11}{'plain, raw':>12}"
        )
        with threadpool_limits(limits=1):
            for name, table in _shops(Path(sys.argv[1])).items():
                print(_real(name, table), flush=True)


def _invented(n: int) -> str:
    points, groups = make_blobs(n, n_features=N_FEATURES, centers=5, cluster_std=4, random_state=0)
    frame = pd.DataFrame(points, columns=[f"measure {i}" for i in range(N_FEATURES)])
    with threadpool_limits(limits=1):
        started = time.perf_counter()
        found = group_customers(frame).clustering
        seconds = time.perf_counter() - started
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6
    alike = adjusted_rand_score(groups, found.labels)
    return f"{n:>10,}{seconds:>9.1f}{peak:>6.2f}{found.k:>4}{found.silhouette:>12.3f}{alike:>7.3f}"


def _shops(folder: Path) -> dict[str, pd.DataFrame]:
    retail = pd.read_csv(folder / "online_retail" / "online_retail.csv.gz").dropna(
        subset=["CustomerID"]
    )
    cdnow = pd.read_csv(
        folder / "cdnow" / "CDNOW_master.txt",
        sep=r"\s+",
        skiprows=1,
        names=["customer", "at", "n", "value"],
    )
    bought = retail.assign(
        customer=retail["CustomerID"],
        at=read_moments(retail["InvoiceDate"]).values,
        value=retail["Quantity"] * retail["UnitPrice"],
    )
    return {
        "online_retail": purchase_features(bought)[list(RFM)],
        "cdnow": purchase_features(cdnow.assign(at=read_moments(cdnow["at"]).values))[list(RFM)],
        "wholesale": pd.read_csv(folder / "wholesale" / "wholesale.csv"),
    }


def _real(name: str, table: pd.DataFrame) -> str:
    found = group_customers(table)
    clusters = found.clustering
    points = scaled(found.cleaning, table)
    raw = StandardScaler().fit_transform(table)
    plain = KMeans(clusters.k, n_init=10, random_state=0).fit(points)
    plain_raw = KMeans(clusters.k, n_init=10, random_state=0).fit(raw)
    ours = _silhouette(points, clusters.labels)
    return (
        f"{name:<15}{len(table):>10,}{clusters.k:>4}{gap_k(clusters.tried) or 0:>5}{ours:>12.3f}"
        f"{clusters.baseline_silhouette:>8.3f}{clusters.stability:>11.3f}"
        f"{_silhouette(points, plain.labels_):>21.3f}{_stability(points, plain):>11.3f}"
        f"{_silhouette(raw, plain_raw.labels_):>12.3f}"
    )


def _silhouette(points: np.ndarray, labels: np.ndarray) -> float:
    drawn = np.random.default_rng(0).permutation(len(points))[:N_JUDGED]
    return float(silhouette_score(points[drawn], labels[drawn]))


def _stability(points: np.ndarray, plain: KMeans) -> float:
    rng = np.random.default_rng(0)
    scores = []
    for _ in range(N_AGAIN):
        again = points[rng.integers(len(points), size=len(points))]
        labels = KMeans(plain.n_clusters, random_state=0).fit(again).predict(points)
        scores.append(adjusted_rand_score(plain.labels_, labels))
    return float(np.mean(scores))


if __name__ == "__main__":
    main()
