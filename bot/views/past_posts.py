"""What the owner sees of the history of a channel that Telegram Desktop has exported."""

from __future__ import annotations

import datetime as dt

from babel.dates import format_date
from markupsafe import Markup

from bot.store.channels import Channel
from bot.telegram_export import ExportError
from bot.views.inbox import shorten
from bot.views.say import LOCALES, Say, View, lines
from scheduler.store.past import Comparison

MB = 1_000_000


def summary(say: Say, title: str, found: Comparison, channel: Channel | None) -> View:
    """Show what an export would add, before it does; `channel` is None if it is not connected."""
    text = contents(say, title, found, channel)
    if not found.n_new and not found.n_changed:
        return View(text)
    buttons = (str(say("Take them in")), "past:take"), (str(say("Leave them")), "past:leave")
    return View(text, (buttons,))


def contents(say: Say, title: str, found: Comparison, channel: Channel | None) -> Markup:
    """Say what is in an export, and what of it is new."""
    if found.first_at is None or found.last_at is None:
        return say("There is no post in this export of <b>{title}</b>.", title=title)
    return lines(
        say("🗂 The history of <b>{title}</b>", title=title),
        say.counted(
            "{n} post from {first} to {last}, with {reactions} reactions",
            "{n} posts from {first} to {last}, with {reactions} reactions",
            found.n_posts,
            first=_day(say, found.first_at),
            last=_day(say, found.last_at),
            reactions=say.number(found.reactions),
        ),
        say(
            "New: <b>{new}</b> · changed: {changed} · known: {known}",
            new=say.number(found.n_new),
            changed=say.number(found.n_changed),
            known=say.number(found.n_posts - found.n_new - found.n_changed),
        ),
        ""
        if channel
        else say(
            "⚠️ I am not in this channel. Its posts would count in /insights and /predict all the "
            "same."
        ),
        "" if found.n_new or found.n_changed else say("I know all of it already."),
    )


def taken(say: Say, title: str, found: Comparison) -> View:
    """Say what was taken in."""
    return View(
        say(
            "✅ Taken in from <b>{title}</b>: {new} new, {changed} changed. "
            "/calendar, /insights and /predict know them now.",
            title=title,
            new=say.number(found.n_new),
            changed=say.number(found.n_changed),
        )
    )


def left(say: Say) -> View:
    """Say that an export was not taken in."""
    return View(say("I have taken nothing in."))


def too_big(say: Say, size: int, limit: int) -> View:
    """Say how an export comes in that Telegram does not hand to bots."""
    return View(
        say(
            "This file has {size} MB, and Telegram gives me files up to {limit} MB. On my machine "
            "it works at any size: <code>python -m bot past result.json</code>",
            size=say.number(size / MB),
            limit=say.number(limit / MB),
        )
    )


def refused(say: Say, error: ExportError) -> View:
    """Say why a file cannot be taken in."""
    return View(Markup("%s %s") % (problem(say, error), say("I have taken nothing in.")))


def problem(say: Say, error: ExportError) -> Markup:
    """Say what is wrong with a file, and what to do."""
    how = say(
        "In Telegram Desktop open the channel, then ⋮, “Export chat history”, and as its format "
        "“Machine-readable JSON”."
    )
    what = shorten(error.what, 100)
    sentences = {
        "no_json": say("This file is no JSON. {how}", how=how),
        "damaged": say("This file is damaged or breaks off. Please export the channel again."),
        "no_export": say("This file is no export of Telegram Desktop. {how}", how=how),
        "account": say("This is the export of a whole account. {how}", how=how),
        "no_channel": say("“{what}” is no channel. {how}", what=what, how=how),
        "message": say(
            "Message {what} of this export is not as Telegram Desktop writes it: its date, text "
            "or reactions cannot be read.",
            what=what,
        ),
    }
    return sentences[error.problem]


def _day(say: Say, moment: dt.datetime) -> str:
    return format_date(moment.astimezone(say.timezone), "medium", locale=LOCALES[say.language])
