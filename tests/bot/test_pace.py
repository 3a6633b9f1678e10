"""The bot keeps to Telegram's limits by itself."""

from __future__ import annotations

import asyncio
from typing import Any

from bot.pace import MOST_AT_ONCE, Pace, Window


class Calls:
    """Takes requests as Telegram would, and notes when each came and how many were open."""

    def __init__(self, takes_s: float = 0.0) -> None:
        self.came_at: dict[int, list[float]] = {}
        self.most_open = 0
        self._n_open = 0
        self._takes_s = takes_s

    async def __call__(self, chat: int) -> bool:
        self._n_open += 1
        self.most_open = max(self.most_open, self._n_open)
        self.came_at.setdefault(chat, []).append(asyncio.get_running_loop().time())
        await asyncio.sleep(self._takes_s)
        self._n_open -= 1
        return True

    @property
    def took_s(self) -> float:
        moments = [at for chat in self.came_at.values() for at in chat]
        return max(moments) - min(moments)


async def send(pace: Pace, calls: Calls, chat: int, endpoint: str = "sendMessage") -> Any:
    return await pace.process_request(calls, (chat,), {}, endpoint, {"chat_id": chat}, None)


async def test_no_window_holds_more_than_its_most_however_slow_the_line_is() -> None:
    window, came_at = Window(3, 0.05), list[float]()

    async def take(on_its_way_s: float) -> None:
        async with window:
            await asyncio.sleep(on_its_way_s)
            came_at.append(asyncio.get_running_loop().time())

    await asyncio.gather(*(take(0.04 * (n % 2)) for n in range(12)))

    came_at.sort()
    assert all(
        later - earlier >= 0.049 for earlier, later in zip(came_at, came_at[3:], strict=False)
    )
    assert not window.is_idle
    await asyncio.sleep(0.1)
    assert window.is_idle


async def test_one_person_gets_a_message_a_second_and_the_others_do_not_wait() -> None:
    pace, calls = Pace(30), Calls()

    await asyncio.gather(*(send(pace, calls, chat) for chat in (1, 1, 2, 3)))

    first, second = calls.came_at.pop(1)
    assert second - first >= 1
    assert calls.took_s < 0.5


async def test_all_together_get_no_more_than_the_setting_says() -> None:
    pace, calls = Pace(5), Calls()

    await asyncio.gather(*(send(pace, calls, chat) for chat in range(1, 7)))

    assert calls.took_s >= 1


async def test_what_is_no_message_waits_for_nothing() -> None:
    pace, calls = Pace(1), Calls()

    await asyncio.gather(*(send(pace, calls, 1, "getChat") for _ in range(5)))

    assert calls.took_s < 0.5


async def test_without_a_limit_only_few_requests_are_open_at_once() -> None:
    pace, calls = Pace(0), Calls(takes_s=0.01)

    await asyncio.gather(*(send(pace, calls, 1) for _ in range(5 * MOST_AT_ONCE)))

    assert calls.most_open == MOST_AT_ONCE
    assert calls.took_s < 0.9
