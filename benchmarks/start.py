"""How long the bot takes from its start to its first poll, and how much memory it has then.

Usage: python -m benchmarks.start [RUNS]

Each run starts a new process with a new database, in a playground that waits for it; the first
poll is the moment at which the playground is asked for updates. The first run is left out of the
medians: it reads the files from disk.
"""

from __future__ import annotations

import asyncio
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from statistics import median
from typing import Any

from benchmarks import processes
from benchmarks.processes import OWNER, ROOT, Connection

HEAVY = ("torch", "transformers", "sklearn", "scipy", "matplotlib", "pandas", "numpy")


async def first(connection: Connection, n_before: int, *methods: str) -> dict[str, Any]:
    """Wait for the first call of one of these methods after call `n_before`."""
    ends_at = time.monotonic() + processes.PATIENCE_S
    while time.monotonic() < ends_at:
        for call in await connection.call(f"/control/calls?after={n_before}"):
            if call["method"] in methods:
                found: dict[str, Any] = call
                return found
        await asyncio.sleep(0.005)
    raise RuntimeError(f"no {methods} within {processes.PATIENCE_S:.0f} s")


async def run() -> dict[str, float]:
    """Start the bot once and let a customer write to it."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        async with processes.playground(folder) as (_, address):
            connection = Connection(address)
            person = (await connection.call("/control/people", language_code="en"))["id"]
            # an update waits, so that the first poll is answered, and recorded, at once
            await connection.say(OWNER, "/start")
            began = time.time()
            async with processes.bot(folder, address) as bot:
                poll = await first(connection, 0, "getUpdates")
                polling = bot.memory()[0]
                await processes.wait_for(connection, OWNER, "This is your desk")
                await connection.say(person, "When do you open?")
                await processes.wait_for(connection, person, "hours")
                answered = bot.memory()[0]
                await connection.say(OWNER, "/insights")
                await processes.wait_for(connection, OWNER, "last 7 days")
                reported = bot.memory()[0]
            connection.close()
    return {
        "start to first poll, s": poll["at"] - began,
        "memory at the first poll, MB": polling,
        "memory after the first answered customer, MB": answered,
        "memory after the first /insights (pandas), MB": reported,
    }


def loaded_with_the_bot() -> list[str]:
    """Name the heavy packages that `import bot.app` brings along."""
    code = f"import bot.app, sys; print(*[n for n in {HEAVY!r} if n in sys.modules])"
    printed = subprocess.run(  # noqa: S603  # our own line
        [sys.executable, "-c", code], cwd=ROOT, check=True, capture_output=True, text=True
    )
    return printed.stdout.split()


async def main(n_runs: int) -> None:
    """Print the medians of several starts."""
    runs = [await run() for _ in range(n_runs + 1)]
    for what, cold in runs[0].items():
        warm = [figures[what] for figures in runs[1:]]
        spread = f"{min(warm):.2f} to {max(warm):.2f}; first run {cold:.2f}"
        print(f"{what:<48}{median(warm):8.2f}   ({spread})")
    heavy = loaded_with_the_bot()
    print(f"of {', '.join(HEAVY)} `import bot.app` loads {', '.join(heavy) or 'none'}")
    if heavy:
        sys.exit(1)


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1]) if len(sys.argv) > 1 else 5))
