"""The names that times are written with: weekdays, months, numbers and parts of the day."""

from __future__ import annotations

BETWEEN = " \t\r\n:：,，|"
"""What may stand between a time and the text."""

WEEKDAY = (
    r"(?:mon(?:day)?|tue(?:s(?:day)?)?|wed(?:nesday)?|thu(?:r(?:s(?:day)?)?)?|fri(?:day)?"
    r"|sat(?:urday)?|sun(?:day)?)"
)
MONTH = (
    r"(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?"
    r"|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)\.?"
)
DAY_OF_MONTH = r"(?:0?[1-9]|[12]\d|3[01])"

WEEK_ZH = "(?:周|週|星期|礼拜|禮拜)"
WEEKDAY_ZH = "[一二三四五六日天]"
PART_ZH = "(?:凌晨|早上|早晨|上午|中午|下午|傍晚|晚上|今晚|明晚)"
NUMBER_ZH = "[零〇一二两兩三四五六七八九十]+"

_ONES = [
    "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven",
    "twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen",
]  # fmt: skip
_TENS = ["twenty", "thirty", "forty", "fifty", "sixty"]
NUMBER = rf"(?:(?:{'|'.join(_TENS)})(?:[ -](?:{'|'.join(_ONES[:9])}))?|{'|'.join(_ONES[::-1])})"
_DIGITS_ZH = {digit: number for number, digit in enumerate("零一二三四五六七八九")}
_DIGITS_ZH |= {"〇": 0, "两": 2, "兩": 2}


def weekday(name: str) -> int:
    """Give the number of a weekday, Monday is 0, by its English or Chinese name."""
    if name[-1] in "一二三四五六日天":
        return "一二三四五六日".index(name[-1].replace("天", "日"))
    return ("mo", "tu", "we", "th", "fr", "sa", "su").index(name[:2].lower())


def month(name: str) -> int:
    """Give the number of a month by its English name."""
    return 1 + "jan feb mar apr may jun jul aug sep oct nov dec".index(name[:3].lower()) // 4


def number(name: str) -> int:
    """Read digits, "twenty-five", or a Chinese numeral below one hundred."""
    if name.isdecimal():
        return int(name)
    if name[0] in _DIGITS_ZH or name[0] == "十":
        tens, ten, ones = name.rpartition("十")
        if not ten:
            return int("".join(str(_DIGITS_ZH[digit]) for digit in name))
        return 10 * _DIGITS_ZH.get(tens, 1) + _DIGITS_ZH.get(ones, 0)
    ten, *rest = name.lower().replace("-", " ").split()
    if ten in _TENS:
        return 20 + 10 * _TENS.index(ten) + (1 + _ONES.index(rest[0]) if rest else 0)
    return 1 + _ONES.index(ten)
