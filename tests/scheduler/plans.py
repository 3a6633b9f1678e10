"""What the tests of plans share: a shop in Berlin on a Monday in March, and its channel."""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

from sqlite_utils import Database

from scheduler import planning, store
from scheduler.posts import Content, Origin, Post
from scheduler.recurrence import Rule
from scheduler.store import series
from scheduler.store.series import Series

CHANNEL = -100
BERLIN = ZoneInfo("Europe/Berlin")
MONDAY = dt.datetime(2027, 3, 1, 12, 0, tzinfo=dt.UTC)
HOUR, DAY, WEEK = dt.timedelta(hours=1), dt.timedelta(days=1), dt.timedelta(weeks=1)


def empty() -> Database:
    db = Database(memory=True)
    store.migrate(db)
    return db


def placing(db: Database, now: dt.datetime, channel_id: int = CHANNEL) -> planning.Place:
    def place(each: Series, at: dt.datetime, occurrence: str) -> list[Post]:
        source = "series" if each.rule else "evergreen"
        origin = Origin(source=source, series_id=each.id, occurrence=occurrence)
        return [store.schedule(db, channel_id, each.content, at, now=now, origin=origin)]

    return place


def extend(db: Database, now: dt.datetime, zone: ZoneInfo = BERLIN) -> list[planning.Extension]:
    return planning.extend(db, now, zone, placing(db, now))


def repeat(
    db: Database, rule: str, now: dt.datetime = MONDAY, zone: ZoneInfo = BERLIN, **ends: object
) -> Series:
    read = Rule.from_text(rule)
    reached = planning.begins_after(read, now, zone)
    return series.begin(
        db,
        Content("Market"),
        now,
        rule=read.text,
        reached=reached,
        **ends,  # type: ignore[arg-type]
    )


def scheduled(db: Database) -> list[dt.datetime]:
    return [post.publish_at for post in store.upcoming(db)]


def local(*moments: dt.datetime, zone: ZoneInfo = BERLIN) -> list[str]:
    return [f"{moment.astimezone(zone):%a %d %b %H:%M}" for moment in moments]
