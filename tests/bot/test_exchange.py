"""Posts as files: each row is judged, what comes back is what went out."""

from __future__ import annotations

import csv
import datetime as dt
import io
import json
from contextlib import suppress
from dataclasses import replace
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlite_utils import Database

from bot.exchange import judging, tables, taking, writing
from bot.exchange.cells import as_cells, read_content, same, values_of
from bot.exchange.duplicates import Likeness
from bot.exchange.judging import Surroundings, Verdict
from bot.exchange.markup import MarkupError, read_html, units
from bot.exchange.remarks import Level, TableError
from bot.exchange.tables import COLUMNS
from bot.store import channels, schema
from bot.store.channels import Channel
from bot.views import exchange as views
from bot.views.say import Say
from scheduler import store
from scheduler.posts import Button, Content, Medium, Origin, Poll, PostState

NOW = dt.datetime(2027, 3, 1, 12, 0, tzinfo=dt.UTC)
BERLIN = ZoneInfo("Europe/Berlin")
SHOP = Channel(-1001, "The shop", "shop", None, ())
CLUB = Channel(-1002, "Club", None, None, ())
GRACE = dt.timedelta(minutes=30)
NOTHING_ELSE = Surroundings(
    now=NOW, zone=BERLIN, channels=[SHOP, CLUB], targets=[SHOP], texts=[], there={}
)


@pytest.fixture
def db() -> Database:
    db = Database(memory=True)
    schema.migrate(db)
    store.migrate(db)
    channels.connect(db, SHOP)
    channels.connect(db, CLUB)
    return db


def judged(db: Database, text: str | bytes, now: dt.datetime = NOW) -> list[Verdict]:
    raw = text if isinstance(text, bytes) else text.encode()
    return judging.judge(tables.read(raw), judging.surroundings(db, None, now, BERLIN))


def alone(cells: dict[str, str]) -> Verdict:
    """Judge one row where nothing else is."""
    (verdict,) = judging.judge(tables.read(tables.write([cells]).encode()), NOTHING_ELSE)
    return verdict


def said(verdicts: list[Verdict]) -> list[str]:
    say = Say("en", BERLIN)
    return [f"{verdict.level}: {views.plain(views.said(say, verdict))}" for verdict in verdicts]


def take(db: Database, text: str, now: dt.datetime = NOW) -> int:
    """Take a file; gives how many posts are new."""
    file, state = taking.digest(text.encode()), PostState.SCHEDULED
    verdicts = judged(db, text, now)
    return len(taking.take(db, verdicts, file=file, now=now, grace=GRACE, state=state))


def test_a_row_is_read_in_the_owners_zone(db: Database) -> None:
    (verdict,) = judged(db, "publish_at,text\n2027-07-01 09:00,Fresh bread\n")

    assert verdict.level is Level.OK
    assert verdict.planned
    assert verdict.planned.places == ((SHOP, dt.datetime(2027, 7, 1, 7, tzinfo=dt.UTC)),)
    assert verdict.planned.content == Content("Fresh bread")


@pytest.mark.parametrize(
    "written",
    [
        "2027-07-01T09:00:00+02:00", "2027-07-01 07:00Z", "2027/7/1 9:00", "2027年7月1日 09:00",
        "1 July 2027 9:00", "01.07.2027 9:00",
    ],
)  # fmt: skip
def test_one_moment_may_be_written_in_many_ways(written: str) -> None:
    verdict = alone({"publish_at": written, "text": "Fresh bread"})

    assert verdict.planned, said([verdict])
    assert verdict.planned.places[0][1] == dt.datetime(2027, 7, 1, 7, tzinfo=dt.UTC)


@pytest.mark.parametrize(
    ("cells", "sentence"),
    [
        ({"publish_at": "2027-03-28 02:30"}, "does not exist: the clocks change"),
        ({"publish_at": "2027-10-31 02:30"}, "Write 2027-10-31T02:30+02:00 or 2027-10-31T02:30+01"),
        ({"publish_at": "2026-12-01 9:00"}, "has passed"),
        ({"publish_at": "2027-02-30 9:00"}, "There is no “2027-02-30 9:00”"),
        ({"publish_at": "2227-03-02 9:00"}, "more than five years away"),
        ({"publish_at": "9999-12-31 23:59"}, "more than five years away"),
        ({"publish_at": "3/4/2027 9:00"}, "or the other way round"),
        ({"publish_at": "whenever"}, "I do not understand “whenever”"),
        ({"publish_at": "tomorrow 9:00 or so"}, "“or so” is no part of a time"),
        ({"publish_at": ""}, "There is no time"),
        ({"text": " "}, "There is nothing to publish"),
        ({"text": "x" * 4097}, "4,097 characters, Telegram allows 4,096"),
        ({"text": "<h1>Hello</h1>", "format": "html"}, "does not know <h1>"),
        ({"text": "<b>Hello", "format": "html"}, "<b> is opened and not closed"),
        ({"text": "<b><i>Hello</b></i>", "format": "html"}, "</b> comes before"),
        ({"text": "<a href='javascript:1'>x</a>", "format": "html"}, "<a> leads nowhere"),
        ({"text": "a <![any[ b", "format": "html"}, "does not know <!>"),
        ({"text": "<b>" * 20_000, "format": "html"}, "far too long for one post"),
        ({"preview_url": "javascript:1"}, "This is no address"),
        ({"format": "markdown"}, "Write one of: plain, html"),
        ({"channel": "Nobody"}, "the channel “Nobody”. Connected are: The shop, Club"),
        ({"silent": "perhaps"}, "Write yes or no, not “perhaps”"),
        ({"buttons": "Shop"}, "A line of “buttons” is"),
        ({"media": "photo ../../etc/passwd"}, "A line of “media” is"),
        ({"media": '[{"kind": "photo", "file": "../.env"}]'}, "A line of “media” is"),
        ({"poll_question": "Well?", "poll_options": "Yes"}, "A poll has 2 to 12 options"),
        ({"poll_question": "Well?", "poll_options": f"Yes\n{'x' * 101}"}, "1 to 100 characters"),
        ({"poll_options": "Yes\nNo"}, "A poll needs its “poll_question”"),
        ({"entities": '[{"type":"bold","offset":0,"length":99}]'}, "does not fit the text"),
    ],
)  # fmt: skip
def test_what_cannot_be_is_refused_in_a_sentence(cells: dict[str, str], sentence: str) -> None:
    verdict = alone({"publish_at": "2027-03-15 9:00", "text": "Fresh bread"} | cells)

    assert verdict.level is Level.REFUSED
    assert sentence in said([verdict])[0]
    assert views.said(Say("zh", BERLIN), verdict) != views.said(Say("en", BERLIN), verdict)
    assert verdict.planned is None


def test_all_that_is_wrong_with_a_row_is_said_at_once() -> None:
    cells = {"publish_at": "whenever", "text": "Hi", "channel": "Nobody", "silent": "perhaps"}

    verdict = alone(cells)

    assert [remark.column for remark in verdict.remarks] == ["publish_at", "channel", "silent"]


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_card_fits_into_a_message_whatever_is_wrong(language: str) -> None:
    evil = {column: f"<{column}>" * 50 for column in COLUMNS}
    table = tables.read(tables.write([evil] * 100).encode())
    verdicts = judging.judge(table, NOTHING_ELSE)

    say = Say(language, BERLIN)
    card = views.judged(say, "x" * 255, table, verdicts, waits=True)

    assert units(card.text.striptags()) < 4096
    assert views.is_long(verdicts)
    assert not card.buttons


@pytest.mark.parametrize(
    "raw",
    [
        "publish_at,text\r\n2027-03-15 9:00,Grüße 早上好\r\n".encode(),
        "\ufeffpublish_at,text\n2027-03-15 9:00,Grüße 早上好\n".encode(),
        "\ufeffpublish_at\ttext\r\n2027-03-15 9:00\tGrüße 早上好\r\n".encode("utf-16-le"),
        "\ufeffpublish_at\ttext\r\n2027-03-15 9:00\tGrüße 早上好\r\n".encode("utf-16-be"),
        "publish_at\ttext\r\n2027-03-15 9:00\tGrüße 早上好\r\n".encode("utf-16-le"),
        "sep=;\r\nPublish At;Text;\r\n2027-03-15 9:00;Grüße 早上好;\r\n;;\r\n".encode(),
        '[{"publish_at": "2027-03-15 9:00", "text": "Grüße 早上好", "silent": null}]'.encode(),
    ],
)
def test_a_file_is_read_whatever_wrote_it(raw: bytes) -> None:
    (verdict,) = judging.judge(tables.read(raw), NOTHING_ELSE)

    assert verdict.planned, said([verdict])
    assert verdict.planned.content.text == "Grüße 早上好"


@pytest.mark.parametrize(
    ("raw", "line", "sentence"),
    [
        (b"", None, "The file is empty"),
        (b"\xef\xbb\xbf \n", None, "The file is empty"),
        (b"publish_at,text\n", None, "no post below it"),
        (b"text\nHello\n", 1, "no column “publish_at”"),
        (b"publish_at\n2027-03-15 9:00\n", 1, "no column “text”"),
        (b"publish_at,text,Text\na,b,c\n", 1, "“text” is there twice"),
        (b"publish_at,text\n\n2027-03-15 9:00,a,b\n", 3, "3 cells where the header has 2"),
        (b'publish_at,text\n2027-03-15 9:00,"open\n', 2, "Mind the quotes"),
        (b"publish_at,text\n2027-03-15 9:00,\xff\xfe\n", 2, "Save the file as UTF-8"),
        (b"[{]", 1, "This is no JSON"),
        (b"[" * 9999, None, "This is no JSON"),
        (b'{"publish_at": 1}', None, "must be a list of posts"),
        (b'{"messages": []}', None, "Telegram Desktop"),
        (b'[{"text": "a", "text": "b"}]', None, "“text” is there twice"),
        (b'[{"text": {}}]', None, "Post 1 has in “text” what is no text"),
        (b'[{"text": "\\ud83d"}]', None, "half of a character"),
        (b"x" * 5_000_001, None, "up to 5 MB"),
        (b"publish_at,text\n" + b"a,b\n" * 5_001, None, "5000 posts at a time"),
    ],
)
def test_what_is_no_table_is_refused_with_its_line(
    raw: bytes, line: int | None, sentence: str
) -> None:
    with pytest.raises(TableError) as caught:
        tables.read(raw)

    assert caught.value.line == line
    assert sentence in views.plain(views.where(Say("en", BERLIN), "a.csv", caught.value))
    assert views.where(Say("zh", BERLIN), "a.csv", caught.value)


@given(raw=st.binary(max_size=60) | st.text(max_size=60).map(str.encode))
def test_any_bytes_are_a_table_or_are_refused(raw: bytes) -> None:
    for prefix in (b"", b"publish_at,text\n", b"[", "\ufeffpublish_at\ttext\n".encode("utf-16-le")):
        assert tables.is_of_posts(prefix + raw) in {True, False}
        try:
            table = tables.read(prefix + raw)
        except TableError:
            continue
        for row in table.rows:
            assert set(row.cells) <= {*COLUMNS, *table.unread}


def test_a_cell_of_100_kb_is_read_and_refused_by_telegrams_limit() -> None:
    verdict = alone({"publish_at": "2027-03-15 9:00", "text": "long " * 20_000})

    assert "Telegram allows 4,096" in said([verdict])[0]


def test_a_repetition_is_a_warning_and_names_the_other(db: Database) -> None:
    text = "We bake fresh bread every morning, come and see us at the market on Sunday"
    post = store.schedule(db, SHOP.id, Content(text), NOW, now=NOW)
    again = text.replace("Sunday", "Sunday!").replace("We bake", "we  BAKE")

    first, second, elsewhere, other = judged(
        db,
        "publish_at,channel,text\n"
        f'2027-03-15 9:00,@shop,"{again}"\n'
        f'2027-03-16 9:00,@shop,"{again} https://example.org"\n'
        f'2027-03-16 9:00,Club,"{again}"\n'
        "2027-03-17 9:00,The shop,We open at ten tomorrow\n",
    )

    assert said([first]) == [f"warning: text: Post {post.id} says nearly the same (100% alike)."]
    assert "Line or row 2 of this file says nearly the same" in said([second])[0]
    assert elsewhere.level is Level.OK
    assert other.level is Level.OK


@pytest.mark.parametrize(
    ("one", "other", "alike"),
    [
        ("我们每天早上烤新鲜的面包，欢迎光临", "我们每天早上烤新鲜面包！欢迎光临。", True),
        ("我们每天早上烤新鲜的面包，欢迎光临", "明天是国庆节，本店休息一天，后天见", False),
        ("We open at nine tomorrow", "We open at ten tomorrow", False),
        ("Sale!", "SALE", True),
        ("", "", False),
    ],
)
def test_likeness_counts_pairs_of_words_in_any_language(one: str, other: str, alike: bool) -> None:
    texts = Likeness()
    texts.add(7, one)

    assert (texts.nearest(other) is not None) == alike


def test_a_file_is_taken_whole_once_and_what_is_there_is_left(db: Database) -> None:
    text = "publish_at,text\n2027-03-15 9:00,One\n2027-03-16 9:00,Two\n"

    assert take(db, text) == 2
    assert take(db, text) == 0
    assert take(db, text + "2027-03-17 9:00,Three\n2027-03-17 9:00,Three\n") == 1

    assert [post.text for post in store.upcoming(db)] == ["One", "Two", "Three"]
    assert {post.origin.source for post in store.upcoming(db)} == {"import"}


def test_two_who_take_one_file_at_once_write_it_once(db: Database) -> None:
    text = "publish_at,text\n2027-03-15 9:00,One\n2027-03-16 9:00,Two\n"
    verdicts = judged(db, text)

    for _ in range(2):
        taking.take(db, verdicts, file="f", now=NOW, grace=GRACE, state=PostState.WAITING)

    assert [post.text for post in store.drafts(db)] == ["One", "Two"]


def test_what_was_cancelled_does_not_come_back_with_its_file(db: Database) -> None:
    text = "publish_at,text\n2027-03-15 9:00,One\n2027-03-16 9:00,Two\n"
    take(db, text)
    store.cancel(db, store.upcoming(db)[0].id, NOW)

    later = NOW + dt.timedelta(hours=1)
    assert take(db, text, now=later) == 0
    assert [post.text for post in store.upcoming(db)] == ["Two"]


def test_nothing_is_taken_where_the_last_row_fails(db: Database) -> None:
    verdicts = judged(db, "publish_at,text\n2027-03-15 9:00,One\n2027-03-16 9:00,Two\n")
    db.execute(
        "create trigger full before insert on posts when new.text = 'Two' "
        "begin select raise(abort, 'disk full'); end"
    )

    with pytest.raises(Exception, match="disk full"):
        taking.take(db, verdicts, file="f", now=NOW, grace=GRACE, state=PostState.SCHEDULED)

    assert store.upcoming(db) == []


def test_a_post_without_a_channel_goes_to_all_that_are_chosen(db: Database) -> None:
    channels.choose(db, CLUB.id, None, on=True)
    channels.set_offset(db, CLUB.id, dt.timedelta(minutes=10))

    assert take(db, "publish_at,text\n2027-03-15 9:00,One\n") == 2

    first, second = store.upcoming(db)
    assert second.publish_at - first.publish_at == dt.timedelta(minutes=10)
    assert first.origin.set_id == second.origin.set_id == first.id


WORDS = st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=40).map(str.strip)
SAID = WORDS.filter(bool)
KINDS = ("bold", "italic", "underline", "strikethrough", "spoiler", "blockquote", "code")


@st.composite
def texts(draw: st.DrawFn) -> tuple[str, str]:
    text = draw(st.lists(SAID, min_size=1, max_size=4).map("\n".join))
    entities = []
    for kind in draw(st.lists(st.sampled_from(KINDS), max_size=3)):
        begins = draw(st.integers(0, len(text) - 1))
        ends = draw(st.integers(begins + 1, len(text)))
        offset = units(text[:begins])
        entities.append({"type": kind, "offset": offset, "length": units(text[begins:ends])})
    if draw(st.booleans()):
        link = {"type": "text_link", "offset": 0, "length": units(text)}
        entities.append(link | {"url": 'https://example.org/?a=1&b="'})
    return text, json.dumps(entities)


MEDIA = st.builds(
    Medium,
    st.sampled_from(["photo", "video", "document", "animation"]),
    st.text("abcXYZ019-_", min_size=10, max_size=30),
    file=st.sampled_from(["", "1.jpg", "a-b.mp4"]),
    spoiler=st.booleans(),
    unique_id=st.sampled_from(["", "AgAD"]),
)
POLLS = st.builds(
    Poll,
    SAID,
    st.lists(SAID, min_size=2, max_size=4).map(tuple),
    several=st.booleans(),
    correct=st.none() | st.integers(0, 1),
    explanation=WORDS,
)
BUTTONS = st.lists(
    st.lists(st.builds(Button, SAID, st.sampled_from(["https://a.example/?x=|", "tg://x"])),
             min_size=1, max_size=2).map(tuple),
    max_size=2,
).map(tuple)  # fmt: skip


@st.composite
def contents(draw: st.DrawFn) -> Content:
    text, entities = draw(texts())
    return Content(
        text=text,
        entities=entities,
        media=tuple(draw(st.lists(MEDIA, max_size=2))),
        poll=draw(st.none() | POLLS),
        buttons=draw(BUTTONS),
        silent=draw(st.booleans()),
        protected=draw(st.booleans()),
        preview=draw(st.sampled_from(["auto", "none", "small", "large"])),
        preview_url=draw(st.sampled_from(["", "https://example.org/"])),
        above=draw(st.booleans()),
    )


@given(content=contents())
def test_a_content_comes_back_from_csv_and_json_unchanged(content: Content) -> None:
    values = {"publish_at": "x", **values_of(content)}

    from_csv = tables.read(tables.write([as_cells(values)]).encode()).rows[0].cells
    from_json = tables.read(json.dumps([values]).encode()).rows[0].cells

    assert same(read_content(from_csv)) == same(content)
    assert same(read_content(from_json)) == same(content)


@given(written=st.text(st.sampled_from("<>![]/-&;abi =\"'\n")) | st.text())
def test_any_html_is_read_or_refused(written: str) -> None:
    with suppress(MarkupError):
        text, entities = read_html(written)
        assert all(each["offset"] + each["length"] <= units(text) for each in entities)


@given(cells=st.lists(st.text(st.characters(exclude_categories=["Cs"])), min_size=1))
def test_no_cell_begins_a_formula_and_each_is_read_back(cells: list[str]) -> None:
    rows = [{"publish_at": "x", "text": cell} for cell in ["=1+1", "@SUM(1)", "'-1", *cells]]

    written = tables.write(rows)

    for _, _, text, *_ in list(csv.reader(io.StringIO(written, newline="")))[1:]:
        assert not text.startswith(("=", "+", "-", "@", "\t", "\r"))
    read = tables.read(written.encode()).rows
    assert [row.cells["text"] for row in read] == [row["text"] for row in rows]


def test_what_was_exported_is_here_already_and_elsewhere_is_new(db: Database) -> None:
    store.schedule(db, SHOP.id, Content("=SUM(A1)"), NOW + dt.timedelta(days=3), now=NOW)
    after = Origin(after_post_id=1)
    store.schedule(db, SHOP.id, Content("A comment"), NOW, now=NOW, origin=after)
    later = NOW + dt.timedelta(days=4)
    hi = store.schedule(db, CLUB.id, Content("Hi\r\nthere"), later, now=NOW)
    store.add_errand(db, hi.id, "pin", delay=dt.timedelta())
    out = store.schedule(db, CLUB.id, Content("Old"), NOW, now=NOW)
    db.execute(
        "update posts set state = 'published', claimed_at = publish_at where id = ?", [out.id]
    )
    stock = writing.stock(db)
    empty = Database(memory=True)
    schema.migrate(empty)
    store.migrate(empty)
    for channel in (SHOP, CLUB):
        channels.connect(empty, channel)

    for form in ("csv", "json"):
        text = writing.written(stock, form, NOW, BERLIN)
        assert {verdict.level for verdict in judged(db, text)} == {Level.SKIPPED}
        levels = [verdict.level for verdict in judged(empty, text, NOW + dt.timedelta(days=1))]
        assert levels == [Level.SKIPPED, Level.OK, Level.OK]

    assert take(empty, text) == 2
    assert views.exported(Say("en", BERLIN), stock).text == (
        "3 posts.\n1 reply or first comment of a post is not in it."
    )

    def kept(db: Database) -> list[tuple[int, Content, dt.datetime, bool]]:
        pinned = writing.stock(db).pinned
        return [
            (post.channel_id, post.content, post.publish_at, post.id in pinned)
            for post in store.upcoming(db)
            if post.origin.after_post_id is None
        ]

    assert kept(empty) == kept(db)


def test_the_calendar_is_one_that_others_read(db: Database) -> None:
    icalendar = pytest.importorskip("icalendar")
    text = "Käse, Brot; \\n 和面包 " * 20 + "\nsecond line"
    post = store.schedule(db, SHOP.id, Content(text), NOW + dt.timedelta(days=3), now=NOW)
    stock = writing.stock(db)

    written = writing.written(stock, "ics", NOW, BERLIN)

    assert all(len(line.encode()) <= 75 for line in written.split("\r\n"))
    assert "\n" not in written.replace("\r\n", "")
    (event,) = icalendar.Calendar.from_ical(written).walk("VEVENT")
    assert event["description"] == text
    assert event["dtstart"].dt == post.publish_at
    assert event["dtstart"].to_ical().endswith(b"Z")
    later = writing.written(stock, "ics", NOW + dt.timedelta(days=1), BERLIN)
    (same_event,) = icalendar.Calendar.from_ical(later).walk("VEVENT")
    assert same_event["uid"] == event["uid"]


def test_judging_a_thousand_rows_beside_ten_thousand_posts_is_quick(db: Database) -> None:
    texts = [(SHOP.id, n, f"Post number {n} of the year says {n * 7} things") for n in range(9999)]
    around = replace(NOTHING_ELSE, texts=texts)
    rows = "".join(f"2027-03-15 9:00,Row {n} has {n * 3} words to say\n" for n in range(1000))
    table = tables.read(f"publish_at,text\n{rows}".encode())

    begun = dt.datetime.now(dt.UTC)
    judging.judge(table, around)

    assert dt.datetime.now(dt.UTC) - begun < dt.timedelta(seconds=10)
