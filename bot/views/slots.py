"""What the owner sees of their weekly slots."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

from markupsafe import Markup

from bot.views import times
from bot.views.inbox import shorten
from bot.views.plan_problems import how_slots
from bot.views.say import Say, View, lines

EXCERPT = 24  # characters: a line on a phone, with the time before it
TITLE = 30
MOST = 60  # slots of a channel that are shown, so that some channels stay one message


@dataclass(frozen=True, slots=True)
class Slot:
    """A coming slot (UTC), and the beginning of what stands there: None where it is free."""

    at: dt.datetime
    taken_by: str | None


@dataclass(frozen=True, slots=True)
class Week:
    """The slots of a channel in the next seven days, and its next free one after all."""

    channel_id: int
    title: str
    words: str  # what was told: all of its slots
    is_own: bool  # told for this channel alone
    slots: tuple[Slot, ...]
    free_at: dt.datetime | None


def weeks(say: Say, shown: Sequence[Week], *, changed: bool = False) -> View:
    """Show the slots of the next seven days, free and taken, and how they are set."""
    if not any(week.slots for week in shown):
        return View(lines(no_slots(say), how_slots(say)), _choices(say, shown))
    several = len(shown) > 1
    return View(
        lines(
            say("✅ These are your slots now.") if changed else "",
            say("🕘 <b>Your slots of the next 7 days</b>"),
            *(_week(say, week, named=several) for week in shown),
            Markup("\n") + say("Times are those of {zone}.", zone=say.timezone.key),
            how_slots(say),
        ),
        _choices(say, shown),
    )


def _week(say: Say, week: Week, *, named: bool) -> Markup:
    title = Markup("\n📣 <b>%s</b>") % shorten(week.title, TITLE)
    if not week.slots:
        return lines(title, say("no slots")) if named else Markup()
    days = groupby(week.slots[:MOST], lambda slot: times.day(say, slot.at))
    free = (
        say("Next free one: <b>{when}</b>", when=times.moment(say, week.free_at))
        if week.free_at
        else say("None is free for a year.")
    )
    return lines(
        title if named else "",
        say("Every week: {slots}", slots=week.words),
        *(
            Markup("\n<b>%s</b>\n%s") % (day, lines(*(_slot(say, slot) for slot in of_day)))
            for day, of_day in days
        ),
        Markup("\n") + free,
    )


def _slot(say: Say, slot: Slot) -> Markup:
    clock = times.clock(say, slot.at)
    if slot.taken_by is None:
        return say("🟢 {time} free", time=clock)
    return Markup("🕘 %s %s") % (clock, shorten(slot.taken_by, EXCERPT))


def _choices(say: Say, shown: Sequence[Week]) -> tuple[tuple[tuple[str, str], ...], ...]:
    """Offer slots of its own to each of several channels."""
    if len(shown) < 2:
        return ()
    return tuple(
        (
            (
                str(say("As the others: {channel}", channel=shorten(week.title, TITLE))),
                f"slots:all:{week.channel_id}",
            )
            if week.is_own
            else (
                str(say("Others only for {channel}", channel=shorten(week.title, TITLE))),
                f"slots:own:{week.channel_id}",
            ),
        )
        for week in shown
    )


def no_slots(say: Say) -> Markup:
    """Say what slots are for."""
    return say(
        "You have no weekly slots. They are the times at which you like to post: what you write "
        "then goes to the next free one with a tap."
    )


def ask(say: Say, title: str) -> View:
    """Ask for the slots of one channel."""
    return View(
        say(
            "Which slots shall <b>{channel}</b> have for itself? Write for example: "
            "<code>Mon-Fri 9:00, 18:00; Sat 11:00</code>",
            channel=title,
        )
    )


def dropped(say: Say) -> View:
    """Say that there are no slots any more."""
    return View(lines(say("You have no slots any more; what is scheduled stays."), how_slots(say)))


def gone(say: Say) -> str:
    """Say that a channel is not connected any more."""
    return str(say("This channel is not connected any more."))
