"""Whether a rule is more than chance: Fisher's exact test, and the share of false discoveries among all rules tried.

A search through thousands of products tries hundreds of thousands of rules, of which thousands pass any threshold by
luck. And a minimum support picks those that happened to be high: among products that have nothing to do with each
other, *every* pair that reaches a support far above its expectation looks significant. So what was counted and fell
short of the support was tried as well.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy.special import gammaln

if TYPE_CHECKING:
    from crmrisk.core.arrays import FloatArray, IntArray
    from crmrisk.segmentation.baskets.measures import RuleCounts

__all__ = ["false_discovery_rates", "fisher_p_values"]

_NEGLIGIBLE = 1e-17  # of the sum so far: below the spacing of floats
_STRIDE = 16  # terms between two looks at which sums are done


def fisher_p_values(counts: RuleCounts) -> FloatArray:
    """Return how likely the two would meet in as many baskets or more if they were independent.

    One-sided, exact, given how many baskets hold each: ``P(X >= n_AC)`` of the hypergeometric distribution. A rule and
    its reverse have the same p. Relative error below 1e-8 up to a million baskets; a p below 1e-308 is 0.

    Parameters
    ----------
    counts
        Of the rules.

    Returns
    -------
    p, ``(n_rules,)``.

    References
    ----------
    Fisher, R. A. (1935). The logic of inductive inference. *Journal of the Royal Statistical Society* 98, 39-82.

    Examples
    --------
    >>> from crmrisk.segmentation.baskets.measures import RuleCounts
    >>> import numpy as np
    >>> fisher_p_values(RuleCounts(5, np.array([3]), np.array([3]), np.array([3])))
    array([0.1])
    """
    low = np.minimum(counts.antecedent, counts.consequent)
    high = np.maximum(counts.antecedent, counts.consequent)
    order = np.lexsort((counts.both, high, low))
    tables = np.stack([low, high, counts.both])[:, order]
    new = np.append(True, (np.diff(tables) != 0).any(axis=0))[: order.size]  # many rules have one and the same table
    p = np.empty(order.size)
    p[order] = _upper_tails(counts.n, *tables[:, new])[np.cumsum(new) - 1]
    return p


def _upper_tails(n: int, low: IntArray, high: IntArray, both: IntArray) -> FloatArray:
    """Sum from the observed count outwards, on the side where the terms only get smaller.

    The other side is the upper tail of baskets with one and without the other.
    """
    above = both * n > low * high
    other, start = np.where(above, high, n - high), np.where(above, both, low - both + 1)
    tails = _probabilities(n, low, other, start)
    some = np.flatnonzero(tails)
    tails[some] *= _sums(n, low[some], other[some], start[some])
    return np.clip(np.where(above, tails, 1.0 - tails), 0.0, 1.0)


def _probabilities(n: int, low: IntArray, high: IntArray, both: IntArray) -> FloatArray:
    """Return hypergeometric probabilities, 0 where a count is impossible."""
    cells = np.stack([both, low - both, high - both, n - low - high + both])
    possible = (cells >= 0).all(axis=0)
    margins = _log_factorials(low) + _log_factorials(n - low) + _log_factorials(high) + _log_factorials(n - high)
    logs = margins - _log_factorials(np.asarray(n)) - _log_factorials(np.maximum(cells, 0)).sum(axis=0)
    return np.where(possible, np.exp(np.minimum(logs, 0.0)), 0.0)


def _log_factorials(counts: IntArray) -> FloatArray:
    return np.asarray(gammaln(counts + 1.0), dtype=np.float64)


def _sums(n: int, low: IntArray, high: IntArray, start: IntArray) -> FloatArray:
    """Add the terms of each upper tail, relative to its first, until they no longer count."""
    sums, at = np.ones(start.size), np.arange(start.size)
    state = np.stack([np.ones(start.size), np.ones(start.size), start, low, high])
    while at.size:
        term, total, k, a, c = state  # views: what follows changes them in place
        rest = n - a - c
        for _ in range(_STRIDE):
            term *= (a - k) * (c - k) / ((k + 1.0) * (rest + k + 1.0))
            total += term
            k += 1.0
        sums[at] = total
        going = term > _NEGLIGIBLE * total
        at, state = at[going], state[:, going]
    return sums


def false_discovery_rates(p_values: FloatArray, *, tried: int) -> FloatArray:
    """Return Benjamini-Hochberg's q: the expected share of chance finds if the rule and all with a smaller p are kept.

    Parameters
    ----------
    p_values
        p of the rules that are known, ``(n_rules,)``.
    tried
        How many were tried, the known ones among them; the others count as if their p were 1.

    Returns
    -------
    q in the order of ``p_values``, ``(n_rules,)``.

    References
    ----------
    Benjamini, Y. and Hochberg, Y. (1995). Controlling the false discovery rate. *Journal of the Royal Statistical
    Society B* 57, 289-300.

    Examples
    --------
    >>> import numpy as np
    >>> false_discovery_rates(np.array([0.01, 0.04, 0.03]), tried=4)
    array([0.04      , 0.05333333, 0.05333333])
    """
    order = np.argsort(p_values, kind="stable")
    ratios = p_values[order] * tried / np.arange(1, order.size + 1)
    q = np.empty(order.size)
    q[order] = np.minimum(np.minimum.accumulate(ratios[::-1])[::-1], 1.0)
    return q
