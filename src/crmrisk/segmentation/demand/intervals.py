"""Prediction intervals of demand that comes now and then.

A period has demand with some probability, and then a size out of those that were seen. The quantiles of that are known
exactly, so there is nothing to draw: this is what a bootstrap of occurrences and sizes converges to.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from crmrisk.core.arrays import FloatArray

__all__ = ["occurrence_interval"]


def occurrence_interval(
    demand: FloatArray, size: FloatArray, probability: FloatArray, level: float
) -> tuple[FloatArray, FloatArray]:
    """Cut equal tails off demand that is 0 or, with a probability, a scaled one of the sizes seen.

    The next size is as likely to fall between any two neighbours of those seen as beyond either end, so that the share
    p of n sizes lies below the place p (n + 1), not p (n - 1) + 1 as among the sizes themselves.

    Parameters
    ----------
    demand
        What was seen, ``(n_series, n_periods)``.
    size
        What sizes should be on average, ``(n_series,)``: those seen are scaled to it.
    probability
        That there is any demand in a period, ``(n_series,)``; drawn towards a half by one period's worth (Jeffreys),
        because a demand in every one of three periods does not promise one in the fourth.
    level
        Nominal coverage.

    Returns
    -------
    Lower and upper limits, ``(n_series,)``; 0 where there never was demand, NaN where nothing is known.

    References
    ----------
    Willemain, T. R., Smart, C. N. and Schwarz, H. F. (2004). A new approach to forecasting intermittent demand for
    service parts inventories. *International Journal of Forecasting* 20, 375-387 (the bootstrap, without its jitter).
    Hyndman, R. J. and Fan, Y. (1996). Sample quantiles in statistical packages. *The American Statistician* 50
    (definition 6).

    Examples
    --------
    >>> occurrence_interval(np.array([[0.0, 2, 0, 4]]), np.array([3.0]), np.array([0.5]), 0.8)
    (array([0.]), array([4.]))
    """
    sizes = np.sort(np.where(demand > 0.0, demand, np.inf), axis=1)  # those without demand last
    count = (demand > 0.0).sum(axis=1)
    mean = np.zeros(len(demand))
    for column in np.where(np.isinf(sizes), 0.0, sizes).T:
        mean += column
    scale = np.divide(size * count, mean, out=np.zeros(len(demand)), where=count > 0)
    tails = ((1.0 - level) / 2.0, (1.0 + level) / 2.0)
    periods = (~np.isnan(demand)).sum(axis=1)
    cautious = (np.nan_to_num(probability) * periods + 0.5) / (periods + 1.0)
    low, high = (_quantile(sizes, count, cautious, tail) * scale for tail in tails)
    unknown = np.isnan(probability)
    return np.where(unknown, np.nan, low), np.where(unknown, np.nan, high)


def _quantile(sizes: FloatArray, count: FloatArray, probability: FloatArray, tail: float) -> FloatArray:
    some = (probability > 1.0 - tail) & (count > 0)
    share = np.divide(tail - 1.0 + probability, probability, out=np.zeros(len(sizes)), where=some)
    place = np.clip(share * (count + 1) - 1.0, 0.0, np.maximum(count - 1, 0))
    left = np.floor(place).astype(np.int64)
    right = np.minimum(left + 1, np.maximum(count - 1, 0).astype(np.int64))
    rows = np.arange(len(sizes))
    first = np.where(some, sizes[rows, left], 0.0)
    second = np.where(some, sizes[rows, right], 0.0)
    found: FloatArray = first + (second - first) * (place - left)
    return found
