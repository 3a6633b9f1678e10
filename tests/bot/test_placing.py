"""A post in several channels is one post: it is written, moved, let out and taken back as one."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest
from sqlite_utils import Database

from bot import placing
from bot.app import build
from bot.context import App
from bot.database import open_database
from bot.placing import NoChannelError
from bot.settings import Settings
from bot.store import channels
from bot.store.channels import Channel
from scheduler import store
from scheduler.posts import Content, PostState
from scheduler.store import WrongStateError

NOON = dt.datetime(2027, 3, 1, 12, tzinfo=dt.UTC)
HELLO = Content("Hello")
QUARTER = dt.timedelta(minutes=15)


@pytest.fixture
def app(tmp_path: Path) -> App:
    """Give the parts of a bot that does not run."""
    settings = Settings(
        telegram_bot_token="4242:AAAA-a-token-for-tests-only",
        owner_id=1000,
        database=tmp_path / "soloist.db",
        playbook=tmp_path / "playbook",
    )
    application = build(settings, open_database(settings.database), lambda: NOON)
    parts: App = application.bot_data["app"]
    return parts


def connect(db: Database, n: int) -> None:
    """Connect channels -1, -2 …; in each, posts appear a quarter of an hour later."""
    for number in range(n):
        channels.connect(db, Channel(-1 - number, f"Channel {number}", None, None, ()))
        channels.choose(db, -1 - number, None, on=True)
        channels.set_offset(db, -1 - number, number * QUARTER)


def times(app: App, state: PostState) -> list[dt.datetime]:
    rows = app.db.query("select publish_at from posts where state = ? order by id", [state])
    return [dt.datetime.fromisoformat(row["publish_at"]) for row in rows]


def test_without_a_channel_nothing_is_written(app: App) -> None:
    with pytest.raises(NoChannelError):
        placing.place(app, HELLO, NOON)

    assert app.db["posts"].count == 0


def test_what_is_asked_for_twice_is_written_once(app: App) -> None:
    connect(app.db, 3)

    first = placing.place(app, HELLO, NOON, request_id="update 1", pin=True)
    again = placing.place(app, HELLO, NOON, request_id="update 1", pin=True)

    assert again == first
    assert [post.publish_at for post in first] == [NOON, NOON + QUARTER, NOON + 2 * QUARTER]
    assert {post.origin.set_id for post in first} == {first[0].id}
    assert [len(store.errands_of(app.db, post.id)) for post in first] == [1, 1, 1]


def test_a_post_in_one_channel_is_no_set(app: App) -> None:
    connect(app.db, 1)

    (post,) = placing.place(app, HELLO, NOON)

    assert post.origin.set_id is None


def test_a_set_is_moved_and_cancelled_as_one_with_its_offsets_kept(app: App) -> None:
    connect(app.db, 3)
    _, second, _ = placing.place(app, HELLO, NOON)

    placing.move(app, second, NOON + dt.timedelta(days=1))
    moved = times(app, PostState.SCHEDULED)
    placing.cancel(app, second)

    tomorrow = NOON + dt.timedelta(days=1)
    assert moved == [tomorrow - QUARTER, tomorrow, tomorrow + QUARTER]
    assert len(times(app, PostState.CANCELLED)) == 3


def test_a_draft_is_let_out_in_all_channels_with_the_text_below_it(app: App) -> None:
    connect(app.db, 2)
    drafts = placing.place(app, HELLO, NOON, state=PostState.DRAFT)
    for draft in drafts:
        placing.place_after(app, draft, Content("More"))

    placing.approve(app, drafts[0], NOON + dt.timedelta(hours=1))

    assert times(app, PostState.DRAFT) == []
    assert len(times(app, PostState.SCHEDULED)) == 4
    assert store.n_queued(app.db) == len(store.queued(app.db, 10)) == 1


def test_what_is_out_in_one_channel_is_still_cancelled_in_the_others(app: App) -> None:
    connect(app.db, 2)
    first, second = placing.place(app, HELLO, NOON)
    claimed = store.claim_next(app.db, first.channel_id, NOON)
    assert claimed
    store.mark_published(app.db, claimed, [7], NOON)

    with pytest.raises(WrongStateError):
        placing.cancel(app, first)
    placing.cancel(app, second)

    assert store.get(app.db, second.id).state is PostState.CANCELLED


def test_the_queue_shows_a_set_as_long_as_one_of_it_is_to_come(app: App) -> None:
    connect(app.db, 2)
    first, second = placing.place(app, HELLO, NOON)
    assert [post.id for post in store.queued(app.db, 10)] == [first.id]

    claimed = store.claim_next(app.db, first.channel_id, NOON)
    assert claimed

    assert [post.id for post in store.queued(app.db, 10)] == [second.id]
