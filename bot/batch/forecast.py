"""`python -m bot forecast`: what comes next in each series, with the band that should hold it."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from bot.batch.fan import draw_fan
from bot.batch.frames import shown
from bot.batch.options import AsCsv, AsJson, Column, Seed
from bot.batch.reading import InputError
from bot.batch.series import SeriesFile, Table, read_table
from bot.batch.tables import remark, write_beside, write_json
from bot.batch.writing import form_of, write

if TYPE_CHECKING:
    from analytics.forecasting import Choice, Forecast, Series

COLUMNS = ("unique_id", "ds", "mean", "lo80", "hi80", "model")
MOST_REMARKS = 5
SAY_EVERY = 10.0  # seconds

Horizon = Annotated[int, typer.Option(min=1, max=1000, help="Points to forecast.")]
Season = Annotated[
    int | None,
    typer.Option(
        min=1,
        max=10_000,
        help="Points after which a series repeats itself; told by the times unless they are "
        "integers.",
        show_default=False,
    ),
]
Model = Annotated[
    Literal["auto", "naive", "ets", "theta", "arima", "lstm", "mfles", "ridge"],
    typer.Option(help="auto tests all of them on the past of each series."),
]
Scores = Annotated[
    Path | None,
    typer.Option(
        metavar="FILE.json",
        help="Write how each model did in the back-test: MSE, RMSE, MASE, sMAPE.",
        show_default=False,
    ),
]
Plot = Annotated[
    Path | None,
    typer.Option(metavar="FILE.png", help="Draw the first series.", show_default=False),
]


def forecast(
    file: SeriesFile,
    horizon: Horizon,
    *,
    season: Season = None,
    model: Model = "auto",
    scores: Scores = None,
    plot: Plot = None,
    column: Column = None,
    as_json: AsJson = False,
    as_csv: AsCsv = False,
    seed: Seed = 0,
) -> None:
    """Forecast the next points of each series, with a band that should hold four of five.

    Each series gets what forecast its own past best; where nothing beats repeating the past,
    that is what it gets, and `model` says so.
    """
    form = form_of(as_json=as_json, as_csv=as_csv)
    table = read_table(file, column)
    series = _long_enough(_series(table, season), file, horizon)
    found = _forecasts(series, file, horizon, model, seed)
    _tell(found)
    if scores:
        write_json(scores, [_scored(each) for each in found])
    if plot:
        fan = draw_fan(series[0], found[0])
        write_beside(plot, lambda path: path.write_bytes(fan))
    rows = (
        (each.unique_id, table.written(at), *band, each.model)
        for each in found
        for at, *band in zip(each.at, each.mean, each.low, each.high, strict=True)
    )
    write(COLUMNS, rows, form)


def _series(table: Table, season: int | None) -> tuple[Series, ...]:
    from analytics.forecasting import read_series  # noqa: PLC0415  # pandas
    from analytics.frames import FrameError  # noqa: PLC0415

    try:
        series = read_series(table.rows, season)
    except FrameError as error:
        raise table.refusal(error) from error
    if season is None and table.rows["ds"].dtype.kind != "M":
        remark("ds holds no times, so no season is looked for: tell one with --season.")
    for each in series[:MOST_REMARKS]:
        if each.n_filled:
            remark(f"{each.unique_id}: {each.n_filled} of {len(each.y)} points were gaps; filled.")
    return series


def _long_enough(series: Sequence[Series], file: str, horizon: int) -> list[Series]:
    """Leave out what is too short, and say so; refuse where nothing is left."""
    from analytics.forecasting import TooShortError, require_enough  # noqa: PLC0415

    kept: list[Series] = []
    refused: list[TooShortError] = []
    for each in series:
        try:
            require_enough(each, horizon)
        except TooShortError as error:
            refused.append(error)
        else:
            kept.append(each)
    if not kept:
        raise InputError(f"{shown(file)}: {refused[0]}")
    for refusal in refused[:MOST_REMARKS]:
        remark(f"{refusal} Left out.")
    if len(refused) > MOST_REMARKS:
        remark(f"{len(refused):,} series are too short, and left out.")
    return kept


def _forecasts(
    series: Sequence[Series], file: str, horizon: int, model: Choice, seed: int
) -> list[Forecast]:
    from analytics.forecasting import TooShortError, forecasts  # noqa: PLC0415

    said = time.monotonic()
    found: list[Forecast] = []
    if len(series) > 1:
        remark(f"Testing each model on the past of {len(series):,} series …")
    try:
        for each in forecasts(series, horizon, model, seed):
            found.append(each)
            if len(found) < len(series) and time.monotonic() - said > SAY_EVERY:
                said = time.monotonic()
                remark(f"{len(found):,} of {len(series):,} series are done.")
    except TooShortError as error:
        raise InputError(f"{shown(file)}: {error}") from error
    return found


def _tell(found: Sequence[Forecast]) -> None:
    """Say how the forecasts compare with the naive ones on what was held back."""
    beaten = sum(each.model.split("-")[0] != "naive" for each in found)
    ratios = [each.score.mae / each.baseline.mae for each in found if each.baseline.mae]
    if len(found) == 1:
        [one] = found
        remark(
            f"{one.model}: off by {one.score.mae:.4g} on average in the back-test from "
            f"{one.n_origins} origins, the best naive forecast by {one.baseline.mae:.4g}."
        )
    elif ratios:
        remark(
            f"{beaten:,} of {len(found):,} series are forecast better than by repeating the past; "
            f"all together their error is {sum(ratios) / len(ratios):.2f} of that."
        )


def _scored(found: Forecast) -> dict[str, object]:
    return {
        "unique_id": found.unique_id,
        "model": found.model,
        "baseline": found.baseline.model,
        "points": found.n_points,
        "filled": found.n_filled,
        "origins": found.n_origins,
        "weights": dict(found.weights),
        "scores": [asdict(each) for each in found.scores],
    }
