"""Trains the English engine: tune, calibrate on validation parts, write what ships."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from nlp.embedding import base_weights
from nlp.english import (
    N_SENTIMENTS,
    EnglishSentiment,
    Thresholds,
    save,
    token_ids,
    tokenizer,
)
from nlp.train import tweets
from nlp.train.averaging import nearer, tuned_average
from nlp.train.english_card import judged, measured, write_card
from nlp.train.measures import Labels, best_temperature, softmax
from nlp.train.token_pairs import learn_token_pairs
from nlp.train.tuning import Recipe
from nlp.train.tweets import Example

SURE_FROM = 0.6
"""At odds of three to two: nearer to even, nonsense and a curt "no" are taken for unhappy."""

ABUSIVE_PRECISION = 0.9
"""Share of what is called abusive on the validation part that has to be offensive."""

N_KEPT = N_SENTIMENTS + 2
"""Labels of the tasks that ship; emotion only helps to learn the others."""

UNCALIBRATED = Thresholds(1.0, 1.0, SURE_FROM, 1.0)


@dataclass(frozen=True, slots=True)
class Validation:
    """What is not learned from, but calibrated on."""

    sentiment: list[Example]
    held_out: list[Example]
    offensive: list[Example]


def train(
    data: Path,
    out: Path,
    *,
    recipe: Recipe | None = None,
    seeds: Sequence[int] = (0, 1),
    stepped: Callable[[int, int], None] = lambda _done, _total: None,
) -> None:
    """Train on the tweets in `data`, and write weights, thresholds and card into `out`.

    Parameters
    ----------
    data : Path
        Folder with `tweeteval`.
    seeds : sequence of int
        One for each time that the base is tuned; what ships is the mean.
    stepped : callable
        Gets the number of steps done and of all steps.

    Raises
    ------
    DataError
        If a file is missing or damaged.
    """
    validation = Validation(
        tweets.validation(data, "sentiment"),
        tweets.held_out(data),
        tweets.validation(data, "offensive"),
    )
    examples = tweets.training(data)
    pairs = token_pair_weights(examples)
    tuned = tuned_average(examples, recipe or Recipe(), seeds, stepped)
    ship(nearer(weights_of(tuned), base_weights()) | pairs, validation, out)
    shipped = EnglishSentiment.load(out)
    test = tweets.test(data, "sentiment"), tweets.test(data, "offensive")
    parts = {
        "validation": measured(shipped, validation.sentiment, validation.offensive),
        "test": measured(shipped, *test),
    }
    write_card(out, parts)


def ship(weights: dict[str, Tensor], validation: Validation, out: Path) -> None:
    """Calibrate weights on what was not learned, and write both into `out`."""
    raw = EnglishSentiment({**base_weights(), **weights}, UNCALIBRATED)
    labels, feelings, _ = judged(raw, [*validation.sentiment, *validation.held_out])
    offences, _, offence = judged(raw, validation.offensive)
    _, _, polite = judged(raw, tweets.customers())
    cooler = best_temperature(offences, np.log(offence))
    sure, unsure = (softmax(np.log(each), cooler)[:, 1] for each in (offence, polite))
    abusive_from = max(precise_from(offences, sure, ABUSIVE_PRECISION), unsure.max() + 0.001)
    save(
        out,
        weights,
        Thresholds(
            sentiment_temperature=best_temperature(labels, np.log(feelings)),
            offensive_temperature=cooler,
            sure_from=SURE_FROM,
            abusive_from=round(float(abusive_from), 3),
        ),
    )


def token_pair_weights(examples: Sequence[Example]) -> dict[str, Tensor]:
    """Learn the linear scores from the sentiment examples, in half precision."""
    felt = [example for example in examples if example.task == "sentiment"]
    rows = token_ids(tokenizer(), [example.text for example in felt])
    learned = learn_token_pairs(rows, [example.label for example in felt])
    return {"pairs.weight": torch.from_numpy(learned).half()}


def weights_of(tuned: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """Return what differs from the base, by the names that the base uses."""
    weights = {name.removeprefix("bert."): weight for name, weight in tuned.items()}
    return weights | {name: weights[name][:N_KEPT] for name in ("head.weight", "head.bias")}


def precise_from(labels: Labels, sure: NDArray[np.float64], precision: float) -> float:
    """Return the lowest probability from which this share of those labelled 1 is right.

    Where there is none, 1: then nothing is ever called abusive.
    """
    order = np.argsort(-sure, kind="stable")
    share_right = np.cumsum(labels[order] == 1) / np.arange(1, len(order) + 1)
    enough = np.flatnonzero(share_right >= precision)
    return float(np.floor(sure[order[enough[-1]]] * 1000) / 1000) if len(enough) else 1.0
