"""How much engagement a post will get, and how far such predictions were off before."""

import datetime as dt
import math
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from sklearn.impute import SimpleImputer
from sklearn.linear_model import RidgeCV
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from analytics.comparison import beats_baseline
from analytics.features import post_features
from analytics.frames import HISTORY, enough, require, require_aware
from analytics.shares import Share, share

MIN_POSTS = 12
TAIL = 0.1  # left out on either side of the interval, which so holds 80 %
MIN_ERRORS = 9  # fewest for which the outermost error stands for a tail of 0.1
N_TESTED = 100  # latest posts of the back-test: a channel's far past says little about today
N_LATEST = 50  # latest errors that the interval is read off
ADAPTION = 0.05  # step size gamma; 0.02 to 0.1 did alike on the earlier posts of telegram_shops
N_FOLDS = 10
# Channels drift, so that cross-validation over all times is too bold; penalties
# under 30 lost to the recent level alone on the earlier posts of telegram_shops.
PENALTIES = np.logspace(1.5, 4.5, 7)

Vector = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Prediction:
    """The engagement to expect of one post, in reactions and comments.

    `expected` lies in [`low`, `high`], which should hold four of five posts;
    `baseline` is the median post. `mae_ratio` is the mean absolute error of the
    ridge over that of the median, both of log1p, on `n_tested` posts predicted
    from earlier ones only; None where the median never erred. `model` is
    "ridge" only where it was better by more than one standard error. `coverage`
    counts how often the interval held on those posts, made from still earlier
    errors; None where there were too few. `as_of` is the moment of the last
    post that was read.
    """

    expected: float
    low: float
    high: float
    baseline: float
    model: Literal["ridge", "median"]
    n_posts: int
    n_tested: int
    mae_ratio: float | None
    coverage: Share | None
    as_of: dt.datetime


def predict_engagement(
    history: pd.DataFrame, draft: str, publish_at: dt.datetime, timezone: dt.tzinfo
) -> Prediction:
    """Predict the engagement of `draft`, published at `publish_at`.

    A ridge regression predicts log1p of the engagement, so that one viral post
    does not dominate, as a deviation from the level of the latest posts. It is
    compared with the plain median from a rolling origin: each tenth of the later
    half, or of the latest `N_TESTED`, is predicted from what came before it. The
    better one's errors there give the interval, each side by split conformal
    prediction whose tail grows or shrinks as earlier posts fell inside or outside.

    Parameters
    ----------
    history : DataFrame
        As `frames.HISTORY`; posts at or after `publish_at` are not read.
    draft : str
        Text of the post.
    publish_at : datetime
        Must be aware.
    timezone : tzinfo
        Where the readers' hours and weekdays are counted.

    Raises
    ------
    FrameError
        If `history` breaks its contract.
    NotEnoughDataError
        If fewer than `MIN_POSTS` were published before.

    References
    ----------
    J. Lei et al., "Distribution-free predictive inference for regression",
    JASA 113 (2018), algorithm 2. I. Gibbs & E. Candès, "Adaptive conformal
    inference under distribution shift", NeurIPS 34 (2021), equation 2.
    """
    require_aware("publish_at", publish_at)
    history = require(history, HISTORY)
    history = history[history["published_at"] < publish_at].sort_values(["published_at", "post"])
    enough("published posts", found=len(history), needed=MIN_POSTS)

    engagement = (history["reactions"] + history["comments"]).astype(float).to_numpy()
    outcomes = np.log1p(engagement)
    features = post_features(_with_draft(history, outcomes, draft, publish_at), timezone)
    past, asked = features.iloc[:-1], features.iloc[-1:]
    baseline = float(np.median(engagement))

    n_first = max(min(len(history) // 2, len(history) - MIN_ERRORS), len(history) - N_TESTED)
    medians = pd.Series(engagement).expanding().median().shift(1).to_numpy()[n_first:]
    ridge_errors = outcomes[n_first:] - _rolling_ridge(past, outcomes, n_first)
    median_errors = outcomes[n_first:] - np.log1p(medians)
    is_better = beats_baseline(np.abs(median_errors) - np.abs(ridge_errors))
    errors = ridge_errors if is_better else median_errors
    middle = float(_ridge(past, outcomes, asked)[0]) if is_better else math.log1p(baseline)
    above, below = _reaches(errors), -_reaches(-errors)
    later = errors[MIN_ERRORS:]
    held = (below[:-1] <= later) & (later <= above[:-1])
    median_mae = np.abs(median_errors).mean()
    return Prediction(
        expected=_count(middle),
        low=_count(middle + below[-1]),
        high=_count(middle + above[-1]),
        baseline=baseline,
        model="ridge" if is_better else "median",
        n_posts=len(history),
        n_tested=len(errors),
        mae_ratio=float(np.abs(ridge_errors).mean() / median_mae) if median_mae else None,
        coverage=share(int(held.sum()), len(held)) if len(held) else None,
        as_of=history["published_at"].iloc[-1].to_pydatetime(),
    )


def _with_draft(
    history: pd.DataFrame, outcomes: Vector, draft: str, publish_at: dt.datetime
) -> pd.DataFrame:
    members = history["members"].dropna()
    posts = history[["text", "published_at", "members"]].assign(log_engagement=outcomes)
    row: dict[str, list[Any]] = {
        "text": [draft],
        "published_at": [pd.Timestamp(publish_at).tz_convert("UTC").as_unit("ns")],
        "members": [members.iloc[-1] if len(members) else np.nan],
        "log_engagement": [np.nan],
    }
    return pd.concat([posts, pd.DataFrame(row)], ignore_index=True)


def _rolling_ridge(features: pd.DataFrame, outcomes: Vector, n_first: int) -> Vector:
    """Predict the posts from number `n_first` on, each fold from all posts before it."""
    folds = np.array_split(np.arange(n_first, len(outcomes)), N_FOLDS)
    return np.concatenate(
        [
            _ridge(features.iloc[: fold[0]], outcomes[: fold[0]], features.iloc[fold])
            for fold in folds
            if len(fold)
        ]
    )


def _ridge(features: pd.DataFrame, outcomes: Vector, asked: pd.DataFrame) -> Vector:
    """Fit on `features` and predict what is `asked`, each feature held within what was seen."""
    model = make_pipeline(
        SimpleImputer(keep_empty_features=True), StandardScaler(), RidgeCV(PENALTIES)
    )
    usual = outcomes.mean()
    model.fit(features, outcomes - features["recent_level"].fillna(usual))
    seen = asked.clip(features.min(), features.max(), axis="columns")
    predicted: Vector = model.predict(seen) + asked["recent_level"].fillna(usual).to_numpy()
    return predicted


def _reaches(errors: Vector) -> Vector:
    """Return how far up the interval went after `MIN_ERRORS` errors, after one more, and so on."""
    tail, reaches = TAIL, np.zeros(len(errors) - MIN_ERRORS + 1)
    for i in range(len(reaches)):
        n = MIN_ERRORS + i
        latest = np.sort(errors[max(0, n - N_LATEST) : n])
        n_out = max(1, math.floor((len(latest) + 1) * tail))
        reaches[i] = max(0.0, latest[-n_out])
        if n < len(errors):
            missed = errors[n] > reaches[i]
            tail = min(0.5, max(0.0, tail + ADAPTION * (TAIL - missed)))
    return reaches


def _count(log_engagement: float) -> float:
    return max(0.0, math.expm1(log_engagement))
