"""What the verbs for files take as input, and what they say of the rest."""

from __future__ import annotations

import csv
import io
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.batch import reading
from bot.batch.reading import InputError, batches, column_names, read_rows, read_texts


def written(tmp_path: Path, content: bytes, name: str = "messages.txt") -> str:
    path = tmp_path / name
    path.write_bytes(content)
    return str(path)


def refusal(file: str, **headers: str) -> str:
    with pytest.raises(InputError) as refused:
        list(read_texts(file, headers))
    sentence = str(refused.value)
    assert "\n" not in sentence
    return sentence.removeprefix(f"{Path(file).parent}/")


@pytest.mark.parametrize(
    ("content", "texts"),
    [
        (b"", []),
        (b"Hi\nWhen do you open?\n", ["Hi", "When do you open?"]),
        (b"no end", ["no end"]),
        (b"\n\nHi\n\n", ["", "", "Hi", ""]),
        (b"\xef\xbb\xbfHi\r\nyou\r\n", ["Hi", "you"]),
        ("你们几点开门？\n".encode(), ["你们几点开门？"]),
        ("\u200fשלום\u200f\u200b\n".encode(), ["\u200fשלום\u200f\u200b"]),
        (b"a\rb\x0cc\n", ["a\rb\x0cc"]),
        ("a\u2028b\x85c\n".encode(), ["a\u2028b\x85c"]),
        (b'"quoted, not CSV\n', ['"quoted, not CSV']),
        (b"x" * 102_400 + b"\n", ["x" * 102_400]),
    ],
)
def test_every_line_is_a_message(tmp_path: Path, content: bytes, texts: list[str]) -> None:
    assert list(read_texts(written(tmp_path, content), {})) == texts


@given(st.lists(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\r\n"))))
def test_as_many_messages_come_out_as_lines_went_in(texts: list[str]) -> None:
    content = "".join(f"{text}\n" for text in texts).encode()

    class Input:
        buffer = io.BytesIO(content)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sys, "stdin", Input)
        patch.setattr(reading, "_size", lambda _: None)

        read = list(read_texts("-", {}))

    assert len(read) == len(texts)
    assert read[1:] == texts[1:]
    assert read[:1] == [text.removeprefix("\ufeff") for text in texts[:1]]


@given(st.lists(st.text(st.characters(exclude_categories=["Cs"]), max_size=40), min_size=1))
def test_what_a_spreadsheet_writes_is_read_back(texts: list[str]) -> None:
    content = io.StringIO(newline="")
    csv.writer(content).writerows([["id", "Message"], *([n, text] for n, text in enumerate(texts))])

    class Input:
        buffer = io.BytesIO(content.getvalue().encode())

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sys, "stdin", Input)
        patch.setattr(reading, "_size", lambda _: None)

        read = list(read_texts("-", {"text": "Message"}))

    assert read == texts


def test_a_file_named_csv_has_a_column_text(tmp_path: Path) -> None:
    file = written(tmp_path, b'id,text\n1,"Hi, you"\n2,"two\nlines"\n', "messages.CSV")

    assert list(read_texts(file, {})) == ["Hi, you", "two\nlines"]


def test_a_header_that_is_told_goes_before_a_column_of_our_name(tmp_path: Path) -> None:
    file = written(tmp_path, b"text,Body\nsubject,Hi\n", "messages.csv")

    assert list(read_texts(file, {"text": "Body"})) == ["Hi"]


def test_an_empty_line_is_an_empty_text_only_where_there_is_one_column(tmp_path: Path) -> None:
    one = written(tmp_path, b"text\n\nHi\n", "one.csv")
    two = written(tmp_path, b"id,text\n\n1,Hi\n", "two.csv")

    assert list(read_texts(one, {})) == ["", "Hi"]
    assert list(read_texts(two, {})) == ["Hi"]


def test_a_row_knows_the_line_on_which_it_begins(tmp_path: Path) -> None:
    file = written(tmp_path, b'text\n"a\nb"\nc\n', "messages.csv")

    rows = list(read_rows(file, {}, needed=["text"]))

    assert [(row.line, row.cells["text"]) for row in rows] == [(2, "a\nb"), (4, "c")]


@pytest.mark.parametrize(
    ("name", "content", "sentence"),
    [
        ("a.txt", b"Hi\n\xff\xfe\n", "a.txt, line 2: not UTF-8; save the file as UTF-8."),
        ("a.txt", "Hi".encode("utf-16"), "a.txt, line 1: not UTF-8; save the file as UTF-8."),
        ("a.txt", b"Hi\n" + b"x" * 1_000_002, "a.txt, line 2: over 1,000,000 bytes; is this text?"),
        (
            "a.csv",
            b"id,body\n",
            "a.csv, line 1: there is no column text, but id, body; "
            "name the right one with --column text=HEADER.",
        ),
        (
            "a.csv",
            b"",
            "a.csv, line 1: there is no column text, but nothing; "
            "name the right one with --column text=HEADER.",
        ),
        ("a.csv", b"text,text\n", "a.csv, line 1: the column text is there twice; rename one."),
        (
            "a.csv",
            b"id,text\n1,a\n2,b,c\n",
            "a.csv, line 3: 3 cells where the header has 2; put quotes around commas.",
        ),
        (
            "a.csv",
            b'text\na\n"b\nc\n',
            "a.csv, line 3: no CSV (unexpected end of data); mind the quotes.",
        ),
        (
            "a.csv",
            b'text\na\n"b' + b"\nc" * 600_000,
            "a.csv, line 3: no CSV (field larger than field limit (1000000)); mind the quotes.",
        ),
    ],
)
def test_what_cannot_be_read_is_said_with_its_line(
    tmp_path: Path, name: str, content: bytes, sentence: str
) -> None:
    assert refusal(written(tmp_path, content, name)) == sentence


@pytest.mark.parametrize(
    ("file", "sentence"),
    [
        ("nowhere.txt", "nowhere.txt cannot be read: No such file or directory."),
        ("/", "/ cannot be read: Is a directory."),
        ("a\0b", "a\0b cannot be read: embedded null byte."),
    ],
)
def test_a_file_that_cannot_be_opened_is_named(file: str, sentence: str) -> None:
    assert refusal(file) == sentence


@pytest.mark.parametrize(
    ("written", "sentence"),
    [
        (["text"], "--column text: write it as text=HEADER."),
        (["text="], "--column text=: write it as text=HEADER."),
        (["user=Id"], "--column user=Id: what is read here is text."),
        (["text=a", "text=b"], "--column text=b: text is a already; keep one."),
    ],
)
def test_a_column_option_that_says_nothing_is_refused(written: list[str], sentence: str) -> None:
    with pytest.raises(InputError) as refused:
        column_names(written, ["text"])

    assert str(refused.value) == sentence


def test_batches_take_no_more_than_they_give() -> None:
    taken: list[int] = []

    def source() -> Iterator[int]:
        for number in range(5):
            taken.append(number)
            yield number

    given_out = batches(source(), 2)

    assert next(given_out) == [0, 1]
    assert taken == [0, 1]
    assert list(given_out) == [[2, 3], [4]]
