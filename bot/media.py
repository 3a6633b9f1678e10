"""Keeps a copy of each file that a post needs, should Telegram one day not know its id any more."""

from __future__ import annotations

import asyncio
import datetime as dt
import hashlib
import logging
import re
import shutil
import sqlite3
from collections.abc import Iterable
from contextlib import ExitStack
from functools import partial
from pathlib import Path, PurePosixPath
from typing import Any
from urllib.parse import urlsplit

import httpx
from telegram import InputFile
from telegram.error import BadRequest, TelegramError
from telegram.ext import ExtBot

from bot import letters
from bot.context import App
from bot.database import patiently
from bot.settings import Settings
from bot.store import copies
from bot.views import media as views
from scheduler import store
from scheduler.posts import Medium, Post

logger = logging.getLogger(__name__)

LOOK_EVERY_S = 2.0  # a post that is due at once goes out by its file id, which is fresh then
AGAIN_AFTER_S = 30.0
TIDY_EVERY = dt.timedelta(hours=6)
AT_ONCE = 200  # posts that are looked through without a pause
CHUNK_BYTES = 1 << 16
PART = ".part"  # what is being copied; one at a time
OURS = re.compile(r"[0-9a-f]{64}(\.\w+)?|\.part")  # the folder may hold other files, too
ROOM_KEPT_BYTES = 1 << 28  # 256 MB stay free: the database needs the room more than a fall-back


class NoRoomError(Exception):
    """The disk is too full for another copy."""


def folder(settings: Settings) -> Path:
    """Give the folder of the copies."""
    return settings.media or settings.database.parent / "media"


def copy(app: App, medium: Medium, opened: ExitStack) -> InputFile | None:
    """Open the copy of a file for sending; None if there is none. It is read while it is sent."""
    name = medium.file or copies.name_of(app.db, medium.file_id)
    if not name:
        return None
    path = folder(app.settings) / PurePosixPath(name).name
    try:
        file = opened.enter_context(path.open("rb"))
    except OSError as error:
        logger.warning("A copy cannot be opened (%s).", error.strerror)
        return None
    return InputFile(file, medium.name or path.name, attach=True, read_file_handle=False)


async def keep_copies(app: App, bot: ExtBot[Any]) -> None:
    """Copy the files of posts as they are written, and drop the copies that none needs any more."""
    after_id, step_id = 0, await patiently(partial(store.last_step_id, app.db))
    tidy_at, is_told = app.now(), False
    while True:
        try:
            older = store.with_media(app.db, after_id, AT_ONCE)  # from before the bot was started
            newest = store.last_step_id(app.db)
            await _copy_all(app, bot, (*older, *store.stepped(app.db, step_id)))
        except NoRoomError:
            if not is_told:
                await patiently(partial(letters.tell_owner, app, views.no_room(app.say)))
            is_told = True
            await asyncio.sleep(AGAIN_AFTER_S)
            continue
        except (TelegramError, httpx.HTTPError, OSError, sqlite3.OperationalError) as error:
            # Only its name: the message may hold the address, and that the token.
            logger.warning("A file cannot be copied now (%s).", type(error).__name__)
            await asyncio.sleep(AGAIN_AFTER_S)
            continue
        is_told, step_id = False, newest
        if older:
            after_id = older[-1].id
            await asyncio.sleep(0)
            continue
        if app.now() >= tidy_at:
            await patiently(partial(tidy, app))
            tidy_at = app.now() + TIDY_EVERY
        await asyncio.sleep(LOOK_EVERY_S)


async def _copy_all(app: App, bot: ExtBot[Any], posts: Iterable[Post]) -> None:
    for post in posts:
        for medium in post.content.media:
            if medium.file_id and not _is_settled(app, medium.file_id):
                name = await _copied(app, bot, medium.file_id)
                await patiently(partial(copies.note, app.db, medium.file_id, name, app.now()))


def _is_settled(app: App, file_id: str) -> bool:
    """Say whether a file has a copy, or can have none."""
    name = copies.name_of(app.db, file_id)
    return (folder(app.settings) / name).is_file() if name else copies.is_noted(app.db, file_id)


async def _copied(app: App, bot: ExtBot[Any], file_id: str) -> str | None:
    """Copy a file and give the copy's name; None where Telegram does not give it out.

    Raises
    ------
    NoRoomError
    TelegramError, httpx.HTTPError, OSError
        It may work another time.
    """
    try:
        file = await bot.get_file(file_id)
    # Over 20 MB, or an id that is not known any more; or what PTB raises of a strange answer.
    except (BadRequest, TypeError):
        return None
    if not file.file_path:
        return None
    try:
        return await asyncio.to_thread(
            _download, file.file_path, file.file_size or 0, folder(app.settings)
        )
    except httpx.HTTPStatusError as error:
        if error.response.is_client_error:
            return None
        raise


def _download(address: str, size: int, to: Path) -> str:
    """Write a file to the disk piece by piece, and name it by what is in it."""
    to.mkdir(parents=True, exist_ok=True)
    if shutil.disk_usage(to).free < size + ROOM_KEPT_BYTES:
        raise NoRoomError
    digest, part = hashlib.sha256(), to / PART
    with httpx.stream("GET", address) as answer, part.open("wb") as file:
        answer.raise_for_status()
        for chunk in answer.iter_bytes(CHUNK_BYTES):
            digest.update(chunk)
            file.write(chunk)
    name = digest.hexdigest() + PurePosixPath(urlsplit(address).path).suffix.lower()
    part.replace(to / name)
    return name


def tidy(app: App) -> None:
    """Remove the copies of files that no post and no series needs."""
    needed = store.media_in_use(app.db)
    copies.forget_but(app.db, {medium.file_id for medium in needed})
    names = copies.names(app.db) | {medium.file for medium in needed}
    if folder(app.settings).is_dir():
        for path in folder(app.settings).iterdir():
            if OURS.fullmatch(path.name) and path.name not in names:
                path.unlink(missing_ok=True)
