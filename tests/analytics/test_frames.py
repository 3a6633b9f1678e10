import datetime as dt
import math
from typing import Any

import numpy as np
import pandas as pd
import pytest

from analytics.frames import (
    CUSTOMERS,
    HISTORY,
    INTERACTIONS,
    MESSAGES,
    PURCHASES,
    SERIES,
    Contract,
    FrameError,
    NotEnoughDataError,
    require,
)

NOON = dt.datetime(2026, 3, 1, 12, tzinfo=dt.UTC)
GOOD: dict[str, dict[str, Any]] = {
    "customers": {
        "customer": 1,
        "first_seen_at": NOON,
        "last_seen_at": NOON,
        "n_messages": 3,
        "n_handoffs": 1,
        "mean_sentiment": math.nan,
    },
    "messages": {"customer": 1, "sent_at": NOON, "sentiment": "unsure", "outcome": "silent"},
    "interactions": {"customer": 1, "post": 2, "weight": 0.5, "at": NOON},
    "history": {
        "post": 2,
        "text": "",
        "published_at": NOON,
        "reactions": 0,
        "comments": 7,
        "members": None,
    },
}
CONTRACTS = [CUSTOMERS, MESSAGES, INTERACTIONS, HISTORY]


def frame(contract: Contract, **changes: object) -> pd.DataFrame:
    """Two rows, the first good, the second changed."""
    good = GOOD[contract.name]
    return pd.DataFrame([good, good | {"customer": 2} | changes])[list(good)]


@pytest.mark.parametrize("contract", CONTRACTS, ids=lambda contract: contract.name)
def test_a_good_frame_comes_back_typed(contract: Contract) -> None:
    checked = require(frame(contract), contract)

    kinds = {column.name: column.kind for column in contract.columns}
    moments = [name for name, kind in kinds.items() if kind == "moment"]
    assert list(checked.columns) == list(kinds)
    assert {str(checked[name].dtype) for name in moments} == {"datetime64[ns, UTC]"}


@pytest.mark.parametrize("contract", CONTRACTS, ids=lambda contract: contract.name)
def test_an_empty_frame_is_a_good_frame(contract: Contract) -> None:
    columns = [column.name for column in contract.columns]

    assert require(pd.DataFrame(columns=columns), contract).empty


@pytest.mark.parametrize("contract", CONTRACTS, ids=lambda contract: contract.name)
def test_each_missing_column_is_named(contract: Contract) -> None:
    for column in contract.columns:
        with pytest.raises(FrameError, match=f"column {column.name}: it is missing"):
            require(frame(contract).drop(columns=column.name), contract)


@pytest.mark.parametrize(
    ("contract", "column", "value", "problem"),
    [
        (CUSTOMERS, "customer", 1, "1 occurs twice"),
        (CUSTOMERS, "customer", None, "a value is missing"),
        (CUSTOMERS, "customer", 1.5, "not a whole number"),
        (CUSTOMERS, "customer", 1e300, "not a whole number"),
        (CUSTOMERS, "n_messages", -1, "out of range"),
        (CUSTOMERS, "n_messages", math.inf, "out of range"),
        (CUSTOMERS, "mean_sentiment", 1.1, "out of range"),
        (CUSTOMERS, "last_seen_at", dt.datetime(2026, 3, 1), "no time zone"),  # noqa: DTZ001
        (CUSTOMERS, "last_seen_at", "2026-03-01T12:00:00", "no time zone"),
        (CUSTOMERS, "last_seen_at", "soon", "not a date and time"),
        (CUSTOMERS, "last_seen_at", 1772366400, "not a date and time"),
        (CUSTOMERS, "last_seen_at", pd.NaT, "a value is missing"),
        (CUSTOMERS, "last_seen_at", NOON.replace(year=9999), "not between 1970 and 2200"),
        (MESSAGES, "outcome", "lost", "lost is not one of answered, handed_off, silent"),
        (MESSAGES, "sentiment", 3, "not text"),
        (INTERACTIONS, "weight", 0, "out of range"),
        (INTERACTIONS, "weight", math.nan, "a value is missing"),
        (INTERACTIONS, "weight", "much", "much is not a number"),
        (HISTORY, "text", None, "a value is missing"),
        (HISTORY, "members", -5, "out of range"),
    ],
)
def test_the_first_bad_cell_is_named(
    contract: Contract, column: str, value: object, problem: str
) -> None:
    with pytest.raises(FrameError, match=problem) as caught:
        require(frame(contract, **{column: value}), contract)

    assert (caught.value.column, caught.value.row) == (column, 2)


def test_a_naive_datetime_column_is_refused() -> None:
    history = frame(HISTORY).assign(published_at=pd.Timestamp("2026-03-01"))

    with pytest.raises(FrameError, match=r"column published_at, row 1: .* has no time zone"):
        require(history, HISTORY)


@pytest.mark.parametrize(
    "noon",
    [
        "2026-03-01T20:00:00+08:00",
        "2026-03-01 12:00:00Z",
        NOON.astimezone(dt.timezone(dt.timedelta(hours=-5))),
        pd.Timestamp(NOON),
    ],
    ids=str,
)
def test_moments_of_any_zone_become_utc(noon: object) -> None:
    checked = require(frame(HISTORY, published_at=noon), HISTORY)

    assert checked["published_at"].tolist() == [NOON, NOON]


def test_whole_columns_of_another_zone_and_unit_become_utc() -> None:
    noons = pd.Series([NOON, NOON]).dt.as_unit("us").dt.tz_convert("Asia/Shanghai")

    checked = require(frame(HISTORY).assign(published_at=noons), HISTORY)

    assert str(checked["published_at"].dtype) == "datetime64[ns, UTC]"
    assert checked["published_at"].tolist() == [NOON, NOON]


def test_gaps_of_any_kind_are_allowed_where_the_contract_says_so() -> None:
    members = pd.Series([100, pd.NA], dtype="Int64")

    checked = require(frame(HISTORY).assign(members=members), HISTORY)

    np.testing.assert_array_equal(checked["members"], [100, np.nan])


def test_other_columns_and_the_callers_frame_are_left_alone() -> None:
    history = frame(HISTORY).assign(media="photo").set_index(pd.Index([7, 7]))
    before = history.copy()

    checked = require(history, HISTORY)

    assert checked["media"].tolist() == ["photo", "photo"]
    pd.testing.assert_frame_equal(history, before)


def test_the_error_of_too_few_rows_is_a_sentence() -> None:
    error = NotEnoughDataError(needed=12, found=3, noun="published posts")

    assert str(error) == "Not enough data yet: 12 published posts are needed, 3 found."


def test_an_id_is_the_same_as_a_number_and_as_text() -> None:
    frame = pd.DataFrame(
        {"customer": [17850.0, " 17850 ", "a.0"], "at": ["2026-01-01T00:00Z"] * 3, "value": 1}
    )

    assert require(frame, PURCHASES)["customer"].tolist() == ["17850", "17850", "a.0"]


def test_a_series_has_one_value_for_each_step() -> None:
    frame = pd.DataFrame({"unique_id": ["a", "a", "b"], "ds": [1, 2, 1], "y": [1.0, None, 3]})

    assert require(frame, SERIES)["ds"].tolist() == [1, 2, 1]
    with pytest.raises(FrameError, match="series, column ds, row 2: 1 occurs twice"):
        require(frame.assign(ds=1), SERIES)
