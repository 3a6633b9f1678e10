"""What the owner has set in chat, by name; it wins over the settings."""

from __future__ import annotations

from sqlite_utils import Database


def get(db: Database, name: str) -> str | None:
    row = db.execute("select value from choices where name = ?", [name]).fetchone()
    return str(row[0]) if row else None


def put(db: Database, name: str, value: str) -> None:
    db.execute(
        """
        insert into choices (name, value) values (?, ?)
        on conflict (name) do update set value = excluded.value
        """,
        [name, value],
    )


def drop(db: Database, name: str) -> None:
    db.execute("delete from choices where name = ?", [name])
