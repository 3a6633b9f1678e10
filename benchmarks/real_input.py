"""What the bot makes of other people's customers and posts.

Usage: python -m benchmarks.real_input DATA

DATA holds the folders `bitext` (the test part is asked as customers ask) and `telegram_shops`
(posts of shops, published through the owner's chat). Playground and bot run in processes of
their own. What a channel shows is compared with the source, letter by letter; Telegram, and so
the playground, takes blanks off both ends of a message.
"""

from __future__ import annotations

import asyncio
import csv
import datetime as dt
import random
import re
import sqlite3
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks import processes
from benchmarks.processes import OWNER, Connection, all_sent

PER_CHAT = 10
N_POSTS = 300
N_READERS = 60
LONGEST_CAPTION = 1_024  # of Telegram, in UTF-16 units
PHOTO = {"sample": True}
WAYS = ("/post TEXT", "/schedule in 1 second TEXT", "/post, replying to it", "a photo’s caption")


@dataclass(frozen=True, slots=True)
class Source:
    """A post as its shop published it."""

    text: str
    published_at: dt.datetime
    views: float


def main(data: Path) -> None:
    """Print what came of the questions, of the posts, and of what was asked about them."""
    questions_path = data / "bitext" / "Bitext_Sample_Customer_Service_Testing_Dataset.csv"
    posts_path = data / "telegram_shops" / "posts.csv"
    for path in (questions_path, posts_path):
        if not path.exists():
            sys.exit(f"There is no {path}.")
    with questions_path.open(encoding="utf-8", newline="") as file:
        questions = [row["utterance"] for row in csv.DictReader(file)]
    asyncio.run(live(questions, read_posts(posts_path)))


def read_posts(path: Path) -> list[Source]:
    """Give every text of the set once, the longest last; the others in their order of time."""
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    largest, _ = Counter(row["channel"] for row in rows if row["text"].strip()).most_common(1)[0]
    posts = {
        row["text"]: Source(
            row["text"], dt.datetime.fromisoformat(row["date"]), float(row["views"])
        )
        for row in rows
        if row["text"].strip()
        and row["views"]
        and (row["channel"] == largest or units(row["text"]) > LONGEST_CAPTION)
    }
    in_time = sorted(posts.values(), key=lambda post: post.published_at)
    long = [post for post in in_time if units(post.text) > LONGEST_CAPTION]
    short = [post for post in in_time if units(post.text) <= LONGEST_CAPTION]
    return short[-(N_POSTS - len(long)) :] + long


def units(text: str) -> int:
    """Count UTF-16 units."""
    return len(text.encode("utf-16-le")) // 2


async def live(questions: Sequence[str], posts: Sequence[Source]) -> None:
    """Live through all of it, in one playground."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        database = folder / "soloist.db"
        async with processes.playground(folder) as (_, address):
            connection = Connection(address)
            async with processes.bot(folder, address, TIMEZONE="Africa/Addis_Ababa") as bot:
                await bot.line("Soloist is running")
                await connection.say(OWNER, "/start")
                await processes.wait_for(connection, OWNER, "This is your desk")
                await ask(connection, database, questions)
                published = await publish(connection, database, posts)
                await refuse(connection, database, posts)
                await react(connection, database, published)
                await consult(connection, database, posts[0].text)
            date_back(database, published)
            async with processes.bot(folder, address, TIMEZONE="Africa/Addis_Ababa") as bot:
                await bot.line("Soloist is running")
                print("\nAsked again, with every post dated as in the source:")
                await consult(connection, database, posts[0].text)
            violations = await connection.call("/control/violations")
            connection.close()
        print(f"\nviolations of the contract: {violations or 'none'}")
        for line in (folder / "run.log").read_text("utf-8").splitlines():
            print(f"log: {line}")


async def ask(connection: Connection, database: Path, questions: Sequence[str]) -> None:
    """Let customers ask, ten questions each, and print what they got."""
    for begins in range(0, len(questions), PER_CHAT):
        person = (await connection.call("/control/people", language_code="en"))["id"]
        for question in questions[begins : begins + PER_CHAT]:
            await connection.say(person, question)
    await all_sent(database, len(questions))
    rows = read(database, "select outcome, because, coalesce(rule, '(none)') from messages")
    print(f"{len(rows)} questions of {len(questions)} decided")
    for column, what in enumerate(("outcome", "because", "rule")):
        shares = Counter(row[column] for row in rows).most_common(12)
        print(f"  {what}: " + ", ".join(f"{name} {n / len(rows):.1%}" for name, n in shares))


async def publish(
    connection: Connection, database: Path, posts: Sequence[Source]
) -> dict[int, Source]:
    """Publish every post in one of three ways; give them by their message in the channel."""
    channel = await channel_of(connection)
    refusals = Counter[str]()
    published: dict[int, Source] = {}
    ways = Counter[str]()
    began = time.perf_counter()
    for number, post in enumerate(posts):
        fits = units(post.text) <= LONGEST_CAPTION
        way = WAYS[number % (4 if fits else 3)]
        ways[way] += 1
        before = await last_in(connection, channel)
        told = await put(connection, database, post.text, way)
        after = await last_in(connection, channel)
        if after and after != before:
            published[after["message_id"]] = post
        else:
            refusals[told] += 1
    took = time.perf_counter() - began
    print(f"\n{len(posts)} posts: " + ", ".join(f"{n} as {way}" for way, n in ways.items()))
    print(f"  {len(published)} published in {took:.0f} s, refused: {dict(refusals) or 'none'}")
    shown = {
        message["message_id"]: message.get("text") or message.get("caption", "")
        for message in await connection.call(f"/control/chats/{channel}/messages")
    }
    same = sum(shown[number] == post.text for number, post in published.items())
    trimmed = sum(shown[number] == post.text.strip() for number, post in published.items())
    print(f"  the channel shows {same} as they are in the source, {trimmed} but for outer blanks")
    for number, post in published.items():
        if shown[number] != post.text.strip():
            print(f"  DIFFERENT: {post.text!r}\n     shown: {shown[number]!r}")
    return published


async def put(connection: Connection, database: Path, text: str, way: str) -> str:
    """Publish a text in one of four ways; give what the owner is told in the end."""
    n_told = n_letters(database)
    if way.endswith("TEXT"):
        await connection.say(OWNER, way.replace("TEXT", text))
        n_told += 2 if "schedule" in way else 1  # what is scheduled is confirmed first
    else:
        body = {"caption": text, "photo": PHOTO} if "photo" in way else {"text": text}
        written = await connection.call(
            "/control/messages", **{"from": OWNER, "chat": OWNER} | body
        )
        await connection.say(OWNER, "/post", reply_to=written["message_id"])
        n_told += 2  # without its command a message is answered with what can be asked for
    ends_at = time.monotonic() + processes.PATIENCE_S
    while n_letters(database) < n_told:
        if time.monotonic() > ends_at:
            told = await last_told(connection)
            raise RuntimeError(f"the owner was told only {told!r} about {text!r}")
        await asyncio.sleep(0.01)
    return await last_told(connection)


def n_letters(database: Path) -> int:
    """Count what the owner was told."""
    sql = f"select count(*) from outbox where chat_id = {OWNER} and state = 'sent'"  # noqa: S608
    ((n,),) = read(database, sql)
    return int(n)


async def last_told(connection: Connection) -> str:
    """Give what the owner was told last."""
    message = await last_in(connection, OWNER)
    return str(message and message["text"])


async def refuse(connection: Connection, database: Path, posts: Sequence[Source]) -> None:
    """Try what is too long: real captions over the limit, and real posts joined to one text."""
    channel = await channel_of(connection)
    before = await last_in(connection, channel)
    long = [post.text for post in posts if units(post.text) > LONGEST_CAPTION]
    joined = "\n\n".join(post.text for post in posts[:40])
    print(
        f"\ntoo long: {len(long)} captions over {LONGEST_CAPTION}, a text of {units(joined)} units"
    )
    told = Counter[str]()
    for text, way in [*((text, WAYS[3]) for text in long), (joined, WAYS[0])]:
        try:
            sentence = await put(connection, database, text, way)
            told[re.sub(r"[\d,]+ (?=characters)", "N ", sentence)] += 1
        except ValueError as error:  # the playground does not let a person send it
            told[str(error)] += 1
    for sentence, n in told.items():
        print(f"  {n} x {sentence}")
    if await last_in(connection, channel) != before:
        print("  WRONG: one of them is in the channel")


async def react(connection: Connection, database: Path, published: dict[int, Source]) -> None:
    """Let readers react in proportion to the views, and in the group, where it is known who."""
    world = await connection.call("/control/world")
    readers = [person["id"] for person in world["people"] if person["id"] != OWNER][:N_READERS]
    channel = await channel_of(connection)
    group = next(chat["id"] for chat in world["chats"] if chat["type"] == "supergroup")
    threads = {
        message["message_id"]: message["thread_id"]
        for message in await connection.call(f"/control/chats/{channel}/messages")
    }
    most = max(post.views for post in published.values())
    choose = random.Random(0)  # noqa: S311
    n_reactions = n_known = 0
    for number, post in published.items():
        fans = choose.sample(readers, round(len(readers) * post.views / most))
        for reader in fans:
            body: dict[str, Any] = {"from": reader, "emoji": "👍"}
            await connection.call("/control/reactions", **body, chat=channel, message=number)
            n_reactions += 1
        for reader in fans[:3]:
            body = {"from": reader, "emoji": "❤", "chat": group, "message": threads[number]}
            await connection.call("/control/reactions", **body)
            n_known += 1
    ends_at = time.monotonic() + processes.LONG_PATIENCE_S
    while read(database, "select sum(reactions) from channel_messages") != [(n_reactions,)]:
        if time.monotonic() > ends_at:
            raise RuntimeError("not every reaction was counted")
        await asyncio.sleep(0.2)
    print(f"\n{n_reactions} reactions counted in the channel, {n_known} given in its group")


async def consult(connection: Connection, database: Path, draft: str) -> None:
    """Ask everything that can be asked of the past, and print what came out."""
    for command in ("/insights", f"/predict {draft}", "/segments", "/recommend"):
        n_told = n_letters(database)
        began = time.perf_counter()
        await connection.say(OWNER, command)
        while n_letters(database) == n_told:
            if time.perf_counter() - began > processes.PATIENCE_S:
                raise RuntimeError(f"no answer to {command.split()[0]}")
            await asyncio.sleep(0.01)
        print(f"\n{command.split()[0]}, after {time.perf_counter() - began:.2f} s:")
        told = await last_told(connection)
        print("\n".join(f"  {line}" for line in told.splitlines()))


def date_back(database: Path, published: dict[int, Source]) -> None:
    """Let the posts have been published when their shop published them."""
    with closing(sqlite3.connect(database)) as db, db:
        for number, post in published.items():
            moment = post.published_at.astimezone(dt.UTC).isoformat(timespec="seconds")
            db.execute("update posts set claimed_at = ? where message_id = ?", [moment, number])


async def channel_of(connection: Connection) -> int:
    """Give the channel's id."""
    chats = (await connection.call("/control/world"))["chats"]
    return next(int(chat["id"]) for chat in chats if chat["type"] == "channel")


async def last_in(connection: Connection, chat: int) -> dict[str, Any] | None:
    """Give the latest message of a chat."""
    messages = await connection.call(f"/control/chats/{chat}/messages")
    return messages[-1] if messages else None


def read(database: Path, sql: str) -> list[tuple[Any, ...]]:
    """Read from the bot's database."""
    with closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True)) as db:
        return db.execute(sql).fetchall()


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    main(Path(sys.argv[1]))
