"""Reads a time in plain words, English or Chinese, at the start of what the owner wrote."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass
from zoneinfo import ZoneInfo

LONGEST_PHRASE = 8  # words; "on friday 24 december 2027 at 18:00" has seven
LONGEST_PHRASE_ZH = 24  # characters, because Chinese has no spaces
FURTHEST_YEARS = 50  # beyond it a number was no year
FIRST_HAN, LAST_HAN = "\u4e00", "\u9fff"


class NoTimeError(Exception):
    """The text does not begin with a time."""


class PastTimeError(Exception):
    """The time has passed; `publish_at` says when it was."""

    def __init__(self, publish_at: dt.datetime) -> None:
        super().__init__(f"{publish_at} has passed")
        self.publish_at = publish_at


class GapError(Exception):
    """The clocks skip this local time; `before` and `after` are the nearest that exist."""

    def __init__(self, before: dt.datetime, after: dt.datetime) -> None:
        super().__init__(f"no such local time between {before} and {after}")
        self.before = before
        self.after = after


@dataclass(frozen=True, slots=True)
class Plan:
    """A moment (UTC), and where in the text the rest begins (in characters)."""

    publish_at: dt.datetime
    text_begins: int


def read_plan(text: str, now: dt.datetime, timezone: ZoneInfo) -> Plan:
    """Read the longest time phrase that the text begins with.

    Raises
    ------
    NoTimeError, PastTimeError, GapError
        See there.
    """
    for end in _ends(text):
        if not _may_be_time(text[:end]):
            continue
        local = _local_time(text[:end], now, timezone)
        if local is not None:
            publish_at = _resolve(local, timezone)
            if publish_at <= now:
                raise PastTimeError(publish_at)
            rest = text[end:]
            return Plan(publish_at, end + len(rest) - len(rest.lstrip(_BETWEEN)))
    raise NoTimeError


def _ends(text: str) -> list[int]:
    """Give where a phrase could end, the longest first."""
    words = [word.end() for word in re.finditer(r"\S+", text)][:LONGEST_PHRASE]
    if any(FIRST_HAN <= character <= LAST_HAN for character in text[:LONGEST_PHRASE_ZH]):
        words += range(2, min(len(text), LONGEST_PHRASE_ZH) + 1)
    return sorted(set(words), reverse=True)


def _local_time(phrase: str, now: dt.datetime, timezone: ZoneInfo) -> dt.datetime | None:
    """Give the moment a phrase means, as local time; None if it names no time of day.

    A phrase that means a time *from now* ("in 2 hours") moves with now. It is added in UTC, so
    that a clock change in between does not stretch it.
    """
    here = now.astimezone(timezone).replace(tzinfo=None)
    plain = _numerals(phrase, here.date())
    found = _parse(plain, here)
    if found is None:
        return None
    if _MIDNIGHT_ZH.search(phrase):
        return found + dt.timedelta(hours=12)  # twelve at night still belongs to that day
    hour = dt.timedelta(hours=1)
    if found.tzinfo is None and _parse(plain, here + hour) == found + hour:
        return (now + (found - here)).astimezone(timezone)
    return found


def _parse(phrase: str, base: dt.datetime) -> dt.datetime | None:
    from dateparser.date import DateDataParser  # noqa: PLC0415  # 0.2 s that a start should not pay

    settings = {
        "RELATIVE_BASE": base,
        "PREFER_DATES_FROM": "future",
        "DATE_ORDER": "DMY",
        "RETURN_TIME_AS_PERIOD": True,
    }
    parsed = DateDataParser(languages=["en", "zh"], settings=settings).get_date_data(phrase)
    if parsed.period not in {"time", "part_of_day"}:
        return None  # a day alone: "tomorrow" names no time
    found: dt.datetime | None = parsed.date_obj
    if found is None or abs(found.year - base.year) > FURTHEST_YEARS:
        return None
    return found


def _resolve(local: dt.datetime, timezone: ZoneInfo) -> dt.datetime:
    """Give the moment in UTC, or raise `GapError`."""
    if local.tzinfo is not None:
        return local.astimezone(dt.UTC)
    early = local.replace(tzinfo=timezone, fold=0).astimezone(dt.UTC)
    if early.astimezone(timezone).replace(tzinfo=None) == local:
        return early
    # In a gap the two folds read the clock as before and as after the change (PEP 495).
    late = local.replace(tzinfo=timezone, fold=1).astimezone(dt.UTC)
    change = _change_between(late, early, timezone)
    raise GapError(change - dt.timedelta(minutes=1), change)


def _change_between(low: dt.datetime, high: dt.datetime, timezone: ZoneInfo) -> dt.datetime:
    """Give the minute (UTC) in which the clock changes, by bisection."""
    before = low.astimezone(timezone).utcoffset()
    while high - low > dt.timedelta(minutes=1):
        middle = low + (high - low) / 2
        if middle.astimezone(timezone).utcoffset() == before:
            low = middle
        else:
            high = middle
    return high.replace(second=0, microsecond=0)


_SIMPLIFIED = str.maketrans("點時鐘後週號個兩禮", "点时钟后周号个两礼")
_BETWEEN = " \t\r\n:：,，|"  # may stand between the time and the text

_MONTH = (
    r"(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?"
    r"|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)\.?"
)
_DAY_OF_MONTH = r"(?:0?[1-9]|[12]\d|3[01])"
_WEEKDAY = (
    r"(?:this |next )?(?:mon(?:day)?|tue(?:s(?:day)?)?|wed(?:nesday)?|thu(?:r(?:s(?:day)?)?)?"
    r"|fri(?:day)?|sat(?:urday)?|sun(?:day)?)"
)
_DATE = (
    rf"(?:(?:the )?{_DAY_OF_MONTH}(?:st|nd|rd|th|\.)? (?:of )?{_MONTH},?(?: \d{{4}})?"
    rf"|{_MONTH} {_DAY_OF_MONTH}(?:st|nd|rd|th)?(?:,? \d{{4}})?"
    r"|\d{1,2}[./]\d{1,2}(?:[./](?:\d{4}|\d{2})?)?|\d{4}-\d{2}-\d{2})"
)
_DAY = (
    rf"(?:on )?(?:yesterday|today|tonight|tomorrow|(?:{_WEEKDAY},? )?{_DATE}|{_WEEKDAY}"
    r"|in (?:an?|one|\d{1,3}) (?:day|week|month)s?)"
)
_PART = r"(?:in the )?(?:morning|afternoon|evening|night)"
_CLOCK = (
    r"(?:at )?(?:\d{1,2}:\d{2}(?::\d{2})?(?: ?[ap]\.?m\.?)?|\d{1,2} ?[ap]\.?m\.?"
    r"|noon|midnight|(?<=at )\d{1,2})(?: (?:utc|gmt))?"
)
_UNIT = r"(?:s(?:ec(?:ond)?s?)?|m(?:in(?:ute)?s?)?|h(?:(?:ou)?rs?)?|days?|weeks?)"
_SPAN = rf"(?:half an|an?|one|\d{{1,5}}) ?{_UNIT}"
_SPANS = rf"{_SPAN}(?:,? (?:and )?{_SPAN})*"
_ENGLISH = re.compile(
    rf"(?:{_DAY},?|this) (?:{_PART},? )?{_CLOCK}|(?:{_DAY}|this) {_PART}"
    rf"|{_CLOCK}(?:,? {_DAY})?|in {_SPANS}|{_SPANS} (?:from now|ago)"
    r"|\d{4}-\d{2}-\d{2}t\d{2}:\d{2}(?::\d{2})?z?",
    re.IGNORECASE,
)


def _may_be_time(phrase: str) -> bool:
    """Say whether a phrase has the form of an English time, or is Chinese through and through.

    Left alone, dateparser takes words of the text: "9:00 Now open", "9:00 20 years of us".
    """
    if any(FIRST_HAN <= character <= LAST_HAN for character in phrase):
        return not re.search("[A-Za-z]", phrase)
    return bool(_ENGLISH.fullmatch(" ".join(phrase.split()).rstrip(_BETWEEN)))


_DIGITS = {digit: str(number) for number, digit in enumerate("零一二三四五六七八九")} | {"两": "2"}
_PART_ZH = "凌晨|早上|早晨|上午|中午|下午|傍晚|晚上|今晚|明晚"
_COLON_ZH = re.compile(rf"({_PART_ZH})\s*(\d{{1,2}})[:：](\d{{2}})")
_HOUR_ZH = re.compile(
    rf"({_PART_ZH})?\s*(\d{{1,2}})\s*[点时](?!后)"
    r"(?:(半)|(\d{2})分?|(\d)分)?钟?"  # a lone digit without 分 begins the text: 9点3折
)
_PLAIN_ZH = {
    r"[以之]后": "后",
    r"(?<=[点时])一刻": "15分",
    r"(?<=[点时])三刻": "45分",
    r"([今明])早(?!上|晨)": r"\1天早上",
    r"[这本]个?(?=周|星期|礼拜)": "",
}
_MIDNIGHT_ZH = re.compile(r"(?:晚上|今晚|明晚)\s*(?:12|十二)\s*[点點时時]")
_WEEKDAY_ZH = re.compile(r"下(?:个)?(?:周|星期|礼拜)([一二三四五六日天])")
_DAY_ZH = re.compile(r"(?<![年\d])(\d{1,2})月(\d{1,2})[日号]")
_HOUR_EN = re.compile(r"\bat (\d{1,2})(?![\d:.]|\s*[ap]\.?m)", re.IGNORECASE)
_SECONDS_ZH = re.compile(r"^(\d+)\s*秒钟?后")
_LATE_EN = re.compile(
    r"\b(tonight|(?:this |in the )?(?:afternoon|evening|night)),? (?:at )?(\d{1,2})(:\d{2})?"
    r"(?![\d:.]|\s*[ap]\.?m)",
    re.IGNORECASE,
)
_HALF_EN = re.compile(r"\bhalf an hour\b", re.IGNORECASE)


def _numerals(phrase: str, today: dt.date) -> str:
    """Rewrite what dateparser misreads: "at 9" (it drops the 9) and Chinese hours and dates."""
    phrase = phrase.translate(_SIMPLIFIED)
    for spoken, plain in _PLAIN_ZH.items():
        phrase = re.sub(spoken, plain, phrase)
    phrase = _LATE_EN.sub(_late_clock, " ".join(phrase.split()).rstrip(_BETWEEN))
    phrase = _HOUR_EN.sub(r"at \1:00", _HALF_EN.sub("30 minutes", phrase))
    weekday = _WEEKDAY_ZH.search(phrase)
    if weekday:  # before the numerals are rewritten
        monday = today - dt.timedelta(days=today.weekday()) + dt.timedelta(weeks=1)
        day = monday + dt.timedelta(days="一二三四五六日".index(weekday[1].replace("天", "日")))
        phrase = phrase.replace(weekday[0], f"{day:%Y年%m月%d日}")
    phrase = re.sub(
        r"(?<!周)(?<!星期)[一二两三四五六七八九]?十?[零一二两三四五六七八九十](?=[点时分号日月天小个秒])",
        lambda numeral: _number(numeral[0]),
        phrase,
    )
    phrase = _DAY_ZH.sub(lambda day: _with_year(int(day[1]), int(day[2]), today), phrase)
    phrase = (
        phrase.replace("半小时", "30分钟").replace("半个小时", "30分钟").replace("个小时", "小时")
    )
    phrase = _SECONDS_ZH.sub(r"in \1 seconds", phrase)
    return _HOUR_ZH.sub(_clock, _COLON_ZH.sub(r"\1\2点\3分", phrase)).strip()


def _number(numeral: str) -> str:
    """Write a Chinese numeral below one hundred in digits."""
    tens, ten, ones = numeral.rpartition("十")
    if not ten:
        return "".join(_DIGITS[digit] for digit in numeral)
    return str(10 * int(_DIGITS.get(tens, "1")) + int(_DIGITS.get(ones, "0")))


def _with_year(month: int, day: int, today: dt.date) -> str:
    year = today.year + ((month, day) < (today.month, today.day))
    return f"{year}年{month}月{day}日"


def _clock(match: re.Match[str]) -> str:
    part, hour, half, minute = match[1], int(match[2]), match[3], match[4] or match[5]
    late = part in {"下午", "傍晚", "晚上", "今晚", "明晚"} and hour < 12
    if late or (part == "中午" and hour < 3):
        hour += 12
    if part == "凌晨" and hour == 12:
        hour = 0
    tonight = "今天" if part == "晚上" and hour == 12 and match.start() == 0 else ""
    day = {"今晚": "今天", "明晚": "明天"}.get(part or "", tonight)
    return f"{day} {hour}:{30 if half else int(minute or 0):02}"


def _late_clock(match: re.Match[str]) -> str:
    """Write "tonight at 8" and "evening 8:30" with the hour that is meant."""
    hour = int(match[2]) + (12 if int(match[2]) < 12 else 0)
    part = match[1].lower()
    day = "today" if part == "tonight" or part.startswith("this") else ""
    return f"{day} at {hour}{match[3] or ':00'}"
