"""The log-likelihood of BG/BB with its first and second derivatives, on counted histories.

A history has happened in one of several ways: dropping out right after the last purchase, one opportunity later, and
so on, or not at all. Each way is a product of ratios of gamma functions; the likelihood adds them up, and derivatives
are averages over the ways, weighted by how likely each is.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

import numpy as np
from scipy import special

from crmrisk.scoring.value.discrete_sums import segments
from crmrisk.scoring.value.fitting import Derivatives
from crmrisk.scoring.value.special import log_rising, log_rising_slope

if TYPE_CHECKING:
    from crmrisk.core.arrays import BoolArray, FloatArray, IntArray

__all__ = ["BetaGeoBetaBinomialLikelihood"]

ROWS = 2_048
"""Histories worked on at once."""


@dataclass(frozen=True, eq=False)
class BetaGeoBetaBinomialLikelihood:
    """Evaluate the likelihood of counted histories at (alpha, beta, gamma, delta).

    Parameters
    ----------
    frequency, recency, opportunities, weight
        The distinct histories and how many customers have each, ``(n_rows,)``.

    Examples
    --------
    >>> likelihood = BetaGeoBetaBinomialLikelihood(*np.array([[2.0], [4.0], [6.0], [1.0]]))
    >>> round(likelihood(np.array([1.204, 0.750, 0.657, 2.783])).value, 9)
    -5.195697601
    """

    frequency: FloatArray
    recency: FloatArray
    opportunities: FloatArray
    weight: FloatArray

    def __call__(self, parameters: FloatArray) -> Derivatives:
        """Evaluate the log-likelihood and its derivatives.

        Parameters
        ----------
        parameters
            (alpha, beta, gamma, delta).
        """
        tables = _Tables.at(parameters, int(self.opportunities.max()) + 1)
        total = self._purchases(tables.alpha)
        for start in range(0, self.weight.size, ROWS):
            total = total + self._ways(tables, slice(start, start + ROWS))
        return total

    def _purchases(self, alpha: _Rising) -> Derivatives:
        """Sum ln Γ(α+x)/Γ(α), which every way has in common."""
        x = self.frequency.astype(np.int64)
        gradient, hessian = np.zeros(4), np.zeros((4, 4))
        gradient[0], hessian[0, 0] = self.weight @ alpha.slope[x], self.weight @ alpha.bend[x]
        return Derivatives(float(self.weight @ alpha.value[x]), gradient, hessian)

    def _ways(self, tables: _Tables, rows: slice) -> Derivatives:
        x, last, n, weight = self.frequency[rows], self.recency[rows], self.opportunities[rows], self.weight[rows]
        place, left, starts = segments(last, n - last + 1)
        logs, slopes, bends = tables.ways(left, x[place], left == n[place])
        top = np.maximum.reduceat(logs, starts)
        chance = np.exp(logs - top[place])
        sums = np.add.reduceat(chance, starts)
        chance /= sums[place]
        mean = np.add.reduceat(chance * slopes, starts, axis=1)
        chance *= weight[place]
        apart = slopes - mean[:, place]
        hessian = (chance * apart) @ apart.T + np.tensordot(bends, chance, 1)
        return Derivatives(float(weight @ (top + np.log(sums))), mean @ weight, hessian)


@dataclass(frozen=True, eq=False)
class _Rising:
    """The logarithms of the rising factorials of one base, by count, with their derivatives by the base."""

    value: FloatArray
    slope: FloatArray
    bend: FloatArray

    @classmethod
    def of(cls, base: float, top: int) -> Self:
        count = np.arange(top + 1.0)
        bend = special.zeta(2.0, base + count) - special.zeta(2.0, base)
        return cls(log_rising(base, count), log_rising_slope(base, count), bend)


@dataclass(frozen=True, eq=False)
class _Tables:
    """The rising factorials of the parameters and of their sums."""

    gamma: float
    alpha: _Rising
    beta: _Rising
    both: _Rising
    delta: _Rising
    dropout: _Rising

    @classmethod
    def at(cls, parameters: FloatArray, top: int) -> Self:
        alpha, beta, gamma, delta = parameters.tolist()
        return cls(gamma, *(_Rising.of(base, top) for base in (alpha, beta, alpha + beta, delta, gamma + delta)))

    def ways(self, left: FloatArray, x: FloatArray, stayed: BoolArray) -> tuple[FloatArray, FloatArray, FloatArray]:
        """Give ln(B(α, β+j-x) B(γ+1, δ+j)), or B(γ, δ+j) of those who stayed, over B(α, β) B(γ, δ): the ways."""
        j, misses = left.astype(np.int64), (left - x).astype(np.int64)
        leaving = (~stayed).astype(np.float64)
        ends: IntArray = j + ~stayed
        beta, both, delta, dropout = self.beta, self.both, self.delta, self.dropout
        value = beta.value[misses] - both.value[j] + delta.value[j] - dropout.value[ends] + leaving * np.log(self.gamma)
        by_both, by_dropout = -both.slope[j], -dropout.slope[ends]
        slopes = np.stack([
            by_both, beta.slope[misses] + by_both, leaving / self.gamma + by_dropout, delta.slope[j] + by_dropout,
        ])  # fmt: skip
        bends = np.zeros((4, 4, j.size))
        bends[:2, :2], bends[2:, 2:] = -both.bend[j], -dropout.bend[ends]
        bends[1, 1] += beta.bend[misses]
        bends[2, 2] -= leaving / self.gamma**2
        bends[3, 3] += delta.bend[j]
        return value, slopes, bends
