"""The one file: what keeps it from being opened, and what it lets us wait for."""

from __future__ import annotations

import asyncio
import os
import re
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path

import pytest
from sqlite_utils import Database

from bot.database import DatabaseError, open_database, patiently, sole_bot
from tests.conftest import OWNER, Desk, until

NOBODY = 65534


@contextmanager
def another_writer(path: str) -> Iterator[sqlite3.Connection]:
    """Hold the write lock, as an import or a curious owner with a database browser does."""
    with closing(sqlite3.connect(path, isolation_level=None)) as writer:
        writer.execute("begin immediate")
        yield writer
        with suppress(sqlite3.OperationalError):
            writer.execute("rollback")


def file_of(db: Database) -> str:
    return str(db.execute("pragma database_list").fetchone()[2])


async def test_what_comes_while_another_program_writes_is_done_afterwards_once(
    desk: Desk, bot: Database
) -> None:
    card_for = await desk.say(desk.other, "blorb frobnicate")
    card = await desk.wait_for(OWNER, "blorb")
    with another_writer(file_of(bot)):
        await desk.say(desk.customer, "When do you open?")
        await desk.say(OWNER, "/post Written while locked")
        await desk.say(OWNER, "Here I am.", reply_to=card["message_id"])
        await desk.do(
            "messages/edit",
            **{
                "from": desk.other,
                "chat": desk.other,
                "message": card_for["message_id"],
                "text": "zonk",
            },
        )
        await asyncio.sleep(1.2)

    await desk.wait_for(desk.customer, "9:00–18:00")
    await desk.wait_for(desk.other, "Here I am.")
    await desk.wait_for(OWNER, "Post 1 is in My channel")
    await until(lambda: "zonk" in written(bot), "the edit")
    assert await desk.texts(desk.channel) == ["Written while locked"]
    assert len(await desk.texts(desk.customer)) == 1
    assert (await desk.texts(desk.other)).count("Here I am.") == 1
    assert bot.execute("select count(*) from updates where body is not null").fetchone() == (0,)


async def test_a_handler_that_meets_a_locked_file_begins_again(desk: Desk, bot: Database) -> None:
    await desk.wait_for(OWNER, "My channel is connected")
    await desk.do("faults", method="getChat", n=1, kind="delay", seconds=0.4)
    await desk.say(OWNER, "/start")
    begun = "select count(*) from updates where body is not null and started_at is not null"
    await until(lambda: bot.execute(begun).fetchone() == (1,), "the handler to begin")

    with another_writer(file_of(bot)):
        await asyncio.sleep(1)

    await desk.wait_for(OWNER, "This is your desk", n=2)
    assert not any("Something went wrong" in text for text in await desk.texts(OWNER))


async def test_a_post_that_is_out_is_told_though_the_file_is_locked_by_then(
    desk: Desk, bot: Database
) -> None:
    await desk.wait_for(OWNER, "My channel is connected")
    await desk.do("faults", method="getChatMemberCount", n=1, kind="delay", seconds=0.4)
    await desk.say(OWNER, "/post Hello")
    out = "select count(*) from posts where state = 'published'"
    await until(lambda: bot.execute(out).fetchone() == (1,), "the mark")

    with another_writer(file_of(bot)):
        await asyncio.sleep(1.5)

    await desk.wait_for(OWNER, "Post 1 is in My channel")


def written(db: Database) -> list[str]:
    return [row[0] for row in db.execute("select text from messages")]


async def test_what_comes_while_the_disk_is_full_is_done_when_there_is_room(
    desk: Desk, bot: Database
) -> None:
    (pages,) = bot.execute("pragma page_count").fetchone()
    bot.execute(f"pragma max_page_count = {pages}")
    for n in range(12):
        await desk.say(desk.customer, f"When do you open? {n} " + "x" * 3000)
    await asyncio.sleep(0.5)
    assert len(await desk.texts(desk.customer)) < 12

    bot.execute("pragma max_page_count = 1000000")

    await desk.wait_for(desk.customer, "9:00–18:00", n=12)
    assert len(await desk.texts(desk.customer)) == 12


async def test_a_write_waits_for_its_turn_and_any_other_mistake_is_raised(tmp_path: Path) -> None:
    with closing(open_database(tmp_path / "soloist.db")) as db:
        with another_writer(file_of(db)) as writer:
            insert = "insert into updates (update_id, body) values (1, '{}')"
            write = asyncio.create_task(patiently(lambda: db.execute(insert)))
            await asyncio.sleep(0.4)
            assert not write.done()
            writer.execute("rollback")
            await write

        assert db.execute("select count(*) from updates").fetchone() == (1,)
        with pytest.raises(sqlite3.OperationalError, match="no such table"):
            await patiently(lambda: db.execute("insert into nowhere values (1)"))


def test_a_second_bot_is_kept_away_until_the_first_ends(tmp_path: Path) -> None:
    path = tmp_path / "soloist.db"
    with sole_bot(path):
        with pytest.raises(DatabaseError, match="in use by another Soloist"), sole_bot(path):
            pass
        open_database(path).close()  # `check` may look all the same
    with sole_bot(path):
        pass


def no_database(path: Path) -> None:
    path.write_text("Dear diary, today I opened a shop. " * 100)


def newer(path: Path) -> None:
    with closing(open_database(path)) as db:
        db.execute(
            """
            insert into _sqlite_migrations (migration_set, name, applied_at)
            values ('bot', 'm999_what_comes_later', '2030-01-01')
            """
        )


def truncated(path: Path) -> None:
    open_database(path).close()
    path.write_bytes(path.read_bytes()[:5000])


def folder(path: Path) -> None:
    path.mkdir()


def nothing(path: Path) -> None:
    path.parent.rmdir()


@pytest.mark.parametrize(
    ("spoil", "sentence"),
    [
        (no_database, "is not a Soloist database"),
        (truncated, "is not a Soloist database"),
        (newer, "was written by a newer Soloist"),
        (folder, "cannot be opened"),
        (nothing, "cannot be opened"),
    ],
    ids=lambda value: getattr(value, "__name__", None),
)
def test_a_file_that_cannot_be_used_is_refused_in_a_sentence(
    tmp_path: Path, spoil: object, sentence: str
) -> None:
    path = tmp_path / "folder" / "soloist.db"
    path.parent.mkdir()
    assert callable(spoil)
    spoil(path)

    with pytest.raises(DatabaseError, match=sentence) as refused:
        open_database(path)

    assert str(path) in str(refused.value)


@contextmanager
def as_nobody() -> Iterator[None]:
    """Give up root, to whom nothing is read-only, for as long as the block lasts."""
    me = os.geteuid()
    if me == 0:
        os.seteuid(NOBODY)
    try:
        yield
    finally:
        os.seteuid(me)


@pytest.mark.parametrize("exists", [True, False])
def test_where_nothing_can_be_written_the_start_ends_with_a_sentence(exists: bool) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "soloist.db"
        if exists:
            open_database(path).close()
            path.chmod(0o444)
        Path(folder).chmod(0o555)
        with as_nobody(), pytest.raises(DatabaseError) as refused:
            open_database(path)
        with as_nobody(), pytest.raises(DatabaseError, match="Permission denied"), sole_bot(path):
            pass
        Path(folder).chmod(0o755)

    assert re.search("is read-only|cannot be opened", str(refused.value))


def test_a_file_that_another_program_holds_is_refused_in_a_sentence(tmp_path: Path) -> None:
    path = tmp_path / "soloist.db"
    open_database(path).close()
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("pragma locking_mode = exclusive")
        other.execute("begin exclusive")

        with pytest.raises(DatabaseError, match="in use by another program"):
            open_database(path)
