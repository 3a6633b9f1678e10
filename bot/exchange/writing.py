"""Writes posts as rows that an import reads back unchanged, and as a calendar."""

from __future__ import annotations

import datetime as dt
import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from sqlite_utils import Database

from bot.exchange import tables
from bot.exchange.cells import as_cells, values_of
from bot.exchange.tables import COLUMNS
from bot.store import channels
from scheduler import store
from scheduler.posts import Post, PostState

FORMS = ("ics", "csv", "json")
MOST_PUBLISHED = 10_000  # about what a calendar on a phone still opens
LASTS = dt.timedelta(minutes=15)
"""Of an event: a shorter one is a line too thin to read on a phone."""
EXCERPT = 80  # characters of an event's title


@dataclass(frozen=True, slots=True)
class Stock:
    """What is taken out: posts in the order of their times, the names of channels, what is pinned.

    The names lead back to their channels. The bare id comes last: a spreadsheet makes -1.00E+12
    of it.
    """

    posts: tuple[Post, ...]
    names: Mapping[int, str]
    pinned: frozenset[int]
    n_left_out: int  # they go out right behind another post, which no row or event could say


def stock(db: Database) -> Stock:
    """Read what is scheduled and published."""
    found = [*store.recent(db, MOST_PUBLISHED), *store.upcoming(db)]
    posts = [post for post in found if post.origin.after_post_id is None]
    connected = channels.connected(db)
    titles = Counter(channel.title.strip().casefold() for channel in connected)
    unique = {
        channel.id: channel.title.strip()
        for channel in connected
        if titles[channel.title.strip().casefold()] == 1
    }
    named = {channel.id: f"@{channel.username}" for channel in connected if channel.username}
    return Stock(
        tuple(sorted(posts, key=lambda post: (post.publish_at, post.id))),
        unique | named,
        frozenset(post.id for post in posts if _is_pinned(db, post)),
        len(found) - len(posts),
    )


def _is_pinned(db: Database, post: Post) -> bool:
    return any(
        errand.kind == "pin" and errand.delay == dt.timedelta()
        for errand in store.errands_of(db, post.id)
    )


def written(stock: Stock, form: str, now: dt.datetime, zone: ZoneInfo) -> str:
    """Write posts in one of `FORMS`."""
    if form == "ics":
        return _calendar(stock, now)
    rows = [_values(post, stock, zone) for post in stock.posts]
    if form == "csv":
        return tables.write(as_cells(row) for row in rows)
    return json.dumps(rows, ensure_ascii=False, indent=1) + "\n"


def _values(post: Post, stock: Stock, zone: ZoneInfo) -> dict[str, object]:
    """Give the values of a JSON object for a post, in the order of the columns."""
    values: dict[str, object] = {
        "publish_at": post.publish_at.astimezone(zone).isoformat(timespec="seconds"),
        "channel": _name(post, stock),
        **values_of(post.content),
        "id": post.id,
        "state": str(post.state),
    }
    if post.id in stock.pinned:
        values["pin"] = True
    return {column: values[column] for column in COLUMNS if column in values}


def _name(post: Post, stock: Stock) -> str:
    return stock.names.get(post.channel_id, str(post.channel_id))


def _calendar(stock: Stock, now: dt.datetime) -> str:
    from icalendar import Calendar, Event  # noqa: PLC0415  # 0.3 s that a start should not pay

    calendar = Calendar()
    calendar.add("prodid", "-//Soloist//posts//EN")
    calendar.add("version", "2.0")
    calendar.add("x-wr-calname", "Soloist")
    for post in stock.posts:
        event = Event()
        # also apart from the posts of another database
        event.add("uid", f"post-{post.id}-{post.created_at:%Y%m%d%H%M%S}@soloist")
        event.add("dtstamp", now.astimezone(dt.UTC).replace(microsecond=0))
        event.add("dtstart", post.publish_at)
        event.add("dtend", post.publish_at + LASTS)
        event.add("summary", _title(post))
        event.add("description", "\n".join(filter(None, (post.text, *_options(post)))))
        event.add("location", _name(post, stock))
        event.add("status", "CONFIRMED")
        event.add("transp", "TRANSPARENT")  # nobody is busy meanwhile
        if post.state is PostState.PUBLISHED:
            event.add("categories", ["published"])
        calendar.add_component(event)
    text: str = calendar.to_ical().decode()
    return text


def _options(post: Post) -> tuple[str, ...]:
    return post.content.poll.options if post.content.poll else ()


def _title(post: Post) -> str:
    content = post.content
    said = " ".join((content.poll.question if content.poll else content.text).split())
    said = said or f"[{content.media[0].kind}]"
    return said if len(said) <= EXCERPT else f"{said[: EXCERPT - 1]}…"
