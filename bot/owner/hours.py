"""How the owner tells when the shop is open."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import replace

from telegram import Update

from bot import letters, opening
from bot.context import App, Context
from bot.days import DaysError, read_days
from bot.opening import Opening
from bot.taps import acknowledge, redraw
from bot.views import hours as views
from bot.views.say import View
from nlp.hours import Hours, HoursError

NONE = ("none", "无", "無")
_OFF = "休息|放假|不营业|不營業|关门|關門"
_CLOSED = re.compile(
    rf"(?:closed?|off|{_OFF})\b(?P<after>.*)|(?P<before>.*?)(?:{_OFF})", re.IGNORECASE
)
_HOLIDAYS = re.compile(
    r"(?:public )?holidays? (?:of |in )?(?P<country>[a-z]{2}|none)(?:[ -]+(?P<region>\S+))?"
    r"|(?:法定)?(?:节假日|節假日|假日) ?(?P<zh>[a-z]{2}|无|無)(?:[ -]+(?P<zh_region>\S+))?",
    re.IGNORECASE,
)


async def hours(update: Update, context: Context) -> None:
    """Show or change when you are open."""
    written, app = update.effective_message, context.app
    assert written and written.text  # the route's filter says so
    said = " ".join(written.text.split()[1:])
    if not said:
        letters.tell_owner(app, _shown(app))
    elif found := _HOLIDAYS.fullmatch(said):
        country, region = found["country"] or found["zh"], found["region"] or found["zh_region"]
        now = opening.told(app.db, app.settings)
        if country.lower() in NONE:
            country = ""
        told = replace(now, country=country.upper(), region=(region or "").upper())
        letters.tell_owner(app, await _told(app, told))
    else:
        letters.tell_owner(app, await _changed(app, said))


async def tap(update: Update, context: Context) -> None:
    """Take a change of the hours back, or a day on which it is closed."""
    query, app = update.callback_query, context.app
    assert query and query.data  # the route's pattern says so
    verb, _, number = query.data.partition(":")
    if verb == "unhours":
        if not opening.take_back(app.db, int(number)):
            await acknowledge(query, views.changed_since(app.say))
            return
        await app.in_force.retell()
        await acknowledge(query)
        await redraw(query, views.back(app.say, _in_words(app)))
        return
    now = opening.told(app.db, app.settings)
    closed = tuple(days for days in now.closed if days[0].replace("-", "") != number)
    if closed != now.closed:
        await _take_over(app, replace(now, closed=closed))
    await acknowledge(query)
    await redraw(query, _shown(app))


def _shown(app: App) -> View:
    told, now = opening.told(app.db, app.settings), app.now()
    if not told.text:
        return views.unknown(app.say)
    try:
        return views.week(app.say, told.hours(app.settings), told.closed, now)
    except HoursError as error:
        return views.only_words(app.say, told.text, error)


async def _changed(app: App, said: str) -> View:
    """Take new weekly hours; what is only closed, or for some days only, is added to the old."""
    now, zone = opening.told(app.db, app.settings), app.settings.timezone
    days = _days(said, app.now().astimezone(zone).date())
    if days:
        return await _closed(app, now, *days)
    try:
        # With something before it, "closed on Sundays" alone is no mistake.
        _, *clauses = Hours.parse(f"24/7; {said}", zone).clauses
    except HoursError as error:
        return views.refused(app.say, error)
    is_closed = not any(clause.times for clause in clauses)
    if is_closed and any(clause.dates for clause in clauses):
        return views.past_days(app.say, said)
    if is_closed or all(clause.rank for clause in clauses):
        if now.understood(app.settings) is None:
            return views.weekly_first(app.say)
        said = f"{now.text}; {said}"
    return await _told(app, replace(now, text=said))


def _days(said: str, today: dt.date) -> tuple[str, str] | None:
    """Read "closed 24 Dec - 2 Jan"; None where no coming days are named."""
    found = _CLOSED.fullmatch(said)
    try:
        first, last = read_days(found["after"] or found["before"] or "" if found else "", today)
    except DaysError:
        return None
    return first.isoformat(), last.isoformat()


async def _closed(app: App, now: Opening, first: str, last: str) -> View:
    """Close for single days."""
    told = replace(now, closed=tuple(sorted({*now.closed, (first, last)})))
    understood = told.understood(app.settings)
    if understood is None:
        return views.weekly_first(app.say)
    await _take_over(app, told)
    return views.closed(app.say, understood, first, last, mark=told.mark(), now=app.now())


async def _told(app: App, told: Opening) -> View:
    """Take over what is told if it is understood, and show it beside what was told before."""
    try:
        understood = told.hours(app.settings)
    except HoursError as error:
        return views.refused(app.say, error)
    before = _in_words(app)
    await _take_over(app, told)
    return views.changed(app.say, understood, before, mark=told.mark(), now=app.now())


def _in_words(app: App) -> str:
    """Say the hours as they are told now."""
    told = opening.told(app.db, app.settings)
    understood = told.understood(app.settings)
    return understood.in_words(app.say.language) if understood else told.text


async def _take_over(app: App, told: Opening) -> None:
    opening.tell(app.db, told)
    await app.in_force.retell()
