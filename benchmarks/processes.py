"""Runs the playground and the bot as an owner would, each in a process of its own."""

from __future__ import annotations

import asyncio
import json
import os
import sqlite3
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

ROOT = Path(__file__).parents[1]
TOKEN = "4242:a-token-for-benchmarks-only"  # noqa: S105  # only the playground takes it
OWNER = 1000
SHOP = {
    "SHOP_NAME": "The Corner Shop",
    "SHOP_HOURS": "9:00–18:00",
    "SHOP_ADDRESS": "1 Main Street",
    "SHOP_WEBSITE": "https://shop.example",
    "SHOP_PHONE": "+1 555 0100",
}
PATIENCE_S = 30.0
LONG_PATIENCE_S = 600.0


class Connection:
    """A keep-alive connection that speaks no more HTTP than a call with JSON needs.

    The caller shares two cores with what it measures: this costs a fifth of what httpx does.
    """

    _reader: asyncio.StreamReader
    _writer: asyncio.StreamWriter

    def __init__(self, address: str) -> None:
        self._at = urlsplit(address)
        self._is_open = False

    async def call(self, path: str, **body: Any) -> Any:
        """Post `body`, or get where there is none; only 200 is an answer."""
        if not self._is_open or self._reader.at_eof():  # the server hangs up on the idle
            self._reader, self._writer = await asyncio.open_connection(
                self._at.hostname, self._at.port
            )
            self._is_open = True
        content = json.dumps(body).encode() if body else b""
        method = "POST" if body else "GET"
        self._writer.write(
            f"{method} {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
            f"Content-Length: {len(content)}\r\n\r\n".encode()
            + content
        )
        head = (await self._reader.readuntil(b"\r\n\r\n")).decode().lower()
        length = int(head.partition("content-length:")[2].partition("\r\n")[0])
        answer = json.loads(await self._reader.readexactly(length))
        if " 200 " not in head.partition("\r\n")[0]:
            raise ValueError(f"{path}: {answer}")
        return answer

    async def say(self, person: int, text: str, **more: Any) -> Any:
        """Let a person write to the bot."""
        return await self.call(
            "/control/messages", **{"from": person, "chat": person, "text": text} | more
        )

    def close(self) -> None:
        """Hang up."""
        if self._is_open:
            self._writer.close()
            self._is_open = False


class Process:
    """A part that runs in a process of its own."""

    def __init__(self, child: asyncio.subprocess.Process) -> None:
        self._child = child

    def memory(self) -> tuple[float, float]:
        """Give the resident memory now and at its highest, in MB (10⁶ bytes; Linux only)."""
        rows = Path(f"/proc/{self._child.pid}/status").read_text("ascii").splitlines()
        kilobytes = {row.split(":")[0]: row.split()[1] for row in rows if row.startswith("Vm")}
        return int(kilobytes["VmRSS"]) * 1024 / 1e6, int(kilobytes["VmHWM"]) * 1024 / 1e6

    def cpu_s(self) -> float:
        """Give the processor time spent so far, in seconds (Linux only)."""
        fields = Path(f"/proc/{self._child.pid}/stat").read_text("ascii").rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    async def line(self, containing: str) -> str:
        """Wait for a line of what the process prints."""
        assert self._child.stdout  # noqa: S101  # it was started with a pipe
        async with asyncio.timeout(PATIENCE_S):
            while printed := (await self._child.stdout.readline()).decode():
                if containing in printed:
                    return printed
        raise RuntimeError(f"the process ended without “{containing}”")


@asynccontextmanager
async def _process(folder: Path, *arguments: str, **env: str) -> AsyncIterator[Process]:
    """Run `python -m bot …` in `folder`, where no .env of this checkout is read."""
    with (folder / f"{arguments[0]}.log").open("ab") as log:
        child = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "bot", *arguments),
            cwd=folder,
            env={"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT), "PYTHONUNBUFFERED": "1"}
            | env,
            stdout=asyncio.subprocess.PIPE,
            stderr=log,
        )
    try:
        yield Process(child)
    finally:
        if child.returncode is None:
            child.terminate()
            await child.wait()


@asynccontextmanager
async def playground(folder: Path, *, limits: bool = False) -> AsyncIterator[tuple[Process, str]]:
    """Run a playground without a bot; gives its process and address."""
    options = ["--no-bot", "--port", "0", "--token", TOKEN, *(["--limits"] if limits else [])]
    async with _process(folder, "playground", *options) as process:
        yield process, (await process.line("The playground is open")).split()[-1]


@asynccontextmanager
async def bot(folder: Path, address: str, **settings: str) -> AsyncIterator[Process]:
    """Run the bot in a playground; its log is `run.log` and its database `soloist.db`."""
    env = SHOP | {
        "TELEGRAM_BOT_TOKEN": TOKEN,
        "OWNER_ID": str(OWNER),
        "TELEGRAM_API_URL": address,
        "MESSAGES_PER_SECOND": "0",
    }
    async with _process(folder, "run", **env | settings) as process:
        yield process


async def wait_for(connection: Connection, chat: int, text: str) -> Any:
    """Wait until a message of the bot with this text stands in a chat."""
    ends_at = time.monotonic() + PATIENCE_S
    while time.monotonic() < ends_at:
        for message in reversed(await connection.call(f"/control/chats/{chat}/messages")):
            if text in message.get("text", "") and message["from"]["is_bot"]:
                return message
        await asyncio.sleep(0.01)
    raise RuntimeError(f"waited {PATIENCE_S:.0f} s in vain for “{text}”")


async def all_sent(database: Path, n_messages: int) -> None:
    """Wait until the bot has decided about so many messages and sent every letter."""
    ends_at = time.monotonic() + LONG_PATIENCE_S
    with closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True)) as db:
        while time.monotonic() < ends_at:
            n_decided, n_open = db.execute(
                """
                select (select count(*) from messages where outcome is not null),
                       (select count(*) from outbox where state in ('waiting', 'sending'))
                """
            ).fetchone()
            if n_decided >= n_messages and not n_open:
                return
            await asyncio.sleep(0.2)
    raise RuntimeError(f"{n_decided} of {n_messages} messages decided, {n_open} letters unsent")


def require(holds: object, what: str) -> None:
    """End with a sentence about what is wrong, unless it holds."""
    if not holds:
        sys.exit(f"WRONG: {what}.")
