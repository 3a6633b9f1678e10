"""Every figure of question matching, with the published one beside it.

Run `python -m benchmarks.matching DATA [UNSEEN]`, where DATA holds the folders `few_shot` and
`clinc150`. This reads the test parts. What ships is tuned on CLINC150, so its few-shot figure
needs others: `python -m nlp.train match --data DATA --tuned-on banking77 --out UNSEEN`.
"""

import json
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import torch

from nlp.answers import Answer, read_csv
from nlp.embedding import BuiltInEmbedder, Embedder
from nlp.matching import BANDS, Matcher
from nlp.train.matching import Kept
from nlp.train.measures import calibration_error

N_ANSWERS, N_QUESTIONS, N_TIMED = 200, 10, 200
QUESTIONS_ZH = Path("tests/nlp/questions_zh.csv")

PUBLISHED = {
    "BANKING77": ("CPFT 80.9, ICDA 84.0", "CPFT 87.2, ICDA 89.8"),
    "CLINC150": ("ConveRT 89.2, CPFT 92.3", "ConveRT 92.6, CPFT 94.2"),
}

Labelled = list[tuple[str, str]]


def main(data: Path, unseen: Path | None = None) -> None:
    """Print the figures, one a line."""
    torch.set_num_threads(1)
    embedder = Kept(BuiltInEmbedder())
    other = Kept(BuiltInEmbedder(unseen)) if unseen else None
    parts = json.loads((data / "clinc150" / "data_oos_plus.json").read_text("utf-8"))
    for name, figure in (
        *few_shot("BANKING77", embedder, data / "few_shot"),
        *few_shot("CLINC150", other, data / "few_shot"),
        *refusing(embedder, parts),
        *chinese(embedder),
        *speed([text for text, _ in parts["train"]]),
    ):
        print(f"{name:<72} {figure}", flush=True)


def few_shot(name: str, embedder: Embedder | None, data: Path) -> Iterator[tuple[str, str]]:
    """Measure accuracy with 5 and 10 examples of each intent."""
    for part, beside in zip(("train_5", "train_10"), PUBLISHED[name], strict=True):
        figure = f"{name}, {part}, accuracy ({beside})"
        if embedder is None:
            yield figure, "missing: no weights that have not seen it"
            continue
        matcher = Matcher.fit(answers(lines(data / name / part)), embedder)
        right, probabilities = judged(matcher, lines(data / name / "test"))
        yield figure, percent(right.mean())
        yield "the same, expected calibration error", error(right, probabilities)


def refusing(embedder: Embedder, parts: dict[str, Labelled]) -> Iterator[tuple[str, str]]:
    """Measure on the whole of CLINC150, refusing below what validation says.

    The threshold is the highest at which no more than one in 150 validation
    messages is refused.
    """
    none = [text for text, _ in parts["oos_train"]]
    matcher = Matcher.fit(answers(parts["train"]), embedder, none_of_these=none)
    _, probabilities = judged(matcher, parts["val"])
    threshold = np.quantile(probabilities, 1 / 150)
    right, probabilities = judged(matcher, parts["test"])
    _, strange = judged(matcher, parts["oos_test"])
    yield (
        f"CLINC150 in scope, accuracy at {threshold:.2f} (BERT 96.2)",
        percent((right & (probabilities >= threshold)).mean()),
    )
    yield "the same, out-of-scope recall (BERT 52.3)", percent((strange < threshold).mean())
    yield "the same, in scope without refusing", percent(right.mean())
    every = np.concatenate([right, np.zeros(len(strange), bool)])
    yield (
        "the same, expected calibration error, in and out of scope",
        error(every, np.concatenate([probabilities, strange])),
    )
    sent = np.concatenate([probabilities, strange]) >= BANDS.answer_from
    yield "the same, band answer: right", percent(every[sent].mean())


def chinese(embedder: Embedder) -> Iterator[tuple[str, str]]:
    """Measure on Chinese questions of our own, three of five taught, two asked."""
    taught = read_csv(QUESTIONS_ZH.read_bytes(), str(QUESTIONS_ZH), with_replies=False)
    kept = [(text, answer.name) for answer in taught for text in answer.questions[:3]]
    asked = [(text, answer.name) for answer in taught for text in answer.questions[3:]]
    right, probabilities = judged(Matcher.fit(answers(kept), embedder), asked)
    yield f"Chinese, {len(taught)} answers by 3 questions, accuracy", percent(right.mean())
    yield "the same, expected calibration error", error(right, probabilities)


def speed(texts: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Time fitting and matching on one core, with 200 answers by 10 questions."""
    embedder = BuiltInEmbedder()
    questions = iter(texts)
    taught = [
        Answer(
            name=str(at), questions=tuple(next(questions) for _ in range(N_QUESTIONS)), replies={}
        )
        for at in range(N_ANSWERS)
    ]
    asked = [next(questions) for _ in range(N_TIMED)]
    every = [question for answer in taught for question in answer.questions]
    known = dict(zip(every, embedder(every), strict=True))
    Matcher.fit(taught[:1], embedder, known=known)  # the ordinary messages are embedded once
    started = time.perf_counter()
    matcher = Matcher.fit(taught, embedder, known=known)
    yield "refitting 200 answers by 10 questions (at most 2 s)", since(started)
    took = []
    for message in asked:
        started = time.perf_counter()
        matcher(message)
        took.append(time.perf_counter() - started)
    yield "one match, p50 (at most 10 ms)", f"{1_000 * float(np.median(took)):.1f} ms"
    started = time.perf_counter()
    matcher.many(asked)
    yield "matches in a batch", f"{N_TIMED / (time.perf_counter() - started):.0f} a second"


def judged(matcher: Matcher, asked: Labelled) -> tuple[np.ndarray, np.ndarray]:
    """Return whether each best answer is right, and its probability."""
    found = [match for match in matcher.many([text for text, _ in asked]) if match]
    right = [match.answer == intent for match, (_, intent) in zip(found, asked, strict=True)]
    return np.array(right), np.array([match.probability for match in found])


def answers(rows: Labelled) -> list[Answer]:
    """Make an answer of each intent."""
    questions: dict[str, list[str]] = {}
    for text, intent in rows:
        questions.setdefault(intent, []).append(text)
    return [Answer(name=name, questions=tuple(q), replies={}) for name, q in questions.items()]


def lines(folder: Path) -> Labelled:
    """Read a part of the few-shot sets."""
    intents = (folder / "label").read_text("utf-8").splitlines()
    return list(zip((folder / "seq.in").read_text("utf-8").split("\n"), intents, strict=False))


def error(right: np.ndarray, probabilities: np.ndarray) -> str:
    """Format the calibration error."""
    shares = np.stack([1 - probabilities, probabilities], axis=1)
    return f"{calibration_error(right.astype(int), shares):.3f}"


def percent(share: float) -> str:
    """Format a share."""
    return f"{100 * share:.1f}"


def since(started: float) -> str:
    """Format the seconds since a moment."""
    return f"{time.perf_counter() - started:.2f} s"


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:]))
