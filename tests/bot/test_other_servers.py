"""The bot in front of servers that are less like Telegram than the playground."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest

from bot.running import StartError
from bot.settings import Settings
from tests.conftest import running_bot, until

BOT = {"id": 4242, "is_bot": True, "first_name": "Bot", "username": "a_bot"}


class SmallServer:
    """Serves only some methods; any other is a 404, as from an old Bot API server."""

    def __init__(self, results: dict[str, Any]) -> None:
        self.results = results
        self.called: list[str] = []

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Read one request and answer it."""
        head = (await reader.readuntil(b"\r\n\r\n")).decode()
        headers = dict(line.lower().split(": ", 1) for line in head.strip().split("\r\n")[1:])
        await reader.readexactly(int(headers.get("content-length", 0)))
        method = head.split()[1].rsplit("/", 1)[-1]
        self.called.append(method)
        if method in self.results:
            status, answer = "200 OK", {"ok": True, "result": self.results[method]}
        else:
            status = "404 Not Found"
            answer = {"ok": False, "error_code": 404, "description": "Not Found"}
        body = json.dumps(answer).encode()
        length = f"Content-Length: {len(body)}\r\nConnection: close"
        writer.write(f"HTTP/1.1 {status}\r\n{length}\r\n\r\n".encode() + body)
        await writer.drain()
        writer.close()

    @asynccontextmanager
    async def listening(self) -> AsyncIterator[str]:
        """Give the address for as long as the block lasts."""
        async with await asyncio.start_server(self.serve, "127.0.0.1") as server:
            yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"


async def test_a_server_that_does_not_say_who_the_bot_is_stops_the_start(
    settings: Settings,
) -> None:
    incomplete = {"id": 4242, "first_name": "Bot", "username": "a_bot"}

    async with SmallServer({"getMe": incomplete}).listening() as address:
        with pytest.raises(StartError, match="no complete Bot API server"):
            async with running_bot(settings, telegram_api_url=address):
                pass


async def test_a_customer_is_answered_once_where_most_methods_are_missing(
    settings: Settings,
) -> None:
    person = {"id": 2000, "is_bot": False, "first_name": "Customer 1"}
    about = {"message_id": 1, "date": 1, "chat": {"id": 2000, "type": "private"}}
    question = about | {"from": person, "text": "When do you open?"}
    server = SmallServer(
        {
            "getMe": BOT,
            "deleteWebhook": True,
            "getUpdates": [{"update_id": 1, "message": question}],  # whatever the offset
            "sendMessage": about | {"from": BOT, "text": "9:00"},
        }
    )

    async with (
        server.listening() as address,
        running_bot(settings, telegram_api_url=address, channel_id=-1001),
    ):
        await until(lambda: "sendMessage" in server.called, "an answer")
        n_polls = server.called.count("getUpdates")
        await until(lambda: server.called.count("getUpdates") > n_polls + 3, "more polls")

    assert server.called.count("sendMessage") == 1


@pytest.mark.parametrize(
    "unreadable",
    [{"message_id": 9, "chat": {"id": 2000, "type": "private"}}, True, None],
    ids=["no_date", "true", "null"],
)
async def test_an_answer_that_cannot_be_read_stops_no_chat(
    settings: Settings, unreadable: object
) -> None:
    person = {"id": 2000, "is_bot": False, "first_name": "Customer 1"}
    chat = {"date": 1, "chat": {"id": 2000, "type": "private"}, "from": person}
    asked = [
        {"update_id": n, "message": chat | {"message_id": n, "text": "When do you open?"}}
        for n in (1, 2)
    ]
    server = SmallServer(
        {
            "getMe": BOT,
            "deleteWebhook": True,
            "getUpdates": asked,
            "sendMessage": unreadable,
        }
    )

    async with server.listening() as address, running_bot(settings, telegram_api_url=address) as db:
        await until(lambda: server.called.count("sendMessage") == 2, "both answers")
        await until(
            lambda: db.execute("select state from outbox").fetchall() == [("unknown",)] * 2,
            "both marks",
        )
