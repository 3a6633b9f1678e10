"""Which handoffs a customer is asked about, and whose stars count."""

from __future__ import annotations

import datetime as dt

from sqlite_utils import Database

from bot.store import conversations, handoffs, ratings
from bot.store.conversations import Received

NOON = dt.datetime(2026, 11, 23, 12, tzinfo=dt.UTC)
HOUR = dt.timedelta(hours=1)
DAY = dt.timedelta(days=1)
CUSTOMER = 2000


def handed_off(db: Database, number: int, at: dt.datetime, *, chat: int = CUSTOMER) -> int:
    message = conversations.receive(
        db, Received(chat, number, CUSTOMER, "Ann", "text", "Where is it?", at), "en"
    )
    assert message
    return handoffs.open_(db, message, "", at)


def answer(db: Database, handoff: int, at: dt.datetime) -> None:
    handoffs.close(db, handoff, "answered", at)
    conversations.owner_wrote(db, CUSTOMER, at)


def to_ask_about(db: Database, now: dt.datetime) -> list[int]:
    return ratings.to_ask_about(
        db, quiet_since=now - HOUR, begun_since=now - 4 * DAY, asked_since=now - 7 * DAY
    )


def test_an_hour_after_the_last_words_the_last_answer_is_asked_about(db: Database) -> None:
    for number in (1, 2):
        answer(db, handed_off(db, number, NOON), NOON)

    assert to_ask_about(db, NOON + HOUR / 2) == []
    assert to_ask_about(db, NOON + HOUR) == [2]


def test_while_either_side_still_writes_nobody_is_asked(db: Database) -> None:
    answer(db, handed_off(db, 1, NOON), NOON)
    conversations.owner_wrote(db, CUSTOMER, NOON + HOUR)

    assert to_ask_about(db, NOON + HOUR) == []
    assert to_ask_about(db, NOON + 2 * HOUR) == [1]


def test_who_waits_again_is_not_asked_about_the_last_time(db: Database) -> None:
    answer(db, handed_off(db, 1, NOON), NOON)
    handed_off(db, 2, NOON)

    assert to_ask_about(db, NOON + 2 * HOUR) == []


def test_a_comment_in_public_is_not_asked_about(db: Database) -> None:
    answer(db, handed_off(db, 1, NOON, chat=-100), NOON)

    assert to_ask_about(db, NOON + HOUR) == []


def test_nobody_is_asked_twice_within_a_week(db: Database) -> None:
    answer(db, handed_off(db, 1, NOON), NOON)
    assert ratings.note_asked(db, 1, NOON + HOUR)
    assert not ratings.note_asked(db, 1, NOON + 2 * HOUR)
    answer(db, handed_off(db, 2, NOON + DAY), NOON + DAY)

    assert to_ask_about(db, NOON + 2 * DAY) == []


def test_what_was_answered_long_ago_is_let_rest(db: Database) -> None:
    answer(db, handed_off(db, 1, NOON), NOON)

    assert to_ask_about(db, NOON + 5 * DAY) == []


def test_stars_count_once_and_only_from_whoever_was_asked(db: Database) -> None:
    handoff = handed_off(db, 1, NOON)
    unasked = ratings.record(db, handoff, CUSTOMER, 5, NOON)
    ratings.note_asked(db, handoff, NOON)

    somebody = ratings.record(db, handoff, 3000, 1, NOON)
    first = ratings.record(db, handoff, CUSTOMER, 4, NOON)
    second = ratings.record(db, handoff, CUSTOMER, 1, NOON)

    assert (unasked, somebody, first, second) == (False, False, True, False)
    assert ratings.mean_since(db, NOON) == (4.0, 1)


def test_without_stars_there_is_no_mean(db: Database) -> None:
    ratings.note_asked(db, handed_off(db, 1, NOON), NOON)

    assert ratings.mean_since(db, NOON - DAY) is None
