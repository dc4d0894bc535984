"""Time inside a simulation: days since the book opened, as floats; moments only when tables are written."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from crmrisk.core.arrays import FloatArray, IntArray

__all__ = ["Clock", "Moments", "arrivals", "order_within"]

Moments = np.ndarray[Any, np.dtype[np.datetime64]]

_SECONDS = 86_400


@dataclass(frozen=True)
class Clock:
    """Convert between days since the book opened and moments.

    Parameters
    ----------
    start, end
        The first moment of the book, and the first moment after it.

    Examples
    --------
    >>> clock = Clock(datetime(2025, 1, 1), datetime(2026, 1, 1))
    >>> clock.length
    365.0
    >>> clock.moments(np.array([1.5, 400.0]))
    array(['2025-01-02T12:00:00.000000',                        'NaT'],
          dtype='datetime64[us]')
    """

    start: datetime
    end: datetime

    @property
    def length(self) -> float:
        """How long the book is kept [day]."""
        return (self.end - self.start) / timedelta(days=1)

    def moments(self, elapsed: FloatArray) -> Moments:
        """Turn days since the start into moments; what is not yet known at the end, or never happens, becomes NaT.

        Parameters
        ----------
        elapsed
            Days since the start, of any shape; NaN or infinity is never.

        Examples
        --------
        >>> Clock(datetime(2025, 1, 1), datetime(2026, 1, 1)).moments(np.array([np.nan]))
        array(['NaT'], dtype='datetime64[us]')
        """
        known = elapsed < self.length
        seconds = (np.where(known, elapsed, 0.0) * _SECONDS).astype(np.int64).astype("timedelta64[s]")
        moments = (np.datetime64(self.start, "us") + seconds).astype("datetime64[us]")
        return np.where(known, moments, np.datetime64("NaT", "us"))

    def elapsed(self, moment: date | datetime) -> float:
        """Turn a moment into days since the start.

        Parameters
        ----------
        moment
            A date means its first moment.

        Examples
        --------
        >>> Clock(datetime(2025, 1, 1), datetime(2026, 1, 1)).elapsed(date(2025, 1, 31))
        30.0
        """
        return float((np.datetime64(moment, "us") - np.datetime64(self.start, "us")) / np.timedelta64(1, "D"))


def arrivals(
    rate: FloatArray, since: FloatArray, until: float, rng: np.random.Generator
) -> tuple[IntArray, FloatArray]:
    """Draw Poisson arrivals for every customer.

    Parameters
    ----------
    rate
        Arrivals [1/day], ``(n_customers,)``.
    since
        When each customer joined [day since the start], ``(n_customers,)``.
    until
        When drawing stops [day since the start].
    rng
        The source of randomness.

    Returns
    -------
    The row of the customer and the time [day since the start] of each arrival, ordered by customer, then time.

    Examples
    --------
    >>> rows, times = arrivals(np.array([0.0, 2.0]), np.array([0.0, 5.0]), 10.0, np.random.default_rng(1))
    >>> set(rows.tolist()), bool((times >= 5).all())
    ({1}, True)
    """
    exposure = until - since
    rows = np.repeat(np.arange(len(rate)), rng.poisson(rate * exposure))
    # A uniform share within its customer's row: one plain sort puts customers and times in order.
    share = np.sort(rows + rng.random(len(rows))) - rows
    return rows, since[rows] + np.clip(share, 0.0, np.nextafter(1.0, 0.0)) * exposure[rows]


def order_within(rows: IntArray) -> IntArray:
    """Count the records of each customer from 0; records of one customer must be neighbours.

    Parameters
    ----------
    rows
        The row of the customer of each record.

    Examples
    --------
    >>> order_within(np.array([0, 0, 2, 2, 2]))
    array([0, 1, 0, 1, 2])
    """
    positions = np.arange(len(rows))
    first = np.concatenate([np.ones(min(len(rows), 1), dtype=bool), rows[1:] != rows[:-1]])
    return positions - np.maximum.accumulate(np.where(first, positions, 0))
