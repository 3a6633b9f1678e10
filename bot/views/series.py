"""What the owner sees of posts that repeat, and of evergreen ones."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from babel.dates import format_date
from markupsafe import Markup

from bot.views import times
from bot.views.calendar import kinds
from bot.views.inbox import shorten
from bot.views.say import LOCALES, Say, View, lines
from scheduler.posts import Content
from scheduler.store.series import Kind, Series

EXCERPT = 120  # characters of a text that tell it from the others
LABEL = 30  # characters of it on a button
SHOWN = 20  # in a list, which so stays one message

Row = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Standing:
    """A series, and where it stands.

    Attributes
    ----------
    rule : str
        Of a recurring one, in words.
    next_at : datetime or None
        When it comes next, where that is known.
    n_to_come : int or None
        How many times it will still come, if there is a number.
    last_out_at : datetime or None
        When it was last published.
    rests_until : date or None
        From which day on an evergreen one may come again.
    """

    series: Series
    rule: str
    next_at: dt.datetime | None
    n_to_come: int | None
    last_out_at: dt.datetime | None
    rests_until: dt.date | None


def excerpt(say: Say, content: Content, limit: int = EXCERPT) -> str:
    """Give the beginning of a content on one line."""
    text = " ".join((content.text or (content.poll.question if content.poll else "")).split())
    return shorten(text, limit) if text else f"[{kinds(say)[content.media[0].kind]}]"


def listing(say: Say, kind: Kind, standings: Sequence[Standing]) -> View:
    """List what repeats, or the evergreen posts."""
    if not standings:
        none = {
            "recurring": say("Nothing repeats yet."),
            "evergreen": say("There is no evergreen post yet."),
        }
        return View(lines(none[kind], how(say, kind).text))
    n = len(standings)
    head = (
        say.counted("🔁 <b>{n} post repeats</b>", "🔁 <b>{n} posts repeat</b>", n)
        if kind == "recurring"
        else say.counted("♻️ <b>{n} evergreen post</b>", "♻️ <b>{n} evergreen posts</b>", n)
    )
    shown = standings[:SHOWN]
    return View(
        lines(
            head,
            *(
                Markup("\n<b>%s</b>\n%s") % (excerpt(say, each.series.content), _line(say, each))
                for each in shown
            ),
            say.counted("\n… and {n} more.", "\n… and {n} more.", n - SHOWN) if n > SHOWN else "",
        ),
        tuple(
            ((excerpt(say, each.series.content, LABEL), f"series:open:{each.series.id}"),)
            for each in shown
        ),
    )


def _line(say: Say, standing: Standing) -> Markup:
    return Markup(" · ").join(filter(None, (standing.rule, summary(say, standing))))


def how(say: Say, kind: Kind) -> View:
    """Say how a post is made to repeat, or evergreen."""
    if kind == "recurring":
        return View(
            say(
                "Write a rule and the text, for example:\n"
                "<code>/repeat every monday at 9 Fresh bread until noon!</code>\n"
                "Or reply with /repeat every first friday at 18:00 to a message of yours, also "
                "one with a picture."
            )
        )
    return View(
        say(
            "An evergreen post fills a weekly slot that would stay empty, then rests for 30 "
            "days. Write for example:\n"
            "<code>/evergreen Did you know that we also bake to order?</code>\n"
            "Or reply with /evergreen to a message of yours, also one with a picture."
        )
    )


def card(say: Say, standing: Standing, *, has_slots: bool = True) -> View:
    """Show a series whole, and what can be done with it."""
    series = standing.series
    sign = "🔁" if series.kind == "recurring" else "♻️"
    hint = series.kind == "evergreen" and not has_slots
    return View(
        lines(
            Markup("%s <b>%s</b>") % (sign, standing.rule or say("Evergreen")),
            Markup("<blockquote>%s</blockquote>") % excerpt(say, series.content),
            summary(say, standing),
            ends(say, standing),
            _no_slots(say) if hint else "",
        ),
        _buttons(say, standing),
    )


def _no_slots(say: Say) -> Markup:
    return say(
        "It comes only where a weekly slot is free, and you have none. Tell me some: "
        "<code>/slots Mon-Fri 9:00, Sat 11:00</code>"
    )


def summary(say: Say, standing: Standing) -> Markup:
    """Say in a line when a series comes next."""
    if standing.series.state == "paused":
        return say("⏸ Paused")
    if standing.series.kind == "evergreen":
        return _rest(say, standing)
    if standing.next_at is None:
        return say("🏁 It does not come again.")
    return say("Next: {when}", when=times.moment(say, standing.next_at))


def _rest(say: Say, standing: Standing) -> Markup:
    rest = times.span(say, standing.series.cooldown or dt.timedelta())
    if standing.next_at:
        when = times.moment(say, standing.next_at)
        return say("Goes out: {when} · then rests {rest}", when=when, rest=rest)
    if standing.rests_until is None:
        return say("Waits for a free slot · then rests {rest}", rest=rest)
    from_ = day(say, standing.rests_until)
    if standing.last_out_at is None:
        return say("Not yet out · may come from {day} on", day=from_)
    last = times.day(say, standing.last_out_at)
    return say("Last out: {last} · may come again from {day} on", last=last, day=from_)


def ends(say: Say, standing: Standing) -> Markup | str:
    """Say when a series ends; empty where it does not."""
    ends_at = standing.series.ends_at
    if standing.series.state == "ended":
        return say("🏁 Ended")
    if ends_at:
        last = (ends_at - dt.timedelta(seconds=1)).astimezone(say.timezone).date()
        return say("Ends: {day}", day=day(say, last))
    if standing.n_to_come is not None:
        n = standing.n_to_come
        return say.counted("Comes once more", "Comes {n} more times", n)
    return ""


def _buttons(say: Say, standing: Standing) -> tuple[Row, ...]:
    series = standing.series

    def does(label: Markup, verb: str) -> tuple[str, str]:
        return str(label), f"series:{verb}:{series.id}"

    everything = (str(say("‹ All")), f"series:all:{series.kind}")
    if series.state == "ended":
        return ((does(say("Undo"), "resume"), everything),)
    paused = series.state == "paused"
    turn = does(say("Resume"), "resume") if paused else does(say("Pause"), "pause")
    special = (
        does(say("Skip the next one"), "skip")
        if series.kind == "recurring"
        else does(say("Rest longer or shorter"), "rest")
    )
    return (
        (turn, special) if not paused or series.kind == "evergreen" else (turn,),
        (does(say("Change text"), "text"), does(say("Set an end"), "until")),
        (does(say("End it"), "end"), everything),
    )


def day(say: Say, date: dt.date) -> str:
    """Write a day with its year, which may be another one."""
    pattern = "y年M月d日" if say.language == "zh" else "d MMM y"
    return str(format_date(date, pattern, locale=LOCALES[say.language]))


def ask_for_text(say: Say, series: Series) -> View:
    """Ask for another text."""
    return View(
        lines(
            say("Send me the new text, or a whole message with its picture. Now it is:"),
            Markup("<blockquote>%s</blockquote>") % excerpt(say, series.content),
        )
    )


def ask_for_end(say: Say) -> View:
    """Ask when a series ends."""
    return View(
        say(
            "When shall it end? Write for example <code>24 Dec</code>, <code>5 times</code> or "
            "<code>never</code>."
        )
    )


def no_end(say: Say) -> View:
    """Say that an end was not understood."""
    return View(
        say(
            "I do not understand this as an end. Write a day to come such as <code>24 Dec</code>, "
            "<code>5 times</code> or <code>never</code>."
        )
    )


def ask_for_rest(say: Say) -> View:
    """Ask how long an evergreen post rests."""
    return View(
        say(
            "How long shall it rest after each time? Write for example <code>45 days</code> or "
            "<code>8 weeks</code>."
        )
    )


def no_rest(say: Say) -> View:
    """Say that a length of time was not understood."""
    return View(
        say(
            "I do not understand this as a rest. Write for example <code>45 days</code> or "
            "<code>8 weeks</code>; ten years at most."
        )
    )


def too_often(say: Say) -> View:
    """Say that a rule comes back too soon."""
    return View(say("That is too often: a post repeats every 15 minutes at most."))


def nothing_to_skip(say: Say) -> str:
    """Say that nothing is to come."""
    return str(say("There is no next one to skip."))


def gone(say: Say) -> Markup:
    """Say that a button is about a series of another database."""
    return say("I no longer know this one.")
