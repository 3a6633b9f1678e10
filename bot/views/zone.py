"""What the owner is asked when the clock they plan by has changed."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from babel.dates import format_datetime
from markupsafe import Markup

from bot.views import times
from bot.views.posts import excerpt
from bot.views.say import LOCALES, Say, View, lines
from scheduler.posts import Post

SHOWN = 10  # posts that are named, so that the card stays one message


def changed(
    say: Say,
    before: str,
    shifted: Sequence[tuple[Post, dt.datetime]],
    *,
    number: int,
    repeats: bool,
    has_slots: bool,
) -> View:
    """Say which posts read another time now than they were planned for, and offer to move them.

    Parameters
    ----------
    before : str
        The zone so far; the same one where only its rules have changed.
    shifted : sequence of (Post, naive datetime)
        Each with the clock time that it was planned for.
    """
    zone = say.timezone.key
    head = (
        say("🌍 The clocks of <b>{zone}</b> follow new rules.", zone=zone)
        if before == zone
        else say(
            "🌍 The time zone is now <b>{zone}</b>; it was {before}.", zone=zone, before=before
        )
    )
    (post, planned), n = shifted[0], len(shifted)
    return View(
        lines(
            head,
            say.counted(
                "{n} post that waits keeps its moment; the clock time changes:",
                "{n} posts that wait keep their moment; the clock time changes. The first one:",
                n,
            ),
            say(
                "Post {id}: planned for {planned}, goes out at {now} by the new clock.",
                id=post.id,
                planned=_written(say, planned),
                now=times.moment(say, post.publish_at),
            ),
            Markup("<blockquote>%s</blockquote>") % excerpt(post),
            say(
                "What repeats: occurrences in the queue count among these, later ones follow the "
                "new clock."
            )
            if repeats
            else "",
            say("Weekly slots follow the new clock.") if has_slots else "",
            say("Nothing moves unless you say so."),
        ),
        (
            ((str(say("Keep the moments")), f"zone:keep:{number}"),),
            ((str(say("Same clock times in {zone}", zone=zone)), f"zone:same:{number}"),),
        ),
    )


def kept(say: Say) -> View:
    """Say that nothing was moved."""
    return View(say("✅ Every post keeps the moment it was planned for."))


def moved(say: Say, n: int, left: Sequence[tuple[Post, str]]) -> View:
    """Say how many posts were moved, and which stay where they are and why."""
    why = {
        "past": say("that time has passed"),
        "gap": say("the clocks skip that time"),
        "twice": say("that time comes twice"),
    }
    more = len(left) - SHOWN
    return View(
        lines(
            say.counted(
                "✅ {n} post has moved to its clock time in {zone}.",
                "✅ {n} posts have moved to their clock times in {zone}.",
                n,
                zone=say.timezone.key,
            )
            if n
            else "",
            say("These stay where they are:") if left else "",
            *(
                say(
                    "• Post {id}, {when}: {why}",
                    id=post.id,
                    when=times.moment(say, post.publish_at),
                    why=why[reason],
                )
                for post, reason in left[:SHOWN]
            ),
            say.counted("\n… and {n} more.", "\n… and {n} more.", more) if more > 0 else "",
        )
    )


def settled(say: Say) -> str:
    """Say that a question has been answered, or is out of date."""
    return str(say("That is settled, or the clock has changed once more since."))


def _written(say: Say, local: dt.datetime) -> str:
    """Write a clock time that belongs to no zone."""
    pattern = "M月d日 EEE HH:mm" if say.language == "zh" else "EEE d MMM, HH:mm"
    return str(format_datetime(local, pattern, locale=LOCALES[say.language]))
