"""The texts that the English engine learns from: TweetEval's, and a shop's own."""

import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from importlib import resources
from pathlib import Path

TASKS = {
    "sentiment": ("negative", "neutral", "positive"),
    "offensive": ("not offensive", "offensive"),
    "emotion": ("anger", "joy", "optimism", "sadness"),
}
"""Labels of each task, in the order of TweetEval's `mapping.txt`."""

HELD_OUT = "twitter-2016devtest-A"
"""SemEval's file that is not trained on: tweets of another month than the rest, as the test is."""


class DataError(Exception):
    """The data folder is not as expected; the message names the file and what to do."""


@dataclass(frozen=True, slots=True)
class Example:
    """A text with its label in one task."""

    text: str
    task: str
    label: int


def training(data: Path) -> list[Example]:
    """Return all that is learned from: tweets in three tasks, and what customers write."""
    tweets = [example for example, source in _sentiment_train(data) if source != HELD_OUT]
    others = [*_part(data, "offensive", "train"), *_part(data, "emotion", "train")]
    return [*tweets, *others, *customers()]


def held_out(data: Path) -> list[Example]:
    """Return the sentiment tweets of `HELD_OUT`."""
    return [example for example, source in _sentiment_train(data) if source == HELD_OUT]


def validation(data: Path, task: str) -> list[Example]:
    """Return TweetEval's validation part of a task."""
    return list(_part(data, task, "val"))


def test(data: Path, task: str) -> list[Example]:
    """Return TweetEval's test part of a task."""
    return list(_part(data, task, "test"))


def customers() -> list[Example]:
    """Return the messages to a shop that were written for training, with every thing filled in."""
    source = resources.files("nlp.train").joinpath("customers_en.toml").read_text("utf-8")
    known = tomllib.loads(source)
    return [
        Example(text, "sentiment", label)
        for label, name in enumerate(TASKS["sentiment"])
        for line in known[name].strip().splitlines()
        for text in dict.fromkeys(line.replace("{thing}", thing) for thing in known["things"])
    ]


def _sentiment_train(data: Path) -> Iterator[tuple[Example, str]]:
    path = data / "tweeteval" / "sentiment" / "train_rebuilt.tsv"
    for number, line in enumerate(_lines(path), start=1):
        match line.split("\t"):
            case ["0" | "1" | "2" as label, text, source]:
                yield Example(text, "sentiment", int(label)), source
            case _:
                raise DataError(f"{path}, line {number}: expected label, text and source file")


def _part(data: Path, task: str, part: str) -> Iterator[Example]:
    folder = data / "tweeteval" / task
    texts, labels = _lines(folder / f"{part}_text.txt"), _lines(folder / f"{part}_labels.txt")
    if len(texts) != len(labels):
        raise DataError(f"{folder}: {len(texts)} texts but {len(labels)} labels in {part}")
    known = {str(index) for index in range(len(TASKS[task]))}
    for number, (text, label) in enumerate(zip(texts, labels, strict=True), start=1):
        if label not in known:
            raise DataError(f"{folder / part}_labels.txt, line {number}: {label} is no label")
        yield Example(text, task, int(label))


def _lines(path: Path) -> list[str]:
    try:
        text = path.read_text("utf-8")
    except OSError as error:
        raise DataError(f"{path} cannot be read: name the folder that holds tweeteval") from error
    # not splitlines(), which also splits at the separators that some tweets contain
    return text.removesuffix("\n").split("\n")
