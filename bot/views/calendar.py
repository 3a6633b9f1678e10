"""What the owner sees of a week in the calendar."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence

from babel.dates import format_date, format_interval
from markupsafe import Markup

from bot.views.inbox import shorten
from bot.views.say import LOCALES, Say, View, lines
from scheduler.posts import PostState
from scheduler.store import Entry

A_WEEK = 7
EXCERPT, BESIDE_TITLE, TITLE = 32, 18, 14  # characters: a line on a phone, with the time before
MOST = 8  # posts of one day that are shown, so that a busy week stays one message


def week(
    say: Say, monday: dt.date, today: dt.date, entries: Sequence[Entry], titles: Mapping[int, str]
) -> View:
    """Show the seven days from `monday` on; a post names its channel where `titles` has it."""
    days = [monday + dt.timedelta(days=n) for n in range(A_WEEK)]
    shown = {
        day: [entry for entry in entries if entry.at.astimezone(say.timezone).date() == day]
        for day in days
    }
    return View(
        lines(
            Markup("📅 <b>%s</b>\n") % _interval(say, days[0], days[-1]),
            *(_day(say, day, shown[day], titles, is_today=day == today) for day in days),
            Markup("\n") + _legend(say, entries) if entries else "",
            say("Times are those of {zone}.", zone=say.timezone.key) if entries else "",
        ),
        (
            (
                ("‹", f"week:{(monday - dt.timedelta(days=A_WEEK)).toordinal()}"),
                (str(say("This week")), f"week:{today.toordinal()}"),
                ("›", f"week:{(monday + dt.timedelta(days=A_WEEK)).toordinal()}"),
            ),
        ),
    )


def _day(
    say: Say, day: dt.date, entries: Sequence[Entry], titles: Mapping[int, str], *, is_today: bool
) -> Markup:
    name = format_date(
        day, "M月d日 EEE" if say.language == "zh" else "EEE d MMM", locale=LOCALES[say.language]
    )
    head = say("<b>{day}</b> · today", day=name) if is_today else Markup("<b>%s</b>") % name
    if not entries:
        return Markup("%s  –") % head
    more = len(entries) - MOST
    return lines(
        head,
        *(_entry(say, entry, titles) for entry in entries[:MOST]),
        say("… and {n} more", n=say.number(more)) if more > 0 else "",
    ) + Markup("\n")


def _entry(say: Say, entry: Entry, titles: Mapping[int, str]) -> Markup:
    title = titles.get(entry.channel_id)
    text = shorten(" ".join(entry.text.split()), BESIDE_TITLE if title else EXCERPT)
    kind = f"[{kinds(say).get(entry.kind, '…')}]" if entry.kind else ""
    where = Markup(" → <i>%s</i>") % shorten(title, TITLE) if title else ""
    here = entry.at.astimezone(say.timezone)
    what = " ".join(filter(None, (kind, text)))
    return Markup("%s %s %s%s") % (_sign(entry), f"{here.hour}:{here.minute:02}", what, where)


def kinds(say: Say) -> dict[str, str]:
    """Name what a post may be beside its text."""
    return {
        "photo": str(say("photo")),
        "video": str(say("video")),
        "animation": str(say("animation")),
        "document": str(say("file")),
        "audio": str(say("audio")),
        "voice": str(say("voice message")),
        "video_note": str(say("video message")),
        "sticker": str(say("sticker")),
        "poll": str(say("poll")),
        "location": str(say("location")),
        "venue": str(say("location")),
        "contact": str(say("contact")),
    }


def _sign(entry: Entry) -> str:
    signs = {
        None: "✋",
        PostState.PUBLISHED: "✅",
        PostState.SCHEDULED: "🕘",
        PostState.DRAFT: "✏️",
        PostState.WAITING: "✏️",
    }
    return signs.get(entry.state, "⚠️")


def _legend(say: Say, entries: Sequence[Entry]) -> Markup:
    """Explain the signs that occur."""
    names = {
        "✅": say("published"),
        "✋": say("posted by hand"),
        "🕘": say("to come"),
        "✏️": say("draft"),
        "⚠️": say("needs you"),
    }
    found = {_sign(entry) for entry in entries}
    return Markup(" · ").join(
        Markup("%s %s") % (sign, name) for sign, name in names.items() if sign in found
    )


def _interval(say: Say, first: dt.date, last: dt.date) -> str:
    return str(format_interval(first, last, "yMMMd", locale=LOCALES[say.language]))
