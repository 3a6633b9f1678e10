"""Reads when a post is to go out: as a date and a time, or in plain words."""

from __future__ import annotations

import datetime as dt
import re
from zoneinfo import ZoneInfo

from bot import when
from bot.exchange.remarks import CellError
from scheduler.local_time import change_over, moments_of

COLUMN = "publish_at"
FURTHEST = dt.timedelta(days=5 * 366)
"""Beyond it a year is a slip; posts are planned for months."""

_YEAR_FIRST = re.compile(
    r"(\d{4})(?:-(\d{1,2})-|/(\d{1,2})/|\.(\d{1,2})\.|年(\d{1,2})月)(\d{1,2})日?(?:[T ,]+)"
    r"(\d{1,2}):(\d{2})(?::(\d{2})(?:[.,]\d+)?)?\s*(Z|UTC|[+-]\d{2}(?::?\d{2})?)?",
    re.IGNORECASE,
)
_SLASHES = re.compile(r"\b(\d{1,2})/(\d{1,2})\b")


def moment(cell: str, now: dt.datetime, zone: ZoneInfo) -> dt.datetime:
    """Give the moment (UTC), also one that has passed.

    Parameters
    ----------
    zone : ZoneInfo
        Of the owner; a time without an offset is meant there.

    Raises
    ------
    CellError
        It names no time, none that the clocks show, one that they show twice, or a day that may
        be read in two ways.
    """
    written = " ".join(cell.split())
    if not written:
        raise CellError(COLUMN, "no_time_given")
    if found := _YEAR_FIRST.fullmatch(written):
        at = _year_first(found, written, zone)
    else:
        at = _in_words(written, now, zone)
    if at - now > FURTHEST:
        raise CellError(COLUMN, "too_far", at=at)
    return at


def _year_first(found: re.Match[str], written: str, zone: ZoneInfo) -> dt.datetime:
    year, *months, day, hour, minute, second, offset = found.groups()
    month = next(filter(None, months))
    clock = f"{int(hour):02}:{minute}:{second or '00'}"
    local = f"{year}-{int(month):02}-{int(day):02}T{clock}"
    try:
        if offset:
            named = "+00:00" if offset.upper() in {"Z", "UTC"} else offset
            return dt.datetime.fromisoformat(f"{local}{named}").astimezone(dt.UTC)
        return _resolved(dt.datetime.fromisoformat(local), zone)
    except (ValueError, OverflowError) as error:
        raise CellError(COLUMN, "no_such_date", cell=written) from error


def _resolved(local: dt.datetime, zone: ZoneInfo) -> dt.datetime:
    match moments_of(local, zone):
        case (moment,):
            return moment
        case (first, second):
            raise _ambiguous(first, second, zone)
    change = change_over(local, zone)
    raise _gap(change - dt.timedelta(minutes=1), change)


def _in_words(written: str, now: dt.datetime, zone: ZoneInfo) -> dt.datetime:
    if slashes := _SLASHES.search(written):
        raise CellError(COLUMN, "slashes", cell=slashes[0])
    try:
        plan = when.read_plan(written, now, zone)
    except when.PastTimeError as error:
        return error.publish_at
    except when.GapError as error:
        raise _gap(error.before, error.after) from error
    except when.AmbiguousError as error:
        raise _ambiguous(error.first, error.second, zone) from error
    except (when.NoTimeError, OverflowError) as error:
        raise CellError(COLUMN, "no_time", cell=written) from error
    if plan.text_begins < len(written):
        raise CellError(COLUMN, "more_than_time", rest=written[plan.text_begins :])
    return plan.publish_at


def _gap(before: dt.datetime, after: dt.datetime) -> CellError:
    return CellError(COLUMN, "gap", before=before, after=after)


def _ambiguous(first: dt.datetime, second: dt.datetime, zone: ZoneInfo) -> CellError:
    early, late = (each.astimezone(zone).isoformat(timespec="minutes") for each in (first, second))
    return CellError(COLUMN, "ambiguous", first=early, second=late)
