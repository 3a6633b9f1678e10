"""Fetches a page that a stranger has written, within limits on where, how long and how much.

Every address a name leads to is looked at, again at each redirect, and the connection goes to the
very address that was looked at; so neither a redirect nor a name that changes its mind reaches
what only this machine or its network can. What remains: the other side learns our address.
"""

from __future__ import annotations

import asyncio
import ipaddress
import socket
import zlib
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from http import HTTPStatus

import httpx

LARGEST = 5_000_000  # bytes, unpacked; a feed of a hundred whole articles has one or two million
PATIENCE_S = 20.0  # from the first question to the last byte
MOST_HOPS = 5  # redirects
ACCEPT = "application/atom+xml, application/rss+xml, application/xml;q=0.9, */*;q=0.5"
AGENT = "Soloist (feed reader)"
HIGHEST_PORT = 65535
_CONDITIONS = {"If-None-Match", "If-Modified-Since"}
_EMBEDDING = ipaddress.ip_network("64:ff9b::/96")  # IPv4 inside IPv6 (RFC 6052)

Address = ipaddress.IPv4Address | ipaddress.IPv6Address


class FeedError(Exception):
    """A feed cannot be had; `kind` names its sentence in `bot.views.feeds`, `values` fill it."""

    def __init__(self, kind: str, **values: object) -> None:
        super().__init__(f"{kind} {values}")
        self.kind = kind
        self.values = values


class UnchangedError(Exception):
    """The page is as it was when we got its `etag` and `modified`."""


@dataclass(frozen=True, slots=True)
class Page:
    """What was fetched; `url` is where it was found in the end."""

    url: str
    content: bytes = field(repr=False)
    content_type: str
    etag: str
    modified: str


async def fetch(url: str, *, etag: str = "", modified: str = "", private: bool) -> Page:
    """Fetch a page.

    Parameters
    ----------
    private : bool
        Whether addresses of this machine and its network may be asked.

    Raises
    ------
    FeedError
        See `bot.views.feeds` for all that can be wrong.
    UnchangedError
        Only where `etag` or `modified` was given.
    """
    headers = {"User-Agent": AGENT, "Accept": ACCEPT, "Accept-Encoding": "gzip"}
    headers |= {"If-None-Match": etag} if etag else {}
    headers |= {"If-Modified-Since": modified} if modified else {}
    try:
        async with asyncio.timeout(PATIENCE_S):
            return await _follow(url, headers, private=private)
    except TimeoutError as error:
        raise FeedError("too_slow", seconds=round(PATIENCE_S)) from error
    except (httpx.HTTPError, httpx.StreamError) as error:
        raise FeedError("unreachable") from error
    except (httpx.InvalidURL, ValueError) as error:  # ValueError: a name that no DNS takes
        raise FeedError("no_address") from error


async def _follow(url: str, headers: Mapping[str, str], *, private: bool) -> Page:
    # A proxy of the environment would look names up by itself, and so undo the looking.
    async with httpx.AsyncClient(timeout=PATIENCE_S, trust_env=False) as client:
        at = httpx.URL(url)
        for _ in range(MOST_HOPS + 1):
            async with _asked(client, at, headers, private=private) as response:
                if response.has_redirect_location:
                    at = at.join(response.headers["Location"])
                    continue
                if response.status_code == HTTPStatus.NOT_MODIFIED and _CONDITIONS & {*headers}:
                    raise UnchangedError
                if response.status_code != HTTPStatus.OK:
                    raise FeedError("status", code=response.status_code)
                return Page(
                    str(at),
                    await _content(response),
                    response.headers.get("Content-Type", ""),
                    response.headers.get("ETag", ""),
                    response.headers.get("Last-Modified", ""),
                )
    raise FeedError("redirects", n=MOST_HOPS)


@asynccontextmanager
async def _asked(
    client: httpx.AsyncClient, url: httpx.URL, headers: Mapping[str, str], *, private: bool
) -> AsyncIterator[httpx.Response]:
    """Ask the first address of a host that answers, by the host's name."""
    host = url.raw_host.decode()
    if url.scheme not in {"http", "https"} or not host or (url.port or 0) > HIGHEST_PORT:
        raise FeedError("no_address")
    *others, last = await _addresses(host, private=private)
    for address in (*others, last):
        request = client.build_request(
            "GET",
            url.copy_with(host=str(address)),
            headers={**headers, "Host": url.netloc.decode()},
            extensions={"sni_hostname": host},  # whose certificate is asked for and checked
        )
        try:
            response = await client.send(request, stream=True)
        except httpx.ConnectError:
            if address is last:
                raise
            continue
        try:
            yield response
        finally:
            await response.aclose()
        return


async def _addresses(host: str, *, private: bool) -> list[Address]:
    """Look a host up, and refuse it if any of its addresses is not for everybody."""
    try:
        found = await asyncio.get_running_loop().getaddrinfo(host, None, type=socket.SOCK_STREAM)
    except OSError as error:
        raise FeedError("no_host", host=host) from error
    addresses = [ipaddress.ip_address(str(sockaddr[0]).partition("%")[0]) for *_, sockaddr in found]
    if not private and not all(map(is_public, addresses)):
        raise FeedError("private", host=host)
    return list(dict.fromkeys(addresses))


def is_public(address: Address) -> bool:
    """Say whether an address, or the IPv4 address inside it, belongs to the open internet."""
    if isinstance(address, ipaddress.IPv6Address):
        inner = address.ipv4_mapped or address.sixtofour or (address.teredo or (None, None))[1]
        if address in _EMBEDDING:
            inner = ipaddress.IPv4Address(int(address) & 0xFFFF_FFFF)
        if inner:
            return is_public(inner)
    return address.is_global and not address.is_multicast


async def _content(response: httpx.Response) -> bytes:
    """Read a body, unpacked here because httpx would unpack a bomb whole."""
    packing = response.headers.get("Content-Encoding", "").strip().lower()
    if packing not in {"", "identity", "gzip", "x-gzip"}:
        raise FeedError("packing", packing=packing)
    unpacking = zlib.decompressobj(zlib.MAX_WBITS | 16) if "gzip" in packing else None
    content = bytearray()
    async for chunk in response.aiter_raw():
        if unpacking:
            try:
                content += unpacking.decompress(chunk, LARGEST + 1 - len(content))
            except zlib.error as error:
                raise FeedError("packing", packing=packing) from error
        else:
            content += chunk
        if len(content) > LARGEST:
            raise FeedError("too_big", megabytes=LARGEST // 1_000_000)
    return bytes(content)
