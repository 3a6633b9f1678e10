"""Updates: each one once, each chat in order, none lost in a crash."""

from __future__ import annotations

import asyncio
import datetime as dt
from collections import defaultdict
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlite_utils import Database
from telegram import Bot, Update

from bot.store import schema, updates
from bot.updates import MOST_AT_ONCE, ChatOrder, UpdateQueue

OWNER = 1000
NOON = dt.datetime(2027, 3, 1, 12, tzinfo=dt.UTC)
BOT = Bot("4242:AAAA-a-token-for-tests-only")


def now() -> dt.datetime:
    return NOON


def new_database() -> Database:
    db = Database(memory=True)
    schema.migrate(db)
    return db


@pytest.fixture
def db() -> Iterator[Database]:
    opened = new_database()
    yield opened
    opened.close()


def update(update_id: int, chat: int) -> Update:
    person = {"id": chat, "is_bot": False, "first_name": "Somebody"}
    message: dict[str, Any] = {
        "message_id": update_id,
        "date": 1_800_000_000,
        "chat": {"id": chat, "type": "private"},
        "from": person,
        "text": f"Message {update_id} \U0001f389 \x00",
    }
    return Update.de_json({"update_id": update_id, "message": message}, BOT)


async def drained(queue: UpdateQueue) -> list[Update]:
    items = [await queue.get() for _ in range(queue.qsize())]
    return [item for item in items if isinstance(item, Update)]


CHATS = st.lists(st.integers(1, 5), min_size=1, max_size=30)


@settings(max_examples=60, deadline=None)
@given(chats=CHATS, pauses=st.lists(st.integers(0, 3), min_size=30, max_size=30))
def test_each_chat_is_served_in_order_and_each_update_once(
    chats: list[int], pauses: list[int]
) -> None:
    handled: dict[int, list[int]] = defaultdict(list)
    busy: set[int] = set()

    async def handle(number: int, chat: int) -> None:
        assert chat not in busy
        busy.add(chat)
        for _ in range(pauses[number]):
            await asyncio.sleep(0)
        handled[chat].append(number)
        busy.remove(chat)

    async def serve() -> None:
        db = new_database()
        order, queue = ChatOrder(db, now), UpdateQueue(db)
        for number, chat in enumerate(chats):
            await queue.put(update(number, chat))
        await asyncio.gather(
            *(
                order.process_update(item, handle(item.update_id, chat))
                for item, chat in zip(await drained(queue), chats, strict=True)
            )
        )
        assert updates.unfinished(db) == []
        db.close()

    asyncio.run(serve())

    for chat in set(chats):
        assert handled[chat] == [number for number, of in enumerate(chats) if of == chat]


@settings(max_examples=60, deadline=None)
@given(
    deliveries=st.lists(st.integers(0, 9), max_size=30),
    fates=st.lists(st.sampled_from(["finish", "start", "wait"]), min_size=10, max_size=10),
)
def test_after_a_crash_what_was_not_finished_comes_again_once(
    deliveries: list[int], fates: list[str]
) -> None:
    async def live() -> None:
        db = new_database()
        before = UpdateQueue(db)
        for update_id in deliveries:
            await before.put(update(update_id, chat=update_id % 3))
        for item in await drained(before):
            if fates[item.update_id] != "wait":
                updates.start(db, item.update_id, NOON)
            if fates[item.update_id] == "finish":
                updates.finish(db, item.update_id)

        after = UpdateQueue(db)
        assert await after.put_unfinished(BOT, OWNER) == []
        for update_id in deliveries:  # Telegram repeats what was not confirmed
            await after.put(update(update_id, chat=update_id % 3))

        expected = sorted({number for number in deliveries if fates[number] != "finish"})
        again = [item.to_dict() for item in await drained(after)]
        assert again == [update(number, chat=number % 3).to_dict() for number in expected]
        db.close()

    asyncio.run(live())


async def test_what_the_owner_had_begun_is_not_done_again(db: Database) -> None:
    before = UpdateQueue(db)
    for update_id in (1, 2):
        await before.put(update(update_id, OWNER))
    updates.start(db, 1, NOON)

    after = UpdateQueue(db)
    interrupted = await after.put_unfinished(BOT, OWNER)

    assert [item.update_id for item in interrupted] == [1]
    assert [item.update_id for item in await drained(after)] == [2]
    assert len(updates.unfinished(db)) == 1


async def test_a_handler_that_fails_blocks_nobody(db: Database) -> None:
    order, done = ChatOrder(db, now), []

    async def fail() -> None:
        raise ZeroDivisionError

    async def succeed() -> None:
        done.append(True)

    results = await asyncio.gather(
        order.process_update(update(1, 7), fail()),
        order.process_update(update(2, 7), succeed()),
        return_exceptions=True,
    )

    assert isinstance(results[0], ZeroDivisionError)
    assert done == [True]


async def test_a_busy_chat_leaves_places_to_the_others(db: Database) -> None:
    order, gate, served = ChatOrder(db, now), asyncio.Event(), asyncio.Event()
    crowd = [
        asyncio.create_task(order.process_update(update(n, 7), gate.wait()))
        for n in range(MOST_AT_ONCE * 2)
    ]

    async def serve() -> None:
        served.set()

    await asyncio.sleep(0)
    await order.process_update(update(1000, 8), serve())

    assert served.is_set()
    gate.set()
    await asyncio.gather(*crowd)


def test_handled_updates_are_remembered_but_not_for_ever(db: Database) -> None:
    for update_id in (5, 900_000, 1_000_000):
        updates.keep(db, update_id, "{}")
        updates.finish(db, update_id)

    assert not updates.keep(db, 900_000, "{}")
    assert updates.keep(db, 5, "{}")
