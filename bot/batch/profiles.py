"""`python -m bot profiles`: a class or a missing attribute of customers, and why."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from bot.batch.frames import read_frame, shown
from bot.batch.options import AsCsv, AsJson, Column, Seed
from bot.batch.reading import STANDARD_INPUT, InputError, column_names
from bot.batch.tables import (
    SLOW,
    CsvFile,
    cleaning_as_json,
    named,
    remark,
    taken_ids,
    tell_cleaning,
    write_json,
)  # fmt: skip
from bot.batch.writing import Cell, form_of, write

if TYPE_CHECKING:
    from analytics.cleaning import Feature
    from analytics.evaluation import Evaluation
    from analytics.profiles import Because, Profile
    from analytics.targets import Task
    from analytics.trees import Condition

FIGURES = ("class", "precision", "recall", "f1", "n", "accuracy", "baseline_accuracy")
COLUMNS = ("id", "predicted", "probability", "why")
IDS = ("customer", "id")
N_RULES = 12  # shown on standard error; all are in the summary

Target = Annotated[str, typer.Option(metavar="COLUMN", help="The column to tell.")]
Predict = Annotated[
    str | None,
    typer.Option(
        metavar="NEW.csv", help="Tell it for these customers, with why.", show_default=False
    ),
]
Kind = Annotated[
    Literal["tree", "knn"], typer.Option("--model", help="Rules, or the most similar customers.")
]
By = Annotated[
    Literal["gain", "gain-ratio", "gini"],
    typer.Option("--criterion", help="What a tree's questions are chosen by."),
]
Distance = Annotated[
    Literal["euclidean", "manhattan"], typer.Option("--metric", help="How knn measures distance.")
]
Keep = Annotated[
    list[str] | None,
    typer.Option(
        metavar="COLUMN", help="Use this column although it gives the target away.",
        show_default=False,
    ),
]  # fmt: skip
Summary = Annotated[
    Path | None,
    typer.Option(
        metavar="FILE.json", help="Write figures, rules and what was cleaned.", show_default=False
    ),
]


def profiles(
    file: CsvFile,
    *,
    target: Target,
    predict: Predict = None,
    model: Kind = "tree",
    criterion: By = "gain",
    metric: Distance = "euclidean",
    keep: Keep = None,
    summary: Summary = None,
    column: Column = None,
    as_json: AsJson = False,
    as_csv: AsCsv = False,
    seed: Seed = 0,
) -> None:
    """Tell a column of a customer table from the others: by readable rules, or by who is alike.

    Without --predict it shows how well that works, in five-fold cross-validation.
    """
    form = form_of(as_json=as_json, as_csv=as_csv)
    if file == predict == STANDARD_INPUT:
        raise InputError("Standard input can only be read once: give one of the two as a file.")
    headers = column_names(column or [], [*IDS, target])
    table = read_frame(file, headers, [*headers, target], as_text=IDS)
    headers.pop(target, None)  # customers whose target is asked for need none
    asked = None if predict is None else read_frame(predict, headers, (), as_text=IDS)
    if len(table) >= SLOW:
        remark(f"Learning from {len(table):,} rows …")
    from analytics.cleaning import without_duplicates  # noqa: PLC0415  # pandas and sklearn
    from analytics.evaluation import evaluate_profile  # noqa: PLC0415
    from analytics.profiles import Options, fit_profile, predict_profile  # noqa: PLC0415
    from analytics.targets import ProfileError, read_task  # noqa: PLC0415

    key = next((name for name in IDS if name in table and name != target), None)
    table, remarks = without_duplicates(table, key)
    tell_cleaning(remarks)
    ids = taken_ids(table, shown(file), [key] if key else [])
    options = Options(model=model, criterion=criterion, metric=metric, random_state=seed)
    try:
        others = table if key is None else table.drop(columns=key)
        task = read_task(others, target, keep or [], seed)
        _tell_task(task)
        profile = fit_profile(task, options, ids.iloc[task.rows].tolist())
        found = None if asked is not None and not summary else evaluate_profile(task, options)
        told = [] if asked is None else predict_profile(profile, asked)
    except ProfileError as error:
        raise InputError(f"{shown(file)}: {error}") from error
    tell_cleaning(profile.cleaning.remarks)
    if summary and found:
        write_json(summary, _summary(found, profile, task))
    if asked is not None and predict is not None:
        asked_ids = _asked_ids(asked, IDS)
        rows = (
            (each, one.name, one.probability, _why(one.because))
            for each, one in zip(asked_ids, told, strict=True)
        )
        write(COLUMNS, rows, form)
    elif found:
        for rule in _rules(profile)[:N_RULES]:
            remark(rule)
        write(FIGURES, _figures(found), form)
        remark(_verdict(found, target))


def _asked_ids(asked: Any, names: Sequence[str]) -> list[str]:
    """Give the ids to write; here one may be there twice, or missing."""
    for name in names:
        if name in asked:
            ids = asked[name].astype(str).str.strip()
            return list(ids.str.replace(r"^(-?\d+)\.0+$", r"\1", regex=True))
    return [str(number) for number in range(1, len(asked) + 1)]


def _figures(found: Evaluation) -> Iterator[tuple[Cell, ...]]:
    accuracy, baseline = found.accuracy.value, found.baseline_accuracy
    for each in found.classes:
        yield each.name, each.precision, each.recall, each.f1, each.n, None, None
    yield "all", found.precision, found.recall, found.f1, found.n_rows, accuracy, baseline


def _tell_task(task: Task) -> None:
    if task.n_without:
        remark(f"{task.n_without:,} rows have no {task.target}: not learnt from.")
    if task.rare:
        remark(f"Too rare to be learnt: {', '.join(task.rare[:10])}.")
    for column, accuracy in task.leaking:
        remark(
            f"{column} alone tells {task.target} in {accuracy:.1%} of the rows and may be a copy "
            f"of it: left out. To use it all the same, add --keep {column}"
        )


def _verdict(found: Evaluation, target: str) -> str:
    accuracy = found.accuracy
    told = (
        f"{target} is told rightly in {accuracy.value:.1%} of {found.n_rows:,} held-back rows "
        f"(95 % interval {accuracy.low:.1%} to {accuracy.high:.1%})"
    )
    naive = f"always saying the most frequent class is right in {found.baseline_accuracy:.1%}"
    if found.is_better:
        return f"{told}; {naive}."
    return f"{told}; {naive}, so the other columns do not help: use that instead."


def _rules(profile: Profile) -> list[str]:
    from analytics.profiles import rules  # noqa: PLC0415  # sklearn

    return [
        f"{_all_of(rule.conditions) or 'Anybody'}: {rule.name} "
        f"({rule.probability:.0%}, {rule.n:,} rows)"
        for rule in rules(profile)
    ]


def _why(because: Because) -> str:
    share = f"{because.n_alike:,} of {because.n_asked:,}"
    if because.neighbours:
        nearest = ", ".join(f"{who} ({name})" for who, name in because.neighbours)
        return f"so are {share} most similar, first {nearest}"
    if not because.conditions:
        return f"so are {share}, whoever it is"
    return f"{_all_of(because.conditions)}: so are {share}"


def _all_of(conditions: Sequence[tuple[Feature, Condition]]) -> str:
    return " and ".join(_condition(feature, condition) for feature, condition in conditions)


def _condition(feature: Feature, condition: Condition) -> str:
    match feature.kind:
        case "number":
            return f"{feature.column} {'>' if condition.is_above else '≤'} {condition.threshold:g}"
        case "moment":
            from pandas import Timestamp  # noqa: PLC0415

            moment = Timestamp(0) + condition.threshold * (Timestamp(1, unit="D") - Timestamp(0))
            side = "after" if condition.is_above else "by"
            return f"{feature.column} {side} {moment:%Y-%m-%d %H:%M}"
        case "has":
            return (
                named(feature)
                if condition.is_above
                else f"{feature.column} without {feature.value}"
            )
    if condition.is_above:
        return named(feature)
    return named(feature).replace(f"{feature.column} is ", f"{feature.column} is not ", 1)


def _summary(found: Evaluation, profile: Profile, task: Task) -> dict[str, Any]:
    from analytics.trees import Tree  # noqa: PLC0415

    return {
        "target": profile.target,
        "n_rows": found.n_rows,
        "accuracy": found.accuracy.value,
        "accuracy_interval_95": [found.accuracy.low, found.accuracy.high],
        "precision": found.precision,
        "recall": found.recall,
        "f1": found.f1,
        "baseline_accuracy": found.baseline_accuracy,
        "baseline_f1": found.baseline_f1,
        "beats_baseline": found.is_better,
        "k": None if isinstance(profile.model, Tree) else profile.model.k,
        "classes": [
            {"class": c.name, "precision": c.precision, "recall": c.recall, "f1": c.f1, "n": c.n}
            for c in found.classes
        ],
        "confusion": found.confusion,
        "rules": _rules(profile),
        "leaking": [{"column": column, "accuracy": share} for column, share in task.leaking],
        "cleaning": cleaning_as_json(profile.cleaning.remarks),
    }
