"""What the scheduler has to remember of itself, by name."""

from __future__ import annotations

from sqlite_utils import Database


def get(db: Database, name: str) -> str | None:
    """Give a note; None if there is none."""
    row = db.execute("select value from notes where name = ?", [name]).fetchone()
    return str(row[0]) if row else None


def put(db: Database, name: str, value: str) -> None:
    """Write a note, over the one before."""
    db.execute(
        """
        insert into notes (name, value) values (?, ?)
        on conflict (name) do update set value = excluded.value
        """,
        [name, value],
    )


def drop(db: Database, name: str) -> None:
    """Forget a note, if there is one."""
    db.execute("delete from notes where name = ?", [name])
