"""How many answers a net promoter score needs, and what those at hand can show.

All four quantities hang together (answers, half-width or difference, variance, power); each function solves for one.
"""

from __future__ import annotations

from math import ceil, sqrt
from typing import TYPE_CHECKING, Literal, TypeAlias

import numpy as np
from scipy.special import ndtr, ndtri

from crmrisk.core.arguments import is_number, is_whole
from crmrisk.core.errors import InvalidValueError, Problem
from crmrisk.core.intervals import normal_quantile
from crmrisk.satisfaction.net_promoter_intervals import net_promoter_variance
from crmrisk.satisfaction.net_promoter_sample import checked_counts

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = [
    "PlannedVariance",
    "net_promoter_detectable_difference",
    "net_promoter_group_size",
    "net_promoter_margin_of_error",
    "net_promoter_power",
    "net_promoter_sample_size",
    "net_promoter_unit_variance",
]

PlannedVariance: TypeAlias = float | tuple[float, float]
"""The variance of one answer, 0..1; a pair where two groups differ in it."""

_ADDED = 3.0  # pseudo-answers of the adjusted Wald interval, which count like real ones
_MOST = 1e15


def net_promoter_unit_variance(counts: Sequence[float]) -> float:
    """Find the variance of one answer from counts of a pilot or last year's survey.

    ``(p + d)/n - ((p - d)/n)^2``; 1 is the worst case, .6 to .7 is usual.

    Parameters
    ----------
    counts
        Detractors, passives, promoters, or their shares.

    Returns
    -------
    The variance, 0..1.

    Raises
    ------
    InvalidValueError
        If they are no counts, or all 0.

    Examples
    --------
    >>> round(net_promoter_unit_variance((20, 30, 50)), 6)
    0.61
    """
    found = checked_counts(counts)
    if not found.n:
        raise InvalidValueError(Problem(what="no answers", where="counts"))
    return float(net_promoter_variance(*(np.array(part) for part in found)))


def net_promoter_sample_size(
    margin_of_error: float, *, variance: float = 1.0, level: float = 0.95, design_effect: float = 1.0
) -> int:
    """Find how many answers make an interval as narrow as wanted.

    ``n = deff (z^2 Var/E^2 - 3)``, rounded up: the adjusted Wald interval brings three pseudo-answers of its own.

    Parameters
    ----------
    margin_of_error
        Half the width of the interval, in natural units: .05 is five points.
    variance
        The variance of one answer, as `net_promoter_unit_variance` finds it; 1 is the worst case.
    level
        Nominal coverage.
    design_effect
        How many answers of the design are worth one of a simple random sample.

    Returns
    -------
    The number of answers, at least 1. Divide it by the expected response rate to know whom to ask.

    Raises
    ------
    InvalidValueError
        If a setting is not valid.

    References
    ----------
    Rocks, B. (2016). Interval estimation for the "net promoter score". *The American Statistician* 70.

    Examples
    --------
    >>> net_promoter_sample_size(0.10), net_promoter_sample_size(0.10, variance=0.61)
    (382, 232)
    """
    _check(margin_of_error=margin_of_error, variance=variance, design_effect=design_effect)
    return _rounded_up(normal_quantile(level) ** 2 * variance / margin_of_error**2, design_effect)


def net_promoter_margin_of_error(
    n: float, *, variance: float = 1.0, level: float = 0.95, design_effect: float = 1.0
) -> float:
    """Find the half-width of the interval that a number of answers gives.

    ``E = z sqrt(Var/(n/deff + 3))``.

    Parameters
    ----------
    n
        Answers.
    variance, level, design_effect
        As for `net_promoter_sample_size`.

    Returns
    -------
    Half the width of the adjusted Wald interval, in natural units.

    Raises
    ------
    InvalidValueError
        If a setting is not valid.

    Examples
    --------
    >>> round(net_promoter_margin_of_error(382), 4)
    0.0999
    """
    _check(n=n, variance=variance, design_effect=design_effect)
    return normal_quantile(level) * sqrt(variance / (n / design_effect + _ADDED))


def net_promoter_group_size(
    difference: float,
    *,
    variance: PlannedVariance = 1.0,
    power: float = 0.8,
    level: float = 0.95,
    groups: Literal[1, 2] = 2,
    design_effect: float = 1.0,
) -> int:
    """Find how many answers each group needs to show a difference.

    ``n = deff (2 Var (z_a + z_b)^2/D^2 - 3)``, rounded up. The 2 is there because both groups err; a formula without it
    is about one group, or about a variance that already sums both.

    Parameters
    ----------
    difference
        The difference to show, in natural units; its sign does not matter.
    variance
        The variance of one answer, or of one in each group; with one group of pairs, of one change.
    power
        The probability of showing it if it is there.
    level
        One less the level of the two-sided test.
    groups
        2 independent groups, or 1 against a known benchmark or against itself.
    design_effect
        How many answers of the design are worth one of a simple random sample.

    Returns
    -------
    Answers per group, at least 1.

    Raises
    ------
    InvalidValueError
        If a setting is not valid.

    References
    ----------
    Fleiss, J. L., Levin, B. and Paik, M. C. (2003). *Statistical Methods for Rates and Proportions*, chapter 4.

    Examples
    --------
    >>> net_promoter_group_size(0.10, variance=0.61)
    955
    """
    _check(difference=difference, power=power, design_effect=design_effect)
    needed = (normal_quantile(level) + _power_quantile(power, level)) ** 2 / difference**2
    return _rounded_up(_summed(variance, groups) * needed, design_effect)


def net_promoter_power(
    n: float,
    *,
    difference: float,
    variance: PlannedVariance = 1.0,
    level: float = 0.95,
    groups: Literal[1, 2] = 2,
    design_effect: float = 1.0,
) -> float:
    """Find how probable it is that a number of answers shows a difference.

    Both tails of the test count, so that the power against no difference is the level of the test.

    Parameters
    ----------
    n
        Answers in each group.
    difference
        The true difference, in natural units.
    variance, level, groups, design_effect
        As for `net_promoter_group_size`.

    Returns
    -------
    The power, 0..1.

    Raises
    ------
    InvalidValueError
        If a setting is not valid.

    Examples
    --------
    >>> round(net_promoter_power(955, difference=0.10, variance=0.61), 3)
    0.8
    """
    _check(n=n, design_effect=design_effect)
    if not is_number(difference) or not -2.0 <= difference <= 2.0:
        allowed = "-2 to 2"
        raise InvalidValueError(
            Problem(what="no difference", where="difference", allowed=allowed, got=repr(difference))
        )
    quantile = normal_quantile(level)
    error = sqrt(_summed(variance, groups) / (n / design_effect + _ADDED))
    return float(ndtr(difference / error - quantile) + ndtr(-difference / error - quantile))


def net_promoter_detectable_difference(
    n: float,
    *,
    variance: PlannedVariance = 1.0,
    power: float = 0.8,
    level: float = 0.95,
    groups: Literal[1, 2] = 2,
    design_effect: float = 1.0,
) -> float:
    """Find the smallest difference that a number of answers is likely to show.

    ``D = (z_a + z_b) sqrt(2 Var/(n/deff + 3))``.

    Parameters
    ----------
    n
        Answers in each group.
    variance, power, level, groups, design_effect
        As for `net_promoter_group_size`.

    Returns
    -------
    The difference, in natural units; above 2 nothing can be shown.

    Raises
    ------
    InvalidValueError
        If a setting is not valid.

    Examples
    --------
    >>> round(net_promoter_detectable_difference(955, variance=0.61), 4)
    0.1
    """
    _check(n=n, power=power, design_effect=design_effect)
    quantiles = normal_quantile(level) + _power_quantile(power, level)
    return quantiles * sqrt(_summed(variance, groups) / (n / design_effect + _ADDED))


def _rounded_up(worth: float, design_effect: float) -> int:
    # what is whole but for rounding must not cost an answer more
    return max(1, ceil(design_effect * (worth - _ADDED) * (1.0 - 1e-12)))


def _power_quantile(power: float, level: float) -> float:
    if power <= 1.0 - level:
        allowed = f"above the level of the test, {1.0 - level:g}"
        raise InvalidValueError(Problem(what="no power", where="power", allowed=allowed, got=str(power)))
    return float(ndtri(power))


def _summed(variance: PlannedVariance, groups: int) -> float:
    if not is_whole(groups) or groups not in {1, 2}:
        raise InvalidValueError(Problem(what="no such design", where="groups", allowed="1 or 2", got=repr(groups)))
    if not isinstance(variance, tuple | list):
        _check(variance=variance)
        return groups * variance
    if len(variance) != 2 or groups != 2:
        allowed = "one number, or one for each of 2 groups"
        raise InvalidValueError(Problem(what="no variance", where="variance", allowed=allowed, got=repr(variance)))
    for each in variance:
        _check(variance=each)
    return float(sum(variance))


_BOUNDS = {
    "margin_of_error": (0.0, 2.0),
    "difference": (0.0, 2.0),
    "variance": (0.0, 4.0),
    "power": (0.0, 1.0 - 1e-15),
    "design_effect": (0.0, _MOST),
    "n": (0.0, _MOST),
}  # above the first, up to the second; changes of a customer have variances up to 4


def _check(**settings: float) -> None:
    problems = []
    for name, value in settings.items():
        low, high = _BOUNDS[name]
        size = abs(value) if name == "difference" and is_number(value) else value
        if not is_number(size) or not low < size <= high:
            allowed = f"above {low:g}, at most {high:g}"
            problems.append(Problem(what="not in range", where=name, allowed=allowed, got=repr(value)))
    if problems:
        raise InvalidValueError(*problems)
