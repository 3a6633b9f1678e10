"""The same bot behind a webhook instead of polling."""

from __future__ import annotations

import socket

import httpx

from bot.settings import Settings
from tests.conftest import OWNER, Desk, running_bot


async def test_updates_come_by_webhook_and_only_with_the_secret(
    desk: Desk, settings: Settings
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    address = f"http://127.0.0.1:{port}"
    forged = {"update_id": 1, "message": {"text": "/post Buy my coins"}}

    async with (
        running_bot(
            settings, webhook_url=address, webhook_port=port, webhook_secret="s3cret_s3cret"
        ),
        httpx.AsyncClient() as stranger,
    ):
        await desk.say(OWNER, "/start")
        await desk.wait_for(OWNER, "This is your desk")
        await desk.say(desk.customer, "When do you open?")
        await desk.wait_for(desk.customer, "9:00–18:00")
        answer = await stranger.post(f"{address}/telegram", json=forged)

    assert answer.status_code == 403
