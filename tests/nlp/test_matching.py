from collections.abc import Sequence
from pathlib import Path
from zlib import crc32

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from nlp.answers import Answer, read_csv
from nlp.embedding import BuiltInEmbedder
from nlp.matching import BANDS, Bands, Matcher
from nlp.scoring import MANY

QUESTIONS_ZH = Path(__file__).with_name("questions_zh.csv")


class ByWords:
    """Embeds a message as the sum of one random direction for each of its words."""

    name = "by words"

    def __init__(self) -> None:
        self.embedded: list[str] = []

    def __call__(self, messages: Sequence[str]) -> NDArray[np.float32]:
        self.embedded += messages
        rows = np.stack([_directions(message).sum(axis=0) for message in messages])
        embedded: NDArray[np.float32] = rows / np.linalg.norm(rows, axis=1, keepdims=True)
        return embedded.astype(np.float32)


def _directions(message: str) -> NDArray[np.float64]:
    words = message.casefold().split() or [""]
    return np.stack([np.random.default_rng(crc32(w.encode())).normal(size=64) for w in words])


def taught(**questions: Sequence[str]) -> list[Answer]:
    return [
        Answer(name=name, questions=tuple(asked), replies={"en": name})
        for name, asked in questions.items()
    ]


SHOP = taught(
    hours=["when do you open", "opening hours please"],
    returns=["return my order", "how does a return work"],
    parking=["where can I park"],
)


@pytest.fixture(scope="module")
def built_in() -> BuiltInEmbedder:
    return BuiltInEmbedder()


@pytest.fixture(scope="module")
def by_words() -> ByWords:
    return ByWords()


def test_a_message_like_a_taught_question_finds_its_answer(by_words: ByWords) -> None:
    found = Matcher.fit(SHOP, by_words)("how do I return my order")

    assert found is not None
    assert (found.answer, found.nearest) == ("returns", "return my order")
    assert found.probability > BANDS.suggest_from


def test_a_message_about_something_else_is_none_of_these(by_words: ByWords) -> None:
    found = Matcher.fit(SHOP, by_words)("tell me a joke")

    assert found is not None
    assert found.band == "handoff"


def test_a_taught_question_repeated_is_certain_whatever_its_capitals(by_words: ByWords) -> None:
    found = Matcher.fit(SHOP, by_words)("  Where can I  PARK ")

    assert found is not None
    assert (found.answer, found.band) == ("parking", "answer")
    assert found.probability >= 0.99


def test_one_answer_with_one_question_tells_what_it_is_not(built_in: BuiltInEmbedder) -> None:
    matcher = Matcher.fit(taught(hours=["When do you open?"]), built_in)

    same, other = matcher.many(["What time do you open today?", "Who won the election?"])

    assert same is not None
    assert other is not None
    assert same.probability > BANDS.answer_from > BANDS.suggest_from > other.probability


def test_nothing_taught_is_no_match(by_words: ByWords) -> None:
    matcher = Matcher.fit([], by_words)

    assert matcher("when do you open") is None
    assert matcher.many(["a", "b"]) == [None, None]


def test_messages_that_are_none_of_these_can_be_named(by_words: ByWords) -> None:
    strange = "do you know when the museum next to the bridge opens"

    before = Matcher.fit(SHOP, by_words)(strange)
    after = Matcher.fit(SHOP, by_words, none_of_these=[strange])(strange)

    assert before is not None
    assert after is not None
    assert after.probability < before.probability


def test_only_new_questions_are_embedded() -> None:
    embedder = ByWords()
    Matcher.fit(SHOP, embedder)
    known = {q: embedder([q])[0] for answer in SHOP for q in answer.questions}
    embedder.embedded.clear()

    Matcher.fit([*SHOP, *taught(price=["how much"])], embedder, known=known)

    assert embedder.embedded == ["how much"]


def test_fitting_twice_gives_the_same(by_words: ByWords) -> None:
    messages = ["return", "park", "open", "joke"]

    assert Matcher.fit(SHOP, by_words).many(messages) == Matcher.fit(SHOP, by_words).many(messages)


def test_a_great_many_questions_still_find_their_answer(by_words: ByWords) -> None:
    many = taught(
        red=[f"red {number}" for number in range(MANY // 2)],
        blue=[f"blue {number}" for number in range(MANY // 2)],
    )

    found = Matcher.fit(many, by_words).many(["red thing", "blue thing"])

    assert [match and match.answer for match in found] == ["red", "blue"]


@settings(max_examples=25, deadline=None)
@given(
    st.lists(
        st.lists(st.sampled_from("abcdefghij"), min_size=1, max_size=3, unique=True),
        min_size=1,
        max_size=4,
    ),
    st.lists(st.text(max_size=30) | st.text(alphabet="你好几点?\u200b", max_size=9), max_size=5),
)
def test_every_match_is_a_taught_answer_with_its_own_question_and_a_probability(
    questions: list[list[str]], messages: list[str]
) -> None:
    answers = taught(
        **{f"a{at}": [f"{word} {at}" for word in words] for at, words in enumerate(questions)}
    )
    own = {answer.name: answer.questions for answer in answers}

    found = Matcher.fit(answers, ByWords()).many(messages)

    assert len(found) == len(messages)
    for match in found:
        assert match is not None
        assert match.nearest in own[match.answer]
        assert 0 <= match.probability <= 1
        assert match.band == BANDS.of(match.probability)


@pytest.mark.parametrize(("answer", "suggest"), [(0.4, 0.5), (1.1, 0.5), (0.5, -0.1)])
def test_bands_that_make_no_sense_are_refused(answer: float, suggest: float) -> None:
    with pytest.raises(ValueError, match="bands must be 0 ≤ suggest_from ≤ answer_from ≤ 1"):
        Bands(answer, suggest)


def test_most_chinese_paraphrases_find_their_answer(built_in: BuiltInEmbedder) -> None:
    answers = read_csv(QUESTIONS_ZH.read_bytes(), QUESTIONS_ZH.name, with_replies=False)
    held_out = [(each.name, question) for each in answers for question in each.questions[3:]]
    kept = [Answer(name=a.name, questions=a.questions[:3], replies={}) for a in answers]

    found = Matcher.fit(kept, built_in).many([question for _, question in held_out])
    right = [
        match is not None and match.answer == name
        for match, (name, _) in zip(found, held_out, strict=True)
    ]

    assert np.mean(right) > 0.8
