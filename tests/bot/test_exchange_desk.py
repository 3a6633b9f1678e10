"""The owner sends a file of posts and takes one out; the operator does the same on a terminal."""

from __future__ import annotations

import base64
import datetime as dt
import json
from pathlib import Path

import httpx
import pytest
from sqlite_utils import Database

from bot.database import open_database
from bot.playground import Playground
from bot.settings import Settings
from bot.store import channels
from bot.store.channels import Channel
from scheduler import store
from tests.bot.test_batch_verbs import CommandLine
from tests.conftest import OWNER, TOKEN, Desk, Json, running_bot, until

TWO = "publish_at,text\n{first},One\ntomorrow 9:00,Two\n"


async def send_file(desk: Desk, name: str, content: str | bytes) -> None:
    data = content if isinstance(content, bytes) else content.encode()
    encoded = base64.b64encode(data).decode()
    await desk.do(
        "messages", **{"from": OWNER, "chat": OWNER, "document": encoded, "file_name": name}
    )


async def files(desk: Desk, playground: Playground) -> dict[str, str]:
    """Fetch what the bot has sent to the owner as files."""
    found: dict[str, str] = {}
    async with httpx.AsyncClient(base_url=playground.address) as client:
        for message in await desk.chat(OWNER):
            if message["from"]["is_bot"] and "document" in message:
                document: Json = message["document"]
                asked = {"file_id": document["file_id"]}
                file = (await client.post(f"/bot{TOKEN}/getFile", json=asked)).json()["result"]
                answer = await client.get(f"/file/bot{TOKEN}/{file['file_path']}")
                found[document["file_name"]] = answer.content.decode()
    return found


async def test_a_file_is_looked_at_taken_whole_and_published(desk: Desk, bot: Database) -> None:
    soon = (dt.datetime.now(dt.UTC) + dt.timedelta(seconds=4)).isoformat(timespec="seconds")
    await send_file(desk, "plan.csv", TWO.format(first=soon))

    card = await desk.wait_for(OWNER, "plan.csv")
    assert "2 good" in card["text"]
    assert store.upcoming(bot) == []
    await desk.tap(card, "Take all 2 posts")

    await desk.wait_for(OWNER, "2 posts are scheduled")
    await desk.wait_for(desk.channel, "One")
    assert [post.text for post in store.upcoming(bot)] == ["Two"]


async def test_a_file_with_one_bad_row_cannot_be_taken(desk: Desk, bot: Database) -> None:
    await send_file(desk, "plan.csv", TWO.format(first="2020-01-01 9:00"))

    card = await desk.wait_for(OWNER, "plan.csv")
    assert "⛔ Line 2: publish_at: Wed 1 Jan 2020, 09:00 (UTC, UTC+0:00) has passed" in card["text"]
    assert "reply_markup" not in card
    assert store.upcoming(bot) == []


async def test_a_file_can_be_left_and_taken_only_once(desk: Desk, bot: Database) -> None:
    one = '[{"publish_at": "2030-03-01 9:00", "text": "One"}]'
    await send_file(desk, "plan.json", one)
    await desk.tap(await desk.wait_for(OWNER, "plan.json"), "Leave them")
    await desk.wait_for(OWNER, "Nothing of this file was taken")
    assert store.upcoming(bot) == []

    await send_file(desk, "again.json", one)
    await desk.tap(await desk.wait_for(OWNER, "again.json"), "Take 1 post")
    await desk.wait_for(OWNER, "1 post is scheduled")
    await send_file(desk, "third.json", one)

    assert "There is nothing new" in (await desk.wait_for(OWNER, "third.json"))["text"]
    assert [post.text for post in store.upcoming(bot)] == ["One"]


async def test_a_long_verdict_comes_as_a_file(
    desk: Desk, bot: Database, playground: Playground
) -> None:
    rows = "".join(f"never,=cmd{n}\n" for n in range(30))
    await send_file(desk, "plan.csv", f"publish_at,text,mood\n{rows}")

    card = await desk.wait_for(OWNER, "30 refused")
    assert "and 22 more" in card["text"]
    assert "skip them: mood" in card["text"]
    sent = await files(desk, playground)
    assert sent["verdicts.csv"].count("I do not understand “never”") == 30
    assert "'=cmd7" in sent["verdicts.csv"]


async def test_a_file_that_is_none_is_refused_and_one_of_answers_is_told_apart(
    desk: Desk, bot: Database
) -> None:
    await send_file(desk, "half.json", "[")
    await desk.wait_for(OWNER, "half.json, line 1: This is no JSON")
    await send_file(desk, "no.csv", "publish_at,channel\n")
    await desk.wait_for(OWNER, "no.csv, line 1: There is no column “text”")
    await send_file(desk, "when.csv", "text\nFresh bread\n")
    await desk.wait_for(OWNER, "when.csv, line 1: There is no column “publish_at”")
    await send_file(desk, "answers.csv", "answer,question,reply_en\nDogs,Are dogs allowed?,Yes!\n")

    await desk.wait_for(OWNER, "answers.csv: 1 new, 0 changed")


async def test_posts_are_taken_out_and_come_back_as_the_same(
    desk: Desk, bot: Database, playground: Playground
) -> None:
    await desk.say(OWNER, "/export")
    card = await desk.wait_for(OWNER, "What is scheduled and published")
    await desk.tap(card, "CSV")
    await desk.wait_for(OWNER, "Nothing is scheduled or published yet")
    await desk.say(OWNER, "/schedule tomorrow 9:00 Later")
    await desk.wait_for(OWNER, "goes to My channel")

    for form in ("Calendar", "CSV", "JSON"):
        await desk.tap(card, form)
    await desk.wait_for(OWNER, "1 post.", n=3)

    sent = await files(desk, playground)
    assert "SUMMARY:Later" in sent["posts.ics"]
    for name in ("posts.csv", "posts.json"):
        await send_file(desk, name, sent[name])
        again = await desk.wait_for(OWNER, f"📥 {name}")
        assert "1 here already" in again["text"]


@pytest.fixture
def ran(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> CommandLine:
    return CommandLine(tmp_path, monkeypatch, capsys)


@pytest.fixture
def database(tmp_path: Path) -> Path:
    db = open_database(tmp_path / "soloist.db")
    channels.connect(db, Channel(-1001, "The shop", "shop", None, ()))
    db.close()
    return tmp_path / "soloist.db"


def test_import_takes_a_file_or_says_in_sentences_why_not(ran: CommandLine, database: Path) -> None:
    (ran.folder / "plan.csv").write_text("publish_at,text\nin 72 hours,One\nnever,Two\n")
    (ran.folder / "good.csv").write_text("publish_at,text\nin 72 hours,One\n")

    status, output, errors = ran("import", "plan.csv")
    assert (status, output) == (2, "")
    assert "plan.csv, line 3: refused: publish_at: I do not understand “never”" in errors
    assert "1 of 2 rows are refused, so nothing is taken" in errors

    status, output, errors = ran("import", "good.csv", "--dry-run", "--json")
    assert status == 0
    assert json.loads(output)["verdict"] == "ok"

    status, output, errors = ran("import", "good.csv")
    assert (status, output) == (0, "")
    assert "1 post is scheduled" in errors
    status, output, _ = ran("export", "json")
    assert [row["text"] for row in json.loads(output)] == ["One"]


def test_import_and_export_refuse_in_one_sentence(ran: CommandLine, database: Path) -> None:
    (ran.folder / "bad.csv").write_bytes(b"text\nHello\n")

    for arguments, sentence in (
        (("import", "bad.csv"), "bad.csv, line 1: There is no column “publish_at”. Add one."),
        (("import", "nowhere.csv"), "nowhere.csv cannot be read: No such file or directory."),
        (("export", "xlsx"), "xlsx is no form: write one of ics, csv, json."),
        (("export", "csv", "no/where.csv"), "no/where.csv cannot be written: No such file"),
    ):
        status, output, errors = ran(*arguments)
        assert (status, output) == (2, "")
        assert errors.startswith(sentence)
        assert errors.count("\n") == 1
    status, _, errors = ran("import", "bad.csv", DATABASE="other.db")
    assert (status, errors.startswith("other.db does not exist")) == (2, True)


async def test_a_running_bot_publishes_what_the_command_line_imported(
    desk: Desk, settings: Settings, ran: CommandLine
) -> None:
    async with running_bot(settings) as db:
        await until(lambda: channels.connected(db), "the channel")
        soon = (dt.datetime.now(dt.UTC) + dt.timedelta(seconds=3)).isoformat(timespec="seconds")
        (ran.folder / "plan.csv").write_text(f"publish_at,text\n{soon},From the terminal\n")

        status, _, errors = ran("import", "plan.csv", DATABASE=str(settings.database))
        assert (status, errors[:1]) == (0, "✅")
        await desk.say(OWNER, "/schedule in 1 second Between")  # a tick, before the heartbeat

        await desk.wait_for(desk.channel, "Between")
        await desk.wait_for(desk.channel, "From the terminal")
