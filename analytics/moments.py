"""Reads the dates and times that tables hold, in whichever format they were written."""

import re
from dataclasses import dataclass
from typing import Any

import pandas as pd

NAMED = ("%d %b %Y", "%d %B %Y", "%b %d, %Y", "%B %d, %Y")
_NUMBERED = re.compile(
    r"(?P<first>\d{1,2})(?P<mark>[./-])(?P<second>\d{1,2})(?P=mark)(?P<year>\d{4})(?P<clock>\D.*)?"
)


@dataclass(frozen=True, slots=True)
class Moments:
    """Moments read, in UTC; NaT where a text is none.

    `guessed` holds a text whose day and month could be the other way round and
    were read with the day first, because no other text of the column told.
    """

    values: "pd.Series[pd.Timestamp]"
    guessed: str | None


def read_moments(texts: "pd.Series[Any]") -> Moments:
    """Read ISO 8601, 20260131, 31.1.2026, 31/1/2026, 1/31/2026, 31 Jan 2026 and Jan 31, 2026.

    A clock may follow. What names no zone is taken as UTC. Between day and
    month first, the texts that can only be read one way decide for the others
    with the same mark between their numbers; a dot always has the day first.
    """
    codes, distinct = pd.factorize(texts)
    if isinstance(distinct, pd.DatetimeIndex):
        zoned = distinct.tz_localize("UTC") if distinct.tz is None else distinct.tz_convert("UTC")
        return Moments(_spread(pd.Series(zoned.as_unit("ns")), codes, texts), None)
    written = pd.Series(distinct.astype(str), dtype=object).str.strip()
    written = written.str.replace(r"^(\d{8})\.0$", r"\1", regex=True)
    ordered, guessed = _year_first(written)
    moments = pd.to_datetime(ordered, format="ISO8601", utc=True, errors="coerce")
    for form in NAMED:
        if not moments.isna().any():
            break
        moments = moments.fillna(pd.to_datetime(written, format=form, utc=True, errors="coerce"))
    short = written.str.fullmatch(r"\d{1,7}|\d{9,}|-.*")  # "2020" may be any number
    moments = moments.mask(short.astype(bool)).dt.as_unit("ns")
    return Moments(_spread(moments, codes, texts), guessed)


def _spread(
    moments: "pd.Series[pd.Timestamp]", codes: Any, texts: "pd.Series[Any]"
) -> "pd.Series[pd.Timestamp]":
    spread = moments.take(codes.clip(min=0)) if len(moments) else moments.reindex(codes)
    return spread.set_axis(texts.index).mask(codes < 0)


def _year_first(written: "pd.Series[Any]") -> "tuple[pd.Series[Any], str | None]":
    """Turn 31/1/2026 into 2026-01-31, and name the first text that could be read both ways."""
    found = {text: match for text in written if (match := _NUMBERED.fullmatch(text))}
    marks = {match["mark"] for match in found.values()}
    month_first = {mark: _is_month_first(mark, found) for mark in marks}
    turned = {}
    guessed = None
    for text, match in found.items():
        first, second = int(match["first"]), int(match["second"])
        decided = month_first[match["mark"]]
        if decided is None and first != second and guessed is None:
            guessed = text
        month, day = (first, second) if decided and second <= 31 else (second, first)
        if month > 12 >= day:
            month, day = day, month
        clock = re.sub(r"^\D+(\d)(?=:)", r" 0\1", match["clock"] or "")
        turned[text] = f"{match['year']}-{month:02}-{day:02}{clock}"
    return written.map(lambda text: turned.get(text, text)), guessed


def _is_month_first(mark: str, found: dict[str, re.Match[str]]) -> bool | None:
    """Tell by the texts that leave no choice; None where there is none."""
    if mark == ".":
        return False
    alike = [match for match in found.values() if match["mark"] == mark]
    n_day_first = sum(int(match["first"]) > 12 for match in alike)
    n_month_first = sum(int(match["second"]) > 12 for match in alike)
    if n_day_first == n_month_first:
        return None
    return n_month_first > n_day_first
