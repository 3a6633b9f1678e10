"""What a customer's purchases say: how recent, how many, how much (RFM), and in what rhythm."""

import datetime as dt
from typing import Any

import numpy as np
import pandas as pd

from analytics.frames import PURCHASES, enough, require, require_aware

N_SCORES = 5  # fifths: how RFM is scored since Hughes, "Strategic Database Marketing" (1994)
RFM = ("recency_days", "n_purchases", "value")


def purchase_features(purchases: pd.DataFrame, as_of: dt.datetime | None = None) -> pd.DataFrame:
    """Give a row for each customer, in the order of their ids.

    Rows of one customer at one moment are one purchase. Columns: `customer`;
    `recency_days` since the last purchase and `tenure_days` since the first;
    `n_purchases`; `value` of all and `mean_value` of one, less what came back;
    `gap_days`, the mean between two purchases, missing after only one;
    `returned_share` of the purchases that were worth less than nothing.

    Parameters
    ----------
    purchases : DataFrame
        As `frames.PURCHASES`.
    as_of : datetime, optional
        The day that is today; purchases after it are not read. The last
        purchase by anybody, if not given.

    Raises
    ------
    FrameError
        If `purchases` breaks its contract.
    NotEnoughDataError
        If there is none.
    """
    purchases = require(purchases, PURCHASES)
    if as_of is not None:
        require_aware("as_of", as_of)
        purchases = purchases[purchases["at"] <= as_of]
    enough("customers", found=len(purchases), needed=1)
    today = pd.Timestamp(as_of) if as_of else purchases["at"].max()
    baskets = purchases.groupby(["customer", "at"], sort=True)["value"].sum().reset_index()
    baskets["returned"] = baskets["value"] < 0
    found = baskets.groupby("customer").agg(
        first=("at", "min"),
        last=("at", "max"),
        n_purchases=("at", "size"),
        value=("value", "sum"),
        mean_value=("value", "mean"),
        returned_share=("returned", "mean"),
    )
    lasted = _days(found["last"] - found["first"])
    n_gaps = (found["n_purchases"] - 1).replace(0, np.nan)
    features = found.assign(
        recency_days=_days(today - found["last"]),
        tenure_days=_days(today - found["first"]),
        gap_days=lasted / n_gaps,
    )
    columns = [*RFM, "mean_value", "tenure_days", "gap_days", "returned_share"]
    return features[columns].astype(float).reset_index()


def rfm_scores(features: pd.DataFrame) -> pd.DataFrame:
    """Score recency, frequency and value from 1 to 5, in fifths of the customers; 5 is best.

    Equal measures get equal scores, so a fifth may be larger or missing.
    """
    return pd.DataFrame(
        {
            "recency": _fifths(-features["recency_days"]),
            "frequency": _fifths(features["n_purchases"]),
            "value": _fifths(features["value"]),
        }
    )


def _fifths(measure: "pd.Series[Any]") -> "pd.Series[int]":
    shares = measure.rank(method="average", pct=True)
    return pd.Series(np.ceil(shares * N_SCORES).clip(1, N_SCORES), dtype=int)


def _days(spans: "pd.Series[Any]") -> "pd.Series[float]":
    days: pd.Series[float] = spans.dt.total_seconds() / 86_400
    return days
