import pytest
from hypothesis import given
from hypothesis import strategies as st

from nlp.sentiment import LexiconSentiment, verdict

LEXICON = LexiconSentiment()


@pytest.mark.parametrize(
    ("message", "language"),
    [
        ("still waiting for my order", "en"),
        ("it never arrived", "en"),
        ("this is the third time I write to you", "en"),
        ("The box came broken", "en"),
        ("nobody answers the phone", "en"),
        ("not happy with this", "en"),
        ("You were closed at 5 although it says 6!!", "en"),
        ("为什么昨天这么早关门", "zh"),
        ("退货太麻烦了", "zh"),
        ("😡😡", "en"),
        ("还没收到货", "zh"),
        ("東西壞了", "zh"),
        ("不好吃", "zh"),
        ("一直没人回复我", "zh"),
        ("服务态度太差了", "zh"),
        ("没有想象中好", "zh"),
    ],
)
def test_an_unhappy_customer_is_seen(message: str, language: str) -> None:
    assert LEXICON(message, language).label == "negative"


@pytest.mark.parametrize(
    ("message", "language"),
    [
        ("Please help, I would like to cancel order 55", "en"),
        ("how late are you open?", "en"),
        ("are you open right now?", "en"),
        ("is it too late to order?", "en"),
        ("I'm allergic to nuts, can I eat the croissants?", "en"),
        ("Unfortunately I can't come today, can I come tomorrow?", "en"),
        ("麻烦问一下地址", "zh"),
        ("麻烦帮我看看订单", "zh"),
        ("我对花生过敏，能吃吗", "zh"),
        ("贵吗", "zh"),
        ("I have a problem with the payment", "en"),
        ("请问有没有红色的", "zh"),
        ("不好意思，问一下几点关门", "zh"),
        ("我想知道怎么退货", "zh"),
        ("", "zh"),
    ],
)
def test_a_plain_question_is_not_negative(message: str, language: str) -> None:
    assert LEXICON(message, language).label in {"neutral", "unsure"}


@pytest.mark.parametrize(
    ("message", "language"),
    [
        ("Great service, thank you!", "en"),
        ("not bad at all", "en"),
        ("👍", "zh"),
        ("非常滿意", "zh"),
    ],
)
def test_a_happy_customer_is_seen(message: str, language: str) -> None:
    assert LEXICON(message, language).label == "positive"


def test_negation_turns_and_degree_weighs_a_chinese_word() -> None:
    good, very_good, bad = (LEXICON(m, "zh").positive for m in ("满意", "非常满意", "不满意"))

    assert bad < 0.2 < good < very_good


@given(st.text(), st.sampled_from(["en", "zh"]))
def test_probabilities_of_any_text_sum_to_one(message: str, language: str) -> None:
    felt = LEXICON(message, language)

    assert felt.negative + felt.neutral + felt.positive == pytest.approx(1)
    assert min(felt.negative, felt.neutral, felt.positive) >= 0


def test_a_verdict_without_a_clear_best_is_unsure() -> None:
    assert verdict(0.4, 0.35, 0.25).label == "unsure"
    assert verdict(0.5, 0.3, 0.2).label == "negative"
