"""Intervals shared by the statistics of proof."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from crmrisk.core.estimate import Estimate
from crmrisk.core.intervals import normal_quantile
from crmrisk.proof.checks import NOBODY

if TYPE_CHECKING:
    from crmrisk.core.arrays import FloatArray

__all__ = [
    "mean_error",
    "mean_estimate",
    "normal_estimate",
]


def mean_error(values: FloatArray) -> float | None:
    """Find the standard error of a mean.

    Parameters
    ----------
    values
        Independent values, ``(n,)``.

    Returns
    -------
    The standard error; ``None`` below two values.

    Examples
    --------
    >>> mean_error(np.array([1.0, 3.0]))
    1.0
    """
    return None if values.size < 2 else float(values.std(ddof=1) / np.sqrt(values.size))


def mean_estimate(
    values: FloatArray,
    *,
    level: float,
    method: str,
    bounds: tuple[float | None, float | None],
    warnings: tuple[str, ...] = (),
) -> Estimate:
    """Estimate a mean with its normal interval.

    Parameters
    ----------
    values
        Independent values, ``(n,)``; none gives no estimate and a warning.
    level
        The nominal coverage.
    method
        What the mean is called.
    bounds
        Where the interval is cut; ``None`` is open.
    warnings
        What the reader should know.

    Returns
    -------
    The mean.

    Examples
    --------
    >>> print(mean_estimate(np.array([0.0, 1.0]), level=0.95, method="mean", bounds=(0.0, None)))
    0.5 [0, 1.48] (95 % mean, n 2)
    """
    if values.size == 0:
        return Estimate(value=None, level=level, method=method, n=0, warnings=(NOBODY, *warnings))
    error = mean_error(values)
    mean = float(values.mean())
    return normal_estimate(mean, error, level=level, method=method, n=values.size, bounds=bounds, warnings=warnings)


def normal_estimate(
    value: float,
    standard_error: float | None,
    *,
    level: float,
    method: str,
    n: int,
    bounds: tuple[float | None, float | None] = (None, None),
    warnings: tuple[str, ...] = (),
) -> Estimate:
    """Put a normal interval around a value, cut where the quantity ends.

    Parameters
    ----------
    value
        The estimate.
    standard_error
        Its standard error; without one there is no interval.
    level
        The nominal coverage.
    method
        The name of the method.
    n
        The number of observations.
    bounds
        Where the interval is cut; ``None`` is open.
    warnings
        What the reader should know.

    Returns
    -------
    The estimate.

    Examples
    --------
    >>> print(normal_estimate(0.9, 0.1, level=0.95, method="mean", n=9, bounds=(0.0, 1.0)))
    0.9 [0.704, 1] (95 % mean, n 9)
    """
    if standard_error is None:
        return Estimate(value=value, level=level, method=method, n=n, warnings=warnings)
    half = normal_quantile(level) * standard_error
    low, high = value - half, value + half
    return Estimate(
        value=value,
        standard_error=standard_error,
        low=low if bounds[0] is None else max(low, bounds[0]),
        high=high if bounds[1] is None else min(high, bounds[1]),
        level=level,
        method=method,
        n=n,
        warnings=warnings,
    )
