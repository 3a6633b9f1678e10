"""Asks Telegram for updates, and notes each time that it answers."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from http import HTTPStatus
from typing import Any

from telegram.request import HTTPXRequest

from bot.pulse import Pulse


class Polls(HTTPXRequest):
    """The line on which updates come; an idle bot hears nothing else."""

    def __init__(self, pulse: Pulse, now: Callable[[], dt.datetime]) -> None:
        super().__init__(connection_pool_size=2)  # stopping polls once more beside the last poll
        self._pulse = pulse
        self._now = now

    async def do_request(self, *args: Any, **kwargs: Any) -> tuple[int, bytes]:
        """Make a request as usual."""
        status, body = await super().do_request(*args, **kwargs)
        if status == HTTPStatus.OK:
            self._pulse.polled_at = self._now()
        return status, body
