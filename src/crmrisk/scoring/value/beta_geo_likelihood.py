"""The log-likelihood of BG/NBD and MBG/NBD with its first and second derivatives, on counted histories.

It has three parts that read one after the other like the paper: how many purchases (a function of the distinct
frequencies alone), how long the customers were exposed, and whether they may have dropped out.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from crmrisk.scoring.value.counted_histories import CountedHistories, exposure, softplus
from crmrisk.scoring.value.fitting import Derivatives

if TYPE_CHECKING:
    from crmrisk.core.arrays import FloatArray

__all__ = ["BetaGeoLikelihood"]

BLOCK = 8_192
"""Rows worked on at once: their dozen columns stay in the processor's cache."""


@dataclass(frozen=True, eq=False)
class BetaGeoLikelihood(CountedHistories):
    """Evaluate the likelihood of counted histories at (r, alpha, a, b).

    A customer with x repeat purchases has had ``x + early`` chances to drop out.

    Examples
    --------
    >>> likelihood = BetaGeoLikelihood.of(*np.array([[2.0], [30.43], [38.86], [1.0]]))
    >>> round(likelihood(np.array([0.243, 4.414, 0.793, 2.426])).value, 6)
    -9.458606
    """

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
        """Sum ln Γ(r+x)/Γ(r) + ln B(a, b+x+early)/B(a, b): three rising factorials."""
        by_r, by_b, by_ab = self.rising(r), self.rising(b, self.early), self.rising(a + b, self.early)
        gradient = np.array([by_r[1], 0.0, -by_ab[1], by_b[1] - by_ab[1]])
        hessian = np.zeros((4, 4))
        hessian[0, 0] = by_r[2]
        hessian[2:, 2:] = -by_ab[2]
        hessian[3, 3] += by_b[2]
        return Derivatives(by_r[0] + by_b[0] - by_ab[0], gradient, hessian)

    def _exposure(self, r: float, alpha: float, rows: slice) -> Derivatives:
        """Sum r ln α - (r+x) ln(α+T)."""
        part = exposure(r, alpha, self.frequency[rows], age=self.age[rows], weight=self.weight[rows])
        return Derivatives(part.value, np.pad(part.gradient, (0, 2)), np.pad(part.hessian, (0, 2)))

    def _dropout(self, r: float, alpha: float, a: float, b: float, rows: slice) -> Derivatives:
        """Sum ln(1 + exp δ), where δ are the log-odds of having dropped out at the last purchase."""
        repeated = int(np.count_nonzero(self.frequency[rows] + self.early))  # those rows come first
        rows = slice(rows.start, rows.start + repeated)
        x, weight = self.frequency[rows], self.weight[rows]
        last, end = alpha + self.recency[rows], alpha + self.age[rows]
        idle = (end - last) / (last * end)
        waited, drops = np.log1p((end - last) / last), 1 / (b + (x + (self.early - 1)))
        odds = np.log(a * drops) + (r + x) * waited
        gone, value = softplus(odds)
        slopes = np.stack([waited, -(r + x) * idle, np.full(repeated, 1 / a), -drops])
        sure = weight * gone
        hessian = (slopes * (sure * (1 - gone))) @ slopes.T
        across, twice = -float(sure @ idle), float(sure @ ((r + x) * idle * (1 / last + 1 / end)))
        hessian[:2, :2] += [[0.0, across], [across, twice]]
        hessian[2, 2] -= float(sure.sum()) / a**2
        hessian[3, 3] += float(sure @ drops**2)
        return Derivatives(float(weight @ value), slopes @ sure, hessian)
