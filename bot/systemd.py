"""Tells systemd that the bot is ready, alive, or about to stop; see sd_notify(3)."""

from __future__ import annotations

import asyncio
import os
import socket
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Systemd:
    """Where systemd listens, if it started this process and wants to know.

    Attributes
    ----------
    address : str
        Path of its datagram socket, or with a leading @ an abstract name; empty for nobody.
    patience_s : float
        Seconds without a sign of life after which it kills; 0 for never.
    """

    address: str = ""
    patience_s: float = 0

    @classmethod
    def from_env(cls, env: Mapping[str, str]) -> Systemd:
        """Read what systemd has put into the environment."""
        is_meant = env.get("WATCHDOG_PID") in {None, str(os.getpid())}
        usec = int(env.get("WATCHDOG_USEC") or 0) if is_meant else 0
        return cls(env.get("NOTIFY_SOCKET", ""), usec / 1_000_000)

    @asynccontextmanager
    async def informed(self) -> AsyncIterator[None]:
        """Be ready when the block begins, alive for as long as the loop runs, then stopping."""
        self._tell("READY=1")
        living = asyncio.create_task(self._live())
        try:
            yield
        finally:
            living.cancel()
            self._tell("STOPPING=1")

    async def _live(self) -> None:
        while self.patience_s:
            self._tell("WATCHDOG=1")
            await asyncio.sleep(self.patience_s / 2)

    def _tell(self, state: str) -> None:
        if not self.address:
            return
        address = f"\0{self.address[1:]}" if self.address.startswith("@") else self.address
        # Whoever does not listen any more does not miss it.
        with suppress(OSError), socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as to:
            to.settimeout(0)
            to.sendto(state.encode(), address)
