"""How well probabilities fit labels: the measures that TweetEval uses, and calibration."""

import numpy as np
from numpy.typing import NDArray

Labels = NDArray[np.int64]
Probabilities = NDArray[np.float64]


def macro_recall(labels: Labels, guesses: Labels) -> float:
    """Return the mean over labels of the share of each that was recognised."""
    return float(np.mean([np.mean(guesses[labels == one] == one) for one in np.unique(labels)]))


def macro_f1(labels: Labels, guesses: Labels) -> float:
    """Return the mean over labels of the harmonic mean of precision and recall."""
    return float(
        np.mean(
            [
                2 * np.sum((labels == one) & (guesses == one))
                / (np.sum(labels == one) + np.sum(guesses == one))
                for one in np.unique(labels)
            ]
        )
    )  # fmt: skip


def calibration_error(labels: Labels, probabilities: Probabilities, n_bins: int = 15) -> float:
    """Return the expected gap between how sure the best label was and how often it was right.

    Parameters
    ----------
    labels : array of shape (n_messages,)
    probabilities : array of shape (n_messages, n_labels)
    n_bins : int
        Of equal width.

    References
    ----------
    C. Guo et al. (2017), On Calibration of Modern Neural Networks, ICML, equation 3.
    """
    sure, right = probabilities.max(axis=1), probabilities.argmax(axis=1) == labels
    bins = np.minimum((sure * n_bins).astype(int), n_bins - 1)
    gaps = [
        np.mean(bins == one) * abs(np.mean(sure[bins == one]) - np.mean(right[bins == one]))
        for one in np.unique(bins)
    ]
    return float(np.sum(gaps))


def softmax(scores: Probabilities, temperature: float) -> Probabilities:
    """Return the probabilities of scores of shape (n_messages, n_labels)."""
    odds: Probabilities = np.exp((scores - scores.max(axis=1, keepdims=True)) / temperature)
    odds /= odds.sum(axis=1, keepdims=True)
    return odds


def best_temperature(labels: Labels, scores: Probabilities) -> float:
    """Return the temperature at which the labels are likeliest, each label weighing the same.

    Tried from 0.5 to 3 in steps of 0.01: beyond that something else is wrong.
    """
    weights = 1 / np.bincount(labels)[labels]
    rows = np.arange(len(labels))

    def loss(temperature: float) -> float:
        chosen = softmax(scores, temperature)[rows, labels]
        return float(-np.sum(weights * np.log(np.maximum(chosen, 1e-12))))

    return float(min(np.round(np.arange(0.5, 3.0, 0.01), 2), key=loss))
