"""What the tests of the bot share beside the desk."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from typing import Any
from zlib import crc32

import numpy as np
import pytest
from numpy.typing import NDArray
from sqlite_utils import Database
from telegram.ext import ExtBot

from bot import models
from bot.app import build
from bot.context import App
from bot.database import open_database
from bot.settings import Settings
from bot.store import channels, schema
from bot.store.channels import Channel
from tests.conftest import Desk

N_WORDS = 512


class Words:
    """An embedder that knows which words a message holds, and nothing of what they mean."""

    name = "words"

    def __call__(self, messages: Sequence[str]) -> NDArray[np.float32]:
        rows = np.full((len(messages), N_WORDS), 1e-3, np.float32)
        for row, message in zip(rows, messages, strict=True):
            for word in message.casefold().split():
                row[crc32(word.strip("?!.").encode()) % N_WORDS] += 1
        rows /= np.linalg.norm(rows, axis=1, keepdims=True)
        return rows


@pytest.fixture
def quick_embedder(monkeypatch: pytest.MonkeyPatch) -> None:
    """Spare a test the second and the 200 MB that the real embedder takes to load."""
    monkeypatch.setattr(models, "embedder", lambda _: Words())


@pytest.fixture
def db() -> Database:
    """Give the tables of the bot, empty and in memory."""
    db = Database(memory=True)
    schema.migrate(db)
    return db


@dataclass
class Still:
    """The parts of a bot that does nothing by itself, connected with the channel of the desk."""

    app: App
    bot: ExtBot[Any]
    db: Database


@pytest.fixture
async def still(desk: Desk, settings: Settings) -> AsyncIterator[Still]:
    """Let a test take each step of the bot by itself; nobody polls."""
    await desk.say(desk.owner, "/start")
    db = open_database(settings.database)
    application = build(settings, db)
    async with application.bot as bot:
        app: App = application.bot_data["app"]
        connected = Channel(desk.channel, "My channel", None, desk.group, ())
        channels.connect(db, connected)
        yield Still(app, bot, db)
    db.close()
