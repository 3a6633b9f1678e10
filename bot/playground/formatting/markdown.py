"""Telegram's MarkdownV2 and its older Markdown, with its exact complaints."""

import re
from dataclasses import dataclass

from bot.playground.contract import Json
from bot.playground.formatting.entities import FormatError
from bot.playground.formatting.links import link, tg_link

NAMES = {  # as Telegram calls them in its complaints
    "bold": "Bold", "italic": "Italic", "underline": "Underline", "spoiler": "Spoiler",
    "strikethrough": "Strikethrough", "code": "Code", "pre": "Pre", "text_link": "TextUrl",
    "custom_emoji": "CustomEmoji", "blockquote": "BlockQuote",
}  # fmt: skip
MARKS = {  # what ends each, and so also begins it
    "bold": b"*", "italic": b"_", "underline": b"__", "strikethrough": b"~", "spoiler": b"||",
    "code": b"`", "pre": b"```", "text_link": b"]", "custom_emoji": b"]",
}  # fmt: skip
RESERVED = b"_*[]()~`>#+-=|{}.!\n"
PLAIN = re.compile(rb"[^\\_*\[\]()~`>#+\-=|{}.!\n]+")
PLAIN_CODE = re.compile(rb"[^\\`]+")
LANGUAGE = re.compile(rb"[^\s`\0]+")
LINE_END = re.compile(rb"\r\n|\n\r|\n|\r")


@dataclass(slots=True)
class OpenMark:
    """A mark that waits for its end."""

    kind: str
    offset: int  # UTF-16 units
    byte_offset: int
    length: int  # pieces of text before it
    language: str = ""


class Parser:
    """Reads one MarkdownV2 text, byte by byte, because Telegram reports byte offsets."""

    def __init__(self, text: str) -> None:
        self.source = text.encode()
        self.at = 0
        self.parts: list[str] = []
        self.offset = 0
        self.open: list[OpenMark] = []
        self.entities: list[Json] = []
        self.line_begins = True
        self.quoting = False

    def write(self, text: str) -> None:
        """Append to the plain text."""
        self.parts.append(text)
        self.offset += len(text.encode("utf-16-le")) // 2
        if text.strip("\r"):
            self.line_begins = text.endswith("\n")

    def read(self) -> tuple[str, list[Json]]:
        """Read to the end."""
        while self.at < len(self.source):
            raw = bool(self.open) and self.open[-1].kind in {"code", "pre"}
            plain = (PLAIN_CODE if raw else PLAIN).match(self.source, self.at)
            if plain:
                self.write(plain[0].decode())
                self.at = plain.end()
            elif self.source[self.at] == ord("\\"):
                self.escaped()
            elif self.ends_quote(raw=raw):
                self.end_quote()
            elif self.open and self.ends(self.open[-1].kind):
                self.end()
            else:
                self.begin()
        if self.quoting:
            self.end_quote()
        if self.open:
            raise unended(self.open[-1])
        return "".join(self.parts), self.entities

    def escaped(self) -> None:
        """Read a backslash and what it escapes."""
        following = self.source[self.at + 1 : self.at + 2]
        if following and 0 < following[0] <= 126:
            self.write(following.decode())
            self.at += 2
        else:
            self.write("\\")
            self.at += 1

    def ends(self, kind: str) -> bool:
        """Say whether the innermost entity ends here."""
        if kind == "blockquote":
            return False
        if kind == "italic" and self.source.startswith(b"__", self.at):
            return False
        return self.source.startswith(MARKS[kind], self.at)

    def begin(self) -> None:
        """Begin an entity, or refuse a character that had to be escaped."""
        character = self.source[self.at : self.at + 1]
        kind = {b"*": "bold", b"~": "strikethrough", b"[": "text_link"}.get(character, "")
        size, language = 1, ""
        if character == b"\n":
            self.write("\n")
            self.at += 1
            return
        if character == b"_":
            kind = "underline" if self.source.startswith(b"__", self.at) else "italic"
            size = len(MARKS[kind])
        elif character == b"`":
            kind = "pre" if self.source.startswith(b"```", self.at) else "code"
            size = len(MARKS[kind])
            if kind == "pre":
                language, size = self.language(size)
        elif self.source.startswith(b"||", self.at):
            kind, size = "spoiler", 2
        elif self.source.startswith(b"![", self.at):
            kind, size = "custom_emoji", 2
        elif character == b">" and self.line_begins:
            if self.quoting:
                self.at += 1
                return
            kind, self.quoting = "blockquote", True
        if not kind:
            raise FormatError(
                f"Character '{character.decode()}' is reserved and must be escaped "
                "with the preceding '\\'"
            )
        self.open.append(OpenMark(kind, self.offset, self.at, len(self.parts), language))
        self.at += size

    def language(self, size: int) -> tuple[str, int]:
        """Read the language and the line end after the three marks that begin code."""
        found = LANGUAGE.match(self.source, self.at + size)
        name = ""
        if found and self.source[found.end() : found.end() + 1] not in {b"", b"`"}:
            name = found[0].decode()
            size += len(found[0])
        if line_end := LINE_END.match(self.source, self.at + size):
            size += len(line_end[0])
        return name, size

    def end(self) -> None:
        """End the innermost entity."""
        mark = self.open.pop()
        self.at += len(MARKS[mark.kind])
        entity: Json = {"type": mark.kind}
        if mark.language:
            entity["language"] = mark.language
        if mark.kind == "text_link":
            target = link(self.url() if self.sees(b"(") else "".join(self.parts[mark.length :]))
            if target is None:
                return
            entity = target
        elif mark.kind == "custom_emoji":
            if not self.sees(b"("):
                raise FormatError("Custom emoji entity must contain a tg://emoji URL")
            entity = tg_link(self.url("custom emoji URL"))
        if self.offset > mark.offset:
            self.entities.append(
                entity | {"offset": mark.offset, "length": self.offset - mark.offset}
            )

    def sees(self, character: bytes) -> bool:
        """Say whether this character is next."""
        return self.source.startswith(character, self.at)

    def url(self, called: str = "URL") -> str:
        """Read `(…)`; inside, a backslash escapes too."""
        begins_at = self.at + 1
        found = re.compile(rb"\(((?:\\[\x01-\x7e]|[^)])*)\)").match(self.source, self.at)
        if not found:
            raise FormatError(f"Can't find end of a {called} at byte offset {begins_at}")
        self.at = found.end()
        return re.sub(rb"\\([\x01-\x7e])", rb"\1", found[1]).decode()

    def ends_quote(self, *, raw: bool) -> bool:
        """Say whether a line ends here that the block quotation does not outlive."""
        return (
            self.quoting
            and not raw
            and self.sees(b"\n")
            and not self.source.startswith(b"\n>", self.at)
        )

    def end_quote(self) -> None:
        """End the block quotation; two bars at its end make it expandable."""
        mark, kind = self.open.pop(), "blockquote"
        before = self.source[: self.at].rstrip(b"\r")
        if mark.kind == "spoiler" and mark.byte_offset == len(before) - 2:
            mark, kind = self.open.pop(), "expandable_blockquote"
        if mark.kind != "blockquote":
            raise unended(mark)
        self.quoting = False
        if self.at < len(self.source):
            self.write("\n")
            self.at += 1
        if self.offset > mark.offset:
            self.entities.append(
                {"type": kind, "offset": mark.offset, "length": self.offset - mark.offset}
            )


def unended(mark: OpenMark) -> FormatError:
    """Complain about a mark that never ends."""
    name = "PreCode" if mark.language else NAMES[mark.kind]
    return FormatError(f"Can't find end of {name} entity at byte offset {mark.byte_offset}")


def parse_markdown_v2(text: str) -> tuple[str, list[Json]]:
    """Read a text with `parse_mode=MarkdownV2`."""
    return Parser(text).read()


LEGACY = {"_": "italic", "*": "bold", "`": "code", "```": "pre", "[": "text_link"}
LEGACY_PLAIN = re.compile(r"[^\\_*`\[]+")
LEGACY_LANGUAGE = re.compile(r"([^\s`]+)(?=\s)")


def parse_markdown(text: str) -> tuple[str, list[Json]]:
    """Read a text with the older `parse_mode=Markdown`, which does not nest."""
    plain, entities, at, offset = "", [], 0, 0
    while at < len(text):
        if found := LEGACY_PLAIN.match(text, at):
            piece, at, entity = found[0], found.end(), None
        elif text[at] == "\\":
            size = 2 if text[at + 1 : at + 2] in tuple("_*`[") else 1
            piece, at, entity = text[at + size - 1 : at + size], at + size, None
        else:
            piece, at, entity = _legacy_entity(text, at)
        length = len(piece.encode("utf-16-le")) // 2
        if entity and piece:
            entities.append(entity | {"offset": offset, "length": length})
        plain += piece
        offset += length
    return plain, entities


def _legacy_entity(text: str, at: int) -> tuple[str, int, Json | None]:
    begins_at = at
    mark = "```" if text.startswith("```", at) else text[at]
    closing = "]" if mark == "[" else mark
    at += len(mark)
    entity: Json | None = {"type": LEGACY[mark]}
    if mark == "```":
        if found := LEGACY_LANGUAGE.match(text, at):
            entity = {"type": "pre", "language": found[1]}
            at = found.end()
        if line_end := re.compile(r"\r\n|\n\r|\n|\r").match(text, at):
            at = line_end.end()
    closes_at = text.find(closing, at)
    if closes_at < 0:
        byte_offset = len(text[:begins_at].encode())
        raise FormatError(f"Can't find end of the entity starting at byte offset {byte_offset}")
    piece = text[at:closes_at]
    at = closes_at + len(closing)
    if mark == "[":
        target = piece
        if text.startswith("(", at):
            ends_at = text.find(")", at)
            ends_at = len(text) if ends_at < 0 else ends_at
            target, at = text[at + 1 : ends_at], ends_at + 1
        entity = link(target)
    return piece, at, entity
