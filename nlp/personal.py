"""What in a reply is about one customer only, and must not be told to the next."""

import re
from collections.abc import Iterable

_MONTH = (
    r"(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|"
    r"sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)\b"
)
_DAY = r"\d{1,2}(?:st|nd|rd|th)?"
_NUMBERED = "order|invoice|booking|ticket|parcel|tracking|reference|ref"
_PATTERNS = (
    # an order, an invoice, a parcel: "#4711", "order no. 4711", "订单号 4711", "AB-12345"
    r"#\s?\w*\d\w*",
    rf"\b(?:{_NUMBERED})\b\.?\s*(?:number|no\.?|nr\.?|id)?\s*:?\s*(?=[\w-]*\d{{3}})[\w-]+",
    r"(?:订单|訂單|运单|快递|发票|预约)(?:号|號|编号)?\s*[:：]?\s*(?=[A-Za-z-]*\d{3})[A-Za-z0-9-]+",
    r"(?-i:\b(?=[A-Z0-9-]*\d{4})(?=[A-Z0-9-]*[A-Z])[A-Z0-9-]{6,}\b)",
    r"(?<![\d.,])\d{7,}(?![\d.,]*\d)",
    # a day
    r"\b\d{4}-\d{1,2}-\d{1,2}\b",
    r"\b\d{1,2}[./]\d{1,2}[./](?:\d{4}|\d{2})\b",
    rf"\b{_DAY}\s+(?:of\s+)?{_MONTH}",
    rf"\b{_MONTH}\.?\s+{_DAY}\b",
    r"\d{1,2}月\d{1,2}[日号號]?",
    r"\b(?:today|tonight|tomorrow|yesterday)\b",
    r"今天|明天|昨天|后天|前天|今晚",
    # how to reach somebody
    r"[\w.+-]+@[\w-]+\.[\w.-]*\w",
    r"(?<![\w@])@\w{4,}",
    r"\+\d[\d ()/-]{6,}\d",
)
_PERSONAL = re.compile("|".join(_PATTERNS), re.IGNORECASE)
_VARIABLE = re.compile(r"\{\{.*?\}\}")

SHORTEST_NAME = 3
"""Letters of a name from which it is looked for; "Jo" and "Al" are in too many words' places."""


def personal_facts(reply: str, customer: str, public: Iterable[str] = ()) -> tuple[str, ...]:
    """Find the customer's name, numbers, days and addresses in a reply.

    A help for a careful eye, not a proof: it names what looks personal, and a
    price or an opening hour does not.

    Parameters
    ----------
    customer : str
        The customer's name, as Telegram gives it.
    public : iterable of str
        Texts that anybody may read, such as the shop's telephone number.
    """
    told = " ".join(public)
    written = _VARIABLE.sub(" ", reply)
    found = [match[0].strip() for match in _PERSONAL.finditer(written)]
    names = [
        match[0] for name in _names(customer) if (match := re.search(name, written, re.IGNORECASE))
    ]
    return tuple(dict.fromkeys(fact for fact in [*names, *found] if fact not in told))


def _names(customer: str) -> list[str]:
    """Give patterns for the parts of a name: Latin ones as words, Chinese ones whole."""
    parts = re.findall(r"[^\W\d_]+", customer)
    return [
        part if "\u3400" <= part[0] <= "\u9fff" else rf"\b{re.escape(part)}\b"
        for part in parts
        if len(part) >= (2 if "\u3400" <= part[0] <= "\u9fff" else SHORTEST_NAME)
    ]
