from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nlp.folding import fold
from nlp.keywords import KeywordError, Keywords


def found(keyword: str, message: str) -> bool:
    return Keywords({"en": (keyword,)}).found_in(fold(message))


@pytest.mark.parametrize(
    ("keyword", "message", "expected"),
    [
        ("hi", "this is it", False),
        ("hi", "Hi!", True),
        ("refund", "我要Refund", True),
        ("cancel", "cancelling", False),
        ("cancel*", "cancelling", True),
        ("cancel* ... order|booking", "cancel my next three table bookings", False),
        ("cancel* ... order|booking", "Cancel, please, my booking", True),
        ("cancel* ... order", "cancel one two three four five six order", False),
        ("doesn't work", "it does not work", True),
        ("money back", "money-back", True),
        ("退款", "我想申請退款", True),
        ("订单 ... 改", "订单能不能改一下", True),
        ("👍", "ok 👍🏽", True),
        ("a.c", "abc", False),
        ("stop | cancel", "please cancel", True),
    ],
)
def test_a_keyword_is_found_as_its_notation_says(
    keyword: str, message: str, *, expected: bool
) -> None:
    assert found(keyword, message) is expected


@pytest.mark.parametrize(
    ("message", "alone"),
    [
        ("hello", True),
        ("Hello dear team!", True),
        ("你好，老板", True),
        ("hello?", True),
        ("hello, you?", False),
        ("hello, I have a question", False),
        ("你好，我想问一下课程", False),
        ("goodbye", False),
    ],
)
def test_a_greeting_is_alone_only_where_little_else_is_said(message: str, *, alone: bool) -> None:
    keywords = Keywords({"en": ("hello",), "zh": ("你好",)})

    assert keywords.alone_in(fold(message)) is alone


PARTS = st.sampled_from(["hi", "hi*", "*", "a|b*", "退", "退|ok", "...", "|x", " "])


@given(st.lists(PARTS, min_size=1).map(" ".join), st.text(st.sampled_from("hiab退ok x?")))
def test_looking_for_a_stem_first_changes_nothing(keyword: str, message: str) -> None:
    with suppress(KeywordError):
        keywords = Keywords({"en": (keyword,)})

        assert keywords.found_in(message) == (keywords.pattern.search(message) is not None)


@pytest.mark.parametrize("keyword", ["", "  ", "*", "...", "|"])
def test_a_keyword_without_a_word_is_refused(keyword: str) -> None:
    with pytest.raises(KeywordError):
        Keywords({"en": (keyword,)})
