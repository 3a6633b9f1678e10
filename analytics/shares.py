"""How sure a share is: so many of so many, with an interval."""

import math
from dataclasses import dataclass

Z_95 = 1.959964  # two-sided 95 % of the normal distribution


@dataclass(frozen=True, slots=True)
class Share:
    """`count` of `n`, as a share in [0, 1] with its 95 % interval."""

    count: int
    n: int
    value: float
    low: float
    high: float


def share(count: int, n: int) -> Share:
    """Return `count` of `n` (at least 1) with its Wilson score interval.

    References
    ----------
    E. B. Wilson, "Probable inference, the law of succession, and statistical
    inference", JASA 22 (1927), 209-212.
    """
    value = count / n
    shrink = 1 + Z_95**2 / n
    middle = (value + Z_95**2 / (2 * n)) / shrink
    reach = Z_95 / shrink * math.sqrt(value * (1 - value) / n + Z_95**2 / (4 * n**2))
    return Share(
        count, n, value, max(0.0, min(value, middle - reach)), min(1.0, max(value, middle + reach))
    )
