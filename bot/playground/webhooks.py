"""Delivers updates to the bot's webhook, one after another, until they are taken."""

import asyncio
from collections.abc import Awaitable, Callable

import httpx
from starlette.requests import Request

from bot.playground.arguments import raw_arguments
from bot.playground.contract import Json
from bot.playground.errors import ApiError
from bot.playground.updates import Webhook
from bot.playground.world import World

TIMEOUT_S = 60
FIRST_RETRY_S = 0.2
LAST_RETRY_S = 30
SECRET_HEADER = "X-Telegram-Bot-Api-Secret-Token"  # noqa: S105 - the name of a header

Respond = Callable[[str, Json], Awaitable[object]]


async def deliver(world: World, respond: Respond) -> None:
    """Deliver for as long as the task lives.

    A webhook may answer with a call of the Bot API; `respond` carries it out.
    """
    updates = world.updates
    retry_s = FIRST_RETRY_S
    # only this machine is reached; loading certificates for it would slow every start
    async with httpx.AsyncClient(timeout=TIMEOUT_S, trust_env=False, verify=False) as client:  # noqa: S501
        while True:
            webhook = updates.webhook
            if webhook is None or not updates.pending:
                retry_s = FIRST_RETRY_S
                await updates.wait(LAST_RETRY_S)
                continue
            update = updates.pending[0]
            answer = await attempt(client, webhook, update)
            if isinstance(answer, str):
                webhook.last_error = world.now(), answer
                await back_off(world, webhook, retry_s)
                retry_s = min(retry_s * 2, LAST_RETRY_S)
                continue
            retry_s = FIRST_RETRY_S
            if updates.pending and updates.pending[0] is update:
                updates.pending.popleft()
            if method := answer.pop("method", None):
                await respond(str(method), answer)


async def attempt(client: httpx.AsyncClient, webhook: Webhook, update: Json) -> Json | str:
    """Post one update; answers what the bot said, or what went wrong in Telegram's words."""
    headers = {SECRET_HEADER: webhook.secret_token} if webhook.secret_token else {}
    try:
        response = await client.post(webhook.url, json=update, headers=headers)
    except httpx.TimeoutException:
        return "Read timeout expired"
    except httpx.ConnectError:
        return "Connection refused"
    except httpx.HTTPError:
        return "Connection closed"
    if not response.is_success:
        return f"Wrong response from the webhook: {response.status_code} {response.reason_phrase}"
    return await said(response)


async def said(response: httpx.Response) -> Json:
    """Read the call that a webhook may answer with; it has the forms of any request."""

    async def receive() -> Json:
        return {"type": "http.request", "body": response.content}

    headers = [(name.lower(), value) for name, value in response.headers.raw]
    scope: Json = {"type": "http", "query_string": b"", "headers": headers}
    try:
        return await raw_arguments(Request(scope, receive))
    except ApiError:
        return {}  # a page for people, perhaps


async def back_off(world: World, webhook: Webhook, seconds: float) -> None:
    """Wait, but not for a webhook that has been replaced."""
    loop = asyncio.get_running_loop()
    ends_at = loop.time() + seconds
    while world.updates.webhook is webhook and (left := ends_at - loop.time()) > 0:
        await world.updates.wait(left)
