"""Parses one feed, as a program of its own: bytes come in, JSON of plain texts goes out.

feedparser was made for hostile feeds, and still there are five megabytes that keep it, and
Python's own parser of HTML, busy for minutes. A program can be stopped, and takes neither the
bot's time nor its memory; a thread could not be stopped. So this file uses nothing of ours, and is
run by `bot.feeds.reading`.
"""

from __future__ import annotations

import io
import json
import re
import resource
import sys
import unicodedata
from contextlib import suppress
from html.parser import HTMLParser
from typing import Any
from urllib.parse import urljoin

MOST_MEMORY = 1_000_000_000  # bytes of address space; 5 MB of feed take about a tenth of it
MOST_ENTRIES = 1000
LONGEST_TITLE = 200  # characters
LONGEST_SUMMARY = 300  # what can be read at a glance
DEEPEST = 3  # times that HTML is found escaped inside HTML

_FEED_TYPES = {"application/rss+xml", "application/atom+xml"}
_SPACE = {"br", "p", "div", "li", "tr", "td", "img", "h1", "h2", "h3"}
_UNSEEN = {"Cc", "Cs", "Co", "Cn"}
_TURNING = set("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")  # the direction of text


def parsed(content: bytes, url: str, content_type: str) -> dict[str, Any]:
    """Give a feed's title and entries; of what is no feed, the address of one that it names."""
    import feedparser  # noqa: PLC0415  # not in the bot itself

    headers = {"content-type": content_type, "content-location": url}
    # As bytes behind a file: a text that names a file or an address would be opened.
    found = feedparser.parse(io.BytesIO(content), response_headers=headers)
    is_feed = bool(found.get("version") or found.entries)
    return {
        "is_feed": is_feed,
        "elsewhere": "" if is_feed else _named_feed(content, url),
        "title": shorten(plain(str(found.feed.get("title", ""))), LONGEST_TITLE),
        "entries": [
            {
                "id": str(entry.get("id", "")),
                "link": str(entry.get("link", "")).strip(),
                "title": shorten(plain(str(entry.get("title", ""))), LONGEST_TITLE),
                "summary": shorten(plain(_summary(entry)), LONGEST_SUMMARY),
            }
            for entry in found.entries[:MOST_ENTRIES]
        ],
    }


def _summary(entry: dict[str, Any]) -> str:
    parts = entry.get("content", ())
    return str(entry.get("summary") or next((part.get("value", "") for part in parts), ""))


def plain(markup: str) -> str:
    """Give the text of HTML on one line, also where it was escaped more than once."""
    text = markup
    for _ in range(DEEPEST):
        text = "".join(_read(markup).parts)
        if text == markup or not re.search(r"<[a-z/!]|&\w+;", text, re.IGNORECASE):
            break
        markup = text
    seen = "".join(
        " " if unicodedata.category(character) in _UNSEEN else character
        for character in text
        if character not in _TURNING
    )
    return " ".join(seen.split())


def shorten(text: str, limit: int) -> str:
    """Cut a text at the last word that fits."""
    if len(text) <= limit:
        return text
    kept = text[: limit - 1]
    words = kept.rpartition(" ")[0]
    return f"{(words if len(words) > limit // 2 else kept).rstrip()}…"


def _named_feed(content: bytes, url: str) -> str:
    """Give the address of the feed that a page of HTML names, as blogs do, or nothing."""
    named = _read(content.decode("utf-8", "replace")).feed_url
    return urljoin(url, named) if named else ""


def _read(markup: str) -> _Text:
    reader = _Text()
    with suppress(AssertionError):  # so HTMLParser says that it does not know `<![any[`
        reader.feed(markup)
        reader.close()
    return reader


class _Text(HTMLParser):
    """Collects what is to be read of HTML, and the feed that it names."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []
        self.feed_url = ""
        self._silent = ""  # the tag inside of which nothing is to be read

    def handle_data(self, data: str) -> None:
        if not self._silent:
            self.parts.append(data)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag in {"script", "style"}:
            self._silent = tag
        elif tag == "link" and not self.feed_url and given.get("type") in _FEED_TYPES:
            self.feed_url = given.get("href") or ""
        elif tag in _SPACE:
            self.parts.append(" ")

    def handle_endtag(self, tag: str) -> None:
        if tag == self._silent:
            self._silent = ""


if __name__ == "__main__":
    resource.setrlimit(resource.RLIMIT_AS, (MOST_MEMORY, MOST_MEMORY))
    asked = json.loads(sys.stdin.buffer.readline())
    written = parsed(sys.stdin.buffer.read(), asked["url"], asked["content_type"])
    sys.stdout.write(json.dumps(written))
