"""The log-likelihood of the Pareto/NBD with its first and second derivatives, on counted histories.

The parts are those of the BG/NBD: how many purchases, how long exposed (to the rate of purchases and to the rate of
dropout), and the odds of having dropped out since the last purchase. The odds are an integral over the moment of
dropout; their logarithm has the mean of the integrand's log-derivatives for a gradient, and the mean of its second
log-derivatives plus the covariance of the first for a Hessian.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from crmrisk.scoring.value.counted_histories import CountedHistories, exposure, softplus
from crmrisk.scoring.value.fitting import Derivatives
from crmrisk.scoring.value.vanishing import integrate_rows, vanishing_panels

if TYPE_CHECKING:
    from crmrisk.core.arrays import FloatArray, IntArray
    from crmrisk.scoring.value.vanishing import Panels

__all__ = ["ParetoLikelihood"]

BLOCK = 512
"""Rows worked on at once: with 16 nodes and a dozen columns each they fit the processor's cache, and matrix products
stay too small for threads, whose start would cost more than the product."""


class _Rows(NamedTuple):
    """Some of the histories; only those idle for a while may have dropped out."""

    frequency: FloatArray
    recency: FloatArray
    age: FloatArray
    weight: FloatArray


@dataclass(frozen=True, eq=False)
class ParetoLikelihood(CountedHistories):
    """Evaluate the likelihood of counted histories at (r, alpha, s, beta).

    Examples
    --------
    >>> likelihood = ParetoLikelihood.of(*np.array([[2.0], [30.43], [38.86], [1.0]]))
    >>> round(likelihood(np.array([0.553, 10.578, 0.606, 11.669])).value, 6)
    -9.554283
    """

    def __call__(self, parameters: FloatArray) -> Derivatives:
        """Evaluate the log-likelihood and its derivatives.

        Parameters
        ----------
        parameters
            (r, alpha, s, beta).
        """
        r, alpha, s, beta = parameters.tolist()
        total = self._purchases(r)
        for start in range(0, self.age.size, BLOCK):
            part = np.arange(start, min(start + BLOCK, self.age.size))
            total = total + _exposed(r, alpha, s, beta, self._rows(part))
            idle = part[self.age[part] > self.recency[part]]
            if idle.size:
                total = total + _dropout(r, alpha, s, beta, self._rows(idle))
        return total

    def _rows(self, part: IntArray) -> _Rows:
        return _Rows(self.frequency[part], self.recency[part], self.age[part], self.weight[part])

    def _purchases(self, r: float) -> Derivatives:
        """Sum ln Γ(r+x)/Γ(r)."""
        value, slope, bend = self.rising(r)
        return Derivatives(value, np.array([slope, 0.0, 0.0, 0.0]), np.diag([bend, 0.0, 0.0, 0.0]))


def _exposed(r: float, alpha: float, s: float, beta: float, rows: _Rows) -> Derivatives:
    """Sum r ln α - (r+x) ln(α+T) + s ln β - s ln(β+T)."""
    buying = exposure(r, alpha, rows.frequency, age=rows.age, weight=rows.weight)
    staying = exposure(s, beta, 0.0, age=rows.age, weight=rows.weight)
    hessian = np.zeros((4, 4))
    hessian[:2, :2], hessian[2:, 2:] = buying.hessian, staying.hessian
    return Derivatives(buying.value + staying.value, np.concatenate((buying.gradient, staying.gradient)), hessian)


def _dropout(r: float, alpha: float, s: float, beta: float, rows: _Rows) -> Derivatives:
    """Sum ln(1 + exp δ), where δ are the log-odds of having dropped out since the last purchase."""
    shape, idle = r + rows.frequency, rows.age - rows.recency
    rate, stop = alpha + rows.recency, beta + rows.recency
    panels = vanishing_panels(shape, rate, s, stop, idle)
    mass = integrate_rows(panels, panels.weight)
    silence = shape * np.log1p(idle / rate) + s * np.log1p(idle / stop)
    gone, value = softplus(np.log(s) + np.log(mass) + silence)
    density = panels.weight / mass[panels.row, np.newaxis]
    firsts, seconds = _log_derivatives((r, alpha, s, beta), rows, panels)
    means = np.stack([integrate_rows(panels, density * first) for first in firsts])
    sure = rows.weight * gone
    gradient = means @ sure
    hessian = (means * (sure * (1 - gone))) @ means.T
    share = density * sure[panels.row, np.newaxis]
    spread = (firsts - means[:, panels.row, np.newaxis]).reshape(4, -1)
    hessian += (spread * share.ravel()) @ spread.T
    for (one, other), second in seconds.items():
        total = float((share * second).sum())
        hessian[one, other] += total
        hessian[other, one] += total if one != other else 0.0
    return Derivatives(float(rows.weight @ value), gradient, hessian)


def _log_derivatives(
    parameters: tuple[float, float, float, float], rows: _Rows, panels: Panels
) -> tuple[FloatArray, dict[tuple[int, int], FloatArray]]:
    """Differentiate ln[s ((α+T)/(α+y))^(r+x) ((β+T)/(β+y))^s / (β+y)] once and twice, at every node."""
    (r, alpha, s, beta), row = parameters, panels.row
    y = rows.recency[row, np.newaxis] + panels.place
    age, shape = rows.age[row, np.newaxis], (r + rows.frequency)[row, np.newaxis]
    ahead = np.maximum(age - y, 0.0)
    buys, buys_end, stays, stays_end = 1 / (alpha + y), 1 / (alpha + age), 1 / (beta + y), 1 / (beta + age)
    sooner, gone_sooner = -ahead * buys * buys_end, -ahead * stays * stays_end
    firsts = np.stack(
        [
            np.log1p(ahead * buys),
            shape * sooner,
            np.log1p(ahead * stays) + 1 / s,
            s * gone_sooner - stays,
        ]
    )
    seconds = {
        (0, 1): sooner,
        (1, 1): -shape * sooner * (buys + buys_end),
        (2, 2): np.full(y.shape, -1 / s**2),
        (2, 3): gone_sooner,
        (3, 3): -s * gone_sooner * (stays + stays_end) + stays**2,
    }
    return firsts, seconds
