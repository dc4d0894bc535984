"""Intervals for a share, on whole columns of counts.

Closed forms and beta quantiles; statsmodels computes the same Wilson, Jeffreys, Clopper-Pearson and Agresti-Coull
limits (the tests compare) but takes far longer to import.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

import numpy as np
from scipy.special import betainc, betaincinv

from crmrisk.core.arguments import checked_level
from crmrisk.core.intervals import normal_quantile, wilson_limits
from crmrisk.satisfaction.binomial_counts import binomial_counts
from crmrisk.satisfaction.numerics import bisect

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import ArrayLike

    from crmrisk.core.arrays import FloatArray

__all__ = [
    "agresti_coull_interval",
    "clopper_pearson_interval",
    "jeffreys_interval",
    "mid_p_interval",
    "plus_four_interval",
    "wald_interval",
    "wilson_interval",
]

_TINY = np.finfo(np.float64).tiny  # stands for 0 where a beta distribution needs a positive parameter

Interval: TypeAlias = "tuple[FloatArray, FloatArray]"


def wilson_interval(successes: ArrayLike, n: ArrayLike, level: float = 0.95) -> Interval:
    """Bound shares by inverting the score test.

    Parameters
    ----------
    successes, n
        Counts of any common shape, ``0 <= successes <= n``; limits are NaN where n is 0 or either is.
    level
        Nominal coverage.

    Returns
    -------
    Lower and upper limits, in [0, 1].

    Raises
    ------
    InvalidValueError
        If counts are no numbers, infinite or no shares, or the level is not strictly between 0 and 1.

    References
    ----------
    Wilson, E. B. (1927). *Journal of the American Statistical Association* 22. Newcombe, R. G. (1998). *Statistics in
    Medicine* 17, method 3.

    Examples
    --------
    >>> low, high = wilson_interval(0, 20)
    >>> print(f"{low:.4f} {high:.4f}")
    0.0000 0.1611
    """
    x, n = binomial_counts(successes, n)
    return wilson_limits(x, n, level)


def agresti_coull_interval(successes: ArrayLike, n: ArrayLike, level: float = 0.95) -> Interval:
    """Bound shares by Wald after adding z^2 pseudo-answers, half of them successes.

    Parameters
    ----------
    successes, n
        Counts of any common shape, ``0 <= successes <= n``; limits are NaN where n is 0 or either is.
    level
        Nominal coverage.

    Returns
    -------
    Lower and upper limits, cut to [0, 1].

    Raises
    ------
    InvalidValueError
        If counts are no numbers, infinite or no shares, or the level is not strictly between 0 and 1.

    References
    ----------
    Agresti, A. and Coull, B. A. (1998). *The American Statistician* 52.

    Examples
    --------
    >>> low, high = agresti_coull_interval(13, 16)
    >>> print(f"{low:.3f} {high:.3f}")
    0.562 0.942
    """
    return _adjusted_wald(successes, n, normal_quantile(level) ** 2, level)


def plus_four_interval(successes: ArrayLike, n: ArrayLike, level: float = 0.95) -> Interval:
    """Bound shares by Wald after adding two successes and two failures.

    Often called Agresti-Coull too, which at levels near 95 % it approximates.

    Parameters
    ----------
    successes, n
        Counts of any common shape, ``0 <= successes <= n``; limits are NaN where n is 0 or either is.
    level
        Nominal coverage.

    Returns
    -------
    Lower and upper limits, cut to [0, 1].

    Raises
    ------
    InvalidValueError
        If counts are no numbers, infinite or no shares, or the level is not strictly between 0 and 1.

    References
    ----------
    Agresti, A. and Coull, B. A. (1998). *The American Statistician* 52.

    Examples
    --------
    >>> low, high = plus_four_interval(13, 16)
    >>> print(f"{low:.4f} {high:.4f}")
    0.5602 0.9398
    """
    return _adjusted_wald(successes, n, 4.0, level)


def wald_interval(successes: ArrayLike, n: ArrayLike, level: float = 0.95) -> Interval:
    """Bound shares by the normal approximation, for comparison with older reports.

    Parameters
    ----------
    successes, n
        Counts of any common shape, ``0 <= successes <= n``; limits are NaN where n is 0 or either is.
    level
        Nominal coverage.

    Returns
    -------
    Lower and upper limits, cut to [0, 1].

    Raises
    ------
    InvalidValueError
        If counts are no numbers, infinite or no shares, or the level is not strictly between 0 and 1.

    Examples
    --------
    >>> low, high = wald_interval(50, 100)
    >>> print(f"{low:.3f} {high:.3f}")
    0.402 0.598
    """
    return _adjusted_wald(successes, n, 0.0, level)


def jeffreys_interval(successes: ArrayLike, n: ArrayLike, level: float = 0.95) -> Interval:
    """Bound shares by quantiles of Beta(x + 1/2, n - x + 1/2), the lower 0 at x = 0 and the upper 1 at x = n.

    Parameters
    ----------
    successes, n
        Counts of any common shape, ``0 <= successes <= n``; limits are NaN where n is 0 or either is.
    level
        Nominal coverage.

    Returns
    -------
    Lower and upper limits, in [0, 1].

    Raises
    ------
    InvalidValueError
        If counts are no numbers, infinite or no shares, or the level is not strictly between 0 and 1.

    References
    ----------
    Brown, L. D., Cai, T. T. and DasGupta, A. (2001). *Statistical Science* 16, section 4.

    Examples
    --------
    >>> low, high = jeffreys_interval(13, 16)
    >>> print(f"{low:.4f} {high:.4f}")
    0.5792 0.9442
    """

    def lower(x: FloatArray, n: FloatArray, tail: float) -> FloatArray:
        return np.asarray(betaincinv(x + 0.5, n - x + 0.5, tail), dtype=np.float64)

    return _mirrored(lower, successes, n, level)


def clopper_pearson_interval(successes: ArrayLike, n: ArrayLike, level: float = 0.95) -> Interval:
    """Bound shares so that coverage is never below the level.

    Parameters
    ----------
    successes, n
        Counts of any common shape, ``0 <= successes <= n``; limits are NaN where n is 0 or either is.
    level
        Guaranteed coverage.

    Returns
    -------
    Lower and upper limits, in [0, 1].

    Raises
    ------
    InvalidValueError
        If counts are no numbers, infinite or no shares, or the level is not strictly between 0 and 1.

    References
    ----------
    Clopper, C. J. and Pearson, E. S. (1934). *Biometrika* 26.

    Examples
    --------
    >>> low, high = clopper_pearson_interval(81, 263)
    >>> print(f"{low:.4f} {high:.4f}")
    0.2527 0.3676
    """

    def lower(x: FloatArray, n: FloatArray, tail: float) -> FloatArray:
        return np.asarray(betaincinv(np.maximum(x, _TINY), n - x + 1.0, tail), dtype=np.float64)

    return _mirrored(lower, successes, n, level)


def mid_p_interval(successes: ArrayLike, n: ArrayLike, level: float = 0.95) -> Interval:
    """Bound shares by the exact test that counts half of the observed outcome.

    Parameters
    ----------
    successes, n
        Counts of any common shape, ``0 <= successes <= n``; limits are NaN where n is 0 or either is.
    level
        Nominal coverage.

    Returns
    -------
    Lower and upper limits, in [0, 1].

    Raises
    ------
    InvalidValueError
        If counts are no numbers, infinite or no shares, or the level is not strictly between 0 and 1.

    References
    ----------
    Fagerland, M. W., Lydersen, S. and Laake, P. (2017). *Statistical Analysis of Contingency Tables*, chapter 2.

    Examples
    --------
    >>> low, high = mid_p_interval(13, 16)
    >>> print(f"{low:.4f} {high:.4f}")
    0.5699 0.9500
    """

    def lower(x: FloatArray, n: FloatArray, tail: float) -> FloatArray:
        at_least = np.maximum(x, _TINY)

        def above(share: FloatArray) -> FloatArray:
            more = np.where(x < n, betainc(x + 1.0, np.maximum(n - x, _TINY), share), 0.0)
            return np.asarray(tail - (betainc(at_least, n - x + 1.0, share) + more) / 2.0, dtype=np.float64)

        return bisect(above, np.zeros(x.shape), np.ones(x.shape))

    return _mirrored(lower, successes, n, level)


def _adjusted_wald(successes: ArrayLike, n: ArrayLike, added: float, level: float) -> Interval:
    x, n = binomial_counts(successes, n)
    share = (x + added / 2.0) / (n + added)
    half = normal_quantile(level) * np.sqrt(share * (1.0 - share) / (n + added))
    return np.clip(share - half, 0.0, 1.0), np.clip(share + half, 0.0, 1.0)


def _mirrored(
    lower: Callable[[FloatArray, FloatArray, float], FloatArray], successes: ArrayLike, n: ArrayLike, level: float
) -> Interval:
    checked_level(level)
    x, n = binomial_counts(successes, n)
    tail, unknown = (1.0 - level) / 2.0, np.where(np.isnan(x), np.nan, 0.0)  # a root finder finds one for NaN, too
    low, high = lower(x, n, tail) + unknown, 1.0 - lower(n - x, n, tail) + unknown
    return np.where(x == 0.0, 0.0, low), np.where(x == n, 1.0, high)
