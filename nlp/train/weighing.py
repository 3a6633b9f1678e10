"""Fits the last step of Chinese sentiment, from readings to probabilities, and measures it."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression

from nlp.chinese import Reading, Weighing
from nlp.sentiment import Sentiment
from nlp.train.reviews import Domain, Text
from nlp.train.trees import learn_trees
from nlp.trees import Trees

WEIGHED: dict[Domain, float] = {"reviews": 1.0, "goods": 0.2, "customers": 0.5}
"""Weights of the texts in trees and weighing, by hand."""

FACES = 7.0
"""Weight of emoji, by hand: reviews have none, and 😡😡 alone has to be a verdict."""

SURE_SHARE = 0.97
"""Share of sure verdicts on reviews that have to be right."""


@dataclass(frozen=True, slots=True)
class Figures:
    """How good the engine is on reviews that it did not learn from, in folds.

    Attributes
    ----------
    accuracy, sure_share, sure_accuracy : float
        Of the likelier of positive and negative; of all reviews, how many get
        a verdict, and how many of those are right.
    calibration_error : float
        Expected, in ten equal steps of the probability.
    """

    accuracy: float
    sure_share: float
    sure_accuracy: float
    calibration_error: float


def weigh(
    readings: Sequence[Reading], texts: Sequence[Text], folds: NDArray[np.int64]
) -> tuple[Trees, Weighing, Figures]:
    """Fit trees and weighing to readings by scores that had not learned from the text."""
    feelings = np.array([text.feeling for text in texts])
    trust = np.array([WEIGHED[text.domain] for text in texts])
    opinion, positive = feelings != 1, feelings == 2
    outlines = np.array([reading.outline for reading in readings])
    trees, of_opinions = learn_trees(
        outlines[opinion], positive[opinion], trust[opinion], folds[opinion]
    )
    odds = np.array([trees(each) for each in outlines])
    odds[opinion] = of_opinions
    seen = np.array([(each.grams, each.words) for each in readings])
    seen = np.column_stack([odds, seen])
    for_it = _regression(seen[opinion], positive[opinion], trust[opinion])
    size = np.abs(for_it.decision_function(seen))
    plain = np.column_stack([[each.plain for each in readings], size])
    neutral = _regression(plain, ~opinion, trust)
    weighing = Weighing(
        (*for_it.coef_[0].tolist(), FACES, float(for_it.intercept_[0])),
        (*neutral.coef_[0].tolist(), float(neutral.intercept_[0])),
        0.0,
    )
    asked = [at for at, text in enumerate(texts) if text.domain == "reviews"]
    verdicts = [weighing(readings[at], float(odds[at])) for at in asked]
    weighing = replace(weighing, sure_from=sure_from(verdicts, feelings[asked]))
    return trees, weighing, measure(verdicts, feelings[asked], weighing.sure_from)


def sure_from(verdicts: Sequence[Sentiment], feelings: NDArray[np.int64]) -> float:
    """Return the probability from which `SURE_SHARE` of the verdicts are right."""
    shares = _shares(verdicts)
    right, best = shares.argmax(axis=1) == feelings, shares.max(axis=1)
    steps = [step / 100 for step in range(50, 99)]
    return next((step for step in steps if right[best >= step].mean() >= SURE_SHARE), 0.99)


def measure(
    verdicts: Sequence[Sentiment], feelings: NDArray[np.int64], sure_from: float
) -> Figures:
    """Compare verdicts with the feelings that reviewers gave."""
    shares = _shares(verdicts)
    right, best = shares.argmax(axis=1) == feelings, shares.max(axis=1)
    step = np.minimum((best * 10).astype(int), 9)
    gaps = [abs(right[step == at].sum() - best[step == at].sum()) for at in range(10)]
    return Figures(
        accuracy=float(((shares[:, 2] > shares[:, 0]) == (feelings == 2)).mean()),
        sure_share=float((best >= sure_from).mean()),
        sure_accuracy=float(right[best >= sure_from].mean()),
        calibration_error=float(sum(gaps) / len(feelings)),
    )


def _regression(
    seen: NDArray[np.float64], wanted: NDArray[np.bool_], trust: NDArray[np.float64]
) -> LogisticRegression:
    return LogisticRegression(C=100.0).fit(seen, wanted, sample_weight=trust)


def _shares(verdicts: Sequence[Sentiment]) -> NDArray[np.float64]:
    return np.array([(each.negative, each.neutral, each.positive) for each in verdicts])
