"""Knows the forms of an English time, and how dateparser reads each of them right."""

from __future__ import annotations

import datetime as dt
import re

from bot.when.names import BETWEEN, DAY_OF_MONTH, MONTH, NUMBER, WEEKDAY, number, weekday

# Left alone, dateparser takes words of the text: "9:00 Now open", "9:00 20 years of us".
DATE = (
    rf"(?:(?:the )?{DAY_OF_MONTH}(?:st|nd|rd|th|\.)? (?:of )?{MONTH},?(?: \d{{4}})?"
    rf"|{MONTH} {DAY_OF_MONTH}(?:st|nd|rd|th)?(?:,? \d{{4}})?"
    r"|\d{1,2}[./]\d{1,2}(?:[./](?:\d{4}|\d{2})?)?|\d{4}-\d{2}-\d{2})"
)
_DAY = (
    rf"(?:on )?(?:yesterday|today|tonight|tomorrow|(?:(?:this |next )?{WEEKDAY},? )?{DATE}"
    rf"|(?:this |next )?{WEEKDAY}|in (?:an?|one|\d{{1,3}}) (?:day|week|month)s?)"
)
_PART = r"(?:in the )?(?:morning|afternoon|evening|night)"
_CLOCK = (
    r"(?:at )?(?P<clock>\d{1,2}[:.]\d{2}(?::\d{2})?(?: ?[ap]\.?m\.?)?|\d{1,2} ?[ap]\.?m\.?"
    r"|noon|midnight|(?<=at )\d{1,2})(?: (?:utc|gmt))?"
)
_SECONDS, _MINUTES, _HOURS = r"s(?:ec(?:ond)?s?)?", r"m(?:in(?:ute)?s?)?", r"h(?:(?:ou)?rs?)?"
_UNITS = ("months?", "weeks?", "days?", _HOURS, _MINUTES, _SECONDS)
_SPAN = "".join(rf"(?:,? ?(?:and )?(?:an?|one|\d{{1,5}}) ?{unit}\b)?" for unit in _UNITS)
_FORMS = [
    re.compile(form)
    for form in (
        rf"(?:{_DAY},?|this) (?:{_PART},? )?{_CLOCK}",
        rf"(?!\d+\.(?:0[1-9]|1[0-2])$){_CLOCK}",  # or else 9.10 may be a day
        rf"{_CLOCK},? {_DAY}",
        rf"(?:{_DAY}|this) {_PART}|in ?{_SPAN}|{_SPAN} (?:from now|ago)",
        r"\d{4}-\d{2}-\d{2}t\d{2}:\d{2}(?::\d{2})?z?",
    )
]
_BARE_HOUR = re.compile(rf"{_DAY},? (?:{_PART},? )?(?P<clock>\d{{1,2}})")
_UNLIKE_A_COUNT = re.compile(r"[^\S\n]*(?:$|\n|[^\sa-z\d%])")

_COUNTED = re.compile(rf"\b{NUMBER}(?= (?:{'|'.join(_UNITS)})\b)")
_HALVES = [
    re.compile(r"\bhalf an? (?P<n>)hour\b"),
    re.compile(r"\b(?P<n>an?|\d{1,4}) hours? and a half\b"),
    re.compile(r"\b(?P<n>\d{1,4})(?: and a half|[.,]5) hours\b"),
]
_O_CLOCK = re.compile(r"(?<=\d) ?o['’]clock\b")
_DAY_AFTER = re.compile(r"\b(?:on )?(?:the )?day after tomorrow\b")
_NEXT_WEEK = re.compile(
    rf"\b(?:next week,? (?:on )?(?P<day>{WEEKDAY})"
    rf"|(?:on )?(?P<day_first>{WEEKDAY}) (?:of )?next week)\b"
)
_LATE = re.compile(
    r"\b(tonight|(?:this |in the )?(?:afternoon|evening|night)),? (?:at )?(\d{1,2})(:\d{2})?"
    r"(?![\d:.]|\s*[ap]\.?m)"
)


def plain(phrase: str, rest: str, today: dt.date) -> str | None:
    """Rewrite a time for dateparser; None if the phrase is none.

    Parameters
    ----------
    rest : str
        What follows in the text, which tells the hour of "friday 2" from the count of
        "friday 2 for 1".
    """
    written = _in_figures(" ".join(phrase.lower().split()).rstrip(BETWEEN), today)
    forms = _FORMS
    if phrase[-1] in BETWEEN or _UNLIKE_A_COUNT.match(rest):
        forms = [*_FORMS, _BARE_HOUR]
    found = next((match for form in forms if (match := form.fullmatch(written))), None)
    if found is None:
        return None
    return _LATE.sub(_late_clock, _with_minutes(found))


def _in_figures(phrase: str, today: dt.date) -> str:
    """Write "in five minutes", "half an hour" and days that dateparser does not know in figures."""
    phrase = _COUNTED.sub(lambda name: str(number(name[0])), _O_CLOCK.sub(":00", phrase))
    for half in _HALVES:
        phrase = half.sub(_half_hours, phrase)
    phrase = _DAY_AFTER.sub(f"{today + dt.timedelta(days=2)}", phrase)
    return _NEXT_WEEK.sub(lambda found: _next_week(found, today), phrase)


def _half_hours(found: re.Match[str]) -> str:
    hours = int({"": 0, "a": 1, "an": 1}.get(found["n"], found["n"]))
    return f"{60 * hours + 30} minutes"


def _next_week(found: re.Match[str], today: dt.date) -> str:
    ahead = 7 - today.weekday() + weekday(found["day"] or found["day_first"])
    return f"{today + dt.timedelta(days=ahead)}"


def _with_minutes(found: re.Match[str]) -> str:
    """Write "9" and "9.30" as 9:00 and 9:30: dateparser drops the one and takes the other amiss."""
    clock = found.groupdict().get("clock")
    if not clock:
        return found[0]
    start, end = found.span("clock")
    minutes = ":00" if clock.isdecimal() else ""
    return found[0][:start] + re.sub(r"(?<=\d)\.(?=\d)", ":", clock) + minutes + found[0][end:]


def _late_clock(found: re.Match[str]) -> str:
    """Write "tonight at 8" and "evening 8:30" with the hour that is meant."""
    hour = int(found[2]) + (12 if int(found[2]) < 12 else 0)
    day = "today" if found[1] == "tonight" or found[1].startswith("this") else ""
    return f"{day} at {hour}{found[3] or ':00'}"
