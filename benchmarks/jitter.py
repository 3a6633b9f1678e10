"""How long after its moment the request for a post leaves, while nothing else happens.

Usage: python -m benchmarks.jitter [POSTS]

One post a second, in a running program; the playground notes when each request arrives.
"""

from __future__ import annotations

import asyncio
import datetime as dt
import sys
import tempfile
from contextlib import closing
from pathlib import Path
from statistics import median

from benchmarks.processes import OWNER, Connection, bot, playground, require
from bot.database import open_database
from bot.store import channels
from bot.store.channels import Channel
from scheduler import store
from scheduler.posts import Content

LEAD = dt.timedelta(seconds=20)  # the program has long been idle when the first is due
SECOND = dt.timedelta(seconds=1)


async def main(n_posts: int) -> None:
    """Publish the posts and print p50, p99 and the worst."""
    with tempfile.TemporaryDirectory(prefix="jitter-") as name:
        folder = Path(name)
        async with playground(folder) as (_, address):
            connection = Connection(address)
            await connection.say(OWNER, "/start")
            chats = (await connection.call("/control/world"))["chats"]
            channel_id = next(chat["id"] for chat in chats if chat["type"] == "channel")
            first = dt.datetime.now(dt.UTC).replace(microsecond=0) + LEAD
            with closing(open_database(folder / "soloist.db")) as db:
                channels.connect(db, Channel(channel_id, "Channel", None, None, ()))
                for n in range(n_posts):
                    store.schedule(
                        db, channel_id, Content(f"Post {n}"), first + n * SECOND, now=first
                    )
            async with bot(folder, address) as program:
                await program.line("Soloist is running")
                await asyncio.sleep(LEAD.total_seconds() + n_posts + 1)
            calls = await connection.call("/control/calls?method=sendMessage")
            connection.close()
    waits = sorted(
        call["at"]
        - (first + int(call["params"]["text"].removeprefix("Post ")) * SECOND).timestamp()
        for call in calls
        if str(call["params"]["chat_id"]) == str(channel_id)
    )
    require(len(waits) == n_posts, f"{len(waits)} of {n_posts} posts were sent")
    require(waits[0] >= 0, "a post went out before its time")
    p99 = waits[min(len(waits) - 1, int(len(waits) * 0.99))]
    print(
        f"{n_posts} posts, due to request: p50 {median(waits) * 1000:.0f} ms, "
        f"p99 {p99 * 1000:.0f} ms, worst {waits[-1] * 1000:.0f} ms"
    )


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1]) if len(sys.argv) > 1 else 100))
