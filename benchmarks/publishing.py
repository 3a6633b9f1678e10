"""How long a poll, a claim and a mark take when many posts wait.

Usage: python -m benchmarks.publishing [ROWS]
"""

from __future__ import annotations

import datetime as dt
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from statistics import quantiles

from sqlite_utils import Database

from scheduler import store
from scheduler.posts import Content

NOON = dt.datetime(2027, 3, 1, 12, tzinfo=dt.UTC)
CHANNEL = -1001
N_RUNS = 300
FEW = 1_000


def milliseconds(act: Callable[[int], object]) -> tuple[float, float]:
    """Time `act` for each of `N_RUNS` numbers, and give p50 and p99."""
    taken = []
    for n in range(N_RUNS):
        began = time.perf_counter()
        act(n)
        taken.append((time.perf_counter() - began) * 1000)
    cuts = quantiles(taken, n=100)
    return cuts[49], cuts[98]


def measure(n_posts: int, path: Path) -> dict[str, tuple[float, float]]:
    """Fill a file with pending posts, one second apart, and time what a tick does with them."""
    db = Database(path)
    db.execute("pragma journal_mode = wal")
    db.execute("pragma synchronous = normal")
    store.migrate(db)
    content = Content("hello")
    began = time.perf_counter()
    with db.atomic():
        for n in range(n_posts):
            store.schedule(db, CHANNEL, content, NOON + dt.timedelta(seconds=n), now=NOON)
    rate = n_posts / (time.perf_counter() - began)
    print(f"{n_posts:9,} posts: {rate:,.0f} inserts/s in one transaction", flush=True)

    before, due = NOON - dt.timedelta(days=1), NOON + dt.timedelta(seconds=N_RUNS)
    figures = {
        "poll, nothing due": milliseconds(
            lambda _: (store.mark_late(db, before), store.claim_next(db, before))
        ),
        "next due moment": milliseconds(lambda _: store.next_due_at(db)),
        "claim, durable": milliseconds(lambda _: store.claim_next(db, due)),
    }
    claimed = store.stranded(db)
    figures["mark, durable"] = milliseconds(
        lambda n: store.mark_published(db, claimed[n], n + 1, due)
    )
    figures["schedule, durable"] = milliseconds(
        lambda _: store.schedule(db, CHANNEL, content, due, now=NOON)
    )
    db.close()
    return figures


def main(n_posts: int) -> None:
    """Measure a small and a large table in one run, and print the figures."""
    with tempfile.TemporaryDirectory() as folder:
        small = measure(FEW, Path(folder) / "small.db")
        large = measure(n_posts, Path(folder) / "large.db")
    print(f"\n{'ms':<20}{'p50':>8}{'p99':>8}   p50 beside {FEW:,} posts")
    for what, (p50, p99) in large.items():
        print(f"{what:<20}{p50:8.3f}{p99:8.3f}   x {p50 / small[what][0]:.2f}")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 100_000)
