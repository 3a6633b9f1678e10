"""How fast the verbs for files are, and how much memory a long file takes.

Usage: python -m benchmarks.batch DATA

DATA holds the folders `tweeteval`, `chnsenticorp` and `few_shot`; validation parts are read. Each
figure is a whole `python -m bot …` in a process of its own, as an operator starts it, its start
included; two lengths of input tell start and pace apart.
"""

from __future__ import annotations

import csv
import os
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from benchmarks.processes import ROOT, require

N_SHORT, N_LONG = 200, 2_000
N_ANSWERS, PER_ANSWER = 200, 10


@dataclass(frozen=True, slots=True)
class Run:
    """One run of a verb."""

    seconds: float
    peak_mb: float  # 10⁶ bytes
    n_rows: int


def main(data: Path) -> None:
    """Print messages a second, start and memory of each verb."""
    english = _lines(data / "tweeteval" / "sentiment" / "val_text.txt")
    reviews = _lines(data / "chnsenticorp" / "dev.tsv")[1:]
    chinese = [review.split("\t", 1)[1] for review in reviews]
    with tempfile.TemporaryDirectory() as written:
        folder = Path(written)
        teach(data / "few_shot", folder / "answers.csv")
        (folder / "rules.toml").write_text(
            '[[rule]]\nname = "a"\naction = "handoff"\nkeywords.en = ["love"]\n'
        )
        help_ = ran(folder, "sentiment", "--help").seconds
        print(f"{'python -m bot sentiment --help':<48} {help_:.2f} s")
        for name, messages, arguments in [
            ("sentiment, English tweets", english, ["sentiment"]),
            ("sentiment, Chinese hotel reviews", chinese, ["sentiment"]),
            ("match, 200 answers × 10 questions", english, ["match", "--answers", "answers.csv"]),
            ("rehearse, changed rules", english, ["rehearse", "--rules", "rules.toml"]),
        ]:
            short, long = (_over(folder, messages, n, arguments) for n in (N_SHORT, N_LONG))
            require(long.n_rows == N_LONG, f"{long.n_rows} rows of {N_LONG} lines")
            pace = (N_LONG - N_SHORT) / (long.seconds - short.seconds)
            start = short.seconds - N_SHORT / pace
            print(
                f"{name:<48} {pace:,.0f} messages/s after a start of {start:.1f} s; "
                f"peak {short.peak_mb:,.0f} MB for {N_SHORT}, {long.peak_mb:,.0f} MB for {N_LONG:,}"
            )


def teach(few_shot: Path, file: Path) -> None:
    """Write answers of intents of banking and of other services."""
    taught: dict[str, list[str]] = {}
    for source in ("CLINC150", "BANKING77"):
        part = few_shot / source / "train_10"
        for name, question in zip(_lines(part / "label"), _lines(part / "seq.in"), strict=True):
            taught.setdefault(name, []).append(question)
    with file.open("w", encoding="utf-8", newline="") as out:
        rows = csv.writer(out)
        rows.writerow(["answer", "question"])
        seen: set[str] = set()
        for name, questions in list(taught.items())[:N_ANSWERS]:
            for question in questions[:PER_ANSWER]:
                if question not in seen:
                    rows.writerow([name, question])
                    seen.add(question)


def ran(folder: Path, *arguments: str) -> Run:
    """Run `python -m bot` and measure it."""
    began = time.perf_counter()
    with (folder / "out").open("wb") as out:
        child = subprocess.Popen(  # noqa: S603  # our own program
            [sys.executable, "-m", "bot", *arguments],
            cwd=folder,
            env={"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT)},
            stdout=out,
        )
        _, status, used = os.wait4(child.pid, 0)
    seconds = time.perf_counter() - began
    child.returncode = os.waitstatus_to_exitcode(status)
    require(child.returncode == 0, f"{' '.join(arguments)} ended with {child.returncode}")
    with (folder / "out").open(encoding="utf-8", newline="") as file:
        n_rows = sum(1 for _ in csv.reader(file)) - 1
    return Run(seconds, used.ru_maxrss * 1024 / 1e6, n_rows)


def _over(folder: Path, messages: list[str], n: int, arguments: list[str]) -> Run:
    """Run a verb over the first `n` messages, begun again where there are fewer."""
    repeated = messages * (n // len(messages) + 1)
    (folder / "messages.txt").write_text("".join(f"{text}\n" for text in repeated[:n]), "utf-8")
    return ran(folder, *arguments, "messages.txt")


def _lines(path: Path) -> list[str]:
    return path.read_text("utf-8").splitlines()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
