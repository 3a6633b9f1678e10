import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.datasets import make_blobs, make_moons
from sklearn.metrics import adjusted_rand_score

from analytics.cluster_methods import Matrix, Method, k_means
from analytics.clusters import cluster, gap_k

METHODS: tuple[Method, ...] = ("kmeans", "gmm", "dbscan", "hdbscan")


def blobs(n: int, k: int) -> tuple[Matrix, Matrix]:
    middles = 6 * np.eye(4)[:k]
    points, groups = make_blobs(n, centers=middles, cluster_std=1, random_state=4)
    return points, groups


def test_the_ages_of_the_worked_example() -> None:
    ages = np.array([[20.0], [25], [30], [22], [27]])

    labels, middles = k_means(ages, np.array([[20.0], [30.0]]))

    groups = [set(ages[labels == label, 0]) for label in (0, 1)]
    assert groups == [{20, 22}, {25, 27, 30}]
    assert middles.ravel() == pytest.approx([21, 82 / 3])


@pytest.mark.parametrize("method", [None, *METHODS])
def test_clear_groups_are_found_by_every_method(method: Method | None) -> None:
    points, groups = blobs(150, 4)

    found = cluster(points, method)

    assert (found.k, found.clear) == (4, True)
    assert adjusted_rand_score(groups, found.labels) > 0.95
    assert found.stability is not None
    assert found.stability > 0.8


def test_the_gap_statistic_sees_the_groups_too() -> None:
    assert gap_k(cluster(blobs(150, 4)[0], "kmeans").tried) == 4
    assert gap_k(cluster(np.random.default_rng(0).normal(size=(150, 3)), "kmeans").tried) == 1


@pytest.mark.parametrize("method", ["dbscan", "hdbscan"])
def test_bent_groups_are_found_by_density(method: Method) -> None:
    points, groups = make_moons(300, noise=0.05, random_state=0)

    found = cluster(points, method)

    assert adjusted_rand_score(groups, found.labels) > 0.9


@pytest.mark.parametrize("method", [None, *METHODS])
def test_a_cloud_has_no_clear_groups(method: Method | None) -> None:
    assert not cluster(np.random.default_rng(1).normal(size=(300, 4)), method).clear


@pytest.mark.parametrize("method", [None, *METHODS])
def test_points_that_are_all_alike_are_no_groups(method: Method | None) -> None:
    found = cluster(np.ones((30, 2)), method)

    assert (found.k, found.clear, found.silhouette) == (1, False, None)


@given(st.randoms(use_true_random=False), st.integers(12, 40))
@settings(max_examples=4, deadline=None)
def test_the_order_of_the_rows_plays_no_part(random, n: int) -> None:  # type: ignore[no-untyped-def]
    points = np.random.default_rng(n).normal(size=(n, 2)).round(3)
    order = random.sample(range(n), n)

    one, other = cluster(points), cluster(points[order])

    assert adjusted_rand_score(one.labels[order], other.labels) == pytest.approx(1)
    assert one.silhouette == pytest.approx(other.silhouette)


@given(
    st.lists(st.tuples(st.integers(0, 3), st.integers(0, 3)), min_size=10, max_size=30),
    st.sampled_from(METHODS),
)
@settings(max_examples=10, deadline=None)
def test_every_point_has_one_label_and_groups_go_by_size(
    rows: list[tuple[int, int]], method: Method
) -> None:
    found = cluster(np.array(rows, dtype=float), method)

    sizes = np.bincount(found.labels[found.labels >= 0], minlength=1)
    assert len(found.labels) == len(rows)
    assert sorted(sizes, reverse=True) == sizes.tolist()
    assert (found.labels >= -1).all()


def test_many_points_are_grouped_as_few_are() -> None:
    points, groups = blobs(30_000, 3)

    found = cluster(points)

    assert (found.method, found.k) == ("kmeans", 3)
    assert adjusted_rand_score(groups, found.labels) > 0.95
