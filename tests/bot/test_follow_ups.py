"""Which follow-ups are still worth sending, and whose verdict counts."""

from __future__ import annotations

import datetime as dt

import pytest
from sqlite_utils import Database

from bot.store import conversations, follow_ups, handoffs
from bot.store.conversations import Received
from bot.store.schema import utc_text

NOON = dt.datetime(2026, 11, 23, 12, tzinfo=dt.UTC)
HOUR = dt.timedelta(hours=1)
DAY = dt.timedelta(days=1)
CUSTOMER = 2000


def written(db: Database, number: int, at: dt.datetime = NOON) -> int:
    """Let a customer write a message, and give its row."""
    message = conversations.receive(
        db, Received(CUSTOMER, number, CUSTOMER, "Ann", "text", "Where is it?", at), "en"
    )
    assert message
    db.execute("update messages set outcome = 'answered' where id = ?", [message])
    return message


def due(db: Database, now: dt.datetime) -> list[int]:
    follow_ups.cancel_overtaken(db, now, too_late=now - DAY)
    return [planned.id for planned in follow_ups.due(db, now)]


def test_a_follow_up_is_due_at_its_time_and_not_before(db: Database) -> None:
    follow_ups.plan(db, written(db, 1), "did_that_help", NOON + 2 * HOUR)

    assert due(db, NOON + HOUR) == []
    assert due(db, NOON + 2 * HOUR) == [1]
    assert follow_ups.next_due_at(db) == NOON + 2 * HOUR


def test_a_message_is_followed_up_once_however_often_it_is_planned(db: Database) -> None:
    message = written(db, 1)
    for _ in range(2):
        follow_ups.plan(db, message, "did_that_help", NOON + HOUR)

    follow_ups.mark_sent(db, 1, NOON + HOUR)

    assert due(db, NOON + 2 * HOUR) == []


def test_a_customer_who_wrote_again_is_not_asked(db: Database) -> None:
    follow_ups.plan(db, written(db, 1), "did_that_help", NOON + 2 * HOUR)
    written(db, 2, NOON + HOUR)

    assert due(db, NOON + 2 * HOUR) == []
    assert db.execute("select state from follow_ups").fetchall() == [("cancelled",)]


def test_the_owners_own_words_take_its_place(db: Database) -> None:
    follow_ups.plan(db, written(db, 1), "did_that_help", NOON + 2 * HOUR)
    conversations.owner_wrote(db, CUSTOMER, NOON + HOUR)

    assert due(db, NOON + 2 * HOUR) == []


def test_what_the_owner_wrote_before_does_not_matter(db: Database) -> None:
    written(db, 1, NOON - 3 * HOUR)
    conversations.owner_wrote(db, CUSTOMER, NOON - 2 * HOUR)
    follow_ups.plan(db, written(db, 2), "did_that_help", NOON + 2 * HOUR)

    assert due(db, NOON + 2 * HOUR) == [1]


@pytest.mark.parametrize(
    "event",
    [
        "update customers set blocked_at = '2026-11-23T13:00:00.000000+00:00'",
        "update messages set deleted_at = '2026-11-23T13:00:00.000000+00:00'",
        "insert into handoffs (message, suggestion, opened_at) select id, '', '' from messages",
    ],
    ids=["gone", "deleted", "handed off"],
)
def test_nobody_is_asked_who_is_gone_or_waits_for_a_person(db: Database, event: str) -> None:
    follow_ups.plan(db, written(db, 1), "did_that_help", NOON + 2 * HOUR)
    db.execute(event)

    assert due(db, NOON + 2 * HOUR) == []


def test_after_a_long_outage_it_is_too_late_to_ask(db: Database) -> None:
    follow_ups.plan(db, written(db, 1), "did_that_help", NOON)

    assert due(db, NOON + DAY) == [1]
    assert due(db, NOON + DAY + HOUR) == []


def test_a_verdict_counts_once_and_only_from_whoever_was_asked(db: Database) -> None:
    message = written(db, 1)
    follow_ups.plan(db, message, "did_that_help", NOON)
    unasked = follow_ups.record_verdict(db, 1, CUSTOMER, helped=True)
    follow_ups.mark_sent(db, 1, NOON)

    somebody = follow_ups.record_verdict(db, 1, 3000, helped=False)
    first = follow_ups.record_verdict(db, 1, CUSTOMER, helped=True)
    second = follow_ups.record_verdict(db, 1, CUSTOMER, helped=False)

    assert (unasked, somebody, first, second) == (None, None, message, None)
    assert db.execute("select helped from follow_ups").fetchall() == [(1,)]


def test_one_follow_up_a_day_can_be_told(db: Database) -> None:
    follow_ups.plan(db, written(db, 1), "did_that_help", NOON)
    follow_ups.mark_sent(db, 1, NOON)

    assert follow_ups.was_sent_since(db, CUSTOMER, NOON - HOUR)
    assert not follow_ups.was_sent_since(db, CUSTOMER, NOON)
    assert not follow_ups.was_sent_since(db, 3000, NOON - HOUR)


def test_looking_for_what_is_due_reads_the_index(db: Database) -> None:
    plan = " ".join(
        row[3]
        for row in db.execute(
            "explain query plan select id from follow_ups where state = 'waiting' and due_at <= ?",
            [utc_text(NOON)],
        )
    )
    assert "follow_ups_due" in plan


def test_a_cancelled_one_stays_cancelled(db: Database) -> None:
    follow_ups.plan(db, written(db, 1), "did_that_help", NOON)
    follow_ups.cancel(db, 1, NOON)
    follow_ups.mark_sent(db, 1, NOON)

    assert due(db, NOON) == []
    assert handoffs.waiting(db) == []
    assert db.execute("select state from follow_ups").fetchall() == [("cancelled",)]
