import datetime as dt
from typing import Any

import pandas as pd
import pytest
from sqlite_utils import Database

from analytics.frames import HISTORY, require
from scheduler import store
from scheduler.posts import Content, Decision, Origin, Post

NOON = dt.datetime(2027, 3, 1, 12, tzinfo=dt.UTC)
HOUR = dt.timedelta(hours=1)
CHANNEL = -1001


@pytest.fixture
def db() -> Database:
    db = Database(memory=True)
    store.migrate(db)
    return db


def claimed(db: Database, text: str, at: dt.datetime) -> Post:
    store.schedule(db, CHANNEL, Content(text), at, now=NOON)
    post = store.claim_next(db, CHANNEL, at)
    assert post
    return post


def published(db: Database, text: str, message_id: int, at: dt.datetime = NOON) -> Post:
    return store.mark_published(db, claimed(db, text, at), [message_id], at)


def test_history_counts_what_each_published_post_brought(db: Database) -> None:
    first = published(db, "one", 5)
    store.record_members(db, CHANNEL, 120, NOON)
    store.record_members(db, CHANNEL, 130, NOON + HOUR)
    second = published(db, "two", 6, NOON + 2 * HOUR)
    store.record_members(db, CHANNEL, 999, NOON + 3 * HOUR)
    for total in (1, 4, 3):
        store.record_reactions(db, CHANNEL, 6, total, NOON + 3 * HOUR)
    for comment_id, customer_id in ((1, 71), (2, 71), (2, 71), (3, 72)):
        store.record_comment(db, CHANNEL, 5, comment_id, customer_id, NOON)
    store.record_comment(db, -1002, 6, 1, 71, NOON)
    store.schedule(db, CHANNEL, Content("later"), NOON + 9 * HOUR, now=NOON)

    frame = store.history(db)

    expected = pd.DataFrame(
        {
            "post": [first.id, second.id],
            "text": ["one", "two"],
            "published_at": pd.to_datetime([NOON, NOON + 2 * HOUR], utc=True),
            "reactions": [0, 3],
            "comments": [3, 0],
            "members": [float("nan"), 130.0],
            "origin": ["soloist", "soloist"],
        }
    )
    pd.testing.assert_frame_equal(frame, expected)


def by_hand(db: Database, text: str, message_id: int, **more: Any) -> None:
    store.record_by_hand(db, CHANNEL, message_id, text, NOON, NOON, **more)


def rows(db: Database, *columns: str) -> list[tuple[object, ...]]:
    return list(store.history(db)[list(columns)].itertuples(index=False, name=None))


def test_what_any_part_of_an_album_brought_counts_for_the_post(db: Database) -> None:
    post = store.mark_published(db, claimed(db, "cakes", NOON), [5, 6, 7], NOON)
    for message_id in (5, 6, 7):
        store.record_reactions(db, CHANNEL, message_id, message_id, NOON)
        store.record_comment(db, CHANNEL, message_id, message_id, 71, NOON)

    assert rows(db, "post", "text", "reactions", "comments") == [(post.id, "cakes", 18, 3)]
    assert {store.post_of(db, CHANNEL, message_id) for message_id in (5, 6, 7)} == {post}


def test_a_reply_is_a_part_of_its_post_and_a_first_comment_is_none(db: Database) -> None:
    post = store.schedule(db, CHANNEL, Content("photo"), NOON, now=NOON)
    for channel_id, origin in (
        (CHANNEL, Origin(after_post_id=post.id)),
        (-1002, Origin(after_post_id=post.id, is_comment=True)),
    ):
        store.schedule(db, channel_id, Content("long text"), NOON, now=NOON, origin=origin)
    for n in range(2):
        claimed_post = store.claim_next(db, CHANNEL, NOON)
        assert claimed_post
        store.mark_published(db, claimed_post, [5 + n], NOON)
        store.record_reactions(db, CHANNEL, 5 + n, 2, NOON)
    comment = store.claim_next(db, -1002, NOON)
    assert comment
    store.mark_published(db, comment, [5], NOON)

    assert rows(db, "post", "text", "reactions") == [(post.id, "photo\nlong text", 4)]


def test_posts_by_hand_stand_in_history_under_numbers_of_their_own(db: Database) -> None:
    published(db, "ours", 5)
    by_hand(db, "theirs", 6)
    by_hand(db, "", 7, kind="photo", album="a")
    by_hand(db, "cakes", 8, kind="photo", album="a")
    store.record_seen(db, CHANNEL, 9, NOON)
    store.record_reactions(db, CHANNEL, 8, 3, NOON)

    frame = store.history(db)

    assert sorted(frame["text"]) == ["cakes", "ours", "theirs"]
    assert frame["post"].is_unique
    assert list(frame["origin"]) == ["hand", "hand", "soloist"]
    assert frame["reactions"].sum() == 3
    require(frame, HISTORY)


def test_a_post_edited_by_hand_stays_ours(db: Database) -> None:
    published(db, "ours", 5)

    by_hand(db, "ours, better", 5, edited_at=NOON + HOUR)

    assert rows(db, "text", "origin") == [("ours", "soloist")]


def test_the_calendar_reads_only_the_rows_of_its_week(db: Database) -> None:
    asked: list[str] = []
    with db.tracer(lambda sql, _: asked.append(sql)):
        store.calendar(db, NOON, NOON + HOUR)

    plan = " ".join(
        row[3]
        for row in db.execute(f"explain query plan {asked[0]}", {"start": "2027", "end": "2028"})
    )

    assert "posts_published" in plan
    assert "messages_by_hand" in plan
    assert "SCAN posts" not in plan
    assert "SCAN channel_messages" not in plan


def test_empty_frames_have_their_columns_and_types(db: Database) -> None:
    history, interactions = store.history(db), store.interactions(db)

    published(db, "one", 5)
    store.record_interaction(db, 71, 1, "comment", 2.0, NOON)

    assert len(history) == len(interactions) == 0
    pd.testing.assert_series_equal(history.dtypes, store.history(db).dtypes)
    pd.testing.assert_series_equal(interactions.dtypes, store.interactions(db).dtypes)


def test_a_post_found_by_the_owner_only_is_not_counted_as_zero(db: Database) -> None:
    post = store.mark_unknown(db, claimed(db, "one", NOON), "Timed out", NOON)
    store.settle(db, post.id, Decision.IT_IS_THERE, NOON)

    assert store.history(db).empty


def test_a_recovered_post_was_published_when_it_was_sent(db: Database) -> None:
    post = store.mark_unknown(db, claimed(db, "one", NOON), "Timed out", NOON)

    store.mark_published(db, post, [5], NOON + 9 * HOUR)

    assert list(store.history(db)["published_at"]) == [NOON]


def test_reactions_that_come_before_the_mark_are_counted(db: Database) -> None:
    post = claimed(db, "one", NOON)
    store.record_reactions(db, CHANNEL, 5, 2, NOON)

    store.mark_published(db, post, [5], NOON)

    assert list(store.history(db)["reactions"]) == [2]


def test_interactions_add_up_per_customer_and_post(db: Database) -> None:
    post = published(db, "one", 5)
    store.record_interaction(db, 71, post.id, "comment", 2.0, NOON)
    store.record_interaction(db, 71, post.id, "comment", 2.0, NOON + HOUR)
    store.record_interaction(db, 71, post.id, "click", 0.5, NOON)
    store.record_interaction(db, 72, post.id, "click", 0.5, NOON)

    frame = store.interactions(db)

    expected = pd.DataFrame(
        {
            "customer": [71, 72],
            "post": [post.id, post.id],
            "weight": [2.5, 0.5],
            "at": pd.to_datetime([NOON + HOUR, NOON], utc=True),
        }
    )
    pd.testing.assert_frame_equal(frame, expected)


def test_the_last_message_known_may_be_ours_or_not(db: Database) -> None:
    assert store.last_message_id(db, CHANNEL) is None

    published(db, "one", 5)
    assert store.last_message_id(db, CHANNEL) == 5

    store.record_seen(db, CHANNEL, 8, NOON)
    store.record_seen(db, CHANNEL, 7, NOON)
    store.record_seen(db, -1002, 99, NOON)
    assert store.last_message_id(db, CHANNEL) == 8


def test_seeing_a_message_again_keeps_its_reactions(db: Database) -> None:
    store.record_reactions(db, CHANNEL, 5, 2, NOON)
    store.record_seen(db, CHANNEL, 5, NOON)

    published(db, "one", 5)

    assert list(store.history(db)["reactions"]) == [2]
