"""Two small surveys compared exactly: every way the same answers could have fallen on the two groups.

Three kinds of answers make this a sum over a grid of tables with fixed margins, not over permutations of rows, so that
nothing is drawn at random.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy.special import gammaln

from crmrisk.core.errors import InvalidValueError, Problem
from crmrisk.satisfaction.comparison import Alternative, check_alternative

if TYPE_CHECKING:
    from crmrisk.core.arrays import FloatArray
    from crmrisk.satisfaction.net_promoter_counts import NpsCounts

__all__ = ["permutation_p_value"]

_LARGEST_GRID = 4_000_000
_SLACK = 1e-9  # a table as likely and as far as the observed one must not miss it by rounding


def permutation_p_value(first: NpsCounts, second: NpsCounts, alternative: Alternative = "two-sided") -> float:
    """Find the exact p value of the difference of two net promoter scores.

    The answers of both are shared out anew in every possible way, all equally likely; the p value is the share of ways
    whose difference is at least as far from its mean of 0 as the observed one.

    Parameters
    ----------
    first, second
        Whole counts of detractors, passives and promoters.
    alternative
        What the test is against.

    Returns
    -------
    The p value, in (0, 1]; 1 where a group is empty.

    Raises
    ------
    InvalidValueError
        If counts are not whole, or so many that the grid would not fit into memory.

    References
    ----------
    Good, P. (2005). *Permutation, Parametric, and Bootstrap Tests of Hypotheses*, chapter 3.

    Examples
    --------
    >>> from crmrisk.satisfaction.net_promoter_counts import NpsCounts
    >>> round(permutation_p_value(NpsCounts(0, 1, 5), NpsCounts(4, 1, 1)), 6)
    0.028139
    """
    check_alternative(alternative)
    total = np.add(first, second)
    _check_whole((*first, *second), min(first.n, second.n))
    sums, shares = _conditional_sums(first, total)
    gaps = sums - first.n * (total[2] - total[0]) / max(total.sum(), 1.0)
    observed = first.promoters - first.detractors - first.n * (total[2] - total[0]) / max(total.sum(), 1.0)
    if alternative == "two-sided":
        gaps, observed = np.abs(gaps), abs(observed)
    elif alternative == "less":
        gaps, observed = -gaps, -observed
    return float(min(1.0, shares[gaps >= observed - _SLACK].sum()))


def _conditional_sums(first: NpsCounts, total: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return the sum of points of the first group in every table, and how likely that table is."""
    detractors = np.arange(min(first.n, total[0]) + 1.0)[:, np.newaxis]
    promoters = np.arange(min(first.n, total[2]) + 1.0)[np.newaxis, :]
    passives = first.n - detractors - promoters
    possible = (passives >= 0.0) & (passives <= total[1])
    passives = np.where(possible, passives, 0.0)
    parts = (_log_ways(total[0], detractors), _log_ways(total[1], passives), _log_ways(total[2], promoters))
    logs = sum(parts) - _log_ways(total.sum(), np.array(first.n))
    return (promoters - detractors)[possible], np.exp(logs[possible])


def _log_ways(available: float, taken: FloatArray) -> FloatArray:
    ways: FloatArray = gammaln(available + 1.0) - gammaln(taken + 1.0) - gammaln(available - taken + 1.0)
    return ways


def _check_whole(counts: tuple[float, ...], smaller: float) -> None:
    problems = []
    if any(not float(part).is_integer() for part in counts):
        remedy = "weighted answers have no exact test; use method='adjusted wald'"
        problems.append(Problem(what="counts are not whole", where="permutation", got=str(counts), remedy=remedy))
    if smaller**2 > _LARGEST_GRID:
        allowed, remedy = "at most 2000 answers in the smaller group", "use method='adjusted wald'"
        problems.append(Problem(what="too many answers", where="permutation", allowed=allowed, remedy=remedy))
    if problems:
        raise InvalidValueError(*problems)
