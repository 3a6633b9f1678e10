"""Watches over the running bot, and tells the owner what has gone wrong, and what is over."""

from __future__ import annotations

import asyncio
import logging
import shutil
import sqlite3
from contextlib import suppress
from pathlib import Path
from typing import Any

from telegram.ext import ExtBot

from bot import delivery
from bot.context import App
from bot.pace import NO_RETRIES
from bot.pulse import SILENT_AFTER, Complaint, Pulse
from bot.views import health as views
from scheduler import store
from scheduler.posts import NotSentError, RefusedError, UncertainError

logger = logging.getLogger(__name__)

EVERY_S = 60.0


async def watch(app: App, bot: ExtBot[Any]) -> None:
    """Examine the bot every minute, from what the one before it has told on."""
    path = pulse_path(app.settings.database)
    if before := Pulse.saved(path):
        app.pulse.told, app.pulse.backup_error = before.told, before.backup_error
    while True:
        _save(app.pulse, path)
        await asyncio.sleep(EVERY_S)
        await examine(app, bot)


def pulse_path(database: Path) -> Path:
    """Name the file that the pulse is kept in, beside the database."""
    return database.with_name(f"{database.name}.pulse")


async def examine(app: App, bot: ExtBot[Any]) -> None:
    """Take the pulse, and tell the owner what has changed.

    Not through the outbox: a letter could not be written just when it matters.
    """
    now, pulse = app.now(), app.pulse
    has_slept = now - pulse.beat_at > SILENT_AFTER  # then all is old, and nothing known to be wrong
    pulse.beat_at = now
    _touch(app)
    if has_slept:
        return
    disk = shutil.disk_usage(app.settings.database.parent)
    wrong = {found.trouble: found for found in pulse.complaints(now, disk.free, disk.total)}
    new = [complaint for trouble, complaint in wrong.items() if trouble not in pulse.told]
    over = sorted(pulse.told - wrong.keys())
    if not (new or over):
        return
    view = views.changed(app.say, new, over)
    try:
        await delivery.attempt(
            bot.send_message(app.settings.owner_id, **view.body(), rate_limit_args=NO_RETRIES)
        )
    except (NotSentError, UncertainError) as error:
        logger.warning("The owner cannot be told of %s (%s); trying again.", _named(new), error)
        return
    except RefusedError as error:
        logger.warning("The owner does not want to be told of %s: %s", _named(new), error)
    except (TypeError, ValueError, KeyError, AttributeError):
        pass  # an answer that PTB cannot read, from a server that is not quite Telegram: it is sent
    logger.warning("Wrong now: %s; over: %s.", _named(new), ", ".join(over) or "nothing")
    pulse.told = set(wrong)


def _touch(app: App) -> None:
    """See whether the database takes a write, by one that changes nothing."""
    try:
        app.db.execute("pragma user_version = 0")
        app.pulse.due_at = store.next_due_at(app.db)
    except sqlite3.DatabaseError as error:
        app.pulse.write_error = str(error)
    else:
        app.pulse.wrote_at = app.pulse.beat_at


def _save(pulse: Pulse, path: Path) -> None:
    with suppress(OSError):  # on a full disk the old one stays, and its age says enough
        pulse.save(path)


def _named(new: list[Complaint]) -> str:
    return ", ".join(complaint.trouble for complaint in new) or "nothing"
