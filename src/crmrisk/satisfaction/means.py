"""Means of rating answers with Student's interval, from counts of each distinct answer."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from crmrisk.core.estimate import Estimate
from crmrisk.satisfaction.numerics import normal_quantile, student_quantile

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

__all__ = ["mean_of_counts"]


def mean_of_counts(values: ArrayLike, counts: ArrayLike, *, level: float = 0.95) -> Estimate:
    """Estimate a mean with its t interval from how often each value was answered.

    Parameters
    ----------
    values
        The distinct values, ``(n_values,)``.
    counts
        How often each was answered, ``(n_values,)``.
    level
        Nominal coverage.

    Returns
    -------
    The estimate in the unit of the values; its value is ``None`` without answers, its interval with fewer than two.

    Raises
    ------
    InvalidValueError
        If the level is not strictly between 0 and 1.

    Examples
    --------
    >>> print(mean_of_counts([1, 2, 3], [2, 2, 6]))
    2.4 [1.797, 3.003] (95 % t, n 10)
    """
    value, count = np.asarray(values, dtype=np.float64), np.asarray(counts, dtype=np.float64)
    normal_quantile(level)
    n = float(count.sum())
    if n <= 0.0:
        return Estimate(value=None, level=level, method="t", n=0, effective_n=0, warnings=("no answers",))
    mean = float((value * count).sum() / n)
    if n <= 1.0:
        return Estimate(value=mean, level=level, method="t", n=n, effective_n=n)
    error = (float((count * (value - mean) ** 2).sum()) / (n - 1.0) / n) ** 0.5
    half = student_quantile(level, n - 1.0) * error
    return Estimate(
        value=mean,
        standard_error=error,
        low=mean - half,
        high=mean + half,
        level=level,
        method="t",
        n=n,
        effective_n=n,
    )
