"""How far forecasts may be off, by how far they were off before."""

import numpy as np

from analytics.forecasting.results import Matrix, Vector

# An interval for 80 %: the chosen model's errors flatter it a little, and 0.85 of
# them covered 80 % of the last horizon of M4's training parts.
INSIDE = 0.85


def reaches(errors: Matrix) -> Vector:
    """Return how far the interval goes up and down at each step.

    The errors of the back-test, a row for each origin, are divided by a line that
    tells how they grow with the step; the interval holds `INSIDE` of what is left.

    References
    ----------
    J. Lei et al., "Distribution-free predictive inference for regression",
    JASA 113 (2018), section 5.2, for errors that are scaled locally.
    """
    growth = _line(np.abs(errors).mean(axis=0))
    if not growth.any():
        return growth
    ratios = np.abs(errors) / growth
    return growth * float(np.quantile(ratios, INSIDE))


def _line(sizes: Vector) -> Vector:
    """Fit a line that neither falls nor starts below a tenth of its mean."""
    steps = np.arange(len(sizes)) - (len(sizes) - 1) / 2
    mean = float(sizes.mean())
    slope = float(steps @ sizes / (steps @ steps)) if len(sizes) > 1 else 0.0
    steepest = 0.9 * mean / -steps[0] if len(sizes) > 1 else 0.0
    line: Vector = np.asarray(mean + min(max(slope, 0.0), steepest) * steps, dtype=float)
    return line
