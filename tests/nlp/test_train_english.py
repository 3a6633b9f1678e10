"""Training end to end on a handful of tweets, with the real base: the way, not the result."""

from pathlib import Path

import numpy as np
import pytest

from nlp.english import EnglishSentiment
from nlp.train import tweets
from nlp.train.english import precise_from, train
from nlp.train.measures import best_temperature, calibration_error, macro_f1, macro_recall, softmax
from nlp.train.tuning import Recipe
from nlp.train.tweets import DataError, Example

SENTIMENT = ["it is awful\t0", "it is noon\t1", "it is lovely\t2"]
OFFENSIVE = ["good day\t0", "you idiot\t1"]
EMOTION = ["so angry\t0", "so glad\t1", "so hopeful\t2", "so sad\t3"]


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """Write a folder with the files of TweetEval that training reads."""
    for task, rows in (("sentiment", SENTIMENT), ("offensive", OFFENSIVE), ("emotion", EMOTION)):
        folder = tmp_path / "tweeteval" / task
        folder.mkdir(parents=True)
        texts, labels = zip(*(row.split("\t") for row in rows), strict=True)
        for part in ("train", "val", "test"):
            (folder / f"{part}_text.txt").write_text("\n".join(texts) + "\n", "utf-8")
            (folder / f"{part}_labels.txt").write_text("\n".join(labels) + "\n", "utf-8")
    learned = [f"{row[-1]}\t{row[:-2]}\ttwitter-2013train-A" for row in SENTIMENT]
    kept = [f"{row[-1]}\t{row[:-2]}\t{tweets.HELD_OUT}" for row in SENTIMENT]
    path = tmp_path / "tweeteval" / "sentiment" / "train_rebuilt.tsv"
    path.write_text("\n".join(learned + kept) + "\n", "utf-8")
    return tmp_path


def test_training_writes_what_the_engine_loads(
    data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tweets, "customers", lambda: [Example("is it broken", "sentiment", 1)])
    steps: list[tuple[int, int]] = []

    train(
        data,
        tmp_path / "out",
        recipe=Recipe(epochs=1, batch=8),
        seeds=(0, 1),
        stepped=lambda done, total: steps.append((done, total)),
    )

    assert steps == [(step, 4) for step in (1, 2, 3, 4)]
    assert len(EnglishSentiment.load(tmp_path / "out").many(["it is awful", ""])) == 2
    assert "| test | " in (tmp_path / "out" / "english.md").read_text("utf-8")


def test_the_held_out_file_is_not_learned(data: Path) -> None:
    learned = [example for example in tweets.training(data) if example.task == "sentiment"]

    assert len(learned) == len(SENTIMENT) + len(tweets.customers())
    assert len(tweets.held_out(data)) == len(SENTIMENT)


def test_no_example_of_a_customer_is_given_twice_with_different_labels() -> None:
    texts = [example.text for example in tweets.customers()]

    assert len(texts) == len(set(texts))


def test_data_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"train_rebuilt\.tsv cannot be read: name the folder"):
        tweets.training(tmp_path)


@pytest.mark.parametrize(
    ("name", "content", "sentence"),
    [
        ("sentiment/train_rebuilt.tsv", "1\tfine", "line 1: expected label, text and source file"),
        ("offensive/train_labels.txt", "0\n7\n", "line 2: 7 is no label"),
        ("offensive/train_labels.txt", "0\n", "2 texts but 1 labels in train"),
    ],
)
def test_a_damaged_file_is_named_with_its_line(
    data: Path, name: str, content: str, sentence: str
) -> None:
    (data / "tweeteval" / name).write_text(content, "utf-8")

    with pytest.raises(DataError, match=sentence):
        tweets.training(data)


def test_the_measures_give_the_known_answers() -> None:
    labels, guesses = np.array([0, 0, 0, 1]), np.array([0, 0, 1, 1])

    assert macro_recall(labels, guesses) == pytest.approx((2 / 3 + 1) / 2)
    assert macro_f1(labels, guesses) == pytest.approx((4 / 5 + 2 / 3) / 2)
    assert calibration_error(np.array([0, 1]), np.array([[0.8, 0.2], [0.8, 0.2]])) == pytest.approx(
        0.3
    )


def test_overconfident_scores_are_cooled_to_how_often_they_are_right() -> None:
    labels = np.array([0, 0, 0, 1, 1, 1, 1, 0])
    scores = np.where(np.arange(8)[:, None] // 4 == np.arange(2), 2.0, 0.0)

    temperature = best_temperature(labels, scores)

    assert softmax(scores, temperature).max() == pytest.approx(0.75, abs=0.01)


def test_abuse_is_called_from_where_it_is_nearly_always_right() -> None:
    labels, sure = np.array([1, 1, 0, 1, 0]), np.array([0.9, 0.8, 0.7, 0.6, 0.5])

    assert precise_from(labels, sure, 1.0) == pytest.approx(0.8)
    assert precise_from(labels, sure, 0.75) == pytest.approx(0.6)
    assert precise_from(1 - labels, sure, 0.9) == 1.0
