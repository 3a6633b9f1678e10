"""Opens the one SQLite file, and waits out what passes by itself."""

from __future__ import annotations

import asyncio
import fcntl
import logging
import sqlite3
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

from sqlite_utils import Database

from bot.store import schema
from scheduler import store as posts

logger = logging.getLogger(__name__)
T = TypeVar("T")

BUSY_MS = 250  # the loop thread may stand still this long for another writer, no longer
LONGEST_WAIT_S = 30.0


class DatabaseError(Exception):
    """The file cannot be used; the message says why and what to do."""


def open_database(path: Path) -> Database:
    """Open the file, create what is missing, and refuse what we could damage.

    Raises
    ------
    DatabaseError
        If the file is no database, read-only, in use by another writer, or was written by a
        newer Soloist.
    """
    try:
        # Without isolation_level=None Python opens transactions of its own before each write,
        # and sqlite-utils leaves that of an `update … returning` open.
        connection = sqlite3.connect(path, timeout=BUSY_MS / 1000, isolation_level=None)
        db = Database(connection)
        # WAL: readers never wait for the writer; `normal` loses at most the last commits on a
        # power cut, never the file. `scheduler.store.durable` asks for more where it matters.
        db.execute("pragma journal_mode = wal")
        db.execute("pragma synchronous = normal")
        _refuse_newer(db, path)
        schema.migrate(db)
        posts.migrate(db)
    except sqlite3.OperationalError as error:
        raise DatabaseError(_sentence(path, error)) from error
    except sqlite3.DatabaseError as error:
        raise DatabaseError(
            f"{path} is not a Soloist database ({error}): name another file in DATABASE, or "
            "restore a backup."
        ) from error
    return db


def is_newer(db: Database) -> bool:
    """Say whether a newer Soloist has changed the tables."""
    if not db["_sqlite_migrations"].exists():
        return False
    known = schema.migration_names() | posts.migration_names()
    applied = {(row["migration_set"], row["name"]) for row in db["_sqlite_migrations"].rows}
    return bool(applied - known)


def _refuse_newer(db: Database, path: Path) -> None:
    if is_newer(db):
        raise DatabaseError(
            f"{path} was written by a newer Soloist: update this one, or name another file in "
            "DATABASE."
        )


def _sentence(path: Path, error: sqlite3.OperationalError) -> str:
    problem = str(error)
    if "locked" in problem:
        return f"{path} is in use by another program: stop the other Soloist, then start again."
    if "readonly" in problem:
        return f"{path} is read-only: give this user the right to write to it and its folder."
    if "unable to open" in problem:
        return f"{path} cannot be opened: does its folder exist, and may this user write there?"
    return f"{path} cannot be used: {problem}."


@contextmanager
def sole_bot(path: Path) -> Iterator[None]:
    """Keep a second bot away from the file for as long as the block lasts.

    Two would take each other's posts for lost. The lock is on a file beside it, because closing
    any handle of the database itself would end SQLite's own locks; the system lifts it when the
    process ends, however that happens.

    Raises
    ------
    DatabaseError
        If another bot holds it, or the folder cannot be written.
    """
    try:
        lock = path.with_name(f"{path.name}.lock").open("w")
    except OSError as error:
        raise DatabaseError(f"{path} cannot be used: {error.strerror}.") from error
    with lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise DatabaseError(
                f"{path} is in use by another Soloist: stop that one, then start again."
            ) from error
        yield


def is_in_use(path: Path) -> bool:
    """Say whether a bot runs on the file, in whatever process."""
    try:
        with path.with_name(f"{path.name}.lock").open() as lock:
            fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except FileNotFoundError:
        return False
    except BlockingIOError:
        return True
    return False


async def patiently(write: Callable[[], T]) -> T:
    """Do a write that must not be lost, waiting while the file is locked, full or read-only."""

    async def written() -> T:
        return write()

    return await insistently(written)


async def insistently(work: Callable[[], Awaitable[T]]) -> T:
    """Do work again from its start until no write of it meets a locked, full or read-only file.

    The wait doubles up to half a minute; what is wrong is logged once.
    """
    wait = 0.05
    while True:
        try:
            return await work()
        except sqlite3.OperationalError as error:
            if not any(word in str(error) for word in ("locked", "readonly", "full", "I/O")):
                raise
            if wait == 0.05:
                logger.warning("The database cannot be written (%s); waiting for it.", error)
        await asyncio.sleep(wait)
        wait = min(wait * 2, LONGEST_WAIT_S)
