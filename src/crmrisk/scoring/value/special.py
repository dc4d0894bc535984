"""The special functions of the value models, in log-space: no cancellation, no overflow, no special cases.

A buyer with purchase rate ``λ ~ Gamma(s, A)`` who drops out after each purchase with probability ``p ~ Beta(a, b)`` is
expected to buy

    H(s, u, a, b) = E_p[(1 - (1 + p u)^-s) / p],    u = t / A

times in a time ``t``. The literature writes it with Gauss's hypergeometric function,

    H = (a+b-1)/(a-1) [1 - (1+u)^-s ₂F₁(s, b; a+b-1; u/(1+u))],

which divides 0 by 0 at a = 1, needs the function outside its domain below a + b = 1, and loses every digit for heavy
buyers. The expectation has none of these troubles: its integrand is positive, so it is integrated as it stands.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, TypeAlias

import numpy as np
from scipy import special

if TYPE_CHECKING:
    from collections.abc import Callable

    from crmrisk.core.arrays import FloatArray, IntArray

    Integrand: TypeAlias = Callable[[IntArray, FloatArray, FloatArray], FloatArray]

__all__ = ["average_over_dropout", "expected_stopped_count", "log_beta", "log_rising", "log_rising_slope"]

CHUNK = 128
"""Rows worked on at once: with some 90 nodes each, the arrays of one chunk stay in the processor's cache."""
CUT = 37.0
"""Weights below exp(-CUT), a tenth of the rounding unit, are left out."""
STEP = 0.27
"""Step of the trapezoidal rule; its error exp(-π²/STEP) is below 1e-15."""
NARROW = 1e12
"""A mixing distribution with more prior observations than this is a point to 12 digits, and is widened to it."""


def log_rising(base: FloatArray | float, count: FloatArray) -> FloatArray:
    """Compute the logarithm of the rising factorial, ln Γ(base + count) - ln Γ(base).

    Parameters
    ----------
    base
        Positive numbers.
    count
        Numbers from 0, which gives exactly 0.

    Examples
    --------
    >>> float(np.exp(log_rising(np.array(3.0), np.array(2.0))).round(12))
    12.0
    """
    top = base + count
    # Stirling's series from 20 on: two logarithms of gamma functions agree in most of their digits there
    low = np.maximum(base, 20.0)
    high = low + count
    large = (low - 0.5) * np.log1p(count / low) + count * (np.log(high) - 1) + _stirling(high) - _stirling(low)
    small = special.gammaln(top) - special.gammaln(base)
    result: FloatArray = np.where(np.asarray(base) < 20, small, large)
    return result


def _stirling(z: FloatArray) -> FloatArray:
    """Compute ln Γ(z) - (z - 1/2) ln z + z - ln(2π)/2 for z from 20 on."""
    square = 1 / z**2
    series: FloatArray = (1 / 12 - square * (1 / 360 - square * (1 / 1260 - square / 1680))) / z
    return series


def log_beta(a: FloatArray, b: float) -> FloatArray:
    """Compute the logarithm of the beta function, ln Γ(a) + ln Γ(b) - ln Γ(a + b).

    Parameters
    ----------
    a, b
        Positive numbers.

    Examples
    --------
    >>> log_beta(np.array([2.0]), 3.0).round(12) == np.round(np.log(1 / 12), 12)
    array([ True])
    """
    less = np.minimum(a, b)
    return np.subtract(special.gammaln(less), log_rising(np.maximum(a, b), less))


def log_rising_slope(base: float, count: FloatArray) -> FloatArray:
    """Compute the derivative of `log_rising` with respect to its base, ψ(base + count) - ψ(base).

    Parameters
    ----------
    base
        A positive number.
    count
        Whole numbers.

    Examples
    --------
    >>> float(log_rising_slope(2.0, np.array(2.0)).round(12)) == round(1 / 2 + 1 / 3, 12)
    True
    """
    if base < 100:
        return np.subtract(special.psi(base + count), special.psi(base))
    # two digamma functions agree in most of their digits from here on, their asymptotic series do not
    return np.log1p(count / base) + _digamma_tail(base + count) - _digamma_tail(np.array(base))


def _digamma_tail(z: FloatArray) -> FloatArray:
    """Compute ψ(z) - ln z for z from 100 on."""
    square = 1 / z**2
    series: FloatArray = -0.5 / z - square * (1 / 12 - square * (1 / 120 - square / 252))
    return series


def expected_stopped_count(shape: FloatArray, odds: FloatArray, a: FloatArray, b: FloatArray) -> FloatArray:
    """Compute H(s, u, a, b), the purchases expected until dropout or the end of the horizon.

    Substituting ``p = 1 / (1 + exp(-y))`` and ``y = v - exp(l - v) + exp(v - r)`` makes the integrand decay doubly
    exponentially at both ends and analytic in a strip of half-width π/2, where the trapezoidal rule converges
    exponentially whatever the parameters.

    Parameters
    ----------
    shape
        s, the shape of the purchase rate, ``(n,)``.
    odds
        u, the horizon over the rate of the purchase rate, ``(n,)``.
    a, b
        The dropout distribution, ``(n,)``.

    Returns
    -------
    H, ``(n,)``; each row depends on that row alone, to the last bit.

    References
    ----------
    L. N. Trefethen and J. A. C. Weideman (2014), The exponentially convergent trapezoidal rule, SIAM Review 56.

    Examples
    --------
    >>> expected_stopped_count(*np.array([[0.243], [39 / 4.414], [0.793], [2.426]])).round(6)
    array([1.196723])
    """

    def bought(rows: IntArray, p: FloatArray, _: FloatArray) -> FloatArray:
        stopped: FloatArray = -np.expm1(-shape[rows] * np.log1p(odds[rows] * p)) / p
        return stopped

    return average_over_dropout(bought, shape, odds, a, b)


def average_over_dropout(
    integrand: Integrand, shape: FloatArray, odds: FloatArray, a: FloatArray, b: FloatArray
) -> FloatArray:
    """Average what a buyer does until dropout over the dropout probability p ~ Beta(a, b).

    Parameters
    ----------
    integrand
        Maps rows, p and ln(1 - p), the last two ``(n_nodes, n_rows)``, to positive values of that shape; analytic
        where p has a positive real part, falling in p like the purchases of a buyer ``Gamma(s, A)``, and level
        below ``p = 1 / (s u)``.
    shape, odds, a, b
        As for `expected_stopped_count`, ``(n,)``.

    Returns
    -------
    The averages, ``(n,)``, 0 where the odds are; each row depends on that row alone, to the last bit.

    Examples
    --------
    >>> average_over_dropout(lambda rows, p, log_q: p, *np.array([[1.0], [1.0], [2.0], [3.0]])).round(12)
    array([0.4])
    """
    result = np.zeros(shape.shape)
    some = np.flatnonzero(odds > 0)
    frames = _frame(shape[some], odds[some], a[some], b[some])
    order = np.argsort(frames.last_node, kind="stable")  # rows of one chunk take about as many nodes
    for start in range(0, some.size, CHUNK):
        part = order[start : start + CHUNK]
        if part.size == 1:
            part = np.repeat(part, 2)  # numpy adds the nodes of a row without company in another order
        frame = _Frame(*(column[part] for column in frames))
        weight, log_p, log_q = _nodes(frame)
        level = 1e-25 / (1 + (frame.shape + 1) * frame.odds)  # the integrand is the same below it to every digit
        value = weight * integrand(some[part], np.maximum(np.exp(log_p), level), np.minimum(log_q, -level))
        result[some[part]] = value.sum(axis=0) / weight.sum(axis=0)
    return result


class _Frame(NamedTuple):
    """What the rule needs to know of each row: the parameters, the substitution, and where to begin and stop."""

    shape: FloatArray
    odds: FloatArray
    a: FloatArray
    b: FloatArray
    peak: FloatArray
    left: FloatArray
    right: FloatArray
    first: FloatArray
    step: FloatArray
    last_node: FloatArray


def _frame(shape: FloatArray, odds: FloatArray, a: FloatArray, b: FloatArray) -> _Frame:
    observations = 1 / (1 / a + 1 / b)
    shrink = NARROW / np.maximum(NARROW, observations)
    a, b, observations = a * shrink, b * shrink, observations * shrink
    mode = np.log(a) - np.log(b)
    peak = _log_density(mode, a, b)
    left = -np.log1p(b + (shape + 1) * odds) - 1
    right = np.log1p(a) + 1
    # the density is at most exp(a y) on the left and exp(-b y) on the right, and the integrand falls to the right
    first = np.maximum((peak + _log_fall(shape, odds, a / (a + b)) - CUT) / a, left - np.log1p(CUT / a))
    last = np.minimum((CUT - peak) / b, right + np.log1p(CUT / b))
    # within one unit of its mode the density is below a normal one of exp(-1) times its curvature
    reach = np.sqrt(2 * np.e * (CUT + 1) / observations)
    narrow = reach < 1
    first = np.where(narrow, np.maximum(first, mode - reach), first)
    last = np.where(narrow, np.minimum(last, mode + reach), last)
    step = STEP / np.sqrt(1 + 0.18 * np.minimum(a, b))
    return _Frame(shape, odds, a, b, peak, left, right, first, step, np.ceil((last - first) / step))


def _log_density(y: FloatArray, a: FloatArray, b: FloatArray) -> FloatArray:
    tail = np.log1p(np.exp(-np.abs(y)))
    density: FloatArray = a * (np.minimum(y, 0.0) - tail) - b * (np.maximum(y, 0.0) + tail)
    return density


def _log_fall(shape: FloatArray, odds: FloatArray, p: FloatArray) -> FloatArray:
    """Compute how far the integrand has fallen from its limit s u at p = 0, as a logarithm."""
    growth = np.maximum(odds * p, 1e-300)
    spent = np.maximum(shape * np.log1p(growth), 1e-300)
    return np.log(-np.expm1(-spent) / spent) + np.log(np.log1p(growth) / growth)


def _nodes(frame: _Frame) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Give the weights of the rule with ln p and ln(1 - p) at its nodes, ``(n_nodes, n_rows)`` each."""
    _, _, a, b, peak, left, right, first, step, last_node = frame
    node = np.arange(float(last_node.max()) + 1)[:, np.newaxis]
    place = first + node * step
    ebb, flood = np.exp(left - place), np.exp(place - right)
    y = place - ebb + flood
    tail = np.log1p(np.exp(-np.abs(y)))
    log_p = np.minimum(y, 0.0) - tail
    log_q = -np.maximum(y, 0.0) - tail
    weight = np.exp(a * log_p + b * log_q - peak) * (1 + ebb + flood) * (node <= last_node)
    return weight, log_p, log_q
