"""The column contract of every frame that analytics reads.

Moments are held as datetimes in UTC; a naive one is refused, because guessing
its zone would move every hour of the day that is computed from it.
"""

import datetime as dt
import math
from dataclasses import dataclass, replace
from typing import Any, Literal

import pandas as pd

LARGEST_INTEGER = 2**53  # the largest up to which a float, and so a column with gaps, is exact
FIRST_YEAR, LAST_YEAR = 1970, 2200  # well inside what pandas can hold

Noun = Literal["published posts", "customers", "interactions", "messages or posts", "liked posts"]


class FrameError(ValueError):
    """A frame breaks its contract.

    Attributes
    ----------
    column : str
        The first bad column.
    row : int or None
        Its first bad row, counted from 1; None when the column itself is missing.
    """

    def __init__(self, contract: str, column: str, row: int | None, problem: str) -> None:
        where = f"{contract}, column {column}" + (f", row {row}" if row else "")
        super().__init__(f"{where}: {problem}.")
        self.column = column
        self.row = row


class NotEnoughDataError(Exception):
    """There are too few rows for an answer that could be trusted."""

    def __init__(self, *, needed: int, found: int, noun: Noun) -> None:
        super().__init__(f"Not enough data yet: {needed} {noun} are needed, {found} found.")
        self.needed = needed
        self.found = found
        self.noun = noun


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """What one column may hold.

    Numbers lie in [`low`, `high`] and are finite; `choices` are the only texts
    allowed, where there are any; `missing` allows gaps; in a `unique` column no
    number occurs twice. An `id` may be a number or a text, a `step` a moment or
    an integer, the whole column alike.
    """

    name: str
    kind: Literal["integer", "number", "moment", "text", "id", "step"]
    low: float = -math.inf
    high: float = math.inf
    choices: tuple[str, ...] = ()
    missing: bool = False
    unique: bool = False


@dataclass(frozen=True, slots=True)
class Contract:
    """The columns of one frame; others may stand beside them.

    No two rows are alike in all columns of `key`, where there is one.
    """

    name: str
    columns: tuple[Column, ...]
    key: tuple[str, ...] = ()


_CUSTOMER = Column(name="customer", kind="integer")
_POST = Column(name="post", kind="integer")
_COUNT = Column(name="", kind="integer", low=0)

CUSTOMERS = Contract(
    "customers",
    (
        replace(_CUSTOMER, unique=True),
        Column(name="first_seen_at", kind="moment"),
        Column(name="last_seen_at", kind="moment"),
        replace(_COUNT, name="n_messages"),
        replace(_COUNT, name="n_handoffs"),
        Column(name="mean_sentiment", kind="number", low=-1, high=1, missing=True),
    ),
)
MESSAGES = Contract(
    "messages",
    (
        _CUSTOMER,
        Column(name="sent_at", kind="moment"),
        Column(name="sentiment", kind="text", missing=True),
        Column(name="outcome", kind="text", choices=("answered", "handed_off", "silent")),
    ),
)
INTERACTIONS = Contract(
    "interactions",
    (
        _CUSTOMER,
        _POST,
        Column(name="weight", kind="number", low=1e-6, high=1e6),
        Column(name="at", kind="moment"),
    ),
)
HISTORY = Contract(
    "history",
    (
        _POST,
        Column(name="text", kind="text"),
        Column(name="published_at", kind="moment"),
        replace(_COUNT, name="reactions"),
        replace(_COUNT, name="comments"),
        replace(_COUNT, name="members", missing=True),
    ),
)
PURCHASES = Contract(
    "purchases",
    (
        Column(name="customer", kind="id"),
        Column(name="at", kind="moment"),
        Column(name="value", kind="number"),  # in any one currency; what came back is negative
    ),
)
SERIES = Contract(
    "series",
    (
        Column(name="unique_id", kind="id"),
        Column(name="ds", kind="step"),
        Column(name="y", kind="number", missing=True),
    ),
    key=("unique_id", "ds"),
)


def require(frame: pd.DataFrame, contract: Contract) -> pd.DataFrame:
    """Return `frame` as `contract` promises it.

    Moments may come as aware datetimes of any zone or as ISO 8601 text with an
    offset, and leave as `datetime64[ns, UTC]`; an integer column in which gaps
    are allowed leaves as floats. Ids leave as text, 17850.0 as "17850". Rows are
    numbered anew; other columns are kept.

    Raises
    ------
    FrameError
        At the first bad column and its first bad row.
    """
    for column in contract.columns:
        if column.name not in frame.columns:
            raise FrameError(contract.name, column.name, None, "it is missing")
    checked = frame.reset_index(drop=True)
    checked = checked.assign(
        **{
            column.name: _read(checked[column.name], column, contract)
            for column in contract.columns
        }
    )
    if contract.key:
        twice = checked.duplicated(list(contract.key))
        last = next(column for column in contract.columns if column.name == contract.key[-1])
        _refuse(twice, checked[last.name], last, contract, "{} occurs twice")
    return checked


def require_aware(name: str, moment: dt.datetime) -> None:
    """Refuse a naive `moment` with a ValueError that names it."""
    if moment.tzinfo is None:
        raise ValueError(f"{name} needs a time zone: {moment.isoformat()}.")


def enough(noun: Noun, *, found: int, needed: int) -> None:
    """Raise NotEnoughDataError unless `needed` rows were `found`."""
    if found < needed:
        raise NotEnoughDataError(needed=needed, found=found, noun=noun)


def _read(values: "pd.Series[Any]", column: Column, contract: Contract) -> "pd.Series[Any]":
    gaps = values.isna()
    if not column.missing:
        _refuse(gaps, values, column, contract, "a value is missing")
    match column.kind:
        case "moment":
            return _moments(values, column, contract)
        case "text":
            return _texts(values, column, contract)
        case "id":
            return _ids(values, column, contract)
        case "step":
            if not pd.api.types.is_numeric_dtype(values):
                return _moments(values, column, contract)
            column = replace(column, kind="integer")
    numbers = pd.to_numeric(values, errors="coerce").astype(float)
    _refuse(numbers.isna() & ~gaps, values, column, contract, "{} is not a number")
    outside = ~numbers.between(column.low, column.high) | numbers.abs().eq(math.inf)
    _refuse(outside & ~gaps, values, column, contract, "{} is out of range")
    if column.unique:
        _refuse(numbers.duplicated(), values, column, contract, "{} occurs twice")
    if column.kind == "number":
        return numbers
    uneven = numbers.mod(1).ne(0) | numbers.abs().gt(LARGEST_INTEGER)
    _refuse(uneven & ~gaps, values, column, contract, "{} is not a whole number")
    return numbers if column.missing else numbers.astype("int64")


def _moments(values: "pd.Series[Any]", column: Column, contract: Contract) -> "pd.Series[Any]":
    if isinstance(values.dtype, pd.DatetimeTZDtype):
        years = values.dt.year
    else:
        values = values.astype(object).map(_moment)
        strange = values.map(lambda value: not isinstance(value, dt.datetime)).astype(bool)
        _refuse(strange, values, column, contract, "{} is not a date and time")
        naive = values.map(lambda value: value.tzinfo is None).astype(bool)
        _refuse(naive, values, column, contract, "{} has no time zone")
        years = values.map(lambda value: value.year).astype(int)
    far = ~years.between(FIRST_YEAR, LAST_YEAR)
    _refuse(far, values, column, contract, f"{{}} is not between {FIRST_YEAR} and {LAST_YEAR}")
    return pd.to_datetime(values, utc=True).dt.as_unit("ns")


def _moment(value: object) -> object:
    if not isinstance(value, str):
        return value
    try:
        return dt.datetime.fromisoformat(value)
    except ValueError:
        return value


def _texts(values: "pd.Series[Any]", column: Column, contract: Contract) -> "pd.Series[Any]":
    strange = values.map(lambda value: not isinstance(value, str)).astype(bool) & values.notna()
    _refuse(strange, values, column, contract, "{} is not text")
    if column.choices:
        other = ~values.isin(column.choices) & values.notna()
        _refuse(other, values, column, contract, "{} is not one of " + ", ".join(column.choices))
    return values.astype(object)


def _ids(values: "pd.Series[Any]", column: Column, contract: Contract) -> "pd.Series[Any]":
    codes, distinct = pd.factorize(values)  # a customer has many rows
    texts = pd.Series(distinct.astype(str), dtype=object).str.strip()
    texts = texts.str.replace(r"^(-?\d+)\.0+$", r"\1", regex=True)
    ids = pd.Series(texts.to_numpy()[codes], dtype=object)
    _refuse(ids.eq(""), values, column, contract, "a value is missing")
    return ids


def _refuse(
    bad: "pd.Series[bool]",
    values: "pd.Series[Any]",
    column: Column,
    contract: Contract,
    problem: str,
) -> None:
    if bad.any():
        row = int(bad.to_numpy().argmax())
        shown = f"{values.iloc[row]!s:.40}"
        raise FrameError(contract.name, column.name, row + 1, problem.format(shown))
