"""What a feed says: its title and its entries, ready to become posts."""

from __future__ import annotations

import asyncio
import hashlib
import json
import re
import sys
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bot.feeds.fetching import FeedError, Page
from bot.limits import units
from scheduler.posts import Content

PATIENCE_S = 20.0  # the largest feed that is fetched takes four
LONGEST_LINK = 2000
LONGEST_KEY = 200

_PROGRAM = Path(__file__).with_name("parsing.py")
_LINK = re.compile(r"https?://[^\s<>\"]+", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Entry:
    """Something a feed has published; `keys` are what it is known by, its id and its link."""

    keys: tuple[str, ...]
    title: str
    link: str
    summary: str


@dataclass(frozen=True, slots=True)
class Reading:
    """A feed as it was read, its entries in its own order, mostly newest first."""

    title: str
    entries: tuple[Entry, ...]


async def read(page: Page) -> Reading:
    """Parse a page in a process of its own.

    Raises
    ------
    FeedError
        It is no feed, or one that cannot be parsed in time; where a page of HTML names its feed,
        the kind is `elsewhere` and the value `url`.
    """
    found = await _parsed(page)
    if found["elsewhere"]:
        raise FeedError("elsewhere", url=found["elsewhere"])
    if not found["is_feed"]:
        raise FeedError("no_feed")
    shared = Counter(entry["link"] for entry in found["entries"])
    entries: dict[str, Entry] = {}
    for each in found["entries"]:
        entry = _entry(each, by_link=shared[each["link"]] == 1)
        if entry and not any(key in entries for key in entry.keys):
            entries |= dict.fromkeys(entry.keys, entry)
    return Reading(found["title"], tuple(dict.fromkeys(entries.values())))


async def _parsed(page: Page) -> dict[str, Any]:
    try:
        program = await asyncio.create_subprocess_exec(
            sys.executable,
            "-I",  # it needs nothing of ours
            str(_PROGRAM),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.DEVNULL,
        )
    except OSError as error:
        raise FeedError("no_process") from error
    asked = json.dumps({"url": page.url, "content_type": page.content_type}).encode()
    try:
        async with asyncio.timeout(PATIENCE_S):
            written, _ = await program.communicate(asked + b"\n" + page.content)
    except TimeoutError as error:
        raise FeedError("no_feed") from error
    finally:
        if program.returncode is None:
            program.kill()
            await program.wait()
    if program.returncode:
        raise FeedError("no_feed")
    found: dict[str, Any] = json.loads(written)
    return found


def _entry(found: Mapping[str, str], *, by_link: bool) -> Entry | None:
    """Take over an entry; None where it says nothing."""
    title, summary, link = found["title"], found["summary"], found["link"]
    if not (title or summary):
        return None
    # Some feeds give every entry the address of the front page: that names none of them.
    named = (found["id"], link if by_link else "")
    keys = tuple(dict.fromkeys(_key(name) for name in named if name.strip()))
    is_link = _LINK.fullmatch(link) and link.isprintable() and len(link) <= LONGEST_LINK
    return Entry(keys or (_key(f"{title}\n{summary}"),), title, link if is_link else "", summary)


def _key(name: str) -> str:
    if len(name) <= LONGEST_KEY and name.isprintable():
        return name
    return hashlib.sha256(name.encode("utf-8", "replace")).hexdigest()


def content_of(entry: Entry) -> Content:
    """Make an entry a post: title, summary, and the link with its preview."""
    title = entry.title or entry.summary
    summary = "" if entry.summary.startswith(title) else entry.summary
    bold = {"type": "bold", "offset": 0, "length": units(title)}
    text = "\n\n".join(filter(None, (title, summary, entry.link)))
    return Content(text=text, entities=json.dumps([bold]))
