"""What is to be done to a post that is out is done when it is time, and once is enough."""

from __future__ import annotations

import datetime as dt

import pytest
from sqlite_utils import Database

from scheduler import errands, store
from scheduler.errands import GoneError
from scheduler.posts import Content, NotSentError, Post, RefusedError, UncertainError
from scheduler.store import Errand

NOON = dt.datetime(2027, 3, 1, 12, tzinfo=dt.UTC)
MINUTE = dt.timedelta(minutes=1)


@pytest.fixture
def db() -> Database:
    db = Database(memory=True)
    store.migrate(db)
    return db


class Hands:
    """Does errands, unless an error is put before the next one."""

    def __init__(self) -> None:
        self.done: list[str] = []
        self.refusals: list[str] = []
        self.errors: list[Exception] = []
        self.now = NOON

    async def do(self, errand: Errand, post: Post) -> None:
        if self.errors:
            raise self.errors.pop()
        self.done.append(f"{errand.kind} {post.id}")

    async def failed(self, errand: Errand, post: Post, reason: str) -> None:
        self.refusals.append(f"{errand.kind} {post.id}: {reason}")

    async def work(self, db: Database, now: dt.datetime = NOON) -> list[str]:
        self.now = now
        await errands.do_due(db, self.do, lambda: self.now, self.failed)
        done, self.done = self.done, []
        return done


@pytest.fixture
def hands() -> Hands:
    return Hands()


def scheduled(db: Database) -> Post:
    return store.schedule(db, -1, Content("Hello"), NOON, now=NOON)


def publish(db: Database) -> Post:
    claimed = store.claim_next(db, -1, NOON)
    assert claimed
    return store.mark_published(db, claimed, [claimed.id * 10], NOON)


def states(db: Database, post: Post) -> list[str]:
    return [errand.state for errand in store.errands_of(db, post.id)]


async def test_a_delay_counts_from_the_publication(db: Database, hands: Hands) -> None:
    post = scheduled(db)
    store.add_errand(db, post.id, "pin", delay=dt.timedelta())
    store.add_errand(db, post.id, "unpin", delay=MINUTE)
    assert (await hands.work(db, NOON + 9 * MINUTE), store.next_errand_at(db)) == ([], None)

    publish(db)

    assert await hands.work(db) == ["pin 1"]
    assert store.next_errand_at(db) == NOON + MINUTE
    assert await hands.work(db, NOON + MINUTE) == ["unpin 1"]
    assert await hands.work(db, NOON + MINUTE) == []
    assert states(db, post) == ["done", "done"]


async def test_for_a_post_that_is_out_the_delay_has_begun(db: Database, hands: Hands) -> None:
    scheduled(db)
    post = publish(db)

    errand = store.add_errand(db, post.id, "delete", delay=MINUTE)

    assert errand.due_at == NOON + MINUTE


async def test_a_moment_waits_for_a_post_that_is_late(db: Database, hands: Hands) -> None:
    post = scheduled(db)
    store.add_errand(db, post.id, "delete", due_at=NOON)
    assert (await hands.work(db), store.next_errand_at(db)) == ([], None)

    publish(db)

    assert store.next_errand_at(db) == NOON
    assert await hands.work(db) == ["delete 1"]


async def test_with_a_cancelled_post_its_errands_go(db: Database, hands: Hands) -> None:
    post = scheduled(db)
    store.add_errand(db, post.id, "pin", delay=dt.timedelta())

    store.cancel(db, post.id, NOON)

    assert states(db, post) == ["dropped"]


async def test_what_was_missed_is_done_at_once_but_not_what_would_be_undone(
    db: Database, hands: Hands
) -> None:
    pinned, deleted = scheduled(db), scheduled(db)
    for post in (pinned, deleted):
        publish(db)
        store.add_errand(db, post.id, "pin", delay=dt.timedelta())
        store.add_errand(db, post.id, "edit", delay=MINUTE, content=Content("One"))
        store.add_errand(db, post.id, "edit", delay=2 * MINUTE, content=Content("Two"))
        store.add_errand(db, post.id, "unpin", delay=3 * MINUTE)
    store.add_errand(db, deleted.id, "delete", delay=4 * MINUTE)
    store.add_errand(db, deleted.id, "edit", delay=9 * MINUTE, content=Content("Three"))

    done = await hands.work(db, NOON + 5 * MINUTE)

    assert done == ["edit 1", "unpin 1", "delete 2"]
    assert store.get(db, pinned.id).text == "Two"
    assert states(db, deleted) == ["dropped"] * 4 + ["done", "dropped"]


async def test_what_is_not_sure_to_be_done_is_done_again(db: Database, hands: Hands) -> None:
    scheduled(db)
    post = publish(db)
    store.add_errand(db, post.id, "pin", delay=dt.timedelta())
    wait = dt.timedelta(seconds=30)

    hands.errors = [UncertainError("Timed out")]
    assert await hands.work(db) == []
    hands.errors = [NotSentError("Flood control", wait)]
    assert await hands.work(db, NOON + errands.FIRST_RETRY_AFTER) == []

    assert store.next_errand_at(db) == NOON + errands.FIRST_RETRY_AFTER + wait
    assert await hands.work(db, NOON + MINUTE) == ["pin 1"]
    assert hands.refusals == []


async def test_a_refusal_is_told_once_and_holds_nothing_up(db: Database, hands: Hands) -> None:
    scheduled(db)
    post = publish(db)
    store.add_errand(db, post.id, "pin", delay=dt.timedelta())
    store.add_errand(db, post.id, "edit", delay=dt.timedelta(), content=Content("New"))

    hands.errors = [RefusedError("not enough rights")]
    assert await hands.work(db) == ["edit 1"]
    assert await hands.work(db, NOON + MINUTE) == []

    assert hands.refusals == ["pin 1: not enough rights"]
    assert states(db, post) == ["failed", "done"]


async def test_to_a_post_that_is_gone_nothing_is_done(db: Database, hands: Hands) -> None:
    scheduled(db)
    post = publish(db)
    store.add_errand(db, post.id, "edit", delay=dt.timedelta(), content=Content("New"))

    hands.errors = [GoneError("message to edit not found")]
    await hands.work(db)

    assert states(db, post) == ["dropped"]
    assert hands.refusals == []
    assert store.get(db, post.id).text == "Hello"


def test_the_next_errand_is_found_by_the_index(db: Database) -> None:
    asked: list[str] = []
    with db.tracer(lambda sql, _: asked.append(sql)):
        store.next_errand_at(db)

    plan = " ".join(row[3] for row in db.execute(f"explain query plan {asked[0]}"))

    assert "errands USING INDEX errands_due" in plan
    assert "TEMP B-TREE" not in plan
