"""How moments and spans are written for the owner, and what can be wrong with a time."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from babel.dates import format_datetime
from markupsafe import Markup

from bot.views.say import LOCALES, Say, View, lines, offset

DAY, HOUR, MINUTE = dt.timedelta(days=1), dt.timedelta(hours=1), dt.timedelta(minutes=1)


def day(say: Say, moment: dt.datetime) -> str:
    """Write the day of a moment, as the owner's calendar has it."""
    return _written(say, moment, "EEE d MMM", "M月d日 EEE")


def clock(say: Say, moment: dt.datetime) -> str:
    """Write a moment as the clock on the owner's wall shows it."""
    return _written(say, moment, "HH:mm", "HH:mm")


def moment(say: Say, at: dt.datetime) -> str:
    """Write a moment short, without its year and zone."""
    return f"{day(say, at)}, {clock(say, at)}" if say.language == "en" else _day_and_clock(say, at)


def _day_and_clock(say: Say, at: dt.datetime) -> str:
    return f"{day(say, at)} {clock(say, at)}"


def _written(say: Say, moment: dt.datetime, english: str, chinese: str) -> str:
    pattern = chinese if say.language == "zh" else english
    here = moment.astimezone(say.timezone)
    return str(format_datetime(here, pattern, locale=LOCALES[say.language]))


def span(say: Say, length: dt.timedelta) -> Markup:
    """Write a length of time in the largest unit that divides it."""
    if length % DAY == dt.timedelta():
        return say.counted("{n} day", "{n} days", length // DAY)
    if length % HOUR == dt.timedelta():
        return say.counted("{n} hour", "{n} hours", length // HOUR)
    return say.counted("{n} minute", "{n} minutes", length // MINUTE)


def no_time(say: Say) -> View:
    """Say how a time is written."""
    return View(
        say(
            "I find no time in this. Begin with one, for example: "
            "<code>tomorrow 9:00</code>, <code>friday 18:30</code>, <code>in 20 minutes</code> "
            "or <code>24 Dec 17:00</code>."
        )
    )


def repeats(say: Say) -> View:
    """Say that a rule belongs to another command."""
    return View(
        say(
            "That is more than one time. A post that repeats begins with /repeat, for example: "
            "<code>/repeat every monday at 9 Hello</code>"
        )
    )


def past_time(say: Say, publish_at: dt.datetime) -> View:
    """Say that a time has passed."""
    return View(say("{when} has passed. Nothing was scheduled.", when=say.when(publish_at)))


def skipped(say: Say, post_id: int, moments: Sequence[dt.datetime]) -> View:
    """Offer the nearest times where the clocks skip the one that was meant."""
    return View(
        lines(
            say("⏰ That time does not exist: the clocks are put forward over it."),
            say("Post {id} is kept. When should it go out?", id=post_id),
        ),
        _choice(say, post_id, moments),
    )


def twice(say: Say, post_id: int, moments: Sequence[dt.datetime]) -> View:
    """Ask which is meant where the clocks are put back, so that a time comes twice."""
    return View(
        lines(
            say("⏰ That time comes twice: the clocks are put back."),
            say("Post {id} is kept. Which one do you mean?", id=post_id),
        ),
        _choice(say, post_id, moments),
    )


def _choice(
    say: Say, post_id: int, moments: Sequence[dt.datetime]
) -> tuple[tuple[tuple[str, str], ...], ...]:
    return tuple(
        ((_with_offset(say, at), f"post:at:{post_id}:{int(at.timestamp())}"),) for at in moments
    )


def _with_offset(say: Say, at: dt.datetime) -> str:
    return f"{moment(say, at)} ({offset(at.astimezone(say.timezone))})"


def no_slot(say: Say) -> View:
    """Say that there are no weekly slots."""
    return View(
        say(
            "You have no weekly slots yet, so there is no next one. Tell me some: "
            "<code>/slots Mon-Fri 9:00, Sat 11:00</code>"
        )
    )
