"""What a post looks like in numbers: its words, its hour, its audience, what came before."""

import datetime as dt
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

MATURE_AFTER = pd.Timedelta(days=1)  # a younger post is still collecting its reactions
N_RECENT = 5  # few, for levels drift; chosen on the earlier posts of telegram_shops

_EMOJI = "[\u2600-\u27bf\U0001f300-\U0001faff]"
_LINK = r"(?i)https?://|\bt\.me/|\bwww\."
_HAN = "[\u3400-\u9fff]"
_LATIN = "[A-Za-z\u00c0-\u024f]"


def post_features(posts: pd.DataFrame, timezone: dt.tzinfo) -> pd.DataFrame:
    """Return one row of numbers for each post, in the order of `posts`.

    `posts` has the columns `text`, `published_at`, `members` (may be missing)
    and `log_engagement`; the last is read only for `recent_level`, and only of
    posts at least `MATURE_AFTER` older than the one described, so no row knows
    its own outcome. The rows must be in the order of `published_at`.
    """
    local = posts["published_at"].dt.tz_convert(timezone)
    hour = (local.dt.hour + local.dt.minute / 60) * (2 * np.pi / 24)
    weekdays = {f"weekday_{day}": (local.dt.weekday == day).astype(float) for day in range(7)}
    return pd.DataFrame(
        {
            **_texts(posts["text"]),
            "hour_sin": np.sin(hour),
            "hour_cos": np.cos(hour),
            **weekdays,
            "members": np.log1p(posts["members"]),
            "recent_level": _recent_level(posts),
        }
    )


def _texts(texts: "pd.Series[str]") -> dict[str, Any]:
    n_letters = texts.str.len().astype(float)

    def count(pattern: str) -> Any:
        return texts.str.count(pattern).astype(float)

    return {
        "length": np.log1p(n_letters),
        "lines": np.log1p(count("\n")),
        "question": count("[?？]").clip(upper=1),
        "emoji": np.log1p(count(_EMOJI)),
        "link": count(_LINK).clip(upper=1),
        "hashtag": np.log1p(count(r"#\w")),
        "han": count(_HAN) / n_letters.clip(lower=1),
        "latin": count(_LATIN) / n_letters.clip(lower=1),
        "digits": count(r"\d") / n_letters.clip(lower=1),
    }


def _recent_level(posts: pd.DataFrame) -> NDArray[np.float64]:
    moments = pd.DatetimeIndex(posts["published_at"])
    outcomes = posts["log_engagement"].to_numpy()
    ends = moments.searchsorted(moments - MATURE_AFTER, side="right")
    return np.array(
        [outcomes[max(0, end - N_RECENT) : end].mean() if end else np.nan for end in ends]
    )
