"""Bootstrap intervals for whole columns of statistics: percentile, and BCa, which corrects their bias and skewness."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, TypeAlias

import numpy as np
from scipy.special import ndtr, ndtri

from crmrisk.core.arguments import checked_level
from crmrisk.core.intervals import normal_quantile

if TYPE_CHECKING:
    from crmrisk.core.arrays import FloatArray

__all__ = ["BootstrapInterval", "acceleration", "bca_intervals", "percentile_interval", "percentile_intervals"]

BootstrapInterval: TypeAlias = Literal["bca", "percentile"]
"""How an interval is read off the bootstrap samples."""


def percentile_intervals(samples: FloatArray, level: float) -> tuple[FloatArray, FloatArray]:
    """Cut equal tails off each column of bootstrap samples, leaving out those without a value.

    Parameters
    ----------
    samples
        One row per resample, ``(replicates, k)``; NaN where the statistic does not exist.
    level
        Nominal coverage.

    Returns
    -------
    Lower and upper limits, ``(k,)``; NaN for a column without any value.

    Raises
    ------
    InvalidValueError
        If the level is not strictly between 0 and 1.

    Examples
    --------
    >>> low, high = percentile_intervals(np.arange(101.0)[:, None], 0.5)
    >>> float(low[0]), float(high[0])
    (25.0, 75.0)
    """
    checked_level(level)
    tails = np.full(samples.shape[1], (1.0 - level) / 2.0)
    return _quantiles(samples, tails), _quantiles(samples, 1.0 - tails)


def percentile_interval(samples: FloatArray, level: float) -> tuple[float, float]:
    """Cut equal tails off bootstrap samples.

    Parameters
    ----------
    samples
        One statistic per bootstrap sample, ``(replicates,)``.
    level
        Nominal coverage.

    Returns
    -------
    Lower and upper percentile; NaN without any value.

    Raises
    ------
    InvalidValueError
        If the level is not strictly between 0 and 1.

    Examples
    --------
    >>> import numpy as np
    >>> percentile_interval(np.arange(101.0), 0.5)
    (25.0, 75.0)
    """
    low, high = percentile_intervals(samples[:, np.newaxis], level)
    return float(low[0]), float(high[0])


def bca_intervals(
    samples: FloatArray, values: FloatArray, accelerations: FloatArray, level: float
) -> tuple[FloatArray, FloatArray]:
    r"""Cut tails that correct for bias and for a spread that changes with the value.

    :math:`\alpha = \Phi(z_0 + (z_0 + z) / (1 - a (z_0 + z)))`, with :math:`z_0` from the share of samples below the
    estimate.

    Parameters
    ----------
    samples
        One row per resample, ``(replicates, k)``; NaN where the statistic does not exist.
    values
        The estimates, ``(k,)``.
    accelerations
        As `acceleration` finds them, ``(k,)``.
    level
        Nominal coverage.

    Returns
    -------
    Lower and upper limits, ``(k,)``; NaN for a column without any value.

    Raises
    ------
    InvalidValueError
        If the level is not strictly between 0 and 1.

    References
    ----------
    Efron, B. (1987). Better bootstrap confidence intervals. *Journal of the American Statistical Association* 82.

    Examples
    --------
    >>> low, high = bca_intervals(np.arange(101.0)[:, None], np.array([50.0]), np.zeros(1), 0.5)
    >>> round(float(low[0])), round(float(high[0]))
    (25, 75)
    """
    z = normal_quantile(level)
    present = np.maximum((~np.isnan(samples)).sum(axis=0), 1)
    below = ((samples < values).sum(axis=0) + (samples == values).sum(axis=0) / 2.0) / present
    bias = ndtri(np.clip(below, 0.5 / present, 1.0 - 0.5 / present))
    low, high = (ndtr(bias + _stretched(bias + side, accelerations)) for side in (-z, z))
    return _quantiles(samples, low), _quantiles(samples, high)


def acceleration(influence: FloatArray) -> FloatArray:
    r"""Measure how the spread of statistics changes with their value.

    :math:`a = \sum L_i^3 / (6 (\sum L_i^2)^{3/2})`.

    Parameters
    ----------
    influence
        What each resampled unit does to the statistics, ``(n_units, k)``.

    Returns
    -------
    The accelerations, ``(k,)``; 0 where nothing moves the statistic.

    References
    ----------
    Efron, B. (1987), equation 4.4, with the empirical influence function.

    Examples
    --------
    >>> acceleration(np.array([[-1.0], [1.0]]))
    array([0.])
    """
    square = (influence**2).sum(axis=0)
    cube = (influence**3).sum(axis=0)
    return np.where(square > 0.0, cube / (6.0 * np.where(square > 0.0, square, 1.0) ** 1.5), 0.0)


def _stretched(shifted: FloatArray, accelerations: FloatArray) -> FloatArray:
    # beyond a pole of the correction every tail is the same: stop short of it
    return shifted / np.maximum(1.0 - accelerations * shifted, 1e-3)


def _quantiles(samples: FloatArray, tails: FloatArray) -> FloatArray:
    ordered = np.sort(samples, axis=0)  # NaN last
    last = np.maximum((~np.isnan(samples)).sum(axis=0) - 1, 0)
    place = tails * last
    left = np.floor(place).astype(np.int64)
    right = np.minimum(left + 1, last)
    columns = np.arange(samples.shape[1])
    low, high = ordered[left, columns], ordered[right, columns]
    found: FloatArray = low + (high - low) * (place - left)
    return found
