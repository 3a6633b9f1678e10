"""One world of the chaos benchmark: a playground, a database, and a program that keeps dying."""

from __future__ import annotations

import asyncio
import datetime as dt
import multiprocessing
import os
import signal
import sqlite3
from collections import Counter
from contextlib import closing
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from random import Random
from typing import Any

from benchmarks.chaos_program import BOUNDARIES, Death, run
from benchmarks.processes import OWNER, TOKEN, Connection, require
from bot.database import open_database
from scheduler import store
from scheduler.posts import Content, Medium, Origin, Post, PostState

FAULTS = ("delay", "429", "500", "cut_before", "cut_after", "delay_after")
METHODS = ("sendMessage", "sendPhoto", "sendMediaGroup", "forwardMessage", "*")
LONGEST_LIFE_S = 3.0
PATIENCE_S = 180.0
GRACE = dt.timedelta(days=1)  # lateness is another story
N_CHANNELS = 3
KILLED = (-signal.SIGKILL, 255)  # the second where the fork server was too busy to be told

_processes = multiprocessing.get_context("forkserver")
_processes.set_forkserver_preload(["benchmarks.chaos_program"])


@dataclass(slots=True)
class Tally:
    """What the channels have received, beside what was to be published."""

    n_kills: int = 0
    n_posts: int = 0
    n_in_doubt: int = 0
    n_asked: int = 0
    n_lost: int = 0
    n_doubled: int = 0
    n_disordered: int = 0
    killed_at: Counter[str] = field(default_factory=Counter)
    faults: Counter[str] = field(default_factory=Counter)

    def __add__(self, other: Tally) -> Tally:
        return Tally(
            *(getattr(self, name) + getattr(other, name) for name in self.__dataclass_fields__)
        )

    @property
    def settled(self) -> float:
        """Share of the posts in doubt that nobody was asked about."""
        return 1 - self.n_asked / max(1, self.n_in_doubt)

    def is_good(self, *, protected: bool) -> bool:
        """Say whether nothing was lost or doubled, and hardly anything asked."""
        return not (self.n_lost or self.n_doubled or self.n_disordered) and (
            protected or self.settled >= 0.99
        )


class World:
    """A playground whose bot is killed; `protected` channels let nobody look."""

    def __init__(self, folder: Path, address: str, seed: int, *, protected: bool) -> None:
        self._folder = folder
        self._connection = Connection(address)
        self._lot = Random(seed)  # noqa: S311  # it only has to be repeatable
        self._protected = protected
        self._tally = Tally()
        self._n_texts = 0
        self._channels: list[int] = []
        self._photos: list[str] = []
        self._env = {
            "TELEGRAM_BOT_TOKEN": TOKEN,
            "OWNER_ID": str(OWNER),
            "TELEGRAM_API_URL": address,
            "MESSAGES_PER_SECOND": "0",
            "DATABASE": str(folder / "soloist.db"),
            "PLAYBOOK": str(folder / "playbook"),
        }

    async def begin(self) -> None:
        """Let the owner press Start, connect the channels, and publish a first post in each."""
        for n in range(1, N_CHANNELS):
            await self._connection.call("/control/chats", title=f"Channel {n + 1}")
        await self._connection.say(OWNER, "/start")
        for n in range(3):
            sent = await self._connection.call(
                "/control/messages", **{"from": OWNER, "chat": OWNER, "photo": {"n": n}}
            )
            self._photos.append(sent["photo"][-1]["file_id"])
        chats = (await self._connection.call("/control/world"))["chats"]
        self._channels = [chat["id"] for chat in chats if chat["type"] == "channel"]
        require(len(self._channels) == N_CHANNELS, "the playground has other channels")
        open_database(self._folder / "soloist.db").close()
        with self._database() as db:
            for channel_id in self._channels:
                self._write(db, channel_id)
        await self.finish()
        for channel_id in self._channels:
            await self._connection.call(
                "/control/protection", chat=channel_id, protected=self._protected
            )

    async def kill_once(self) -> None:
        """Write some posts that are due, draw a fault and a death, let the program meet both."""
        with self._database() as db:
            for _ in range(self._lot.randint(1, 3)):
                self._write(db, self._lot.choice(self._channels))
        if self._lot.random() < 0.4:
            kind, method = self._lot.choice(FAULTS), self._lot.choice(METHODS)
            self._tally.faults[kind] += 1
            await self._connection.call("/control/faults", method=method, kind=kind, n=1, seconds=1)
        boundary = self._lot.choice(BOUNDARIES)
        death = Death(boundary, self._lot.randint(1, 2), self._lot.uniform(0.05, 1.0))
        program = self._start(death)
        await asyncio.to_thread(program.join, LONGEST_LIFE_S)
        if program.is_alive():  # it never came to that boundary
            boundary = "whenever"
            program.kill()
            await asyncio.to_thread(program.join)
        require(program.exitcode in KILLED, f"the program ended by itself, {self._log()}")
        program.close()
        self._tally.n_kills += 1
        self._tally.killed_at[boundary] += 1

    async def finish(self) -> None:
        """Let the program run until every post is out, or the owner has been asked about it."""
        program = self._start(None)
        with closing(sqlite3.connect(self._folder / "soloist.db")) as db:
            async with asyncio.timeout(PATIENCE_S):
                while db.execute(OPEN).fetchone() != (0,):
                    require(program.is_alive(), f"the program ended by itself, {self._log()}")
                    await asyncio.sleep(0.1)
        program.terminate()
        await asyncio.to_thread(program.join)
        program.close()

    async def count(self) -> Tally:
        """Compare the database with what the channels have received."""
        with self._database() as db:
            posts = [store.get(db, row[0]) for row in db.execute("select id from posts")]
            (self._tally.n_in_doubt,) = db.execute(DOUBTED).fetchone()
            asked = {row[0] for row in db.execute("select post from outbox where post is not null")}
        self._tally.n_posts = len(posts)
        for channel_id in self._channels:
            messages = await self._connection.call(f"/control/chats/{channel_id}/messages")
            received = [message.get("text") or message.get("caption") for message in messages]
            parts = Counter(message.get("media_group_id") for message in messages)
            ours = [post for post in posts if post.channel_id == channel_id]
            unknown = {post.id for post in ours if post.state is PostState.UNKNOWN}
            for post in ours:
                if post.origin.after_post_id not in unknown:  # else it waits for the owner too
                    self._judge(post, received.count(post.text), asked)
            self._tally.n_doubled += sum(
                n != 2 for album, n in parts.items() if album
            )  # every album here has two parts
            # A request may outlive the process that made it; what is in doubt may come any time.
            due = {
                post.text: (post.publish_at, post.id)
                for post in ours
                if post.state is not PostState.UNKNOWN
            }
            order = [due[text] for text in received if text in due]
            self._tally.n_disordered += sum(later < earlier for earlier, later in pairwise(order))
        return self._tally

    def _judge(self, post: Post, n_received: int, asked: set[int]) -> None:
        if n_received > 1:
            self._tally.n_doubled += 1
        if post.state is PostState.UNKNOWN:
            self._tally.n_asked += 1
            self._tally.n_lost += post.id not in asked
        elif post.state is not PostState.PUBLISHED or not n_received:
            self._tally.n_lost += 1

    def close(self) -> None:
        """Hang up."""
        self._connection.close()

    def _write(self, db: Any, channel_id: int) -> None:
        """Write a post that is due: a text, a photo, an album, or a photo with a text below it."""
        now = dt.datetime.now(dt.UTC)
        kind = self._lot.choice(("text", "text", "photo", "album", "followed"))
        photos = tuple(Medium("photo", file_id) for file_id in self._photos)
        media = {"photo": photos[:1], "album": photos[:2], "followed": photos[2:]}
        post = store.schedule(
            db,
            channel_id,
            Content(self._text(), media=media.get(kind, ())),
            now,
            now=now,
            grace=GRACE,
        )
        if kind == "followed":
            below = Origin(after_post_id=post.id)
            store.schedule(
                db, channel_id, Content(self._text()), now, now=now, grace=GRACE, origin=below
            )

    def _text(self) -> str:
        self._n_texts += 1
        return f"Post number {self._n_texts}"

    def _start(self, death: Death | None) -> multiprocessing.context.ForkServerProcess:
        program = _processes.Process(
            target=run, args=(self._env, death, str(self._folder / "run.log")), daemon=True
        )
        program.start()
        return program

    def _database(self) -> Any:
        return closing(open_database(self._folder / "soloist.db"))

    def _log(self) -> str:
        log = self._folder / "run.log"
        return log.read_text("utf-8")[-2000:] if log.exists() else os.fspath(log)


OPEN = """
    select count(*) from posts
    where state = 'publishing' or state = 'scheduled' and due_at < '9999'
        or state = 'unknown' and not exists (
        select 1 from outbox where outbox.post = posts.id and outbox.written_at >= posts.changed_at
    )
"""
DOUBTED = "select count(distinct post_id) from steps where to_state = 'unknown'"
