"""How long one message takes to understand, what the bot weighs then, and whether chats wait.

Usage: python -m benchmarks.walk DATA

DATA holds the folders `bitext`, `tweeteval`, `chnsenticorp` and `few_shot`; training and
validation parts are read. The playbook is a full one: the starter rules and more, 50 in all, and
200 taught answers of 10 questions. First `choose_reply` runs on one core in this process. Then
the bot runs in a playground, each in a process of its own, and a wait is the time from handing
over a message until the playground has taken the reply.
"""

from __future__ import annotations

import asyncio
import csv
import datetime as dt
import os
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import closing
from functools import partial
from pathlib import Path
from statistics import median

from benchmarks import processes
from benchmarks.batch import teach
from benchmarks.load import p50_p99
from benchmarks.processes import OWNER, SHOP, Connection
from bot import models
from bot.database import open_database
from bot.playbook import InForce
from bot.settings import Settings
from bot.store import answers
from nlp.answers import Answer, read_csv
from nlp.folding import clean
from nlp.language import detect_language
from nlp.playbook import Situation
from nlp.replies import choose_reply
from nlp.starter import starter_text

N_RULES, N_MESSAGES, N_ROUNDS = 50, 1_000, 20
MOST_MB = 600


def main(data: Path) -> None:
    """Print times, memory and waits."""
    with tempfile.TemporaryDirectory() as written:
        folder = Path(written)
        settings = Settings(
            telegram_bot_token="",
            owner_id=OWNER,
            database=folder / "soloist.db",
            playbook=folder / "playbook",
            shop={name.removeprefix("SHOP_").lower(): value for name, value in SHOP.items()},
        )
        lay_down(settings, data)
        asyncio.run(side_by_side(folder, settings))
        asyncio.run(on_one_core(settings, messages(data)))


def lay_down(settings: Settings, data: Path) -> None:
    """Write the owner's files, and teach the answers."""
    settings.playbook.mkdir()
    rules = starter_text("rules.toml")
    for number in range(N_RULES - rules.count("[[rule]]")):
        rules += (
            f'\n[[rule]]\nname = "own {number}"\naction = "handoff"\n'
            f'keywords.en = ["gift card {number}", "voucher {number}", "coupon {number}"]\n'
        )
    (settings.playbook / "rules.toml").write_text(rules, "utf-8")
    table = settings.playbook / "answers.csv"
    teach(data / "few_shot", table)
    taught = read_csv(table.read_bytes(), table.name, with_replies=False)
    with closing(open_database(settings.database)) as db:
        replies = [
            Answer(name=a.name, questions=a.questions, replies={"en": "Yes."}) for a in taught
        ]
        answers.take_over(db, replies, dt.datetime.now(dt.UTC))


def messages(data: Path) -> list[str]:
    """Give requests to a shop, tweets and Chinese reviews in turn."""
    bitext = data / "bitext" / "Bitext_Sample_Customer_Service_Training_Dataset.csv"
    with bitext.open(encoding="utf-8", newline="") as file:
        requests = [row["utterance"] for row in csv.DictReader(file)]
    tweets = (data / "tweeteval" / "sentiment" / "val_text.txt").read_text("utf-8").splitlines()
    reviews = (data / "chnsenticorp" / "dev.tsv").read_text("utf-8").splitlines()[1:]
    turns = zip(
        requests[::5], tweets, (review.split("\t", 1)[1] for review in reviews), strict=False
    )
    return [message for turn in turns for message in turn][:N_MESSAGES]


async def on_one_core(settings: Settings, asked: list[str]) -> None:
    """Print what `choose_reply` and its parts take, and what the process weighs."""
    os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    sentiment = models.sentiment_model(settings)
    with closing(open_database(settings.database)) as db:
        in_force = InForce(settings, db, partial(models.embedder, settings))
        began = time.perf_counter()
        await in_force.warm_up(sentiment)
        print(f"models loaded and {N_RULES} rules read, 200 answers fitted: ", end="")
        print(f"{time.perf_counter() - began:.1f} s")
    playbook = in_force.playbook
    situation = Situation(at=dt.datetime.now(dt.UTC), fallback_language="en")

    def understand(message: str) -> None:
        choose_reply(message, playbook=playbook, sentiment=sentiment, situation=situation)

    def match(message: str) -> None:
        if playbook.matcher:
            playbook.matcher(clean(message))

    def feel(message: str) -> None:
        sentiment(clean(message), "en" if message.isascii() else "zh")

    print(f"choose_reply, one core, {len(asked):,} messages: {p50_p99(_times(understand, asked))}")
    for name, part in [
        ("language", lambda message: detect_language(message, "en")),
        ("sentiment", feel),
        ("match", match),
    ]:
        print(f"  of it {name}: median {1000 * median(_times(part, asked)):.1f} ms")


def _times(work: Callable[[str], object], asked: list[str]) -> list[float]:
    seconds = []
    for message in asked:
        began = time.perf_counter()
        work(message)
        seconds.append(time.perf_counter() - began)
    return seconds


async def side_by_side(folder: Path, settings: Settings) -> None:
    """Print how long one chat waits alone, two at the same moment, and the owner meanwhile."""
    env = {
        "PLAYBOOK": str(settings.playbook),
        "DATABASE": str(settings.database),
        "REPLIES_PER_HOUR": "1000",
    }
    async with (
        processes.playground(folder) as (_, address),
        processes.bot(folder, address, **env) as bot,
    ):
        await bot.line("Soloist is running")
        connection = Connection(address)
        await connection.say(OWNER, "/start")
        await processes.wait_for(connection, OWNER, "This is your desk")
        people = [
            (await connection.call("/control/people", language_code="en"))["id"] for _ in range(20)
        ]
        await _wait(address, people[0], "Hello")  # until the models are loaded
        now, peak = bot.memory()
        print(f"memory of the bot, everything loaded: {now:.0f} MB (peak {peak:.0f})")
        for n, who in [(1, "one chat alone"), (2, "two chats at once"), (20, "twenty at once")]:
            waits, owners = [], []
            for number in range(N_ROUNDS if n < 20 else 3):
                ask = f"When do you open? ({number})"
                *customers, owner = await asyncio.gather(
                    *(_wait(address, person, ask) for person in people[:n]),
                    _wait(address, OWNER, "/help"),
                )
                waits += customers
                owners.append(owner)
            print(f"{who}: {_ms(waits)}; the owner, who asks for help: {_ms(owners)}")
        now, peak = bot.memory()
        print(f"memory of the bot after that: {now:.0f} MB (peak {peak:.0f}; at most {MOST_MB})")
        connection.close()


async def _wait(address: str, person: int, text: str) -> float:
    """Let somebody write; give the seconds until they have a reply."""
    connection = Connection(address)
    n_before = len(await connection.call(f"/control/chats/{person}/messages"))
    began = time.perf_counter()
    await connection.say(person, text)
    while len(await connection.call(f"/control/chats/{person}/messages")) < n_before + 2:
        await asyncio.sleep(0.005)
        gone = time.perf_counter() - began
        processes.require(gone < processes.LONG_PATIENCE_S, "a chat waits in vain")
    connection.close()
    return time.perf_counter() - began


def _ms(seconds: list[float]) -> str:
    return f"median {1000 * median(seconds):.0f} ms, longest {1000 * max(seconds):.0f} ms"


if __name__ == "__main__":
    main(Path(sys.argv[1]))
