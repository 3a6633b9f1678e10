"""What an operator asks of series in files: what comes next, and what stands out."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from bot.batch.bursts import bursts
from bot.batch.forecast import forecast
from bot.batch.reading import InputError


def written(folder: Path, rows: list[str], header: str = "unique_id,ds,y") -> str:
    file = folder / "series.csv"
    file.write_text("\n".join([header, *rows]) + "\n", encoding="utf-8")
    return str(file)


def members(n: int, name: str = "members") -> list[str]:
    first = np.datetime64("2026-01-05")
    rng = np.random.default_rng(0)
    return [f"{name},{first + i},{100 + 3 * i + rng.integers(3)}" for i in range(n)]


def rows_of(capsys: pytest.CaptureFixture[str]) -> list[dict[str, object]]:
    return [json.loads(line) for line in capsys.readouterr().out.splitlines()]


def test_a_forecast_has_a_row_for_each_step_and_writes_dates_as_they_came(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    forecast(written(tmp_path, members(90)), 14, as_json=True)

    found = rows_of(capsys)
    assert list(found[0]) == ["unique_id", "ds", "mean", "lo80", "hi80", "model"]
    assert [row["ds"] for row in found][:2] == ["2026-04-05", "2026-04-06"]
    assert len(found) == 14
    assert 360 < float(str(found[0]["mean"])) < 385


def test_series_that_are_too_short_are_left_out_and_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = written(tmp_path, members(60) + members(9, "young"))

    forecast(file, 7, model="theta", as_csv=True)

    out, err = capsys.readouterr()
    assert "young" not in out
    assert "Series 'young': a forecast of 7 needs 21 points, 9 are there" in err


def test_the_fan_and_the_scores_stand_beside(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    plot, scores = tmp_path / "fan.png", tmp_path / "scores.json"

    forecast(written(tmp_path, members(60)), 7, plot=plot, scores=scores, as_csv=True)

    [found] = json.loads(scores.read_text(encoding="utf-8"))
    assert plot.read_bytes().startswith(b"\x89PNG")
    assert found["points"] == 60
    assert {"model", "mse", "rmse", "mase", "smape"} <= set(found["scores"][0])
    assert "the best naive forecast" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("rows", "problem"),
    [
        ([], "there is no row"),
        (members(1), "needs 17 points, 1 are there"),
        ([*members(60), "members,2026-01-09,4"], "line 62, column ds: .* occurs twice"),
        ([*members(60), "members,2026-03-06,inf"], "line 62, column y: inf is out of range"),
        ([*members(60), "members,2026-03-06,many"], "line 62: many is not a number"),
        ([*members(60), "members,soon,4"], "line 62: soon is no date"),
        ([*members(60), "members,06.03.26,4"], "line 62: 06.03.26 is no date"),
    ],
)
def test_what_is_no_series_is_refused_with_its_line(
    tmp_path: Path, rows: list[str], problem: str
) -> None:
    with pytest.raises(InputError, match=problem):
        forecast(written(tmp_path, rows), 7)


def test_a_burst_is_marked_in_its_row(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    rng = np.random.default_rng(0)
    counts = [*rng.poisson(2, 400), 30]
    first = np.datetime64("2026-01-05T00:00")
    rows = [f"complaints,{first + np.timedelta64(i, 'h')},{y}" for i, y in enumerate(counts)]

    bursts(written(tmp_path, rows), as_json=True)

    found = rows_of(capsys)
    assert list(found[0]) == ["unique_id", "ds", "y", "expected", "score", "burst"]
    assert found[0]["score"] is None
    assert found[-1]["ds"] == "2026-01-21 16:00:00"
    assert found[-1]["burst"] == 1
    assert sum(int(str(row["burst"])) for row in found) == 1


def test_bursts_are_found_in_counts_only(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"line 3, column y: 2\.5 is not a count"):
        bursts(written(tmp_path, ["a,1,2", "a,2,2.5"]))
