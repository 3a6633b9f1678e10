"""The playbook in force: swapped whole, waited for by customers only, refused with a sentence."""

from __future__ import annotations

import asyncio
import datetime as dt
import threading
from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray
from sqlite_utils import Database

from bot.app import build
from bot.context import App, SoloistApplication
from bot.database import open_database
from bot.playbook import InForce
from bot.running import StartError, running
from bot.settings import Settings
from bot.store import answers, choices
from nlp.answers import Answer
from nlp.model import ModelError
from nlp.sentiment import Sentiment, verdict
from nlp.toml_text import FileError
from tests.conftest import OWNER, Desk, until

RULE = '[[rule]]\nname = "{name}"\naction = "silent"\nkeywords.en = ["ramp"]\n'


class Embedder:
    """Places each text at random, the same text at the same place, and remembers what it saw."""

    name = "random"

    def __init__(self) -> None:
        self.seen: list[str] = []

    def __call__(self, messages: Sequence[str]) -> NDArray[np.float32]:
        self.seen += messages
        places = [np.random.default_rng(len(text)).normal(size=8) for text in messages]
        rows = np.stack(places).astype(np.float32)
        rows /= np.linalg.norm(rows, axis=1, keepdims=True)
        return rows


class Judge:
    """A sentiment model that takes its time, or cannot be loaded."""

    def __init__(self, error: Exception | None = None) -> None:
        self.loaded = threading.Event()
        self._error = error

    def __call__(self, message: str, language: str) -> Sentiment:
        self.loaded.wait(20)
        if self._error:
            raise self._error
        return verdict(0, 1, 0)

    def many(self, messages: Sequence[tuple[str, str]]) -> list[Sentiment]:
        return [self(*message) for message in messages]


@pytest.fixture
def db(settings: Settings) -> Iterator[Database]:
    db = open_database(settings.database)
    yield db
    db.close()


def teach(db: Database, name: str, *questions: str) -> None:
    told = Answer(name=name, questions=questions, replies={"en": f"About {name}."})
    answers.teach(db, told, dt.datetime.now(dt.UTC))


def judged_by(application: SoloistApplication, sentiment: Judge) -> SoloistApplication:
    """Give an application another sentiment model."""
    app: App = application.bot_data["app"]
    application.bot_data["app"] = replace(app, sentiment=sentiment)
    return application


async def test_a_customer_waits_for_the_models_and_nobody_else_does(
    desk: Desk, settings: Settings, db: Database
) -> None:
    judge = Judge()
    async with running(judged_by(build(settings, db), judge)):
        await desk.say(desk.customer, "When do you open?")
        await desk.say(OWNER, "/help")
        await desk.wait_for(OWNER, "/inbox")
        assert await desk.texts(desk.customer) == []

        judge.loaded.set()

        await desk.wait_for(desk.customer, "9:00–18:00")


async def test_without_its_models_the_bot_ends_and_keeps_what_came(
    desk: Desk, settings: Settings, db: Database
) -> None:
    judge = Judge(ModelError("english.bin is damaged: reinstall Soloist"))

    async def run() -> None:
        async with running(judged_by(build(settings, db), judge)):
            await desk.say(desk.customer, "When do you open?")
            await until(lambda: db["updates"].count, "the message")
            judge.loaded.set()
            await asyncio.sleep(20)

    with pytest.raises(StartError, match=r"^english.bin is damaged: reinstall Soloist$"):
        await run()

    async with running(build(settings, db)):
        await desk.wait_for(desk.customer, "9:00–18:00")


async def test_no_question_is_embedded_twice(settings: Settings, db: Database) -> None:
    teach(db, "ramps", "Is there a ramp?", "Can I come in a wheelchair?")
    first, second = Embedder(), Embedder()
    await InForce(settings, db, lambda: first).refit()
    teach(db, "dogs", "May my dog come?")

    in_force = InForce(settings, db, lambda: second)
    await in_force.refit()
    await in_force.refit()

    assert first.seen.count("Is there a ramp?") == 1
    assert "Is there a ramp?" not in second.seen
    assert second.seen.count("May my dog come?") == 1
    assert sorted(in_force.playbook.answers) == ["dogs", "ramps"]


async def test_what_is_imagined_leaves_in_force_what_is(settings: Settings, db: Database) -> None:
    in_force = InForce(settings, db, Embedder)
    before = in_force.playbook

    imagined = await in_force.imagine({"rules.toml": RULE.format(name="new")})

    assert [rule.name for rule in imagined.rules] == ["new"]
    assert in_force.playbook is before
    assert not settings.playbook.exists()


async def test_a_change_does_not_write_over_one_on_disk(settings: Settings, db: Database) -> None:
    in_force = InForce(settings, db, Embedder)
    await in_force.change({"rules.toml": RULE.format(name="from the phone")})
    file = settings.playbook / "rules.toml"
    file.write_text(RULE.format(name="from an editor"))

    with pytest.raises(FileError, match="it was changed on disk just now"):
        await in_force.change({"rules.toml": RULE.format(name="once more")})

    assert "from an editor" in file.read_text()
    assert [rule.name for rule in in_force.playbook.rules] == ["from the phone"]


async def test_a_folder_that_cannot_be_written_changes_nothing(
    settings: Settings, db: Database
) -> None:
    in_force = InForce(settings, db, Embedder)
    before = in_force.playbook
    settings.playbook.write_text("no folder")

    with pytest.raises(FileError, match=r"rules.toml: it cannot be written"):
        await in_force.change({"rules.toml": RULE.format(name="new")})

    assert in_force.playbook is before


async def test_the_owners_texts_stand_before_those_of_the_starter_set(
    settings: Settings, db: Database
) -> None:
    settings.playbook.mkdir()
    (settings.playbook / "templates.toml").write_text('[bye]\nen = "So long!"\n')

    templates = InForce(settings, db, Embedder).playbook.templates

    assert [variant.text for variant in templates["bye"].variants["en"]] == ["So long!"]
    assert templates["greeting"].variants["en"]


async def test_the_limits_that_the_owner_chose_hold(settings: Settings, db: Database) -> None:
    in_force = InForce(settings, db, Embedder)
    default = in_force.bands()

    choices.put(db, "bands", "0.9 0.7")

    assert in_force.bands() != default
    assert (in_force.bands().answer_from, in_force.bands().suggest_from) == (0.9, 0.7)
