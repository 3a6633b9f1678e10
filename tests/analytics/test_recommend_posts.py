import datetime as dt
from collections.abc import Iterable

import numpy as np
import pandas as pd
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from analytics.frames import FrameError, NotEnoughDataError
from analytics.recommendations import recommend_posts

NOON = dt.datetime(2026, 3, 1, 12, tzinfo=dt.UTC)
STRANGER = 999


def interactions(likes: Iterable[tuple[int, int]]) -> pd.DataFrame:
    frame = pd.DataFrame(list(likes), columns=["customer", "post"])
    moments = [NOON + dt.timedelta(minutes=i) for i in range(len(frame))]
    return frame.assign(weight=1.0, at=moments)


def checkerboard(*left_out: tuple[int, int]) -> pd.DataFrame:
    """Even customers like even posts, odd ones odd posts; some likes are left out."""
    return interactions(
        (customer, post)
        for post in range(12)
        for customer in range(16)
        if (customer + post) % 2 == 0 and (customer, post) not in left_out
    )


def popular_posts(n_customers: int, seed: int) -> pd.DataFrame:
    """Everybody likes by chance, the first posts far more often than the last."""
    rng = np.random.default_rng(seed)
    chances = 0.9 / np.arange(1, 31)
    likes = rng.random((n_customers, 30)) < chances
    pairs = rng.permutation(np.argwhere(likes)).tolist()
    return interactions((customer, post) for customer, post in pairs)


def test_the_missing_square_of_the_checkerboard_is_recommended_first() -> None:
    likes = checkerboard((4, 6))

    recommended = recommend_posts(likes, customer=4, k=3)

    best = recommended.items[0]
    assert recommended.method == "neighbours"
    assert (best.post, best.method) == (6, "neighbours")
    assert len(best.because) == 3
    assert set(best.because) <= {0, 2, 4, 8, 10}


def test_the_owner_gets_one_post_for_each_active_customer() -> None:
    likes = checkerboard(*[(customer, customer % 12) for customer in range(16)])

    recommended = recommend_posts(likes)

    found = {item.customer: item.post for item in recommended.items}
    assert len(found) == 5
    assert found == {customer: customer % 12 for customer in found}
    assert recommended.n_each == 1


def test_neighbours_beat_popularity_where_tastes_differ() -> None:
    recommended = recommend_posts(checkerboard(), k=1)

    assert recommended.neighbours_hit_rate
    assert recommended.popularity_hit_rate
    assert recommended.neighbours_hit_rate.low > recommended.popularity_hit_rate.high


def test_popularity_is_used_where_tastes_do_not_differ() -> None:
    methods = [recommend_posts(popular_posts(80, seed), customer=1).method for seed in range(10)]

    assert methods.count("popularity") >= 7


def test_a_stranger_gets_the_most_popular_posts() -> None:
    likes = pd.concat([checkerboard(), interactions([(100, 7), (101, 7), (100, 3)])])

    items = recommend_posts(likes, customer=STRANGER, k=2).items

    assert [item.post for item in items] == [7, 3]
    assert {(item.method, item.because) for item in items} == {("popularity", ())}
    assert items[0].score == pytest.approx(10 / 18)


def test_leaving_one_out_equals_computing_without_it() -> None:
    rng = np.random.default_rng(0)
    likes = popular_posts(12, 2)
    likes = likes.assign(weight=rng.uniform(0.5, 2, len(likes)))
    latest = likes.sort_values("at").drop_duplicates("customer", keep="last")
    n_liked = likes.groupby("customer")["post"].transform("nunique")
    tested = latest[n_liked[latest.index] > 1]

    hits = 0
    for row, left_out in tested.iterrows():
        rest = likes.drop(index=row)
        similar = _cosines(rest)
        own = rest[rest["customer"] == left_out["customer"]].set_index("post")["weight"]
        scores = similar[own.index] @ own
        popular = rest.groupby("post").size()
        ranked = pd.DataFrame({"score": scores.round(9), "popular": popular, "id": scores.index})
        ranked = ranked.drop(index=own.index).sort_values(list(ranked), ascending=False)
        hits += left_out["post"] in ranked.index[:4]

    rate = recommend_posts(likes, customer=STRANGER, k=4).neighbours_hit_rate
    assert rate
    assert (rate.count, rate.n) == (hits, len(tested))


def _cosines(likes: pd.DataFrame) -> pd.DataFrame:
    table = likes.pivot_table(
        index="customer", columns="post", values="weight", aggfunc="sum", fill_value=0
    ).reindex(columns=range(30), fill_value=0)
    lengths = np.sqrt((table**2).sum()).replace(0, 1)
    unit: pd.DataFrame = table / lengths
    return unit.T.dot(unit)


@given(
    st.lists(st.tuples(st.integers(1, 8), st.integers(1, 8)), min_size=20, max_size=60),
    st.none() | st.integers(1, 10),
    st.integers(1, 10),
    st.lists(st.sampled_from([1e-6, 0.5, 1, 1e6]), min_size=60, max_size=60),
)
@settings(max_examples=60, deadline=None)
def test_nothing_seen_is_recommended_and_the_best_comes_first(
    likes: list[tuple[int, int]], customer: int | None, k: int, weights: list[float]
) -> None:
    assume(len({one for one, _ in likes}) >= 5)
    assume(len({post for _, post in likes}) >= 3)
    weighted = interactions(likes).assign(weight=weights[: len(likes)])

    recommended = recommend_posts(weighted, customer, k)

    pairs = [(item.customer, item.post) for item in recommended.items]
    assert len(pairs) == len(set(pairs)) <= k
    assert not set(pairs) & set(likes)
    assert all(0 < item.score <= 1 for item in recommended.items)
    assert all({(item.customer, post) for post in item.because} <= set(likes)
               for item in recommended.items)  # fmt: skip
    if customer is not None:
        for method in ("neighbours", "popularity"):
            scores = [item.score for item in recommended.items if item.method == method]
            assert scores == sorted(scores, reverse=True)


def test_one_like_each_leaves_nothing_to_compare() -> None:
    likes = interactions((customer, customer % 4) for customer in range(20))

    recommended = recommend_posts(likes, customer=1)

    assert recommended.neighbours_hit_rate is None
    assert recommended.method == "popularity"


def test_who_liked_everything_gets_nothing() -> None:
    likes = pd.concat([checkerboard(), interactions((50, post) for post in range(12))])

    assert recommend_posts(likes, customer=50).items == ()


@pytest.mark.parametrize(
    ("likes", "noun"),
    [
        ([], "interactions"),
        ([(1, 1)], "interactions"),
        ([(i % 4, i) for i in range(40)], "customers"),
        ([(i, i % 2) for i in range(40)], "liked posts"),
    ],
)
def test_too_little_is_refused(likes: list[tuple[int, int]], noun: str) -> None:
    with pytest.raises(NotEnoughDataError) as caught:
        recommend_posts(interactions(likes))

    assert caught.value.noun == noun


def test_bad_frames_and_counts_are_refused() -> None:
    with pytest.raises(FrameError, match=r"column weight, row 1: -1\.0 is out of range"):
        recommend_posts(checkerboard().assign(weight=-1.0))
    with pytest.raises(ValueError, match="k must be at least 1"):
        recommend_posts(checkerboard(), k=0)
