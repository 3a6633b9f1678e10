import asyncio
import datetime as dt
import sqlite3
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from sqlite_utils import Database

from scheduler import store
from scheduler.posts import (
    CannotLookError,
    Content,
    Decision,
    NotSentError,
    Origin,
    Post,
    PostState,
    RefusedError,
    Send,
    UncertainError,
)
from scheduler.publisher import LOOK_AGAIN_AFTER, Now, publish_due, recover

NOON = dt.datetime(2027, 3, 1, 12, tzinfo=dt.UTC)
SECOND = dt.timedelta(seconds=1)
CHANNEL, SLOW = -1001, -1002


class Channel:
    """A channel that does what it is told with each message, and then works."""

    def __init__(self, *troubles: BaseException) -> None:
        self.messages: list[str] = []
        self.troubles = list(troubles)

    async def send(self, post: Post) -> list[int]:
        await asyncio.sleep(0)
        if self.troubles:
            raise self.troubles.pop(0)
        self.messages.append(post.text)
        return [len(self.messages)]

    async def look(self, post: Post) -> list[int]:
        await asyncio.sleep(0)
        if self.troubles:
            raise self.troubles.pop(0)
        return [self.messages.index(post.text) + 1] if post.text in self.messages else []


@pytest.fixture
def db() -> Database:
    db = Database(memory=True)
    store.migrate(db)
    return db


def scheduled(db: Database, text: str = "hello", at: dt.datetime = NOON) -> Post:
    return store.schedule(db, CHANNEL, Content(text), at, now=NOON - 60 * SECOND)


def clock_at(moment: dt.datetime) -> Now:
    return lambda: moment


async def published(db: Database, send: Send, now: Now) -> list[tuple[str, PostState]]:
    told: list[Post] = []

    async def tell(post: Post) -> None:
        told.append(post)

    await publish_due(db, send, now, tell)
    return [(post.text, post.state) for post in told]


async def all_of(outcomes: AsyncIterator[Post]) -> list[tuple[str, PostState]]:
    return [(post.text, post.state) async for post in outcomes]


async def test_every_due_post_is_published_once_and_in_order(db: Database) -> None:
    channel = Channel()
    for second, text in enumerate(("one", "two", "three", "tomorrow")):
        scheduled(db, text, NOON + second * SECOND)

    outcomes = await published(db, channel.send, clock_at(NOON + 2 * SECOND))
    again = await published(db, channel.send, clock_at(NOON + 2 * SECOND))

    assert outcomes == [(text, PostState.PUBLISHED) for text in ("one", "two", "three")]
    assert again == []
    assert channel.messages == ["one", "two", "three"]
    assert [post.message_id for post in store.recent(db, 3)] == [3, 2, 1]


async def test_two_publishers_at_once_publish_each_post_once(db: Database) -> None:
    channel = Channel()
    texts = [str(n) for n in range(20)]
    for text in texts:
        scheduled(db, text)

    halves = await asyncio.gather(*(published(db, channel.send, clock_at(NOON)) for _ in range(2)))

    assert sorted(channel.messages) == sorted(texts)
    assert sum(len(half) for half in halves) == len(texts)


@pytest.mark.parametrize(
    ("trouble", "state"),
    [
        (RefusedError("Forbidden: bot is not a member"), PostState.FAILED),
        (UncertainError("Timed out"), PostState.UNKNOWN),
        (NotSentError("Connection refused"), PostState.SCHEDULED),
    ],
)
async def test_trouble_is_kept_in_its_words_and_the_next_goes_out_unless_it_would_overtake(
    db: Database, trouble: Exception, state: PostState
) -> None:
    channel = Channel(trouble)
    post = scheduled(db, "one")
    scheduled(db, "two")

    outcomes = await published(db, channel.send, clock_at(NOON))

    overtakes = state is not PostState.FAILED
    assert outcomes == [("one", state), *([] if overtakes else [("two", PostState.PUBLISHED)])]
    assert store.get(db, post.id).reason == str(trouble)


async def test_waits_double_from_two_seconds_to_five_minutes(db: Database) -> None:
    channel = Channel(*(NotSentError("Connection refused") for _ in range(10)))
    post = store.schedule(db, CHANNEL, Content("hi"), NOON, now=NOON, grace=dt.timedelta(days=1))
    waits = []
    moment = NOON

    while store.get(db, post.id).state is not PostState.PUBLISHED:
        await published(db, channel.send, clock_at(moment))
        due_at = store.next_due_at(db)
        if due_at:
            waits.append((due_at - moment).total_seconds())
            moment = due_at

    assert waits == [2, 4, 8, 16, 32, 64, 128, 256, 300, 300]
    assert channel.messages == ["hi"]


async def test_a_told_wait_is_kept_exactly(db: Database) -> None:
    channel = Channel(NotSentError("Too Many Requests", retry_after=35 * SECOND))
    scheduled(db)

    for second in (0, 34, 35):
        await published(db, channel.send, clock_at(NOON + second * SECOND))
        assert channel.messages == (["hello"] if second == 35 else [])


async def test_a_wait_beyond_the_grace_makes_the_post_late_when_the_grace_ends(
    db: Database,
) -> None:
    channel = Channel(NotSentError("Too Many Requests", retry_after=dt.timedelta(days=1)))
    post = scheduled(db)

    await published(db, channel.send, clock_at(NOON))
    assert store.next_due_at(db) == post.late_at
    outcomes = await published(db, channel.send, clock_at(post.late_at))

    assert outcomes == [("hello", PostState.LATE)]
    assert store.get(db, post.id).reason == "Too Many Requests"
    assert channel.messages == []


async def test_after_an_outage_late_posts_are_told_and_punctual_ones_published(
    db: Database,
) -> None:
    channel = Channel()
    back_at = NOON + 3600 * SECOND
    scheduled(db, "an hour ago")
    scheduled(db, "a minute ago", back_at - 60 * SECOND)

    outcomes = await published(db, channel.send, clock_at(back_at))

    assert outcomes == [("an hour ago", PostState.LATE), ("a minute ago", PostState.PUBLISHED)]
    assert channel.messages == ["a minute ago"]


@pytest.mark.parametrize("trouble", [KeyError("text"), asyncio.CancelledError()])
async def test_whatever_else_happens_leaves_the_post_unknown_and_is_raised(
    db: Database, trouble: BaseException
) -> None:
    channel = Channel(trouble)
    post = scheduled(db)

    with pytest.raises(type(trouble)):
        await published(db, channel.send, clock_at(NOON))

    unknown = store.get(db, post.id)
    assert (unknown.state, unknown.reason) == (PostState.UNKNOWN, type(trouble).__name__)


async def test_a_locked_file_does_not_make_a_sent_post_forgotten(tmp_path: Path) -> None:
    path = tmp_path / "soloist.db"
    db = Database(sqlite3.connect(path, timeout=0))
    store.migrate(db)
    post = scheduled(db)
    other = sqlite3.connect(path, isolation_level=None)

    async def send(_: Post) -> list[int]:
        other.execute("begin immediate")
        asyncio.get_running_loop().call_later(0.1, other.execute, "rollback")
        return [7]

    outcomes = await published(db, send, clock_at(NOON))

    assert outcomes == [("hello", PostState.PUBLISHED)]
    assert store.get(db, post.id).message_id == 7
    other.close()
    db.close()


@pytest.mark.parametrize("arrived", [True, False])
@pytest.mark.parametrize("marked", [True, False])
async def test_a_crash_between_claim_and_mark_is_settled_by_looking(
    db: Database, arrived: bool, marked: bool
) -> None:
    channel = Channel()
    scheduled(db)
    post = store.claim_next(db, CHANNEL, NOON)
    assert post
    if arrived:
        await channel.send(post)
    if marked:
        store.mark_unknown(db, post, "Timed out", NOON)

    after = clock_at(NOON + 60 * SECOND)
    outcomes = await all_of(recover(db, channel.look, after))
    await published(db, channel.send, after)

    assert outcomes == [("hello", PostState.PUBLISHED if arrived else PostState.SCHEDULED)]
    assert channel.messages == ["hello"]
    settled = store.get(db, post.id)
    assert settled.state is PostState.PUBLISHED
    assert settled.claimed_at == (NOON if arrived else NOON + 60 * SECOND)


async def test_a_post_that_did_not_arrive_before_its_grace_ended_is_late(db: Database) -> None:
    channel = Channel()
    post = scheduled(db)
    store.claim_next(db, CHANNEL, NOON)

    after = clock_at(post.late_at)
    await all_of(recover(db, channel.look, after))
    outcomes = await published(db, channel.send, after)

    assert outcomes == [("hello", PostState.LATE)]
    assert channel.messages == []


async def test_where_nobody_can_look_the_post_stays_unknown_and_the_rest_is_settled(
    db: Database,
) -> None:
    channel = Channel(CannotLookError("protected content"))
    for text in ("one", "two"):
        scheduled(db, text)
        store.claim_next(db, CHANNEL, NOON)

    outcomes = await all_of(recover(db, channel.look, clock_at(NOON)))

    assert outcomes == [("one", PostState.UNKNOWN), ("two", PostState.SCHEDULED)]


async def test_a_look_that_breaks_leaves_every_stranded_post_unknown(db: Database) -> None:
    channel = Channel(OSError("no network"))
    for text in ("one", "two"):
        scheduled(db, text)
        store.claim_next(db, CHANNEL, NOON)

    with pytest.raises(OSError, match="no network"):
        await all_of(recover(db, channel.look, clock_at(NOON)))

    assert [post.state for post in store.unsettled(db)] == 2 * [PostState.UNKNOWN]


async def test_the_same_text_published_as_another_post_proves_nothing(db: Database) -> None:
    channel = Channel()
    scheduled(db)
    store.claim_next(db, CHANNEL, NOON)
    scheduled(db)
    await published(db, channel.send, clock_at(NOON))

    outcomes = await all_of(recover(db, channel.look, clock_at(NOON)))

    assert outcomes == [("hello", PostState.UNKNOWN)]


@pytest.mark.parametrize("found", [[7], []])
async def test_the_owner_may_decide_while_somebody_looks(db: Database, found: list[int]) -> None:
    post = scheduled(db)
    store.claim_next(db, CHANNEL, NOON)

    async def look(_: Post) -> list[int]:
        await asyncio.sleep(0)
        store.settle(db, post.id, Decision.DROP, NOON)
        return found

    assert await all_of(recover(db, look, clock_at(NOON))) == []
    assert store.get(db, post.id).state is PostState.CANCELLED


async def test_channels_are_served_side_by_side_and_each_in_order(db: Database) -> None:
    sent: list[tuple[int, str]] = []

    async def send(post: Post) -> list[int]:
        await asyncio.sleep(0.05 if post.channel_id == SLOW else 0)
        sent.append((post.channel_id, post.text))
        return [len(sent)]

    for channel_id in (SLOW, CHANNEL):
        for text in ("one", "two"):
            store.schedule(db, channel_id, Content(text), NOON, now=NOON)

    await published(db, send, clock_at(NOON))

    assert sent == [(CHANNEL, "one"), (CHANNEL, "two"), (SLOW, "one"), (SLOW, "two")]


async def test_what_falls_due_while_another_channel_is_slow_does_not_wait_for_it(
    db: Database,
) -> None:
    sent: list[str] = []
    quick_is_out = asyncio.Event()

    async def send(post: Post) -> list[int]:
        if post.channel_id == SLOW:
            scheduled(db, "quick")
            await asyncio.wait_for(quick_is_out.wait(), 5)
        else:
            quick_is_out.set()
        sent.append(post.text)
        return [len(sent)]

    store.schedule(db, SLOW, Content("slow"), NOON, now=NOON)

    await published(db, send, clock_at(NOON))

    assert sent == ["quick", "slow"]


async def test_no_post_overtakes_one_of_its_channel_that_was_put_back(db: Database) -> None:
    channel = Channel(NotSentError("Too Many Requests", retry_after=7 * SECOND))
    scheduled(db, "one")
    scheduled(db, "two")

    await published(db, channel.send, clock_at(NOON))
    assert channel.messages == []
    await published(db, channel.send, clock_at(NOON + 6 * SECOND))
    assert channel.messages == []
    await published(db, channel.send, clock_at(NOON + 7 * SECOND))

    assert channel.messages == ["one", "two"]


async def test_nothing_is_sent_after_a_post_in_doubt_until_somebody_has_looked(
    db: Database,
) -> None:
    channel = Channel(UncertainError("Timed out"))
    scheduled(db, "one")
    scheduled(db, "two")

    outcomes = await published(db, channel.send, clock_at(NOON))
    assert outcomes == [("one", PostState.UNKNOWN)]
    await all_of(recover(db, channel.look, clock_at(NOON)))
    await published(db, channel.send, clock_at(NOON))

    assert channel.messages == ["one", "two"]


async def test_what_follows_a_post_goes_out_after_it_and_not_without_it(db: Database) -> None:
    channel = Channel(RefusedError("Forbidden"))
    first = scheduled(db, "picture")
    after = Origin(after_post_id=first.id)
    store.schedule(db, CHANNEL, Content("text"), NOON, now=NOON, origin=after)

    await published(db, channel.send, clock_at(NOON + SECOND))
    assert channel.messages == []
    store.settle(db, first.id, Decision.SEND, NOON + SECOND)
    scheduled(db, "another", NOON + SECOND)
    await published(db, channel.send, clock_at(NOON + 9 * SECOND))

    assert channel.messages == ["picture", "text", "another"]


def test_what_follows_a_post_is_cancelled_with_it(db: Database) -> None:
    first = scheduled(db)
    after = Origin(after_post_id=first.id)
    second = store.schedule(db, CHANNEL, Content("text"), NOON, now=NOON, origin=after)

    store.cancel(db, first.id, NOON)

    step = store.steps(db, second.id)[-1]
    assert (step.to_state, step.why) == (PostState.CANCELLED, f"Post {first.id} was cancelled.")


async def test_every_try_is_kept_with_what_it_came_to(db: Database) -> None:
    channel = Channel(NotSentError("no network"), UncertainError("Timed out"))
    post = scheduled(db)

    for seconds in (0, 2, 4):
        await all_of(recover(db, channel.look, clock_at(NOON + seconds * SECOND)))
        await published(db, channel.send, clock_at(NOON + seconds * SECOND))

    assert [(each.outcome, each.message_id) for each in store.publications(db, post.id)] == [
        ("not sent", None),
        ("not sent", None),
        ("published", 1),
    ]


async def test_nothing_overtakes_a_post_that_could_not_be_looked_for(db: Database) -> None:
    channel = Channel(UncertainError("Timed out"), OSError("no network"))
    scheduled(db, "one")
    scheduled(db, "two")

    await published(db, channel.send, clock_at(NOON))
    with pytest.raises(OSError, match="no network"):
        await all_of(recover(db, channel.look, clock_at(NOON)))
    await published(db, channel.send, clock_at(NOON))
    assert channel.messages == []
    assert store.next_due_at(db) == NOON + LOOK_AGAIN_AFTER
    await all_of(recover(db, channel.look, clock_at(NOON + LOOK_AGAIN_AFTER)))
    await published(db, channel.send, clock_at(NOON + LOOK_AGAIN_AFTER))

    assert channel.messages == ["one", "two"]
