"""What comes next in a series, chosen by how well each model forecast its past."""

from analytics.forecasting.choosing import forecasts, require_enough
from analytics.forecasting.results import Choice, Forecast, Score, TooShortError
from analytics.forecasting.series import Series, read_series

__all__ = [
    "Choice",
    "Forecast",
    "Score",
    "Series",
    "TooShortError",
    "forecasts",
    "read_series",
    "require_enough",
]
