"""How well a profile tells its classes on rows that it has not seen, beside the naive guess."""

from dataclasses import dataclass, replace

import numpy as np
from sklearn.metrics import precision_recall_fscore_support

from analytics.comparison import beats_baseline
from analytics.profiles import Options, fit_profile, folds, predict_profile
from analytics.shares import Share, share
from analytics.targets import Task

N_EVALUATED = 50_000  # rows, drawn where there are more: accuracy is then sure to half a percent


@dataclass(frozen=True, slots=True)
class ClassFigures:
    """How well one class is told, of which there are `n` rows."""

    name: str
    precision: float
    recall: float
    f1: float
    n: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Evaluation:
    """Figures of five-fold cross-validation.

    `precision`, `recall` and `f1` are means over the classes; those of the
    baseline come from always naming the most frequent class. `is_better` is
    whether the accuracy exceeds the baseline's by more than its standard error.
    `confusion` has a row for each true and a column for each predicted class.
    """

    classes: tuple[ClassFigures, ...]
    accuracy: Share
    precision: float
    recall: float
    f1: float
    baseline_accuracy: float
    baseline_f1: float
    is_better: bool
    confusion: tuple[tuple[int, ...], ...]
    n_rows: int


def evaluate_profile(task: Task, options: Options) -> Evaluation:
    """Predict each fifth of the rows by a model of the other four, which makes all its choices.

    Raises
    ------
    ProfileError
        If no column tells anything.
    """
    rng = np.random.default_rng(options.random_state)
    task = _part(task, np.sort(rng.permutation(len(task.classes))[:N_EVALUATED]))
    place = {name: i for i, name in enumerate(task.names)}
    found, naive = np.empty_like(task.classes), np.empty_like(task.classes)
    for train, test in folds(task.classes, options.random_state):
        profile = fit_profile(_part(task, train), options)
        told = predict_profile(profile, task.table.iloc[test])
        found[test] = [place[each.name] for each in told]
        naive[test] = np.bincount(task.classes[train]).argmax()
    n_classes = len(task.names)
    figures = _figures(task.classes, found, n_classes)
    right, naive_right = found == task.classes, naive == task.classes
    confusion = np.bincount(task.classes * n_classes + found, minlength=n_classes**2)
    return Evaluation(
        classes=tuple(
            ClassFigures(name, float(precision), float(recall), float(f1), int(n))
            for name, precision, recall, f1, n in zip(task.names, *figures, strict=True)
        ),
        accuracy=share(int(right.sum()), len(right)),
        precision=float(figures[0].mean()),
        recall=float(figures[1].mean()),
        f1=float(figures[2].mean()),
        baseline_accuracy=float(naive_right.mean()),
        baseline_f1=float(_figures(task.classes, naive, n_classes)[2].mean()),
        is_better=beats_baseline(right.astype(float) - naive_right.astype(float)),
        confusion=tuple(map(tuple, confusion.reshape(n_classes, n_classes).tolist())),
        n_rows=len(right),
    )


def _part(task: Task, rows: np.ndarray) -> Task:
    return replace(
        task, table=task.table.iloc[rows], classes=task.classes[rows], rows=task.rows[rows]
    )


def _figures(true: np.ndarray, told: np.ndarray, n_classes: int) -> tuple[np.ndarray, ...]:
    found: tuple[np.ndarray, ...] = precision_recall_fscore_support(
        true, told, labels=list(range(n_classes)), zero_division=0
    )
    return found
