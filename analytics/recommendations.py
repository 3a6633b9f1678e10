"""Which posts a customer will like, judged by what customers with the same taste liked."""

import datetime as dt
import itertools
import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from sklearn.preprocessing import OneHotEncoder, normalize

from analytics.comparison import beats_baseline
from analytics.frames import INTERACTIONS, enough, require
from analytics.shares import Share, share

MIN_INTERACTIONS = 20
MIN_CUSTOMERS = 5
MIN_LIKED_POSTS = 3  # with two there is nothing left to choose
N_BECAUSE = 3
N_EVALUATED = 500  # a hit rate over so many is known to within 5 points

Method = Literal["neighbours", "popularity"]
Vector = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Recommendation:
    """A post for a customer.

    With the method "neighbours" `score` is the mean cosine, in [0, 1], between
    the post and those that the customer liked, and `because` the liked posts
    that weighed most; with "popularity" it is the share of all customers who
    liked the post, and `because` is empty.
    """

    customer: int
    post: int
    score: float
    because: tuple[int, ...]
    method: Method


@dataclass(frozen=True, slots=True, kw_only=True)
class Recommendations:
    """Recommendations, best first, and how good each method is.

    The hit rates are those of customers whose latest liked post, left out, came
    back among the first `n_each`, the number of posts recommended to one
    customer; None where nobody liked two posts. `method` is "neighbours" only
    where they were better by more than one standard error; whom they cannot
    serve gets popular posts all the same.
    """

    items: tuple[Recommendation, ...]
    method: Method
    n_each: int
    neighbours_hit_rate: Share | None
    popularity_hit_rate: Share | None
    n_customers: int
    n_posts: int
    n_interactions: int
    as_of: dt.datetime


def recommend_posts(
    interactions: pd.DataFrame, customer: int | None = None, k: int = 5
) -> Recommendations:
    """Recommend `k` posts that `customer` has not reacted to.

    Without a `customer`, recommend one post to each of the `k` most active
    customers who have not reacted to every post.

    Raises
    ------
    FrameError
        If `interactions` breaks its contract.
    ValueError
        If `k` is less than 1.
    NotEnoughDataError
        If there are fewer than `MIN_INTERACTIONS`, `MIN_CUSTOMERS` who
        reacted, or `MIN_LIKED_POSTS`.

    References
    ----------
    B. Sarwar et al., "Item-based collaborative filtering recommendation
    algorithms", WWW 2001, section 3.1.1.
    """
    if k < 1:
        raise ValueError(f"k must be at least 1, not {k}.")
    interactions = require(interactions, INTERACTIONS)
    enough("interactions", found=len(interactions), needed=MIN_INTERACTIONS)
    taste = _taste(interactions)
    enough("customers", found=len(taste.customers), needed=MIN_CUSTOMERS)
    enough("liked posts", found=len(taste.posts), needed=MIN_LIKED_POSTS)

    n_each = 1 if customer is None else k
    hits = _hits(interactions, taste, n_each)
    better = beats_baseline(hits["neighbours"] - hits["popularity"])
    method: Method = "neighbours" if better else "popularity"
    asked = taste.most_active() if customer is None else [customer]
    found = (post for one in asked for post in _recommend(taste, one, n_each, method))
    return Recommendations(
        items=tuple(itertools.islice(found, k)),
        method=method,
        n_each=n_each,
        neighbours_hit_rate=_rate(hits["neighbours"]),
        popularity_hit_rate=_rate(hits["popularity"]),
        n_customers=len(taste.customers),
        n_posts=len(taste.posts),
        n_interactions=len(interactions),
        as_of=interactions["at"].max().to_pydatetime(),
    )


@dataclass(frozen=True, slots=True)
class _Taste:
    """Who liked what: sparse matrices over the sorted ids of `customers` and `posts`.

    `liked` holds the summed weights, `cosine` the similarity of each two posts,
    `lengths` the norm of each post's column in `liked`, and `popularity` the
    number of customers who liked it.
    """

    customers: NDArray[np.int64]
    posts: NDArray[np.int64]
    liked: Any
    cosine: Any
    lengths: Vector
    popularity: Vector

    def of(self, customer: int) -> Vector:
        """Return the weight of each post for `customer`; zeros for a stranger."""
        row = int(np.searchsorted(self.customers, customer))
        if row == len(self.customers) or self.customers[row] != customer:
            return np.zeros(len(self.posts))
        weights: Vector = self.liked[[row]].toarray()[0]
        return weights

    def most_active(self) -> list[int]:
        """Return the customers, those who liked the most posts first."""
        n_liked = np.diff(self.liked.indptr)
        active: list[int] = self.customers[np.argsort(-n_liked, kind="stable")].tolist()
        return active


def _taste(interactions: pd.DataFrame) -> _Taste:
    customers, posts = OneHotEncoder(), OneHotEncoder()
    by_customer = customers.fit_transform(interactions[["customer"]].to_numpy())
    by_post = posts.fit_transform(interactions[["post"]].to_numpy())
    liked = by_customer.T @ by_post.multiply(interactions[["weight"]].to_numpy())
    unit = normalize(liked, axis=0)
    return _Taste(
        customers=customers.categories_[0],
        posts=posts.categories_[0],
        liked=liked.tocsr(),
        cosine=(unit.T @ unit).tocsr(),
        lengths=np.sqrt(np.asarray(liked.multiply(liked).sum(axis=0)).ravel()),
        popularity=np.asarray((liked > 0).sum(axis=0), dtype=float).ravel(),
    )


def _recommend(taste: _Taste, customer: int, n: int, method: Method) -> Iterator[Recommendation]:
    weights = taste.of(customer)
    use_neighbours = method == "neighbours" and weights.any()
    scores = _scores(taste, weights) if use_neighbours else np.zeros(len(weights))
    ranked = _ranked(scores, taste.popularity)
    for post in ranked[weights[ranked] == 0][:n]:
        near = bool(scores[post] > 0)
        popular = taste.popularity[post] / len(taste.customers)
        yield Recommendation(
            customer=customer,
            post=int(taste.posts[post]),
            score=float(scores[post] if near else popular),
            because=_because(taste, weights, post) if near else (),
            method="neighbours" if near else "popularity",
        )


def _scores(taste: _Taste, weights: Vector) -> Vector:
    liked = np.flatnonzero(weights)
    mean: Vector = taste.cosine[liked].T @ weights[liked] / weights.sum()
    return np.minimum(mean, 1).round(9)  # else sums that differ in the last bit are no ties


def _ranked(scores: Vector, popularity: Vector) -> NDArray[np.intp]:
    """Return places by score, then by popularity, then the latest post first."""
    return np.lexsort((popularity, scores))[::-1]


def _because(taste: _Taste, weights: Vector, post: int) -> tuple[int, ...]:
    pulls = taste.cosine[[post]].toarray()[0] * weights
    strongest = np.argsort(-pulls, kind="stable")[:N_BECAUSE]
    return tuple(taste.posts[strongest[pulls[strongest] > 0]].tolist())


def _hits(interactions: pd.DataFrame, taste: _Taste, n: int) -> dict[Method, Vector]:
    """Leave out each customer's latest liked post, and mark with 1 where it comes back."""
    latest = interactions.sort_values("at").drop_duplicates("customer", keep="last")
    liked_two = latest["customer"].isin(taste.customers[np.diff(taste.liked.indptr) > 1])
    tested = latest[liked_two].tail(N_EVALUATED)
    places = np.searchsorted(taste.posts, tested["post"].to_numpy())
    hits = [
        _comes_back(taste, taste.of(customer), int(post), n)
        for customer, post in zip(tested["customer"], places, strict=True)
    ]
    neighbours, popularity = np.array(hits, dtype=float).reshape(-1, 2).T
    return {"neighbours": neighbours, "popularity": popularity}


def _rate(hits: Vector) -> Share | None:
    return share(int(hits.sum()), len(hits)) if len(hits) else None


def _comes_back(taste: _Taste, weights: Vector, post: int, n: int) -> tuple[bool, bool]:
    """Tell for neighbours and for popularity whether `post` is among the best `n`.

    Without this customer's weight for `post`, only what concerns `post` itself
    changes in the matrices, so nothing else needs to be computed again.
    """
    own = weights[post]
    rest = weights.copy()
    rest[post] = 0
    scores = _scores(taste, rest)
    shorter = math.sqrt(max(0.0, taste.lengths[post] ** 2 - own**2))
    products = taste.cosine[[post]].toarray()[0] * taste.lengths * taste.lengths[post] - own * rest
    liked_by_others = shorter > 1e-6 * taste.lengths[post]  # less is what rounding leaves
    cosines = products / (taste.lengths * shorter) if liked_by_others else np.zeros(len(rest))
    scores[post] = round(max(0.0, float(cosines @ rest) / rest.sum()), 9)
    popularity = taste.popularity.copy()
    popularity[post] -= 1
    near = _ranked(scores, popularity)
    popular = _ranked(np.zeros(len(rest)), popularity)
    return (
        post in near[rest[near] == 0][:n],
        post in popular[rest[popular] == 0][:n],
    )
