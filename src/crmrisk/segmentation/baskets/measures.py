"""What a rule says: confidence, lift, leverage, conviction and Zhang's measure, from counts of baskets.

Everything starts from four counts: all baskets, those with the antecedent, those with the consequent, those with both.
Differences are taken between whole numbers, so that a lift of 1 gives a leverage of exactly 0.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from crmrisk.core.arrays import FloatArray, IntArray

__all__ = ["RuleCounts", "confidence", "conviction", "leverage", "lift", "zhang"]


class RuleCounts(NamedTuple):
    """Hold the counts of baskets behind rules.

    Parameters
    ----------
    n
        All baskets.
    antecedent, consequent, both
        Those that hold the antecedent, the consequent, both, ``(n_rules,)``.

    Examples
    --------
    >>> import numpy as np
    >>> lift(RuleCounts(5, np.array([3]), np.array([4]), np.array([3])))
    array([1.25])
    """

    n: int
    antecedent: IntArray
    consequent: IntArray
    both: IntArray


def confidence(counts: RuleCounts) -> FloatArray:
    """Return the share of baskets with the antecedent that hold the consequent too: ``P(C | A)``.

    Parameters
    ----------
    counts
        Of the rules.

    Examples
    --------
    >>> import numpy as np
    >>> confidence(RuleCounts(5, np.array([4]), np.array([3]), np.array([3])))
    array([0.75])
    """
    return counts.both / counts.antecedent


def lift(counts: RuleCounts) -> FloatArray:
    """Return how many times more often the two meet than if they were independent: ``P(AC) / (P(A) P(C))``.

    Parameters
    ----------
    counts
        Of the rules.

    Examples
    --------
    See `RuleCounts`.
    """
    return counts.n * counts.both / (counts.antecedent.astype(np.float64) * counts.consequent)


def leverage(counts: RuleCounts) -> FloatArray:
    """Return the share of all baskets above that of independence: ``P(AC) - P(A) P(C)``.

    Parameters
    ----------
    counts
        Of the rules.

    References
    ----------
    Piatetsky-Shapiro, G. (1991). Discovery, analysis and presentation of strong rules. *Knowledge Discovery in
    Databases*.

    Examples
    --------
    >>> import numpy as np
    >>> leverage(RuleCounts(5, np.array([3]), np.array([4]), np.array([3])))
    array([0.12])
    """
    return _excess(counts) / float(counts.n) ** 2


def conviction(counts: RuleCounts) -> FloatArray:
    """Return how many times more often the rule would fail if the two were independent: ``P(A) P(not C) / P(A not C)``.

    Parameters
    ----------
    counts
        Of the rules.

    Returns
    -------
    The measure in [0, inf], ``(n_rules,)``: infinite where the rule never fails.

    References
    ----------
    Brin, S., Motwani, R., Ullman, J. D. and Tsur, S. (1997). Dynamic itemset counting and implication rules for market
    basket data. *SIGMOD Record* 26, section 4.

    Examples
    --------
    >>> import numpy as np
    >>> conviction(RuleCounts(5, np.array([4, 3]), np.array([3, 4]), np.array([3, 3]))).round(9)
    array([1.6, inf])
    """
    fails = counts.antecedent - counts.both
    expected = counts.antecedent * (counts.n - counts.consequent) / counts.n
    return np.where(fails > 0, expected / np.maximum(fails, 1), np.inf)


def zhang(counts: RuleCounts) -> FloatArray:
    """Return Zhang's measure, from -1 (never together) over 0 (independent) to 1 (always together).

    ``(P(AC) - P(A) P(C)) / max(P(AC) (1 - P(A)), P(A) (P(C) - P(AC)))``; 0 where both are 0, as when every basket
    holds the antecedent.

    Parameters
    ----------
    counts
        Of the rules.

    References
    ----------
    Zhang, T. (2000). Association rules. *PAKDD 2000*, Lecture Notes in Computer Science 1805, 245-256.

    Examples
    --------
    >>> import numpy as np
    >>> zhang(RuleCounts(5, np.array([4, 3, 5]), np.array([3, 4, 4]), np.array([3, 3, 4])))
    array([1. , 0.5, 0. ])
    """
    n, antecedent, consequent, both = counts
    largest = np.maximum(both * (n - antecedent), antecedent * (consequent - both))
    return _excess(counts) / np.where(largest > 0, largest, 1)


def _excess(counts: RuleCounts) -> IntArray:
    return counts.n * counts.both - counts.antecedent * counts.consequent
