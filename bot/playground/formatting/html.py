"""Telegram's HTML: the tags it knows, and its exact complaints about the rest."""

import html
import re
from dataclasses import dataclass

from bot.playground.contract import Json
from bot.playground.formatting.entities import FormatError
from bot.playground.formatting.links import custom_emoji, date_time, link

STYLES = {
    "b": "bold", "strong": "bold", "i": "italic", "em": "italic", "u": "underline",
    "ins": "underline", "s": "strikethrough", "strike": "strikethrough", "del": "strikethrough",
    "tg-spoiler": "spoiler", "span": "spoiler", "code": "code", "pre": "pre",
    "blockquote": "blockquote", "a": "text_link", "tg-emoji": "custom_emoji",
    "tg-time": "date_time",
}  # fmt: skip

NAMED = {"lt": "<", "gt": ">", "amp": "&", "quot": '"'}
REFERENCE = re.compile(rb"&(?:#(\d{1,8})|#[xX]([0-9a-fA-F]{1,8})|(lt|gt|amp|quot));?")
PLAIN = re.compile(rb"[^<&]+")
SPACE = b" \t\r\n\v\0"
TAG_NAME = re.compile(rb"[^ \t\r\n\v\0>]*")
GAP = re.compile(rb"[ \t\r\n\v]*")
ATTRIBUTE = re.compile(rb"[^ \t\r\n\v\0=>/\"']*")
TOKEN = re.compile(rb"[a-zA-Z0-9.-]*")


@dataclass(slots=True)
class OpenTag:
    """A start tag that waits for its end tag."""

    name: str
    attributes: dict[str, str]
    offset: int  # UTF-16 units
    length: int  # characters before it


class Parser:
    """Reads one text, byte by byte, because Telegram reports byte offsets."""

    def __init__(self, text: str) -> None:
        self.source = text.encode() + b"\0"
        self.at = 0
        self.parts: list[str] = []
        self.offset = 0
        self.open: list[OpenTag] = []
        self.entities: list[Json] = []

    def write(self, text: str) -> None:
        """Append to the plain text."""
        self.parts.append(text)
        self.offset += len(text.encode("utf-16-le")) // 2

    def read(self) -> tuple[str, list[Json]]:
        """Read to the end."""
        end = len(self.source) - 1
        while self.at < end:
            if plain := PLAIN.match(self.source, self.at, end):
                self.write(plain[0].decode())
                self.at = plain.end()
            elif self.source[self.at] == ord("&"):
                self.write(self.reference())
            elif self.source[self.at + 1] == ord("/"):
                self.end_tag()
            else:
                self.start_tag()
        if self.open:
            raise FormatError(
                f'Can\'t find end tag corresponding to start tag "{self.open[-1].name}"'
            )
        return "".join(self.parts), self.entities

    def reference(self) -> str:
        """Read `&amp;` and its kin; any other `&` stands for itself."""
        found = REFERENCE.match(self.source, self.at)
        if found:
            decimal, hexadecimal, name = found.groups()
            character = (
                NAMED[name.decode()]
                if name
                else _character(int(decimal or hexadecimal, 10 if decimal else 16))
            )
            if character:
                self.at = found.end()
                return character
        self.at += 1
        return "&"

    def start_tag(self) -> None:
        """Read `<name attribute="value">`."""
        begins_at = self.at
        raw = self.take(TAG_NAME, skip=1)
        if self.source[self.at] == 0:
            raise FormatError(f"Unclosed start tag at byte offset {begins_at}")
        name = raw.lower()
        if name not in STYLES:
            raise FormatError(f'Unsupported start tag "{name}" at byte offset {begins_at}')
        attributes: dict[str, str] = {}
        self.take(GAP)
        while self.source[self.at] != ord(">"):
            self.attribute(name, begins_at, attributes)
            self.take(GAP)
        self.at += 1
        if name == "span" and attributes.get("class") != "tg-spoiler":
            raise FormatError(f'Tag "span" must have class "tg-spoiler" at byte offset {begins_at}')
        self.open.append(OpenTag(name, attributes, self.offset, len(self.parts)))

    def attribute(self, tag: str, begins_at: int, attributes: dict[str, str]) -> None:
        """Read one attribute into `attributes`."""
        name = self.take(ATTRIBUTE)
        if not name:
            if self.source[self.at] == 0:
                raise FormatError(f"Unclosed start tag at byte offset {begins_at}")
            raise FormatError(f'Empty attribute name in the tag "{tag}" at byte offset {begins_at}')
        self.take(GAP)
        if self.source[self.at] != ord("="):
            attributes[name] = ""
            return
        self.at += 1
        self.take(GAP)
        if self.source[self.at] in b"\"'":
            attributes[name] = self.quoted()
        else:
            token_at = self.at
            attributes[name] = self.take(TOKEN).lower()
            if self.source[self.at] not in SPACE + b">":
                raise FormatError(f"Unexpected end of name token at byte offset {token_at}")
        if self.source[self.at] == 0:
            raise FormatError(f"Unclosed start tag at byte offset {begins_at}")

    def quoted(self) -> str:
        """Read a quoted value, up to its closing quote or the end."""
        quote = self.source[self.at : self.at + 1]
        closes_at = self.source.find(quote, self.at + 1)
        value = self.source[self.at + 1 : closes_at if closes_at >= 0 else len(self.source) - 1]
        self.at = closes_at + 1 if closes_at >= 0 else len(self.source) - 1
        return html.unescape(value.decode())

    def end_tag(self) -> None:
        """Read `</name>` and close the innermost tag."""
        begins_at = self.at
        if not self.open:
            raise FormatError(f"Unexpected end tag at byte offset {begins_at}")
        name = self.take(TAG_NAME, skip=2)
        self.take(GAP)
        if self.source[self.at] != ord(">"):
            raise FormatError(f"Unclosed end tag at byte offset {begins_at}")
        self.at += 1
        tag = self.open.pop()
        if name and name != tag.name:
            raise FormatError(
                f"Unmatched end tag at byte offset {begins_at}, "
                f'expected "</{tag.name}>", found "</{name}>"'
            )
        if self.offset > tag.offset:
            self.close(tag)

    def close(self, tag: OpenTag) -> None:
        """Add the entity of a tag that has just ended."""
        entity: Json = {
            "type": STYLES[tag.name],
            "offset": tag.offset,
            "length": self.offset - tag.offset,
        }
        inside = self.entities[-1] if self.entities else {}
        same_extent = (inside.get("offset"), inside.get("length")) == (
            entity["offset"],
            entity["length"],
        )
        match tag.name:
            case "a":
                target = link(tag.attributes.get("href") or "".join(self.parts[tag.length :]))
                if target is None:
                    return
                entity |= target
            case "tg-emoji":
                entity |= custom_emoji(tag.attributes.get("emoji-id", ""))
            case "tg-time":
                entity |= date_time(
                    tag.attributes.get("unix", ""), tag.attributes.get("format", "")
                )
            case "blockquote" if "expandable" in tag.attributes:
                entity["type"] = "expandable_blockquote"
            case "pre" if same_extent and inside["type"] == "code":
                inside["type"] = "pre"
                return
            case "code" if language := _language(tag):
                # kept only when the code is all that a `pre` holds
                if self.open and self.open[-1].name == "pre":
                    entity["language"] = language
            case _:
                pass
        self.entities.append(entity)

    def take(self, pattern: re.Pattern[bytes], *, skip: int = 0) -> str:
        """Read what matches here."""
        found = pattern.match(self.source, self.at + skip)
        assert found is not None  # noqa: S101 - every pattern matches the empty text
        self.at = found.end()
        return found[0].decode()


def _language(tag: OpenTag) -> str:
    return tag.attributes.get("class", "").removeprefix("language-")


def _character(code: int) -> str:
    valid = 0 < code <= 0x10FFFF and not 0xD800 <= code <= 0xDFFF
    return chr(code) if valid else ""


def parse_html(text: str) -> tuple[str, list[Json]]:
    """Read a text with `parse_mode=HTML`."""
    plain, entities = Parser(text).read()
    return plain, [_without_stray_language(entity) for entity in entities]


def _without_stray_language(entity: Json) -> Json:
    if entity["type"] == "code":
        entity.pop("language", None)
    return entity
