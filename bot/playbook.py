"""Holds the playbook that replies are chosen by, and swaps it whole when its parts change."""

from __future__ import annotations

import asyncio
import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType
from typing import TYPE_CHECKING

from sqlite_utils import Database

from bot import playbook_files
from bot.opening import Opening, told
from bot.playbook_files import Files
from bot.settings import Settings
from bot.store import answers, choices, embeddings
from nlp.playbook import Playbook, Situation
from nlp.replies import choose_reply
from nlp.templates import Template, TextError, compile_template
from nlp.toml_text import FileError

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from nlp.answers import Answer
    from nlp.embedding import Embedder
    from nlp.matching import Bands, Matcher
    from nlp.sentiment import SentimentModel


class InForce:
    """The playbook in force.

    A change is read and fitted aside: `playbook` stays the old one until all of the new one
    stands, and for good if the new one is refused.

    Raises
    ------
    FileError
        If the owner's files cannot be used.
    """

    def __init__(
        self, settings: Settings, db: Database, load_embedder: Callable[[], Embedder]
    ) -> None:
        self._settings = settings
        self._db = db
        self._load_embedder = load_embedder
        self._embedder: Embedder | None = None
        self._one_at_a_time = asyncio.Lock()
        self._warmed = asyncio.Event()
        self._is_warm = False
        self._fitted: tuple[Sequence[Answer], Bands] | None = None
        self._matcher: Matcher | None = None
        self._seen = playbook_files.stamp(settings.playbook)
        self.files = playbook_files.read(settings.playbook)
        self.playbook = _laid_down(self.files, settings, told(db, settings))

    async def when_warm(self) -> Playbook:
        """Give the playbook, as soon as nobody has to wait for a model any more."""
        await self._warmed.wait()
        if not self._is_warm:  # the process ends, and the message is for the next one
            raise asyncio.CancelledError
        return self.playbook

    async def warm_up(self, sentiment: SentimentModel) -> None:
        """Load the models and fit what the owner has taught, off the loop.

        Raises
        ------
        ModelError, SettingsError
            If a model cannot be loaded.
        FileError
            If a taught reply cannot be used.
        """
        try:
            if self._settings.embedding_model:  # or nobody would hear that its name is wrong
                await self._embedding()
            await self.refit()
            await asyncio.to_thread(_try_out, self.playbook, sentiment)
            self._is_warm = True
        finally:
            self._warmed.set()

    async def reload(self) -> None:
        """Take over the owner's files, and whatever else they have told.

        Raises
        ------
        FileError
            If a file, or an answer that uses it, is refused; what was in force stays so.
        """
        async with self._one_at_a_time:
            self._seen = playbook_files.stamp(self._settings.playbook)
            files = await asyncio.to_thread(playbook_files.read, self._settings.playbook)
            self.playbook, self.files = await self._built(files), files

    async def change(self, texts: Mapping[str, str]) -> None:
        """Write these files, if they can be used, and take them over.

        Raises
        ------
        FileError
            If they cannot be used or written.
        """
        async with self._one_at_a_time:
            if self.has_changed():
                folder = str(self._settings.playbook)
                raise FileError(folder, None, "it was changed on disk just now; look again")
            files = self.files.changed(texts)
            playbook = await self._built(files)
            await asyncio.to_thread(playbook_files.write, files.folder, texts)
            self._seen = playbook_files.stamp(self._settings.playbook)
            self.playbook, self.files = playbook, files

    async def refit(self) -> None:
        """Take over what the owner has taught.

        Raises
        ------
        FileError
            If a reply of theirs names something that is not told.
        """
        async with self._one_at_a_time:
            self.playbook = await self._taught(self.playbook)

    async def retell(self) -> None:
        """Take over what the owner has told of when they are there."""
        async with self._one_at_a_time:
            self.playbook = await self._built(self.files)

    async def imagine(self, texts: Mapping[str, str], lessons: Sequence[Answer] = ()) -> Playbook:
        """Give the playbook as it would be with these files, and these answers taught.

        Raises
        ------
        FileError
            If they cannot be used.
        """
        async with self._one_at_a_time:
            return await self._built(self.files.changed(texts), lessons)

    def has_changed(self) -> bool:
        """Say whether a file was written since it was looked at last, well or not."""
        return playbook_files.stamp(self._settings.playbook) != self._seen

    def bands(self) -> Bands:
        """Give how sure the bot has to be, as the owner has chosen."""
        from nlp.matching import BANDS, Bands  # noqa: PLC0415  # numpy

        chosen = choices.get(self._db, "bands")
        return Bands(*map(float, chosen.split())) if chosen else BANDS

    async def _built(self, files: Files, lessons: Sequence[Answer] = ()) -> Playbook:
        opening = told(self._db, self._settings)
        laid_down = await asyncio.to_thread(_laid_down, files, self._settings, opening)
        return await self._taught(laid_down, lessons)

    async def _taught(self, playbook: Playbook, lessons: Sequence[Answer] = ()) -> Playbook:
        """Add the taught answers, fitted anew only where they have changed."""
        taught = _with(answers.taught(self._db), lessons)
        if not taught:
            return replace(playbook, answers=MappingProxyType({}), matcher=None)
        replies, bands = _compiled(taught, playbook.templates.links), self.bands()
        if self._fitted != (taught, bands):
            self._matcher = await self._fit(taught, bands)
            self._fitted = taught, bands
        return replace(playbook, answers=replies, matcher=self._matcher)

    async def _fit(self, taught: Sequence[Answer], bands: Bands) -> Matcher:
        """Fit a matcher off the loop; what was embedded before is not embedded again."""
        embedder = await self._embedding()
        known = embeddings.known(self._db, embedder.name)
        questions = [question for answer in taught for question in answer.questions]
        new = [question for question in questions if question not in known]
        if new:
            known |= zip(new, await asyncio.to_thread(embedder, new), strict=True)
            kept = {question: known[question] for question in questions}
            embeddings.keep(self._db, embedder.name, kept)
        return await asyncio.to_thread(_fitted, taught, embedder, bands, known)

    async def _embedding(self) -> Embedder:
        """Load the embedder, once, and only for those who have taught something."""
        if self._embedder is None:
            self._embedder = await asyncio.to_thread(self._load_embedder)
        return self._embedder


def _try_out(playbook: Playbook, sentiment: SentimentModel) -> None:
    """Choose a reply in each language, because each part loads when it is first asked."""
    situation = Situation(at=dt.datetime(2000, 1, 1, tzinfo=dt.UTC), fallback_language="en")
    for message in ("Hello, when do you open?", "你好，几点开门？"):
        choose_reply(message, playbook=playbook, sentiment=sentiment, situation=situation)


def _laid_down(files: Files, settings: Settings, opening: Opening) -> Playbook:
    """Put together what the owner has written; hours that are only words stay words."""
    templates = files.templates()
    return Playbook(
        rules=files.rules(templates),
        templates=templates,
        hours=opening.understood(settings),
        zone=settings.timezone,
        values=MappingProxyType({**settings.shop, "hours": opening.text}),
    )


def _with(taught: Sequence[Answer], lessons: Sequence[Answer]) -> tuple[Answer, ...]:
    """Put answers in the place of those of the same names, as an import does."""
    coming = {answer.name.lower(): answer for answer in lessons}
    return tuple(({answer.name.lower(): answer for answer in taught} | coming).values())


def _compiled(taught: Sequence[Answer], links: Mapping[str, str]) -> Mapping[str, Template]:
    """Compile the replies of taught answers, by the answer's name."""
    replies = {}
    for answer in taught:
        try:
            replies[answer.name] = compile_template(answer.name, answer.replies, links)
        except TextError as error:
            raise FileError(f"answer {answer.name!r}", None, str(error)) from error
    return MappingProxyType(replies)


def _fitted(
    taught: Sequence[Answer],
    embedder: Embedder,
    bands: Bands,
    known: Mapping[str, NDArray[np.float32]],
) -> Matcher:
    from nlp.matching import Matcher  # noqa: PLC0415  # numpy

    return Matcher.fit(taught, embedder, bands=bands, known=known)
