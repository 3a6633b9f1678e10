"""The addresses below `/control`, as one table, and how they speak JSON."""

import json
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any
from urllib.parse import urlsplit

from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import Route

from bot.playground.api import Api
from bot.playground.arguments import read_json
from bot.playground.contract import Json
from bot.playground.control import acts, views
from bot.playground.errors import ApiError, ControlError
from bot.playground.formatting import FormatError
from bot.playground.world import World

Endpoint = Callable[[Request], Awaitable[Response]]

ACTS = {
    "people": acts.add_person,
    "chats": acts.add_channel,
    "messages": acts.write,
    "messages/edit": acts.edit,
    "messages/delete": acts.delete,
    "forwards": acts.forward,
    "taps": acts.tap,
    "reactions": acts.set_reaction,
    "votes": acts.vote,
    "members": acts.change_member,
    "blocks": acts.block,
    "rights": acts.change_rights,
    "protection": acts.protect,
    "business": acts.connect_business,
    "faults": acts.add_fault,
    "limits": acts.switch_limits,
}
VIEWS = {
    "world": views.world,
    "chats/{chat_id}/messages": views.messages,
    "violations": views.violations,
    "calls": views.calls,
}
SHOWN = ("image/", "video/", "audio/")  # what a browser may show by itself


def routes(api: Api) -> list[Route]:
    """List the routes of the control API."""
    return [
        *(Route(f"/control/{at}", _acting(api, act), methods=["POST"]) for at, act in ACTS.items()),
        *(Route(f"/control/{at}", _viewing(api, view)) for at, view in VIEWS.items()),
        Route("/control/faults", _clearing(api.faults.clear), methods=["DELETE"]),
        Route("/control/violations", _clearing(api.world.violations.clear), methods=["DELETE"]),
        Route("/control/files/{file_id}", _serving(api)),
        Route("/control/events", _watching(api.world)),
    ]


def _acting(api: Api, act: Callable[[Api, Json], Any]) -> Endpoint:
    async def endpoint(request: Request) -> Response:
        if not _from_here(request):
            return _refusal("Other sites may not act here.", 403)
        try:
            body = read_json((await request.body() or b"{}").decode())
        except (ValueError, ApiError):
            return _refusal("The body is not valid JSON.")
        if not isinstance(body, dict):
            return _refusal("The body has to be a JSON object.")
        try:
            result = act(api, body)
            return JSONResponse(await result if isinstance(result, Awaitable) else result)
        except (ControlError, ApiError, FormatError) as error:
            return _refusal(str(error))

    return endpoint


def _from_here(request: Request) -> bool:
    origin = request.headers.get("origin")
    return origin is None or urlsplit(origin).hostname == request.url.hostname


def _viewing(api: Api, view: Callable[[Api, Request], Any]) -> Endpoint:
    async def endpoint(request: Request) -> Response:
        try:
            return JSONResponse(view(api, request))
        except ControlError as error:
            return _refusal(str(error), 404)

    return endpoint


def _clearing(clear: Callable[[], None]) -> Endpoint:
    async def endpoint(request: Request) -> Response:
        if not _from_here(request):
            return _refusal("Other sites may not act here.", 403)
        clear()
        return JSONResponse({})

    return endpoint


def _serving(api: Api) -> Endpoint:
    async def endpoint(request: Request) -> Response:
        stored = api.world.files.by_id(request.path_params["file_id"])
        if stored is None:
            return _refusal("There is no such file.", 404)
        kind = stored.upload.mime_type
        headers = {"X-Content-Type-Options": "nosniff"}
        if not kind.startswith(SHOWN) or "svg" in kind:  # an SVG may hold a script
            kind, headers["Content-Disposition"] = "application/octet-stream", "attachment"
        return Response(stored.upload.content, media_type=kind, headers=headers)

    return endpoint


def _watching(world: World) -> Endpoint:
    async def events() -> AsyncIterator[str]:
        with world.events.watch() as queue:
            yield ": connected\n\n"
            while (event := await queue.get()) is not None:
                yield f"data: {json.dumps(event, ensure_ascii=False)}\n\n"

    async def endpoint(_request: Request) -> Response:
        headers = {"Cache-Control": "no-store"}
        return StreamingResponse(events(), media_type="text/event-stream", headers=headers)

    return endpoint


def _refusal(sentence: str, status: int = 400) -> Response:
    return JSONResponse({"error": sentence}, status)
