"""The bot watches over itself: the owner hears of each trouble once, and once that it is over."""

from __future__ import annotations

import asyncio
import datetime as dt
import os
import re
import shutil
import signal
import socket
import sqlite3
import subprocess
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, closing
from dataclasses import replace
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot import health, nightly
from bot.app import build
from bot.checks import check_live
from bot.context import App, SoloistApplication
from bot.database import open_database, sole_bot
from bot.playground import Playground
from bot.pulse import MB, Complaint, Pulse, Trouble
from bot.running import running
from bot.settings import Settings
from bot.systemd import Systemd
from tests.bot.real_process import environment, program
from tests.conftest import OWNER, TOKEN, Desk, until

NOW = dt.datetime(2027, 3, 1, 12, tzinfo=dt.UTC)
MINUTE = dt.timedelta(minutes=1)
PLENTY = (500_000 * MB, 1_000_000 * MB)


def pulse(**minutes_ago: float) -> Pulse:
    """A healthy pulse but for what is given."""
    found = Pulse.begun(NOW, polls=True)
    for name, minutes in minutes_ago.items():
        setattr(found, name, NOW - minutes * MINUTE)
    return found


def troubles(examined: Pulse, free: int = PLENTY[0], total: int = PLENTY[1]) -> list[Trouble]:
    return [complaint.trouble for complaint in examined.complaints(NOW, free, total)]


@pytest.mark.parametrize(
    ("name", "good", "bad", "trouble"),
    [
        ("ticked_at", 10, 10.1, Trouble.IDLE),
        ("polled_at", 5, 5.1, Trouble.DEAF),
        ("wrote_at", 2, 2.1, Trouble.DATABASE),
        ("due_at", 10, 10.1, Trouble.OVERDUE),
    ],
)
def test_what_is_too_old_is_a_trouble(name: str, good: float, bad: float, trouble: Trouble) -> None:
    assert troubles(pulse(**{name: good})) == []
    assert troubles(pulse(**{name: bad})) == [trouble]


def test_what_follows_from_a_trouble_is_none_of_its_own() -> None:
    stuck = pulse(wrote_at=30, ticked_at=30, due_at=30)
    stuck.write_error = "database or disk is full"

    assert list(stuck.complaints(NOW, *PLENTY)) == [
        Complaint(Trouble.DATABASE, minutes=30, reason="database or disk is full")
    ]


def test_at_a_webhook_nobody_polls() -> None:
    assert troubles(Pulse.begun(NOW - 99 * MINUTE, polls=False)) == [Trouble.DATABASE]


@pytest.mark.parametrize(
    ("free", "total", "is_low"),
    [
        (199, 1_000, True),
        (201, 1_000, False),
        (399, 8_000, True),  # 5 %
        (401, 8_000, False),
        (999, 4_000_000, True),
        (1_001, 4_000_000, False),  # of a large disk 5 % is more than anybody needs
    ],
)
def test_a_disk_is_low_long_before_it_is_full(free: int, total: int, is_low: bool) -> None:
    assert (troubles(pulse(), free * MB, total * MB) == [Trouble.DISK]) == is_low


@given(st.integers(0, 2000), st.integers(1, 5_000_000))
def test_a_disk_about_the_limit_is_told_once(free: int, total: int) -> None:
    low = pulse()
    if Trouble.DISK in troubles(low, free * MB, total * MB):
        low.told = {Trouble.DISK}

        assert troubles(low, round(free * 1.2) * MB, total * MB) == [Trouble.DISK]


@given(
    told=st.sets(st.sampled_from(Trouble)),
    due_at=st.none() | st.datetimes(timezones=st.just(dt.UTC)),
    error=st.text(),
)
def test_a_pulse_is_read_as_it_was_saved(
    tmp_path_factory: pytest.TempPathFactory,
    told: set[Trouble],
    due_at: dt.datetime | None,
    error: str,
) -> None:
    path = tmp_path_factory.getbasetemp() / "soloist.db.pulse"
    saved = replace(pulse(), told=told, due_at=due_at, backup_error=error)

    saved.save(path)

    assert Pulse.saved(path) == saved


@pytest.mark.parametrize("content", ["", "{", "[]", "{}", '{"told": []}', '{"told": ["rust"]}'])
def test_a_pulse_that_cannot_be_read_is_as_good_as_none(tmp_path: Path, content: str) -> None:
    path = tmp_path / "soloist.db.pulse"
    assert Pulse.saved(path) is None
    path.write_text(content)
    assert Pulse.saved(path) is None


# ---- the running bot


@pytest.fixture
async def application(
    desk: Desk, settings: Settings, quick_embedder: None
) -> AsyncIterator[SoloistApplication]:
    """The running application; its owner has pressed Start."""
    async with run(settings) as application:
        await desk.say(OWNER, "/start")
        await desk.wait_for(OWNER, "My channel is connected")
        yield application


@asynccontextmanager
async def run(settings: Settings) -> AsyncIterator[SoloistApplication]:
    with closing(open_database(settings.database)) as db:
        application = build(settings, db)
        async with running(application):
            yield application


def app_of(application: SoloistApplication) -> App:
    app: App = application.bot_data["app"]
    return app


async def told(desk: Desk) -> list[str]:
    """What the owner was told of the bot's health."""
    return [text for text in await desk.texts(OWNER) if text.startswith(("⚠️", "✅"))]


async def test_a_trouble_is_told_once_and_once_that_it_is_over(
    desk: Desk, application: SoloistApplication
) -> None:
    app = app_of(application)

    for error in ("There is no room.", "There is less room.", "There is <no> room."):
        app.pulse.backup_error = error
        await health.examine(app, application.bot)
    app.pulse.backup_error = ""
    for _ in range(2):
        await health.examine(app, application.bot)

    assert await told(desk) == [
        "⚠️ The nightly backup failed. There is no room.",
        "✅ The nightly backup works again.",
    ]


async def test_a_trouble_is_not_told_again_after_a_restart(desk: Desk, settings: Settings) -> None:
    async with run(settings) as application:
        await desk.say(OWNER, "/start")
        await desk.wait_for(OWNER, "My channel is connected")
        app_of(application).pulse.backup_error = "There is no room."
        await health.examine(app_of(application), application.bot)
        app_of(application).pulse.save(health.pulse_path(settings.database))

    async with run(settings) as application:
        app = app_of(application)
        await until(lambda: app.pulse.told, "what was told before")
        await health.examine(app, application.bot)

        assert app.pulse.backup_error == "There is no room."
        assert len(await told(desk)) == 1


async def test_while_the_owner_cannot_be_told_it_is_tried_again(
    desk: Desk, application: SoloistApplication
) -> None:
    app = app_of(application)
    app.pulse.backup_error = "There is no room."
    await desk.do("faults", method="sendMessage", n=1, kind="500")

    await health.examine(app, application.bot)
    assert await told(desk) == []
    await health.examine(app, application.bot)

    assert len(await told(desk)) == 1


async def test_after_the_machine_has_slept_nothing_is_wrong_at_once(
    desk: Desk, application: SoloistApplication
) -> None:
    app = app_of(application)
    night = dt.timedelta(hours=8)
    app.pulse.beat_at -= night
    app.pulse.polled_at = app.pulse.ticked_at = app.now() - night

    await health.examine(app, application.bot)
    assert await told(desk) == []
    await health.examine(app, application.bot)

    assert len(await told(desk)) == 1


async def test_every_poll_tick_and_write_is_noted(
    desk: Desk, application: SoloistApplication
) -> None:
    app, long_ago = app_of(application), NOW - dt.timedelta(days=9999)
    app.pulse.polled_at = app.pulse.ticked_at = app.pulse.wrote_at = long_ago
    await desk.say(OWNER, "/post Hello")
    await desk.wait_for(desk.channel, "Hello")
    await health.examine(app, application.bot)

    await until(lambda: app.pulse.ticked_at > long_ago, "a tick")

    assert app.pulse.polled_at is not None
    assert min(app.pulse.polled_at, app.pulse.wrote_at) > long_ago


async def test_a_database_that_takes_no_writes_is_told_though_nothing_can_be_written(
    desk: Desk, application: SoloistApplication, settings: Settings
) -> None:
    app = app_of(application)
    with closing(sqlite3.connect(settings.database, isolation_level=None)) as other:
        other.execute("begin immediate")
        app.pulse.wrote_at -= 3 * MINUTE
        await health.examine(app, application.bot)
        other.execute("rollback")
    await health.examine(app, application.bot)

    first, second = await told(desk)
    assert first.startswith("⚠️ For 3 minutes I have not been able to write to my database")
    assert "(database is locked)" in first
    assert second == "✅ I can write to my database again, and catch up now."


# ---- night after night


BERLIN = ZoneInfo("Europe/Berlin")


@pytest.mark.parametrize(
    ("last", "now", "is_due"),
    [
        (None, "2027-03-10T12:00+01:00", True),
        ("2099-12-31", "2027-03-10T12:00+01:00", True),  # the clock had run ahead
        ("2027-03-09", "2027-03-10T03:29+01:00", False),
        ("2027-03-09", "2027-03-10T03:30+01:00", True),
        ("2027-03-10", "2027-03-10T23:59+01:00", False),
        ("2027-03-08", "2027-03-10T00:01+01:00", True),  # it was off for a night
        ("2027-03-27", "2027-03-28T03:30+02:00", True),  # the clocks went forward at two
        ("2027-03-27", "2027-03-28T02:29+01:00", False),
    ],
)
def test_a_backup_is_due_at_half_past_three_by_the_owners_clock(
    tmp_path: Path, last: str | None, now: str, is_due: bool
) -> None:
    settings = Settings(
        telegram_bot_token=TOKEN,
        owner_id=OWNER,
        timezone=BERLIN,
        database=tmp_path / "soloist.db",
    )
    if last:
        (tmp_path / "backups").mkdir()
        (tmp_path / "backups" / f"soloist-{last}.db").touch()

    assert nightly.is_due(settings, dt.datetime.fromisoformat(now)) == is_due


async def test_a_backup_is_made_beside_the_running_bot_and_its_failure_told_once(
    desk: Desk, application: SoloistApplication, tmp_path: Path
) -> None:
    app = app_of(application)
    backups = nightly.folder(app.settings)
    backups.write_text("in the way")
    for _ in range(3):
        await nightly.back_up(app)
        await health.examine(app, application.bot)
    backups.unlink()

    for _ in range(2):
        await nightly.back_up(app)
        await health.examine(app, application.bot)

    failed, works = await told(desk)
    assert failed.startswith("⚠️ The nightly backup failed.")
    assert f"{backups} cannot be used for backups" in failed
    assert works == "✅ The nightly backup works again."
    [copy] = backups.iterdir()
    with closing(sqlite3.connect(copy)) as db:
        assert db.execute("select title from channels").fetchall() == [("My channel",)]


async def test_a_full_disk_is_told_once_and_the_bot_keeps_on(
    desk: Desk, settings: Settings, small_disk: Path, quick_embedder: None
) -> None:
    on_disk = replace(settings, database=small_disk / "soloist.db")
    async with run(on_disk) as application:
        app = app_of(application)
        await desk.say(OWNER, "/start")
        await desk.wait_for(OWNER, "My channel is connected")
        filling = small_disk / "films"
        filling.write_bytes(b"x" * shutil.disk_usage(small_disk).free)
        for n in range(12):
            await desk.say(desk.customer, f"When do you open? {n} " + "x" * 3000)

        await nightly.back_up(app)
        for _ in range(3):
            await health.examine(app, application.bot)
        filling.unlink()

        await desk.wait_for(desk.customer, "9:00–18:00", n=12)
        await nightly.back_up(app)
        await health.examine(app, application.bot)

    low, works = await told(desk)  # so small a disk stays low
    assert re.fullmatch(
        r"⚠️ Only 0 MB are free on my disk\. .+\n"
        r"⚠️ The nightly backup failed\. There is no room in .+",
        low,
    )
    assert works == "✅ The nightly backup works again."


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of 3 MB, where this machine lets us have one."""
    disk = tmp_path / "disk"
    disk.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=3m", "none", str(disk)]
    if os.geteuid() or subprocess.run(mount, check=False, capture_output=True).returncode:  # noqa: S603
        pytest.skip("only root may mount a disk")
    yield disk
    subprocess.run(["umount", str(disk)], check=True)  # noqa: S603, S607


# ---- from outside


async def live(settings: Settings, now: dt.datetime = NOW) -> tuple[bool, list[str]]:
    found = [finding async for finding in check_live(settings, now)]
    return all(finding.good for finding in found), [finding.sentence for finding in found]


async def test_a_check_of_the_live_bot_says_what_is_wrong(settings: Settings) -> None:
    path = health.pulse_path(settings.database)
    assert await live(settings) == (False, [f"No bot runs on {settings.database}."])
    with sole_bot(settings.database):
        good, [sentence] = await live(settings)
        assert not good
        assert sentence.startswith("A bot runs, but has given no sign of life: it hangs, or waits")

        pulse().save(path)
        good, [sentence] = await live(settings)
        assert good
        assert sentence.startswith("The bot has been running since 2027-03-01 12:00 UTC. It looked")
        good, [sentence] = await live(settings, NOW + 4 * MINUTE)
        assert not good
        assert "no sign of life since 2027-03-01 12:00 UTC" in sentence

        replace(pulse(polled_at=7, ticked_at=11), backup_error="A & B.").save(path)
        assert await live(settings) == (
            False,
            [
                "For 11 minutes I have not got round to looking what is due. Please restart me.",
                "For 7 minutes Telegram has not given me any messages. Does another program use "
                "my token?",
                "The nightly backup failed. A & B.",
            ],
        )


# ---- systemd


@asynccontextmanager
async def systemd(name: str) -> AsyncIterator[list[str]]:
    """Listen where systemd would; gives what it has heard so far."""
    heard: list[str] = []

    async def listen() -> None:
        while True:
            heard.append((await asyncio.get_running_loop().sock_recv(listening, 100)).decode())

    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as listening:
        listening.setblocking(False)
        listening.bind(f"\0{name[1:]}" if name.startswith("@") else name)
        task = asyncio.create_task(listen())
        yield heard
        task.cancel()


async def test_a_running_bot_is_known_to_be_well_from_outside_and_a_stopped_one_is_not(
    settings: Settings, tmp_path: Path
) -> None:
    name = f"{tmp_path}/user@1000"
    env = environment(settings, NOTIFY_SOCKET=name, WATCHDOG_USEC="400000")

    async with systemd(name) as heard, program("run", env=env) as bot:
        await bot.says("Soloist is running")
        async with program("check", "--live", env=env) as checked:
            assert (await checked.ends(), checked.written[:20]) == (0, "ok  The bot has been")
        await bot.stop(signal.SIGTERM)
        await until(lambda: heard[-1] == "STOPPING=1", "the last word")

    assert (heard[0], set(heard[1:-1])) == ("READY=1", {"WATCHDOG=1"})
    assert await bot.ends() == 0
    async with program("check", "--live", env=env) as checked:
        assert await checked.ends() == 1
        assert checked.written == f"BAD No bot runs on {settings.database}.\n"


@pytest.mark.parametrize("name", ["@{}/notify", "{}/user@1000"], ids=["abstract", "path"])
async def test_systemd_hears_of_a_bot_as_often_as_it_asks(tmp_path: Path, name: str) -> None:
    name = name.format(tmp_path)
    env = {"NOTIFY_SOCKET": name, "WATCHDOG_USEC": "20000", "WATCHDOG_PID": str(os.getpid())}

    async with systemd(name) as heard:
        async with Systemd.from_env(env).informed():
            await until(lambda: len(heard) > 3, "signs of life")
        await until(lambda: heard[-1] == "STOPPING=1", "the last word")

    assert (heard[0], set(heard[1:-1])) == ("READY=1", {"WATCHDOG=1"})


async def test_nobody_is_told_where_systemd_did_not_start_the_bot(tmp_path: Path) -> None:
    for env in ({}, {"NOTIFY_SOCKET": f"{tmp_path}/gone"}, {"WATCHDOG_USEC": "1"}):
        async with Systemd.from_env(env).informed():
            await asyncio.sleep(0.01)
    assert Systemd.from_env({"WATCHDOG_USEC": "1", "WATCHDOG_PID": "1"}) == Systemd()


# ---- a token that is revoked


async def test_a_bot_whose_token_is_revoked_ends_with_a_sentence(
    desk: Desk, settings: Settings, playground: Playground
) -> None:
    async with program("run", env=environment(settings)) as bot:
        await bot.says("Soloist is running")
        await desk.say(OWNER, "/start")
        await desk.wait_for(OWNER, "This is your desk")
        playground.world.token = "4242:BBBB-another-token-for-tests"
        await desk.say(desk.customer, "Hello?")  # which ends the poll in progress

        assert await bot.ends() == 2
        assert (
            "Telegram does not know this TELEGRAM_BOT_TOKEN any more: it was revoked" in bot.written
        )
        assert TOKEN not in bot.written
