"""What the English engine gets right, measured, and written down for whoever uses it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib import resources
from pathlib import Path

import numpy as np

from nlp.english import EnglishSentiment
from nlp.train.measures import Labels, Probabilities, calibration_error, macro_f1, macro_recall
from nlp.train.tweets import Example

CARD = "english.md"


@dataclass(frozen=True, slots=True)
class Figures:
    """Shares, measured on one part of the data.

    Attributes
    ----------
    sure, right_when_sure : float
        Share of the messages that get a verdict, and of these that get the right one.
    abusive, offensive_when_abusive : float
        Share of the messages that are called abusive, and of these that offend.
    """

    macro_recall: float
    calibration_error: float
    sure: float
    right_when_sure: float
    offensive_f1: float
    abusive: float
    offensive_when_abusive: float


def judged(
    engine: EnglishSentiment, examples: Sequence[Example]
) -> tuple[Labels, Probabilities, Probabilities]:
    """Return labels, and the probabilities of the feelings and of (no) offence, a row each."""
    felt = engine.many([example.text for example in examples])
    return (
        np.array([example.label for example in examples]),
        np.array([(each.negative, each.neutral, each.positive) for each in felt]),
        np.array([(1 - each.offensive, each.offensive) for each in felt]),
    )


def measured(
    engine: EnglishSentiment, sentiment: Sequence[Example], offensive: Sequence[Example]
) -> Figures:
    """Measure an engine on examples of both tasks."""
    labels, feelings, _ = judged(engine, sentiment)
    offences, _, offence = judged(engine, offensive)
    right = feelings.argmax(axis=1) == labels
    sure = feelings.max(axis=1) >= engine.thresholds.sure_from
    abusive = offence[:, 1] >= engine.thresholds.abusive_from
    return Figures(
        macro_recall=macro_recall(labels, feelings.argmax(axis=1)),
        calibration_error=calibration_error(labels, feelings),
        sure=float(np.mean(sure)),
        right_when_sure=float(np.mean(right[sure])) if sure.any() else 0.0,
        offensive_f1=macro_f1(offences, offence.argmax(axis=1)),
        abusive=float(np.mean(abusive)),
        offensive_when_abusive=float(np.mean(offences[abusive])) if abusive.any() else 0.0,
    )


def write_card(folder: Path, parts: Mapping[str, Figures]) -> None:
    """Write the model card with the figures of each part."""
    rows = [
        f"| {name} | {each.macro_recall:.1%} | {each.calibration_error:.3f} | {each.sure:.0%} "
        f"| {each.right_when_sure:.1%} | {each.offensive_f1:.1%} | {each.abusive:.1%} "
        f"| {each.offensive_when_abusive:.0%} |"
        for name, each in parts.items()
    ]
    text = resources.files("nlp.train").joinpath(CARD).read_text("utf-8")
    (folder / CARD).write_text(text.replace("{figures}", "\n".join(rows)), "utf-8")
