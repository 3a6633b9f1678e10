"""Says of each row of a file what would become of it, before anything does."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TypeVar
from zoneinfo import ZoneInfo

from sqlite_utils import Database

from bot.exchange import times
from bot.exchange.cells import is_yes, read_content, same
from bot.exchange.duplicates import Likeness
from bot.exchange.remarks import CellError, Level, Remark
from bot.exchange.tables import Row, Table
from bot.limits import problems
from bot.store import channels
from bot.store.channels import NO_OFFSET, Channel
from scheduler import store
from scheduler.posts import Content, PostState

LOOK_BACK = dt.timedelta(days=90)
"""What was said earlier may be said again."""

Key = tuple[int, dt.datetime, Content]
T = TypeVar("T")
_GRADES = (Level.REFUSED, Level.SKIPPED, Level.WARNING)


@dataclass(frozen=True, slots=True)
class Planned:
    """A post that a row asks for, and when it goes to which channel."""

    content: Content
    places: tuple[tuple[Channel, dt.datetime], ...]
    pin: bool

    @property
    def text(self) -> str:
        """What is compared with other posts."""
        return self.content.poll.question if self.content.poll else self.content.text


@dataclass(frozen=True, slots=True)
class Verdict:
    """What becomes of a row, and what there is to say of it; `planned` is None where nothing."""

    row: Row
    remarks: tuple[Remark, ...]
    planned: Planned | None

    @property
    def level(self) -> Level:
        """The gravest of its remarks."""
        levels = {remark.level for remark in self.remarks}
        return next((level for level in _GRADES if level in levels), Level.OK)


@dataclass(frozen=True, slots=True, kw_only=True)
class Surroundings:
    """What rows are judged by: the moment, the channels, and the posts that are there.

    Attributes
    ----------
    targets : sequence of Channel
        Where posts go that name no channel.
    texts : sequence of (channel id, post id, text)
        Of the last ninety days and to come; post id 0 for what was written by hand.
    there : mapping
        The ids of posts by what makes two the same.
    """

    now: dt.datetime
    zone: ZoneInfo
    channels: Sequence[Channel]
    targets: Sequence[Channel]
    texts: Sequence[tuple[int, int, str]]
    there: Mapping[Key, int]


def surroundings(
    db: Database, preferred: int | None, now: dt.datetime, zone: ZoneInfo
) -> Surroundings:
    """Read from the database what rows are judged by."""
    to_come = (*store.upcoming(db), *store.drafts(db))  # what is out cannot be asked for again
    return Surroundings(
        now=now,
        zone=zone,
        channels=channels.connected(db),
        targets=channels.targets(db, preferred),
        texts=[
            (entry.channel_id, entry.post_id or 0, entry.text)
            for entry in store.calendar(db, now - LOOK_BACK, now + 2 * times.FURTHEST)
            if entry.state is not PostState.FAILED
        ],
        there={(post.channel_id, post.publish_at, same(post.content)): post.id for post in to_come},
    )


def judge(table: Table, around: Surroundings) -> list[Verdict]:
    """Judge every row of a file; some milliseconds for each time in plain words."""
    seen: dict[int, Likeness] = {}
    for channel_id, post_id, text in around.texts:
        seen.setdefault(channel_id, Likeness()).add(post_id, text)
    compare = _Comparison(around.there, seen)
    return [compare(_alone(row, around)) for row in table.rows]


def _alone(row: Row, around: Surroundings) -> Verdict:
    """Judge a row by itself, all of its cells."""
    remarks: list[Remark] = []

    def tried(read: Callable[[], T]) -> T | None:
        try:
            return read()
        except CellError as error:
            remarks.append(error.remark)
            return None

    at = tried(lambda: times.moment(row.cells.get(times.COLUMN, ""), around.now, around.zone))
    if at and at <= around.now:
        if row.cells.get("state", "").strip().lower() == PostState.PUBLISHED:
            return Verdict(row, (Remark(Level.SKIPPED, "is_out"),), None)
        remarks.append(Remark(Level.REFUSED, "past", times.COLUMN, {"at": at}))
    named = row.cells.get("channel", "").strip()
    to = tried(lambda: [(_channel(named, around.channels), NO_OFFSET)] if named else _all(around))
    content = tried(lambda: read_content(row.cells))
    pin = tried(lambda: is_yes(row.cells, "pin"))
    remarks += [
        Remark(Level.REFUSED, "limit", values={"problem": problem})
        for problem in (problems(content) if content else ())
    ]
    if remarks or not (at and to and content):
        return Verdict(row, tuple(remarks), None)
    places = tuple((channel, at + offset) for channel, offset in to)
    return Verdict(row, (), Planned(content, places, bool(pin)))


class _Comparison:
    """Compares each row with the posts that are there, and with the rows above it."""

    def __init__(self, there: Mapping[Key, int], seen: dict[int, Likeness]) -> None:
        self._there = there
        self._seen = seen
        self._above: dict[Key, int] = {}
        self._said: dict[int, Likeness] = {}

    def __call__(self, verdict: Verdict) -> Verdict:
        planned, place = verdict.planned, verdict.row.place
        if planned is None:
            return verdict
        keys = {
            (channel.id, at, same(planned.content)): (channel, at) for channel, at in planned.places
        }
        new = {key: to for key, to in keys.items() if key not in self._there}
        if not new:
            there = Remark(Level.SKIPPED, "is_there", values={"id": self._there[next(iter(keys))]})
            return replace(verdict, remarks=(there,), planned=None)
        above = next((self._above[key] for key in new if key in self._above), None)
        if above is not None:
            twice = Remark(Level.SKIPPED, "is_above", values={"place": above})
            return replace(verdict, remarks=(twice,), planned=None)
        remarks = tuple(self._like(planned.text, (channel.id for channel, _ in new.values())))
        for channel, _ in new.values():
            self._said.setdefault(channel.id, Likeness()).add(place, planned.text)
        self._above |= dict.fromkeys(new, place)
        return replace(verdict, remarks=remarks, planned=replace(planned, places=(*new.values(),)))

    def _like(self, text: str, channel_ids: Iterable[int]) -> Iterator[Remark]:
        """Give at most one post and one row that say nearly the same in the same channel."""
        ids = list(channel_ids)
        kinds = (("like_post", self._seen), ("like_row", self._said))
        for kind, likenesses in kinds:
            found = (likenesses[each].nearest(text) for each in ids if each in likenesses)
            if nearest := next(filter(None, found), None):
                name, share = nearest
                yield Remark(
                    Level.WARNING,
                    kind if name else "like_hand",
                    "text",
                    {"id": name, "share": share},
                )


def _all(around: Surroundings) -> list[tuple[Channel, dt.timedelta]]:
    """Give the chosen channels, each with its own delay."""
    if not around.targets:
        raise CellError("channel", "no_channel_connected")
    return [(channel, channel.offset) for channel in around.targets]


def _names(channel: Channel) -> set[str]:
    names = {str(channel.id), channel.title.strip().casefold()}
    return names | {f"@{channel.username.casefold()}"} if channel.username else names


def _channel(named: str, connected: Sequence[Channel]) -> Channel:
    """Find a channel by its id, its @name or its title."""
    found = [channel for channel in connected if named.casefold() in _names(channel)]
    if not found:
        titles = ", ".join(channel.title for channel in connected)
        raise CellError("channel", "no_such_channel", name=named, titles=titles or "–")
    if len(found) > 1:
        raise CellError("channel", "two_channels", name=named)
    if "can_post_messages" in found[0].lacks:
        raise CellError("channel", "may_not_post", name=named)
    return found[0]
