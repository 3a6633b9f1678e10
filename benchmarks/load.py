"""How the bot stands 2,000 customer messages from 200 chats at once, through HTTP.

Usage: python -m benchmarks.load [--limits]

Playground and bot run in a process each, this script in a third. Every message has to be
answered or handed over exactly once, and in order within its chat; that is read from the
playground's own record, and again from the bot's database. A wait is the time from the moment
at which a message is handed to the playground until the playground has taken the reply.
`--limits` makes the playground answer 429 as Telegram does, for fewer messages, and sets the
time that all took beside what the limits allow.
"""

from __future__ import annotations

import asyncio
import itertools
import sqlite3
import sys
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager, closing
from dataclasses import dataclass
from pathlib import Path
from statistics import quantiles
from typing import Any

from benchmarks import processes
from benchmarks.processes import OWNER, SHOP, Connection, Process, all_sent, require

N_CHATS = 200
PER_CHAT = 10
PER_CHAT_LIMITED = 3
STEADY_RATE = 20  # messages a second
N_STEADY = 200


@dataclass(frozen=True, slots=True)
class Question:
    """What a customer writes, how a right reply is known, and whether the owner is told."""

    text: str
    reply_has: tuple[str, ...]  # any of them
    handoff: bool = False


QUESTIONS = (
    Question("When do you open? ({n})", (f"hours: {SHOP['SHOP_HOURS']}",)),
    Question("My order {n} never arrived, this is terrible!", ("sorry",), handoff=True),
    Question("What is your address? ({n})", (SHOP["SHOP_ADDRESS"],)),
    Question("你们几点开门？ ({n})", (f"营业时间：{SHOP['SHOP_HOURS']}",)),
    Question("Thank you! ({n})", ("welcome!", "pleasure", "Glad")),
    Question("质量太差了，我要退款 {n}", ("抱歉", "对不起"), handoff=True),
    Question("What is your website? ({n})", (SHOP["SHOP_WEBSITE"],)),
    Question("blorb frobnicate {n}", ("passed",), handoff=True),
    Question("你们的地址在哪里？ ({n})", (f"地址：{SHOP['SHOP_ADDRESS']}",)),
    Question("Can I call you? ({n})", (SHOP["SHOP_PHONE"],)),
)


@dataclass(frozen=True, slots=True)
class Asked:
    """A question as it was written in a chat, and when it was handed to the playground."""

    chat: int
    question: Question
    text: str
    at: float


class Customers:
    """Customers who each write their questions in turn, never the same text twice."""

    def __init__(self, chats: Sequence[int]) -> None:
        self._numbers = itertools.count(10_000)
        self._next = {
            chat: itertools.cycle(QUESTIONS[n % len(QUESTIONS) :] + QUESTIONS[: n % len(QUESTIONS)])
            for n, chat in enumerate(chats)
        }
        self.asked: list[Asked] = []

    async def ask(self, connection: Connection, chat: int) -> None:
        """Write the chat's next question."""
        question = next(self._next[chat])
        text = question.text.format(n=next(self._numbers))
        self.asked.append(Asked(chat, question, text, time.time()))
        await connection.say(chat, text)


async def at_once(address: str, customers: Customers, chats: Sequence[int], each: int) -> None:
    """Let everybody write as fast as the playground takes it, one message at a time per chat."""

    async def write(chat: int) -> None:
        connection = Connection(address)
        for _ in range(each):
            await customers.ask(connection, chat)
        connection.close()

    await asyncio.gather(*map(write, chats))


async def steadily(address: str, customers: Customers, chats: Sequence[int], n: int) -> None:
    """Let somebody write every 1 / `STEADY_RATE` seconds."""
    connection = Connection(address)
    begins_at = time.monotonic()
    for number, chat in zip(range(n), itertools.cycle(chats), strict=False):
        await asyncio.sleep(begins_at + number / STEADY_RATE - time.monotonic())
        await customers.ask(connection, chat)
    connection.close()


def waits(asked: Sequence[Asked], sent: Sequence[dict[str, Any]]) -> list[float]:
    """Give the seconds from each question to its reply; fails unless it is the right one."""
    replies = defaultdict[int, list[dict[str, Any]]](list)
    for call in sent:
        if call["status"] == 200:
            replies[int(call["params"]["chat_id"])].append(call)
    cards = replies.pop(OWNER, [])
    by_chat = defaultdict[int, list[Asked]](list)
    for question in asked:
        by_chat[question.chat].append(question)
    require(replies.keys() <= by_chat.keys(), "a reply went to somebody who had not written")
    seconds = []
    for chat, questions in by_chat.items():
        require(len(replies[chat]) == len(questions), f"{len(replies[chat])} replies in {chat}")
        for question, reply in zip(questions, replies[chat], strict=True):
            text = reply["params"]["text"]
            right = any(part in text for part in question.question.reply_has)
            require(right, f"“{question.text}” got “{text}”")
            seconds.append(reply["at"] - question.at)
    handed_over = [question.text for question in asked if question.question.handoff]
    shown = Counter(
        card["params"]["text"].partition("<blockquote>")[2].partition("</blockquote>")[0]
        for card in cards
    )
    require(shown == Counter(handed_over), "the owner's cards are not the handed over messages")
    return seconds


def require_in_order(database: Path, n_messages: int) -> None:
    """Fail unless each message has one outcome and one reply, sent in the messages' order."""
    with closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True)) as db:
        rows = db.execute(
            """
            select m.chat_id, m.message_id, m.outcome, o.message_id, o.state
            from messages m left join outbox o on o.message = m.id and o.purpose = 'reply'
            order by m.chat_id, m.message_id
            """
        ).fetchall()
    require(len(rows) == n_messages, f"{len(rows)} messages and replies in the database")
    require(all(row[2] in {"answered", "handed_off"} for row in rows), "an undecided message")
    require(all(row[4] == "sent" for row in rows), "an unsent reply")
    ordered = sorted(rows, key=lambda row: (row[0], row[3]))
    require(ordered == rows, "a chat was answered out of order")


def p50_p99(seconds: Sequence[float]) -> str:
    """Write median and 99th percentile."""
    cuts = quantiles(seconds, n=100)
    return f"p50 {1000 * cuts[49]:,.0f} ms, p99 {1000 * cuts[98]:,.0f} ms"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one wave of messages came to; every time in seconds since its first message."""

    waits: list[float]
    customers_done: float
    all_done: float
    n_refused: int
    cpu_s: tuple[float, float]  # of the bot, of the playground


class Desk:
    """A running bot in a running playground, with customers who have not written yet."""

    def __init__(
        self, folder: Path, address: str, telegram: Process, bot: Process, chats: Sequence[int]
    ) -> None:
        self.address = address
        self.telegram = telegram
        self.bot = bot
        self.chats = chats
        self._database = folder / "soloist.db"
        self._customers = Customers(chats)
        self._last_call = 0

    async def stand(self, write: Callable[[Customers], Awaitable[None]]) -> Outcome:
        """Let the customers write, wait for what they get, and check all of it."""
        asked, cpu_s = self._customers.asked, (self.bot.cpu_s(), self.telegram.cpu_s())
        n_before = len(asked)
        await write(self._customers)
        await all_sent(self._database, len(asked))
        cpu_s = self.bot.cpu_s() - cpu_s[0], self.telegram.cpu_s() - cpu_s[1]
        calls = await self.calls()
        require_in_order(self._database, len(asked))
        sent = [call for call in calls if call["method"] == "sendMessage"]
        began = asked[n_before].at
        return Outcome(
            waits(asked[n_before:], sent),
            max(c["at"] for c in sent if int(c["params"]["chat_id"]) != OWNER) - began,
            max(c["at"] for c in sent) - began,
            sum(c["status"] == 429 for c in calls),
            cpu_s,
        )

    async def calls(self) -> list[dict[str, Any]]:
        """Give the playground's record of the calls since the last time."""
        connection = Connection(self.address)
        found: list[dict[str, Any]] = await connection.call(
            f"/control/calls?after={self._last_call}"
        )
        require(not await connection.call("/control/violations"), "the contract was violated")
        connection.close()
        self._last_call = found[-1]["n"]
        return found


@asynccontextmanager
async def desk(*, limits: bool) -> AsyncIterator[Desk]:
    """Open a playground with 200 customers and run the bot in it."""
    per_second = {"MESSAGES_PER_SECOND": "30" if limits else "0"}
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        async with (
            processes.playground(folder, limits=limits) as (telegram, address),
            processes.bot(folder, address, **per_second) as bot,
        ):
            await bot.line("Soloist is running")
            connection = Connection(address)
            await connection.say(OWNER, "/start")
            await processes.wait_for(connection, OWNER, "This is your desk")
            chats = [
                (await connection.call("/control/people", language_code="en"))["id"]
                for _ in range(N_CHATS)
            ]
            connection.close()
            await asyncio.sleep(1)  # the bot counts the channel's new members
            opened = Desk(folder, address, telegram, bot, chats)
            await opened.calls()
            yield opened


async def without_limits() -> None:
    """Print what a steady stream and a burst of messages come to."""
    async with desk(limits=False) as here:
        print(f"memory of the idle bot: {here.bot.memory()[0]:.0f} MB")

        async def write_steadily(customers: Customers) -> None:
            await steadily(here.address, customers, here.chats, N_STEADY)

        async def write_at_once(customers: Customers) -> None:
            await at_once(here.address, customers, here.chats, PER_CHAT)

        steady = await here.stand(write_steadily)
        print(f"{N_STEADY} messages, {STEADY_RATE} a second: {p50_p99(steady.waits)}")
        burst = await here.stand(write_at_once)
        n = len(burst.waits)
        print(f"{n:,} messages from {N_CHATS} chats at once: {p50_p99(burst.waits)}")
        print("  each answered or handed over once, in order within its chat")
        print(f"  the last reply after {burst.customers_done:.1f} s: ", end="")
        print(f"{n / burst.customers_done:,.0f} messages/s")
        print(f"  the last card for the owner after {burst.all_done:.1f} s")
        print(f"  processor time: bot {burst.cpu_s[0]:.1f} s, playground {burst.cpu_s[1]:.1f} s")
        print(f"peak memory of the bot: {here.bot.memory()[1]:.0f} MB")


async def within_limits() -> None:
    """Print how long the bot takes where Telegram allows only so much."""
    async with desk(limits=True) as here:

        async def write_at_once(customers: Customers) -> None:
            await at_once(here.address, customers, here.chats, PER_CHAT_LIMITED)

        burst = await here.stand(write_at_once)
    n = len(burst.waits)
    n_cards = sum(question.handoff for question in QUESTIONS) * n // len(QUESTIONS)
    print(f"{n} messages from {N_CHATS} chats at once, {n_cards} of them for the owner, in order")
    print(f"customers: {burst.customers_done:.0f} s; {p50_p99(burst.waits)}")
    print(f"  30 messages a second in all allow no less than {n / 30:.0f} s")
    print(f"the owner: {burst.all_done:.0f} s")
    print(f"  one message a second to one person allows no less than {n_cards} s")
    print(f"refused with 429 on the way: {burst.n_refused}")


if __name__ == "__main__":
    asyncio.run(within_limits() if "--limits" in sys.argv else without_limits())
