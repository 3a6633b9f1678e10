import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics.cleaning import learn, measured, scaled, without_duplicates
from analytics.moments import read_moments


def did(frame: pd.DataFrame) -> dict[tuple[str, str], int]:
    return {(remark.column, remark.did): remark.n for remark in learn(frame).remarks}


def test_every_step_is_told() -> None:
    n = 100
    frame = pd.DataFrame(
        {
            "age": ["30", "40", "ten", "", "140", "inf"] + ["35", "45"] * 47,
            "spent": [1.0] * 30 + [2.0] * 30 + [3.0] * 39 + [1e6],
            "city": ["Rome"] * 60 + ["Oslo"] * 39 + ["Bonn"],
            "likes": ["art;food", "art", "food;sport", "art"] * 25,
            "empty": [""] * n,
            "same": ["yes"] * n,
            "name": [f"person {i}" for i in range(n)],
            "CustomerID": range(n),
        }
    )

    assert did(frame) == {
        ("age", "not_read"): 1, ("age", "impossible"): 1, ("age", "infinite"): 1,
        ("age", "missing_filled"): 4,
        ("spent", "log_taken"): n, ("spent", "outliers_clipped"): 1,
        ("city", "one_hot"): 2, ("city", "values_pooled"): 1,
        ("likes", "several_split"): 3,
        ("empty", "empty_dropped"): n, ("same", "constant_dropped"): n,
        ("name", "names_dropped"): n, ("CustomerID", "names_dropped"): n,
    }  # fmt: skip


def test_nothing_is_learnt_from_the_rows_that_come_later() -> None:
    train = pd.DataFrame({"age": [20.0, 30.0, 40.0], "city": ["Rome", "Rome", "Oslo"]})
    cleaning = learn(pd.concat([train] * 10))
    later = pd.DataFrame({"age": [np.nan, 1e9], "city": ["Paris", None]})

    alone = scaled(cleaning, later.iloc[:1])
    together = scaled(cleaning, later)

    assert (alone == together[:1]).all()
    assert measured(cleaning, later)[:, 0].tolist() == [30.0, 30.0]  # a billion years are no age
    assert measured(cleaning, later)[:, 1:].sum() == 0  # neither Rome nor Oslo


def test_a_column_that_is_gone_counts_as_missing() -> None:
    cleaning = learn(pd.DataFrame({"a": [1.0, 2, 3] * 5, "b": list("xyx") * 5}))

    assert measured(cleaning, pd.DataFrame(index=range(2))).tolist() == [[2, 0, 0], [2, 0, 0]]


def test_a_category_weighs_as_much_as_a_number() -> None:
    rng = np.random.default_rng(0)
    frame = pd.DataFrame({"a": rng.normal(size=500), "b": rng.choice(list("uvwxyz"), 500)})

    points = scaled(learn(frame), frame)

    assert points.var(axis=0)[0] == pytest.approx(1)
    assert points.var(axis=0)[1:].sum() == pytest.approx(1)


@given(
    st.lists(st.integers(0, 1000), min_size=5, max_size=30).filter(lambda x: len(set(x)) > 1),
    st.sampled_from([0.001, 3.7, 100.0, 1e6]),
)
def test_another_unit_changes_nothing(numbers: list[int], unit: float) -> None:
    frame = pd.DataFrame({"spent": np.array(numbers, dtype=float)})

    other = frame * unit

    assert np.allclose(scaled(learn(frame), frame), scaled(learn(other), other), atol=1e-6)


def test_a_row_twice_is_one_customer_only_where_it_says_so() -> None:
    frame = pd.DataFrame({"customer": ["a", "a", "b"], "age": [1, 1, 1]})

    assert len(without_duplicates(frame, "customer")[0]) == 2
    assert len(without_duplicates(frame[["age"]], None)[0]) == 3


@pytest.mark.parametrize(
    ("written", "read"),
    [
        (["2026-01-31", "2026-01-31T18:00:00+02:00"], ["2026-01-31", "2026-01-31 16:00"]),
        (["31.1.2026", "1.2.2026 8:30"], ["2026-01-31", "2026-02-01 08:30"]),
        (["1/31/2026", "2/1/2026"], ["2026-01-31", "2026-02-01"]),
        (["31/1/2026", "2/1/2026"], ["2026-01-31", "2026-01-02"]),
        (["20260131", "31 Jan 2026", "January 31, 2026"], ["2026-01-31"] * 3),
    ],
)
def test_dates_are_read_as_they_were_meant(written: list[str], read: list[str]) -> None:
    moments = read_moments(pd.Series(written, dtype=object))

    assert moments.values.tolist() == [pd.Timestamp(text, tz="UTC") for text in read]
    assert moments.guessed is None


def test_what_is_no_date_is_none_and_a_guess_is_told() -> None:
    moments = read_moments(pd.Series(["2020", "soon", None, "32.13.2020", "3/4/2026"]))

    assert moments.values.isna().tolist() == [True] * 4 + [False]
    assert moments.guessed == "3/4/2026"
