"""Keeps to what Telegram allows a bot: so many messages a second, so many requests at once."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from contextlib import AsyncExitStack
from typing import Any

from telegram.ext import AIORateLimiter

# A bot may send about 30 messages a second, one a second to one person and 20 a minute to one
# group or channel: https://core.telegram.org/bots/faq#my-bot-is-hitting-limits-how-do-i-avoid-this
PER_PERSON = (1, 1.0)
PER_GROUP = (20, 60.0)
# Enough for 30 messages a second when each takes a quarter of one. With 200 at once httpx spends
# three times the work on a request: it goes through all that wait whenever a connection is free.
MOST_AT_ONCE = 8
# As `rate_limit_args`: what has a row of its own is put back there when Telegram asks for
# patience. To sleep over it here would send a post hours late, and keep all others waiting.
NO_RETRIES = -1  # 0 is “as usual” to PTB


class Window:
    """So many requests within so many seconds, first come, first served.

    A request is over before its seconds begin, so that they hold at the other end of the line
    too, however long it was on its way.
    """

    def __init__(self, most: int, seconds: float) -> None:
        self._places = asyncio.Semaphore(most)
        self._seconds = seconds
        self._n_busy = 0

    async def __aenter__(self) -> None:
        """Wait for a place."""
        self._n_busy += 1
        try:
            await self._places.acquire()
        except asyncio.CancelledError:
            self._n_busy -= 1
            raise

    async def __aexit__(self, *_: object) -> None:
        """Give the place back when the seconds are over."""
        asyncio.get_running_loop().call_later(self._seconds, self._give_back)

    def _give_back(self) -> None:
        self._n_busy -= 1
        self._places.release()

    @property
    def is_idle(self) -> bool:
        """Nothing that went through it matters any more."""
        return not self._n_busy


class Pace(AIORateLimiter):
    """Waits before a message would be too many; should Telegram say so all the same, obeys it.

    `AIORateLimiter` alone knows no limit for one person, and lets twice as many through at first.
    """

    def __init__(self, messages_per_second: int) -> None:
        super().__init__(overall_max_rate=0, group_max_rate=0, max_retries=3)
        self._overall = Window(messages_per_second, 1.0) if messages_per_second else None
        self._chats: dict[int, Window] = {}
        self._places = asyncio.Semaphore(MOST_AT_ONCE)

    async def process_request(  # noqa: PLR0917  # PTB calls it so
        self,
        callback: Callable[..., Coroutine[Any, Any, Any]],
        args: Any,
        kwargs: dict[str, Any],
        endpoint: str,
        data: dict[str, Any],
        rate_limit_args: int | None,
    ) -> Any:
        """Make a request when its turn has come."""
        async with AsyncExitStack() as turn:
            if self._overall and _is_counted(endpoint):
                await turn.enter_async_context(self._chat(data["chat_id"]))
                await turn.enter_async_context(self._overall)
            await turn.enter_async_context(self._places)
            if rate_limit_args == NO_RETRIES:
                return await callback(*args, **kwargs)
            return await super().process_request(
                callback, args, kwargs, endpoint, data, rate_limit_args
            )

    def _chat(self, chat_id: int) -> Window:
        if chat_id not in self._chats:
            self._chats = {key: chat for key, chat in self._chats.items() if not chat.is_idle}
            self._chats[chat_id] = Window(*(PER_PERSON if chat_id > 0 else PER_GROUP))
        return self._chats[chat_id]


def _is_counted(endpoint: str) -> bool:
    """Say whether Telegram counts this as a message."""
    sends = endpoint.startswith(("send", "forward", "copy", "editMessage"))
    return sends and endpoint != "sendChatAction"
