"""Asks dateparser, which is loaded when the first time is read."""

from __future__ import annotations

import datetime as dt

FURTHEST_YEARS = 50  # beyond it a number was no year


def local_time(phrase: str, base: dt.datetime) -> dt.datetime | None:
    """Give the local time that a phrase means, seen from a naive `base`; None without a clock.

    It is aware where the phrase names a zone.
    """
    found, period = _parse(phrase, base)
    return found if period in {"time", "part_of_day"} else None  # "tomorrow" names no time


def day(phrase: str, base: dt.datetime) -> dt.date | None:
    """Give the day that a phrase means, seen from a naive `base`."""
    found, _ = _parse(phrase, base)
    return found and found.date()


def _parse(phrase: str, base: dt.datetime) -> tuple[dt.datetime | None, str]:
    from dateparser.date import DateDataParser  # noqa: PLC0415  # 0.2 s that a start should not pay

    settings = {
        "RELATIVE_BASE": base,
        "PREFER_DATES_FROM": "future",
        "DATE_ORDER": "DMY",
        "RETURN_TIME_AS_PERIOD": True,
    }
    parsed = DateDataParser(languages=["en", "zh"], settings=settings).get_date_data(phrase)
    found: dt.datetime | None = parsed.date_obj
    if found is None or abs(found.year - base.year) > FURTHEST_YEARS:
        return None, ""
    return found, parsed.period
