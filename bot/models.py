"""The models that replies rest on: the built-in ones, or those that the settings name.

The built-in ones are made at once and load when they are first asked; one that the settings
name loads now, so that a wrong name ends the start. All that is heavy is imported here, late.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.settings import Settings, SettingsError
from nlp.built_in import BuiltInSentiment, NamedSentiment
from nlp.model import ModelError, TransformerSentiment
from nlp.sentiment import SentimentModel

if TYPE_CHECKING:
    from nlp.embedding import Embedder


def sentiment_model(settings: Settings) -> SentimentModel:
    """Give the model that tells how a message feels.

    Raises
    ------
    SettingsError
        If what SENTIMENT_MODEL names is no sentiment model.
    """
    built_in = BuiltInSentiment()
    if not settings.sentiment_model:
        return built_in
    try:
        return NamedSentiment(TransformerSentiment(settings.sentiment_model), built_in)
    except ModelError as error:
        raise _wrong("SENTIMENT_MODEL", error) from error


def embedder(settings: Settings) -> Embedder:
    """Give the model that compares a message with the questions that the owner has taught.

    Raises
    ------
    SettingsError
        If what EMBEDDING_MODEL names does not embed messages.
    """
    from nlp.embedding import BuiltInEmbedder, NamedEmbedder  # noqa: PLC0415  # numpy

    if not settings.embedding_model:
        return BuiltInEmbedder()
    try:
        return NamedEmbedder(settings.embedding_model)
    except ModelError as error:
        raise _wrong("EMBEDDING_MODEL", error) from error


def _wrong(name: str, error: Exception) -> SettingsError:
    problem = str(error).splitlines()[0]
    return SettingsError(f"{name} is wrong: {problem}")
