"""What the cells of a row mean: a post's content, and back."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict, replace
from typing import Any, TypeVar, cast, get_args

from bot.exchange.markup import (
    LINK,
    MarkupError,
    chosen,
    read_html,
    units,
    write_html,
)
from bot.exchange.remarks import CellError
from scheduler.posts import Button, Content, MediaKind, Medium, Poll, Preview

T = TypeVar("T")
Cells = Mapping[str, str]

YES = {"yes", "y", "true", "1", "x", "是"}
NO = {"", "no", "n", "false", "0", "否"}
LONGEST_HTML = 50_000  # characters: ten times what can be published, and parsed in no time
_BETWEEN = " || "  # buttons side by side
_ENTITY_KEYS = {
    "type", "offset", "length", "url", "language", "custom_emoji_id", "user", "unix_time",
    "date_time_format",
}  # fmt: skip
_FILE_ID = re.compile(r"[\w-]{1,300}", re.ASCII)
_NAME = re.compile(r"[^/\\\0]{1,255}")
_COPY = re.compile(r"\w[\w.-]{0,200}", re.ASCII)  # a name, never a path


def read_content(cells: Cells) -> Content:
    """Read what a row publishes.

    Raises
    ------
    CellError
        At the first cell that cannot be used; Telegram's limits are not looked at.
    """
    text, entities = _text(cells)
    preview = cells.get("preview", "").strip().lower() or "auto"
    if preview not in get_args(Preview):
        raise CellError("preview", "one_of", words=", ".join(get_args(Preview)))
    preview_url = cells.get("preview_url", "").strip()
    if preview_url and not LINK.fullmatch(preview_url):
        raise CellError("preview_url", "no_address")
    content = Content(
        text=text,
        entities=entities,
        media=_media(cells.get("media", "")),
        poll=_poll(cells),
        buttons=_buttons(cells.get("buttons", "")),
        silent=is_yes(cells, "silent"),
        protected=is_yes(cells, "protected"),
        preview=cast(Preview, preview),
        preview_url=preview_url,
        above=is_yes(cells, "above"),
    )
    if not (content.text.strip() or content.media or content.poll):
        raise CellError("text", "nothing_to_publish")
    return content


def values_of(content: Content) -> dict[str, object]:
    """Write a content as the values of a JSON object, without those that are as usual."""
    poll = content.poll
    values = {
        "media": [
            {name: value for name, value in asdict(medium).items() if value}
            for medium in content.media
        ],
        "poll_question": poll and poll.question,
        "poll_options": poll and list(poll.options),
        "poll_correct": poll and poll.correct is not None and poll.correct + 1,
        "poll_explanation": poll and poll.explanation,
        "poll_several": poll and poll.several,
        "buttons": [[asdict(button) for button in row] for row in content.buttons],
        "preview": "" if content.preview == "auto" else content.preview,
        "preview_url": content.preview_url,
        "silent": content.silent,
        "protected": content.protected,
        "above": content.above,
    }
    return _text_values(content) | {name: value for name, value in values.items() if value}


def _text_values(content: Content) -> dict[str, object]:
    """Write a text in the simplest way that reads back the same."""
    text, entities = content.text, chosen(content.entities)
    for written in ({"text": text}, {"text": write_html(text, entities), "format": "html"}):
        with suppress(CellError):
            if _text(written) == (text, json.dumps(entities)):
                return {**written}
    return {"text": text, "entities": entities}


def as_cells(values: Mapping[str, object]) -> dict[str, str]:
    """Write the values of a JSON object as cells, in people's way where that reads back."""
    cells = {}
    for name, value in values.items():
        if isinstance(value, list):
            exact = json.dumps(value, ensure_ascii=False)
            plain = _FOR_PEOPLE[name](value) if name in _FOR_PEOPLE else exact
            with suppress(CellError):
                exact = plain if _READERS[name](plain) == _READERS[name](exact) else exact
            cells[name] = exact
        else:
            cells[name] = "yes" if value is True else str(value)
    return cells


def same(content: Content) -> Content:
    """Give a content in the form in which two that publish the same are equal."""
    return replace(content, entities=json.dumps(chosen(content.entities), sort_keys=True))


def is_yes(cells: Cells, column: str) -> bool:
    """Read a cell that says yes or no."""
    word = cells.get(column, "").strip().casefold()
    if word not in YES | NO:
        raise CellError(column, "yes_or_no", cell=word)
    return word in YES


def _text(cells: Cells) -> tuple[str, str]:
    """Read text and entities; the space around a text is dropped, as Telegram does."""
    text, given = cells.get("text", ""), cells.get("entities", "")
    form = cells.get("format", "").strip().lower() or "plain"
    if form not in {"plain", "html"}:
        raise CellError("format", "one_of", words="plain, html")
    if given:
        if form == "html":
            raise CellError("entities", "two_formats")
        return text, json.dumps(_entities(given, text))
    if form == "plain":
        return text.strip(), "[]"
    if len(text) > LONGEST_HTML:
        raise CellError("text", "markup_long")
    try:
        plain, entities = read_html(text.strip())
    except MarkupError as error:
        raise CellError("text", f"markup_{error.kind}", tag=error.tag) from error
    return plain, json.dumps(entities)


def _entities(cell: str, text: str) -> list[dict[str, Any]]:
    found = _json_list("entities", cell)
    length = units(text)
    for entity in found:
        if not (
            isinstance(entity, dict)
            and entity.keys() <= _ENTITY_KEYS
            and isinstance(entity.get("type"), str)
            and all(type(entity.get(name)) is int for name in ("offset", "length"))
            and 0 <= entity["offset"] < entity["offset"] + entity["length"] <= length
        ):
            raise CellError("entities", "bad_entities")
    return cast(list[dict[str, Any]], found)


def _json_list(column: str, cell: str) -> list[object]:
    """Read a cell that holds a JSON list."""
    try:
        found = json.loads(cell)
    except (ValueError, RecursionError) as error:
        raise CellError(column, "no_json_list") from error
    if not isinstance(found, list):
        raise CellError(column, "no_json_list")
    return found


def _things(
    column: str, cell: str, of_json: Callable[[Any], T], of_line: Callable[[str], T]
) -> tuple[T, ...]:
    """Read a cell of several things: a JSON list, or one a line."""
    if cell.lstrip().startswith("["):
        try:
            return tuple(of_json(thing) for thing in _json_list(column, cell))
        except (TypeError, KeyError, ValueError, AttributeError) as error:
            raise CellError(column, f"bad_{column}") from error
    return tuple(of_line(line.strip()) for line in cell.splitlines() if line.strip())


def _media(cell: str) -> tuple[Medium, ...]:
    return _things("media", cell, lambda thing: _medium(**thing), _medium_of_line)


def _medium_of_line(line: str) -> Medium:
    kind, file_id, spoiler, *more = [*line.split(), "", ""]
    if more != ["", ""][: len(more)] or spoiler not in {"", "spoiler"}:
        raise CellError("media", "bad_media")
    return _medium(kind, file_id, spoiler=bool(spoiler))


def _medium(
    kind: str,
    file_id: str = "",
    *,
    file: str = "",
    name: str = "",
    unique_id: str = "",
    spoiler: bool = False,
) -> Medium:
    if not (
        kind in get_args(MediaKind)
        and (file_id or file)
        and all(_FILE_ID.fullmatch(each) for each in (file_id, unique_id) if each)
        and (not file or _COPY.fullmatch(file))
        and (not name or _NAME.fullmatch(name))
        and isinstance(spoiler, bool)
    ):
        raise CellError("media", "bad_media")
    return Medium(cast(MediaKind, kind), file_id, file, spoiler, unique_id, name)


def _media_lines(media: Sequence[Mapping[str, Any]]) -> str:
    lines = (
        (medium["kind"], medium.get("file_id", ""), "spoiler" if medium.get("spoiler") else "")
        for medium in media
    )
    return "\n".join(" ".join(filter(None, line)) for line in lines)


def _buttons(cell: str) -> tuple[tuple[Button, ...], ...]:
    return _things(
        "buttons",
        cell,
        lambda row: tuple(_button(**button) for button in row),
        lambda line: tuple(_button_of_line(part) for part in line.split(_BETWEEN.strip())),
    )


def _button_of_line(part: str) -> Button:
    text, _, url = part.strip().rpartition("|")
    return _button(text.strip(), url.strip())


def _button(text: str, url: str) -> Button:
    if not text.strip() or not LINK.fullmatch(url):
        raise CellError("buttons", "bad_buttons")
    return Button(text, url)


def _button_lines(rows: Sequence[Sequence[Mapping[str, str]]]) -> str:
    return "\n".join(
        _BETWEEN.join(f"{button['text']} | {button['url']}" for button in row) for row in rows
    )


def _poll(cells: Cells) -> Poll | None:
    question = cells.get("poll_question", "").strip()
    if not question:
        for column, cell in cells.items():
            if column.startswith("poll_") and cell.strip().casefold() not in NO:
                raise CellError(column, "no_question")
        return None
    options = _options(cells.get("poll_options", ""))
    correct = cells.get("poll_correct", "").strip()
    if correct and not (
        correct.isascii() and correct.isdecimal() and 0 < int(correct) <= len(options)
    ):
        raise CellError("poll_correct", "no_such_option", n=len(options))
    return Poll(
        question=question,
        options=options,
        several=is_yes(cells, "poll_several"),
        correct=int(correct) - 1 if correct else None,
        explanation=cells.get("poll_explanation", "").strip(),
    )


def _options(cell: str) -> tuple[str, ...]:
    return _things("poll_options", cell, _word, str)


def _word(thing: object) -> str:
    if not isinstance(thing, str):
        raise TypeError
    return thing


_READERS: Mapping[str, Callable[[str], object]] = {
    "media": _media,
    "buttons": _buttons,
    "poll_options": _options,
    "entities": str,
}
_FOR_PEOPLE: Mapping[str, Callable[[Any], str]] = {
    "media": _media_lines,
    "buttons": _button_lines,
    "poll_options": "\n".join,
}
