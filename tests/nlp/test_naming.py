"""A question names its answer."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nlp.naming import LONGEST, proposed_name


@pytest.mark.parametrize(
    ("question", "name"),
    [
        ("Hi! When do you open on Sundays?", "When do you open on Sundays"),
        ("Hello, I bought a jacket. Is it washable?", "Is it washable"),
        ("你好，请问你们周末营业吗？", "你们周末营业吗"),
        ("delivery", "Delivery"),
        ("hi", "Hi"),
        (
            "Can I exchange it for a smaller size in your shop?",
            "Can I exchange it for a smaller size…",
        ),
    ],
)
def test_an_answer_is_called_after_what_is_asked(question: str, name: str) -> None:
    assert proposed_name(question) == name


@given(question=st.text(min_size=1).filter(lambda text: any(c.isalnum() for c in text)))
def test_every_question_gives_a_name(question: str) -> None:
    name = proposed_name(question)

    assert 0 < len(name) <= LONGEST
    assert "\n" not in name
