"""The program as its operator starts it, in a process of its own, and its line to Telegram."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import sys
from asyncio.subprocess import PIPE, STDOUT, Process
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path

from bot.settings import Settings

ROOT = Path(__file__).parents[2]
PATIENCE_S = 60


def environment(settings: Settings, **changes: str) -> dict[str, str]:
    """The lines of `.env` that lead the process to where these settings lead."""
    return {
        "TELEGRAM_BOT_TOKEN": settings.telegram_bot_token,
        "OWNER_ID": str(settings.owner_id),
        "TELEGRAM_API_URL": settings.telegram_api_url,
        "DATABASE": str(settings.database),
        "MESSAGES_PER_SECOND": "0",
        "SHOP_NAME": "The shop",
        "SHOP_HOURS": "by the door: 9:00–18:00",
    } | changes


class Program:
    """A running `python -m bot`."""

    def __init__(self, process: Process) -> None:
        self._process = process
        self._written = b""
        self._reading = asyncio.create_task(self._read())

    async def _read(self) -> None:
        assert self._process.stdout
        while some := await self._process.stdout.read(4096):
            self._written += some

    @property
    def written(self) -> str:
        """What it has printed and logged so far."""
        return self._written.decode()

    @property
    def is_running(self) -> bool:
        return self._process.returncode is None

    async def says(self, words: str) -> None:
        """Wait until it has printed these words."""
        async with asyncio.timeout(PATIENCE_S):
            while words not in self.written:
                assert self.is_running, self.written
                await asyncio.sleep(0.02)

    async def ends(self) -> int:
        """Wait until it ends by itself; give its exit status."""
        async with asyncio.timeout(PATIENCE_S):
            status = await self._process.wait()
            await self._reading
        return status

    async def stop(self, how: signal.Signals) -> None:
        """End it by a signal, if it has not ended."""
        if self.is_running:
            self._process.send_signal(how)
        await self.ends()


@asynccontextmanager
async def program(
    *arguments: str, env: dict[str, str], cwd: Path = ROOT, user: int | None = None
) -> AsyncIterator[Program]:
    """Run `python -m bot` with these arguments and this environment; killed at the end."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "bot",
        *arguments,
        env={"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT)} | env,
        cwd=cwd,
        user=user,
        stdin=asyncio.subprocess.DEVNULL,
        stdout=PIPE,
        stderr=STDOUT,
    )
    running = Program(process)
    try:
        yield running
    finally:
        await running.stop(signal.SIGKILL)


class Cable:
    """The line to Telegram: a pipe on a port of its own that can be pulled out and put back."""

    def __init__(self, address: str) -> None:
        self._far = address.removeprefix("http://").split(":")
        self._server: asyncio.Server | None = None
        self._writers: set[asyncio.StreamWriter] = set()
        with socket.create_server(("127.0.0.1", 0)) as free:
            self._port = free.getsockname()[1]

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self._port}"

    async def plug_in(self) -> None:
        """Let calls through from now on."""
        self._server = await asyncio.start_server(self._connect, "127.0.0.1", self._port)

    async def pull(self) -> None:
        """Cut every connection and refuse new ones."""
        if self._server is None:
            return
        self._server.close()
        self._server = None
        for writer in self._writers:
            writer.transport.abort()

    async def _connect(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        far_reader, far_writer = await asyncio.open_connection(self._far[0], int(self._far[1]))
        self._writers |= {writer, far_writer}
        await asyncio.gather(_pour(reader, far_writer), _pour(far_reader, writer))
        self._writers -= {writer, far_writer}


async def _pour(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with suppress(ConnectionError):
        while some := await reader.read(65536):
            writer.write(some)
            await writer.drain()
    writer.close()
