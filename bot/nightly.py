"""Backs the database up every night, beside the bot's other work."""

from __future__ import annotations

import asyncio
import datetime as dt
import logging
from pathlib import Path
from threading import Event

from bot import backup
from bot.backup import BackupError
from bot.context import App
from bot.settings import Settings

logger = logging.getLogger(__name__)

AT = dt.time(3, 30)  # local; an hour in which few shops write or are written to
FIRST_LOOK_S = 60.0  # the start has enough to do
LOOK_EVERY_S = 60.0  # in place of one long sleep: machines get suspended, and clocks are changed
TRY_AGAIN_S = 3600.0
REST_S = 0.02  # after each step of the copy, for whoever else needs the disk


async def keep(app: App) -> None:
    """Back up whenever it is time, for as long as the bot runs."""
    if not app.settings.backups_kept:
        app.pulse.backup_error = ""
        return
    await asyncio.sleep(FIRST_LOOK_S)
    while True:
        if is_due(app.settings, app.now()):
            await back_up(app)
        await asyncio.sleep(TRY_AGAIN_S if app.pulse.backup_error else LOOK_EVERY_S)


def folder(settings: Settings) -> Path:
    """Give the folder of the nightly backups."""
    return settings.backups or settings.database.parent / "backups"


def is_due(settings: Settings, now: dt.datetime) -> bool:
    """Say whether a night has come since the last backup; without one, it is always time."""
    today = now.astimezone(settings.timezone).date()
    made = [night for night, _ in backup.nights(settings.database, folder(settings))]
    past = [night for night in made if night <= today]  # a clock may have run ahead once
    if not past:
        return True
    return now >= dt.datetime.combine(past[-1] + dt.timedelta(days=1), AT, settings.timezone)


async def back_up(app: App) -> None:
    """Make the backup of today, and note in the pulse whether that went well."""
    settings, stopping = app.settings, Event()

    def rest() -> None:
        if stopping.wait(REST_S):
            raise BackupError("The bot was stopped meanwhile.")

    night = app.now().astimezone(settings.timezone).date()
    try:
        await asyncio.to_thread(
            backup.back_up_night,
            settings.database,
            folder(settings),
            night,
            settings.backups_kept,
            rest,
        )
    except BackupError as error:
        logger.warning("The nightly backup failed: %s", error)
        app.pulse.backup_error = str(error)
    else:
        logger.info("The database is backed up to %s.", folder(settings))
        app.pulse.backup_error = ""
    finally:
        stopping.set()  # the thread cannot be cancelled, but it looks at this after every step
