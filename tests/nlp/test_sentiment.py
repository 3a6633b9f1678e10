import pytest
from hypothesis import given
from hypothesis import strategies as st

from nlp.sentiment import SQUASH, verdict
from nlp.valence import Chinese, Emoji


def test_negation_turns_and_degree_weighs_a_chinese_word() -> None:
    valence = Chinese()

    good, very_good, bad = (valence(message) for message in ("满意", "非常满意", "不满意"))

    assert bad < 0 < good < very_good


def test_what_comes_after_but_counts_more_in_chinese() -> None:
    valence = Chinese()

    assert valence("很好，但是太贵") < 0 < valence("太贵，但是很好")


def test_an_emoji_that_is_repeated_says_it_louder_but_not_many_times_louder() -> None:
    valence = Emoji()

    (text, once), (_, four_times) = valence("thanks 👍"), valence("👍👍👍👍")

    assert text.strip() == "thanks"
    assert four_times == pytest.approx(2 * once)


@given(st.floats(-100, 100))
def test_the_probabilities_of_any_valence_sum_to_one(valence: float) -> None:
    felt = SQUASH(valence)

    assert felt.negative + felt.neutral + felt.positive == pytest.approx(1)
    assert min(felt.negative, felt.neutral, felt.positive) >= 0


def test_one_clear_emoji_is_a_verdict() -> None:
    assert SQUASH(Emoji()("😡😡")[1]).label == "negative"
    assert SQUASH(Emoji()("👍")[1]).label == "positive"


def test_a_verdict_without_a_clear_best_is_unsure() -> None:
    assert verdict(0.4, 0.35, 0.25).label == "unsure"
    assert verdict(0.5, 0.3, 0.2).label == "negative"
