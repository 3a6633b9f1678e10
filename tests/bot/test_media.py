"""Copies of files are kept for as long as a post needs them, and only while there is room."""

from __future__ import annotations

import asyncio
import base64
import datetime as dt
import hashlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from bot import media
from bot.playground.samples import picture
from bot.store import copies
from scheduler import store
from scheduler.posts import Content, Medium, Post
from tests.bot.conftest import Still
from tests.conftest import OWNER, Desk, until

NOON = dt.datetime(2037, 3, 1, 12, tzinfo=dt.UTC)
PHOTO = picture(40, 30)


async def file_of(desk: Desk, content: bytes = PHOTO) -> Medium:
    file = base64.b64encode(content).decode()
    message = await desk.do(
        "messages", **{"from": OWNER, "chat": OWNER, "document": file, "file_name": "Menu.PDF"}
    )
    return Medium("document", message["document"]["file_id"])


def scheduled(still: Still, desk: Desk, *files: Medium) -> Post:
    content = Content("Look", media=files)
    return store.schedule(still.db, desk.channel, content, NOON, now=still.app.now())


def kept(still: Still) -> list[Path]:
    folder = media.folder(still.app.settings)
    whole = (path for path in folder.glob("*") if path.name != media.PART)
    return sorted(whole)


@asynccontextmanager
async def keeping(still: Still, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[None]:
    """Let the bot keep copies for as long as the block lasts, in a hurry."""
    monkeypatch.setattr(media, "LOOK_EVERY_S", 0.02)
    monkeypatch.setattr(media, "AGAIN_AFTER_S", 0.02)
    task = asyncio.create_task(media.keep_copies(still.app, still.bot))
    try:
        yield
        assert not task.done()
    finally:
        task.cancel()
        await asyncio.wait([task])


async def test_the_file_of_a_post_is_copied_under_the_name_of_its_content(
    still: Still, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = scheduled(still, desk, await file_of(desk))
    async with keeping(still, monkeypatch):
        await until(lambda: kept(still), "a copy of what was written before")
        scheduled(still, desk, await file_of(desk), await file_of(desk, b"%PDF"))
        changed = replace(before.content, media=(await file_of(desk, b"another"),))
        store.edit(still.db, before.id, changed, still.app.now())

        await until(lambda: len(kept(still)) == 3, "three copies")

    names = {path.name for path in kept(still)}
    contents = (PHOTO, b"%PDF", b"another")
    assert names == {hashlib.sha256(content).hexdigest() + ".pdf" for content in contents}
    assert {path.read_bytes() for path in kept(still)} == set(contents)


async def test_a_file_over_the_limit_is_left_with_telegram(
    still: Still, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.playground.methods.files.MAX_DOWNLOAD", 3)
    big, small = await file_of(desk, b"four"), await file_of(desk, b"one")
    scheduled(still, desk, big, small)

    async with keeping(still, monkeypatch):
        await until(lambda: kept(still), "the copy of the small one")

    assert copies.is_noted(still.db, big.file_id)
    assert copies.name_of(still.db, big.file_id) is None


async def test_a_copy_goes_with_the_last_post_that_needs_it_and_nothing_else_does(
    still: Still, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = await file_of(desk), await file_of(desk)
    posts = [scheduled(still, desk, medium) for medium in (first, second)]
    async with keeping(still, monkeypatch):
        await until(lambda: copies.name_of(still.db, second.file_id), "a copy")
    own = media.folder(still.app.settings) / "of the owner.txt"
    own.write_text("mine")

    store.cancel(still.db, posts[0].id, still.app.now())
    media.tidy(still.app)
    assert len(kept(still)) == 2
    store.cancel(still.db, posts[1].id, still.app.now())
    media.tidy(still.app)

    assert kept(still) == [own]
    assert copies.names(still.db) == set()


async def test_a_full_disk_is_told_once_and_copied_when_there_is_room(
    still: Still, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    scheduled(still, desk, await file_of(desk))
    with monkeypatch.context() as full:
        full.setattr(media, "ROOM_KEPT_BYTES", 1 << 60)
        async with keeping(still, full):
            await asyncio.sleep(0.2)
            letters = still.db.execute("select body from outbox").fetchall()
            assert kept(still) == []
            full.setattr(media, "ROOM_KEPT_BYTES", 0)
            await until(lambda: kept(still), "a copy")

    assert len(letters) == 1
    assert "disk is too full" in letters[0][0]


@pytest.mark.parametrize("kind", ["500", "cut_before", "429"])
async def test_where_telegram_does_not_answer_it_is_tried_again(
    still: Still, desk: Desk, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    scheduled(still, desk, await file_of(desk))
    await desk.do("faults", method="getFile", n=1, kind=kind, seconds=0.1)

    async with keeping(still, monkeypatch):
        await until(lambda: kept(still), "a copy")
