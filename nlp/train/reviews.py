"""The texts that Chinese sentiment is learned from: reviews, and customers' lines of our own."""

import csv
import gzip
import itertools
import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from random import Random
from typing import Literal

from nlp.train.tweets import DataError

PER_LINE = 60
"""Messages drawn of one line of alternatives, so that the longest lines do not drown the others."""

Part = Literal["train", "dev", "test"]
Domain = Literal["reviews", "goods", "customers"]


@dataclass(frozen=True, slots=True)
class Text:
    """A text with how it feels.

    Attributes
    ----------
    feeling : int
        0 negative, 1 neutral, 2 positive.
    kind : str
        The kind of goods, or the line that was spread.
    """

    message: str
    feeling: int
    domain: Domain
    kind: str = ""


def chnsenticorp(data: Path, part: Part) -> list[Text]:
    """Read a part of ChnSentiCorp: reviews of hotels, laptops and books."""
    path = data / "chnsenticorp" / f"{part}.tsv"
    texts = []
    for number, line in enumerate(_lines(path), start=1):
        label, tab, review = line.partition("\t")
        if number == 1 and label == "label":
            continue
        if label not in {"0", "1"} or not tab:
            raise DataError(f"{path}, line {number}: expected 0 or 1, a tab and a review")
        texts.append(Text(review.rstrip("\n"), 2 * int(label), "reviews"))
    return texts


def online_shopping(data: Path) -> list[Text]:
    """Read the reviews of seven kinds of goods."""
    path = data / "online_shopping" / "online_shopping_7_cats.csv.gz"
    texts = []
    rows = csv.DictReader(_lines(path))
    for row in rows:
        if row.get("label") not in {"0", "1"} or row.get("review") is None or not row.get("cat"):
            raise DataError(f"{path}, line {rows.line_num}: expected the columns cat,label,review")
        texts.append(Text(row["review"], 2 * int(row["label"]), "goods", row["cat"]))
    return texts


def customers(seed: int = 0) -> list[Text]:
    """Return our own lines of customers, spread over their alternatives."""
    random = Random(seed)  # noqa: S311 - a draw that can be repeated, not a secret
    path = resources.files("nlp.train").joinpath("customers_zh.toml")
    lines_by_feeling = tomllib.loads(path.read_text("utf-8"))
    texts = []
    for feeling, name in enumerate(("negative", "neutral", "positive")):
        for line in lines_by_feeling[name].split("\n"):
            spread = _spread(line) if line else []
            drawn = random.sample(spread, min(PER_LINE, len(spread)))
            texts += [Text(message, feeling, "customers", line) for message in drawn]
    return texts


def _spread(line: str) -> list[str]:
    """Write out `a{b|c}` as `ab` and `ac`."""
    parts = re.split(r"\{([^}]*)\}", line)
    choices = [part.split("|") if at % 2 else [part] for at, part in enumerate(parts)]
    return ["".join(chosen) for chosen in itertools.product(*choices)]


def _lines(path: Path) -> Iterator[str]:
    if not path.is_file():
        raise DataError(f"{path} is missing; --data has to name the folder of the data sets")
    opened = gzip.open if path.suffix == ".gz" else open
    try:
        with opened(path, "rt", encoding="utf-8", newline="\n") as file:
            yield from file
    except (UnicodeDecodeError, EOFError, gzip.BadGzipFile) as error:
        raise DataError(f"{path} is damaged: {error}") from error
