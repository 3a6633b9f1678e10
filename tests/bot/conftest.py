"""What the tests of the bot share beside the desk."""

from __future__ import annotations

from collections.abc import Sequence
from zlib import crc32

import numpy as np
import pytest
from numpy.typing import NDArray
from sqlite_utils import Database

from bot import models
from bot.store import schema

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
