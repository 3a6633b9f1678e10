"""Accounts that have put the bot into their own chats (Telegram Business), the owner's or not."""

from __future__ import annotations

from sqlite_utils import Database


def note(db: Database, connection_id: str, user_id: int) -> None:
    """Remember whose account a connection leads to, which never changes."""
    db.execute(
        "insert or ignore into connections (id, user_id) values (?, ?)", [connection_id, user_id]
    )


def user_of(db: Database, connection_id: str) -> int | None:
    """Give whose account a connection leads to, if that is known."""
    row = db.execute("select user_id from connections where id = ?", [connection_id]).fetchone()
    return row[0] if row else None
