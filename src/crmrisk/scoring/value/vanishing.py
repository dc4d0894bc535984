"""Customers who may vanish at any moment: the two integrals behind every quantity of the Pareto/NBD.

Among buyers with purchase rate ``λ ~ Gamma(R, A)`` and dropout rate ``μ ~ Gamma(s, B)``, those who vanish within a
time ``D`` before they buy again are

    J(R, A, s, B, D) = s ∫₀ᴰ (1 + y/A)^-R (1 + y/B)^-(s+1) dy / B,

which the literature writes as the difference of two hypergeometric functions. The difference loses every digit for
heavy buyers and needs one form for A < B and another for A > B; the integrand is positive and needs neither.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, TypeAlias

import numpy as np
from scipy import special

from crmrisk.scoring.value.special import log_rising

if TYPE_CHECKING:
    from crmrisk.core.arrays import BoolArray, FloatArray, IntArray

Each: TypeAlias = "FloatArray | float"
"""One number for all rows, or one for each."""

__all__ = [
    "Panels",
    "integrate_rows",
    "log_vanishing",
    "log_vanishing_after",
    "vanishing_panels",
    "vanishing_scale",
]

CHUNK = 2_048
"""Rows worked on at once: the arrays of one chunk stay in the processor's cache."""
CUT = 45.0
"""What lies beyond exp(-CUT) of the whole is left out."""
WIDEST = 2.0
"""Sixteen nodes on a panel of this width integrate to 1e-15 what is analytic within π/2 of the real axis."""
WIDENING = 1.4
NODES, WEIGHTS = (
    np.array(column)
    for column in ((np.polynomial.legendre.leggauss(16)[0] + 1) / 2, np.polynomial.legendre.leggauss(16)[1] / 2)
)


class Panels(NamedTuple):
    """Hold the nodes of many integrals J, one row of the arrays per panel.

    Parameters
    ----------
    row
        To which integral a panel belongs, ``(n_panels,)``.
    first
        The first panel of each integral, ``(n_rows,)``.
    place
        The nodes y, ``(n_panels, 16)``.
    weight
        The integrand there times the weight of the node, ``(n_panels, 16)``.

    Examples
    --------
    >>> panels = vanishing_panels(np.ones(1), 1.0 * np.ones(1), 1.0, np.ones(1), np.ones(1))
    >>> print(integrate_rows(panels, panels.weight).round(12))  # ∫ (1 + y)^-3 dy up to 1
    [0.375]
    """

    row: IntArray
    first: IntArray
    place: FloatArray
    weight: FloatArray


def vanishing_panels(
    shape: FloatArray, rate: FloatArray, stop_shape: float, stop_rate: FloatArray, time: FloatArray
) -> Panels:
    """Lay out the integral J / s of every row.

    With ``y = L (exp(q) - 1)`` and L the shorter of the two scales on which the integrand falls at 0, it is analytic
    within π/2 of the real axis of q whatever the parameters, and q stays below a few dozen.

    Parameters
    ----------
    shape, rate
        R and A of the purchase rates, ``(n_rows,)``.
    stop_shape, stop_rate
        s and B of the dropout rates; B ``(n_rows,)``.
    time
        D, above 0, ``(n_rows,)``.

    Examples
    --------
    >>> ones = np.ones(3)
    >>> vanishing_panels(ones, ones, 1.0, ones, ones).place.shape
    (3, 16)
    """
    scale, reach = vanishing_scale(shape, rate, stop_shape, stop_rate, time)
    counts = np.maximum(np.ceil(reach / WIDEST), 1.0)
    row = np.repeat(np.arange(shape.size), counts.astype(np.int64))
    first = np.concatenate(([0], np.cumsum(counts.astype(np.int64))[:-1]))
    width = reach / counts
    start = (np.arange(row.size) - first[row]) * width[row]
    q = start[:, np.newaxis] + width[row, np.newaxis] * NODES
    place = scale[row, np.newaxis] * np.expm1(q)
    fall = shape[row, np.newaxis] * np.log1p(place / rate[row, np.newaxis])
    fall += (stop_shape + 1) * np.log1p(place / stop_rate[row, np.newaxis])
    weight = np.exp(q - fall) * WEIGHTS * (width * scale / stop_rate)[row, np.newaxis]
    return Panels(row, first, place, weight)


def vanishing_scale(
    shape: FloatArray, rate: FloatArray, stop_shape: float, stop_rate: FloatArray, time: FloatArray
) -> tuple[FloatArray, FloatArray]:
    """Give L of the substitution ``y = L (exp(q) - 1)`` and how far q has to go, for every row.

    Parameters
    ----------
    shape, rate, stop_shape, stop_rate, time
        As for `vanishing_panels`.

    Examples
    --------
    >>> ones = np.ones(1)
    >>> vanishing_scale(ones, ones, 1.0, ones, ones)[0].round(6)
    array([0.333333])
    """
    scale = 1 / (np.maximum(shape, 1.0) / rate + (stop_shape + 1) / stop_rate)
    with np.errstate(over="ignore", divide="ignore"):
        ends = (_log_end(rate / scale, shape - 1), _log_end(stop_rate / scale, np.full(shape.size, stop_shape)))
    return scale, np.minimum(np.log1p(time / scale), np.minimum(*ends))


def _log_end(ratio: FloatArray, power: FloatArray) -> FloatArray:
    """Compute ln(1 + y/L) where (1 + y/A)^-power has fallen to exp(-CUT)."""
    fall = np.where(power > 0, CUT / np.maximum(power, 1e-300), np.inf)
    near = np.log1p(ratio * np.expm1(np.minimum(fall, CUT)))
    return np.where(fall < CUT, near, np.log(ratio) + fall)


def integrate_rows(panels: Panels, values: FloatArray) -> FloatArray:
    """Sum values at the nodes over the panels of each row.

    Parameters
    ----------
    panels
        The layout.
    values
        One per node, ``(n_panels, 16)``.

    Examples
    --------
    >>> panels = Panels(np.array([0, 0]), np.array([0]), np.ones((2, 16)), np.ones((2, 16)))
    >>> integrate_rows(panels, panels.weight)
    array([32.])
    """
    return np.asarray(np.add.reduceat(values.sum(axis=1), panels.first))


def log_vanishing(
    shape: FloatArray, rate: FloatArray, stop_shape: float, stop_rate: FloatArray, time: FloatArray
) -> FloatArray:
    """Compute ln J, the logarithm of the probability to vanish within a time before buying.

    Parameters
    ----------
    shape, rate
        R and A of the purchase rates, ``(n_rows,)``.
    stop_shape, stop_rate
        s and B of the dropout rates; B ``(n_rows,)``.
    time
        D, ``(n_rows,)``; 0 gives minus infinity.

    Returns
    -------
    ln J, ``(n_rows,)``; each row depends on that row alone, to the last bit.

    Examples
    --------
    >>> np.exp(log_vanishing(np.ones(2), np.ones(2), 1.0, np.ones(2), np.array([0.0, 1.0]))).round(12)
    array([0.   , 0.375])
    """
    result = np.full(shape.shape, -np.inf)
    some = np.flatnonzero(time > 0)
    for start in range(0, some.size, CHUNK):
        part = some[start : start + CHUNK]
        panels = vanishing_panels(shape[part], rate[part], stop_shape, stop_rate[part], time[part])
        with np.errstate(divide="ignore"):  # a time below what a float can hold beside the scales is none
            result[part] = np.log(stop_shape) + np.log(integrate_rows(panels, panels.weight))
    return result


class _Buyers(NamedTuple):
    """For every row the parameters of the mixing distributions, how many times they bought, and a time."""

    shape: FloatArray
    rate: FloatArray
    stop_shape: FloatArray
    stop_rate: FloatArray
    bought: FloatArray
    log_time: FloatArray

    def rows(self, part: IntArray | slice) -> _Buyers:
        return _Buyers(*(column[part] for column in self))

    def log_density(self, log_y: FloatArray) -> FloatArray:
        """Give the logarithm of the density in ln y of vanishing at y after so many purchases, up to a constant."""
        y = np.exp(log_y)
        buying = -self.bought * np.log1p(self.rate / y) - self.shape * np.log1p(y / self.rate)
        density: FloatArray = buying - (self.stop_shape + 1) * np.log1p(y / self.stop_rate) + log_y
        return density

    def log_mode(self) -> FloatArray:
        """Solve (n + 1) = (r + n) y/(α+y) + (s + 1) y/(β+y), a quadratic equation, in units of α."""
        ratio = self.stop_rate / self.rate
        falls = self.shape + self.stop_shape
        middle = (self.bought - self.stop_shape) + (1 - self.shape) * ratio
        root = np.hypot(middle, 2 * np.sqrt(falls * (self.bought + 1) * ratio))
        up = (middle + root) / (2 * falls)
        down = 2 * (self.bought + 1) * ratio / np.where(middle < 0, root - middle, 1.0)
        mode: FloatArray = np.log(self.rate) + np.log(np.where(middle < 0, down, up))
        return mode

    def first_width(self, log_y: FloatArray) -> FloatArray:
        """Give a width within which the density changes by a factor of e or so around ln y."""
        y = np.exp(log_y)
        buys, stops = y / (self.rate + y), y / (self.stop_rate + y)
        slope = self.bought + 1 - (self.shape + self.bought) * buys - (self.stop_shape + 1) * stops
        bend = (self.shape + self.bought) * buys * (1 - buys) + (self.stop_shape + 1) * stops * (1 - stops)
        width: FloatArray = WIDEST / (1 + np.abs(slope) + np.sqrt(bend))
        return width


def log_vanishing_after(
    count: FloatArray, time: FloatArray, *, rates: tuple[Each, Each], stops: tuple[Each, Each]
) -> FloatArray:
    """Compute the logarithm of the probability to vanish within a time having bought just so many times.

    s ∫₀ᵗ Γ(r+n) / (Γ(r) n!) (1 + y/α)^-r (y/(α+y))^n (1 + y/β)^-(s+1) dy / β; in ln y the integrand has a single mode.

    Parameters
    ----------
    count, time
        n and t above 0, ``(n_rows,)``.
    rates
        (r, α), the purchase rates, of all or ``(n_rows,)``.
    stops
        (s, β), the dropout rates, of all or ``(n_rows,)``.

    Examples
    --------
    >>> np.exp(log_vanishing_after(np.zeros(1), np.ones(1), rates=(1.0, 1.0), stops=(1.0, 1.0))).round(12)
    array([0.375])
    """
    result = np.empty(count.shape)
    mixing = (np.array(np.broadcast_to(value, count.shape)) for value in (*rates, *stops))
    shape, rate, stop_shape, stop_rate = mixing
    everyone = _Buyers(shape, rate, stop_shape, stop_rate, count, np.log(time))
    for start in range(0, count.size, CHUNK):
        buyers = everyone.rows(slice(start, start + CHUNK))
        top = np.minimum(buyers.log_mode(), buyers.log_time)
        height = buyers.log_density(top)
        arrivals = log_rising(buyers.shape, buyers.bought) - special.gammaln(buyers.bought + 1)
        area = _side(buyers, top, height, -1.0) + _side(buyers, top, height, 1.0)
        stops_at = np.log(buyers.stop_shape) - np.log(buyers.stop_rate)
        result[start : start + CHUNK] = arrivals + stops_at + height + np.log(area)
    return result


def _side(buyers: _Buyers, top: FloatArray, height: FloatArray, direction: float) -> FloatArray:
    """Integrate exp(log density - height) from the top to one side, panel by ever wider panel."""
    area, distance, width = np.zeros(top.size), np.zeros(top.size), buyers.first_width(top)
    limit = buyers.log_time - top if direction > 0 else np.full(top.size, np.inf)
    active = np.flatnonzero(limit > 0)
    while active.size:
        step = np.minimum(width[active], limit[active] - distance[active])
        log_y = (top + direction * distance)[active, np.newaxis] + direction * step[:, np.newaxis] * NODES
        part = _column(buyers.rows(active))
        values = np.exp(part.log_density(log_y) - height[active, np.newaxis]) * WEIGHTS
        added = step * values.sum(axis=1)
        area[active] += added
        distance[active] += step
        width[active] = np.minimum(width[active] * WIDENING, WIDEST)
        active = active[_goes_on(added, area[active], distance[active] < limit[active])]
    return area


def _goes_on(added: FloatArray, area: FloatArray, inside: BoolArray) -> BoolArray:
    going: BoolArray = inside & (added > 1e-19 * area)
    return going


def _column(buyers: _Buyers) -> _Buyers:
    return _Buyers(*(column[:, np.newaxis] for column in buyers))
