"""Reads the JSON that Telegram Desktop writes when the history of a channel is exported.

The format is described at https://core.telegram.org/import-export; where that is silent, it is as
Telegram Desktop's `export_output_json.cpp` writes it.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import IO, Any, Literal

import ijson

from scheduler.store.past import PastMessage

Problem = Literal["no_json", "damaged", "no_export", "account", "no_channel", "message"]

CHANNELS = ("public_channel", "private_channel")
FIRST_ID = -1_000_000_000_000  # the Bot API counts channels down from here, the export up from 0
KINDS = {
    "video_file": "video",
    "animation": "animation",
    "audio_file": "audio",
    "voice_message": "voice",
    "video_message": "video_note",
    "sticker": "sticker",
}
OTHER_KINDS = {
    "photo": "photo",
    "file": "document",
    "poll": "poll",
    "place_name": "venue",
    "location_information": "location",
    "contact_information": "contact",
    "game_title": "game",
}
# What can stand together in an album, which holds ten parts at most.
COMPANIONS = {"photo": "seen", "video": "seen", "document": "document", "audio": "audio"}
MOST_PARTS = 10


class ExportError(Exception):
    """The file is no whole export of one channel.

    Attributes
    ----------
    problem : Problem
    what : str
        The name of the chat, or the number of the message.
    """

    def __init__(self, problem: Problem, what: str = "") -> None:
        super().__init__(f"{problem}: {what}")
        self.problem = problem
        self.what = what


@dataclass(frozen=True, slots=True)
class Export:
    """The channel that was exported, by the Bot API's id, and its messages as they are read."""

    channel_id: int
    title: str
    messages: Iterator[PastMessage]


def read_export(file: IO[bytes], zone: dt.tzinfo) -> Export:
    """Read an export as a stream: however big it is, one message at a time is in memory.

    Service messages are left out. The parts of an album, which the export does not tell, are
    found by what they have in common.

    Parameters
    ----------
    file : binary file
        It is read from its beginning, twice as far as to the first message.
    zone : tzinfo
        Where it was exported: before 2022 its times had no zone.

    Raises
    ------
    ExportError
        If it is no export of a channel; while the messages are read, also if it breaks off or one
        of them is not as it should be.
    """
    about = _header(file)
    if not isinstance(about.get("type"), str) or not isinstance(about.get("id"), int):
        raise ExportError("no_export")
    title = str(about.get("name") or about["id"])
    if about["type"] not in CHANNELS:
        raise ExportError("no_channel", title)
    file.seek(0)
    found = (_message(raw, zone) for raw in _items(file))
    return Export(FIRST_ID - about["id"], title, _with_albums(filter(None, found)))


def _header(file: IO[bytes]) -> dict[str, Any]:
    """Give what stands before the messages: name, type and id of the chat."""
    about: dict[str, Any] = {}
    try:
        for prefix, event, value in ijson.parse(_Repaired(file), use_float=True):
            if prefix in {"name", "type", "id"}:
                about[prefix] = value
            elif prefix in {"personal_information", "contacts", "chats"}:
                raise ExportError("account")
            elif prefix == "messages" and event == "start_array":
                return about
    except (ijson.JSONError, UnicodeDecodeError) as error:
        raise ExportError("no_json") from error
    raise ExportError("no_export")


def _items(file: IO[bytes]) -> Iterator[Any]:
    # Ten times as fast as to go on with the events of the header: all of it is done in C.
    try:
        yield from ijson.items(_Repaired(file), "messages.item", use_float=True)
    except (ijson.JSONError, UnicodeDecodeError) as error:
        raise ExportError("damaged") from error


class _Repaired:
    r"""A file whose control characters, which Telegram Desktop writes as \x1B, are JSON again."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        self._rest = b""

    def read(self, size: int = -1) -> bytes:
        """Read about as many bytes, and none at the end only."""
        more = self._file.read(size)
        chunk = self._rest + more
        self._rest = b""
        if more and (cut := _UNFINISHED.search(chunk)):
            chunk, self._rest = chunk[: cut.start(1)], cut[1]
            if not chunk:
                return self.read(size)
        return _CONTROL.sub(_as_json, chunk) if b"\\x" in chunk else chunk


_CONTROL = re.compile(rb"\\x([0-9A-F]{2})|\\[^x]")
_UNFINISHED = re.compile(rb"(?<!\\)(?:\\\\)*(\\(?:x[0-9A-F]?)?)\Z")


def _as_json(escape: re.Match[bytes]) -> bytes:
    return b"\\u00" + escape[1] if escape[1] else escape[0]


def _message(raw: Any, zone: dt.tzinfo) -> PastMessage | None:
    """Read one message; None of what nobody has posted.

    Raises
    ------
    ExportError
    """
    try:
        if raw["type"] != "message" or raw["id"] <= 0:
            return None
        return PastMessage(
            message_id=raw["id"],
            text=_text(raw["text"]) or _question(raw),
            posted_at=_moment(raw, "date", zone),
            kind=_kind(raw),
            edited_at=_moment(raw, "edited", zone) if "edited" in raw else None,
            reactions=sum(reaction["count"] for reaction in raw.get("reactions", ())),
        )
    except (KeyError, TypeError, ValueError, AttributeError, OverflowError, OSError) as error:
        number = raw.get("id") if isinstance(raw, dict) else raw
        raise ExportError("message", str(number)[:40]) from error


def _text(parts: str | list[str | Mapping[str, str]]) -> str:
    """Join the text, which is a list where a part of it is formatted."""
    if isinstance(parts, str):
        return parts
    return "".join(part if isinstance(part, str) else part["text"] for part in parts)


def _question(raw: Mapping[str, Any]) -> str:
    return _text(raw["poll"]["question"]) if "poll" in raw else ""


def _moment(raw: Mapping[str, Any], name: str, zone: dt.tzinfo) -> dt.datetime:
    if f"{name}_unixtime" in raw:
        return dt.datetime.fromtimestamp(int(raw[f"{name}_unixtime"]), dt.UTC)
    return dt.datetime.fromisoformat(raw[name]).replace(tzinfo=zone).astimezone(dt.UTC)


def _kind(raw: Mapping[str, Any]) -> str:
    if "media_type" in raw:
        return KINDS.get(raw["media_type"], "document")
    found = next((kind for key, kind in OTHER_KINDS.items() if key in raw), "")
    return found or ("" if raw["text"] else "other")


def _with_albums(messages: Iterator[PastMessage]) -> Iterator[PastMessage]:
    """Mark what stands one right after the other, of one second, with one caption at most."""
    parts: list[PastMessage] = []
    for message in messages:
        if not _is_next_part(parts, message):
            yield from _album(parts)
            parts = []
        parts.append(message)
    yield from _album(parts)


def _is_next_part(parts: list[PastMessage], message: PastMessage) -> bool:
    if not parts or len(parts) == MOST_PARTS:
        return False
    last, companions = parts[-1], COMPANIONS.get(message.kind)
    return (
        message.message_id == last.message_id + 1
        and message.posted_at == last.posted_at
        and companions is not None
        and companions == COMPANIONS.get(last.kind)
        and not (message.text and any(part.text for part in parts))
    )


def _album(parts: list[PastMessage]) -> list[PastMessage]:
    if len(parts) < 2:
        return parts
    return [replace(part, album=f"export {parts[0].message_id}") for part in parts]
