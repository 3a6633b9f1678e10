"""The history of a channel, from Telegram Desktop's export."""

from __future__ import annotations

import base64
import datetime as dt
import io
import json
import re
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from sqlite_utils import Database
from typer.testing import CliRunner

from bot.__main__ import cli
from bot.batch.reading import InputError
from bot.database import open_database
from bot.settings import Settings
from bot.store import channels
from bot.store.channels import Channel
from bot.telegram_export import Export, ExportError, read_export
from scheduler import store
from scheduler.posts import Content
from scheduler.store import past
from tests.conftest import OWNER, Desk, running_bot, until

BERLIN = ZoneInfo("Europe/Berlin")
NOON = dt.datetime(2024, 3, 1, 12, tzinfo=dt.UTC)
BARE_ID = 1000000001
CHANNEL = -1_000_000_000_000 - BARE_ID


def message(number: int, **more: Any) -> dict[str, Any]:
    at = NOON + dt.timedelta(hours=number)
    return {
        "id": number,
        "type": "message",
        "date": at.replace(tzinfo=None).isoformat(),
        "date_unixtime": str(int(at.timestamp())),
        "from": "My channel",
        "from_id": f"channel{BARE_ID}",
        "text": f"Post {number}",
        "text_entities": [{"type": "plain", "text": f"Post {number}"}],
        **more,
    }


def album(first: int, *captions: str) -> list[dict[str, Any]]:
    at = {"date": "2024-03-05T09:00:00", "date_unixtime": "1709629200"}
    return [
        message(first + n, **at, text=caption, photo=f"photos/{n}.jpg")
        for n, caption in enumerate(captions)
    ]


def exported(*messages: dict[str, Any], **about: Any) -> bytes:
    whole = {"name": "My channel", "type": "public_channel", "id": BARE_ID} | about
    return json.dumps(whole | {"messages": list(messages)}, ensure_ascii=False).encode()


def read(content: bytes) -> Export:
    return read_export(io.BytesIO(content), BERLIN)


def test_a_message_is_read_with_its_text_its_kind_and_its_reactions() -> None:
    bold = ["We are ", {"type": "bold", "text": "open"}, " again"]
    reactions = [
        {"type": "emoji", "count": 3, "emoji": "👍", "recent": []},
        {"type": "custom_emoji", "count": 1, "document_id": "5"},
        {"type": "paid", "count": 2},
    ]

    found = read(
        exported(
            message(1, text=bold, reactions=reactions),
            message(2, type="service", action="pin_message", text=""),
            {"id": 3, "type": "unsupported"},
            message(4, text="", file="v.mp4", media_type="video_file", edited_unixtime="1709300000")
            | {"edited": "2024-03-01T14:33:20"},
            message(5, text="", poll={"question": "Rye or spelt?", "answers": []}),
        )
    )

    assert found.channel_id == CHANNEL
    assert found.title == "My channel"
    text, video, poll = found.messages
    assert (text.text, text.kind, text.reactions) == ("We are open again", "", 6)
    assert text.posted_at == NOON + dt.timedelta(hours=1)
    assert (video.kind, video.edited_at) == ("video", dt.datetime.fromtimestamp(1709300000, dt.UTC))
    assert (poll.text, poll.kind) == ("Rye or spelt?", "poll")


def test_a_time_without_a_zone_is_one_of_the_owner() -> None:
    old = message(1, date="2020-07-01T10:00:00")
    del old["date_unixtime"]

    (found,) = read(exported(old)).messages

    assert found.posted_at == dt.datetime(2020, 7, 1, 8, tzinfo=dt.UTC)


def test_an_album_is_what_was_sent_in_one_second_with_one_caption() -> None:
    found = list(
        read(
            exported(*album(1, "", "Cakes", ""), *album(4, "forwarded", "one by one"), message(9))
        ).messages
    )

    assert [part.album for part in found] == [*["export 1"] * 3, None, None, None]


class Slow(io.BytesIO):
    """A file that gives few bytes at a time."""

    most = 1

    def read(self, wanted: int | None = -1) -> bytes:
        return super().read(min(wanted or 0, self.most))


def as_telegram_desktop_writes_it(content: bytes) -> bytes:
    """Write control characters as `\\x1B`, which is no JSON."""
    return re.sub(
        rb"\\(?:u00([01][0-9a-f])|.)",
        lambda found: b"\\x" + found[1].upper() if found[1] else found[0],
        content,
    )


@settings(deadline=None)
@given(text=st.text(st.characters(codec="utf-8"), min_size=1), most=st.integers(1, 9))
@example(text="bell\x07, C:\\x41, \\", most=1)
def test_every_text_is_read_as_it_was_written(text: str, most: int) -> None:
    file = Slow(as_telegram_desktop_writes_it(exported(message(1, text=text))))
    file.most = most

    (found,) = read_export(file, BERLIN).messages

    assert found.text == text


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (b"", "no_json"),
        (b"\xff\xd8\xff\xe0 a picture", "no_json"),
        (b"[1, 2]", "no_export"),
        (b'{"posts": []}', "no_export"),
        (exported(id="x"), "no_export"),
        (exported(type="personal_chat"), "no_channel"),
        (b'{"about": "", "personal_information": {}, "chats": {"list": []}}', "account"),
        (exported(message(1), message(2))[:-40], "damaged"),
        (exported(message(1), message(2, date_unixtime="soon")), "message"),
        (exported(message(1, text=5)), "message"),
        (exported(message(1, reactions=[{"emoji": "👍"}])), "message"),
        (exported(message(1, id="one")), "message"),
    ],
)
def test_what_is_no_export_of_a_channel_is_named(content: bytes, problem: str) -> None:
    with pytest.raises(ExportError) as refused:
        list(read(content).messages)

    assert refused.value.problem == problem


@pytest.fixture
def tables() -> Database:
    db = Database(memory=True)
    store.migrate(db)
    return db


def take_in(db: Database, content: bytes) -> past.Comparison:
    export = read(content)
    past.stage(db, export.messages)
    found = past.compare(db, export.channel_id)
    past.take_in(db, export.channel_id, NOON)
    return found


def texts(db: Database) -> list[tuple[object, ...]]:
    frame = store.history(db)[["text", "reactions"]]
    return list(frame.itertuples(index=False, name=None))


def test_the_same_export_twice_changes_nothing(tables: Database) -> None:
    content = exported(
        message(1, reactions=[{"type": "emoji", "count": 2, "emoji": "👍"}]),
        *album(2, "Cakes", "", ""),
    )

    first, rows = take_in(tables, content), list(tables["channel_messages"].rows)
    second = take_in(tables, content)

    assert (first.n_posts, first.n_new, first.reactions) == (2, 2, 2)
    assert (second.n_posts, second.n_new, second.n_changed) == (2, 0, 0)
    assert list(tables["channel_messages"].rows) == rows
    assert texts(tables) == [("Post 1", 2), ("Cakes", 0)]


def test_a_later_export_brings_edits_and_reactions(tables: Database) -> None:
    take_in(tables, exported(message(1), message(2)))

    edited = message(1, text="Post 1, better", edited_unixtime="1709999999", edited="")
    liked = message(2, reactions=[{"type": "emoji", "count": 5, "emoji": "👍"}])
    found = take_in(tables, exported(edited, liked))

    assert (found.n_new, found.n_changed) == (0, 2)
    assert texts(tables) == [("Post 1, better", 0), ("Post 2", 5)]


def test_what_soloist_has_published_stays_its_own(tables: Database) -> None:
    store.schedule(tables, CHANNEL, Content("Ours"), NOON, now=NOON)
    post = store.claim_next(tables, CHANNEL, NOON)
    assert post
    store.mark_published(tables, post, [1], NOON)

    take_in(tables, exported(message(1, text="Ours, as it looks there")))

    assert texts(tables) == [("Ours", 0)]
    assert store.post_of(tables, CHANNEL, 1)


def test_two_posts_that_were_seen_apart_are_never_made_an_album(tables: Database) -> None:
    at = dt.datetime.fromtimestamp(1709629200, dt.UTC)
    for number, text in ((1, "One"), (2, "")):
        store.record_by_hand(tables, CHANNEL, number, text, at, at, kind="photo")

    found = take_in(tables, exported(*album(1, "One", "", "")))

    assert (found.n_posts, found.n_new, found.n_changed) == (1, 0, 1)
    assert sorted(texts(tables)) == [("", 0), ("", 0), ("One", 0)]


def test_an_export_that_breaks_off_leaves_nothing(tables: Database) -> None:
    with pytest.raises(ExportError):
        take_in(tables, exported(*(message(n) for n in range(1, 99)))[:-40])

    assert texts(tables) == []


async def send(desk: Desk, content: bytes, name: str = "result.json") -> None:
    await desk.do(
        "messages",
        **{
            "from": OWNER,
            "chat": OWNER,
            "document": base64.b64encode(content).decode(),
            "file_name": name,
            "mime_type": "application/json",
        },
    )


def bare(channel_id: int) -> int:
    return -channel_id - 1_000_000_000_000


async def test_an_export_sent_in_chat_is_looked_at_and_taken_in(desk: Desk, bot: Database) -> None:
    await send(desk, exported(message(1), message(2), id=bare(desk.channel)))
    card = await desk.wait_for(OWNER, "The history of My channel")
    assert "2 posts from Mar 1, 2024 to Mar 1, 2024" in card["text"]
    assert "I am not in this channel" not in card["text"]
    assert texts(bot) == []

    await desk.tap(card, "Take them in")

    await desk.wait_for(OWNER, "Taken in from My channel: 2 new, 0 changed")
    assert texts(bot) == [("Post 1", 0), ("Post 2", 0)]
    await send(desk, exported(message(1), message(2), id=bare(desk.channel)))
    again = await desk.wait_for(OWNER, "I know all of it already")
    assert "reply_markup" not in again


async def test_an_export_may_be_left_and_one_of_another_channel_is_asked_about(
    desk: Desk, bot: Database
) -> None:
    await send(desk, exported(message(1), name="Old shop", id=777))
    card = await desk.wait_for(OWNER, "I am not in this channel")

    await desk.tap(card, "Leave them")
    await desk.wait_for(OWNER, "I have taken nothing in")
    assert texts(bot) == []

    await send(desk, exported(message(1), name="Old shop", id=777))
    await desk.tap(await desk.wait_for(OWNER, "I am not in this channel"), "Take them in")
    await until(lambda: texts(bot) == [("Post 1", 0)], "the post")
    assert [channel.id for channel in channels.connected(bot)] == [desk.channel]


async def test_a_file_that_is_no_export_is_refused_in_both_languages(
    desk: Desk, settings: Settings
) -> None:
    async with running_bot(settings, owner_language="zh"):
        await desk.say(OWNER, "/start")
        await desk.wait_for(OWNER, "这里是你的工作台")
        await send(desk, b"{}")
        await desk.wait_for(OWNER, "这个文件不是 Telegram Desktop 的导出")
    async with running_bot(settings):
        await send(desk, exported(type="private_group"))
        await desk.wait_for(OWNER, "“My channel” is no channel")


@pytest.fixture
def database(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A database whose bot is in the channel, named in the settings of the command line."""
    path = tmp_path / "soloist.db"
    monkeypatch.setenv("DATABASE", str(path))
    monkeypatch.chdir(tmp_path)
    db = open_database(path)
    channels.connect(db, Channel(CHANNEL, "My channel", None, None, ()))
    db.close()
    return path


def run(tmp_path: Path, content: bytes, *options: str) -> str:
    file = tmp_path / "result.json"
    file.write_bytes(content)
    return (
        CliRunner()
        .invoke(cli, ["past", str(file), *options], catch_exceptions=False, standalone_mode=False)
        .output
    )


def test_the_command_line_asks_before_it_takes_in(database: Path, tmp_path: Path) -> None:
    content = exported(message(1), message(2))

    shown = run(tmp_path, content)
    assert "2 posts from Mar 1, 2024" in shown
    assert "To do it, add --yes" in shown
    taken = run(tmp_path, content, "--yes")

    assert "Taken in from My channel: 2 new, 0 changed." in taken
    assert texts(open_database(database)) == [("Post 1", 0), ("Post 2", 0)]


def test_a_channel_without_the_bot_has_to_be_named(database: Path, tmp_path: Path) -> None:
    content = exported(message(1), name="Old shop", id=777)

    with pytest.raises(InputError, match=r"where the bot is not.*--channel -1000000000777"):
        run(tmp_path, content, "--yes")
    with pytest.raises(InputError, match=r"“Old shop” \(-1000000000777\), not of -5"):
        run(tmp_path, content, "--yes", "--channel", "-5")
    run(tmp_path, content, "--yes", "--channel", "-1000000000777")

    assert texts(open_database(database)) == [("Post 1", 0)]


def test_a_damaged_file_is_named_and_takes_in_nothing(database: Path, tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"result\.json: This file is damaged or breaks off"):
        run(tmp_path, exported(message(1), message(2))[:-40], "--yes")

    assert texts(open_database(database)) == []
