"""The engines as they ship, at the edges that they share."""

import shutil
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from nlp.built_in import MODELS, BuiltInSentiment, NamedSentiment
from nlp.model import ModelError
from nlp.sentiment import Sentiment

MODEL = BuiltInSentiment()

MIXED = [
    ("Great service, thank you!", "en"),
    ("服务态度太差了", "zh"),
    ("", "en"),
    ("The box came broken and nobody answers the phone", "en"),
    ("你们几点开门？", "zh"),
    ("word " * 5_000, "en"),
    ("\ud800\0", "en"),
]


@pytest.mark.parametrize(
    "message",
    [
        "The box came broken",
        "still waiting for my parcel, it has been three weeks",
        "Your driver was rude to my mother",
        "I want my money back, this is ridiculous",
        "not happy with this at all",
        "😡😡😡",
    ],
)
def test_an_unhappy_customer_is_seen(message: str) -> None:
    assert MODEL(message, "en").label == "negative"


@pytest.mark.parametrize(
    "message",
    [
        "what are your opening hours?",
        "Is it broken?",
        "Can I pay by card?",
        "I would like to cancel my subscription",
        "Do you deliver to Manchester?",
        "my order number is 48213",
    ],
)
def test_a_plain_question_is_neutral(message: str) -> None:
    assert MODEL(message, "en").label == "neutral"


@pytest.mark.parametrize(
    "message",
    [
        "Great service, thank you!",
        "My son loves the bike, best present ever",
        "that was quick, thanks a lot",
        "❤️❤️",
    ],
)
def test_a_happy_customer_is_seen(message: str) -> None:
    assert MODEL(message, "en").label == "positive"


def test_abuse_is_told_from_anger() -> None:
    abuse, anger = MODEL.many(
        [
            ("you are a bunch of fucking idiots, go to hell", "en"),
            ("I am very angry, nobody has answered me for a week", "en"),
        ]
    )

    assert abuse.abusive
    assert abuse.offensive > 0.9 > anger.offensive
    assert not anger.abusive


def test_messages_together_are_judged_as_one_by_one() -> None:
    together = MODEL.many(MIXED)

    for felt, (message, language) in zip(together, MIXED, strict=True):
        alone = MODEL(message, language)
        assert felt.best == alone.best
        # what rounds differently in the last bit may become another whole number of 8 bits
        assert felt.negative == pytest.approx(alone.negative, abs=0.01)
        assert felt.offensive == pytest.approx(alone.offensive, abs=0.01)
        assert felt.negative + felt.neutral + felt.positive == pytest.approx(1)


def test_threads_share_one_engine() -> None:
    model = BuiltInSentiment()

    with ThreadPoolExecutor(4) as pool:
        felt = list(pool.map(lambda message: model(*message), MIXED * 3))

    assert [each.best for each in felt] == [each.best for each in model.many(MIXED)] * 3


def test_no_messages_get_no_verdicts() -> None:
    assert MODEL.many([]) == []


def test_the_end_of_a_long_message_counts() -> None:
    story = "On Monday I went to the shop and on Tuesday I went to the market. " * 25

    assert MODEL(f"{story} It was terrible and I hate it.", "en").best == "negative"
    assert MODEL(f"{story} It was wonderful and I love it.", "en").best == "positive"


def test_constructing_loads_nothing(tmp_path: Path) -> None:
    model = BuiltInSentiment(tmp_path)

    with pytest.raises(ModelError, match=r"english\.json is missing: restore it"):
        model("hello", "en")


def damage(folder: Path, name: str, content: bytes) -> None:
    for path in MODELS.iterdir():
        shutil.copy(path, folder)
    (folder / name).write_bytes(content)


@pytest.mark.parametrize(
    ("name", "content", "sentence"),
    [
        ("english.safetensors", b"", "is not the file that english.json names: restore it"),
        ("english.safetensors", b"other weights", "is not the file that english.json names"),
        ("english.json", b"{", "english.json is damaged: restore it"),
        ("english.json", b'{"sha256": "", "thresholds": {"sure_from": 0.5}}', "is damaged"),
        ("english.json", b"\xff", "english.json is damaged"),
    ],
)
def test_a_damaged_file_is_refused_in_a_sentence(
    tmp_path: Path, name: str, content: bytes, sentence: str
) -> None:
    damage(tmp_path, name, content)

    with pytest.raises(ModelError) as refused:
        BuiltInSentiment(tmp_path).load()

    assert sentence in str(refused.value)
    assert "\n" not in str(refused.value)


def test_truncated_weights_are_refused(tmp_path: Path) -> None:
    whole = (MODELS / "english.safetensors").read_bytes()
    damage(tmp_path, "english.safetensors", whole[: len(whole) // 2])

    with pytest.raises(ModelError, match=r"english\.safetensors is not the file"):
        BuiltInSentiment(tmp_path).load()


def test_missing_weights_are_refused(tmp_path: Path) -> None:
    shutil.copy(MODELS / "english.json", tmp_path)

    with pytest.raises(ModelError, match=r"english\.safetensors is missing: restore it"):
        BuiltInSentiment(tmp_path).load()


class Glad:
    def __call__(self, message: str, language: str) -> Sentiment:
        return Sentiment("positive", 0.0, 0.0, 1.0)

    def many(self, messages: Sequence[tuple[str, str]]) -> list[Sentiment]:
        return [self(*message) for message in messages]


def test_a_named_model_tells_feelings_and_the_built_in_one_offence() -> None:
    felt = NamedSentiment(Glad(), MODEL)("you are a bunch of fucking idiots", "en")

    assert (felt.label, felt.abusive) == ("positive", True)
