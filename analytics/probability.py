"""The two rules of probability that the models here rest on, for numbers one can follow by hand."""

import math
from collections.abc import Sequence


def bayes(priors: Sequence[float], likelihoods: Sequence[float]) -> tuple[float, ...]:
    """Return how probable each cause is, once what it brings with its likelihood is seen.

    Raises
    ------
    ValueError
        If the causes are not paired, a chance is none, or what is seen is impossible.
    """
    if len(priors) != len(likelihoods):
        raise ValueError(f"{len(priors)} priors do not go with {len(likelihoods)} likelihoods.")
    if any(not 0 <= chance <= 1 for chance in (*priors, *likelihoods)):
        raise ValueError("A prior or a likelihood lies between 0 and 1.")
    joint = [prior * likelihood for prior, likelihood in zip(priors, likelihoods, strict=True)]
    if not sum(joint):
        raise ValueError("None of the causes can have brought this.")
    return tuple(each / sum(joint) for each in joint)


def logistic(intercept: float, weights: Sequence[float], values: Sequence[float]) -> float:
    """Return the probability that a logistic regression gives to `values`.

    Raises
    ------
    ValueError
        If there is not one weight for each value.
    """
    if len(weights) != len(values):
        raise ValueError(f"{len(weights)} weights do not go with {len(values)} values.")
    log_odds = intercept + sum(w * v for w, v in zip(weights, values, strict=True))
    # either form overflows on the other side
    if log_odds < 0:
        return math.exp(log_odds) / (1 + math.exp(log_odds))
    return 1 / (1 + math.exp(-log_odds))


def cosine(first: Sequence[float], second: Sequence[float]) -> float:
    """Return the cosine between two people's ratings of the same things, 0 where one has none.

    Raises
    ------
    ValueError
        If they do not rate the same number of things.
    """
    if len(first) != len(second):
        raise ValueError(f"{len(first)} ratings cannot be compared with {len(second)}.")
    lengths = math.hypot(*first) * math.hypot(*second)
    return sum(a * b for a, b in zip(first, second, strict=True)) / lengths if lengths else 0.0
