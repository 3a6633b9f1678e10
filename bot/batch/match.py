"""`python -m bot match`: which taught answer each message asks for."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bot.batch.options import AsCsv, AsJson, Column, File, Seed, opened, settings_for_files
from bot.batch.reading import InputError, batches, content
from bot.batch.writing import Cell, write
from bot.models import embedder
from nlp.answers import Answer, AnswersError, read_csv, read_toml

if TYPE_CHECKING:
    from nlp.matching import Bands, Matcher

COLUMNS = ("text", "best", "probability", "action")
BATCH = 256  # messages of which the embedder takes those of one length together

Answers = Annotated[
    str,
    typer.Option(
        metavar="A.csv",
        help="What is taught: columns `answer` and `question`, an answer has many rows; "
        "or what /answers export gives.",
        show_default=False,
    ),
]
AnswerFrom = Annotated[
    float | None,
    typer.Option(min=0, max=1, help="Probability from which to answer.", show_default=False),
]
SuggestFrom = Annotated[
    float | None,
    typer.Option(min=0, max=1, help="Probability from which to suggest.", show_default=False),
]


def match(
    context: typer.Context,
    answers: Answers,
    file: File = None,
    *,
    answer_from: AnswerFrom = None,
    suggest_from: SuggestFrom = None,
    column: Column = None,
    as_json: AsJson = False,
    as_csv: AsCsv = False,
    seed: Seed = 0,  # noqa: ARG001  # nothing is drawn here; every verb takes it
) -> None:
    """Find the taught answer that each message asks for, and how sure that is.

    The action is answer, suggest (to the owner) or handoff, by the two limits. Honours
    EMBEDDING_MODEL.
    """
    texts, form = opened(context, file, column, as_json=as_json, as_csv=as_csv)
    taught = read_answers(answers, with_replies=False)
    settings = settings_for_files()
    from nlp.matching import Matcher  # noqa: PLC0415  # numpy and a classifier

    matcher = Matcher.fit(taught, embedder(settings), bands=_bands(answer_from, suggest_from))
    write(COLUMNS, matched(texts, matcher), form)


def matched(texts: Iterable[str], matcher: Matcher) -> Iterator[tuple[Cell, ...]]:
    """Give a row of `COLUMNS` for each text, in order."""
    for batch in batches(texts, BATCH):
        for text, found in zip(batch, matcher.many(batch), strict=True):
            if found is None:
                yield text, "", 0.0, "handoff"
            else:
                yield text, found.answer, found.probability, found.band


def read_answers(file: str, *, with_replies: bool) -> tuple[Answer, ...]:
    """Read taught answers from CSV or TOML, as the name of the file says.

    Raises
    ------
    InputError
        If there are none, or they cannot be used.
    """
    try:
        if Path(file).suffix.lower() == ".toml":
            answers = read_toml(content(file), file)
        else:
            answers = read_csv(content(file), file, with_replies=with_replies)
    except AnswersError as error:
        raise InputError(f"{error}.") from error
    if not answers:
        raise InputError(f"{file}: there is no answer in it; write one a row.")
    return answers


def _bands(answer_from: float | None, suggest_from: float | None) -> Bands:
    """Give the limits asked for; one that is not told makes room for the other."""
    from nlp.matching import BANDS, Bands  # noqa: PLC0415  # numpy and a classifier

    answer = BANDS.answer_from if answer_from is None else answer_from
    suggest = BANDS.suggest_from if suggest_from is None else suggest_from
    if suggest > answer and None not in {answer_from, suggest_from}:
        raise InputError(
            f"--suggest-from {suggest} is above --answer-from {answer}: what is not sure enough "
            "to suggest cannot be sure enough to answer."
        )
    if answer_from is None:
        return Bands(max(answer, suggest), suggest)
    return Bands(answer, min(answer, suggest))
