"""Loads what is heavy when it is first needed, and off the event loop."""

from __future__ import annotations

import asyncio
from types import ModuleType


async def reports() -> ModuleType:
    """Give `bot.reports`; pandas and scikit-learn take 1.5 s and 130 MB the first time."""
    return await asyncio.to_thread(_reports)


def _reports() -> ModuleType:
    from bot import reports  # noqa: PLC0415  # the point of this module

    return reports
