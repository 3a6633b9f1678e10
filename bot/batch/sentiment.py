"""`python -m bot sentiment`: how messages feel."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import typer

from bot.batch.options import AsCsv, AsJson, Column, File, Seed, opened, settings_for_files
from bot.batch.reading import batches
from bot.batch.writing import Cell, write
from bot.models import sentiment_model
from nlp.folding import clean
from nlp.language import detect_language
from nlp.sentiment import Sentiment, SentimentModel

COLUMNS = (
    "text", "language", "label", "best", "negative", "neutral", "positive", "offensive",
)  # fmt: skip
BATCH = 256  # messages of which the model takes those of one length together
NOTHING = Sentiment("neutral", 0.0, 1.0, 0.0)  # of an empty line, which no model was trained on


def sentiment(
    context: typer.Context,
    file: File = None,
    *,
    column: Column = None,
    as_json: AsJson = False,
    as_csv: AsCsv = False,
    seed: Seed = 0,  # noqa: ARG001  # nothing is drawn here; every verb takes it
) -> None:
    """Tell how messages feel: negative, neutral, positive, or unsure.

    Honours SENTIMENT_MODEL, and OWNER_LANGUAGE for what shows no language of its own.
    """
    texts, form = opened(context, file, column, as_json=as_json, as_csv=as_csv)
    settings = settings_for_files()
    rows = judged(texts, sentiment_model(settings), settings.owner_language)
    write(COLUMNS, rows, form)


def judged(
    texts: Iterable[str], model: SentimentModel, fallback_language: str
) -> Iterator[tuple[Cell, ...]]:
    """Give a row of `COLUMNS` for each text, in order."""
    for batch in batches(texts, BATCH):
        languages = [detect_language(text, fallback_language) for text in batch]
        asked = [(text, lang.code) for text, lang in zip(batch, languages, strict=True)]
        for text, language, felt in zip(batch, languages, model.many(asked), strict=True):
            found = felt if clean(text).strip() else NOTHING
            shares = (found.negative, found.neutral, found.positive, found.offensive)
            yield text, language.detected or language.code, found.label, found.best, *shares
