"""Reads a rule in plain words, English or Chinese, at the start of what the owner wrote."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from bot.when.errors import NoRuleError, RuleError
from bot.when.forms import Days, Forms
from bot.when.names import BETWEEN, number
from bot.when.plans import text_after
from bot.when.rules_chinese import CHINESE
from bot.when.rules_english import ENGLISH
from scheduler.local_time import moment_of
from scheduler.recurrence import CrontabError, Rule


@dataclass(frozen=True, slots=True)
class Recurrence:
    """A rule, and where in the text the rest begins (in characters).

    Attributes
    ----------
    ends_at : datetime or None
        In UTC; from then on it does not hold any more.
    n_times : int or None
        After so many times, neither.
    """

    rule: Rule
    text_begins: int
    ends_at: dt.datetime | None = None
    n_times: int | None = None


def read_rule(text: str, now: dt.datetime, timezone: ZoneInfo) -> Recurrence:
    """Read the rule that the text begins with: in words, or the five fields of a crontab.

    Raises
    ------
    NoRuleError, RuleError
        See there.
    """
    for forms in (ENGLISH, CHINESE):
        found = _in_words(text, forms, now, timezone)
        if found:
            return found
    crontab = _CRONTAB.match(text)
    if not crontab:
        raise NoRuleError
    try:
        rule = Rule.from_text(crontab[0])
    except CrontabError as error:
        raise RuleError(error.problem, error.part) from error
    return Recurrence(rule, text_after(text, crontab.end()))


_CRONTAB = re.compile(r"\s*(?:[\d*]\S*\s+){2}[\d*lL]\S*(?:\s+[\w*]\S*){2}(?!\S)")


def _in_words(text: str, forms: Forms, now: dt.datetime, timezone: ZoneInfo) -> Recurrence | None:
    """Read days with times before or behind them, and then an end; None without days."""
    times = forms.times.match(text)
    begins = times.end() if times else 0
    matches = ((form.match(text, begins), read) for form, read in forms.days)
    found, days = next(((match, read(match)) for match, read in matches if match), (None, None))
    if not found or not days:
        return None
    written = found[0].strip(BETWEEN)
    times = times or forms.times.match(text, found.end())
    if not times:
        raise RuleError("no_time", written)
    end = max(found.end(), times.end())
    more = forms.more.match(text, end)
    if more:
        raise RuleError("two_rules", text[: more.end()].strip(BETWEEN))
    rule = _rule(days, forms.minutes(times), written, times["times"])
    until = forms.until.match(text, end)
    end = until.end() if until else end
    ends_at = _end(rule, until, forms, now, timezone) if until else None
    count = forms.count.match(text, end)
    end = count.end() if count else end
    n_times = number(count["n"]) if count else None
    if count and n_times == 0:
        raise RuleError("over", count[0].strip(BETWEEN))
    return Recurrence(rule, text_after(text, end), ends_at, n_times)


def _rule(days: Days, minutes: Sequence[int], written: str, times: str) -> Rule:
    """Write a crontab: each of some hours at each of some minutes, on some days."""
    hours, past = {minute // 60 for minute in minutes}, {minute % 60 for minute in minutes}
    if len(hours) * len(past) > len(set(minutes)):
        raise RuleError("two_rules", times)
    at = " ".join(",".join(map(str, sorted(numbers))) for numbers in (past, hours))
    try:
        return Rule.from_text(f"{at} {days.day} {days.month} {days.weekday}")
    except CrontabError as error:
        raise RuleError("no_date", written) from error


def _end(
    rule: Rule, until: re.Match[str], forms: Forms, now: dt.datetime, timezone: ZoneInfo
) -> dt.datetime:
    """Give the end of the last day, when the rule holds at least once before it."""
    last_day = forms.last_day(until, now.astimezone(timezone).replace(tzinfo=None))
    if last_day is None:
        raise RuleError("no_date", until["date"])
    midnight = dt.datetime.combine(last_day, dt.time()) + dt.timedelta(days=1)
    ends_at = moment_of(midnight, timezone)
    if rule.next_after(now, timezone) >= ends_at:
        raise RuleError("over", until["date"])
    return ends_at
