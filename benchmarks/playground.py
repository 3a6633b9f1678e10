"""How many calls of the Bot API the playground answers in a second.

Usage: python -m benchmarks.playground [CALLS]

Every call is checked against the whole contract. The caller takes one of the two cores, the
playground the other.
"""

from __future__ import annotations

import asyncio
import sys
import tempfile
import time
from pathlib import Path
from statistics import median
from typing import Any

from benchmarks import processes
from benchmarks.processes import OWNER, TOKEN, Connection

N_ROUNDS = 5
CONNECTIONS = (1, 8)


async def rate(address: str, n_connections: int, n_calls: int, method: str, body: Any) -> float:
    """Give the calls per second of several connections, each with one call at a time."""
    connections = [Connection(address) for _ in range(n_connections)]

    async def work(connection: Connection) -> None:
        for _ in range(n_calls // n_connections):
            await connection.call(f"/bot{TOKEN}/{method}", **body)

    began = time.perf_counter()
    await asyncio.gather(*map(work, connections))
    took = time.perf_counter() - began
    for connection in connections:
        connection.close()
    return n_calls / took


async def main(n_calls: int) -> None:
    """Print the median of several rounds for each method."""
    long = "Fresh bread & <b>rolls</b>, every day from 7:00: https://shop.example 🥐 " * 10
    card: dict[str, Any] = {
        "chat_id": OWNER,
        "text": long,
        "parse_mode": "HTML",
        "reply_markup": {"inline_keyboard": [[{"text": "Send it", "callback_data": "send:1"}]]},
    }
    calls: dict[str, tuple[str, dict[str, Any]]] = {
        "getMe": ("getMe", {}),
        "sendMessage, 5 letters": ("sendMessage", {"chat_id": OWNER, "text": "Hello"}),
        f"sendMessage, HTML of {len(long)} letters, a button": (
            "sendMessage",
            card | {"text": long.replace(" & ", " &amp; ")},
        ),
    }
    with tempfile.TemporaryDirectory() as folder:
        async with processes.playground(Path(folder)) as (process, address):
            connection = Connection(address)
            await connection.say(OWNER, "/start")
            print(f"{'calls/s':<52}" + "".join(f"{n:>5} at once" for n in CONNECTIONS))
            for what, (method, body) in calls.items():
                rates = [
                    median([await rate(address, n, n_calls, method, body) for _ in range(N_ROUNDS)])
                    for n in CONNECTIONS
                ]
                print(f"{what:<52}" + "".join(f"{figure:13,.0f}" for figure in rates), flush=True)
            print(f"playground: {process.memory()[0]:.0f} MB after it all")
            violations = await connection.call("/control/violations")
            connection.close()
    if violations:
        sys.exit(f"violations of the contract: {violations}")


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1]) if len(sys.argv) > 1 else 500))
