"""Another time zone, or another law about the clocks, moves no post without a word."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from sqlite_utils import Database

from bot import zone
from bot.app import build
from bot.context import App
from bot.database import open_database
from bot.settings import Settings
from scheduler import store
from scheduler.posts import Content, Post, PostState
from scheduler.store import walls
from scheduler.walls import Wall
from tests.conftest import OWNER, TOKEN, Desk, running_bot, until

BERLIN, NEW_YORK, PARIS = map(ZoneInfo, ("Europe/Berlin", "America/New_York", "Europe/Paris"))
NOW = dt.datetime(2027, 3, 1, 12, 0, tzinfo=dt.UTC)
CHANNEL = -100

Start = Callable[[ZoneInfo], App]


@pytest.fixture
def start(tmp_path: Path) -> Start:
    """Let the program start in a time zone, as far as its clock is concerned."""
    db = open_database(tmp_path / "soloist.db")

    def started(timezone: ZoneInfo) -> App:
        settings = Settings(
            telegram_bot_token=TOKEN,
            owner_id=OWNER,
            database=tmp_path / "soloist.db",
            playbook=tmp_path / "playbook",
            timezone=timezone,
        )
        app: App = build(settings, db, lambda: NOW).bot_data["app"]
        zone.watch(app)
        return app

    return started


def post(app: App, *local: int, state: PostState = PostState.SCHEDULED) -> Post:
    """Write a post for a time by the clock on the wall."""
    at = dt.datetime(*local, tzinfo=app.settings.timezone)  # type: ignore[misc, arg-type]
    return store.schedule(app.db, CHANNEL, Content("Bread"), at, now=NOW, state=state)


def cards(app: App) -> list[str]:
    return [body for (body,) in app.db.execute("select body from outbox order by id")]


def number(app: App) -> int:
    """Give what the buttons of the last card name."""
    *_, last = walls.eras(app.db)
    return int(last.wall.changes[0][0].timestamp())


def test_a_change_of_the_zone_moves_nothing_and_is_told_once(start: Start) -> None:
    app = start(BERLIN)
    first = post(app, 2027, 3, 2, 9)
    post(app, 2027, 3, 3, 9, state=PostState.DRAFT)

    for _ in range(3):
        app = start(NEW_YORK)

    (card,) = cards(app)
    assert "2 posts that wait keep their moment" in card
    assert "planned for Tue 2 Mar, 09:00, goes out at Tue 2 Mar, 03:00" in card
    assert store.get(app.db, first.id) == first


def test_only_a_tap_moves_posts_to_the_same_clock_times(start: Start) -> None:
    app = start(BERLIN)
    waiting = post(app, 2027, 3, 2, 9)
    draft = post(app, 2027, 7, 3, 9, state=PostState.DRAFT)
    out = post(app, 2027, 3, 4, 9)
    store.cancel(app.db, out.id, NOW)
    app = start(NEW_YORK)
    later = post(app, 2027, 3, 5, 9)
    taken_down_at = waiting.publish_at + dt.timedelta(hours=9)
    store.add_errand(app.db, waiting.id, "delete", due_at=taken_down_at)

    assert zone.follow(app, number(app)) == (2, [])

    assert store.get(app.db, waiting.id).publish_at == dt.datetime(2027, 3, 2, 14, tzinfo=dt.UTC)
    assert store.get(app.db, draft.id).publish_at == dt.datetime(2027, 7, 3, 13, tzinfo=dt.UTC)
    assert store.get(app.db, draft.id).state == PostState.DRAFT
    assert store.get(app.db, later.id) == later
    (errand,) = store.errands_of(app.db, waiting.id)
    assert errand.due_at == dt.datetime(2027, 3, 2, 23, tzinfo=dt.UTC)
    step = store.steps(app.db, waiting.id)[-1]
    assert (step.by, step.why) == ("owner", "time zone")
    assert zone.follow(app, number(app)) is None


def test_what_would_be_past_or_skipped_or_twice_is_named_and_left(start: Start) -> None:
    app = start(NEW_YORK)
    posts = [
        post(app, 2027, 3, 1, 8),  # in Berlin it is one o'clock already
        post(app, 2027, 3, 28, 2, 30),
        post(app, 2027, 10, 31, 2, 30),
    ]
    app = start(BERLIN)

    followed = zone.follow(app, number(app))

    assert followed
    assert followed[0] == 0
    assert [reason for _, reason in followed[1]] == ["past", "gap", "twice"]
    assert [store.get(app.db, each.id) for each in posts] == posts


def test_posts_that_are_kept_are_not_asked_about_again(start: Start) -> None:
    app = start(BERLIN)
    kept = post(app, 2027, 3, 2, 9)
    app = start(NEW_YORK)

    assert zone.keep(app, number(app))

    app = start(NEW_YORK)
    assert len(cards(app)) == 1
    assert store.get(app.db, kept.id) == kept


def test_a_slip_in_the_settings_that_is_put_right_asks_about_nothing_old(start: Start) -> None:
    app = start(BERLIN)
    post(app, 2027, 3, 2, 9)
    start(NEW_YORK)

    app = start(BERLIN)

    assert len(cards(app)) == 1
    assert len(walls.eras(app.db)) == 1


def test_a_zone_whose_clock_shows_the_same_is_not_worth_a_word(start: Start) -> None:
    app = start(BERLIN)
    post(app, 2027, 3, 2, 9)

    app = start(PARIS)

    assert cards(app) == []


def test_another_law_about_the_clocks_is_told_as_well(start: Start) -> None:
    app = start(BERLIN)
    post(app, 2027, 3, 2, 9)
    summer = post(app, 2027, 7, 1, 9)
    (era,) = walls.eras(app.db)
    # As if the time zone database of before had still known summer time of two hours.
    old = tuple(
        (at, offset + dt.timedelta(hours=1) if offset == dt.timedelta(hours=2) else offset)
        for at, offset in era.wall.changes
    )
    walls.keep(app.db, [replace(era, wall=Wall("Europe/Berlin", old, era.wall.ends_at))])

    app = start(BERLIN)

    (card,) = cards(app)
    assert "The clocks of <b>Europe/Berlin</b> follow new rules" in card
    assert f"Post {summer.id}: planned for Thu 1 Jul, 10:00, goes out at Thu 1 Jul, 09:00" in card


async def test_the_owner_is_asked_at_the_next_start_and_taps(
    desk: Desk, settings: Settings
) -> None:
    async with running_bot(settings, timezone=BERLIN):
        await desk.say(OWNER, "/start")
        await desk.wait_for(OWNER, "My channel is connected")
        await desk.say(OWNER, "/schedule tomorrow 23:30 Good night")
        await desk.wait_for(OWNER, "goes to My channel")
    async with running_bot(settings, timezone=ZoneInfo("Europe/London")) as db:
        card = await desk.wait_for(OWNER, "The time zone is now Europe/London")
        before = due(db)

        await desk.tap(card, "Same clock times in Europe/London")

        await desk.wait_for(OWNER, "1 post has moved to its clock time in Europe/London")
        await until(lambda: due(db) - before == dt.timedelta(hours=1), "the move")


def due(db: Database) -> dt.datetime:
    (post,) = store.upcoming(db)
    return post.publish_at
