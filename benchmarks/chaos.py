"""Kills the running program, again and again, and counts what its channels have received.

Usage: python -m benchmarks.chaos [--kills 1000] [--worlds 2] [--protected] [--seed 0]

Every program is the real one, in a process of its own: forked from a server that has imported it
already, or a thousand starts would take half an hour. It ends by SIGKILL, at a boundary between
claim, send and mark that is drawn by lot, while the playground suffers a fault that is drawn too.
Only the language models are left unloaded; no customer writes here.
"""

from __future__ import annotations

import argparse
import asyncio
import sys
import tempfile
import time
from pathlib import Path

from benchmarks.chaos_world import Tally, World
from benchmarks.processes import playground


async def suffer(n_kills: int, seed: int, *, protected: bool) -> Tally:
    """Kill one world's program so many times, let it finish, and count."""
    with tempfile.TemporaryDirectory(prefix="chaos-") as name:
        folder = Path(name)
        async with playground(folder) as (_, address):
            world = World(folder, address, seed, protected=protected)
            await world.begin()
            for n in range(n_kills):
                await world.kill_once()
                if n % 50 == 49:
                    print(f"  {n + 1} kills", file=sys.stderr, flush=True)
            await world.finish()
            tally = await world.count()
            world.close()
    return tally


async def main(n_kills: int, n_worlds: int, seed: int, *, protected: bool) -> bool:
    """Run the worlds side by side, print what they came to, and say whether it is good."""
    began = time.monotonic()
    tallies = await asyncio.gather(
        *(
            suffer(n_kills // n_worlds, seed * n_worlds + n, protected=protected)
            for n in range(n_worlds)
        )
    )
    total = sum(tallies, Tally())
    minutes = (time.monotonic() - began) / 60
    print(f"{total.n_kills:,} kills in {minutes:.1f} min, {total.n_posts:,} posts")
    for boundary, n in sorted(total.killed_at.items()):
        print(f"  killed {boundary}: {n}")
    for fault, n in sorted(total.faults.items()):
        print(f"  fault {fault}: {n}")
    print(f"in doubt: {total.n_in_doubt}, of these the owner was asked about {total.n_asked}")
    print(f"lost: {total.n_lost}, doubled: {total.n_doubled}, out of order: {total.n_disordered}")
    print(f"settled without asking: {total.settled:.2%} of all posts")
    return total.is_good(protected=protected)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--kills", type=int, default=1000)
    parser.add_argument("--worlds", type=int, default=2, help="programs side by side")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--protected", action="store_true", help="forbid looking")
    given = parser.parse_args()
    good = asyncio.run(main(given.kills, given.worlds, given.seed, protected=given.protected))
    sys.exit(0 if good else 1)
