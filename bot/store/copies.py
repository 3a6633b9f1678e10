"""Which file a copy is kept of, and which id Telegram takes by now."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection

from sqlite_utils import Database

from bot.store.schema import utc_text


def note(db: Database, file_id: str, name: str | None, now: dt.datetime) -> None:
    """Keep the name of a file's copy, or that Telegram does not give the file out."""
    db.execute(
        "insert or replace into copies (file_id, name, kept_at) values (?, ?, ?)",
        [file_id, name, utc_text(now)],
    )


def is_noted(db: Database, file_id: str) -> bool:
    """Say whether a file has been copied, or has been tried in vain."""
    return bool(db.execute("select 1 from copies where file_id = ?", [file_id]).fetchone())


def name_of(db: Database, file_id: str) -> str | None:
    """Give the name of a file's copy, if there is one."""
    row = db.execute("select name from copies where file_id = ?", [file_id]).fetchone()
    return row[0] if row else None


def current_id(db: Database, file_id: str) -> str:
    """Give the id that Telegram takes for a file by now."""
    row = db.execute("select renewed_id from copies where file_id = ?", [file_id]).fetchone()
    return (row and row[0]) or file_id


def renew(db: Database, file_id: str, renewed_id: str) -> None:
    """Use another id from now on for a file of which a copy had to be sent."""
    db.execute("update copies set renewed_id = ? where file_id = ?", [renewed_id, file_id])


def names(db: Database) -> set[str]:
    """Give the names of all copies."""
    return {name for (name,) in db.execute("select name from copies where name is not null")}


def forget_but(db: Database, file_ids: Collection[str]) -> None:
    """Forget the files that are none of these."""
    known = {file_id for (file_id,) in db.execute("select file_id from copies")}
    with db.atomic():
        for file_id in known - set(file_ids):
            db.execute("delete from copies where file_id = ?", [file_id])
