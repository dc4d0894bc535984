"""Intervals for the difference of two independent shares, on whole columns of counts.

Miettinen and Nurminen's interval holds its coverage from ten answers on and at the edges, and is what survey software
is expected to print. The one in statsmodels (still 0.15.0) is wrong: in
``score_test_proportions_2indep(compare="diff")`` a coefficient of the cubic behind the restricted estimate takes the
number of successes where the number of answers belongs (its issue 10269). It gives (.0526, .3440) for 56/70 against
48/80 where (.0528, .3382) is right (Newcombe 1998), and raises ``ValueError`` for 9/10 against 3/10. The formulas here
are closed forms of the published ones; `tests/satisfaction/test_proportion_differences.py` shows both.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, TypeAlias

import numpy as np

from crmrisk.core.intervals import normal_quantile
from crmrisk.satisfaction.binomial_counts import binomial_counts
from crmrisk.satisfaction.numerics import bisect
from crmrisk.satisfaction.proportion_intervals import wilson_interval

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

    from crmrisk.core.arrays import FloatArray

__all__ = [
    "ScoreVariant",
    "difference_score",
    "mee_interval",
    "miettinen_nurminen_interval",
    "newcombe_interval",
]

Interval: TypeAlias = "tuple[FloatArray, FloatArray]"

ScoreVariant: TypeAlias = Literal["miettinen-nurminen", "mee"]
"""Whether the variance of the score statistic carries the factor N/(N - 1)."""


def miettinen_nurminen_interval(
    successes1: ArrayLike, n1: ArrayLike, successes2: ArrayLike, n2: ArrayLike, level: float = 0.95
) -> Interval:
    """Bound differences of shares by inverting Miettinen and Nurminen's score test.

    Parameters
    ----------
    successes1, n1
        Counts of the first groups, of any common shape, ``0 <= successes <= n``; limits are NaN where an n is 0.
    successes2, n2
        Counts of the second groups.
    level
        Nominal coverage.

    Returns
    -------
    Lower and upper limits of the first share minus the second, in [-1, 1]; the limit is the edge where the observed
    difference is.

    Raises
    ------
    InvalidValueError
        If counts are no numbers, infinite or no shares, or the level is not strictly between 0 and 1.

    References
    ----------
    Miettinen, O. and Nurminen, M. (1985). Comparative analysis of two rates. *Statistics in Medicine* 4, equations 8
    and 9 and appendix 1.

    Examples
    --------
    >>> low, high = miettinen_nurminen_interval(56, 70, 48, 80)
    >>> print(f"{low:.4f} {high:.4f}")
    0.0528 0.3382
    """
    return _score_interval(_floats(successes1, n1, successes2, n2), "miettinen-nurminen", level)


def mee_interval(
    successes1: ArrayLike, n1: ArrayLike, successes2: ArrayLike, n2: ArrayLike, level: float = 0.95
) -> Interval:
    """Bound differences of shares by the score test without the factor N/(N - 1).

    Parameters
    ----------
    successes1, n1
        Counts of the first groups, of any common shape, ``0 <= successes <= n``; limits are NaN where an n is 0.
    successes2, n2
        Counts of the second groups.
    level
        Nominal coverage.

    Returns
    -------
    Lower and upper limits of the first share minus the second, in [-1, 1].

    Raises
    ------
    InvalidValueError
        If counts are no numbers, infinite or no shares, or the level is not strictly between 0 and 1.

    References
    ----------
    Mee, R. W. (1984). Confidence bounds for the difference between two probabilities. *Biometrics* 40.

    Examples
    --------
    >>> low, high = mee_interval(56, 70, 48, 80)
    >>> print(f"{low:.4f} {high:.4f}")
    0.0533 0.3377
    """
    return _score_interval(_floats(successes1, n1, successes2, n2), "mee", level)


def newcombe_interval(
    successes1: ArrayLike, n1: ArrayLike, successes2: ArrayLike, n2: ArrayLike, level: float = 0.95
) -> Interval:
    """Bound differences of shares by squaring and adding the Wilson limits of each.

    Parameters
    ----------
    successes1, n1
        Counts of the first groups, of any common shape, ``0 <= successes <= n``; limits are NaN where an n is 0.
    successes2, n2
        Counts of the second groups.
    level
        Nominal coverage.

    Returns
    -------
    Lower and upper limits of the first share minus the second, in [-1, 1].

    Raises
    ------
    InvalidValueError
        If counts are no numbers, infinite or no shares, or the level is not strictly between 0 and 1.

    References
    ----------
    Newcombe, R. G. (1998). Interval estimation for the difference between independent proportions. *Statistics in
    Medicine* 17, method 10.

    Examples
    --------
    >>> low, high = newcombe_interval(9, 10, 3, 10)
    >>> print(f"{low:.4f} {high:.4f}")
    0.1705 0.8090
    """
    x1, n1, x2, n2 = _floats(successes1, n1, successes2, n2)
    share1, share2 = x1 / n1, x2 / n2
    (low1, high1), (low2, high2) = wilson_interval(x1, n1, level), wilson_interval(x2, n2, level)
    below = np.sqrt((share1 - low1) ** 2 + (high2 - share2) ** 2)
    above = np.sqrt((high1 - share1) ** 2 + (share2 - low2) ** 2)
    return np.maximum(share1 - share2 - below, -1.0), np.minimum(share1 - share2 + above, 1.0)


def difference_score(
    successes1: ArrayLike,
    n1: ArrayLike,
    successes2: ArrayLike,
    n2: ArrayLike,
    difference: ArrayLike = 0.0,
    *,
    variant: ScoreVariant = "miettinen-nurminen",
) -> FloatArray:
    """Return the score statistic of a supposed difference: standard normal if it is the true one.

    ``z = (p1 - p2 - D)/sqrt(v)``, where ``v`` is the variance at the likeliest shares that differ by D.

    Parameters
    ----------
    successes1, n1
        Counts of the first groups, of any common shape, ``0 <= successes <= n``; limits are NaN where an n is 0.
    successes2, n2
        Counts of the second groups.
    difference
        The supposed first share minus the second, in [-1, 1].
    variant
        Which variance.

    Returns
    -------
    The statistics; infinite where the supposed difference is an edge the data exclude.

    References
    ----------
    Miettinen, O. and Nurminen, M. (1985). *Statistics in Medicine* 4, equation 9.

    Examples
    --------
    >>> print(f"{difference_score(56, 70, 48, 80):.3f}")
    2.641
    """
    counts = _floats(successes1, n1, successes2, n2)
    return _statistic(counts, np.asarray(difference, dtype=np.float64), variant)


def _score_interval(counts: tuple[FloatArray, ...], variant: ScoreVariant, level: float) -> Interval:
    z = normal_quantile(level)
    x1, n1, x2, n2 = counts
    observed = x1 / n1 - x2 / n2
    edge = np.ones(observed.shape)
    # the brackets end at the observed difference, so that at an edge they are that edge
    low = bisect(lambda supposed: _statistic(counts, supposed, variant) - z, -edge, observed)
    high = bisect(lambda supposed: _statistic(counts, supposed, variant) + z, observed, edge)
    return low, high


def _statistic(counts: tuple[FloatArray, ...], difference: FloatArray, variant: ScoreVariant) -> FloatArray:
    x1, n1, x2, n2 = counts
    share2 = _restricted_share(counts, difference)
    share1 = np.clip(share2 + difference, 0.0, 1.0)
    variance = share1 * (1.0 - share1) / n1 + share2 * (1.0 - share2) / n2
    if variant == "miettinen-nurminen":
        variance = variance * (n1 + n2) / (n1 + n2 - 1.0)
    off = x1 / n1 - x2 / n2 - difference
    certain = variance <= 0.0
    return np.where(
        certain, np.where(off == 0.0, 0.0, np.copysign(np.inf, off)), off / np.sqrt(np.where(certain, 1.0, variance))
    )


def _restricted_share(counts: tuple[FloatArray, ...], difference: FloatArray) -> FloatArray:
    """Return the likeliest second share if the first is larger by the difference: a root of a cubic."""
    x1, n1, x2, n2 = counts
    total, successes = n1 + n2, x1 + x2
    quadratic = (n1 + 2.0 * n2) * difference - total - successes
    linear = (n2 * difference - total - 2.0 * x2) * difference + successes
    constant = x2 * difference * (1.0 - difference)
    third = quadratic / (3.0 * total)
    q = third**3 - quadratic * linear / (6.0 * total**2) + constant / (2.0 * total)
    radius = np.copysign(np.sqrt(np.maximum(third**2 - linear / (3.0 * total), 0.0)), q)
    threefold = np.abs(radius) < np.finfo(np.float64).eps  # three equal roots: the angle does not matter
    ratio = np.clip(q / np.where(threefold, 1.0, radius) ** 3, -1.0, 1.0)
    share: FloatArray = 2.0 * radius * np.cos((np.pi + np.arccos(ratio)) / 3.0) - third
    return np.asarray(np.clip(share, np.maximum(0.0, -difference), np.minimum(1.0, 1.0 - difference)), dtype=np.float64)


def _floats(*counts: ArrayLike) -> tuple[FloatArray, ...]:
    return binomial_counts(*counts, where=("successes1", "n1", "successes2", "n2"))
