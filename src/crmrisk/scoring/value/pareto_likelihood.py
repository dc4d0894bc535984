"""The log-likelihood of the Pareto/NBD with its first and second derivatives, on counted histories.

The parts are those of the BG/NBD: how many purchases, how long exposed (to the rate of purchases and to the rate of
dropout), and the odds of having dropped out since the last purchase. The odds are an integral over the moment of
dropout; their logarithm has the mean of the integrand's log-derivatives for a gradient, and the mean of its second
log-derivatives plus the covariance of the first for a Hessian.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple, Self

import numpy as np

from crmrisk.scoring.value.counted_histories import CountedHistories, exposure, softplus
from crmrisk.scoring.value.fitting import Derivatives
from crmrisk.scoring.value.quadrature import rows_by_rule
from crmrisk.scoring.value.vanishing import vanishing_scale

if TYPE_CHECKING:
    from crmrisk.core.arrays import FloatArray, IntArray
    from crmrisk.scoring.value.quadrature import Rule

__all__ = ["ParetoLikelihood"]


BLOCK = 8_192
"""Rows worked on at once: longer scalar products start threads, which takes longer than the product."""


class _Rows(NamedTuple):
    """Some of the histories: those idle for a while, who alone may have dropped out."""

    frequency: FloatArray
    recency: FloatArray
    age: FloatArray
    weight: FloatArray

    def take(self, part: IntArray) -> _Rows:
        return _Rows(*(column[part] for column in self))


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
        total = self._purchases(r) + self._exposed(r, alpha, s, beta)
        rows = _Rows(self.frequency, self.recency, self.age, self.weight)
        rows = rows.take(np.flatnonzero(self.age > self.recency))
        shape, idle = r + rows.frequency, rows.age - rows.recency
        scale, reach = vanishing_scale(shape, alpha + rows.recency, s, beta + rows.recency, idle)
        for part, rule in rows_by_rule(reach):
            silent = _Silence.of(parameters, rows.take(part), scale[part], reach[part], rule)
            total = total + silent.derivatives()
        return total

    def _purchases(self, r: float) -> Derivatives:
        """Sum ln Γ(r+x)/Γ(r)."""
        value, slope, bend = self.rising(r)
        return Derivatives(value, np.array([slope, 0.0, 0.0, 0.0]), np.diag([bend, 0.0, 0.0, 0.0]))

    def _exposed(self, r: float, alpha: float, s: float, beta: float) -> Derivatives:
        """Sum r ln α - (r+x) ln(α+T) + s ln β - s ln(β+T)."""
        total = Derivatives(0.0, np.zeros(4), np.zeros((4, 4)))
        for start in range(0, self.age.size, BLOCK):
            x, age, weight = (column[start : start + BLOCK] for column in (self.frequency, self.age, self.weight))
            buying = exposure(r, alpha, x, age=age, weight=weight)
            staying = exposure(s, beta, 0.0, age=age, weight=weight)
            total.hessian[:2, :2] += buying.hessian
            total.hessian[2:, 2:] += staying.hessian
            gradient = np.concatenate((buying.gradient, staying.gradient))
            total += Derivatives(buying.value + staying.value, gradient, np.zeros((4, 4)))
        return total


@dataclass(frozen=True, eq=False)
class _Silence:
    """Sum ln(1 + exp δ), where δ are the log-odds of having dropped out since the last purchase.

    exp δ = s ∫ ((α+T)/(α+y))^(r+x) ((β+T)/(β+y))^s dy/(β+y), and y enters the log-derivatives of the integrand through
    four functions alone: ln(α+y), 1/(α+y), ln(β+y) and 1/(β+y), here relative to their values at the last purchase.
    """

    r: float
    alpha: float
    s: float
    beta: float
    rows: _Rows
    density: FloatArray
    log_mass: FloatArray
    functions: FloatArray

    @classmethod
    def of(cls, parameters: FloatArray, rows: _Rows, scale: FloatArray, reach: FloatArray, rule: Rule) -> Self:
        r, alpha, s, beta = parameters.tolist()
        rate, stop = alpha + rows.recency, beta + rows.recency
        q = rule.nodes * reach
        grown = np.expm1(q)
        functions = np.empty((4, *q.shape))
        buys, gone_buying, stays, gone_staying = (functions[index] for index in range(4))
        np.add(grown * (scale / rate), 1.0, out=gone_buying)
        np.add(grown * (scale / stop), 1.0, out=gone_staying)
        np.log(gone_buying, out=buys)
        np.log(gone_staying, out=stays)
        np.reciprocal(functions[1::2], out=functions[1::2])
        q -= (r + rows.frequency) * buys
        q -= (s + 1) * stays
        density = np.exp(q, out=q)
        density *= rule.weights
        mass = density.sum(axis=0)
        density /= mass
        log_mass = np.log(mass) + np.log(reach * scale / stop)
        return cls(r, alpha, s, beta, rows, density, log_mass, functions)

    def derivatives(self) -> Derivatives:
        """Put value, gradient and Hessian together from the moments of the four functions."""
        (x, last, age, weight), r, s = self.rows, self.r, self.s
        rate, stop, end, stop_end = self.alpha + last, self.beta + last, self.alpha + age, self.beta + age
        shape, waited, stayed = r + x, np.log1p((age - last) / rate), np.log1p((age - last) / stop)
        gone, value = softplus(np.log(s) + self.log_mass + shape * waited + s * stayed)
        sure = weight * gone
        means, buying_twice = self._means()
        slower, slower_stop = means[1] / rate, means[3] / stop
        slopes = np.stack([
            waited - means[0], shape * (1 / end - slower),
            stayed - means[2] + 1 / s, s / stop_end - (s + 1) * slower_stop,
        ])  # fmt: skip
        scales = np.stack([np.ones(x.size), shape / rate, np.ones(x.size), (s + 1) / stop])
        spread = self._spread(means, scales, sure)
        hessian = (slopes * (sure * (1 - gone))) @ slopes.T + spread
        staying_twice = spread[3, 3] / (s + 1) + (s + 1) * float(sure @ slower_stop**2)
        hessian += _bends(
            (float(sure @ (1 / end - slower)), float(sure @ (shape * (buying_twice / rate**2 - 1 / end**2)))),
            -float(sure.sum()) / s**2,
            (float(sure @ (1 / stop_end - slower_stop)), staying_twice - s * float(sure @ (1 / stop_end**2))),
        )
        return Derivatives(float(weight @ value), slopes @ sure, hessian)

    def _means(self) -> tuple[FloatArray, FloatArray]:
        """Give the means of the four functions, and that of the square of the second, row by row."""
        means, product = np.empty((4, self.log_mass.size)), np.empty_like(self.density)
        for mean, function in zip(means, self.functions, strict=True):
            np.multiply(self.density, function, out=product).sum(axis=0, out=mean)
        np.multiply(self.density, self.functions[1], out=product)
        product *= self.functions[1]
        return means, product.sum(axis=0)

    def _spread(self, means: FloatArray, scales: FloatArray, sure: FloatArray) -> FloatArray:
        """Sum the covariances of the log-derivatives; uses up the functions and the density."""
        spread = self.functions
        spread -= means[:, np.newaxis]
        spread *= scales[:, np.newaxis]
        share = np.multiply(self.density, sure, out=self.density)
        weighted = (spread * share).reshape(4, -1)
        covariance: FloatArray = weighted @ spread.reshape(4, -1).T
        return covariance


def _bends(buying: tuple[float, float], staying: float, stopping: tuple[float, float]) -> FloatArray:
    hessian = np.zeros((4, 4))
    hessian[0, 1] = hessian[1, 0] = buying[0]
    hessian[1, 1], hessian[2, 2] = buying[1], staying
    hessian[2, 3] = hessian[3, 2] = stopping[0]
    hessian[3, 3] = stopping[1]
    return hessian
