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

from crmrisk.core.arguments import is_number
from crmrisk.core.errors import InvalidValueError, Problem
from crmrisk.scoring.value.forever import at_once_for_ever, by_period_for_ever

if TYPE_CHECKING:
    from collections.abc import Iterator

    from crmrisk.core.arrays import FloatArray

__all__ = ["YEAR", "Schedule", "Term", "checked_schedule"]

Term = tuple["FloatArray", "FloatArray"]
"""Times and the weights of the purchases expected by then."""
YEAR = timedelta(days=365)
"""The year an annual rate is for."""
NODES = 48
"""Gauss-Legendre nodes of continuous discounting: right to 1e-12 for horizons up to 1e4 times the scale of age."""
MOST = 10_000
"""The most periods up to a horizon: days for 27 years."""


@dataclass(frozen=True, kw_only=True)
class Schedule:
    """Say when purchases count and for how much.

    Parameters
    ----------
    horizon
        How far to look ahead; ``None`` is for ever.
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

    horizon: timedelta | None
    period: timedelta | None
    discount_rate: float
    time_unit: timedelta

    def terms(self, scale: FloatArray) -> Iterator[Term]:
        """Yield times and the weights of the purchases expected by then.

        Parameters
        ----------
        scale
            The time over which a customer's expectation bends [time unit], any shape; only continuous discounting
            up to a horizon looks at it.
        """
        if self.horizon is None:
            for time, weight in self._for_ever():
                yield np.full(scale.shape, time), np.full(scale.shape, weight)
        elif self.period is not None:
            yield from self._by_period(scale, self.horizon, self.period)
        else:
            yield from self._continuous(scale)

    def _for_ever(self) -> Iterator[tuple[float, float]]:
        if self.period is None:
            return at_once_for_ever(self.force)
        return by_period_for_ever(self.period / self.time_unit, self.force)

    def _by_period(self, scale: FloatArray, horizon: timedelta, period: timedelta) -> Iterator[Term]:
        whole, rest = divmod(horizon, period)
        ends = period / self.time_unit * np.arange(1, whole + 1)
        if rest:
            ends = np.append(ends, horizon / self.time_unit)
        worth = np.exp(-self.force * ends)
        for time, weight in zip(ends, worth - np.append(worth[1:], 0.0), strict=True):
            if weight > 0:
                yield np.full(scale.shape, time), np.full(scale.shape, weight)

    def _continuous(self, scale: FloatArray) -> Iterator[Term]:
        """∫ exp(-δt) dE[Y(t)] by parts, substituting t = scale (exp(w) - 1), in which expectations are smooth."""
        horizon, force = self.length, self.force
        yield np.full(scale.shape, horizon), np.full(scale.shape, np.exp(-force * horizon))
        if force > 0:
            nodes, shares = np.polynomial.legendre.leggauss(NODES)
            stretch = np.log1p(horizon / scale)
            for node, share in zip(nodes, shares, strict=True):
                time = scale * np.expm1(stretch * (1 + node) / 2)
                yield time, force * np.exp(-force * time) * (scale + time) * stretch * share / 2

    @property
    def length(self) -> float:
        """Give the horizon in time units of the model, infinite for ever."""
        return np.inf if self.horizon is None else self.horizon / self.time_unit

    @property
    def force(self) -> float:
        """Give the force of interest δ = ln(1 + d) per time unit of the model."""
        return float(np.log1p(self.discount_rate)) * (self.time_unit / YEAR)


def checked_schedule(
    time_unit: timedelta,
    horizon: timedelta | np.timedelta64 | float | None,
    period: timedelta | None,
    discount_rate: float,
) -> Schedule:
    """Check what a schedule is made of.

    Parameters
    ----------
    time_unit
        The time unit of the model.
    horizon
        How far to look ahead, a timedelta or [day]; ``None`` is for ever, which needs a rate above 0.
    period
        The rhythm, at most 10,000 periods up to the horizon; ``None`` is at once.
    discount_rate
        The effective rate per year.

    Raises
    ------
    InvalidValueError
        If a value is not what it should be, everything listed.

    Examples
    --------
    >>> checked_schedule(timedelta(weeks=1), 365, None, 0.1).horizon
    datetime.timedelta(days=365)
    """
    span = horizon if horizon is None or isinstance(horizon, timedelta) else _days(horizon)
    lengths = {"time_unit": time_unit, "period": period}
    problems = [
        Problem(what="not a time span above 0", where=name, allowed="> 0 days", got=str(length))
        for name, length in lengths.items()
        if not (length is None and name == "period") and not (isinstance(length, timedelta) and length > timedelta(0))
    ]
    if span is not None and span < timedelta(0):
        problems.append(Problem(what="negative horizon", where="horizon", allowed=">= 0 days", got=str(span)))
    if span is not None and isinstance(period, timedelta) and period > timedelta(0) and span / period > MOST:
        what, remedy = f"more than {MOST:,} periods", "discount at once (period=None), or by longer periods"
        problems.append(Problem(what=what, where="period", got=f"{period} within {span}", remedy=remedy))
    if not (is_number(discount_rate) and 0 <= discount_rate < np.inf):
        problems.append(
            Problem(what="not a rate", where="discount_rate", allowed="a number >= 0", got=repr(discount_rate))
        )
    elif span is None and not discount_rate:
        what, remedy = "value for ever is infinite without discounting", "give a rate above 0, or a horizon"
        problems.append(Problem(what=what, where="discount_rate", allowed="> 0", got="0", remedy=remedy))
    if problems:
        raise InvalidValueError(*problems)
    return Schedule(horizon=span, period=period, discount_rate=float(discount_rate), time_unit=time_unit)


def _days(horizon: np.timedelta64 | float) -> timedelta:
    try:
        return timedelta(days=horizon / np.timedelta64(1, "D") if isinstance(horizon, np.timedelta64) else horizon)
    except (OverflowError, TypeError, ValueError):
        raise InvalidValueError(
            Problem(what="not a time span", where="horizon", allowed="a timedelta, or days", got=repr(horizon))
        ) from None
