"""When a model has beaten its naive baseline."""

import math

import numpy as np
from numpy.typing import NDArray


def beats_baseline(gains: NDArray[np.float64]) -> bool:
    """Tell whether the mean of paired `gains` over the baseline exceeds its standard error.

    A model that is ahead by less has been lucky as likely as not, and the
    baseline is the simpler of the two.

    References
    ----------
    L. Breiman et al., "Classification and Regression Trees" (1984), section
    3.4.3, the one-standard-error rule.
    """
    if len(gains) < 2:
        return False
    return bool(gains.mean() > gains.std(ddof=1) / math.sqrt(len(gains)))
