"""A whole desk for each test: the real bot, over real HTTP, in a playground of its own."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType
from typing import Any

import httpx
import pytest
from sqlite_utils import Database

from bot.app import build
from bot.database import open_database
from bot.playground import Playground
from bot.running import running
from bot.settings import Settings
from nlp.built_in import BuiltInSentiment

OWNER = 1000
TOKEN = "4242:AAAA-a-token-for-tests-only"
PATIENCE_S = 30.0

Json = dict[str, Any]


class Desk:
    """What people do in the playground, and what they see there."""

    def __init__(self, client: httpx.AsyncClient, world: Json) -> None:
        self._client = client
        self.owner = OWNER
        first, second = (person["id"] for person in world["people"] if person["id"] != OWNER)
        self.customer: int = first
        self.other: int = second
        kinds = {chat["type"]: chat["id"] for chat in world["chats"]}
        self.channel: int = kinds["channel"]
        self.group: int = kinds["supergroup"]

    async def do(self, path: str, **body: Any) -> Any:
        """Call the control API."""
        answer = await self._client.post(f"/control/{path}", json=body)
        assert answer.is_success, answer.text
        return answer.json()

    async def see(self, path: str) -> Any:
        """Read from the control API."""
        answer = await self._client.get(f"/control/{path}")
        assert answer.is_success, answer.text
        return answer.json()

    async def say(self, person: int, text: str, **more: Any) -> Json:
        """Write to the bot in a private chat, or elsewhere with `chat`."""
        message: Json = await self.do(
            "messages", **{"from": person, "chat": person, "text": text} | more
        )
        return message

    async def chat(self, chat: int) -> list[Json]:
        """Read a chat, oldest message first."""
        messages: list[Json] = await self.see(f"chats/{chat}/messages")
        return messages

    async def texts(self, chat: int) -> list[str]:
        """Read what the bot, or the channel, has written in a chat."""
        return [
            message.get("text") or message.get("caption") or ""
            for message in await self.chat(chat)
            if message.get("from", {"is_bot": True})["is_bot"]
            or message["chat"]["type"] == "channel"
        ]

    async def wait_for(self, chat: int, text: str, *, n: int = 1) -> Json:
        """Wait until `n` messages of the bot with this text stand in a chat; give the last."""
        found: list[Json] = []

        async def arrived() -> bool:
            found[:] = [
                message
                for message in await self.chat(chat)
                if text in (message.get("text") or message.get("caption") or "")
                and (message.get("from") or {"is_bot": True})["is_bot"]
            ]
            return len(found) >= n

        await until(arrived, f"“{text}” in chat {chat}")
        return found[-1]

    async def tap(self, message: Json, label: str, person: int = OWNER) -> Json:
        """Tap the button with this label."""
        for row in message["reply_markup"]["inline_keyboard"]:
            for button in row:
                if button["text"] == label:
                    tapped: Json = await self.do(
                        "taps",
                        **{
                            "from": person,
                            "chat": message["chat"]["id"],
                            "message": message["message_id"],
                            "data": button["callback_data"],
                        },
                    )
                    return tapped
        raise AssertionError(f"no button “{label}” in {message['reply_markup']}")


async def until(holds: Callable[[], Any], what: str) -> None:
    """Wait until a condition holds; it may be a coroutine function."""
    ends_at = time.monotonic() + PATIENCE_S
    while time.monotonic() < ends_at:
        held = holds()
        if asyncio.iscoroutine(held):
            held = await held
        if held:
            return
        await asyncio.sleep(0.02)
    raise AssertionError(f"waited {PATIENCE_S:.0f} s in vain for {what}")


@pytest.fixture
async def playground() -> AsyncIterator[Playground]:
    """A Telegram of its own; the test ends with the proof that the bot kept to the contract."""
    world = Playground(owner_id=OWNER, token=TOKEN)
    await world.start()
    try:
        yield world
        async with httpx.AsyncClient(base_url=world.address) as client:
            assert (await client.get("/control/violations")).json() == []
    finally:
        await world.stop()


@pytest.fixture
async def desk(playground: Playground) -> AsyncIterator[Desk]:
    """People in the playground, who have all pressed Start; no bot runs yet."""
    async with httpx.AsyncClient(base_url=playground.address, timeout=20) as client:
        yield Desk(client, (await client.get("/control/world")).json())


@pytest.fixture(scope="session")
def loaded() -> None:
    """Load torch once before any test looks at the clock."""
    BuiltInSentiment().load()


@pytest.fixture
def settings(playground: Playground, tmp_path: Path, loaded: None) -> Settings:
    """Settings that lead the bot into the playground."""
    return Settings(
        telegram_bot_token=TOKEN,
        owner_id=OWNER,
        database=tmp_path / "soloist.db",
        playbook=tmp_path / "playbook",
        messages_per_second=0,
        shop=MappingProxyType({"shop": "The shop", "hours": "by the door: 9:00–18:00"}),
        telegram_api_url=playground.address,
    )


@asynccontextmanager
async def running_bot(settings: Settings, **changes: Any) -> AsyncIterator[Database]:
    """Run the real bot with these settings; gives its database."""
    changed = replace(settings, **changes)
    db = open_database(changed.database)
    async with running(build(changed, db)):
        yield db
    db.close()


@pytest.fixture
async def bot(desk: Desk, settings: Settings) -> AsyncIterator[Database]:
    """The running bot, to which the owner has said /start; gives its database."""
    async with running_bot(settings) as db:
        await desk.say(OWNER, "/start")
        await desk.wait_for(OWNER, "This is your desk")
        yield db


StartBot = Callable[..., AbstractAsyncContextManager[Database]]
