"""A web server that publishes feeds, and does to its readers whatever a test wants."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

Answer = bytes | Callable[[asyncio.StreamWriter], object]


@dataclass
class FeedServer:
    """What is answered at each path: the bytes of a whole response, or what writes one."""

    port: int = 0
    answers: dict[str, Answer] = field(default_factory=dict)
    asked: list[tuple[str, dict[str, str]]] = field(default_factory=list)

    def url(self, path: str = "/feed") -> str:
        return f"http://127.0.0.1:{self.port}{path}"

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            lines = (await reader.readuntil(b"\r\n\r\n")).decode().splitlines()
            path = lines[0].split()[1]
            headers = dict(line.split(": ", 1) for line in lines[1:] if line)
            self.asked.append((path, headers))
            answer = self.answers.get(path, response(b"", status="404 Not Found"))
            if isinstance(answer, bytes):
                writer.write(answer)
                await writer.drain()
            else:
                await answer(writer)  # type: ignore[misc]
        except (ConnectionError, asyncio.IncompleteReadError):
            pass  # the reader has gone, as it should
        finally:
            writer.close()


@asynccontextmanager
async def serving() -> AsyncIterator[FeedServer]:
    """Serve on this machine for as long as the block lasts."""
    feeds = FeedServer()
    server = await asyncio.start_server(feeds.serve, "127.0.0.1", 0)
    feeds.port = server.sockets[0].getsockname()[1]
    try:
        yield feeds
    finally:
        server.close()


def response(content: bytes, *headers: str, status: str = "200 OK") -> bytes:
    """Give a whole response; `Content-Length` where no header says otherwise."""
    lines = [f"HTTP/1.1 {status}", f"Content-Length: {len(content)}", "Connection: close", *headers]
    return "\r\n".join([*lines, "", ""]).encode() + content


def rss(entries: Iterable[tuple[str, str]], *, title: str = "Bakery news", more: str = "") -> bytes:
    """Give a feed of entries with these ids and titles."""
    items = "".join(
        f"<item><guid>{guid}</guid><title>{name}</title><link>https://bakery.example/{guid}</link>"
        f"<description>{more or name}</description></item>"
        for guid, name in entries
    )
    return (
        f'<?xml version="1.0" encoding="utf-8"?><rss version="2.0"><channel>'
        f"<title>{title}</title>{items}</channel></rss>"
    ).encode()
