"""The log-likelihood of BG/CNBD-k and MBG/CNBD-k with its first and second derivatives, on counted histories.

It reads like that of BG/NBD, which it is at k = 1, with two additions: a customer who has not bought lately may have
passed some of the stages to the next purchase, and when the last purchase was says how regular the ones before were.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

import numpy as np
from scipy import special

from crmrisk.scoring.value.counted_histories import CountedHistories, exposure, softplus
from crmrisk.scoring.value.fitting import Derivatives
from crmrisk.scoring.value.special import log_rising, log_rising_slope
from crmrisk.scoring.value.stages import stages_passed

if TYPE_CHECKING:
    from crmrisk.core.arrays import FloatArray

__all__ = ["BetaGeoCNBDLikelihood", "log_timing", "passed_while_idle"]

BLOCK = 8_192
"""Rows worked on at once: their columns stay in the processor's cache."""


def log_timing(x: FloatArray, last: FloatArray, k: int) -> FloatArray:
    """Compute how likely the moment of the last purchase is, relative to purchases at random: Γ(x)/Γ(kx) t_x^((k-1)x).

    The density of t_x, an Erlang-kx time, over that of an Erlang-x time, at a rate of 1 and without the exponential.

    Parameters
    ----------
    x, last
        Repeat purchases and the moment of the last one, ``(n,)``.
    k
        The number of stages.

    Returns
    -------
    Logarithms, ``(n,)``; exactly 0 at k = 1 and without a repeat purchase, minus infinity for one at recency 0.

    Examples
    --------
    >>> log_timing(np.array([0.0, 2.0]), np.array([0.0, 3.0]), 2).round(6)
    array([0.      , 0.405465])
    """
    some = np.maximum(x, 1.0)
    ratio = special.gammaln(some) - special.gammaln(k * some) + special.xlogy((k - 1) * x, last)
    timing: FloatArray = np.where(x == 0, 0.0, ratio) if k > 1 else np.zeros(x.shape)
    return timing


@dataclass(frozen=True, eq=False)
class BetaGeoCNBDLikelihood:
    """Evaluate the likelihood of counted histories at (r, alpha, a, b), given the number of stages.

    Parameters
    ----------
    histories
        The distinct histories.
    k
        The number of stages.
    timing
        The part of the log-likelihood that does not depend on the parameters.

    Examples
    --------
    >>> likelihood = BetaGeoCNBDLikelihood.of(1, CountedHistories.of(*np.array([[2.0], [30.43], [38.86], [1.0]])))
    >>> round(likelihood(np.array([0.243, 4.414, 0.793, 2.426])).value, 6)
    -9.458606
    """

    histories: CountedHistories
    k: int
    timing: float

    @classmethod
    def of(cls, k: int, histories: CountedHistories) -> Self:
        """Prepare the likelihood.

        Parameters
        ----------
        k
            The number of stages.
        histories
            The distinct histories.

        Examples
        --------
        >>> BetaGeoCNBDLikelihood.of(1, CountedHistories.of(*np.ones((4, 3)))).timing
        0.0
        """
        timing = float(histories.weight @ log_timing(histories.frequency, histories.recency, k))
        return cls(histories, k, timing)

    def __call__(self, parameters: FloatArray) -> Derivatives:
        """Evaluate the log-likelihood and its derivatives.

        Parameters
        ----------
        parameters
            (r, alpha, a, b).
        """
        r, alpha, a, b = parameters.tolist()
        total = self._purchases(r, a, b)
        for start in range(0, self.histories.age.size, BLOCK):
            rows = slice(start, start + BLOCK)
            total = total + self._exposure(r, alpha, rows) + self._silence(r, alpha, a, b, rows)
        return total

    def _purchases(self, r: float, a: float, b: float) -> Derivatives:
        """Sum ln Γ(r+kx)/Γ(r) + ln B(a, b+x+early)/B(a, b) and the timing."""
        histories, early = self.histories, self.histories.early
        stages, weight = self.k * histories.counts, histories.count_weight
        by_b, by_ab = histories.rising(b, early), histories.rising(a + b, early)
        value = float(weight @ log_rising(r, stages)) + by_b[0] - by_ab[0] + self.timing
        slope = float(weight @ log_rising_slope(r, stages))
        hessian = np.zeros((4, 4))
        hessian[0, 0] = float(weight @ (special.zeta(2.0, r + stages) - special.zeta(2.0, r)))
        hessian[2:, 2:] = -by_ab[2]
        hessian[3, 3] += by_b[2]
        return Derivatives(value, np.array([slope, 0.0, -by_ab[1], by_b[1] - by_ab[1]]), hessian)

    def _exposure(self, r: float, alpha: float, rows: slice) -> Derivatives:
        """Sum r ln α - (r+kx) ln(α+T)."""
        histories = self.histories
        stages, age, weight = self.k * histories.frequency[rows], histories.age[rows], histories.weight[rows]
        part = exposure(r, alpha, stages, age=age, weight=weight)
        return Derivatives(part.value, np.pad(part.gradient, (0, 2)), np.pad(part.hessian, (0, 2)))

    def _silence(self, r: float, alpha: float, a: float, b: float, rows: slice) -> Derivatives:
        """Sum ln S + ln(1 + exp δ): stages passed while idle, and the log-odds δ of having dropped out before."""
        histories = self.histories
        x, weight = histories.frequency[rows], histories.weight[rows]
        tosses = x + histories.early
        last, end = alpha + histories.recency[rows], alpha + histories.age[rows]
        idle, shape = (end - last) / (last * end), r + self.k * x
        log_total, slopes_passed, bends_passed = passed_while_idle(shape, end - last, end, self.k)
        waited, drops = np.log1p((end - last) / last), 1 / (b + np.maximum(tosses - 1, 0.0))
        odds = np.where(tosses > 0, np.log(a * drops) + shape * waited - log_total, -np.inf)
        gone, value = softplus(odds)
        slopes = np.stack([waited, -shape * idle, np.full(x.size, 1 / a), -drops])
        slopes[:2] -= slopes_passed
        sure = weight * gone
        hessian = (slopes * (sure * (1 - gone))) @ slopes.T
        across, twice = -float(sure @ idle), float(sure @ (shape * idle * (1 / last + 1 / end)))
        hessian[:2, :2] += [[0.0, across], [across, twice]]
        hessian[:2, :2] += bends_passed @ (weight * (1 - gone))
        hessian[2, 2] -= float(sure.sum()) / a**2
        hessian[3, 3] += float(sure @ drops**2)
        gradient = slopes @ sure
        gradient[:2] += slopes_passed @ weight
        return Derivatives(float(weight @ (value + log_total)), gradient, hessian)


def passed_while_idle(
    shape: FloatArray, idle: FloatArray, end: FloatArray, k: int
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Compute ln S = ln Σ_j (s)_j v^j / j!, v = idle / end, with its derivatives by (r, alpha), row by row.

    A term's log-derivatives are h_j = Σ_{i<j} 1/(s+i) and -j/end; those of S are their means over the weights.

    Parameters
    ----------
    shape
        s, the shape of the stage rate at the last purchase, ``(n,)``.
    idle, end
        The time since then, and alpha plus the age, ``(n,)``.
    k
        The number of stages.

    Returns
    -------
    ln S, ``(n,)``, its first derivatives, ``(2, n)``, and its second, ``(2, 2, n)``.

    Examples
    --------
    >>> passed_while_idle(np.array([3.0]), np.array([1.0]), np.array([2.0]), 2)[0].round(6)
    array([0.916291])
    """
    log_total, weights = stages_passed(shape, idle / end, k)
    h, n, bend, both, square = np.zeros((5, shape.size))
    reciprocal, squares = np.zeros(shape.size), np.zeros(shape.size)
    for j, weight in enumerate(weights):
        h += weight * reciprocal
        n += weight * j
        bend += weight * (reciprocal**2 - squares)
        both += weight * j * reciprocal
        square += weight * j**2
        reciprocal = reciprocal + 1 / (shape + j)
        squares = squares + 1 / (shape + j) ** 2
    across = -(both - h * n) / end
    slopes = np.stack([h, -n / end])
    bends = np.stack([np.stack([bend - h**2, across]), np.stack([across, (square - n**2 + n) / end**2])])
    return log_total, slopes, bends
