"""How sure confidence and lift are, given that baskets are independent of each other."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy.special import ndtri

from crmrisk.core.arguments import is_number, refuse
from crmrisk.core.errors import Problem
from crmrisk.segmentation.baskets.measures import RuleCounts, lift

if TYPE_CHECKING:
    from crmrisk.core.arrays import FloatArray

__all__ = ["confidence_limits", "level_problems", "lift_limits"]


def confidence_limits(counts: RuleCounts, level: float = 0.95) -> tuple[FloatArray, FloatArray]:
    """Bound the confidence of rules by Wilson's score interval.

    Parameters
    ----------
    counts
        Of the rules.
    level
        Nominal coverage.

    Returns
    -------
    Lower and upper limits in [0, 1], ``(n_rules,)`` each.

    Raises
    ------
    InvalidValueError
        If the level is not strictly between 0 and 1.

    References
    ----------
    Wilson, E. B. (1927). Probable inference, the law of succession, and statistical inference. *Journal of the American
    Statistical Association* 22, 209-212.

    Examples
    --------
    >>> import numpy as np
    >>> low, high = confidence_limits(RuleCounts(200, np.array([100]), np.array([50]), np.array([50])))
    >>> print(f"{low[0]:.4f} {high[0]:.4f}")
    0.4038 0.5962
    """
    square = _quantile(level) ** 2
    n, hits = counts.antecedent.astype(np.float64), counts.both.astype(np.float64)
    centre = (hits + square / 2.0) / (n + square)
    half = np.sqrt(square * (hits * (n - hits) / n + square / 4.0)) / (n + square)
    return np.maximum(centre - half, 0.0), np.where(hits == n, 1.0, centre + half)


def lift_limits(counts: RuleCounts, level: float = 0.95) -> tuple[FloatArray, FloatArray]:
    """Bound the lift of rules on the scale of its logarithm.

    The delta method for ``log P(AC) - log P(A) - log P(C)`` gives the variance
    ``(1/P(AC) - 1/P(A) - 1/P(C) + 2 P(AC) / (P(A) P(C)) - 1) / n``. It is an approximation for many baskets with both;
    below five it is too sure of itself.

    Parameters
    ----------
    counts
        Of the rules.
    level
        Nominal coverage.

    Returns
    -------
    Lower and upper limits above 0, ``(n_rules,)`` each.

    Raises
    ------
    InvalidValueError
        If the level is not strictly between 0 and 1.

    Examples
    --------
    >>> import numpy as np
    >>> low, high = lift_limits(RuleCounts(1000, np.array([100]), np.array([100]), np.array([30])))
    >>> print(f"{low[0]:.3f} {high[0]:.3f}")
    2.301 3.912
    """
    n = float(counts.n)
    value = lift(counts)
    variance = n / counts.both - n / counts.antecedent - n / counts.consequent + 2.0 * value - 1.0
    factor = np.exp(_quantile(level) * np.sqrt(np.maximum(variance, 0.0) / n))
    return value / factor, value * factor


def level_problems(level: object) -> list[Problem]:
    """Name a coverage that is none.

    Parameters
    ----------
    level
        Nominal coverage.

    Examples
    --------
    >>> [str(problem) for problem in level_problems(95)]
    ['level: no coverage; allowed: 0 < level < 1; got: 95']
    """
    if is_number(level) and 0.0 < float(level) < 1.0:  # type: ignore[arg-type]  # it is a number
        return []
    return [Problem(what="no coverage", where="level", allowed="0 < level < 1", got=repr(level)[:100])]


def _quantile(level: float) -> float:
    refuse(level_problems(level))
    return float(ndtri((1.0 + level) / 2.0))
