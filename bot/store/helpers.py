"""Who may draft for the owner, and the invitation by which somebody becomes one of them."""

from __future__ import annotations

import datetime as dt
import hashlib
from dataclasses import dataclass

from sqlite_utils import Database

from bot.store import choices
from bot.store.schema import utc_text

_INVITATION = "helper invitation"


@dataclass(frozen=True, slots=True)
class Helper:
    """A person whom the owner has named, by their Telegram user id."""

    user_id: int
    name: str


def invite(db: Database, secret: str, until: dt.datetime) -> None:
    """Let the first who knows the secret become a helper; an earlier invitation ends.

    Only a digest is kept: who reads the file cannot use it.
    """
    choices.put(db, _INVITATION, f"{_digest(secret)} {utc_text(until)}")


def accept(db: Database, secret: str, helper: Helper, now: dt.datetime) -> bool:
    """Take an invitation up, which ends with it; False where there is none like it."""
    with db.atomic():
        digest, _, until = (choices.get(db, _INVITATION) or "").partition(" ")
        if digest != _digest(secret) or until < utc_text(now):
            return False
        choices.drop(db, _INVITATION)
        db.execute(
            """
            insert into helpers (user_id, name, added_at) values (?, ?, ?)
            on conflict (user_id) do update set
                name = excluded.name, added_at = excluded.added_at, left_at = null
            """,
            [helper.user_id, helper.name, utc_text(now)],
        )
    return True


def remove(db: Database, user_id: int, now: dt.datetime) -> None:
    """Let somebody draft no longer; what they have drafted stays."""
    db.execute(
        "update helpers set left_at = ? where user_id = ? and left_at is null",
        [utc_text(now), user_id],
    )


def present(db: Database) -> list[Helper]:
    rows = db.execute(
        "select user_id, name from helpers where left_at is null order by added_at, user_id"
    )
    return [Helper(user_id, name) for user_id, name in rows]


def names(db: Database) -> dict[str, str]:
    """Give the name of everybody who ever was a helper, by how they stand in a post's steps."""
    rows = db.execute("select user_id, name from helpers")
    return {f"helper:{user_id}": name for user_id, name in rows}


def is_helper(db: Database, user_id: int) -> bool:
    row = db.execute(
        "select exists (select 1 from helpers where user_id = ? and left_at is null)", [user_id]
    ).fetchone()
    return bool(row[0])


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()
