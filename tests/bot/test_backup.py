"""A backup holds one moment, whole; what is restored is what was backed up."""

from __future__ import annotations

import asyncio
import datetime as dt
import os
import resource
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
from sqlite_utils import Database

from bot import backup
from bot.backup import BackupError, back_up, restore
from bot.database import DatabaseError, open_database, sole_bot
from bot.settings import Settings
from bot.store import outbox, schema
from scheduler import store as posts
from scheduler.posts import Content
from scheduler.store import schema as posts_schema
from tests.bot.real_process import ROOT, environment, program
from tests.conftest import OWNER, Desk, running_bot

NOW = dt.datetime(2027, 3, 1, 12, tzinfo=dt.UTC)


@pytest.fixture
def database(tmp_path: Path) -> Path:
    """A database with a customer in it."""
    path = tmp_path / "shop" / "soloist.db"
    path.parent.mkdir()
    with closing(open_database(path)) as db:
        db.execute(
            """
            insert into customers (id, name, language, first_seen_at, last_seen_at)
            values (7, 'Ada', 'en', '2027', '2027')
            """
        )
    return path


def names(path: Path) -> list[str]:
    with closing(sqlite3.connect(path)) as db:
        return [name for (name,) in db.execute("select name from customers order by id")]


def rename(path: Path, name: str) -> None:
    with closing(sqlite3.connect(path, isolation_level=None)) as db:
        db.execute("update customers set name = ?", [name])


def entries(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir() if path.suffix != ".lock")


# A customer and their messages are written together: a copy of no single moment tears them apart.
STORM = """
import itertools, sqlite3, sys
from contextlib import closing
from pathlib import Path
from bot.database import open_database

with closing(open_database(Path(sys.argv[1]))) as db:
    db.execute("pragma busy_timeout = 10000")
    for n in itertools.count(1000):
        if n == 2000:
            print("it blows", flush=True)
        with db.atomic():
            db.execute(
                "insert into customers (id, name, language, first_seen_at, last_seen_at)"
                " values (?, ?, 'en', '2027', '2027')", [n, "x"]
            )
            for part in range(3):
                db.execute(
                    "insert into messages (chat_id, message_id, customer_id, kind, text, sent_at)"
                    " values (?, ?, ?, 'text', ?, '2027')", [n, part, n, "y" * 4000]
                )
            db.execute("delete from updates")
            db.execute("insert into updates (update_id) values (?)", [n])
"""


@contextmanager
def storm(database: Path) -> Iterator[Callable[[], int]]:
    """Write 12 MB and more, without a pause, from another process; gives how far it has come."""
    arguments = [sys.executable, "-c", STORM, str(database)]
    with subprocess.Popen(arguments, cwd=ROOT, stdout=subprocess.PIPE, text=True) as writer:  # noqa: S603
        assert writer.stdout
        writer.stdout.readline()
        with closing(sqlite3.connect(database)) as db:
            yield lambda: int(db.execute("select count(*) from customers").fetchone()[0])
        assert writer.poll() is None
        writer.kill()


def test_a_backup_in_a_storm_of_writes_restores_whole(database: Path, tmp_path: Path) -> None:
    """Also: it is made in small steps, and the storm goes on meanwhile."""
    steps: list[int] = []
    with storm(database) as reached:
        before = reached()
        kept = back_up(database, tmp_path / "copy.db", rest=lambda: steps.append(reached()))
        after = reached()

    restored = restore(database, tmp_path / "copy.db", NOW)

    assert len(set(steps)) > 2
    assert before <= kept["customers"] < after
    assert restored.counts == kept
    assert kept["messages"] == 3 * (kept["customers"] - 1)
    with closing(sqlite3.connect(database)) as db:
        assert db.execute("pragma integrity_check").fetchone() == ("ok",)
        torn = """
            select count(*) from customers c
            where id > 7 and 3 <> (select count(*) from messages where customer_id = c.id)
        """
        assert db.execute(torn).fetchone() == (0,)
        assert db.execute("select update_id - 998 from updates").fetchone() == (kept["customers"],)


def test_a_backup_is_one_private_file(database: Path, tmp_path: Path) -> None:
    with closing(open_database(database)):  # a bot is writing, and all it wrote is in its log
        rename(database, "Grace")
        back_up(database, tmp_path / "copy.db")

    assert entries(tmp_path) == ["copy.db", "shop"]
    assert (tmp_path / "copy.db").stat().st_mode & 0o777 == 0o600
    (tmp_path / "copy.db").chmod(0o444)
    assert names(tmp_path / "copy.db") == ["Grace"]


def test_a_file_is_replaced_only_when_that_is_meant(database: Path, tmp_path: Path) -> None:
    copy = tmp_path / "copy.db"
    back_up(database, copy)
    rename(database, "Grace")

    with pytest.raises(BackupError, match="exists already: name another file, or add --force"):
        back_up(database, copy)
    assert names(copy) == ["Ada"]
    back_up(database, copy, force=True)
    assert names(copy) == ["Grace"]


def test_the_database_never_becomes_its_own_backup(database: Path, tmp_path: Path) -> None:
    link = tmp_path / "link.db"
    link.symlink_to(database)

    for file in (database, link):
        with pytest.raises(BackupError, match="is the database itself"):
            back_up(database, file, force=True)
        with pytest.raises(BackupError, match="is the database itself"):
            restore(database, file, NOW)

    assert names(database) == ["Ada"]


def test_what_is_restored_takes_the_place_and_what_was_there_is_kept(
    database: Path, tmp_path: Path
) -> None:
    back_up(database, tmp_path / "copy.db")
    with closing(sqlite3.connect(database)) as looking_on:  # so the log stays when others close
        rename(database, "Grace")
        looking_on.execute("select * from customers").fetchall()

        restored = restore(database, tmp_path / "copy.db", NOW)

    assert restored.aside == database.with_name("soloist.db.before-restore-20270301-120000")
    assert (names(database), names(restored.aside)) == (["Ada"], ["Grace"])
    assert restored.counts["customers"] == 1


def test_a_database_moves_to_another_machine(database: Path, tmp_path: Path) -> None:
    back_up(database, tmp_path / "copy.db")
    elsewhere = tmp_path / "elsewhere" / "soloist.db"
    elsewhere.parent.mkdir()

    restored = restore(elsewhere, tmp_path / "copy.db", NOW)

    assert (names(elsewhere), restored.aside) == (["Ada"], None)
    assert entries(elsewhere.parent) == ["soloist.db"]


def test_a_damaged_database_can_be_replaced_and_its_log_does_not_spoil_the_new_one(
    database: Path, tmp_path: Path
) -> None:
    back_up(database, tmp_path / "copy.db")
    for end in ("", "-wal", "-shm"):
        database.with_name(f"soloist.db{end}").write_bytes(b"rubbish" * 1000)

    restore(database, tmp_path / "copy.db", NOW)

    assert names(database) == ["Ada"]
    kept = "soloist.db.before-restore-20270301-120000"
    assert (database.parent / kept).read_bytes() == b"rubbish" * 1000


def test_an_older_backup_is_brought_up_to_date(database: Path, tmp_path: Path) -> None:
    with closing(sqlite3.connect(tmp_path / "old.db", isolation_level=None)) as connection:
        old = Database(connection)
        schema.migrations.apply(old, stop_before="m002_connections")
        posts_schema.migrations.apply(old, stop_before="m002_engagement")

    restore(database, tmp_path / "old.db", NOW)

    with closing(open_database(database)) as db:
        assert db["answers"].exists()


def test_what_went_out_since_the_backup_is_left_in_doubt_and_not_sent_again(
    database: Path, tmp_path: Path
) -> None:
    hour = dt.timedelta(hours=1)
    with closing(open_database(database)) as db:
        for text, publish_at in (("before", NOW - hour), ("just now", NOW), ("later", NOW + hour)):
            posts.schedule(db, -1001, Content(text), publish_at, now=NOW - 2 * hour)
        outbox.write(db, 7, "reply", {"text": "We open at 9."}, NOW - 2 * hour)
    back_up(database, tmp_path / "copy.db")

    restore(database, tmp_path / "copy.db", NOW)

    with closing(open_database(database)) as db:
        assert [post.text for post in posts.stranded(db)] == ["before", "just now"]
        assert [post.text for post in posts.upcoming(db)] == ["later"]
        assert [letter.body["text"] for letter in outbox.stranded(db)] == ["We open at 9."]


async def test_a_post_that_went_out_since_the_backup_is_found_in_the_channel(
    desk: Desk, settings: Settings, tmp_path: Path, quick_embedder: None
) -> None:
    async with running_bot(settings):
        await desk.say(OWNER, "/start")
        await desk.wait_for(OWNER, "My channel is connected")
        await desk.say(OWNER, "/post First")
        await desk.wait_for(OWNER, "Post 1 is in My channel")
        await desk.say(OWNER, "/schedule in 2 seconds Second")
        await desk.wait_for(OWNER, "Post 2 goes to My channel")
        await asyncio.to_thread(back_up, settings.database, tmp_path / "copy.db")
        await desk.wait_for(OWNER, "Post 2 is in My channel")

    restore(settings.database, tmp_path / "copy.db", dt.datetime.now(dt.UTC))

    async with running_bot(settings):
        await desk.wait_for(OWNER, "Post 2 is in My channel", n=2)
        assert await desk.texts(desk.channel) == ["First", "Second"]


async def test_the_commands_say_what_they_did_and_refuse_while_the_bot_runs(
    settings: Settings, tmp_path: Path
) -> None:
    env, copy = environment(settings), str(tmp_path / "copy.db")

    async def ended(*arguments: str) -> tuple[int, str]:
        async with program(*arguments, env=env) as ran:
            return await ran.ends(), ran.written

    async with program("run", env=env) as bot:
        await bot.says("Soloist is running")
        assert (await ended("backup", copy))[0] == 0
        status, written = await ended("restore", copy)
        assert (status, written.count("\n")) == (2, 1)
        assert "in use by another Soloist" in written

    status, written = await ended("restore", copy)

    assert status == 0
    first, second = written.splitlines()
    assert first.startswith(
        f"{settings.database} holds 0 customers, 0 messages, 0 answers, 0 posts"
    )
    assert first.endswith(f"rows in all, as {copy} does.")
    assert second.startswith(f"What was there before is in {settings.database}.before-restore-")
    assert await ended("backup", copy) == (
        2,
        f"{copy} exists already: name another file, or add --force.\n",
    )


def no_database(path: Path) -> None:
    path.write_text("Dear diary, today I opened a shop. " * 1000)


def of_others(path: Path) -> None:
    with closing(sqlite3.connect(path)) as db:
        db.execute("create table recipes (name text)")


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
    path.write_bytes(path.read_bytes()[:-5000])


def scratched(path: Path) -> None:
    """Spoil an index, which reading the tables does not notice."""
    with closing(open_database(path)) as db:
        db.execute(
            """
            insert into customers (id, name, language, first_seen_at, last_seen_at)
            values (7, 'Ada', 'en', '2027', '2027')
            """
        )
        db.execute(
            """
            insert into messages (chat_id, message_id, customer_id, kind, text, sent_at)
            values (7, 1, 7, 'text', 'hello', '2027-03-01')
            """
        )
        sql = "select rootpage from sqlite_schema where name = 'messages_by_time'"
        (page,) = db.execute(sql).fetchone()
    content = bytearray(path.read_bytes())
    end = page * 4096
    content[end - 10 : end - 5] = b"9999-"
    path.write_bytes(content)


def folder(path: Path) -> None:
    path.mkdir()


def nothing(path: Path) -> None:
    assert not path.exists()


@pytest.mark.parametrize(
    ("spoil", "sentence"),
    [
        (no_database, "because it is no database or damaged"),
        (truncated, "damaged"),
        (scratched, "is damaged"),
        (of_others, "is not a Soloist database"),
        (newer, "was written by a newer Soloist: update this one first"),
        (folder, "does not exist, or is no file"),
        (nothing, "does not exist, or is no file"),
    ],
)
def test_what_is_no_good_backup_is_refused_in_a_sentence_and_nothing_changes(
    database: Path, tmp_path: Path, spoil: Callable[[Path], None], sentence: str
) -> None:
    bad = tmp_path / "bad.db"
    spoil(bad)

    with pytest.raises(BackupError, match=sentence) as refused:
        restore(database, bad, NOW)
    with pytest.raises(BackupError, match=sentence):
        back_up(bad, tmp_path / "copy.db")

    assert str(refused.value).count("\n") == 0
    assert str(bad) in str(refused.value)
    assert names(database) == ["Ada"]
    assert entries(database.parent) == ["soloist.db"]
    assert not (tmp_path / "copy.db").exists()
    assert not (tmp_path / "copy.db.part").exists()


def test_nothing_is_restored_while_a_bot_runs(database: Path, tmp_path: Path) -> None:
    back_up(database, tmp_path / "copy.db")

    with sole_bot(database), pytest.raises(DatabaseError, match="in use by another Soloist"):
        restore(database, tmp_path / "copy.db", NOW)


# ---- a disk that is full


@contextmanager
def files_end_at(n_bytes: int) -> Iterator[None]:
    """Let no file of this process grow beyond a size, as a full disk does."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (n_bytes, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


def test_a_copy_that_cannot_be_written_ends_in_a_sentence_and_leaves_nothing(
    database: Path, tmp_path: Path
) -> None:
    back_up(database, tmp_path / "good.db")
    size = database.stat().st_size

    with files_end_at(size // 2):
        with pytest.raises(BackupError, match=r"copy.db: [^\n]+\.$"):
            back_up(database, tmp_path / "copy.db")
        with pytest.raises(BackupError, match=r"good.db cannot be restored: [^\n]+\.$"):
            restore(database, tmp_path / "good.db", NOW)

    assert entries(tmp_path) == ["good.db", "shop"]
    assert entries(database.parent) == ["soloist.db"]
    assert names(database) == ["Ada"]


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of 200 kB, where this machine lets us have one."""
    disk = tmp_path / "disk"
    disk.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=200k", "none", str(disk)]
    if os.geteuid() or subprocess.run(mount, check=False, capture_output=True).returncode:  # noqa: S603
        pytest.skip("only root may mount a disk")
    yield disk
    subprocess.run(["umount", str(disk)], check=True)  # noqa: S603, S607


def test_a_disk_without_room_is_left_as_it_is(database: Path, small_disk: Path) -> None:
    with pytest.raises(BackupError, match=r"There is no room in .+ MB are needed and 0\.2 MB"):
        back_up(database, small_disk / "copy.db")

    assert entries(small_disk) == []


# ---- night after night


def test_the_newest_backups_are_kept_and_nothing_else_is_touched(
    database: Path, tmp_path: Path
) -> None:
    nightly = tmp_path / "new" / "backups"
    nights = [dt.date(2027, 2, 26) + dt.timedelta(days=n) for n in range(6)]
    for night in nights[:2]:
        backup.back_up_night(database, nightly, night, 3, backup.no_rest)
    for name in ("mine.db", "soloist-2027-02-30.db", "soloist-2027-02-30-1.db"):
        (nightly / name).touch()
    (nightly / "soloist-2027-02-25.db.part").touch()  # of a process that was killed

    for night in nights[2:]:
        backup.back_up_night(database, nightly, night, 3, backup.no_rest)

    assert entries(nightly) == [
        "mine.db",
        "soloist-2027-02-30-1.db",
        "soloist-2027-02-30.db",
        "soloist-2027-03-01.db",
        "soloist-2027-03-02.db",
        "soloist-2027-03-03.db",
    ]
    assert [night for night, _ in backup.nights(database, nightly)] == nights[3:]


def test_a_night_that_fails_costs_no_earlier_backup(database: Path, tmp_path: Path) -> None:
    night = dt.date(2027, 3, 1)
    backup.back_up_night(database, tmp_path, night, 1, backup.no_rest)

    def stop() -> None:
        raise BackupError("The bot was stopped meanwhile.")

    for later in (night, night + dt.timedelta(days=1)):
        with pytest.raises(BackupError, match="was stopped"):
            backup.back_up_night(database, tmp_path, later, 1, stop)

    assert entries(tmp_path) == ["shop", "soloist-2027-03-01.db"]
