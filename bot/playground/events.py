"""What just happened in the world, for those who watch it."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager

from bot.playground.contract import Json

BACKLOG = 10_000  # a watcher that is further behind than this is not watching any more


class Events:
    """Hands every event to every watcher."""

    def __init__(self) -> None:
        self._watchers: list[asyncio.Queue[Json | None]] = []

    @property
    def watched(self) -> bool:
        """Whether anyone is watching."""
        return bool(self._watchers)

    def send(self, event: Json) -> None:
        """Tell all watchers."""
        for queue in self._watchers:
            if queue.qsize() < BACKLOG:
                queue.put_nowait(event)

    def close(self) -> None:
        """Let all watchers go."""
        for queue in self._watchers:
            queue.put_nowait(None)

    @contextmanager
    def watch(self) -> Iterator[asyncio.Queue[Json | None]]:
        """Receive events for as long as the context lasts."""
        queue: asyncio.Queue[Json | None] = asyncio.Queue()
        self._watchers.append(queue)
        try:
            yield queue
        finally:
            self._watchers.remove(queue)
