"""Copies the database into a file of its own, and puts such a file in its place again."""

from __future__ import annotations

import datetime as dt
import os
import re
import shutil
import sqlite3
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from sqlite_utils import Database

from bot.database import is_newer, open_database, sole_bot
from bot.store import outbox
from scheduler import store as posts

STEP_PAGES = 1000  # 4 MB, after which the copy rests
PRIVATE = 0o600  # it holds what customers write

Counts = Mapping[str, int]


class BackupError(Exception):
    """There is no backup, or nothing was restored; the message says why and what to do."""


@dataclass(frozen=True, slots=True)
class Restored:
    """What was put in place, and where the database is kept that was there before."""

    counts: Counts
    aside: Path | None


def no_rest() -> None:
    """Copy on at once: nobody is held up but by the disk."""


def back_up(
    database: Path, to: Path, *, force: bool = False, rest: Callable[[], None] = no_rest
) -> Counts:
    """Copy one moment of the database into a file, and give the number of rows in each table.

    The bot may run and write. The file appears whole, checked and on the disk, or not at all.

    Parameters
    ----------
    force : bool
        Replace a file that exists.
    rest : function
        Called after every 4 MB; what it raises ends the copy.

    Raises
    ------
    BackupError
        If the file exists, the database does not, one of them cannot be used, or the disk is full.
    """
    part = to.with_name(f"{to.name}.part")
    with _in_a_sentence(f"{database} cannot be backed up to {to}"):
        if to.is_dir():
            raise BackupError(f"{to} is a folder: name a file in it.")
        if to.exists() and to.samefile(database):
            raise BackupError(f"{to} is the database itself: name another file.")
        if to.exists() and not force:
            raise BackupError(f"{to} exists already: name another file, or add --force.")
        try:
            counts = _copy(database, part, rest)
            part.replace(to)
            _sync(to.parent)
        finally:
            _drop(part)
    return counts


def restore(database: Path, backup: Path, now: dt.datetime) -> Restored:
    """Put a backup in the place of the database, whole or not at all.

    What was there is kept beside it. A backup of an older Soloist is brought up to date. What was
    to go out since is not sent again blindly: the next start looks whether it did, or asks.

    Raises
    ------
    DatabaseError
        If a bot runs on the database.
    BackupError
        If the file is no backup, damaged or of a newer Soloist, or there is no room for it.
    """
    part = database.with_name(f"{database.name}.restoring")
    with sole_bot(database), _in_a_sentence(f"{backup} cannot be restored"):
        if database.exists() and backup.exists() and backup.samefile(database):
            raise BackupError(f"{backup} is the database itself: name a backup.")
        try:
            counts = _copy(backup, part, no_rest)
            with closing(open_database(part)) as db:  # which brings it up to date
                _doubt(db, now)
            if database.exists():
                shutil.copymode(database, part)
            _sync(part)
            aside = _exchange(database, part, f"before-restore-{now:%Y%m%d-%H%M%S}")
        finally:
            _drop(part)
    return Restored(counts, aside)


def nights(database: Path, folder: Path) -> list[tuple[dt.date, Path]]:
    """Give the backups that a folder holds by their nights, oldest first."""
    return sorted(_named(database, folder, ".db"))


def back_up_night(
    database: Path, folder: Path, night: dt.date, keep: int, rest: Callable[[], None]
) -> None:
    """Make the backup of a night, then delete all but the newest `keep`; raise `BackupError`."""
    with _in_a_sentence(f"{folder} cannot be used for backups"):
        folder.mkdir(parents=True, exist_ok=True)
        for _, left_behind in _named(database, folder, ".db.part"):
            left_behind.unlink()
    back_up(database, folder / f"{database.stem}-{night.isoformat()}.db", force=True, rest=rest)
    with _in_a_sentence(f"{folder} cannot be tidied"):
        for _, old in nights(database, folder)[:-keep]:
            old.unlink()


def _named(database: Path, folder: Path, end: str) -> Iterator[tuple[dt.date, Path]]:
    named = re.compile(rf"{re.escape(database.stem)}-(\d{{4}}-\d\d-\d\d){re.escape(end)}")
    for path in folder.glob(f"*{end}"):
        if match := named.fullmatch(path.name):
            with suppress(ValueError):  # the 30th of February is no night of ours
                yield dt.date.fromisoformat(match[1]), path


def _copy(database: Path, to: Path, rest: Callable[[], None]) -> Counts:
    """Copy one moment of a database into a new file, prove the copy, and count its rows."""
    with _opened(database) as source:
        # An open transaction holds the moment. Without it every write of another process would
        # begin the copy anew, and a storm of them would never let it end.
        source.execute("begin")
        in_source = _counts(source, database)
        _require_room(source, to.parent)
        _drop(to)
        to.touch(mode=PRIVATE)
        with closing(sqlite3.connect(to, isolation_level=None)) as copy:
            copy.execute("pragma synchronous = off")  # it is synced once, at the end
            source.backup(copy, pages=STEP_PAGES, progress=lambda *_: rest())
            copy.execute("pragma journal_mode = delete")  # one file, with nothing beside it
    with closing(sqlite3.connect(to, isolation_level=None)) as copy:
        (found,) = copy.execute("pragma integrity_check(1)").fetchone()
        if found != "ok":
            raise BackupError(f"{database} is damaged ({found}): use an earlier backup.")
        counts = _counts(copy, database)
    if counts != in_source:
        raise BackupError(f"{to} does not hold what {database} does: try another disk.")
    _sync(to)
    return counts


@contextmanager
def _opened(database: Path) -> Iterator[sqlite3.Connection]:
    """Open a file that must be there and hold what a Soloist of this version can read."""
    if not database.is_file():
        raise BackupError(f"{database} does not exist, or is no file.")
    uri = f"{database.absolute().as_uri()}?mode=rw"  # not created, and its -wal is read too
    with closing(sqlite3.connect(uri, uri=True, isolation_level=None)) as connection:
        if is_newer(Database(connection)):
            raise BackupError(f"{database} was written by a newer Soloist: update this one first.")
        yield connection


def _counts(connection: sqlite3.Connection, database: Path) -> Counts:
    names = [
        name
        for (name,) in connection.execute(
            "select name from sqlite_schema where type = 'table' and name not like 'sqlite\\_%' "
            "escape '\\'"
        )
    ]
    if not {"posts", "messages", "_sqlite_migrations"} <= set(names):
        raise BackupError(f"{database} is not a Soloist database: name another file.")
    return {
        name: connection.execute(f'select count(*) from "{name}"').fetchone()[0]  # noqa: S608
        for name in names
    }


def _require_room(source: sqlite3.Connection, folder: Path) -> None:
    """Refuse at once what would only fill the disk up."""
    (n_pages,), (page_bytes,) = (
        source.execute(f"pragma {name}").fetchone() for name in ("page_count", "page_size")
    )
    needed, free = n_pages * page_bytes, shutil.disk_usage(folder).free
    if needed > free:
        raise BackupError(
            f"There is no room in {folder}: {needed / 1e6:,.1f} MB are needed and "
            f"{free / 1e6:,.1f} MB are free."
        )


def _doubt(db: Database, now: dt.datetime) -> None:
    """Leave what may have gone out since the backup as a crash would: claimed and not settled."""
    outbox.doubt_waiting(db)
    for post in posts.upcoming(db):
        if post.publish_at <= now:
            posts.claim_next(db, post.channel_id, post.publish_at)


def _exchange(database: Path, new: Path, suffix: str) -> Path | None:
    """Put the new file in the place of the old one, and keep that one under another name."""
    if not database.exists():
        new.replace(database)
        _sync(database.parent)
        return None
    aside = database.with_name(f"{database.name}.{suffix}")
    with suppress(sqlite3.Error):  # where it is damaged its log goes with it
        _fold_log(database)
    for end in ("-wal", "-shm"):  # SQLite would take them for those of the new file
        beside = database.with_name(database.name + end)
        if beside.exists():
            beside.rename(aside.with_name(aside.name + end))
    try:
        aside.hardlink_to(database)  # so that there is a database at every moment
    except OSError:
        database.rename(aside)  # a file system without links, such as exFAT
    new.replace(database)
    _sync(database.parent)
    return aside


def _fold_log(database: Path) -> None:
    """Write what is only in the `-wal` file into the database, which deletes it."""
    with closing(sqlite3.connect(database, isolation_level=None)) as old:
        old.execute("pragma wal_checkpoint(truncate)")


def _drop(path: Path) -> None:
    for end in ("", "-wal", "-shm", "-journal"):
        path.with_name(path.name + end).unlink(missing_ok=True)


def _sync(path: Path) -> None:
    """Have a file or folder on the disk before going on."""
    opened = os.open(path, os.O_RDONLY)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)


@contextmanager
def _in_a_sentence(cannot: str) -> Iterator[None]:
    """Say what the system or SQLite refuses."""
    try:
        yield
    except sqlite3.OperationalError as error:
        raise BackupError(f"{cannot}: {error}.") from error
    except sqlite3.DatabaseError as error:
        raise BackupError(f"{cannot}, because it is no database or damaged: {error}.") from error
    except OSError as error:
        raise BackupError(f"{cannot}: {error.strerror}.") from error
