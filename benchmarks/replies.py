"""What the starter rules and the lexicons make of other people's messages.

Run `python -m benchmarks.replies DATA`, where DATA holds the folders `bitext`,
`tweeteval` and `chnsenticorp`. Only training and validation parts are read.
"""

import csv
import datetime as dt
import sys
import time
from collections import Counter, defaultdict
from dataclasses import replace
from pathlib import Path

from nlp.playbook import Playbook, Situation
from nlp.replies import Because, Reply, choose_reply
from nlp.sentiment import LexiconSentiment
from nlp.starter import starter_rules, starter_templates

TOLD = {
    "shop": "The Corner Shop",
    "hours": "Monday to Friday, 9:00 to 18:00",
    "address": "1 Main Street",
    "website": "https://shop.example",
    "phone": "+1 555 0100",
}
CLASSES = ("negative", "neutral", "positive")


def main(data: Path) -> None:
    """Print what every intent gets, then the figures."""
    sentiment = LexiconSentiment()
    figures = [
        *bitext(data, sentiment),
        *tweeteval(data, sentiment),
        *chnsenticorp(data, sentiment),
    ]
    print()
    for name, figure in figures:
        print(f"{name:<64} {figure}")


def bitext(data: Path, sentiment: LexiconSentiment) -> list[tuple[str, str]]:
    """Answer customer-service requests, which say what they want in a column."""
    path = data / "bitext" / "Bitext_Sample_Customer_Service_Training_Dataset.csv"
    with path.open(encoding="utf-8", newline="") as file:
        rows = [(row["intent"], row["utterance"]) for row in csv.DictReader(file)]
    templates = starter_templates()
    playbook = Playbook(rules=starter_rules(templates), templates=templates)
    situation = Situation(at=dt.datetime.now(dt.UTC), fallback_language="en")

    def reply_to(message: str, values: dict[str, str]) -> Reply:
        return choose_reply(
            message,
            playbook=replace(playbook, values=values),
            sentiment=sentiment,
            situation=situation,
        )

    took, replies = [], []
    for _, message in rows:
        started = time.perf_counter()
        replies.append(reply_to(message, TOLD))
        took.append(time.perf_counter() - started)
    by_intent = defaultdict[str, Counter[str]](Counter)
    for (intent, _), reply in zip(rows, replies, strict=True):
        by_intent[intent][reply.rule or "(none)"] += 1
    for intent, found in sorted(by_intent.items()):
        shares = ", ".join(f"{rule} {n / found.total():.0%}" for rule, n in found.most_common(4))
        print(f"{intent:<28} {shares}")
    print()
    because = Counter(reply.because for reply in replies)
    answered = sum(not reply.handoff for reply in replies)
    untold = sum(not reply_to(message, {}).handoff for _, message in rows)
    n_rows = len(rows)
    return [
        ("bitext, messages", f"{n_rows:,}"),
        ("bitext, answered at once, all settings told", f"{answered / n_rows:.1%}"),
        ("bitext, answered at once, no settings told", f"{untold / n_rows:.1%}"),
        ("bitext, a rule matched", f"{sum(r.rule is not None for r in replies) / n_rows:.1%}"),
        *((f"bitext, because {why}", f"{because[why] / n_rows:.1%}") for why in Because),
        ("choose_reply, median", f"{1000 * sorted(took)[n_rows // 2]:.2f} ms"),
        ("choose_reply, 99 %", f"{1000 * sorted(took)[n_rows * 99 // 100]:.2f} ms"),
    ]


def tweeteval(data: Path, sentiment: LexiconSentiment) -> list[tuple[str, str]]:
    """Judge tweets of three classes."""
    folder = data / "tweeteval" / "sentiment"
    messages = (folder / "val_text.txt").read_text("utf-8").splitlines()
    truth = [CLASSES[int(n)] for n in (folder / "val_labels.txt").read_text("utf-8").split()]
    judged = [sentiment(message, "en") for message in messages]
    best = [max(CLASSES, key=lambda label, j=j: getattr(j, label)) for j in judged]  # type: ignore[misc]
    recalls = []
    for label in CLASSES:
        right = [b == label for b, t in zip(best, truth, strict=True) if t == label]
        recalls.append(sum(right) / len(right))
    sure = [(j.label, t) for j, t in zip(judged, truth, strict=True) if j.label != "unsure"]
    return [
        ("tweeteval val, macro-recall, most probable label", f"{sum(recalls) / 3:.1%}"),
        ("tweeteval val, accuracy where sure", f"{sum(a == b for a, b in sure) / len(sure):.1%}"),
        ("tweeteval val, sure", f"{len(sure) / len(truth):.1%}"),
    ]


def chnsenticorp(data: Path, sentiment: LexiconSentiment) -> list[tuple[str, str]]:
    """Judge Chinese reviews, which are either negative or positive."""
    lines = (data / "chnsenticorp" / "dev.tsv").read_text("utf-8").splitlines()[1:]
    rows = [line.split("\t", 1) for line in lines]
    judged = [(sentiment(message, "zh"), int(label)) for label, message in rows]
    right = sum((s.positive > s.negative) == bool(label) for s, label in judged)
    said = [(s.label == "positive", label) for s, label in judged if s.label in CLASSES[::2]]
    return [
        ("chnsenticorp dev, accuracy, positive or negative", f"{right / len(rows):.1%}"),
        (
            "chnsenticorp dev, accuracy where sure",
            f"{sum(a == b for a, b in said) / len(said):.1%}",
        ),
        ("chnsenticorp dev, sure", f"{len(said) / len(rows):.1%}"),
    ]


if __name__ == "__main__":
    main(Path(sys.argv[1]))
