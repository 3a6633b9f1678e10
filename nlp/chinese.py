"""How a Chinese message feels: runs of characters, a lexicon and emoji, weighed together."""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from nlp.abuse import ABUSIVE_FROM, Abuse
from nlp.folding import clean, fold
from nlp.model import ModelError
from nlp.ngrams import Grams
from nlp.outline import outline, squashed
from nlp.sentiment import Sentiment, verdict
from nlp.trees import Trees
from nlp.valence import Chinese, Emoji

WEIGHTS = "chinese.npz"
MANIFEST = "chinese.json"
RETRAIN = "python -m nlp.train sentiment --data FOLDER"


@dataclass(frozen=True, slots=True)
class Reading:
    """What is read out of a message.

    Attributes
    ----------
    outline : array of shape (n_features,)
        As `nlp.outline.outline` returns it.
    grams : float
        The linear score for positive against negative; no unit.
    plain : float
        The linear score for neutral against both; no unit.
    words, faces : float
        Valence by the lexicon and by emoji, -1 to 1.
    """

    outline: NDArray[np.float64]
    grams: float
    plain: float
    words: float
    faces: float


class Reader:
    """Reads messages by linear scores and the lexicons."""

    def __init__(self, grams: Grams) -> None:
        self._grams = grams
        self._words = Chinese()
        self._faces = Emoji()

    def __call__(self, message: str) -> Reading:
        """Read a message in either script."""
        text, faces = self._faces(clean(message))
        folded = fold(text).strip()
        _, shares = self._grams.shares([folded])
        grams, plain = shares.sum(axis=0)
        return Reading(
            outline(folded, self._grams, self._words),
            float(grams),
            float(plain),
            squashed(self._words(folded)),
            squashed(faces),
        )


@dataclass(frozen=True, slots=True)
class Weighing:
    """Turns a reading into calibrated probabilities: two logistic regressions in a row.

    Attributes
    ----------
    polarity : tuple of float
        Weights of the trees' log-odds, grams, words and faces, and a constant.
    plainness : tuple of float
        Weights of plain and of the size of the polarity, and a constant.
    sure_from : float
        Probability from which the likeliest label is the verdict.
    """

    polarity: tuple[float, ...]
    plainness: tuple[float, ...]
    sure_from: float

    def __call__(self, reading: Reading, odds: float) -> Sentiment:
        """Return the verdict on a reading, with the trees' log-odds that it is positive."""
        seen = (odds, reading.grams, reading.words, reading.faces, 1.0)
        polarity = float(np.dot(self.polarity, seen))
        neutral = _probability(float(np.dot(self.plainness, (reading.plain, abs(polarity), 1.0))))
        positive = (1 - neutral) * _probability(polarity)
        return verdict(1 - neutral - positive, neutral, positive, self.sure_from)


class ChineseSentiment:
    """Sentiment of Chinese messages, in either script, from shipped weights.

    Needs numpy only. Abuse is told by a list of words, not by learning.
    """

    def __init__(self, grams: Grams, trees: Trees, weighing: Weighing) -> None:
        self._read = Reader(grams)
        self._trees = trees
        self._weigh = weighing
        self._abuse = Abuse()

    @classmethod
    def load(cls, folder: Path) -> "ChineseSentiment":
        """Load the shipped engine.

        Raises
        ------
        ModelError
            If a file is missing, or is not the one that training wrote.
        """
        for name in (MANIFEST, WEIGHTS):
            if not (folder / name).is_file():
                raise ModelError(f"{folder / name} is missing; restore it, or run {RETRAIN}")
        weights = (folder / WEIGHTS).read_bytes()
        try:
            manifest = json.loads((folder / MANIFEST).read_text("utf-8"))
            expected, weighing = manifest["sha256"], manifest["weighing"]
            weigh = Weighing(
                tuple(weighing["polarity"]), tuple(weighing["plainness"]), weighing["sure_from"]
            )
        except (ValueError, KeyError, TypeError) as error:
            raise ModelError(
                f"{folder / MANIFEST} is damaged; restore it, or run {RETRAIN}"
            ) from error
        if hashlib.sha256(weights).hexdigest() != expected:
            raise ModelError(
                f"{folder / WEIGHTS} is not the file that {MANIFEST} names (its sha256 differs); "
                f"restore both, or run {RETRAIN}"
            )
        with np.load(folder / WEIGHTS) as arrays:
            return cls(
                Grams(arrays["rarity"], arrays["weights"]),
                Trees(*(arrays[part.name] for part in fields(Trees))),
                weigh,
            )

    def __call__(self, message: str) -> Sentiment:
        """Judge a message."""
        reading = self._read(message)
        offensive = self._abuse(fold(message))
        return replace(
            self._weigh(reading, self._trees(reading.outline)),
            offensive=offensive,
            abusive=offensive >= ABUSIVE_FROM,
        )

    def many(self, messages: Sequence[str]) -> list[Sentiment]:
        """Judge several messages."""
        return [self(message) for message in messages]


def _probability(odds: float) -> float:
    return 1 / (1 + float(np.exp(-np.clip(odds, -30, 30))))
