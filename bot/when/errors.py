"""What can be wrong with a time, a rule or slots that the owner has written."""

from __future__ import annotations

import datetime as dt
from typing import Literal

RuleProblem = Literal[
    "no_time", "no_day", "no_clock", "no_date", "two_rules", "interval", "which_second",
    "short_month", "over", "fields", "field", "days", "never",
]  # fmt: skip
SlotsProblem = Literal["empty", "unknown", "no_clock", "no_days", "no_time", "range"]


class NoTimeError(Exception):
    """The text does not begin with a time."""


class PastTimeError(Exception):
    """The time has passed; `publish_at` says when it was."""

    def __init__(self, publish_at: dt.datetime) -> None:
        super().__init__(f"{publish_at} has passed")
        self.publish_at = publish_at


class GapError(Exception):
    """The clocks skip this local time.

    Attributes
    ----------
    before, after : datetime
        In UTC, the last minute before they do and the moment after.
    text_begins : int
        Where in the text the rest begins, in characters.
    """

    def __init__(self, before: dt.datetime, after: dt.datetime, text_begins: int = 0) -> None:
        super().__init__(f"no such local time between {before} and {after}")
        self.before = before
        self.after = after
        self.text_begins = text_begins


class AmbiguousError(Exception):
    """The clocks are put back, so this local time comes twice.

    Attributes
    ----------
    first, second : datetime
        In UTC; both are still to come.
    text_begins : int
        Where in the text the rest begins, in characters.
    """

    def __init__(self, first: dt.datetime, second: dt.datetime, text_begins: int = 0) -> None:
        super().__init__(f"{first} and {second} are the same local time")
        self.first = first
        self.second = second
        self.text_begins = text_begins


class NoRuleError(Exception):
    """The text does not begin with a rule."""


class RuleError(Exception):
    """The text begins with a rule that cannot be kept.

    Attributes
    ----------
    problem : RuleProblem
        `no_time`, no time of day stands with the days; `no_day`, no day ("every week");
        `no_clock`, it is no time of day (25:00); `no_date`, there is no such day (31 February);
        `two_rules`, times that differ in hour and minute, or from day to day, take two rules;
        `interval`, every second week or the like is no rule of the calendar; `which_second`,
        "every second Monday" may be one of the month or every other one; `short_month`, not
        every month has that day; `over`, it ends before it begins. The rest are about
        a crontab: `fields`, `field`, `days` and `never`, as in `CrontabError`.
    part : str
        The part of the text that it is about.
    """

    def __init__(self, problem: RuleProblem, part: str) -> None:
        super().__init__(f"{problem}: {part}")
        self.problem: RuleProblem = problem
        self.part = part


class SlotsError(Exception):
    """The text is no list of weekly slots.

    Attributes
    ----------
    problem : SlotsProblem
        `empty`, there is nothing; `unknown`, `part` is not understood; `no_clock`, it is no time
        of day; `no_days`, no days stand before it; `no_time`, no time stands behind it; `range`,
        it is a span of time, not a moment.
    part : str
        The part of the text that it is about.
    """

    def __init__(self, problem: SlotsProblem, part: str = "") -> None:
        super().__init__(f"{problem}: {part}")
        self.problem: SlotsProblem = problem
        self.part = part
