"""What the verbs for files write, and where."""

from __future__ import annotations

import csv
import io
import json
import os
import pty
import re
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.batch.reading import InputError
from bot.batch.writing import form_of, write
from tests.bot.real_process import ROOT

COLUMNS = ("text", "label", "positive")
TEXTS = st.lists(st.text(st.characters(exclude_categories=["Cs"])))
PROGRAM = """
import sys
from bot.batch.writing import form_of, write
rows = ((text, "neutral", 0.5) for text in sys.argv[1:])
write(("text", "label", "positive"), rows, form_of(as_json=False, as_csv=False))
"""


@pytest.mark.parametrize("form", ["json", "csv"])
@given(texts=TEXTS)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_text_is_read_back_as_it_was(
    capsys: pytest.CaptureFixture[str], form: str, texts: list[str]
) -> None:
    write(
        COLUMNS, ((text, "neutral", 1 / 3) for text in texts), "json" if form == "json" else "csv"
    )

    out = capsys.readouterr().out
    if form == "json":
        rows = [json.loads(line) for line in out.splitlines()]
    else:
        rows = list(csv.DictReader(io.StringIO(out, newline="")))
    assert [row["text"] for row in rows] == texts
    assert all(float(row["positive"]) == 0.333333 for row in rows)


def test_no_rows_are_a_header_in_csv_and_nothing_in_json(
    capsys: pytest.CaptureFixture[str],
) -> None:
    write(COLUMNS, [], "csv")
    write(COLUMNS, [], "json")

    assert capsys.readouterr().out == "text,label,positive\n"


def test_what_is_wrong_at_once_leaves_no_output(capsys: pytest.CaptureFixture[str]) -> None:
    def rows() -> list[tuple[str]]:
        raise InputError("nothing there")

    with pytest.raises(InputError):
        write(COLUMNS, (row for _ in range(1) for row in rows()), "csv")

    assert capsys.readouterr().out == ""


def test_two_forms_at_once_are_refused() -> None:
    with pytest.raises(InputError, match="two forms"):
        form_of(as_json=True, as_csv=True)


def on_a_terminal(*texts: str, columns: int) -> str:
    """What the rows look like to somebody at a terminal."""
    ours, theirs = pty.openpty()
    env = {"PYTHONPATH": str(ROOT), "COLUMNS": str(columns), "TERM": "xterm"}
    with subprocess.Popen([sys.executable, "-c", PROGRAM, *texts], stdout=theirs, env=env):  # noqa: S603
        os.close(theirs)
        shown = b""
        try:
            while some := os.read(ours, 4096):
                shown += some
        except OSError:  # Linux says so when the other end is closed
            pass
    os.close(ours)
    header, _, rows = shown.decode().replace("\r\n", "\n").partition("\n")
    return re.sub(r"\x1b\[[0-9;]*m", "", header) + "\n" + rows  # bold


def test_a_terminal_shows_a_table() -> None:
    assert on_a_terminal("When do you open?", "你好", columns=80).splitlines() == [
        "text              label   positive ",
        "When do you open? neutral     0.50 ",
        "你好              neutral     0.50 ",
    ]


def test_no_text_does_anything_to_the_terminal_or_the_table() -> None:
    texts = ["\x1b[31mred\x07", "[bold]x[/bold]", "a\tb\u202ec", "y" * 5_000]

    shown = on_a_terminal(*texts, columns=40).splitlines()

    assert [line.split(" neutral")[0].rstrip() for line in shown[1:]] == [
        " [31mred",
        "[bold]x[/bold]",
        "a b c",
        "y" * 21 + "…",
    ]
    assert all(len(line) <= 40 for line in shown)


def test_a_longer_table_goes_on_under_the_same_header() -> None:
    shown = on_a_terminal(*map(str, range(250)), columns=80).splitlines()

    assert len(shown) == 251
    assert sum("text" in line for line in shown) == 1
    assert {len(line) for line in shown} == {len(shown[0])}


def test_progress_is_shown_to_who_looks_and_never_among_the_rows(tmp_path: Path) -> None:
    (tmp_path / "messages.txt").write_text("Hi\n" * 2_000)
    source = PROGRAM.replace("sys.argv[1:]", "read_texts('messages.txt', {})")
    source = "from bot.batch.reading import read_texts\n" + source
    ours, theirs = pty.openpty()
    with (tmp_path / "out.csv").open("wb") as out:
        ran = subprocess.run(  # noqa: S603
            [sys.executable, "-c", source],
            stdout=out,
            stderr=theirs,
            env={"PYTHONPATH": str(ROOT), "COLUMNS": "80", "TERM": "xterm"},
            cwd=tmp_path,
            check=False,
        )
    os.close(theirs)
    shown = os.read(ours, 65_536).decode()
    os.close(ours)

    assert ran.returncode == 0
    assert (tmp_path / "out.csv").read_text() == (
        "text,label,positive\n" + "Hi,neutral,0.5\n" * 2_000
    )
    assert "lines" in shown
    assert "Hi," not in shown


def test_a_reader_that_goes_away_ends_it_quietly() -> None:
    source = PROGRAM.replace("sys.argv[1:]", "iter(lambda: 'again', None)")
    command = [sys.executable, "-c", source]
    with subprocess.Popen(  # noqa: S603
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=ROOT
    ) as running:
        assert running.stdout
        assert running.stderr
        assert running.stdout.readline() == b"text,label,positive\n"
        running.stdout.close()

        assert running.wait(timeout=30) == 0
        assert running.stderr.read() == b""
