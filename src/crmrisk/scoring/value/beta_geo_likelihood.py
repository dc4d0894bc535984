"""The log-likelihood of BG/NBD with its first and second derivatives, on counted histories.

It has three parts that read one after the other like the paper: how many purchases (a function of the distinct
frequencies alone), how long the customers were exposed, and whether they may have dropped out.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

import numpy as np
from scipy import special

from crmrisk.scoring.value.fitting import Derivatives
from crmrisk.scoring.value.special import log_rising, log_rising_slope

if TYPE_CHECKING:
    from crmrisk.core.arrays import FloatArray

__all__ = ["BetaGeoLikelihood"]

BLOCK = 8_192
"""Rows worked on at once: their dozen columns stay in the processor's cache."""


@dataclass(frozen=True, eq=False)
class BetaGeoLikelihood:
    """Evaluate the likelihood of counted histories at (r, alpha, a, b).

    Parameters
    ----------
    frequency, recency, age, weight
        The distinct histories and how many customers have each, ``(n_rows,)``.
    counts, count_weight
        The distinct frequencies above 0 and how many customers have each.

    Examples
    --------
    >>> likelihood = BetaGeoLikelihood.of(*np.array([[2.0], [30.43], [38.86], [1.0]]))
    >>> round(likelihood(np.array([0.243, 4.414, 0.793, 2.426])).value, 6)
    -9.458606
    """

    frequency: FloatArray
    recency: FloatArray
    age: FloatArray
    weight: FloatArray
    counts: FloatArray
    count_weight: FloatArray

    @classmethod
    def of(cls, frequency: FloatArray, recency: FloatArray, age: FloatArray, weight: FloatArray) -> Self:
        """Prepare counted histories: those with repeat purchases first, frequencies counted once more.

        Parameters
        ----------
        frequency, recency, age, weight
            The distinct histories and how many customers have each, ``(n_rows,)``.

        Examples
        --------
        >>> BetaGeoLikelihood.of(*np.ones((4, 3))).count_weight
        array([3.])
        """
        order = np.argsort(-frequency, kind="stable")
        frequency, recency, age, weight = frequency[order], recency[order], age[order], weight[order]
        repeated = frequency[frequency > 0]
        starts = np.flatnonzero(np.diff(repeated, prepend=-1.0))
        sums = np.add.reduceat(weight[: repeated.size], starts) if starts.size else np.empty(0)
        return cls(frequency, recency, age, weight, repeated[starts], sums)

    def __call__(self, parameters: FloatArray) -> Derivatives:
        """Evaluate the log-likelihood and its derivatives.

        Parameters
        ----------
        parameters
            (r, alpha, a, b).
        """
        r, alpha, a, b = parameters.tolist()
        total = self._purchases(r, a, b)
        for start in range(0, self.age.size, BLOCK):
            rows = slice(start, start + BLOCK)
            total = total + self._exposure(r, alpha, rows) + self._dropout(r, alpha, a, b, rows)
        return total

    def _purchases(self, r: float, a: float, b: float) -> Derivatives:
        """Sum ln Γ(r+x)/Γ(r) + ln B(a, b+x)/B(a, b): three rising factorials."""
        by_r, by_b, by_ab = self._rising(r), self._rising(b), self._rising(a + b)
        gradient = np.array([by_r[1], 0.0, -by_ab[1], by_b[1] - by_ab[1]])
        hessian = np.zeros((4, 4))
        hessian[0, 0] = by_r[2]
        hessian[2:, 2:] = -by_ab[2]
        hessian[3, 3] += by_b[2]
        return Derivatives(by_r[0] + by_b[0] - by_ab[0], gradient, hessian)

    def _rising(self, base: float) -> tuple[float, float, float]:
        top, weight = base + self.counts, self.count_weight
        return (
            float(weight @ log_rising(base, self.counts)),
            float(weight @ log_rising_slope(base, self.counts)),
            float(weight @ (special.zeta(2.0, top) - special.zeta(2.0, base))),
        )

    def _exposure(self, r: float, alpha: float, rows: slice) -> Derivatives:
        """Sum r ln α - (r+x) ln(α+T)."""
        x, age, weight = self.frequency[rows], self.age[rows], self.weight[rows]
        end = alpha + age
        waited = float(weight @ np.log1p(age / alpha))
        value = -r * waited - float(weight @ (x * np.log(end)))
        share = weight / end
        by_alpha = r / alpha * float(share @ age) - float(share @ x)
        across = float(share @ age) / alpha
        share /= end
        both = -r / alpha**2 * float(share @ (age * (2 * alpha + age))) + float(share @ x)
        gradient, hessian = np.array([-waited, by_alpha, 0.0, 0.0]), np.zeros((4, 4))
        hessian[:2, :2] = [[0.0, across], [across, both]]
        return Derivatives(value, gradient, hessian)

    def _dropout(self, r: float, alpha: float, a: float, b: float, rows: slice) -> Derivatives:
        """Sum ln(1 + exp δ), where δ are the log-odds of having dropped out at the last purchase."""
        repeated = int(np.count_nonzero(self.frequency[rows]))  # those rows come first
        rows = slice(rows.start, rows.start + repeated)
        x, weight = self.frequency[rows], self.weight[rows]
        last, end = alpha + self.recency[rows], alpha + self.age[rows]
        idle = (end - last) / (last * end)
        waited, drops = np.log1p((end - last) / last), 1 / (b + (x - 1))
        odds = np.log(a * drops) + (r + x) * waited
        gone, value = _logistic(odds)
        slopes = np.stack([waited, -(r + x) * idle, np.full(repeated, 1 / a), -drops])
        sure = weight * gone
        hessian = (slopes * (sure * (1 - gone))) @ slopes.T
        across, twice = -float(sure @ idle), float(sure @ ((r + x) * idle * (1 / last + 1 / end)))
        hessian[:2, :2] += [[0.0, across], [across, twice]]
        hessian[2, 2] -= float(sure.sum()) / a**2
        hessian[3, 3] += float(sure @ drops**2)
        return Derivatives(float(weight @ value), slopes @ sure, hessian)


def _logistic(odds: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Give 1 / (1 + exp(-odds)) and ln(1 + exp(odds)) from one exponential."""
    small = np.exp(-np.abs(odds))
    return np.where(odds > 0, 1.0, small) / (1 + small), np.maximum(odds, 0.0) + np.log1p(small)
