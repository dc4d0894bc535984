"""The normal quantile, its p value and Wilson's limits: what every package measures uncertainty by."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy.special import ndtr, ndtri

from crmrisk.core.arguments import checked_level

if TYPE_CHECKING:
    from crmrisk.core.arrays import FloatArray

__all__ = ["normal_quantile", "two_sided_p_value", "wilson_limits"]


def normal_quantile(level: float) -> float:
    """Return z such that a standard normal lies within [-z, z] with probability ``level``.

    Parameters
    ----------
    level
        Nominal coverage, between 0 and 1.

    Returns
    -------
    The quantile, 1.96 at 95 %.

    Raises
    ------
    InvalidValueError
        If the level is not strictly between 0 and 1.

    Examples
    --------
    >>> round(normal_quantile(0.95), 6)
    1.959964
    """
    return float(ndtri((1.0 + checked_level(level)) / 2.0))


def two_sided_p_value(z: float) -> float:
    """Find the two-sided p value of a standard normal statistic.

    Parameters
    ----------
    z
        The statistic.

    Examples
    --------
    >>> round(two_sided_p_value(-1.959964), 6)
    0.05
    """
    return float(2.0 * ndtr(-abs(z)))


def wilson_limits(
    successes: FloatArray | float, n: FloatArray | float, level: float = 0.95
) -> tuple[FloatArray, FloatArray]:
    """Bound shares by inverting the score test.

    Parameters
    ----------
    successes, n
        Counts of any common shape, ``0 <= successes <= n``, not checked; limits are NaN where n is 0 or either is.
    level
        Nominal coverage.

    Returns
    -------
    Lower and upper limits, in [0, 1].

    Raises
    ------
    InvalidValueError
        If the level is not strictly between 0 and 1.

    References
    ----------
    Wilson, E. B. (1927). Probable inference, the law of succession, and statistical inference. *Journal of the American
    Statistical Association* 22, 209-212. Newcombe, R. G. (1998). *Statistics in Medicine* 17, method 3.

    Examples
    --------
    >>> low, high = wilson_limits(np.array([81.0, 0.0, 0.0]), np.array([263.0, 20.0, 0.0]))
    >>> low.round(4), high.round(4)
    (array([0.2553, 0.    ,    nan]), array([0.3662, 0.1611,    nan]))
    """
    z = normal_quantile(level)
    square, n = z * z, np.where(n > 0.0, n, np.nan)
    centre = (successes + square / 2.0) / (n + square)
    half = z * np.sqrt(successes * (n - successes) / n + square / 4.0) / (n + square)
    unknown = np.isnan(centre)
    # at the edges centre and half-width are equal, but not after rounding
    low = np.where((successes == 0.0) & ~unknown, 0.0, centre - half)
    return low, np.where((successes == n) & ~unknown, 1.0, centre + half)
