"""Feeds: read within limits whatever they do, and proposed once, a few a day."""

from __future__ import annotations

import asyncio
import datetime as dt
import gzip
import ipaddress
import json
import socket
import time
from collections.abc import AsyncIterator
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlite_utils import Database

from bot import following
from bot.feeds import fetching, reading
from bot.feeds.fetching import FeedError, Page, fetch
from bot.feeds.parsing import plain
from bot.feeds.reading import Entry, content_of, read
from bot.limits import units
from bot.owner import feeds
from bot.settings import Settings
from bot.store.feeds import Feed
from bot.views import feeds as views
from bot.views.say import Say
from scheduler import store
from scheduler.slot_times import SlotTime
from scheduler.store import slots
from tests.bot.feed_server import FeedServer, response, rss, serving
from tests.conftest import OWNER, Desk, running_bot, until

NOON = dt.datetime(2027, 3, 1, 12, tzinfo=dt.UTC)
BOMB = (
    '<?xml version="1.0"?><!DOCTYPE rss [<!ENTITY a "aaaaaaaaaa">'
    + "".join(f'<!ENTITY {x} "{("&" + y + ";") * 10}">' for y, x in pairwise("abcdefghi"))
    + ']><rss version="2.0"><channel><title>Bomb</title><item><guid>1</guid>'
    "<title>&i;</title></item></channel></rss>"
).encode()
OUTSIDE = (
    b'<?xml version="1.0"?><!DOCTYPE rss [<!ENTITY x SYSTEM "file:///etc/passwd">]>'
    b'<rss version="2.0"><channel><title>Out</title><item><guid>1</guid>'
    b"<title>Look: &x;</title></item></channel></rss>"
)


@pytest.fixture
async def server() -> AsyncIterator[FeedServer]:
    async with serving() as found:
        yield found


def page(content: bytes, content_type: str = "application/rss+xml") -> Page:
    return Page("https://bakery.example/feed", content, content_type, "", "")


async def entries_of(content: bytes) -> tuple[Entry, ...]:
    """Give the entries of a feed, none of what is no feed."""
    try:
        return (await read(page(content))).entries
    except FeedError as error:
        if error.kind != "no_feed":
            raise
        return ()


async def refused(url: str, *, private: bool = True) -> FeedError:
    with pytest.raises(FeedError) as caught:
        await fetch(url, private=private)
    for language in ("en", "zh"):
        assert views.why(Say(language, ZoneInfo("UTC")), caught.value)
    return caught.value


async def test_a_feed_is_fetched_and_asked_for_again_only_if_changed(server: FeedServer) -> None:
    server.answers["/feed"] = response(rss([]), 'ETag: "7"', "Last-Modified: yesterday")

    first = await fetch(server.url(), private=True)
    server.answers["/feed"] = response(b"", status="304 Not Modified")
    with pytest.raises(fetching.UnchangedError):
        await fetch(server.url(), etag=first.etag, modified=first.modified, private=True)

    asked = server.asked[1][1]
    assert (asked["If-None-Match"], asked["If-Modified-Since"]) == ('"7"', "yesterday")
    assert (await refused(server.url())).kind == "status"  # who did not ask is not answered so


@pytest.mark.parametrize(
    "host",
    ["localhost", "127.0.0.1", "[::1]", "0.0.0.0",  # noqa: S104
     "2130706433", "0x7f.1", "10.0.0.1",
     "169.254.169.254", "192.168.1.1", "100.64.0.1", "[fe80::1]", "[fd00::1]",
     "[::ffff:127.0.0.1]", "[64:ff9b::7f00:1]", "[2002:7f00:1::]", "224.0.0.1"],
)  # fmt: skip
async def test_no_address_of_this_machine_or_network_is_asked(
    server: FeedServer, host: str
) -> None:
    assert (await refused(f"http://{host}:{server.port}/feed", private=False)).kind == "private"
    assert server.asked == []


def test_an_address_of_the_open_internet_is_public() -> None:
    for address in ("93.184.216.34", "2606:2800:220:1::1"):
        assert fetching.is_public(ipaddress.ip_address(address))


async def test_each_redirect_is_looked_at_and_the_connection_goes_where_was_looked(
    server: FeedServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    names = {"bakery.example": "127.0.0.1", "inside.example": "127.0.0.2"}
    looked_up = []

    async def getaddrinfo(host: str, *_: object, **__: object) -> list[object]:
        looked_up.append(host)
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (names[host], 0))]

    monkeypatch.setattr(asyncio.get_running_loop(), "getaddrinfo", getaddrinfo)
    monkeypatch.setattr(fetching, "is_public", lambda address: str(address) == "127.0.0.1")
    server.answers["/feed"] = response(rss([]))
    server.answers["/away"] = response(
        b"", f"Location: http://inside.example:{server.port}/feed", status="302 Found"
    )

    found = await fetch(f"http://bakery.example:{server.port}/feed", private=False)
    error = await refused(f"http://bakery.example:{server.port}/away", private=False)

    assert found.url == f"http://bakery.example:{server.port}/feed"
    assert server.asked[0][1]["Host"] == f"bakery.example:{server.port}"
    assert (error.kind, error.values) == ("private", {"host": "inside.example"})
    assert [path for path, _ in server.asked] == ["/feed", "/away"]
    assert looked_up == ["bakery.example", "bakery.example", "inside.example"]


async def endless(writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n<rss>")
    while True:
        writer.write(b" " * 100_000)
        await writer.drain()


async def dripping(writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n<rss>")
    while True:
        writer.write(b" ")
        await writer.drain()
        await asyncio.sleep(0.05)


async def silent(writer: asyncio.StreamWriter) -> None:
    await asyncio.sleep(5)


async def test_a_hostile_server_costs_little_and_is_named(
    server: FeedServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fetching, "PATIENCE_S", 1.0)
    packed = "Content-Encoding: gzip"
    server.answers |= {
        "/endless": endless,
        "/dripping": dripping,
        "/silent": silent,
        "/bomb": response(gzip.compress(bytes(200_000_000), 9), packed),
        "/broken": response(b"no gzip at all", packed),
        "/brotli": response(b"?", "Content-Encoding: br"),
        "/round": response(b"", "Location: /round", status="301 Moved"),
        "/file": response(b"", "Location: file:///etc/passwd", status="301 Moved"),
        "/error": response(b"", status="500 Internal Server Error"),
        "/garbage": b"\x00\x01\x02\r\n\r\n",
        "/cut": b"HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\nshort",
    }

    kinds = {path: (await refused(server.url(path))).kind for path in server.answers}

    assert kinds == {
        "/endless": "too_big",
        "/dripping": "too_slow",
        "/silent": "too_slow",
        "/bomb": "too_big",
        "/broken": "packing",
        "/brotli": "packing",
        "/round": "redirects",
        "/file": "no_address",
        "/error": "status",
        "/garbage": "unreachable",
        "/cut": "unreachable",
    }


@pytest.mark.parametrize(
    ("url", "kind"),
    [
        ("http://127.0.0.1:1/feed", "unreachable"),
        ("file:///etc/passwd", "no_address"),
        ("ftp://example.org/", "no_address"),
        ("javascript:alert(1)", "no_address"),
        ("http://", "no_address"),
        ("https://[::1", "no_address"),
        (f"https://{'a' * 70}.example/", "no_address"),
        ("http://127.0.0.1:99999/", "no_address"),
    ],
)
async def test_what_is_no_address_or_answers_nothing_is_refused(url: str, kind: str) -> None:
    assert (await refused(url)).kind == kind


async def test_an_entity_bomb_and_a_file_from_outside_stay_closed() -> None:
    began = time.monotonic()

    for content in (BOMB, OUTSIDE):
        for entry in await entries_of(content):
            assert len(entry.title) < 300
            assert "root:" not in entry.title
    assert time.monotonic() - began < 15


@pytest.mark.parametrize(
    "content",
    [b"", b"\x00" * 1000, b"{}", b"<html><p>No feed</p></html>", b"<" * 100_000, rss([])[:60],
     b"<rss>" + b"<a>" * 50_000],
)  # fmt: skip
async def test_what_is_no_feed_is_refused_or_empty(content: bytes) -> None:
    assert await entries_of(content) == ()


async def test_a_parser_that_does_not_end_is_stopped(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    program = tmp_path / "endless.py"
    program.write_text("while True: pass")
    monkeypatch.setattr(reading, "_PROGRAM", program)
    monkeypatch.setattr(reading, "PATIENCE_S", 0.5)

    with pytest.raises(FeedError):
        await read(page(rss([("1", "One")])))


async def test_the_feed_that_a_page_names_is_found(server: FeedServer) -> None:
    html = b'<html><link rel=alternate type="application/rss+xml" href="/feed"><p>Hi'

    with pytest.raises(FeedError) as caught:
        await read(page(html, "text/html"))

    assert caught.value.values == {"url": "https://bakery.example/feed"}


async def test_other_alphabets_and_wrong_ones_are_read() -> None:
    chinese = rss([("1", "新鲜面包")]).decode().replace("utf-8", "gb2312").encode("gb18030")
    wrong = rss([("1", "新鲜面包")]).decode().encode("gb18030")  # it says that it is UTF-8

    (entry,) = (await read(page(chinese))).entries
    found = await read(page(wrong))

    assert entry.title == "新鲜面包"
    assert len(found.entries) == 1
    assert found.entries[0].title.encode()


async def test_an_entry_is_known_by_its_id_and_by_a_link_that_is_its_own() -> None:
    atom = (
        b'<feed xmlns="http://www.w3.org/2005/Atom"><title>T</title>'
        b'<entry><id>urn:1</id><title>A</title><link href="https://x.example/1"/></entry>'
        b'<entry><id>urn:2</id><title>B</title><link href="https://x.example/"/></entry>'
        b'<entry><id>urn:3</id><title>C</title><link href="https://x.example/"/></entry>'
        b"<entry><title>D</title></entry></feed>"
    )

    first, second, third, fourth = (await read(page(atom, "application/atom+xml"))).entries

    assert first.keys == ("urn:1", "https://x.example/1")
    assert (second.keys, third.keys) == (("urn:2",), ("urn:3",))
    assert len(fourth.keys) == 1


@pytest.mark.parametrize(
    ("markup", "text"),
    [
        ("<p>Fresh <b>bread</b></p><script>alert(1)</script>", "Fresh bread"),
        ("&lt;p&gt;Twice &amp;amp; more&lt;/p&gt;", "Twice & more"),
        ("1 < 2 & 3 > 2", "1 < 2 & 3 > 2"),
        ("a\u202egnp.exe\x00\ud800b", "agnp.exe b"),
        ("<img src=x onerror=alert(1)>", ""),
        ("before <![any[ after", "before"),
    ],
)
def test_nothing_is_left_of_html(markup: str, text: str) -> None:
    assert plain(markup) == text


@given(markup=st.text(st.sampled_from("<>![]/-&;ab =\"'\n\u202e\ud800"), max_size=40))
def test_whatever_is_written_becomes_one_line_that_can_be_stored(markup: str) -> None:
    text = plain(markup)

    assert text.isprintable()
    assert text.encode().decode() == text


async def test_an_entry_becomes_title_summary_and_link() -> None:
    long = "word " * 200
    found = await read(page(rss([("1", "Bread &amp; butter")], more=f"&lt;p&gt;{long}")))

    content = content_of(found.entries[0])

    title, summary, link = content.text.split("\n\n")
    assert (title, link) == ("Bread & butter", "https://bakery.example/1")
    assert summary.endswith("word…")
    assert len(summary) <= 300
    assert json.loads(content.entities) == [{"type": "bold", "offset": 0, "length": 14}]


@pytest.fixture
async def quick(
    desk: Desk, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Database]:
    """A running bot that reads its feeds all the time."""
    monkeypatch.setattr(following, "EVERY", dt.timedelta())
    monkeypatch.setattr(following, "LOOK_EVERY_S", 0.05)
    async with running_bot(replace(settings, private_feeds=True)) as db:
        await desk.say(OWNER, "/start")
        await desk.wait_for(OWNER, "This is your desk")
        yield db


async def test_what_is_new_in_a_feed_waits_for_approval_once(
    desk: Desk, quick: Database, server: FeedServer
) -> None:
    server.answers["/feed"] = response(rss([("1", "Old")]))
    server.answers["/"] = response(b'<link type="application/rss+xml" href="/feed">')
    await desk.say(OWNER, f"/feeds {server.url('/')}")
    begun = await desk.wait_for(OWNER, "I follow Bakery news")
    assert "The 1 entry that is there already stays there" in begun["text"]

    server.answers["/feed"] = response(rss([("2", "Buns &amp; rolls"), ("2", "x"), ("1", "Old")]))

    card = await desk.wait_for(OWNER, "Buns & rolls")
    assert "https://bakery.example/2" in card["text"]
    n_asked = len(server.asked)
    await until(lambda: len(server.asked) > n_asked + 2, "two more readings")
    (post,) = store.drafts(quick)
    assert (post.state, post.origin.by, post.origin.source) == ("waiting", "soloist", "feed")
    assert post.publish_at > dt.datetime.now(dt.UTC) + dt.timedelta(hours=23)
    assert await desk.texts(desk.channel) == []
    await desk.tap(begun, "Stop")
    await desk.wait_for(OWNER, "I no longer follow Bakery news")


async def test_a_flood_is_a_handful_of_drafts_and_one_summary(
    desk: Desk, quick: Database, server: FeedServer
) -> None:
    slots.tell(quick, slots.ANY_CHANNEL, [SlotTime(day, 9 * 60) for day in range(7)])
    server.answers["/feed"] = response(rss([]))
    await desk.say(OWNER, f"/feeds {server.url()}")
    await desk.wait_for(OWNER, "I follow Bakery news")

    for n in (100, 200):
        entries = [(str(n + each), f"Number {n + each}") for each in range(50)]
        server.answers["/feed"] = response(rss(entries))
        n_asked = len(server.asked)
        await until(lambda n=n_asked: len(server.asked) > n + 2, "two readings")  # type: ignore[misc]

    summary = await desk.wait_for(OWNER, "has 45 more new entries. Of so many")
    assert summary["text"].count("Number") == 10
    times = [post.publish_at for post in store.drafts(quick)]
    assert len(set(times)) == len(times) == following.A_DAY
    assert {at.hour for at in times} == {9}
    told = [text for text in await desk.texts(OWNER) if "more new entr" in text]
    assert len(told) == 1


async def test_a_feed_that_stays_down_and_comes_back_is_told_once_each(
    desk: Desk, quick: Database, server: FeedServer
) -> None:
    server.answers["/feed"] = response(rss([]))
    await desk.say(OWNER, f"/feeds {server.url()}")
    await desk.wait_for(OWNER, "I follow Bakery news")

    server.answers["/feed"] = response(b"", status="503 Unavailable")
    await desk.wait_for(OWNER, "The server answers 503 instead of a feed")
    n_asked = len(server.asked)
    await until(lambda: len(server.asked) > n_asked + 3, "more tries")
    await desk.say(OWNER, "/feeds")
    assert "could not be read the last" in (await desk.wait_for(OWNER, "You follow 1"))["text"]
    server.answers["/feed"] = response(rss([]))
    await desk.wait_for(OWNER, "Bakery news is back")

    await until(lambda: len(server.asked) > n_asked + 7, "more readings")
    told = [text for text in await desk.texts(OWNER) if "503" in text or "is back" in text]
    assert len(told) == 2


async def test_a_feed_that_cannot_be_is_refused_and_nothing_is_kept(
    desk: Desk, quick: Database, server: FeedServer
) -> None:
    for url, sentence in (
        ("ftp://example.org", "This is no address"),
        (server.url("/nothing"), "The server answers 404"),
    ):
        await desk.say(OWNER, f"/feeds {url}")
        assert "Nothing is followed" in (await desk.wait_for(OWNER, sentence))["text"]

    assert quick.execute("select count(*) from feeds").fetchone()[0] == 0


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_longest_list_of_feeds_fits_into_a_message(language: str) -> None:
    url = "https://example.org/" + "x" * 500
    many = [Feed(n, url, "<b>" * 200, "", "", 9, NOON) for n in range(feeds.MOST)]

    view = views.followed(Say(language, ZoneInfo("UTC")), many)

    assert units(view.text.striptags()) < 4096
    assert "<b><b>" not in view.text


@pytest.mark.parametrize("n_failures", [0, 1, 5, 50])
def test_the_wait_after_a_failure_doubles_up_to_a_day(n_failures: int) -> None:
    wait = following.wait_after(n_failures)

    assert wait == min(dt.timedelta(minutes=30) * 2 ** min(n_failures, 6), dt.timedelta(days=1))
