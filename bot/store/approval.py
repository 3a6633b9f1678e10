"""Whether posts that the owner did not write here wait for the owner's word."""

from __future__ import annotations

from sqlite_utils import Database

from bot.store import choices

_NAME = "approval"


def is_on(db: Database) -> bool:
    return choices.get(db, _NAME) == "on"


def switch(db: Database, *, on: bool) -> None:
    choices.put(db, _NAME, "on" if on else "off")
