"""Serves the Bot API, the control API and the page, on this machine only."""

import asyncio
import re
import socket
from pathlib import Path

import uvicorn
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles
from starlette.types import Receive, Scope, Send
from uvicorn.protocols.http.h11_impl import H11Protocol
from uvicorn.server import ServerState

from bot.playground import control, webhooks
from bot.playground.api import Answer, Api
from bot.playground.arguments import raw_arguments
from bot.playground.contract import Json
from bot.playground.errors import ApiError, too_many_requests
from bot.playground.faults import BEFORE, Fault
from bot.playground.world import World

PAGE = Path(__file__).with_name("page")
HOSTS = ("127.0.0.1", "localhost")
TOKEN = re.compile(r"\d+:[\w-]+")
# the page runs only its own scripts, so that nothing that is written in a chat can run
CONTENT_POLICY = (
    "default-src 'self'; img-src 'self' blob: data:; base-uri 'none'; form-action 'none'"
)
CLOSING_S = 0.1
KEEP_ALIVE_S = 75  # longer than any client keeps a connection, so that none is cut while in use

Transports = dict[object, asyncio.Transport]


class PlaygroundError(Exception):
    """The playground cannot be started; the sentence says why."""


class Connection(H11Protocol):
    """A connection that can be cut while a request is being answered."""

    def __init__(self, config: uvicorn.Config, state: ServerState, transports: Transports) -> None:
        super().__init__(config, state, app_state={})
        self._transports = transports

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Remember the transport under the client's address."""
        super().connection_made(transport)
        self._transports[self.client] = transport

    def connection_lost(self, exc: Exception | None) -> None:
        """Forget the transport."""
        super().connection_lost(exc)
        self._transports.pop(self.client, None)


class Cut(Response):
    """No answer at all: the connection is closed instead."""

    def __init__(self, transports: Transports) -> None:
        super().__init__()
        self._transports = transports

    async def __call__(self, scope: Scope, receive: Receive, _send: Send) -> None:
        """Close the connection and wait until uvicorn has noticed."""
        self._transports[tuple(scope["client"])].abort()
        while (await receive())["type"] != "http.disconnect":
            pass


class Playground:
    """A Telegram of your own: a world, and once it is started, a server for it.

    Parameters
    ----------
    owner_id : int
        The person who owns the bot and the channel.
    token : str
        What the bot calls itself with, such as `42:TEST`.
    """

    def __init__(self, *, owner_id: int, token: str) -> None:
        if not TOKEN.fullmatch(token):
            raise PlaygroundError("The token has to look like 123456:ABC-def.")
        self.world = World(owner_id=owner_id, token=token)
        self.api = Api(self.world)
        self.address = ""
        self._transports: Transports = {}
        self._state = ServerState()
        self._server: asyncio.Server | None = None
        self._delivery: asyncio.Task[None] | None = None
        self._stopping = asyncio.Event()

    async def start(self, *, host: str = "127.0.0.1", port: int = 0) -> None:
        """Serve in the running event loop; `port` 0 takes a free one.

        Raises
        ------
        PlaygroundError
            If the host is not this machine, or the port is taken.
        """
        if host not in HOSTS:
            raise PlaygroundError(
                f"The playground has no passwords, so it only listens on 127.0.0.1, not on {host}."
            )
        try:
            listener = socket.create_server(("127.0.0.1", port))
        except OSError as error:
            raise PlaygroundError(
                f"Port {port} cannot be used ({error.strerror}); choose another one."
            ) from error
        # asyncio does this only for sockets that it made itself; without it an answer takes 40 ms
        listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        config = uvicorn.Config(
            self.app(),
            lifespan="off",
            log_config=None,
            access_log=False,
            ws="none",
            timeout_keep_alive=KEEP_ALIVE_S,
        )
        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(
            lambda: Connection(config, self._state, self._transports), sock=listener
        )
        self.address = f"http://127.0.0.1:{listener.getsockname()[1]}"
        self._delivery = asyncio.create_task(webhooks.deliver(self.world, self.api.answer))

    async def stop(self) -> None:
        """Stop at once: long polls are answered, everything else is cut."""
        if self._server is None or self._delivery is None:
            return
        self._stopping.set()
        self._delivery.cancel()
        await asyncio.gather(self._delivery, return_exceptions=True)
        self._server.close()
        self.world.updates.close()
        self.world.events.close()
        for connection in list(self._state.connections):
            connection.shutdown()
        if self._state.tasks:  # of those who waited, and now are being answered
            await asyncio.wait(self._state.tasks, timeout=CLOSING_S)
        for transport in list(self._transports.values()):
            transport.abort()
        for task in self._state.tasks:
            task.cancel()
        await asyncio.gather(*self._state.tasks, return_exceptions=True)
        await self._server.wait_closed()
        self._server = None

    def app(self) -> Starlette:
        """Build the application that serves everything."""
        return Starlette(
            routes=[
                Route("/bot{token}/{method}", self._call, methods=["GET", "POST"]),
                Route("/file/bot{token}/{path:path}", self._download),
                *control.routes(self.api),
                Route("/", self._index),
                Mount("/page", StaticFiles(directory=PAGE, check_dir=False)),
                Route("/{path:path}", _unknown, methods=["GET", "POST"]),
            ],
            middleware=[Middleware(TrustedHostMiddleware, allowed_hosts=list(HOSTS))],
        )

    async def _index(self, _request: Request) -> Response:
        return FileResponse(
            PAGE / "index.html", headers={"Content-Security-Policy": CONTENT_POLICY}
        )

    def _require_token(self, token: str) -> None:
        if not TOKEN.fullmatch(token):
            raise ApiError(404, "Not Found")
        if token != self.world.token:
            raise ApiError(401, "Unauthorized")

    async def _download(self, request: Request) -> Response:
        try:
            self._require_token(request.path_params["token"])
        except ApiError as error:
            return JSONResponse(error.answer(), error.code)
        stored = self.world.files.by_path(request.path_params["path"])
        if stored is None:
            return await _unknown(request)
        return Response(stored.upload.content, media_type="application/octet-stream")

    async def _call(self, request: Request) -> Response:
        method = request.path_params["method"]
        try:
            self._require_token(request.path_params["token"])
            raw = await raw_arguments(request)
        except ApiError as error:
            return _json(Answer(error.code, error.answer()))
        fault = self.api.faults.take(method)
        if fault and fault.kind in BEFORE:
            refused = await self._suffer_before(fault, method, raw)
            if refused:
                return refused
        answer = await self.api.answer(method, raw)
        if fault and fault.kind == "cut_after":
            return Cut(self._transports)
        if fault and fault.kind == "delay_after":
            await self._delay(fault.seconds)
        return _json(answer)

    async def _suffer_before(self, fault: Fault, method: str, raw: Json) -> Response | None:
        match fault.kind:
            case "delay":
                await self._delay(fault.seconds)
                return None
            case "429":
                error = too_many_requests(max(1, round(fault.seconds)))
            case "500":
                error = ApiError(500, "Internal Server Error")
            case _:
                self.api.record(method, raw, Answer(0, {"description": "cut before"}))
                return Cut(self._transports)
        answer = Answer(error.code, error.answer())
        self.api.record(method, raw, answer)
        return _json(answer)

    async def _delay(self, seconds: float) -> None:
        try:
            async with asyncio.timeout(seconds):
                await self._stopping.wait()
        except TimeoutError:
            return


def _json(answer: Answer) -> Response:
    headers = None
    if retry_after := answer.body.get("parameters", {}).get("retry_after"):
        headers = {"Retry-After": str(retry_after)}
    return JSONResponse(answer.body, answer.status, headers=headers)


async def _unknown(_request: Request) -> Response:
    return JSONResponse(ApiError(404, "Not Found").answer(), 404)
