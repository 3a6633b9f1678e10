"""The sentiment engines that ship, one for each language, and how a named model takes over."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING

from nlp.sentiment import Sentiment, SentimentModel

if TYPE_CHECKING:
    from nlp.chinese import ChineseSentiment
    from nlp.english import EnglishSentiment

MODELS = Path(__file__).parent / "models"


class BuiltInSentiment:
    """Sentiment and offence in English and Chinese, loaded when they are first asked for.

    Raises
    ------
    ModelError
        At `load`, or at the first message, if a shipped file is missing or damaged.
    """

    def __init__(self, folder: Path = MODELS) -> None:
        self._folder = folder
        self._loaded: tuple[EnglishSentiment, ChineseSentiment] | None = None
        self._lock = Lock()

    def load(self) -> tuple[EnglishSentiment, ChineseSentiment]:
        """Load what the first message would otherwise wait for."""
        from nlp.chinese import ChineseSentiment  # noqa: PLC0415 - numpy
        from nlp.english import EnglishSentiment  # noqa: PLC0415 - torch

        with self._lock:
            if self._loaded is None:
                self._loaded = (
                    EnglishSentiment.load(self._folder),
                    ChineseSentiment.load(self._folder),
                )
            return self._loaded

    def __call__(self, message: str, language: str) -> Sentiment:
        """Judge a message by the engine of its language; English judges all but Chinese."""
        english, chinese = self.load()
        return chinese(message) if language == "zh" else english(message)

    def many(self, messages: Sequence[tuple[str, str]]) -> list[Sentiment]:
        """Judge messages with their languages, in order."""
        english, chinese = self.load()
        for_chinese = [place for place, (_, language) in enumerate(messages) if language == "zh"]
        for_english = [place for place, (_, language) in enumerate(messages) if language != "zh"]
        judged: dict[int, Sentiment] = {}
        for engine, places in ((chinese, for_chinese), (english, for_english)):
            texts = [messages[place][0] for place in places]
            judged |= zip(places, engine.many(texts), strict=True)
        return [judged[place] for place in range(len(messages))]


class NamedSentiment:
    """The feelings that another model sees, with the offence that the built-in one sees."""

    def __init__(self, feelings: SentimentModel, offence: SentimentModel) -> None:
        self._feelings = feelings
        self._offence = offence

    def __call__(self, message: str, language: str) -> Sentiment:
        """Judge a message by both."""
        return self.many([(message, language)])[0]

    def many(self, messages: Sequence[tuple[str, str]]) -> list[Sentiment]:
        """Judge messages by both, in order."""
        return [
            replace(felt, offensive=offence.offensive, abusive=offence.abusive)
            for felt, offence in zip(
                self._feelings.many(messages), self._offence.many(messages), strict=True
            )
        ]
