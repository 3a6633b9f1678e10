"""Every sentence exists in both languages, with the same values."""

from __future__ import annotations

import datetime as dt
import string
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po

import bot
from bot.app import COMMANDS, first_line
from bot.views import guide
from bot.views.say import Say, lines

ROOT = Path(bot.__file__).parent


def sentences() -> list[str | tuple[str, ...]]:
    found = extract_from_dir(
        ROOT, method_map=[("**.py", "python")], keywords={"say": None, "counted": (1, 2)}
    )
    return [message for _, _, message, _, _ in found] + [
        first_line(handle) for handle in COMMANDS.values()
    ]


def fields(sentence: str) -> set[str | None]:
    return {name for _, name, _, _ in string.Formatter().parse(sentence)} - {None}


@pytest.fixture(scope="module")
def catalogue() -> Catalog:
    with (ROOT / "views" / "zh.po").open("rb") as file:
        return read_po(file, locale="zh_Hans")


def test_every_sentence_has_its_chinese_with_the_same_values(catalogue: Catalog) -> None:
    for sentence in sentences():
        message = catalogue.get(sentence)
        assert message, f"not in zh.po: {sentence!r}"
        assert message.string, f"empty in zh.po: {sentence!r}"
        english = sentence if isinstance(sentence, str) else sentence[1]
        chinese = message.string if isinstance(message.string, str) else message.string[0]
        assert fields(chinese) == fields(english)
        assert chinese.count("<") == english.count("<")


def test_zh_po_holds_no_sentence_that_is_never_said(catalogue: Catalog) -> None:
    said = {sentence if isinstance(sentence, str) else sentence[0] for sentence in sentences()}

    kept = {
        message.id if isinstance(message.id, str) else message.id[0]
        for message in catalogue
        if message.id
    }

    assert kept == said


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_value_is_never_formatting(language: str) -> None:
    say = Say(language, ZoneInfo("UTC"))

    said = say("<b>{name}</b> is waiting for you", name="<i>{x}</i> & {0}")

    assert "&lt;i&gt;{x}&lt;/i&gt; &amp; {0}" in said


def test_a_moment_names_its_zone_and_offset() -> None:
    moment = dt.datetime(2027, 7, 1, 7, 0, tzinfo=dt.UTC)

    assert Say("en", ZoneInfo("Europe/Berlin")).when(moment) == (
        "Thu 1 Jul 2027, 09:00 (Europe/Berlin, UTC+2:00)"
    )
    assert "09:00 (Europe/Berlin" in Say("zh", ZoneInfo("Europe/Berlin")).when(moment)


def test_lines_leave_out_what_is_empty() -> None:
    assert lines("a", "", "b") == "a\nb"


@pytest.mark.parametrize("language", ["en", "zh"])
def test_help_names_every_command_and_explains_each_in_one_group(language: str) -> None:
    say = Say(language, ZoneInfo("UTC"))
    commands = {command: first_line(handle) for command, handle in COMMANDS.items()}

    shown = guide.help_(say, commands)
    groups = [
        guide.help_(say, commands, data.partition(":")[2])
        for row in shown.buttons
        for _, data in row
    ]

    assert all(f"/{command}" in shown.text for command in COMMANDS)
    told = "\n".join(group.text for group in groups)
    assert all(told.count(f"\n/{command} — ") == 1 for command in COMMANDS)
    assert all(group.buttons == (((str(say("« Back")), "help:all"),),) for group in groups)
