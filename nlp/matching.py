"""Which taught answer a message asks for, how probably, and when it is none of them."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources
from types import MappingProxyType
from typing import TYPE_CHECKING, Literal

import numpy as np

from nlp.answers import Answer, same_question
from nlp.scoring import MANY, Logistic, Ridge, Space

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from nlp.embedding import Embedder

    Floats = NDArray[np.float32]

Band = Literal["answer", "suggest", "handoff"]

BATCH = 256
"""Messages matched at once."""

EXACT = 0.99
"""Probability of an answer one of whose questions is repeated word for word."""


@dataclass(frozen=True, slots=True)
class Bands:
    """From which probability an answer is sent, and from which it is suggested to the owner."""

    answer_from: float = 0.8
    suggest_from: float = 0.4

    def __post_init__(self) -> None:
        if not 0 <= self.suggest_from <= self.answer_from <= 1:
            raise ValueError(
                f"bands must be 0 ≤ suggest_from ≤ answer_from ≤ 1, not "
                f"{self.suggest_from:g} and {self.answer_from:g}"
            )

    def of(self, probability: float) -> Band:
        """Return the band that a probability falls in."""
        if probability >= self.answer_from:
            return "answer"
        return "suggest" if probability >= self.suggest_from else "handoff"


BANDS = Bands()
"""What holds until the owner moves them."""


@dataclass(frozen=True, slots=True)
class Match:
    """The best answer to a message; in the band "handoff" it is none of those taught.

    Attributes
    ----------
    answer : str
        Name of the best answer, whatever the band.
    probability : float
        That the message asks for this answer, and not for another or for none.
    nearest : str
        The taught question of this answer that is most like the message.
    """

    answer: str
    probability: float
    band: Band
    nearest: str


@dataclass(frozen=True, slots=True, eq=False)
class Evidence:
    """What is known about messages before a probability is put on it.

    Attributes
    ----------
    best : array of shape (n_messages,)
        Index of the answer with the highest score.
    nearest : array of shape (n_messages,)
        Index of the question of that answer that is most alike.
    signs : array of shape (n_messages, 7)
        Highest score, its lead over the second, that lead as a share; likeness
        of the nearest question, and how much more alike a message is that asks
        for none; logarithms of the number of the best answer's questions, and
        of answers.
    """

    best: NDArray[np.intp]
    nearest: NDArray[np.intp]
    signs: NDArray[np.float64]


class Matcher:
    """Finds the taught answer; made by `fit`, and never changed.

    A regression over the questions says which answer fits best; a logistic
    regression, trained once over many invented owners, how probably the best
    is right. Ordinary messages, which ask for nothing taught, weigh in there.
    """

    def __init__(
        self,
        answers: Sequence[Answer],
        embedder: Embedder,
        bands: Bands,
        space: Space,
        points: Floats,
    ) -> None:
        self.bands = bands
        self._embedder = embedder
        self._space = space
        self._points = points
        self._names = [answer.name for answer in answers]
        self._questions = [question for answer in answers for question in answer.questions]
        self._owners = np.repeat(np.arange(len(answers)), [len(a.questions) for a in answers])
        self._exact = {same_question(text): at for at, text in enumerate(self._questions)}
        questions, owners = points[: len(self._owners)], self._owners
        self._scores: Ridge | Logistic
        if len(questions) < MANY:
            likeness = space.likeness(questions, questions)
            self._scores = Ridge.fit(likeness, owners, len(answers))
        else:
            self._scores = Logistic.fit(questions, owners, len(answers))

    @classmethod
    def fit(
        cls,
        answers: Sequence[Answer],
        embedder: Embedder,
        *,
        bands: Bands = BANDS,
        known: Mapping[str, Floats] = MappingProxyType({}),
        none_of_these: Sequence[str] = (),
    ) -> Matcher:
        """Learn answers by their example questions.

        Parameters
        ----------
        known : mapping of str to array of shape (n_dimensions,)
            Embeddings by question, for those that need not be computed again.
        none_of_these : sequence of str
            Messages known to ask for no answer, beside the built-in ones.
        """
        ordinary, ordinary_embedded = _ordinary(embedder)
        texts = [*(text for answer in answers for text in answer.questions), *none_of_these]
        new = [text for text in texts if text not in known]
        vectors = {**known, **dict(zip(new, embedder(new), strict=True))} if new else known
        embedded = np.vstack([*(vectors[text] for text in texts), *ordinary_embedded])
        texts += ordinary
        space = Space.over(texts, ordinary_embedded)
        return cls(answers, embedder, bands, space, space(texts, embedded))

    def __call__(self, message: str) -> Match | None:
        """Match one message; None while nothing is taught."""
        return self.many([message])[0]

    def many(self, messages: Sequence[str]) -> list[Match | None]:
        """Match messages, in their order."""
        if not self._names:
            return [None] * len(messages)
        return [
            match
            for start in range(0, len(messages), BATCH)
            for match in self._matches(messages[start : start + BATCH])
        ]

    def weigh(self, messages: Sequence[str]) -> Evidence:
        """Gather what a probability is put on; at least one answer must be taught."""
        points = self._space(messages, self._embedder(messages))
        likeness = self._space.likeness(points, self._points)
        each, n = np.arange(len(messages)), len(self._owners)
        scores = self._scores(points, likeness[:, :n])
        best = scores.argmax(axis=1)
        own = np.where(self._owners == best[:, None], likeness[:, :n], -np.inf)
        nearest = own.argmax(axis=1)
        top = scores[each, best]
        scores[each, best] = 0  # what is left is the second, or nothing where there is one answer
        lead = top - scores.max(axis=1)
        sizes = np.bincount(self._owners)
        signs = [
            top,
            lead,
            lead / (np.abs(top) + 0.1),
            own[each, nearest],
            np.maximum(likeness[:, n:].max(axis=1) - own[each, nearest], 0),
            np.log(sizes[best]),
            np.full(len(messages), np.log(len(sizes))),
        ]
        return Evidence(best, nearest, np.stack(signs, axis=1).astype(np.float64))

    def _probabilities(self, evidence: Evidence) -> NDArray[np.float64]:
        weights = _calibration(type(self._scores).__name__.casefold())
        odds = np.exp(weights[0] + evidence.signs @ weights[1:])
        probabilities: NDArray[np.float64] = np.minimum(odds / (1 + odds), EXACT)
        return probabilities

    def _matches(self, messages: Sequence[str]) -> Iterator[Match]:
        evidence = self.weigh(messages)
        rows = zip(evidence.best, evidence.nearest, self._probabilities(evidence), strict=True)
        for message, (best, nearest, probability) in zip(messages, rows, strict=True):
            exact = self._exact.get(same_question(message))
            if exact is not None:
                best, nearest, probability = self._owners[exact], exact, EXACT  # noqa: PLW2901
            yield Match(
                self._names[best],
                float(probability),
                self.bands.of(float(probability)),
                self._questions[nearest],
            )


@cache
def _calibration(regression: str) -> NDArray[np.float64]:
    """Return the intercept and the weight of each sign, as `nlp.train` found them."""
    told = resources.files("nlp").joinpath("models", "intents.json").read_text("utf-8")
    return np.array(json.loads(told)["calibration"][regression])


@cache
def _ordinary(embedder: Embedder) -> tuple[list[str], Floats]:
    """Return messages that ask for nothing an owner teaches, and their embeddings."""
    messages = resources.files("nlp").joinpath("ordinary.txt").read_text("utf-8").splitlines()
    return messages, embedder(messages)
