import asyncio
import datetime as dt
import logging
from collections.abc import AsyncIterator

import pytest

from scheduler.clock import Clock

HOUR = dt.timedelta(hours=1)


def soon(milliseconds: int) -> dt.datetime:
    return dt.datetime.now(dt.UTC) + dt.timedelta(milliseconds=milliseconds)


class Ticks:
    """A tick that may take its time, and notes when it was and how many ran at once."""

    def __init__(self, seconds: float = 0) -> None:
        self.seconds = seconds
        self.started_at: list[dt.datetime] = []
        self.n_ended = self.n_running = self.n_at_once = 0
        self._started = asyncio.Condition()

    async def tick(self) -> None:
        self.n_running += 1
        self.n_at_once = max(self.n_at_once, self.n_running)
        async with self._started:
            self.started_at.append(dt.datetime.now(dt.UTC))
            self._started.notify_all()
        try:
            await asyncio.sleep(self.seconds)
            self.n_ended += 1
        finally:
            self.n_running -= 1

    async def reach(self, n: int) -> None:
        async with asyncio.timeout(2), self._started:
            await self._started.wait_for(lambda: len(self.started_at) >= n)


@pytest.fixture
async def clock() -> AsyncIterator[Clock]:
    clock = Clock()
    yield clock
    await clock.stop(dt.timedelta())


async def test_it_ticks_at_the_start_and_at_every_heartbeat(clock: Clock) -> None:
    ticks = Ticks()

    clock.start(ticks.tick, dt.timedelta(milliseconds=50))

    await ticks.reach(3)


async def test_it_ticks_at_the_armed_moment_and_not_before(clock: Clock) -> None:
    ticks = Ticks()
    clock.start(ticks.tick, HOUR)
    await ticks.reach(1)
    due_at = soon(100)

    clock.arm(due_at)

    await ticks.reach(2)
    assert due_at <= ticks.started_at[1] < due_at + dt.timedelta(seconds=1)


async def test_arming_again_takes_the_place_of_the_moment_before(clock: Clock) -> None:
    ticks = Ticks()
    clock.start(ticks.tick, HOUR)
    await ticks.reach(1)

    clock.arm(soon(50))
    clock.arm(None)
    clock.arm(None)
    await asyncio.sleep(0.1)
    assert len(ticks.started_at) == 1
    clock.arm(soon(5_000))
    clock.arm(soon(-5_000))

    await ticks.reach(2)


async def test_ticks_never_overlap_and_a_wake_up_during_one_is_not_lost(clock: Clock) -> None:
    ticks = Ticks(seconds=0.1)
    clock.start(ticks.tick, HOUR)
    clock.arm(soon(0))
    await ticks.reach(2)

    clock.arm(soon(0))

    await ticks.reach(3)
    assert ticks.n_at_once == 1


async def test_a_tick_that_raises_is_logged_and_the_next_one_comes(
    clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    ticks = Ticks()

    async def stumble() -> None:
        await ticks.tick()
        if len(ticks.started_at) == 1:
            raise OSError("disk full")

    with caplog.at_level(logging.ERROR):
        clock.start(stumble, dt.timedelta(milliseconds=50))
        await ticks.reach(2)

    assert "disk full" in caplog.text


async def test_stopping_lets_the_tick_in_progress_end() -> None:
    clock, ticks = Clock(), Ticks(seconds=0.1)
    clock.start(ticks.tick, dt.timedelta(milliseconds=20))
    await ticks.reach(1)

    await clock.stop()
    await asyncio.sleep(0.1)

    assert ticks.n_ended == len(ticks.started_at) == 1


async def test_a_tick_that_outlasts_the_patience_has_been_cancelled_when_stop_returns() -> None:
    clock, ticks = Clock(), Ticks(seconds=60)
    clock.start(ticks.tick)
    await ticks.reach(1)

    await clock.stop(dt.timedelta(milliseconds=20))

    assert (ticks.n_ended, ticks.n_running) == (0, 0)


async def test_a_clock_that_never_started_can_be_stopped() -> None:
    await Clock().stop()
