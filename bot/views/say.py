"""Sentences in the owner's language, with every value escaped for HTML."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from babel.dates import format_datetime
from babel.messages.pofile import read_po
from babel.numbers import format_decimal, format_percent
from markupsafe import Markup

LOCALES = {"en": "en", "zh": "zh_Hans"}


@dataclass(frozen=True, slots=True)
class View:
    """What is sent in one message: HTML text, and rows of buttons as (label, callback data)."""

    text: Markup
    buttons: tuple[tuple[tuple[str, str], ...], ...] = ()

    def body(self) -> dict[str, Any]:
        """Give the parameters of `sendMessage` beside the chat."""
        body: dict[str, Any] = {
            "text": str(self.text),
            "parse_mode": "HTML",
            "link_preview_options": {"is_disabled": True},
        }
        if self.buttons:
            body["reply_markup"] = keyboard(self.buttons)
        return body


def keyboard(buttons: tuple[tuple[tuple[str, str], ...], ...]) -> dict[str, Any]:
    """Give rows of (label, callback data) as an inline keyboard."""
    rows = [[{"text": label, "callback_data": data} for label, data in row] for row in buttons]
    return {"inline_keyboard": rows}


class Say:
    """Says a sentence of the program in one language.

    The English sentence is its own key. Values are named, and escaped unless they are `Markup`
    already, so nothing a customer wrote can become formatting.
    """

    def __init__(self, language: str, timezone: ZoneInfo) -> None:
        self.language = language
        self.timezone = timezone
        self._sentences = _catalogue(language)

    def __call__(self, sentence: str, **values: object) -> Markup:
        """Say the sentence with these values in place of its `{name}`."""
        found = self._sentences.get(sentence, sentence)
        return Markup(found if isinstance(found, str) else found[0]).format(**values)  # noqa: S704

    def counted(self, one: str, many: str, n: int, **values: object) -> Markup:
        """Say one of two sentences according to `n`, which is a value too."""
        found = self._sentences.get(one, (one, many))
        forms = (found,) if isinstance(found, str) else found
        form = forms[0] if n == 1 or len(forms) == 1 else forms[1]
        return Markup(form).format(n=self.number(n), **values)  # noqa: S704

    def when(self, moment: dt.datetime) -> str:
        """Write a moment in the owner's time zone, to the minute, zone named."""
        here = moment.astimezone(self.timezone)
        pattern = "y年M月d日 EEE HH:mm" if self.language == "zh" else "EEE d MMM y, HH:mm"
        written = format_datetime(here, pattern, locale=LOCALES[self.language])
        return f"{written} ({self.timezone.key}, {offset(here)})"

    def number(self, number: float) -> str:
        """Write a number as the locale does, with one decimal at most."""
        return str(format_decimal(number, "#,##0.#", locale=LOCALES[self.language]))

    def share(self, share: float) -> str:
        """Write a share in [0, 1] as a percentage."""
        return str(format_percent(share, "0%", locale=LOCALES[self.language]))


def offset(moment: dt.datetime) -> str:
    """Write how far a local moment is from UTC."""
    minutes = round((moment.utcoffset() or dt.timedelta()).total_seconds() / 60)
    return f"UTC{'−' if minutes < 0 else '+'}{abs(minutes) // 60}:{abs(minutes) % 60:02}"


def _catalogue(language: str) -> Mapping[str, str | Sequence[str]]:
    if language == "en":
        return {}
    with Path(__file__).with_name(f"{language}.po").open("rb") as file:
        catalogue = read_po(file, locale=LOCALES[language])
    return {
        message.id if isinstance(message.id, str) else message.id[0]: message.string
        for message in catalogue
        if message.id and message.string
    }


def lines(*parts: str | Markup) -> Markup:
    """Join what is not empty, a line each."""
    return Markup("\n").join(part for part in parts if part)
