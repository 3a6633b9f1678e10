"""Predict the last fifth of every channel's posts, each from the posts before it.

Usage: python -m benchmarks.engagement DATA_FOLDER

Views stand in for engagement. Rows of one channel at one moment are one album,
or one post that was crawled twice: they count once, with the longest text and
the most views. Ratios of the mean absolute error in log1p: under 1 means that
`predict_engagement` erred less than the channel's median, or than the median of
the latest posts that were a day old. "ridge" is how often the ridge was chosen.
"""

import sys
import time
import zoneinfo
from pathlib import Path

import numpy as np
import pandas as pd

from analytics.engagement import predict_engagement
from analytics.features import MATURE_AFTER, N_RECENT

TIMEZONE = zoneinfo.ZoneInfo("Africa/Addis_Ababa")


def main() -> None:
    """Print one line for each channel, and the pooled figures last."""
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    path = Path(sys.argv[1]) / "telegram_shops" / "posts.csv"
    if not path.exists():
        sys.exit(f"There is no {path}.")
    rows = pd.read_csv(path, parse_dates=["date"]).fillna({"text": ""})
    print(
        f"{'channel':<24}{'n':>5}{'tested':>8}{'ridge':>7}{'/median':>9}{'/recent':>9}{'80 %':>7}"
    )
    histories = {str(name): _history(channel) for name, channel in rows.groupby("channel")}
    pooled = pd.concat([_evaluate(name, history) for name, history in histories.items()])
    print(_line("all", sum(map(len, histories.values())), pooled))
    print(f"slowest prediction {pooled['seconds'].max():.2f} s")
    print(f"MAE of log1p / channel median {_ratio(pooled, 'median'):.3f}")
    print(f"MAE of log1p / median of the latest {N_RECENT} posts {_ratio(pooled, 'recent'):.3f}")
    print(f"coverage of the 80 % interval {pooled['held'].mean():.3f}")


def _history(rows: pd.DataFrame) -> pd.DataFrame:
    rows = rows.assign(length=rows["text"].str.len()).sort_values(["date", "length"])
    posts = rows.groupby("date").agg(text=("text", "last"), reactions=("views", "max"))
    return posts.reset_index(names="published_at").assign(
        post=range(len(posts)), comments=0, members=np.nan
    )


def _evaluate(channel: str, history: pd.DataFrame) -> pd.DataFrame:
    outcomes = np.log1p(history["reactions"])
    rows = []
    for i in range(len(history) * 4 // 5, len(history)):
        published_at = history["published_at"][i]
        mature = outcomes[history["published_at"] <= published_at - MATURE_AFTER]
        started = time.perf_counter()
        prediction = predict_engagement(history[:i], history["text"][i], published_at, TIMEZONE)
        rows.append(
            {
                "seconds": time.perf_counter() - started,
                "ridge": prediction.model == "ridge",
                "error": abs(np.log1p(prediction.expected) - outcomes[i]),
                "median": abs(np.log1p(prediction.baseline) - outcomes[i]),
                "recent": abs(mature.tail(N_RECENT).median() - outcomes[i]),
                "held": prediction.low <= history["reactions"][i] <= prediction.high,
            }
        )
    tested = pd.DataFrame(rows)
    print(_line(channel, len(history), tested))
    return tested


def _ratio(tested: pd.DataFrame, baseline: str) -> float:
    return float(tested["error"].mean() / tested[baseline].mean())


def _line(channel: str, n: int, tested: pd.DataFrame) -> str:
    return (
        f"{channel:<24}{n:>5}{len(tested):>8}{tested['ridge'].mean():>7.0%}"
        f"{_ratio(tested, 'median'):>9.3f}{_ratio(tested, 'recent'):>9.3f}"
        f"{tested['held'].mean():>7.1%}"
    )


if __name__ == "__main__":
    main()
