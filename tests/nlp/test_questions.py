import pytest

from nlp.folding import fold
from nlp.questions import is_question


@pytest.mark.parametrize(
    "message",
    [
        "When do you open?",
        "opening hours",
        "hi, where are you",
        "I want to know your prices for the big cake",
        "could you tell me the shipping cost",
        "help me to see your payment options please",
        "营业时间",
        "请问你们周末开门不",
        "从上海寄到北京要多少运费",
    ],
)
def test_who_asks_is_heard(message: str) -> None:
    assert is_question(fold(message))


@pytest.mark.parametrize(
    "message",
    [
        "My parcel was delivered today, thanks",
        "The delivery guy was lovely",
        "the price is too high for me",
        "my phone number changed yesterday",
        "the website is down again",
        "快递昨天已经送到门口了谢谢你们",
    ],
)
def test_a_statement_is_no_question(message: str) -> None:
    assert not is_question(fold(message))
