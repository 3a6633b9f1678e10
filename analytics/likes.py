"""How likely a kind of post is to please a kind of customer, and how sure that is."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import pandas as pd

from analytics.frames import Column, Contract, require

LIKES = Contract(
    "likes",
    (
        Column(name="post_kind", kind="text"),
        Column(name="customer_kind", kind="text"),
        Column(name="liked", kind="integer", low=0, high=1),
    ),
)


@dataclass(frozen=True, slots=True)
class Belief:
    """What is believed of a chance: a Beta distribution that counts `likes` and `passes`.

    Both are above 0; the prior stands for as many rows as they add up to.
    """

    likes: float
    passes: float

    @property
    def mean(self) -> float:
        """The chance to reckon with."""
        return self.likes / (self.likes + self.passes)

    def after(self, *, liked: bool) -> Belief:
        """Return the belief once one more row is seen."""
        return Belief(self.likes + liked, self.passes + (not liked))

    def interval(self, inside: float = 0.8) -> tuple[float, float]:
        """Return between which chances the true one lies with probability `inside`."""
        from scipy.stats import beta  # noqa: PLC0415  # 1 s

        low, high = beta.interval(inside, self.likes, self.passes)
        return float(low), float(high)

    def chance_above(self, share: float) -> float:
        """Return how probable it is that the true chance is above `share`."""
        from scipy.stats import beta  # noqa: PLC0415

        return float(beta.sf(share, self.likes, self.passes))


UNIFORM = Belief(1, 1)  # every chance is as probable as any other


@dataclass(frozen=True, slots=True, kw_only=True)
class Liking:
    """How one kind of customer takes one kind of post.

    The chance lies in [`low`, `high`] with a probability of 80 %. `baseline` is the
    share of likes among all the rows, and `better` how probable it is that the
    chance is above that.
    """

    post_kind: str
    customer_kind: str
    chance: float
    low: float
    high: float
    baseline: float
    better: float
    n_liked: int
    n_rows: int


def learn(rows: Iterable[tuple[Any, bool]], prior: Belief = UNIFORM) -> dict[Any, Belief]:
    """Update one belief for each kind, row by row; the order of the rows makes no difference."""
    beliefs: dict[Any, Belief] = {}
    for kind, liked in rows:
        beliefs[kind] = beliefs.get(kind, prior).after(liked=liked)
    return beliefs


def likings(rows: pd.DataFrame, prior: Belief = UNIFORM) -> tuple[Liking, ...]:
    """Tell for each pair of kinds that was seen how likely a like is, most likely first.

    Parameters
    ----------
    rows : DataFrame
        As `LIKES`: one row for each post that one customer saw.
    prior : Belief
        What is believed of a pair before its first row.

    Raises
    ------
    FrameError
        If `rows` breaks its contract.
    """
    rows = require(rows, LIKES)
    pairs = zip(rows["post_kind"], rows["customer_kind"], strict=True)
    liked = rows["liked"].astype(bool)
    found = []
    for (post, customer), belief in learn(zip(pairs, liked, strict=True), prior).items():
        low, high = belief.interval()
        found.append(
            Liking(
                post_kind=post,
                customer_kind=customer,
                chance=belief.mean,
                low=low,
                high=high,
                baseline=float(liked.mean()),
                better=belief.chance_above(float(liked.mean())),
                n_liked=round(belief.likes - prior.likes),
                n_rows=round(belief.likes + belief.passes - prior.likes - prior.passes),
            )
        )
    return tuple(sorted(found, key=lambda liking: -liking.chance))
