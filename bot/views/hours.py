"""What the owner sees of their opening hours."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence

from babel.dates import format_date
from markupsafe import Markup

from bot.views.inbox import shorten
from bot.views.say import LOCALES, Say, View, lines
from nlp.hours import Hours, HoursError, moment_in_words

A_WEEK = 7
HOLIDAYS_AHEAD = 120  # days that are looked through
MOST_HOLIDAYS = 3
NOON = dt.time(12)

Closed = Sequence[tuple[str, str]]


def week(say: Say, hours: Hours, closed: Closed, now: dt.datetime) -> View:
    """Show whether it is open now, the next seven days and holidays, and how to change them."""
    today = now.astimezone(hours.zone).date()
    holidays = list(_holidays(say, hours, today))
    return View(
        lines(
            state(say, hours, now) + Markup("\n"),
            *(_day(say, hours, today + dt.timedelta(days=n)) for n in range(A_WEEK)),
            Markup("\n") + say("Next public holidays:") if holidays else "",
            *holidays,
            Markup("\n") + _which_holidays(say, hours),
            say("Customers read: <i>{hours}</i>", hours=hours.in_words(say.language)),
            Markup("\n") + how(say),
        ),
        tuple(((_open_after_all(say, *days), _reopen(days[0])),) for days in closed),
    )


def state(say: Say, hours: Hours, now: dt.datetime) -> Markup:
    """Say whether it is open now, and until when."""
    if hours.is_open(now):
        closes_at = hours.closes_at(now)
        if closes_at is None:
            return say("🟢 <b>Open around the clock</b>")
        here = now.astimezone(hours.zone)
        if closes_at.date() == here.date():
            return say("🟢 <b>Now open until {time}</b>", time=_clock_of(closes_at))
        until = moment_in_words(closes_at, here, say.language)
        return say("🟢 <b>Now open</b>; closes {when}", when=until)
    opens_at = hours.next_opening(now)
    if opens_at is None:
        return say("🔴 <b>Now closed</b>")
    when = moment_in_words(opens_at, now, say.language)
    holiday = hours.closed_because(now, say.language)
    if holiday:
        return say("🔴 <b>Now closed</b> ({holiday}); opens {when}", holiday=holiday, when=when)
    return say("🔴 <b>Now closed</b>; opens {when}", when=when)


def _day(say: Say, hours: Hours, day: dt.date) -> Markup:
    times = say(", ").join(f"{_clock(start)}–{_clock(end)}" for start, end in hours.times_on(day))
    noon = dt.datetime.combine(day, NOON, hours.zone)
    closed = hours.closed_because(noon, say.language) or say("closed")
    return say("{day}: {what}", day=_date(say, day), what=times or closed)


def _holidays(say: Say, hours: Hours, today: dt.date) -> Iterator[Markup]:
    """Name the next days that a holiday closes, beyond the week that is shown."""
    n = 0
    for ahead in range(A_WEEK, HOLIDAYS_AHEAD):
        noon = dt.datetime.combine(today + dt.timedelta(days=ahead), NOON, hours.zone)
        holiday = hours.closed_because(noon, say.language)
        if holiday and n < MOST_HOLIDAYS:
            n += 1
            yield say("• {day}: {what}", day=_date(say, noon.date()), what=holiday)


def _which_holidays(say: Say, hours: Hours) -> Markup:
    if hours.country:
        where = f"{hours.country}-{hours.subdivision}" if hours.subdivision else hours.country
        return say(
            "I know the public holidays of {where}. To forget them: /hours holidays none",
            where=where,
        )
    return say("I know no public holidays yet. Tell me your country: /hours holidays DE")


def _open_after_all(say: Say, first: str, last: str) -> str:
    return str(say("Open on {days} after all", days=days(say, first, last)))


def _reopen(first: str) -> str:
    return f"reopen:{first.replace('-', '')}"


def days(say: Say, first: str, last: str) -> str:
    """Write one or several days, given in ISO format."""
    one, other = (_date(say, dt.date.fromisoformat(day)) for day in (first, last))
    return one if first == last else f"{one} – {other}"


def how(say: Say) -> Markup:
    """Say how opening hours are told."""
    return say(
        "To change them: /hours Mo-Fr 9-18, Sa 10-14\n"
        "For single days: /hours closed tomorrow, or /hours closed 24 Dec - 2 Jan\n"
        "Public holidays: /hours holidays DE"
    )


def only_words(say: Say, text: str, error: HoursError) -> View:
    """Say that hours are passed on word by word, because they are not understood."""
    return View(
        lines(
            say("Customers read: <i>{hours}</i>", hours=shorten(text)),
            say(
                "I pass that on, but do not know when you are closed: {problem}",
                problem=problem(say, error),
            ),
            Markup("\n") + how(say),
        )
    )


def unknown(say: Say) -> View:
    """Say that no opening hours are told yet."""
    return View(lines(say("You have not told me your opening hours yet."), Markup("\n") + how(say)))


def changed(say: Say, hours: Hours, before: str, *, mark: int, now: dt.datetime) -> View:
    """Show the opening hours as they are now, and offer to take the change back."""
    return View(
        lines(
            say("✅ Your hours: <b>{hours}</b>", hours=hours.in_words(say.language)),
            state(say, hours, now),
            say("Before: <i>{hours}</i>", hours=shorten(before)) if before else "",
        ),
        (((str(say("Undo")), f"unhours:{mark}"),),),
    )


def closed(say: Say, hours: Hours, first: str, last: str, *, mark: int, now: dt.datetime) -> View:
    """Say on which days it is closed for once, and offer to take it back."""
    return View(
        lines(
            say("✅ Closed: <b>{days}</b>", days=days(say, first, last)),
            state(say, hours, now),
        ),
        (((str(say("Undo")), f"unhours:{mark}"),),),
    )


def back(say: Say, text: str) -> View:
    """Say that a change was taken back."""
    if not text:
        return View(say("↩️ Taken back. I do not know your opening hours."))
    return View(say("↩️ Taken back. Your hours: <b>{hours}</b>", hours=shorten(text)))


def changed_since(say: Say) -> Markup:
    """Say that a change cannot be taken back any more."""
    return say("Your hours have been changed since.")


def refused(say: Say, error: HoursError) -> View:
    """Say what is wrong with opening hours; the old ones stand."""
    return View(
        lines(
            say("I did not change your hours: {problem}", problem=problem(say, error)),
            Markup("\n") + how(say),
        )
    )


def past_days(say: Say, said: str) -> View:
    """Say that the days on which it is closed are over."""
    return View(
        say(
            "“{said}” names no days that are still to come. Write /hours closed tomorrow, or "
            "/hours closed 24 Dec - 2 Jan",
            said=shorten(said, 100),
        )
    )


def weekly_first(say: Say) -> View:
    """Say that single days need opening hours that are understood."""
    return View(say("First tell me your weekly hours, such as /hours Mo-Fr 9-18, Sa 10-14"))


def problem(say: Say, error: HoursError) -> Markup:
    """Say what is wrong with opening hours."""
    part = shorten(error.part, 100)
    sentences = {
        "empty": say("there are no days and times in it."),
        "too_long": say("this is too long; days and times are enough."),
        "unknown": say("“{part}” is not understood.", part=part),
        "no_times": say("when is it open on “{part}”?", part=part),
        "no_days": say("on which days is it closed?"),
        "no_end": say("until when is it open after “{part}”?", part=part),
        "no_time": say("“{part}” is not a time of day.", part=part),
        "no_date": say("“{part}” is not a date.", part=part),
        "which_half": say(
            "“{part}” may be morning or evening; write 02:00 or 14:00, or am and pm.", part=part
        ),
        "never": say("with this it would never be open."),
        "country": say(
            "“{part}” is not a country; write its two letters, such as DE, GB or CN.", part=part
        ),
        "subdivision": say(
            "“{part}” is not a region of this country; known are {known}.",
            part=part,
            known=shorten(error.known, 500),
        ),
    }
    return sentences[error.problem]


def _date(say: Say, day: dt.date) -> str:
    pattern = "M月d日 EEE" if say.language == "zh" else "EEE d MMM"
    return format_date(day, pattern, locale=LOCALES[say.language])


def _clock(minutes: int) -> str:
    return f"{minutes // 60 % 24}:{minutes % 60:02}" if minutes != 24 * 60 else "24:00"


def _clock_of(moment: dt.datetime) -> str:
    return f"{moment.hour}:{moment.minute:02}"
