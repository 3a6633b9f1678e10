"""Every figure of the sentiment engines, with the published one beside it.

Run `python -m benchmarks.sentiment DATA`, where DATA holds the folders `tweeteval` and
`chnsenticorp`. This reads the test parts.
"""

import csv
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import torch
from transformers import RobertaConfig, RobertaModel

from nlp.built_in import MODELS, BuiltInSentiment
from nlp.chinese import ChineseSentiment
from nlp.english import EnglishSentiment, token_ids, tokenizer
from nlp.train import tweets
from nlp.train.english_card import measured
from nlp.train.measures import calibration_error

N_TIMED = 200


def main(data: Path) -> None:
    """Print the figures, one a line."""
    started = time.perf_counter()
    english, chinese = BuiltInSentiment().load()
    loading = time.perf_counter() - started
    texts = [example.text for example in tweets.test(data, "sentiment")]
    figures = {
        **english_figures(english, data),
        **chinese_figures(chinese, data),
        **speed(english, texts),
        "loading both, torch included (at most 3 s)": f"{loading:.1f} s",
        "English weights (at most 22 MB)": size("english.*"),
        "weights together (at most 40 MB)": size("*.*"),
    }
    for name, figure in figures.items():
        print(f"{name:<72} {figure}")


def english_figures(english: EnglishSentiment, data: Path) -> dict[str, str]:
    """Measure on TweetEval's test parts."""
    found = measured(english, tweets.test(data, "sentiment"), tweets.test(data, "offensive"))
    return {
        "TweetEval sentiment, macro-recall (RoBERTa-Base 71.3, BERTweet 73.4)": percent(
            found.macro_recall
        ),
        "the same, expected calibration error (at most 0.05)": f"{found.calibration_error:.3f}",
        "the same, sure, and right when sure": (
            f"{percent(found.sure)}, {percent(found.right_when_sure)}"
        ),
        "TweetEval offensive, macro-F1 (RoBERTa-Base 79.5)": percent(found.offensive_f1),
        "the same, called abusive, and of these offensive": (
            f"{percent(found.abusive)}, {percent(found.offensive_when_abusive)}"
        ),
    }


def chinese_figures(chinese: ChineseSentiment, data: Path) -> dict[str, str]:
    """Measure on ChnSentiCorp's test part: positive against negative."""
    path = data / "chnsenticorp" / "test.tsv"
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))
    felt = chinese.many([row["text_a"] for row in rows])
    labels = np.array([int(row["label"]) for row in rows])
    positive = np.array([each.positive / (each.negative + each.positive) for each in felt])
    shares = np.stack([1 - positive, positive], axis=1)
    return {
        "ChnSentiCorp, accuracy (at least 94.0; BERT 95.0)": percent(
            np.mean(shares.argmax(axis=1) == labels)
        ),
        "the same, expected calibration error (at most 0.05)": (
            f"{calibration_error(labels, shares):.3f}"
        ),
    }


def speed(english: EnglishSentiment, texts: Sequence[str]) -> dict[str, str]:
    """Time single messages on one thread beside RoBERTa-Base's shape, then batches."""
    torch.set_num_threads(1)
    large = RobertaModel(RobertaConfig(max_position_embeddings=514))
    large.eval()  # type: ignore[no-untyped-call]
    read = tokenizer()
    few = texts[:N_TIMED]
    tokens = [torch.tensor([row]) for row in token_ids(read, few)]

    def by_roberta(place: int) -> None:
        with torch.inference_mode():
            large(tokens[place])

    ours = median_ms(lambda place: english(few[place]), len(few))
    theirs = median_ms(by_roberta, len(few))
    started = time.perf_counter()
    english.many(texts[:2_000])
    took = time.perf_counter() - started
    return {
        "one tweet, median on one thread (at most 12 ms)": f"{ours:.1f} ms",
        "how many times faster than RoBERTa-Base's shape (at least 6)": f"{theirs / ours:.1f}",
        "tweets a second in batches, one thread (at least 120)": f"{2_000 / took:.0f}",
    }


def median_ms(judge: Callable[[int], object], n_messages: int) -> float:
    """Return the median time of a message in milliseconds, after three to warm up."""
    for place in range(3):
        judge(place)
    took = []
    for place in range(n_messages):
        started = time.perf_counter()
        judge(place)
        took.append(time.perf_counter() - started)
    return float(np.median(took)) * 1000


def size(pattern: str) -> str:
    """Return how large the shipped files of a pattern are."""
    return f"{sum(path.stat().st_size for path in MODELS.glob(pattern)) / 1e6:.1f} MB"


def percent(share: float) -> str:
    """Write a share as a percentage."""
    return f"{share:.1%}"


if __name__ == "__main__":
    main(Path(sys.argv[1]))
