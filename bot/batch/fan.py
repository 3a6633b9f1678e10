"""Draws a forecast as a fan: what was, what is expected, and the band that should hold it."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from analytics.forecasting import Forecast, Series

SHOWN = 5  # horizons of the past
# One grey and one orange that stand out on white and on black; the paper is left clear.
INK, AHEAD = "#7a828c", "#e0701a"


def draw_fan(series: Series, forecast: Forecast) -> bytes:
    """Draw a PNG of 1080 × 720 on a clear ground, for a phone in light or dark."""
    from matplotlib.dates import AutoDateLocator, ConciseDateFormatter  # noqa: PLC0415
    from matplotlib.figure import Figure  # noqa: PLC0415  # a third of a second

    n_shown = min(len(series.y), SHOWN * len(forecast.mean))
    past, last = series.ds[-n_shown:], series.y[-1]
    ahead = [series.ds[-1], *forecast.at]
    figure = Figure(figsize=(6, 4), dpi=180, layout="constrained")
    axes = figure.subplots()
    axes.plot(past, series.y[-n_shown:], color=INK, linewidth=1.6)
    axes.fill_between(
        ahead, [last, *forecast.low], [last, *forecast.high], color=AHEAD, alpha=0.28, linewidth=0
    )
    axes.plot(ahead, [last, *forecast.mean], color=AHEAD, linewidth=2.2)
    axes.set_title(forecast.unique_id, color=INK, fontsize=13)
    axes.tick_params(colors=INK, labelsize=11)
    axes.grid(axis="y", color=INK, alpha=0.25, linewidth=0.6)
    axes.spines[:].set_visible(False)
    if not isinstance(forecast.at[0], int):
        locator = AutoDateLocator(maxticks=6)  # type: ignore[no-untyped-call]
        axes.xaxis.set_major_locator(locator)
        axes.xaxis.set_major_formatter(ConciseDateFormatter(locator))  # type: ignore[no-untyped-call]
        axes.xaxis.get_offset_text().set_color(INK)
    png = io.BytesIO()
    figure.savefig(png, transparent=True)
    return png.getvalue()
