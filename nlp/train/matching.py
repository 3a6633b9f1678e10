"""Trains what finds taught answers: the tuned embedding, and how scores become probabilities."""

from __future__ import annotations

import csv
import hashlib
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING, TypeVar

import numpy as np

from nlp.answers import Answer
from nlp.embedding import MANIFEST, WEIGHTS, BuiltInEmbedder, Embedder
from nlp.matching import Matcher
from nlp.scoring import MANY
from nlp.train.intents import STEPS, Intents, read_sets, tune
from nlp.train.tweets import DataError

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from torch import Tensor

Calibration = Mapping[str, Sequence[float]]
"""Intercept and weights of the signs, by the name of the regression."""

Value = TypeVar("Value")

TUNED_ON = "clinc150"
"""BANKING77 and bitext stay unseen, so that they tell how another owner's questions fare."""

KEPT = 0.4
"""Share of the tuning that ships: 0.3 to 0.5 is best for BANKING77's validation part, not tuned on.

M. Wortsman et al. (2022), Robust Fine-Tuning of Zero-Shot Models, CVPR, section 3.
"""

OWNERS = 200
"""Invented owners over which probabilities are calibrated."""

N_ANSWERS, N_QUESTIONS = (1, 2, 5, 10, 20, 50, 150), (1, 2, 3, 5, 10)
"""What an invented owner has taught: so many answers, each with so many questions."""

N_ASKED, N_OTHER = 40, 10
"""Messages an invented owner gets: for a taught answer, and for none.

One in five is a guess; half of these ask for untaught intents of the same set.
"""


@dataclass(frozen=True, slots=True)
class Source:
    """Intents that invented owners teach, what is asked, and what is asked besides."""

    examples: Intents
    messages: Intents
    strange: Sequence[str]


def train(
    data: Path,
    out: Path,
    *,
    tuned_on: str = TUNED_ON,
    seed: int = 0,
    steps: int = STEPS,
    owners: int = OWNERS,
    stepped: Callable[[int, int], None] = lambda _done, _total: None,
) -> None:
    """Tune the embedding, calibrate on it, and write both.

    Raises
    ------
    DataError
        If a data set is missing or not as expected.
    """
    sources = read_sources(data)
    delta = tune(read_sets(data, [tuned_on]), seed=seed, steps=steps, stepped=stepped)
    save(out, delta, {})
    save(out, delta, calibrate(sources, BuiltInEmbedder(out), owners=owners, seed=seed))


def save(out: Path, delta: Mapping[str, Tensor], calibration: Calibration) -> None:
    """Write what `BuiltInEmbedder` and `Matcher` load."""
    from safetensors.torch import save as packed_by  # noqa: PLC0415 - imports torch

    packed = packed_by(
        {
            name: (factor * KEPT if name.endswith(".up") else factor).half().contiguous()
            for name, factor in delta.items()
        }
    )
    manifest = {
        "sha256": hashlib.sha256(packed).hexdigest(),
        "calibration": calibration,
    }
    out.mkdir(parents=True, exist_ok=True)
    (out / WEIGHTS).write_bytes(packed)
    (out / MANIFEST).write_text(json.dumps(manifest, indent=1) + "\n", "utf-8")


def calibrate(
    sources: Sequence[Source], embedder: Embedder, *, owners: int = OWNERS, seed: int = 0
) -> Calibration:
    """Fit how the signs of a match tell whether it is right.

    For each of the two regressions: over many small owners, and over one for
    each source who has taught all its examples but those of a fifth of the intents.
    """
    random = Random(seed)  # noqa: S311 - draws examples, keeps no secret
    kept = Kept(embedder)
    small = [_small(random.choice(sources), random) for _ in range(owners)]
    large = [_large(source, random) for source in sources]
    return {
        "ridge": _logistic([owner.seen_by(kept) for owner in small]),
        "logistic": _logistic(
            [owner.seen_by(kept) for owner in large if owner.n_questions >= MANY]
        ),
    }


@dataclass(frozen=True, slots=True)
class Owner:
    """An invented owner: what they have taught, and what they are asked, by answer or by none."""

    taught: Sequence[Answer]
    asked: Sequence[tuple[str, str | None]]

    @property
    def n_questions(self) -> int:
        """How many questions they have taught."""
        return sum(len(answer.questions) for answer in self.taught)

    def seen_by(self, embedder: Embedder) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
        """Return the signs of their matches, and whether they are right."""
        evidence = Matcher.fit(self.taught, embedder).weigh([text for text, _ in self.asked])
        names = [self.taught[best].name for best in evidence.best]
        right = [name == due for name, (_, due) in zip(names, self.asked, strict=True)]
        return evidence.signs, np.array(right)


def _small(source: Source, random: Random) -> Owner:
    n_answers = min(random.choice(N_ANSWERS), len(source.examples) - 1)
    n_questions = random.choice(N_QUESTIONS)
    names = random.sample(sorted(source.examples), n_answers)
    taught = {name: _some(source.examples[name], n_questions, random) for name in names}
    asked = [(text, name) for name in names for text in source.messages[name]]
    asked = _some(asked, N_ASKED, random)
    n_other = min(N_OTHER, len(asked)) // 2
    others = [
        text for name, texts in source.messages.items() if name not in names for text in texts
    ]
    other = [*_some(others, n_other, random), *_some(source.strange, n_other, random)]
    return Owner(_answers(taught), [*asked, *((text, None) for text in other)])


def _some(values: Sequence[Value], n: int, random: Random) -> list[Value]:
    return random.sample(values, min(n, len(values)))


def _large(source: Source, random: Random) -> Owner:
    untaught = set(random.sample(sorted(source.examples), len(source.examples) // 5))
    taught = {name: texts for name, texts in source.examples.items() if name not in untaught}
    asked = [
        (text, None if name in untaught else name)
        for name, texts in source.messages.items()
        for text in texts
    ]
    return Owner(_answers(taught), [*asked, *((text, None) for text in source.strange)])


def _answers(taught: Mapping[str, Sequence[str]]) -> list[Answer]:
    return [Answer(name=name, questions=tuple(q), replies={}) for name, q in taught.items()]


def _logistic(seen: Sequence[tuple[NDArray[np.float64], NDArray[np.bool_]]]) -> list[float]:
    """Return the intercept of a logistic regression, then the weight of each sign."""
    from sklearn.linear_model import LogisticRegression  # noqa: PLC0415 - 1.4 s

    if not seen:
        return []
    signs, right = zip(*seen, strict=True)
    fitted = LogisticRegression(C=10, max_iter=5_000).fit(np.vstack(signs), np.concatenate(right))
    return [round(float(weight), 4) for weight in (*fitted.intercept_, *fitted.coef_[0])]


class Kept:
    """An embedder that embeds no message twice."""

    def __init__(self, embedder: Embedder) -> None:
        self.name = embedder.name
        self._embedder = embedder
        self._rows: dict[str, NDArray[np.float32]] = {}

    def __call__(self, messages: Sequence[str]) -> NDArray[np.float32]:
        """Embed what is new, and return all."""
        new = [message for message in dict.fromkeys(messages) if message not in self._rows]
        if new:
            self._rows |= zip(new, self._embedder(new), strict=True)
        return np.stack([self._rows[message] for message in messages])


def read_sources(data: Path) -> list[Source]:
    """Read training and validation parts of CLINC150, BANKING77 and bitext.

    Raises
    ------
    DataError
        If a file is missing or not as expected.
    """
    path = data / "clinc150" / "data_full.json"
    try:
        parts = json.loads(path.read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise DataError(f"{path} cannot be read: it should be CLINC150's data_full.json") from error
    strange = [text for text, _ in parts["oos_train"]]
    clinc = (_by_intent(parts["train"]), _by_intent(parts["val"]))
    banking = tuple(
        _by_intent(_lines(data / "few_shot/BANKING77" / part)) for part in ("train", "valid")
    )
    bitext = tuple(
        _by_intent(_bitext(data / "bitext", part)) for part in ("Training", "Validation")
    )
    return [Source(examples, messages, strange) for examples, messages in (clinc, banking, bitext)]


def _by_intent(rows: Iterable[Sequence[str]]) -> Intents:
    intents: dict[str, list[str]] = {}
    for text, intent in rows:
        intents.setdefault(intent, []).append(text)
    return intents


def _lines(folder: Path) -> list[tuple[str, str]]:
    try:
        intents = (folder / "label").read_text("utf-8").splitlines()
        texts = (folder / "seq.in").read_text("utf-8").split("\n")
    except OSError as error:
        raise DataError(f"{folder} cannot be read: it should hold seq.in and label") from error
    return list(zip(texts, intents, strict=False))  # a last line break leaves one text more


def _bitext(folder: Path, part: str) -> list[tuple[str, str]]:
    path = folder / f"Bitext_Sample_Customer_Service_{part}_Dataset.csv"
    try:
        with path.open(encoding="utf-8", newline="") as file:
            return [(row["utterance"], row["intent"]) for row in csv.DictReader(file)]
    except (OSError, KeyError) as error:
        raise DataError(f"{path} cannot be read: it should be bitext's {part} part") from error
