"""A running playground, a bot that talks to it, and the people in it."""

from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
from telegram import Bot
from telegram.request import HTTPXRequest

from bot.playground import Playground

OWNER, CUSTOMER, SECOND = 1000, 200000001, 200000002
CHANNEL, GROUP = -1001000000001, -1001000000002
TOKEN = "42:TEST"
LOCAL: dict[str, Any] = {"trust_env": False, "verify": False}  # certificates take a while to load


class People:
    """The control API, with one method for each act."""

    def __init__(self, client: httpx.AsyncClient) -> None:
        self.client = client

    async def do(self, path: str, **body: Any) -> Any:
        """Act, and fail if the act is refused."""
        response = await self.client.post(f"/control/{path}", json=body)
        assert response.status_code == 200, response.text
        return response.json()

    async def refused(self, path: str, **body: Any) -> str:
        """Act, and answer with the sentence that refuses it."""
        response = await self.client.post(f"/control/{path}", json=body)
        assert response.status_code == 400, response.text
        return str(response.json()["error"])

    async def see(self, path: str) -> Any:
        """Look at something."""
        return (await self.client.get(f"/control/{path}")).json()

    async def write(self, text: str, *, person: int = CUSTOMER, chat: int = 0, **more: Any) -> Any:
        """Write a message, in the private chat with the bot unless told otherwise."""
        return await self.do("messages", **{"from": person}, chat=chat or person, text=text, **more)


class Api:
    """The Bot API by hand, for requests that a library would not make."""

    def __init__(self, client: httpx.AsyncClient) -> None:
        self.client = client

    async def call(self, method: str, **params: Any) -> Any:
        """Call a method with JSON and answer with the whole body."""
        return (await self.client.post(f"/bot{TOKEN}/{method}", json=params)).json()

    async def result(self, method: str, **params: Any) -> Any:
        """Call a method that has to succeed."""
        body = await self.call(method, **params)
        assert body["ok"], body
        return body["result"]

    async def refusal(self, method: str, **params: Any) -> str:
        """Call a method that has to fail, and answer with the description."""
        body = await self.call(method, **params)
        assert not body["ok"], body
        return str(body["description"])

    async def updates(self, *kinds: str) -> list[Any]:
        """Take all updates, and answer with the contents of those of these kinds."""
        updates = await self.result("getUpdates")
        if updates:
            await self.result("getUpdates", offset=updates[-1]["update_id"] + 1)
        found = [(kind, value) for row in updates for kind, value in row.items()]
        return [value for kind, value in found if kind in kinds]


@pytest.fixture
async def playground() -> AsyncIterator[Playground]:
    playground = Playground(owner_id=OWNER, token=TOKEN)
    await playground.start()
    yield playground
    await playground.stop()


@pytest.fixture
async def client(playground: Playground) -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(base_url=playground.address, timeout=15, **LOCAL) as client:
        yield client


@pytest.fixture
async def people(client: httpx.AsyncClient) -> People:
    """Owner and Customer 1 have pressed Start."""
    people = People(client)
    await people.write("/start", person=OWNER)
    await people.write("/start")
    return people


@pytest.fixture
async def api(client: httpx.AsyncClient, people: People) -> Api:
    """Every kind of update is asked for, and those of the beginning are taken."""
    api = Api(client)
    kinds = [
        "message", "edited_message", "channel_post", "edited_channel_post", "business_connection",
        "business_message", "edited_business_message", "deleted_business_messages",
        "message_reaction", "message_reaction_count", "callback_query", "poll", "poll_answer",
        "my_chat_member", "chat_member",
    ]  # fmt: skip
    await api.result("getUpdates", allowed_updates=kinds)
    await api.updates()
    return api


@pytest.fixture
async def bot(playground: Playground, people: People) -> AsyncIterator[Bot]:
    """The real library, over real HTTP; its requests have to fit the contract."""
    bot = Bot(
        TOKEN,
        base_url=f"{playground.address}/bot",
        base_file_url=f"{playground.address}/file/bot",
        request=HTTPXRequest(httpx_kwargs=LOCAL),
        get_updates_request=HTTPXRequest(httpx_kwargs=LOCAL),
    )
    async with bot:
        yield bot
    assert await people.see("violations") == []
