import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics.frames import FrameError
from analytics.likes import UNIFORM, Belief, learn, likings
from analytics.probability import bayes, cosine, logistic


def rows(*likes: tuple[str, str, int]) -> pd.DataFrame:
    return pd.DataFrame(likes, columns=["post_kind", "customer_kind", "liked"])


def test_each_pair_has_its_own_chance_and_the_surest_stands_first() -> None:
    seen = [("photo", "new", 1)] * 9 + [("photo", "new", 0)] + [("text", "new", 0)] * 10

    best, worst = likings(rows(*seen))

    assert (best.post_kind, best.n_liked, best.n_rows) == ("photo", 9, 10)
    assert (worst.post_kind, worst.n_liked, worst.n_rows) == ("text", 0, 10)
    assert best.baseline == worst.baseline == 0.45
    assert best.better > 0.99
    assert worst.better < 0.01


@given(st.lists(st.booleans(), max_size=40), st.randoms())
def test_the_order_of_the_rows_makes_no_difference(likes: list[bool], random: object) -> None:
    shuffled = likes[:]
    random.shuffle(shuffled)  # type: ignore[attr-defined]

    assert learn(("a", each) for each in likes) == learn(("a", each) for each in shuffled)


@given(st.lists(st.booleans(), max_size=40))
def test_the_interval_holds_the_chance_and_narrows_with_the_rows(likes: list[bool]) -> None:
    belief = learn(("a", each) for each in likes).get("a", UNIFORM)
    low, high = belief.interval()
    less_low, less_high = Belief(belief.likes * 4, belief.passes * 4).interval()

    assert 0 <= low <= belief.mean <= high <= 1
    assert less_high - less_low < high - low


def test_a_row_that_is_neither_a_like_nor_a_pass_is_named() -> None:
    with pytest.raises(FrameError, match="liked, row 2: 2"):
        likings(rows(("photo", "new", 1), ("photo", "new", 2)))


def test_causes_that_cannot_be_are_refused() -> None:
    with pytest.raises(ValueError, match="do not go with"):
        bayes([0.5, 0.5], [1])
    with pytest.raises(ValueError, match="between 0 and 1"):
        bayes([0.5, 0.5], [1, 2])
    with pytest.raises(ValueError, match="None of the causes"):
        bayes([0.5, 0.5], [0, 0])


@given(st.floats(-1e6, 1e6))
def test_opposite_log_odds_have_opposite_chances(log_odds: float) -> None:
    chance = logistic(log_odds, [], [])

    assert chance + logistic(-log_odds, [], []) == pytest.approx(1)


def test_who_rated_nothing_is_like_nobody() -> None:
    assert cosine([0, 0], [1, 2]) == 0
