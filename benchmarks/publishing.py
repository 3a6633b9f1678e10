"""How long a poll, a claim and a mark take when many posts wait, beside APScheduler's own store.

Usage: python -m benchmarks.publishing [ROWS]; needs the extra "bench" (SQLAlchemy).
"""

from __future__ import annotations

import datetime as dt
import pickle
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from statistics import quantiles
from typing import Any

from apscheduler.job import Job
from apscheduler.jobstores.sqlalchemy import SQLAlchemyJobStore
from apscheduler.schedulers.background import BackgroundScheduler
from apscheduler.triggers.date import DateTrigger
from sqlalchemy import event
from sqlite_utils import Database

from scheduler import store
from scheduler.posts import Content

NOON = dt.datetime(2027, 3, 1, 12, tzinfo=dt.UTC)
CHANNEL = -1001
N_RUNS = 300
SECOND = dt.timedelta(seconds=1)
FEW = 1_000


FILL = """
    with recursive n (n) as (values (1) union all select n + 1 from n limit ?)
    insert into posts (
        channel_id, text, publish_at, due_at, grace, state, created_at, changed_at
    )
    select channel_id, text, strftime('%Y-%m-%dT%H:%M:%S+00:00', publish_at, n || ' seconds'),
        strftime('%Y-%m-%dT%H:%M:%S+00:00', due_at, n || ' seconds'), grace, state,
        created_at, changed_at
    from n, posts where posts.id = 1
"""


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
    store.schedule(db, CHANNEL, content, NOON, now=NOON)
    began = time.perf_counter()
    with db.atomic():
        db.execute(FILL, [n_posts])
    rate = n_posts / (time.perf_counter() - began)
    print(f"{n_posts:9,} posts: {rate:,.0f} inserts/s in one transaction", flush=True)

    before, due = NOON - dt.timedelta(days=1), NOON + dt.timedelta(seconds=N_RUNS)
    figures = {
        "poll, nothing due": milliseconds(
            lambda _: (store.mark_late(db, before), store.claim_next(db, CHANNEL, before))
        ),
        "next due moment": milliseconds(lambda _: store.next_due_at(db)),
        "claim, durable": milliseconds(lambda _: store.claim_next(db, CHANNEL, due)),
    }
    claimed = store.stranded(db)
    figures["mark, durable"] = milliseconds(
        lambda n: store.mark_published(db, claimed[n], [n + 1], due)
    )
    figures["schedule, durable"] = milliseconds(
        lambda _: store.schedule(db, CHANNEL, content, due, now=NOON)
    )
    db.close()
    return figures


def measure_apscheduler(n_jobs: int, path: Path) -> dict[str, tuple[float, float]]:
    """Fill APScheduler's SQLAlchemyJobStore with as many jobs, and time the same of it."""
    jobs = SQLAlchemyJobStore(url=f"sqlite:///{path}")

    @event.listens_for(jobs.engine, "connect")
    def _(connection: Any, _record: object) -> None:
        connection.execute("pragma journal_mode = wal")  # as ours; without it, far slower
        connection.execute("pragma synchronous = full")

    scheduler = BackgroundScheduler(timezone=dt.UTC)
    jobs.start(scheduler, "default")
    rows = [_row(jobs, scheduler, n) for n in range(n_jobs)]
    with jobs.engine.begin() as connection:
        connection.execute(jobs.jobs_t.insert(), rows)
    due = NOON + dt.timedelta(seconds=N_RUNS)
    done: list[str] = [f"job {n}" for n in range(N_RUNS)]
    figures = {
        "poll, nothing due": milliseconds(lambda _: jobs.get_due_jobs(NOON - SECOND)),
        "next due moment": milliseconds(lambda _: jobs.get_next_run_time()),
        "mark, durable": milliseconds(lambda n: jobs.remove_job(done[n])),
        "schedule, durable": milliseconds(lambda n: jobs.add_job(_job(scheduler, n_jobs + n, due))),
    }
    jobs.shutdown()
    return figures


def send() -> None:
    """Stand for what a job does; it is never called here."""


def _job(scheduler: BackgroundScheduler, n: int, at: dt.datetime) -> Job:
    job = Job(
        scheduler, id=f"job {n}", func="benchmarks.publishing:send", args=(), kwargs={},
        trigger=DateTrigger(at, dt.UTC), name="post", misfire_grace_time=None, coalesce=True,
        max_instances=1, executor="default",
    )  # fmt: skip
    job._modify(next_run_time=at)  # noqa: SLF001  # what the scheduler does before it stores one
    return job


def _row(jobs: SQLAlchemyJobStore, scheduler: BackgroundScheduler, n: int) -> dict[str, object]:
    at = NOON + n * SECOND
    state = _job(scheduler, n, at).__getstate__()
    return {
        "id": f"job {n}",
        "next_run_time": at.timestamp(),
        "job_state": pickle.dumps(state, jobs.pickle_protocol),
    }


def main(n_posts: int) -> None:
    """Measure a small and a large table and APScheduler's in one run, and print the figures."""
    with tempfile.TemporaryDirectory() as folder:
        small = measure(FEW, Path(folder) / "small.db")
        large = measure(n_posts, Path(folder) / "large.db")
        theirs = measure_apscheduler(n_posts, Path(folder) / "apscheduler.db")
    beside = f"p50 beside {FEW:,} posts, APScheduler beside it"
    print(f"\n{'ms':<20}{'p50':>8}{'p99':>8}   {beside}")
    for what, (p50, p99) in large.items():
        other = f"x {theirs[what][0] / p50:.1f}" if what in theirs else ""
        print(f"{what:<20}{p50:8.3f}{p99:8.3f}   x {p50 / small[what][0]:.2f}   {other}")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 100_000)
