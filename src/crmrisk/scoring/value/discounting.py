"""Turn a rate, a horizon and a rhythm into weights on expected purchases.

Value is ``Σ D(k) (E[Y(t_k)] - E[Y(t_k-1)])`` over periods that end at t_k, with ``D(k) = (1+d)^(-t_k in years)``.
Summed by parts it is ``Σ w_k E[Y(t_k)]`` with weights ``w_k = D(k) - D(k+1)`` that are never negative; the limit of
short periods is an integral of the same kind.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterator

    from crmrisk.core.arrays import FloatArray

__all__ = ["YEAR", "Schedule", "Term"]

Term = tuple["FloatArray", "FloatArray"]
"""Times and the weights of the purchases expected by then."""
YEAR = timedelta(days=365)
"""The year an annual rate is for."""
NODES = 48
"""Gauss-Legendre nodes of continuous discounting: right to 1e-12 for horizons up to 1e4 times the scale of age."""


@dataclass(frozen=True, kw_only=True)
class Schedule:
    """Say when purchases count and for how much.

    Parameters
    ----------
    horizon
        How far to look ahead.
    period
        Purchases count at the end of theirs, the last of which may be short; ``None`` is at once.
    discount_rate
        The effective rate per year.
    time_unit
        The time unit of the model.

    Examples
    --------
    >>> half_years = Schedule(horizon=YEAR, period=YEAR / 2, discount_rate=0.21, time_unit=timedelta(days=1))
    >>> [(float(time), round(float(weight), 6)) for time, weight in half_years.terms(np.array(1.0))]
    [(182.5, 0.082645), (365.0, 0.826446)]
    """

    horizon: timedelta
    period: timedelta | None
    discount_rate: float
    time_unit: timedelta

    def terms(self, scale: FloatArray) -> Iterator[Term]:
        """Yield times and the weights of the purchases expected by then.

        Parameters
        ----------
        scale
            The time over which a customer's expectation bends [time unit], any shape; only continuous discounting
            looks at it.
        """
        if self.period is not None:
            yield from self._by_period(scale, self.period)
        else:
            yield from self._continuous(scale)

    def _by_period(self, scale: FloatArray, period: timedelta) -> Iterator[Term]:
        whole, rest = divmod(self.horizon, period)
        ends = period / self.time_unit * np.arange(1, whole + 1)
        if rest:
            ends = np.append(ends, self.horizon / self.time_unit)
        worth = np.exp(-self._force() * ends)
        for time, weight in zip(ends, worth - np.append(worth[1:], 0.0), strict=True):
            if weight > 0:
                yield np.full(scale.shape, time), np.full(scale.shape, weight)

    def _continuous(self, scale: FloatArray) -> Iterator[Term]:
        """∫ exp(-δt) dE[Y(t)] by parts, substituting t = scale (exp(w) - 1), in which expectations are smooth."""
        horizon, force = self.horizon / self.time_unit, self._force()
        yield np.full(scale.shape, horizon), np.full(scale.shape, np.exp(-force * horizon))
        if force > 0:
            nodes, shares = np.polynomial.legendre.leggauss(NODES)
            stretch = np.log1p(horizon / scale)
            for node, share in zip(nodes, shares, strict=True):
                time = scale * np.expm1(stretch * (1 + node) / 2)
                yield time, force * np.exp(-force * time) * (scale + time) * stretch * share / 2

    def _force(self) -> float:
        return float(np.log1p(self.discount_rate)) * (self.time_unit / YEAR)
