"""What is about one customer is found; what is about the shop is left alone."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nlp.personal import personal_facts


@pytest.mark.parametrize(
    ("reply", "facts"),
    [
        ("Hi Anna, your order #4411 leaves tomorrow.", ("Anna", "#4411", "tomorrow")),
        ("Your order number: A-778 is on its way.", ("order number: A-778",)),
        ("Tracking no. 00340434161094", ("Tracking no. 00340434161094",)),
        ("See you on 24 Dec, or on 2026-12-27.", ("24 Dec", "2026-12-27")),
        ("张伟您好，订单号4711明天发货。", ("张伟", "订单号4711", "明天")),
        ("Write to bob@example.org.", ("bob@example.org",)),
    ],
)
def test_what_is_about_one_customer_is_named(reply: str, facts: tuple[str, ...]) -> None:
    assert sorted(personal_facts(reply, "Anna Bell 张伟")) == sorted(facts)


@pytest.mark.parametrize(
    "reply",
    [
        "We open at 9:00–18:00, bread is 4.50 € and a cake 1200 €.",
        "Call +49 30 1234567.",
        "Hello {{ customer }}, we are at {{ address }}.",
        "You may order 2 and get 1 free, no problem.",
        "The banana is fresh.",  # holds a name, but not as a word
        "我们早上9点开门，蛋糕30元。",
    ],
)
def test_what_is_about_the_shop_is_left_alone(reply: str) -> None:
    assert personal_facts(reply, "Ana", public=["+49 30 1234567"]) == ()


@given(reply=st.text(), customer=st.text())
def test_any_reply_and_any_name_can_be_looked_at(reply: str, customer: str) -> None:
    assert all(fact in reply for fact in personal_facts(reply, customer))
