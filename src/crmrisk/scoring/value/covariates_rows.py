"""The log-likelihoods of the models of buying, customer by customer, where every customer has parameters of their own.

The likelihoods without covariates sum as they go, over counted histories and one set of parameters. With covariates
the derivatives are needed row by row, to be chained to the coefficients; the formulas are the same.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from scipy import special

from crmrisk.scoring.value.beta_geo_cnbd_likelihood import log_timing, passed_while_idle
from crmrisk.scoring.value.counted_histories import softplus
from crmrisk.scoring.value.quadrature import rows_by_rule
from crmrisk.scoring.value.special import log_rising
from crmrisk.scoring.value.vanishing import vanishing_scale

if TYPE_CHECKING:
    from crmrisk.core.arrays import FloatArray
    from crmrisk.scoring.value.histories import Histories
    from crmrisk.scoring.value.quadrature import Rule

__all__ = ["RowDerivatives", "geometric_rows", "pareto_rows"]

SHIFT = 8
"""Steps up to where the asymptotic series of the trigamma function is right to 1e-11."""


class RowDerivatives(NamedTuple):
    """Hold log-likelihoods with their derivatives by the four parameters of a model, row by row.

    Parameters
    ----------
    value
        ``(n_rows,)``.
    gradient
        ``(4, n_rows)``.
    hessian
        ``(4, 4, n_rows)``.

    Examples
    --------
    >>> RowDerivatives(np.zeros(2), np.ones((4, 2)), np.zeros((4, 4, 2))).on_logs(np.full((4, 2), 3.0)).gradient[0]
    array([3., 3.])
    """

    value: FloatArray
    gradient: FloatArray
    hessian: FloatArray

    @classmethod
    def none(cls, n_rows: int) -> RowDerivatives:
        """Give rows of zeros to add to.

        Parameters
        ----------
        n_rows
            How many.

        Examples
        --------
        >>> RowDerivatives.none(3).hessian.shape
        (4, 4, 3)
        """
        return cls(np.zeros(n_rows), np.zeros((4, n_rows)), np.zeros((4, 4, n_rows)))

    def on_logs(self, parameters: FloatArray) -> RowDerivatives:
        """Take the derivatives by the logarithms of the parameters instead.

        Parameters
        ----------
        parameters
            Where they were taken, ``(4, n_rows)``.

        Examples
        --------
        >>> rows = RowDerivatives(np.zeros(1), np.ones((4, 1)), np.zeros((4, 4, 1)))
        >>> rows.on_logs(np.full((4, 1), 3.0)).hessian[0, 0]
        array([3.])
        """
        gradient = self.gradient * parameters
        hessian = self.hessian * parameters[:, np.newaxis] * parameters
        hessian[np.arange(4), np.arange(4)] += gradient
        return RowDerivatives(self.value, gradient, hessian)


def geometric_rows(parameters: FloatArray, histories: Histories, *, early: int, k: int) -> RowDerivatives:
    """Compute the log-likelihoods of BG/NBD, MBG/NBD and, with more than one stage, of BG/CNBD-k and MBG/CNBD-k.

    Parameters
    ----------
    parameters
        (r, alpha, a, b) of every customer, ``(4, n_rows)``.
    histories
        Their histories, ``(n_rows,)`` each.
    early
        How many chances to drop out come before the first repeat purchase.
    k
        The number of stages.

    Examples
    --------
    >>> from crmrisk.scoring.value.histories import Histories
    >>> history = Histories(*np.array([[2.0], [30.43], [38.86]]))
    >>> geometric_rows(np.array([[0.243], [4.414], [0.793], [2.426]]), history, early=0, k=1).value.round(6)
    array([-9.458606])
    """
    rows = RowDerivatives.none(histories.age.size)
    _add_rising(rows, parameters, histories.frequency, early, k)
    _add_exposure(rows, parameters[:2], k * histories.frequency, histories.age, first=0)
    _add_silence(rows, parameters, histories, early, k)
    np.add(rows.value, log_timing(histories.frequency, histories.recency, k), out=rows.value)
    return rows


def pareto_rows(parameters: FloatArray, histories: Histories) -> RowDerivatives:
    """Compute the log-likelihoods of the Pareto/NBD.

    Parameters
    ----------
    parameters
        (r, alpha, s, beta) of every customer, ``(4, n_rows)``; s is the same for all.
    histories
        Their histories, ``(n_rows,)`` each.

    Examples
    --------
    >>> from crmrisk.scoring.value.histories import Histories
    >>> history = Histories(*np.array([[2.0], [30.43], [38.86]]))
    >>> pareto_rows(np.array([[0.553], [10.578], [0.606], [11.669]]), history).value.round(6)
    array([-9.554283])
    """
    x, last, end = histories
    rows = RowDerivatives.none(x.size)
    _add_rising_of(rows, parameters[0], x, at=(0,), sign=1)
    _add_exposure(rows, parameters[:2], x, end, first=0)
    _add_exposure(rows, parameters[2:], np.zeros(x.size), end, first=2)
    idle = np.flatnonzero(end > last)
    scale, reach = vanishing_scale(
        (parameters[0] + x)[idle],
        (parameters[1] + last)[idle],
        float(parameters[2, 0]) if x.size else 1.0,
        (parameters[3] + last)[idle],
        (end - last)[idle],
    )
    for part, rule in rows_by_rule(reach):
        some = idle[part]
        found = _vanished(parameters[:, some], (x[some], last[some], end[some]), (scale[part], reach[part]), rule)
        for total, added in zip(rows, found, strict=True):
            total[..., some] += added
    return rows


def _add_rising(rows: RowDerivatives, parameters: FloatArray, x: FloatArray, early: int, k: int) -> None:
    """Add ln Γ(r+kx)/Γ(r) + ln B(a, b+x+early)/B(a, b)."""
    r, _, a, b = parameters
    _add_rising_of(rows, r, k * x, at=(0,), sign=1)
    _add_rising_of(rows, b, x + early, at=(3,), sign=1)
    _add_rising_of(rows, a + b, x + early, at=(2, 3), sign=-1)


def _add_rising_of(
    rows: RowDerivatives, base: FloatArray, count: FloatArray, *, at: tuple[int, ...], sign: int
) -> None:
    """Add or take away ln Γ(base + count)/Γ(base), where the base is the sum of the parameters at some places."""
    value, gradient, hessian = rows
    value += sign * log_rising(base, count)
    slope = sign * (special.psi(base + count) - special.psi(base))
    bend = sign * (_trigamma(base + count) - _trigamma(base))
    for one in at:
        gradient[one] += slope
        for other in at:
            hessian[one, other] += bend


def _trigamma(z: FloatArray) -> FloatArray:
    """Compute ψ'(z) to 1e-11 by its recurrence and its asymptotic series, ten times faster than Hurwitz's zeta."""
    steps = np.zeros(z.shape)
    for step in range(SHIFT):
        steps += 1 / (z + step) ** 2
    one = 1 / (z + SHIFT)
    square = one**2
    series = 1 / 6 - square * (1 / 30 - square * (1 / 42 - square * (1 / 30 - square * 5 / 66)))
    result: FloatArray = steps + one * (1 + one * (0.5 + one * series))
    return result


def _add_exposure(rows: RowDerivatives, mixing: FloatArray, x: FloatArray, age: FloatArray, *, first: int) -> None:
    """Add shape ln(rate) - (shape + x) ln(rate + T)."""
    (shape, rate), (value, gradient, hessian) = mixing, rows
    end, waited = rate + age, np.log1p(age / rate)
    value -= shape * waited + x * np.log(end)
    gradient[first] -= waited
    gradient[first + 1] += (shape * age / rate - x) / end
    across = age / (rate * end)
    hessian[first, first + 1] += across
    hessian[first + 1, first] += across
    hessian[first + 1, first + 1] += (x - shape * age * (2 * rate + age) / rate**2) / end**2


def _add_silence(rows: RowDerivatives, parameters: FloatArray, histories: Histories, early: int, k: int) -> None:
    """Add ln S + ln(1 + exp δ): stages passed while idle, and the log-odds δ of having dropped out before."""
    (r, alpha, a, b), (value, gradient, hessian) = parameters, rows
    x, tosses, last, end = (
        histories.frequency,
        histories.frequency + early,
        alpha + histories.recency,
        alpha + histories.age,
    )
    shape, idle = r + k * x, (end - last) / (last * end)
    log_total, slopes_passed, bends_passed = passed_while_idle(shape, end - last, end, k)
    waited, drops = np.log1p((end - last) / last), 1 / (b + np.maximum(tosses - 1, 0.0))
    odds = np.where(tosses > 0, np.log(a * drops) + shape * waited - log_total, -np.inf)
    gone, added = softplus(odds)
    slopes = np.stack([waited, -shape * idle, 1 / a, -drops])
    slopes[:2] -= slopes_passed
    value += log_total + added
    gradient += slopes * gone
    gradient[:2] += slopes_passed
    hessian += (gone * (1 - gone)) * slopes[:, np.newaxis] * slopes
    hessian[0, 1] -= gone * idle
    hessian[1, 0] -= gone * idle
    hessian[1, 1] += gone * shape * idle * (1 / last + 1 / end)
    hessian[:2, :2] += bends_passed * (1 - gone)
    hessian[2, 2] -= gone / a**2
    hessian[3, 3] += gone * drops**2


def _vanished(
    parameters: FloatArray, history: tuple[FloatArray, ...], layout: tuple[FloatArray, FloatArray], rule: Rule
) -> RowDerivatives:
    """Compute ln(1 + exp δ), where δ are the log-odds of having dropped out since the last purchase.

    exp δ = s ∫ ((α+T)/(α+y))^(r+x) ((β+T)/(β+y))^s dy/(β+y); the log-derivatives of the integrand are averaged over it,
    and the derivatives of the average are covariances.
    """
    (r, alpha, s, beta), (x, last, age), (scale, reach) = parameters, history, layout
    rate, stop, end, stop_end, shape = alpha + last, beta + last, alpha + age, beta + age, r + x
    grown = np.expm1(rule.nodes * reach)
    later, later_stop = 1 + grown * (scale / rate), 1 + grown * (scale / stop)
    falls = np.stack([np.log(later), shape / rate / later, np.log(later_stop), (s + 1) / stop / later_stop])
    density = np.exp(rule.nodes * reach - shape * falls[0] - (s + 1) * falls[2]) * rule.weights
    mass = density.sum(axis=0)
    density /= mass
    means = (density * falls).sum(axis=1)
    waited, stayed = np.log1p((age - last) / rate), np.log1p((age - last) / stop)
    log_mass = np.log(mass) + np.log(reach * scale / stop)
    gone, value = softplus(np.log(s) + log_mass + shape * waited + s * stayed)
    slopes = np.stack([waited, shape / end, 1 / s + stayed, s / stop_end]) - means
    hessian = gone * (1 - gone) * slopes[:, np.newaxis] * slopes
    spread = falls - means[:, np.newaxis]
    bends = np.zeros(hessian.shape)
    for one in range(4):
        weighted = density * spread[one]
        for other in range(one, 4):
            bends[one, other] = bends[other, one] = (weighted * spread[other]).sum(axis=0)
    squares, squares_stop = bends[1, 1] + means[1] ** 2, bends[3, 3] + means[3] ** 2
    _add_bends(bends, ((shape, end), (s, stop_end)), means, (squares / shape, squares_stop / (s + 1)))
    bends[2, 2] -= 1 / s**2
    return RowDerivatives(value, slopes * gone, hessian + gone * bends)


def _add_bends(
    bends: FloatArray,
    pairs: tuple[tuple[FloatArray, FloatArray], tuple[FloatArray, FloatArray]],
    means: FloatArray,
    squares: tuple[FloatArray, FloatArray],
) -> None:
    """Add the means of the second log-derivatives of the integrand."""
    for (shape, end), place, power, square in zip(pairs, (0, 2), (0.0, 1.0), squares, strict=True):
        across = 1 / end - means[place + 1] / (shape + power)
        bends[place, place + 1] += across
        bends[place + 1, place] += across
        bends[place + 1, place + 1] += square - shape / end**2
