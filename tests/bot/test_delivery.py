"""Letters reach whom they are for: they wait, are written again, and never stand in the way."""

from __future__ import annotations

import asyncio
import datetime as dt
import time
from collections.abc import Callable

from sqlite_utils import Database

from bot.database import open_database
from bot.settings import Settings
from bot.store import outbox
from bot.store.schema import migrate
from tests.conftest import OWNER, Desk, running_bot, until

NOON = dt.datetime(2026, 1, 1, 12, tzinfo=dt.UTC)


def leave_waiting(settings: Settings, n: int) -> None:
    """Write letters to the owner that a process before this one did not come to send."""
    db = open_database(settings.database)
    for number in range(n):
        outbox.write(db, OWNER, "notice", {"text": f"Notice {number}"}, NOON)
    db.close()


def holds(db: Database, sql: str) -> Callable[[], bool]:
    return lambda: bool(db.execute(f"select {sql}").fetchone()[0])


async def test_a_post_does_not_wait_for_the_owners_letters(desk: Desk, settings: Settings) -> None:
    await desk.say(OWNER, "/start")
    leave_waiting(settings, 60)
    async with running_bot(settings, messages_per_second=30) as db:
        await until(holds(db, "exists (select 1 from channels)"), "the channel")

        await desk.say(OWNER, "/post Hello")

        await desk.wait_for(desk.channel, "Hello")
        assert holds(db, "count(*) > 30 from outbox where state = 'waiting'")()


async def test_a_stop_does_not_wait_for_the_letters_that_wait(
    desk: Desk, settings: Settings
) -> None:
    await desk.say(OWNER, "/start")
    leave_waiting(settings, 60)
    async with running_bot(settings, messages_per_second=30):
        await desk.wait_for(OWNER, "Notice 0")
        began = time.monotonic()

    assert time.monotonic() - began < 5
    db = open_database(settings.database)
    states = dict(db.execute("select state, count(*) from outbox group by state").fetchall())
    assert states.keys() == {"sent", "waiting"}
    db.close()


async def test_what_a_customer_waits_for_stays_suggested_when_the_note_to_them_is_in_doubt(
    desk: Desk, bot: Database
) -> None:
    await desk.wait_for(OWNER, "My channel is connected")
    await desk.do("faults", method="sendMessage", n=1, kind="cut_after")

    await desk.say(desk.customer, "Could I talk to a human please?")

    await until(holds(bot, "exists (select 1 from outbox where state = 'unknown')"), "the doubt")
    card = await desk.wait_for(OWNER, "asked for a person")
    (note,) = await desk.texts(desk.customer)
    assert bot.execute("select suggestion <> ? from handoffs", [note]).fetchall() == [(1,)]
    assert note not in card["text"]
    assert sum("person" in text for text in await desk.texts(OWNER)) == 1


async def test_a_card_in_doubt_is_shown_again_but_not_without_end(
    desk: Desk, bot: Database
) -> None:
    await desk.wait_for(OWNER, "My channel is connected")
    await desk.do("faults", method="sendMessage", n=1000, kind="cut_after")

    await desk.say(OWNER, "Hello?")

    await desk.wait_for(OWNER, "To publish this", n=2)
    await asyncio.sleep(1)
    assert sum("To publish this" in text for text in await desk.texts(OWNER)) == 2


def test_what_waits_is_found_without_reading_what_was_sent() -> None:
    db = Database(memory=True)
    migrate(db)
    plans: list[str] = []
    db.conn.set_trace_callback(plans.append)
    outbox.chats_due(db, NOON)
    outbox.stranded(db)
    db.conn.set_trace_callback(None)

    read = [str(row[3]) for sql in plans for row in db.execute(f"explain query plan {sql}")]

    assert all("outbox_open" in step for step in read if "outbox" in step)


async def test_a_sent_letter_keeps_no_word_of_a_customer(desk: Desk, bot: Database) -> None:
    await desk.say(desk.customer, "blorb frobnicate")
    await desk.wait_for(OWNER, "blorb frobnicate")

    await until(
        holds(bot, "not exists (select 1 from outbox where body like '%blorb%')"), "it to be gone"
    )
