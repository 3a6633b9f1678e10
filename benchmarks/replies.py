"""What the starter rules make of other people's messages.

Run `python -m benchmarks.replies DATA`, where DATA holds the folder `bitext`. Only its training
part is read, which is what the rules were tuned on.
"""

import csv
import datetime as dt
import sys
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from pathlib import Path

from nlp.built_in import BuiltInSentiment
from nlp.folding import clean
from nlp.language import detect_language
from nlp.playbook import Playbook, Situation
from nlp.replies import Because, Reply, choose_reply
from nlp.sentiment import Sentiment
from nlp.starter import starter_rules, starter_templates

TOLD = {
    "shop": "The Corner Shop",
    "hours": "Monday to Friday, 9:00 to 18:00",
    "address": "1 Main Street",
    "website": "https://shop.example",
    "phone": "+1 555 0100",
}
LANGUAGE = "en"


class Felt:
    """The built-in sentiment of messages, judged once and all together, which is quicker."""

    def __init__(self, messages: Sequence[str]) -> None:
        asked = [(clean(each), detect_language(each, LANGUAGE).code) for each in messages]
        self._judged = dict(zip(asked, BuiltInSentiment().many(asked), strict=True))

    def __call__(self, message: str, language: str) -> Sentiment:
        """Look up what was judged."""
        return self._judged[message, language]

    def many(self, messages: Sequence[tuple[str, str]]) -> list[Sentiment]:
        """Look up several."""
        return [self._judged[each] for each in messages]


def main(data: Path) -> None:
    """Print what every intent gets, then the figures."""
    path = data / "bitext" / "Bitext_Sample_Customer_Service_Training_Dataset.csv"
    with path.open(encoding="utf-8", newline="") as file:
        rows = [(row["intent"], row["utterance"]) for row in csv.DictReader(file)]
    messages = [message for _, message in rows]
    felt = Felt(messages)
    replies = replies_to(messages, felt, TOLD)
    by_intent = defaultdict[str, Counter[str]](Counter)
    for (intent, _), reply in zip(rows, replies, strict=True):
        by_intent[intent][reply.rule or "(none)"] += 1
    for intent, found in sorted(by_intent.items()):
        shares = ", ".join(f"{rule} {n / found.total():.0%}" for rule, n in found.most_common(4))
        print(f"{intent:<28} {shares}")
    print()
    because = Counter(reply.because for reply in replies)
    for name, n in [
        ("a rule matched", sum(reply.rule is not None for reply in replies)),
        ("answered at once, all settings told", answered(replies)),
        ("answered at once, no settings told", answered(replies_to(messages, felt, {}))),
        *((f"because {why}", because[why]) for why in Because),
    ]:
        print(f"bitext train, {len(rows):,} messages: {name:<40} {n / len(rows):.1%}")


def replies_to(messages: Sequence[str], felt: Felt, values: Mapping[str, str]) -> list[Reply]:
    """Choose replies by the starter set."""
    templates = starter_templates()
    playbook = Playbook(rules=starter_rules(templates), templates=templates, values=values)
    situation = Situation(at=dt.datetime.now(dt.UTC), fallback_language=LANGUAGE)
    return [
        choose_reply(message, playbook=playbook, sentiment=felt, situation=situation)
        for message in messages
    ]


def answered(replies: Sequence[Reply]) -> int:
    """Count those that need nobody."""
    return sum(not reply.handoff for reply in replies)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
