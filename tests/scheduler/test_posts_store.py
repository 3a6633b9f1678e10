import datetime as dt
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlite_utils import Database

from scheduler import store
from scheduler.posts import Button, Content, Decision, Medium, Poll, Post, PostState
from scheduler.store.schema import due_text, migrations, utc_text

NOON = dt.datetime(2027, 3, 1, 12, tzinfo=dt.UTC)
MINUTE = dt.timedelta(minutes=1)
CHANNEL = -1001


@pytest.fixture
def db() -> Database:
    db = Database(memory=True)
    store.migrate(db)
    return db


def scheduled(db: Database, text: str = "hello", at: dt.datetime = NOON) -> Post:
    return store.schedule(db, CHANNEL, Content(text), at, now=NOON - 60 * MINUTE)


def claimed(db: Database) -> Post:
    scheduled(db)
    post = store.claim_next(db, CHANNEL, NOON)
    assert post
    return post


def test_a_due_post_is_claimed_once(db: Database) -> None:
    post = scheduled(db)

    claims = [store.claim_next(db, CHANNEL, NOON) for _ in range(3)]

    assert [claim and (claim.id, claim.state) for claim in claims] == [
        (post.id, PostState.PUBLISHING),
        None,
        None,
    ]


def test_posts_are_claimed_in_the_order_of_their_times(db: Database) -> None:
    for text, minutes in (("third", 2), ("first", 0), ("second", 1), ("not yet", 9)):
        scheduled(db, text, NOON + minutes * MINUTE)

    claims = [store.claim_next(db, CHANNEL, NOON + 2 * MINUTE) for _ in range(4)]

    assert [post and post.text for post in claims] == ["first", "second", "third", None]


def test_a_post_is_not_claimed_a_microsecond_before_its_time(db: Database) -> None:
    at = NOON + dt.timedelta(microseconds=1)
    scheduled(db, at=at)

    assert store.claim_next(db, CHANNEL, at - dt.timedelta(microseconds=1)) is None
    assert store.claim_next(db, CHANNEL, at + dt.timedelta(seconds=1))


def plans(db: Database, act: Callable[[Database], object]) -> list[str]:
    """Give SQLite's plan of every statement about posts that `act` runs."""
    asked: list[tuple[str, Any]] = []
    with db.tracer(lambda sql, values: asked.append((sql, values))):
        act(db)
    return [
        " ".join(row[3] for row in db.conn.execute(f"explain query plan {sql}", values or ()))
        for sql, values in asked
        if " posts" in sql
    ]


@pytest.mark.parametrize(
    ("search", "index"),
    [
        (lambda db: store.claim_next(db, CHANNEL, NOON), "posts_due"),
        (lambda db: store.mark_late(db, NOON), "posts_due"),
        (store.next_due_at, "posts_due"),
        (store.upcoming, "posts_due"),
        (store.stranded, "posts_stranded"),
        (store.unsettled, "posts_unsettled"),
        (lambda db: store.recent(db, 5), "posts_published"),
        (lambda db: store.post_of(db, CHANNEL, 7), "PRIMARY KEY"),
    ],
)
def test_every_search_for_posts_reads_its_index_and_sorts_nothing(
    db: Database, search: Callable[[Database], object], index: str
) -> None:
    (plan,) = plans(db, search)

    assert index in plan
    assert "TEMP B-TREE" not in plan


def test_a_claim_inside_a_transaction_is_refused(db: Database) -> None:
    scheduled(db)

    with pytest.raises(RuntimeError, match="open transaction"), db.atomic():
        store.claim_next(db, CHANNEL, NOON)

    assert [post.state for post in store.upcoming(db)] == [PostState.SCHEDULED]


def test_a_claim_is_committed_with_full_synchronisation(tmp_path: Path) -> None:
    db = Database(tmp_path / "soloist.db")
    db.execute("pragma journal_mode = wal")
    db.execute("pragma synchronous = normal")
    store.migrate(db)
    scheduled(db)
    statements: list[str] = []

    db.conn.set_trace_callback(statements.append)
    assert store.claim_next(db, CHANNEL, NOON)
    db.conn.set_trace_callback(None)

    assert [said for said in statements if said.startswith(("pragma synchronous =", "COMMIT"))] == [
        "pragma synchronous = full",
        "COMMIT",
        "pragma synchronous = 1",  # normal again
    ]
    with Database(tmp_path / "soloist.db") as other:
        assert [post.text for post in store.stranded(other)] == ["hello"]
    db.close()


def test_a_post_past_its_grace_is_late_and_never_claimed(db: Database) -> None:
    post = scheduled(db)
    last_moment, too_late = post.late_at - dt.timedelta(seconds=1), post.late_at

    assert store.claim_next(db, CHANNEL, too_late) is None
    assert store.mark_late(db, last_moment) == []
    assert [late.id for late in store.mark_late(db, too_late)] == [post.id]
    assert store.mark_late(db, too_late) == []
    assert [late.id for late in store.unsettled(db)] == [post.id]


def test_the_same_request_twice_gives_the_same_post(db: Database) -> None:
    first, second = (
        store.schedule(db, CHANNEL, Content(text), NOON, now=NOON, request_id="tap 1")
        for text in ("once", "twice")
    )

    assert second == first
    assert [post.text for post in store.upcoming(db)] == ["once"]


def test_two_taps_on_cancel_are_answered_with_the_state(db: Database) -> None:
    post = scheduled(db)

    assert store.cancel(db, post.id, NOON).state is PostState.CANCELLED
    with pytest.raises(store.WrongStateError, match="is cancelled, so it cannot be cancelled"):
        store.cancel(db, post.id, NOON)
    with pytest.raises(store.NoSuchPostError, match="no post 99"):
        store.cancel(db, 99, NOON)


@pytest.mark.parametrize(
    "act",
    [
        lambda db, post_id: store.cancel(db, post_id, NOON),
        lambda db, post_id: store.move(db, post_id, NOON, NOON),
        *(
            lambda db, post_id, decision=decision: store.settle(db, post_id, decision, NOON)
            for decision in Decision
        ),
    ],
)
def test_nothing_the_owner_does_reaches_a_post_on_its_way(
    db: Database, act: Callable[[Database, int], Post]
) -> None:
    post = claimed(db)

    with pytest.raises(store.WrongStateError):
        act(db, post.id)

    assert store.get(db, post.id) == post


def test_a_moved_post_goes_out_at_its_new_time_only(db: Database) -> None:
    post = scheduled(db)

    moved = store.move(db, post.id, NOON + 90 * MINUTE, NOON)

    assert store.next_due_at(db) == moved.publish_at == NOON + 90 * MINUTE
    assert store.claim_next(db, CHANNEL, NOON + 89 * MINUTE) is None
    assert store.claim_next(db, CHANNEL, NOON + 90 * MINUTE)


def test_a_post_put_back_is_due_no_earlier_than_told(db: Database) -> None:
    post = claimed(db)

    store.put_back(db, post, NOON + dt.timedelta(seconds=7.2), "slow down", NOON)

    assert store.claim_next(db, CHANNEL, NOON + dt.timedelta(seconds=7)) is None
    again = store.claim_next(db, CHANNEL, NOON + dt.timedelta(seconds=8))
    assert again
    assert (again.n_tries, again.publish_at) == (2, post.publish_at)


def test_a_clock_that_went_back_does_not_strand_a_post(db: Database) -> None:
    post = claimed(db)

    back = store.put_back(db, post, NOON - 30 * MINUTE, "no network", NOON - 31 * MINUTE)

    assert back.state is PostState.SCHEDULED
    assert store.next_due_at(db) == NOON


@pytest.mark.parametrize(
    ("decision", "state"),
    [
        (Decision.IT_IS_THERE, PostState.PUBLISHED),
        (Decision.SEND, PostState.SCHEDULED),
        (Decision.DROP, PostState.CANCELLED),
    ],
)
def test_the_owner_settles_an_unknown_post_once(
    db: Database, decision: Decision, state: PostState
) -> None:
    post = store.mark_unknown(db, claimed(db), "timed out", NOON)

    assert store.settle(db, post.id, decision, NOON).state is state
    with pytest.raises(store.WrongStateError):
        store.settle(db, post.id, decision, NOON)


def test_a_late_post_that_the_owner_sends_is_due_at_once(db: Database) -> None:
    post = scheduled(db)
    evening = NOON + 400 * MINUTE + dt.timedelta(microseconds=5)
    store.mark_late(db, evening)

    store.settle(db, post.id, Decision.SEND, evening)

    assert store.mark_late(db, evening) == []
    assert store.claim_next(db, CHANNEL, evening)


def test_every_step_of_a_post_is_kept_with_its_reason(db: Database) -> None:
    post = scheduled(db)
    store.move(db, post.id, NOON + MINUTE, NOON)
    first_try = store.claim_next(db, CHANNEL, NOON + MINUTE)
    assert first_try
    store.put_back(db, first_try, NOON + 2 * MINUTE, "no network", NOON + MINUTE)
    second_try = store.claim_next(db, CHANNEL, NOON + 2 * MINUTE)
    assert second_try
    store.mark_published(db, second_try, [7], NOON + 2 * MINUTE)

    life = store.steps(db, post.id)

    assert [(step.from_state, str(step.to_state), step.why) for step in life] == [
        (None, "scheduled", None),
        ("scheduled", "scheduled", None),
        ("scheduled", "publishing", None),
        ("publishing", "scheduled", "no network"),
        ("scheduled", "publishing", None),
        ("publishing", "published", None),
    ]
    assert [step.publish_at for step in life] == [NOON, *5 * [NOON + MINUTE]]
    assert life[-1].at == NOON + 2 * MINUTE
    assert [step.by for step in life] == [*2 * ["owner"], *4 * ["soloist"]]


def test_a_claim_keeps_the_last_message_known_before_it(db: Database) -> None:
    store.record_seen(db, CHANNEL, 41, NOON)
    store.record_seen(db, -1002, 99, NOON)
    post = claimed(db)
    store.mark_published(db, post, [42], NOON)
    scheduled(db)

    following = store.claim_next(db, CHANNEL, NOON)

    assert following
    assert (post.after_message_id, following.after_message_id) == (41, 42)
    found = store.post_of(db, CHANNEL, 42)
    assert found
    assert found.id == post.id
    assert store.post_of(db, CHANNEL, 41) is None


def test_the_posts_published_last_come_first(db: Database) -> None:
    for message_id in range(1, 4):
        store.mark_published(db, claimed(db), [message_id], NOON)

    assert [post.message_id for post in store.recent(db, 2)] == [3, 2]


@pytest.mark.parametrize(
    "content",
    [
        Content(""),
        Content("hello", entities="[{"),
    ],
)
def test_what_cannot_be_published_is_not_stored(db: Database, content: Content) -> None:
    with pytest.raises(sqlite3.IntegrityError):
        store.schedule(db, CHANNEL, content, NOON, now=NOON)

    assert store.upcoming(db) == []
    assert not db.conn.in_transaction


def test_content_comes_back_as_it_went_in(db: Database) -> None:
    content = Content(
        "👋\0 <b>你好</b>",
        '[{"type":"bold"}]',
        (Medium("photo", "AgAC", "a.jpg", spoiler=True), Medium("video", "BAAC")),
        Poll("Which?", ("this", "那个"), correct=1, explanation="because"),
        ((Button("Shop", "https://example.org"),),),
        silent=True,
        preview="large",
    )

    post = store.schedule(db, CHANNEL, content, NOON, now=NOON, grace=5 * MINUTE)

    stored = store.get(db, post.id)
    assert stored.content == content
    assert (stored.publish_at, stored.grace, stored.created_at) == (NOON, 5 * MINUTE, NOON)


def test_a_naive_moment_is_refused(db: Database) -> None:
    with pytest.raises(ValueError, match="no time zone"):
        scheduled(db, at=NOON.replace(tzinfo=None))


@given(
    st.lists(
        st.datetimes(
            min_value=dt.datetime(1, 1, 3),  # noqa: DTZ001
            max_value=dt.datetime(9999, 12, 29),  # noqa: DTZ001
            timezones=st.timezones(),
        ),
        min_size=2,
        max_size=2,
    )
)
def test_text_order_is_time_order(moments: list[dt.datetime]) -> None:
    earlier, later = sorted(moments, key=lambda moment: moment.astimezone(dt.UTC))

    assert utc_text(earlier) <= utc_text(later)
    assert dt.datetime.fromisoformat(utc_text(earlier)) <= earlier
    assert dt.datetime.fromisoformat(due_text(earlier)) >= earlier


def test_migrating_an_older_file_keeps_its_posts_and_again_changes_nothing(db: Database) -> None:
    old = Database(memory=True)
    migrations.apply(old, stop_before="m003_content")
    old.execute(
        """
        insert into posts (
            channel_id, text, entities, media_kind, file_id, publish_at, due_at, grace, state,
            created_at, changed_at
        )
        values (?, 'hello', '[]', 'photo', 'AgAC', :at, :at, 60, 'scheduled', :at, :at)
        """.replace("?", str(CHANNEL)),
        {"at": utc_text(NOON)},
    )

    store.migrate(old)
    store.migrate(old)

    (post,) = store.upcoming(old)
    assert (post.text, post.content.media) == ("hello", (Medium("photo", "AgAC"),))
    assert store.claim_next(old, CHANNEL, NOON)
    assert old.schema == db.schema
    applied = {(migrations.name, migration.name) for migration in migrations.applied(old)}
    assert applied == store.migration_names()
