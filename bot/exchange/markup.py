"""Formatted text as people write it, in Telegram's HTML, and as posts keep it, in entities."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Mapping, Sequence
from html.parser import HTMLParser
from typing import Any

Entity = dict[str, Any]

STYLES = {
    "b": "bold", "strong": "bold", "i": "italic", "em": "italic", "u": "underline",
    "ins": "underline", "s": "strikethrough", "strike": "strikethrough", "del": "strikethrough",
    "tg-spoiler": "spoiler", "code": "code", "pre": "pre", "blockquote": "blockquote",
    "a": "text_link", "tg-emoji": "custom_emoji",
}  # fmt: skip
AUTOMATIC = {
    "mention", "hashtag", "cashtag", "bot_command", "url", "email", "phone_number", "bank_card",
}  # fmt: skip
"""Telegram finds these in any text by itself."""

LINK = re.compile(r"(?:https?|tg)://[^\s<>\"]+", re.IGNORECASE)
_LANGUAGE = re.compile(r"language-([\w#+.-]+)")
_OPENING = {
    "bold": "<b>", "italic": "<i>", "underline": "<u>", "strikethrough": "<s>",
    "spoiler": "<tg-spoiler>", "code": "<code>", "pre": "<pre>", "blockquote": "<blockquote>",
    "expandable_blockquote": "<blockquote expandable>",
}  # fmt: skip


class MarkupError(Exception):
    """A text is not the HTML that Telegram takes; `kind` says why, `tag` where."""

    def __init__(self, kind: str, tag: str) -> None:
        super().__init__(f"{kind}: {tag}")
        self.kind = kind
        self.tag = tag


def units(text: str) -> int:
    """Count UTF-16 units, in which Telegram measures."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def chosen(entities: str) -> list[Entity]:
    """Give the entities of a post, as JSON, that somebody has chosen."""
    found: list[Entity] = json.loads(entities)
    return [entity for entity in found if entity["type"] not in AUTOMATIC]


def read_html(written: str) -> tuple[str, list[Entity]]:
    """Read HTML into a text and its entities.

    Raises
    ------
    MarkupError
        A tag that Telegram does not know, is not closed, or crosses another.
    """
    reader = _Reader()
    try:
        reader.feed(written)
        reader.close()
    except AssertionError as error:  # so HTMLParser says that it does not know `<![any[`
        raise MarkupError("tag", "!") from error
    if reader.open:
        raise MarkupError("unclosed", reader.open[-1][0])
    return "".join(reader.parts), [entity for entity in reader.entities if entity["length"]]


def write_html(text: str, entities: Sequence[Entity]) -> str:
    """Write a text with its entities as HTML; where they cross, `read_html` gives others back."""
    raw = text.encode("utf-16-le")
    tags: dict[int, tuple[list[str], list[str]]] = {}
    for entity in entities:
        opening = _opening(entity)
        closing = f"</{opening[1:].split(' ')[0].removesuffix('>')}>"
        if '<code class="' in opening:
            closing = f"</code>{closing}"
        begins, ends = entity["offset"], entity["offset"] + entity["length"]
        tags.setdefault(begins, ([], []))[1].append(opening)
        tags.setdefault(ends, ([], []))[0].insert(0, closing)
    written, last = [], 0
    for at, (closing_here, opening_here) in sorted(tags.items()):
        written.append(html.escape(raw[2 * last : 2 * at].decode("utf-16-le"), quote=False))
        written += [*closing_here, *opening_here]
        last = at
    written.append(html.escape(raw[2 * last :].decode("utf-16-le"), quote=False))
    return "".join(written)


def _opening(entity: Entity) -> str:
    if entity["type"] == "text_link":
        return f'<a href="{html.escape(entity.get("url", ""))}">'
    if entity["type"] == "custom_emoji":
        return f'<tg-emoji emoji-id="{html.escape(entity.get("custom_emoji_id", ""))}">'
    if entity.get("language"):
        return f'<pre><code class="language-{html.escape(entity["language"])}">'
    return _OPENING.get(entity["type"], "<span>")


class _Reader(HTMLParser):
    """Collects a text without its tags, and an entity for each tag."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []
        self.entities: list[Entity] = []
        self.open: list[tuple[str, Entity]] = []
        self._length = 0

    def handle_data(self, data: str) -> None:
        self.parts.append(data)
        self._length += units(data)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        entity: Entity = {"type": _type(tag, attrs), "offset": self._length, "length": 0}
        given = {name: value or "" for name, value in attrs}
        if tag == "a":
            entity["url"] = _checked(tag, given.get("href", ""), LINK)
        elif tag == "tg-emoji":
            entity["custom_emoji_id"] = _checked(tag, given.get("emoji-id", ""), re.compile(r"\d+"))
        elif tag == "code" and self.open and self.open[-1][0] == "pre":
            # the way in which Telegram's HTML names the language of a block
            language = _LANGUAGE.fullmatch(given.get("class", ""))
            outer = self.open[-1][1]
            if language and outer["offset"] == self._length:
                outer["language"] = language[1]
            self.open.append((tag, {}))
            return
        self.entities.append(entity)
        self.open.append((tag, entity))

    def handle_endtag(self, tag: str) -> None:
        if not self.open or self.open[-1][0] != tag:
            raise MarkupError("crossing" if self.open else "unopened", tag)
        entity = self.open.pop()[1]
        if entity:
            entity["length"] = self._length - entity["offset"]

    def handle_comment(self, data: str) -> None:
        raise MarkupError("tag", f"!{data[:20]}")

    def handle_decl(self, decl: str) -> None:
        self.handle_comment(decl)

    def unknown_decl(self, data: str) -> None:
        self.handle_comment(data)

    def handle_pi(self, data: str) -> None:
        self.handle_comment(data)


def _type(tag: str, attrs: Sequence[tuple[str, str | None]]) -> str:
    names: Mapping[str, str | None] = dict(attrs)
    if tag == "blockquote" and "expandable" in names:
        return "expandable_blockquote"
    if tag == "span" and names.get("class") == "tg-spoiler":
        return "spoiler"
    if tag not in STYLES:
        raise MarkupError("tag", tag)
    return STYLES[tag]


def _checked(tag: str, value: str, form: re.Pattern[str]) -> str:
    if not form.fullmatch(value):
        raise MarkupError("attribute", tag)
    return value
