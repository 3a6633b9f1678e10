"""Says what is wrong with a rule by which a post repeats, or with weekly slots."""

from __future__ import annotations

from markupsafe import Markup

from bot.views.inbox import shorten
from bot.views.say import Say, View, lines

LONGEST_PART = 60  # characters of what was written that are quoted


def no_rule(say: Say) -> View:
    """Say how a rule is written."""
    return View(
        say(
            "I find no rule in this. Begin with one, for example:\n"
            "<code>every day at 9</code>, <code>every mon and thu at 18:30</code>, "
            "<code>every first monday at 9 until 24 Dec</code>, "
            "<code>every month on the last day at 12</code>, "
            "<code>every friday at 17:00, 10 times</code>"
        )
    )


def rule(say: Say, problem: str, part: str) -> View:
    """Say why a rule cannot be kept; nothing was saved."""
    part = shorten(part, LONGEST_PART)
    sentences = {
        "no_time": say("At what time on “{part}”? Write for example: every monday at 9", part=part),
        "no_day": say("On which day of “{part}”? Write for example: every monday at 9", part=part),
        "no_clock": say("“{part}” is no time of day. Write it as 18:30 or 6:30 pm.", part=part),
        "no_date": say("“{part}” is no day of the calendar.", part=part),
        "two_rules": say(
            "“{part}” takes two rules: /repeat the post once with the one, once with the other.",
            part=part,
        ),
        "interval": say(
            "“{part}” is nothing that the calendar shows. Name days instead, such as: every first "
            "and third monday at 9",
            part=part,
        ),
        "which_second": say(
            "“{part}” may be the second one of the month, or every other one. Write: every second "
            "monday of the month at 9, or: every first and third monday at 9",
            part=part,
        ),
        "short_month": say(
            "Not every month (or year) has “{part}”. Write “the last day” or “the last monday” "
            "instead.",
            part=part,
        ),
        "over": say("It would end (“{part}”) before it has begun.", part=part),
        "fields": say(
            "A crontab has five fields: minute, hour, day, month and weekday, such as 0 9 * * mon"
        ),
        "field": say("In a crontab, “{part}” is not understood.", part=part),
        "days": say(
            "In a crontab, write days of the month or weekdays, not both (“{part}”).", part=part
        ),
        "never": say("There is no such day (“{part}”); it would never come.", part=part),
    }
    return View(lines(sentences[problem], say("Nothing was saved.")))


def slots(say: Say, problem: str, part: str) -> View:
    """Say why weekly slots were not understood; the old ones stand."""
    part = shorten(part, LONGEST_PART)
    sentences = {
        "empty": say("There are no days and times in this."),
        "unknown": say("“{part}” is not understood.", part=part),
        "no_clock": say("“{part}” is no time of day. Write it as 18:30 or 6:30 pm.", part=part),
        "no_days": say("On which days is “{part}”?", part=part),
        "no_time": say("At what time on “{part}”?", part=part),
        "range": say("“{part}” is a span of time; a slot is one moment, such as 9:00.", part=part),
    }
    return View(lines(sentences[problem], say("I left your slots as they are."), how_slots(say)))


def how_slots(say: Say) -> Markup:
    """Say how weekly slots are told."""
    return say(
        "To set them: <code>/slots Mon-Fri 9:00, 18:00; Sat 11:00</code>\n"
        "To have none: <code>/slots off</code>"
    )
