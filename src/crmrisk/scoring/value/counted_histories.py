"""Counted histories and the parts of a likelihood that the models of buying until dropout share.

How many purchases were made is a function of the distinct frequencies alone, and how long a customer was exposed is
the same for a rate of purchases and a rate of dropout.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

import numpy as np
from scipy import special

from crmrisk.scoring.value.special import log_rising, log_rising_slope

if TYPE_CHECKING:
    from crmrisk.core.arrays import FloatArray

__all__ = ["CountedHistories", "Exposure", "exposure", "softplus"]


@dataclass(frozen=True, eq=False)
class CountedHistories:
    """Hold distinct histories, those with the most purchases first.

    Parameters
    ----------
    frequency, recency, age, weight
        The distinct histories and how many customers have each, ``(n_rows,)``.
    counts, count_weight
        The distinct frequencies that matter and how many customers have each.
    early
        How many chances to drop out come before the first repeat purchase, 0 or 1; at 0 customers without one do not
        matter to the count.

    Examples
    --------
    >>> CountedHistories.of(*np.array([[2.0, 0.0], [3.0, 0.0], [9.0, 9.0], [1.0, 5.0]])).counts
    array([2.])
    """

    frequency: FloatArray
    recency: FloatArray
    age: FloatArray
    weight: FloatArray
    counts: FloatArray
    count_weight: FloatArray
    early: int = 0

    @classmethod
    def of(
        cls, frequency: FloatArray, recency: FloatArray, age: FloatArray, weight: FloatArray, early: int = 0
    ) -> Self:
        """Prepare counted histories: those with repeat purchases first, frequencies counted once more.

        Parameters
        ----------
        frequency, recency, age, weight
            The distinct histories and how many customers have each, ``(n_rows,)``.
        early
            How many chances to drop out come before the first repeat purchase.

        Examples
        --------
        >>> CountedHistories.of(*np.ones((4, 3))).count_weight
        array([3.])
        """
        order = np.argsort(-frequency, kind="stable")
        frequency, recency, age, weight = frequency[order], recency[order], age[order], weight[order]
        felt = frequency[frequency + early > 0]
        starts = np.flatnonzero(np.diff(felt, prepend=-1.0))
        sums = np.add.reduceat(weight[: felt.size], starts) if starts.size else np.empty(0)
        return cls(frequency, recency, age, weight, felt[starts], sums, early)

    def rising(self, base: float, early: int = 0) -> tuple[float, float, float]:
        """Sum ln Γ(base + x + early) - ln Γ(base) over customers, with both derivatives.

        Parameters
        ----------
        base
            A positive number.
        early
            Added to every frequency.

        Examples
        --------
        >>> histories = CountedHistories.of(*np.array([[2.0], [3.0], [9.0], [1.0]]))
        >>> bool(np.isclose(histories.rising(1.0)[0], np.log(2)))
        True
        """
        counts, weight = self.counts + early, self.count_weight
        return (
            float(weight @ log_rising(base, counts)),
            float(weight @ log_rising_slope(base, counts)),
            float(weight @ (special.zeta(2.0, base + counts) - special.zeta(2.0, base))),
        )


@dataclass(frozen=True, eq=False)
class Exposure:
    """Hold Σ w [shape ln(rate / (rate + T)) - x ln(rate + T)] with its derivatives by shape and rate.

    Parameters
    ----------
    value
        The sum.
    gradient, hessian
        Its derivatives, ``(2,)`` and ``(2, 2)``.

    Examples
    --------
    >>> Exposure(0.0, np.zeros(2), np.zeros((2, 2))).value
    0.0
    """

    value: float
    gradient: FloatArray
    hessian: FloatArray


def exposure(shape: float, rate: float, x: FloatArray | float, *, age: FloatArray, weight: FloatArray) -> Exposure:
    """Compute how being exposed for an age to a rate ``Gamma(shape, rate)`` with x events counts.

    Parameters
    ----------
    shape, rate
        The distribution of rates.
    x
        Events, ``(n_rows,)`` or a number.
    age, weight
        How long, and how many customers, ``(n_rows,)``.

    Examples
    --------
    >>> found = exposure(1.0, 1.0, 0.0, age=np.ones(1), weight=np.ones(1))
    >>> bool(np.isclose(found.value, -np.log(2)))
    True
    """
    end = rate + age
    waited = float(weight @ np.log1p(age / rate))
    value = -shape * waited - float(weight @ (x * np.log(end)))
    share = weight / end
    by_rate = shape / rate * float(share @ age) - float((share * x).sum())
    across = float(share @ age) / rate
    share /= end
    both = -shape / rate**2 * float(share @ (age * (2 * rate + age))) + float((share * x).sum())
    return Exposure(value, np.array([-waited, by_rate]), np.array([[0.0, across], [across, both]]))


def softplus(odds: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Give 1 / (1 + exp(-odds)) and ln(1 + exp(odds)) from one exponential.

    Parameters
    ----------
    odds
        Log-odds, ``(n_rows,)``.

    Examples
    --------
    >>> softplus(np.zeros(1))[0]
    array([0.5])
    """
    small = np.exp(-np.abs(odds))
    return np.where(odds > 0, 1.0, small) / (1 + small), np.maximum(odds, 0.0) + np.log1p(small)
