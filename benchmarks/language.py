"""How often English is taken for English, for certain, and what one detection costs.

`python -m benchmarks.language FOLDER`, the folder of the data sets.
"""

import csv
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from nlp.language import detect_language


def main(data: Path) -> None:
    """Print the shares for questions to a shop and for tweets, and the time for each."""
    folder = data / "bitext"
    questions = [
        row["utterance"]
        for path in sorted(folder.glob("*_Dataset.csv"))
        for row in csv.DictReader(path.read_text("utf-8").splitlines())
    ]
    tweets = data / "tweeteval" / "sentiment" / "val_text.txt"
    if not questions or not tweets.is_file():
        sys.exit(f"{folder} or {tweets} is missing; name the folder of the data sets")
    detect_language("once, to load the model", "zh")
    measure("questions to a shop", questions)
    measure("tweets", tweets.read_text("utf-8").splitlines())


def measure(name: str, messages: Sequence[str]) -> None:
    """Print how many of the messages, all English, are taken for it, and for certain."""
    started = time.process_time()
    languages = [detect_language(message, "zh") for message in messages]
    each = (time.process_time() - started) / len(messages) * 1000
    english = sum(language.code == "en" for language in languages) / len(messages)
    certain = sum(language.code == "en" and language.certain for language in languages)
    print(
        f"{name}: {len(messages)} messages, {english:.2%} English, "
        f"{certain / len(messages):.2%} for certain, {each:.2f} ms each"
    )


if __name__ == "__main__":
    main(Path(sys.argv[1]))
