import datetime as dt

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics.actions import choose_action
from analytics.frames import FrameError, NotEnoughDataError
from analytics.groups import group_customers
from analytics.naming import n_telling
from analytics.purchases import RFM, purchase_features, rfm_scores

NOON = pd.Timestamp("2026-03-01 12:00", tz="UTC")


def customers(n_each: int = 30) -> pd.DataFrame:
    rng = np.random.default_rng(0)
    return pd.DataFrame(
        {
            "age": [*rng.normal(25, 2, n_each), *rng.normal(60, 2, n_each)],
            "city": ["Rome"] * n_each + ["Oslo"] * n_each,
            "likes": ["art; food", "art"] * (n_each // 2)
            + ["sport", "sport; food"] * (n_each // 2),
        }
    )


def purchases() -> pd.DataFrame:
    days = {"a": [0, 10, 20], "b": [100], 3.0: [50, 50]}
    return pd.DataFrame(
        [
            {"customer": who, "at": NOON - dt.timedelta(days=day), "value": 10.0 if i else -4.0}
            for who, ago in days.items()
            for i, day in enumerate(ago)
        ]
    )


def test_a_group_is_told_by_what_sets_it_apart() -> None:
    found = group_customers(customers())

    assert found.clustering.clear
    traits = [
        {(t.feature.column, t.feature.value, t.is_high) for t in group.traits}
        for group in found.groups
    ]
    assert any({("age", None, False), ("city", "Rome", True)} <= own for own in traits)
    assert any({("age", None, True), ("city", "Oslo", True)} <= own for own in traits)
    assert {group.action for group in found.groups} == {"tailor"}
    assert sum(group.size for group in found.groups) == found.n_customers == 60
    assert sum(group.share for group in found.groups) == pytest.approx(1)


def test_no_clear_groups_is_an_answer_unless_a_number_is_asked_for() -> None:
    cloud = pd.DataFrame(np.random.default_rng(0).normal(size=(200, 3)), columns=list("xyz"))

    assert group_customers(cloud).groups == ()
    assert len(group_customers(cloud, k=3).groups) == 3


@pytest.mark.parametrize("n", [0, 1, 9])
def test_too_few_customers_are_refused(n: int) -> None:
    with pytest.raises(NotEnoughDataError, match=f"10 customers are needed, {n} found"):
        group_customers(customers().head(n))


def test_columns_that_tell_nothing_leave_nobody_apart() -> None:
    frame = pd.DataFrame({"same": [1.0] * 12, "empty": [None] * 12})

    assert not group_customers(frame).clustering.clear


def test_purchases_become_recency_frequency_and_value() -> None:
    features = purchase_features(purchases()).set_index("customer")

    assert features.index.tolist() == ["3", "a", "b"]
    assert features[list(RFM)].to_numpy().tolist() == [
        [50, 1, 6],  # twice at one moment is one purchase
        [0, 3, 16],
        [100, 1, -4],
    ]
    assert features["gap_days"].fillna(-1).tolist() == [-1, 10, -1]
    assert features["returned_share"].tolist() == [0, pytest.approx(1 / 3), 1]


def test_scores_run_from_one_to_five() -> None:
    features = pd.DataFrame(
        {"recency_days": range(10), "n_purchases": [1] * 10, "value": range(10, 0, -1)}
    )

    scores = rfm_scores(features)

    assert scores["recency"].tolist() == scores["value"].tolist() == [5, 5, 4, 4, 3, 3, 2, 2, 1, 1]
    assert scores["frequency"].nunique() == 1


def test_bad_purchases_are_refused() -> None:
    with pytest.raises(FrameError, match="column value, row 2: inf is out of range"):
        purchase_features(purchases().assign(value=[1, np.inf, 1, 1, 1, 1]))
    with pytest.raises(FrameError, match="column customer, row 1: a value is missing"):
        purchase_features(purchases().assign(customer=" "))
    with pytest.raises(NotEnoughDataError):
        purchase_features(purchases(), as_of=dt.datetime(2020, 1, 1, tzinfo=dt.UTC))


def test_trouble_comes_before_money() -> None:
    assert choose_action(["frequent", "unhappy"]) == "care"
    assert choose_action(["lapsed", "big"]) == "win_back"
    assert choose_action(["lapsed"]) == "remind"
    assert choose_action(["recent", "big"]) == "reward"
    assert choose_action([]) == "none"


@given(st.lists(st.lists(st.sampled_from("abc"), max_size=4, unique=True), max_size=5))
def test_leading_traits_tell_groups_apart_where_any_do(traits: list[list[str]]) -> None:
    for own, n in zip(traits, n_telling(traits), strict=True):
        alike = sum(other[:n] == own[:n] for other in traits)
        assert alike == 1 or n == len(own)
