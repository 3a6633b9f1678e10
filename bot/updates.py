"""Carries updates from Telegram to the handlers: each one once, each chat in order.

PTB confirms an update to Telegram as soon as it lies in the update queue. So the queue
writes each one to the database first: a crash loses none, and a repeated one is dropped.
"""

from __future__ import annotations

import asyncio
import datetime as dt
import json
from collections import Counter
from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any, TypeGuard

from sqlite_utils import Database
from telegram import Bot, Update
from telegram.ext import BaseUpdateProcessor

from bot.database import patiently
from bot.store import updates

MOST_AT_ONCE = 64  # chats that are being served side by side


class UpdateQueue(asyncio.Queue[object]):
    """An update queue whose content outlives the process."""

    def __init__(self, db: Database) -> None:
        super().__init__()
        self._db = db

    async def put(self, item: object) -> None:
        """Keep the update in the database, then queue it; a known one is dropped."""
        if isinstance(item, Update):
            body = json.dumps(item.to_dict())
            if not await patiently(lambda: updates.keep(self._db, item.update_id, body)):
                return
        await super().put(item)

    async def put_unfinished(self, bot: Bot, owner_id: int) -> list[Update]:
        """Queue what a crash left behind; give the updates that must not be handled again.

        A customer's message may be handled twice, because its row knows whether it was
        decided. What the owner asked for may have had its effect once handling had begun.
        """
        interrupted = []
        for body, begun in updates.unfinished(self._db):
            update = Update.de_json(json.loads(body), bot)
            by_owner = update.effective_user and update.effective_user.id == owner_id
            if begun and by_owner:
                await patiently(partial(updates.finish, self._db, update.update_id))
                interrupted.append(update)
            else:
                await super().put(update)
        return interrupted


class ChatOrder(BaseUpdateProcessor):
    """Handles the updates of one chat one after the other, and the chats side by side.

    PTB hands over updates in their order of arrival and `asyncio.Lock` is fair, so a lock for
    each busy chat keeps the order. The places are taken inside it: a chat with many waiting
    updates holds one place, not all.
    """

    def __init__(self, db: Database, clock: Callable[[], dt.datetime]) -> None:
        super().__init__(max_concurrent_updates=100_000)
        self._db = db
        self._clock = clock
        self._locks: dict[int, asyncio.Lock] = {}
        self._n_waiting: Counter[int] = Counter()
        self._places = asyncio.Semaphore(MOST_AT_ONCE)

    async def do_process_update(self, update: object, coroutine: Awaitable[Any]) -> None:
        """Wait for the chat's turn, handle the update, and mark it handled."""
        if not _is_update(update):
            await coroutine
            return
        chat = _lane(update)
        self._n_waiting[chat] += 1
        lock = self._locks.setdefault(chat, asyncio.Lock())
        try:
            async with lock, self._places:
                await patiently(lambda: updates.start(self._db, update.update_id, self._clock()))
                await coroutine
                await patiently(lambda: updates.finish(self._db, update.update_id))
        finally:
            self._n_waiting[chat] -= 1
            if not self._n_waiting[chat]:
                del self._n_waiting[chat], self._locks[chat]

    async def initialize(self) -> None:
        """Nothing to prepare."""

    async def shutdown(self) -> None:
        """Nothing to release."""


def _is_update(update: object) -> TypeGuard[Update]:
    return isinstance(update, Update)


def _lane(update: Update) -> int:
    """Give the chat whose order an update belongs to."""
    if update.effective_chat:
        return update.effective_chat.id
    return update.effective_user.id if update.effective_user else 0
