"""Long polling and webhooks."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import httpx
import pytest
from telegram import Bot
from telegram.error import Conflict

from bot.playground import Playground, PlaygroundError
from tests.playground.conftest import CHANNEL, CUSTOMER, OWNER, TOKEN, Api, People

Received = list[tuple[str, bytes]]


async def test_the_bot_learns_at_once_where_it_is_an_administrator(
    client: httpx.AsyncClient,
) -> None:
    updates = (await client.get(f"/bot{TOKEN}/getUpdates")).json()["result"]

    told = [update["my_chat_member"] for update in updates]
    assert [row["chat"]["type"] for row in told] == ["channel", "supergroup"]
    assert told[0]["new_chat_member"]["can_post_messages"]


async def test_updates_stay_until_they_are_confirmed(api: Api, people: People) -> None:
    await people.write("a")
    await people.write("b")

    first = await api.result("getUpdates")
    again = await api.result("getUpdates", limit=1)
    rest = await api.result("getUpdates", offset=first[0]["update_id"] + 1)

    assert [row["message"]["text"] for row in first] == ["a", "b"]
    assert again == first[:1]
    assert rest == first[1:]
    assert (await api.result("getUpdates", offset=-1)) == first[1:]


async def test_a_long_poll_ends_with_the_first_update(api: Api, people: People) -> None:
    poll = asyncio.create_task(api.result("getUpdates", timeout=10))
    await asyncio.sleep(0.05)

    await people.write("a")

    (update,) = await asyncio.wait_for(poll, 1)
    assert update["message"]["text"] == "a"


async def test_reactions_and_members_come_only_when_asked_for(
    client: httpx.AsyncClient, people: People
) -> None:
    api = Api(client)
    await api.result("getUpdates", allowed_updates=[])
    await api.updates()
    reaction = {"from": CUSTOMER, "chat": CUSTOMER, "message": 2, "emoji": "👍"}
    await people.do("reactions", **reaction)
    await people.do("members", user=CUSTOMER, chat=CHANNEL, action="leave")
    assert await api.result("getUpdates") == []

    await api.result("getUpdates", allowed_updates=["message_reaction"])
    await people.do("reactions", **reaction | {"emoji": "🔥"})

    (update,) = await api.result("getUpdates")
    assert update["message_reaction"]["new_reaction"] == [{"type": "emoji", "emoji": "🔥"}]


async def test_of_two_pollers_the_older_is_ended(api: Api, people: People) -> None:
    older = asyncio.create_task(api.call("getUpdates", timeout=10))
    await asyncio.sleep(0.05)
    newer = asyncio.create_task(api.call("getUpdates", timeout=10))

    assert await asyncio.wait_for(older, 1) == {
        "ok": False,
        "error_code": 409,
        "description": "Conflict: terminated by other getUpdates request; "
        "make sure that only one bot instance is running",
    }
    await people.write("a")
    (update,) = (await newer)["result"]
    assert update["message"]["text"] == "a"


class Hook:
    """A bot's webhook: answers what it is told to, and keeps what it received."""

    def __init__(self) -> None:
        self.received: Received = []
        self.answers: list[bytes] = []
        self.arrived = asyncio.Event()
        self.url = ""

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Read one request and answer it."""
        head = (await reader.readuntil(b"\r\n\r\n")).decode()
        lines = dict(line.split(": ", 1) for line in head.strip().split("\r\n")[1:])
        body = await reader.readexactly(int(lines["Content-Length"]))
        self.received.append((lines.get("X-Telegram-Bot-Api-Secret-Token", ""), body))
        answer = self.answers.pop(0) if self.answers else b"HTTP/1.1 200 OK\r\n"
        status, _, content = answer.partition(b"\n\n")
        extra = b"Connection: close\r\nContent-Length: %d\r\n\r\n" % len(content)
        writer.write(status.rstrip() + b"\r\n" + extra + content)
        await writer.drain()
        writer.close()
        await writer.wait_closed()
        self.arrived.set()

    async def until(self, holds: Callable[[], bool]) -> None:
        """Wait until something holds."""
        async with asyncio.timeout(5):
            while not holds():
                self.arrived.clear()
                await self.arrived.wait()


@asynccontextmanager
async def listening() -> AsyncIterator[Hook]:
    hook = Hook()
    server = await asyncio.start_server(hook.serve, "127.0.0.1")
    hook.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/hook"
    async with server:
        yield hook


async def test_a_webhook_receives_updates_with_its_secret(bot: Bot, people: People) -> None:
    async with listening() as hook:
        await bot.set_webhook(hook.url, secret_token="s3cret", drop_pending_updates=True)
        await people.write("a")
        await people.write("b")
        await hook.until(lambda: len(hook.received) == 2)

        assert {secret for secret, _ in hook.received} == {"s3cret"}
        assert [b'"text":"a"' in hook.received[0][1], b'"text":"b"' in hook.received[1][1]] == [
            1,
            1,
        ]
        assert (await bot.get_webhook_info()).url == hook.url
        with pytest.raises(Conflict, match="can't use getUpdates method while webhook is active"):
            await bot.get_updates()
        await bot.delete_webhook()
    assert await bot.get_updates() == ()


async def test_a_webhook_that_fails_is_tried_again(bot: Bot, people: People) -> None:
    async with listening() as hook:
        hook.answers = [b"HTTP/1.1 500 Oh No\r\n", b"HTTP/1.1 502 Bad Gateway\r\n"]
        await bot.set_webhook(hook.url, drop_pending_updates=True)
        await people.write("a")
        await hook.until(lambda: len(hook.received) == 3)

        info = await bot.get_webhook_info()
        await bot.delete_webhook()
    assert len({body for _, body in hook.received}) == 1
    assert info.last_error_message == "Wrong response from the webhook: 502 Bad Gateway"


async def test_a_webhook_may_answer_with_a_call(bot: Bot, people: People) -> None:
    async with listening() as hook:
        call = b'{"method": "sendMessage", "chat_id": %d, "text": "b"}' % CUSTOMER
        hook.answers = [b"HTTP/1.1 200 OK\r\nContent-Type: application/json\n\n" + call]
        await bot.set_webhook(hook.url, drop_pending_updates=True)
        await people.write("a")
        await hook.until(lambda: len(hook.received) == 1)
        await asyncio.sleep(0.1)
        await bot.delete_webhook()

    messages = await people.see(f"chats/{CUSTOMER}/messages")
    assert [message["text"] for message in messages] == ["/start", "a", "b"]


async def test_only_this_machine_is_reached(api: Api) -> None:
    refusal = await api.refusal("setWebhook", url="https://example.com/hook")

    assert "only addresses on this machine" in refusal


async def test_only_this_machine_is_served() -> None:
    playground = Playground(owner_id=OWNER, token=TOKEN)
    with pytest.raises(PlaygroundError, match=r"only listens on 127\.0\.0\.1"):
        await playground.start(host="0.0.0.0")  # noqa: S104 - this is what must not happen


async def test_a_taken_port_is_named(playground: Playground) -> None:
    port = int(playground.address.rsplit(":", 1)[1])
    with pytest.raises(PlaygroundError, match=f"Port {port} cannot be used"):
        await Playground(owner_id=OWNER, token=TOKEN).start(port=port)


async def test_stopping_ends_those_who_wait_at_once(playground: Playground, api: Api) -> None:
    loop = asyncio.get_running_loop()

    async def watch() -> None:
        async with api.client.stream("GET", "/control/events") as events:
            async for _ in events.aiter_lines():
                pass

    poll = asyncio.create_task(api.call("getUpdates", timeout=30))
    watcher = asyncio.create_task(watch())
    await asyncio.sleep(0.1)
    began_at = loop.time()

    await playground.stop()

    assert loop.time() - began_at < 0.3
    assert await poll == {"ok": True, "result": []}
    await asyncio.wait_for(watcher, 1)
