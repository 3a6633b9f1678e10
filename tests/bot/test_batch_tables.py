"""What an operator gets from the verbs on customer tables, and what they refuse in a sentence."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import typer

from bot.batch import frames
from bot.batch.profiles import profiles
from bot.batch.reading import InputError
from bot.batch.segments import segments

Typed = Callable[..., tuple[list[dict[str, str]], str]]


@pytest.fixture
def typed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Typed:
    """Run a verb in a folder; gives its rows and its remarks, or raises what is wrong."""
    monkeypatch.chdir(tmp_path)
    cli = typer.Typer(add_completion=False)
    cli.command()(segments)
    cli.command()(profiles)

    def run(*arguments: str) -> tuple[list[dict[str, str]], str]:
        typer.main.get_command(cli).main([*arguments], standalone_mode=False)
        out, err = capsys.readouterr()
        return list(csv.DictReader(io.StringIO(out, newline=""))), err

    return run


def write(name: str, *lines: str) -> None:
    Path(name).write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")


def people(n: int = 40) -> list[str]:
    """The young who like music, and the old who do not; nine in ten of the young are gold."""
    rng = np.random.default_rng(0)
    kinds = (("music;art", 25), ("sport", 60))
    return [
        f"{i}.0,{rng.normal(kinds[i % 2][1], 2):.1f},{kinds[i % 2][0]},"
        f"{'plain' if i % 2 or i % 20 == 0 else 'gold'}"
        for i in range(n)
    ]


def test_segments_are_named_summed_up_and_drawn(typed: Typed) -> None:
    write("people.csv", "CustomerID,age,likes", *(line.rpartition(",")[0] for line in people()))

    rows, err = typed(
        "segments", "people.csv", "--column", "customer=CustomerID",
        "--summary", "found.json", "--plot", "found.png",
    )  # fmt: skip

    summary = json.loads(Path("found.json").read_text(encoding="utf-8"))
    assert [row["customer"] for row in rows] == [str(i) for i in range(40)]
    assert {row["segment"] for row in rows[::2]} != {row["segment"] for row in rows[1::2]}
    assert {row["name"] for row in rows} == {each["name"] for each in summary["segments"]}
    assert any("low age" in row["name"] or "likes has music" in row["name"] for row in rows)
    assert (summary["method"], summary["k"], summary["clear"]) == ("kmeans", 2, True)
    assert sum(each["size"] for each in summary["segments"]) == 40
    assert all(each["traits"] and each["action"] for each in summary["segments"])
    assert Path("found.png").read_bytes().startswith(b"\x89PNG")
    assert "40 customers in 2 groups" in err


def test_purchases_become_segments_of_customers(typed: Typed) -> None:
    often = [f"{who},2026-0{1 + i % 3}-1{i % 9},{50 + who}" for who in range(20) for i in range(9)]
    once = [f"{who},{1 + who % 9}.1.2025,5" for who in range(20, 40)]
    write("bought.csv", "customer,when,value", *often, *once, ",2026-01-01,5")

    rows, err = typed("segments", "bought.csv", "--purchases", "--column", "at=when")

    names = {int(row["customer"]): row["name"] for row in rows}
    assert len(names) == 40
    assert "comes often" in names[3]
    assert "comes seldom" in names[30]
    assert "customer: rows left out that name none: 1." in err


def test_where_no_groups_are_clear_everybody_gets_segment_0(typed: Typed) -> None:
    rng = np.random.default_rng(0)
    write("cloud.csv", "x,y", *(f"{x},{y}" for x, y in rng.normal(size=(60, 2))))

    rows, _ = typed("segments", "cloud.csv")

    assert {(row["segment"], row["name"]) for row in rows} == {("0", "no clear groups")}
    assert [row["customer"] for row in rows] == [str(i) for i in range(1, 61)]


@pytest.mark.parametrize("model", ["tree", "knn"])
def test_profiles_show_how_well_and_say_why(typed: Typed, model: str) -> None:
    write("people.csv", "id,age,likes,level", *people())
    write("new.csv", "id,age,likes", "a,20,", "b,60,sport")

    figures, err = typed("profiles", "people.csv", "--target", "level", "--model", model)
    told, _ = typed(
        "profiles", "people.csv", "--target", "level", "--model", model, "--predict", "new.csv"
    )

    assert [row["class"] for row in figures] == ["gold", "plain", "all"]
    assert float(figures[-1]["accuracy"]) > float(figures[-1]["baseline_accuracy"])
    assert "level is told rightly in" in err
    assert [(row["id"], row["predicted"]) for row in told] == [("a", "gold"), ("b", "plain")]
    assert all(row["why"] for row in told)


def test_a_copy_of_the_target_is_left_out_unless_kept(typed: Typed) -> None:
    rows = [f"{line},{line.rpartition(',')[2].upper()}" for line in people()]
    write("people.csv", "id,age,likes,level,copy", *rows)

    honest, err = typed("profiles", "people.csv", "--target", "level")
    kept, _ = typed("profiles", "people.csv", "--target", "level", "--keep", "copy")

    assert "copy alone tells level in 100.0% of the rows" in err
    assert float(honest[-1]["accuracy"]) < float(kept[-1]["accuracy"]) == 1


@pytest.mark.parametrize(
    ("lines", "problem"),
    [
        ([], "bad.csv: there is no row under the header"),
        (["customer,age", "1,20"], "10 customers are needed, 1 found"),
        (["customer,age", "1,2", "3"], "bad.csv, line 3: 1 cells where the header has 2"),
        (["customer,age", "1,2", "1,3"], "bad.csv, line 3: the customer 1 is there twice"),
        (["customer,age", "1,2", ",3"], "bad.csv, line 3: the customer is missing"),
        (["customer,age", *(f"{i},7" for i in range(20))], "no column tells anything"),
        (["customer,age", *(f"{i}," for i in range(20))], "no column tells anything"),
    ],
)
def test_tables_that_cannot_be_grouped_are_refused(
    typed: Typed, lines: list[str], problem: str
) -> None:
    write("bad.csv", *lines)

    with pytest.raises(InputError, match=problem):
        typed("segments", "bad.csv")


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        ("1,soon,5", "line 3: soon is no date"),
        ("1,2026-01-01,inf", "line 3, column value: inf is out of range"),
        ("1,2026-01-01,much", "line 3, column value: much is not a number"),
    ],
)
def test_a_bad_purchase_is_named_by_its_line(typed: Typed, line: str, problem: str) -> None:
    write("bought.csv", "customer,at,value", "2,2026-01-01,5", line)

    with pytest.raises(InputError, match=problem):
        typed("segments", "bought.csv", "--purchases")


def test_what_is_too_large_is_refused_before_it_is_read(
    typed: Typed, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Path("huge.csv").open("wb") as file:
        file.truncate(2_100_000_000)
    write("wide.csv", "a,b", *["1,2"] * 40)

    with pytest.raises(InputError, match=r"huge.csv: a table of 2.1 GB does not fit in memory"):
        typed("segments", "huge.csv")
    monkeypatch.setattr(frames, "MOST_CELLS", 50)
    with pytest.raises(InputError, match=r"wide.csv, line 41: more does not fit in memory"):
        typed("segments", "wide.csv")


def test_a_column_is_read_as_text_where_one_part_of_it_is(
    typed: Typed, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(frames, "BATCH", 2)
    write("mixed.csv", "a,b", "1,2", "1.5,", "x,3", "2,4")

    table = frames.read_frame("mixed.csv", {}, [])

    assert table["a"].tolist() == ["1", "1.5", "x", "2"]
    assert table["b"].fillna(-1).tolist() == [2, -1, 3, 4]
    assert table.index.tolist() == [2, 3, 4, 5]


def test_k_is_not_told_to_a_method_that_finds_it(typed: Typed) -> None:
    with pytest.raises(InputError, match="--method hdbscan finds the number of groups itself"):
        typed("segments", "any.csv", "--method", "hdbscan", "--k", "3")
