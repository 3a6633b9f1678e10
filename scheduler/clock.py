"""Wakes the publisher: exactly when the next post is due, and at a slow heartbeat."""

from __future__ import annotations

import asyncio
import datetime as dt
from collections.abc import Awaitable, Callable
from contextlib import suppress

from apscheduler.jobstores.base import JobLookupError
from apscheduler.schedulers.asyncio import AsyncIOScheduler

Tick = Callable[[], Awaitable[None]]

HEARTBEAT = dt.timedelta(seconds=30)
PATIENCE = dt.timedelta(seconds=10)


class Clock:
    """One tick at a time on the event loop; it forgets everything, because the rows do not.

    A tick that raises is logged by APScheduler, and the next one comes all the same.
    """

    _tick: Tick

    def __init__(self) -> None:
        self._one_at_a_time = asyncio.Lock()
        self._scheduler = AsyncIOScheduler(
            timezone=dt.UTC,
            # However late a tick is, it is wanted, once: lateness is judged on the row.
            job_defaults={"coalesce": True, "misfire_grace_time": None, "max_instances": 1},
        )

    def start(self, tick: Tick, heartbeat: dt.timedelta = HEARTBEAT) -> None:
        """Tick now, at every heartbeat, and whenever armed; call it on the running loop."""
        self._tick = tick
        self._scheduler.add_job(
            self._run,
            "interval",
            seconds=heartbeat.total_seconds(),
            id="heartbeat",
            next_run_time=dt.datetime.now(dt.UTC),
        )
        self._scheduler.start()

    def arm(self, at: dt.datetime | None) -> None:
        """Tick at this moment, instead of the one armed before; None leaves the heartbeat alone."""
        if at is None:
            with suppress(JobLookupError):
                self._scheduler.remove_job("due")
            return
        self._scheduler.add_job(
            self._run,
            "date",
            run_date=at,
            id="due",
            replace_existing=True,
            max_instances=2,  # one ticks, one waits for it: a post that falls due meanwhile
        )

    async def stop(self, patience: dt.timedelta = PATIENCE) -> None:
        """Tick no more; a tick in progress has `patience` to end before it is cancelled."""
        if not self._scheduler.running:
            return
        self._scheduler.pause()
        with suppress(TimeoutError):
            async with asyncio.timeout(patience.total_seconds()), self._one_at_a_time:
                pass
        self._scheduler.shutdown(wait=False)
        await asyncio.sleep(0)  # the shutdown itself is a callback on the loop
        async with self._one_at_a_time:
            pass

    async def _run(self) -> None:
        async with self._one_at_a_time:
            await self._tick()
