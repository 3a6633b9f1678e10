"""How long 500 posts take that are due in the same minute, where Telegram's limits are on.

Usage: python -m benchmarks.storm [--posts 500] [--channels 10]

Ten channels take twenty messages a minute each; so the limits alone ask for so many whole
minutes as there are twenties to wait for, and the program should not take much longer.
"""

from __future__ import annotations

import argparse
import asyncio
import datetime as dt
import tempfile
from collections import defaultdict
from contextlib import closing
from itertools import pairwise
from pathlib import Path
from typing import Any

from benchmarks.processes import OWNER, Connection, bot, playground, require
from bot.database import open_database
from bot.store import channels
from bot.store.channels import Channel
from scheduler import store
from scheduler.posts import Content

PER_MINUTE = 20
LEAD = dt.timedelta(seconds=10)  # from writing the posts to their time; the program starts in it
PATIENCE_S = 900


async def main(n_posts: int, n_channels: int) -> None:
    """Run the storm and print how it went."""
    with tempfile.TemporaryDirectory(prefix="storm-") as name:
        folder = Path(name)
        async with playground(folder, limits=True) as (_, address):
            connection = Connection(address)
            ids = await _channels(connection, n_channels)
            due = dt.datetime.now(dt.UTC).replace(microsecond=0) + LEAD
            _write(folder / "soloist.db", ids, n_posts, due)
            async with bot(folder, address, MESSAGES_PER_SECOND="30") as program:
                await program.line("Soloist is running")
                await _all_out(folder / "soloist.db")
            calls = await connection.call("/control/calls?method=sendMessage")
            messages = {
                each: await connection.call(f"/control/chats/{each}/messages") for each in ids
            }
            connection.close()
    _report(due, ids, calls, messages, n_posts)


async def _channels(connection: Connection, n_channels: int) -> list[int]:
    for n in range(1, n_channels):
        await connection.call("/control/chats", title=f"Channel {n + 1}")
    await connection.say(OWNER, "/start")
    chats = (await connection.call("/control/world"))["chats"]
    return [chat["id"] for chat in chats if chat["type"] == "channel"]


def _write(database: Path, ids: list[int], n_posts: int, due: dt.datetime) -> None:
    with closing(open_database(database)) as db:
        for number, channel_id in enumerate(ids, start=1):
            title = f"Channel {number}"
            channels.connect(db, Channel(channel_id, title, None, None, ()))
        with db.atomic():
            for n in range(n_posts):
                channel_id = ids[n % len(ids)]
                store.schedule(db, channel_id, Content(f"Post {n}"), due, now=due - LEAD)


async def _all_out(database: Path) -> None:
    async with asyncio.timeout(PATIENCE_S):
        with closing(open_database(database)) as db:
            while db.execute(WAITING).fetchone() != (0,):  # noqa: ASYNC110  # another process
                await asyncio.sleep(0.5)


WAITING = "select count(*) from posts where state <> 'published'"


def _report(
    due: dt.datetime,
    ids: list[int],
    calls: list[dict[str, Any]],
    messages: dict[int, list[dict[str, Any]]],
    n_posts: int,
) -> None:
    numbers = {
        each: [int(text.removeprefix("Post ")) for message in messages[each]
               if (text := message.get("text", "")).startswith("Post ")]
        for each in ids
    }  # fmt: skip
    n_out = sum(map(len, numbers.values()))
    require(n_out == n_posts, f"{n_out} of {n_posts} posts are in their channels")
    in_order = all(early < late for each in numbers.values() for early, late in pairwise(each))
    require(in_order, "a post overtook another of its channel")
    asked: defaultdict[int, list[float]] = defaultdict(list)
    refused = 0
    for call in calls:
        chat = int(call["params"].get("chat_id", 0))
        if chat in numbers:
            asked[chat].append(call["at"] - due.timestamp())
            refused += call["status"] == 429
    first, last = (pick(map(pick, asked.values())) for pick in (min, max))
    arithmetic = 60 * ((max(map(len, numbers.values())) - 1) // PER_MINUTE)
    print(f"{n_posts} posts in {len(ids)} channels: all out, each channel in order")
    print(f"first request {first * 1000:.0f} ms after the moment, last {last:.1f} s")
    print(f"the limit's own arithmetic: {arithmetic} s, so x {last / max(1, arithmetic):.2f}")
    print(f"429 answered: {refused}, none of them lost")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--posts", type=int, default=500)
    parser.add_argument("--channels", type=int, default=10)
    given = parser.parse_args()
    asyncio.run(main(given.posts, given.channels))
