"""Keeps to what Telegram allows a bot: so many messages a second, so many requests at once."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Coroutine
from typing import Any

from telegram.ext import AIORateLimiter

# A bot may send about 30 messages a second, one a second to one person and 20 a minute to one
# group or channel: https://core.telegram.org/bots/faq#my-bot-is-hitting-limits-how-do-i-avoid-this
PER_PERSON = (1, 1.0)
PER_GROUP = (20, 60.0)
# What was sent just in time may arrive a little faster than what was sent before it.
MARGIN_S = 0.05

# Enough for 30 messages a second when each takes a quarter of one. With 200 at once httpx spends
# three times the work on a request: it goes through all that wait whenever a connection is free.
MOST_AT_ONCE = 8


class Window:
    """So many turns within so many seconds, first come, first served."""

    def __init__(self, most: int, seconds: float) -> None:
        self._taken_at = deque[float](maxlen=most)
        self._seconds = seconds + MARGIN_S
        self._one_at_a_time = asyncio.Lock()

    async def turn(self) -> None:
        """Wait until there is a turn, and take it."""
        clock = asyncio.get_running_loop().time
        async with self._one_at_a_time:
            if len(self._taken_at) == self._taken_at.maxlen:
                await asyncio.sleep(self._taken_at[0] + self._seconds - clock())
            self._taken_at.append(clock())  # the first one falls out

    def is_idle(self) -> bool:
        """Say whether nothing that was sent through it matters any more."""
        ended_at = asyncio.get_running_loop().time() - self._seconds
        return not self._one_at_a_time.locked() and all(at < ended_at for at in self._taken_at)


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
        if self._overall and _is_counted(endpoint):
            await self._chat(data["chat_id"]).turn()
            await self._overall.turn()
        async with self._places:
            return await super().process_request(
                callback, args, kwargs, endpoint, data, rate_limit_args
            )

    def _chat(self, chat_id: int) -> Window:
        if chat_id not in self._chats:
            self._chats = {key: chat for key, chat in self._chats.items() if not chat.is_idle()}
            self._chats[chat_id] = Window(*(PER_PERSON if chat_id > 0 else PER_GROUP))
        return self._chats[chat_id]


def _is_counted(endpoint: str) -> bool:
    """Say whether Telegram counts this as a message."""
    sends = endpoint.startswith(("send", "forward", "copy", "editMessage"))
    return sends and endpoint != "sendChatAction"
