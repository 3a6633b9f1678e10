"""Knows how Chinese times are said, and how dateparser reads each of them right."""

from __future__ import annotations

import datetime as dt
import re

from bot.when.names import BETWEEN, NUMBER_ZH, PART_ZH, WEEK_ZH, WEEKDAY_ZH, number, weekday

_SIMPLIFIED = str.maketrans("點時鐘後週號個兩禮", "点时钟后周号个两礼")
_PLAIN = {
    r"[以之]后": "后",
    r"(?<=[点时])一刻": "15分",
    r"(?<=[点时])三刻": "45分",
    r"一刻钟": "15分钟",
    r"三刻钟": "45分钟",
    r"([今明])早(?!上|晨)": r"\1天早上",
    r"[这本]个?(?=周|星期|礼拜)": "",
}
_WEEKS_AHEAD = re.compile(rf"(下+)个?{WEEK_ZH}({WEEKDAY_ZH})")
_IN_WEEKS = re.compile(rf"({NUMBER_ZH}|\d{{1,2}})个?(?:周|星期|礼拜)后")
_NUMERAL = re.compile(
    r"(?<!周)(?<!星期)[一二两三四五六七八九]?十?[零一二两三四五六七八九十](?=[点时分号日月天小个秒])"
)
_DAY = re.compile(r"(?<![年\d])(\d{1,2})月(\d{1,2})[日号]")
_HALF_HOURS = re.compile(r"(?:(\d{1,3})个)?半个?(?:小时|钟头)|(\d{1,3})个?小时半")
_SECONDS = re.compile(r"^(\d+)\s*秒钟?后")
_COLON = re.compile(rf"({PART_ZH})\s*(\d{{1,2}})[:：](\d{{2}})")
_HOUR = re.compile(
    rf"({PART_ZH})?\s*(\d{{1,2}})\s*[点时](?!后)"
    r"(?:(半)|(\d{2})分?|(\d)分)?钟?"  # a lone digit without 分 begins the text: 9点3折
)
_MIDNIGHT = re.compile(r"(?:晚上|今晚|明晚)\s*(?:12|十二)\s*[点點时時]")


def plain(phrase: str, today: dt.date) -> str | None:
    """Rewrite a time for dateparser; None where Latin letters show that the text has begun."""
    if re.search("[A-Za-z]", phrase):
        return None
    phrase = " ".join(phrase.translate(_SIMPLIFIED).split()).rstrip(BETWEEN)
    for spoken, written in _PLAIN.items():
        phrase = re.sub(spoken, written, phrase)
    phrase = _WEEKS_AHEAD.sub(lambda found: _weekday(found, today), phrase)
    phrase = _IN_WEEKS.sub(lambda found: f"{7 * number(found[1])}天后", phrase)
    phrase = _NUMERAL.sub(lambda numeral: str(number(numeral[0])), phrase)
    phrase = _DAY.sub(lambda day: _with_year(int(day[1]), int(day[2]), today), phrase)
    phrase = _HALF_HOURS.sub(_half_hours, phrase).replace("个小时", "小时")
    phrase = _SECONDS.sub(r"in \1 seconds", phrase)
    return _HOUR.sub(_clock, _COLON.sub(r"\1\2点\3分", phrase)).strip()


def names_midnight(phrase: str) -> bool:
    """Say whether it is twelve at night, which still belongs to the day before."""
    return bool(_MIDNIGHT.search(phrase))


def hour_of(part: str | None, hour: int) -> int:
    """Give the hour by the clock of 24 hours, of an hour in a part of the day."""
    late = part in {"下午", "傍晚", "晚上", "今晚", "明晚"} and hour < 12
    if late or (part == "中午" and hour < 3):
        return hour + 12
    return 0 if part == "凌晨" and hour == 12 else hour


def _weekday(found: re.Match[str], today: dt.date) -> str:
    ahead = 7 * len(found[1]) - today.weekday() + weekday(found[2])
    return f"{today + dt.timedelta(days=ahead):%Y年%m月%d日}"


def _with_year(month: int, day: int, today: dt.date) -> str:
    """Write the next such day with its year."""
    year = today.year + ((month, day) < (today.month, today.day))
    return f"{year}年{month}月{day}日"


def _half_hours(found: re.Match[str]) -> str:
    return f"{60 * int(found[1] or found[2] or 0) + 30}分钟"


def _clock(found: re.Match[str]) -> str:
    part, hour = found[1], hour_of(found[1], int(found[2]))
    minute = 30 if found[3] else int(found[4] or found[5] or 0)
    tonight = "今天" if part == "晚上" and hour == 12 and found.start() == 0 else ""
    day = {"今晚": "今天", "明晚": "明天"}.get(part or "", tonight)
    return f"{day} {hour}:{minute:02}"
