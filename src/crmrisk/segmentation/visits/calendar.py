"""Contacts on a calendar: each on a day that keeps the customer's gap, in a stretch of time with capacity left.

Contacts are placed one after the other: promised ones first, then those worth most per unit of capacity. Each goes
where a regular rhythm would put it, or into the next stretch with capacity left, or as early as the gap allows. Finding
the most contacts that fit is a hard problem; this may leave out a contact that a cleverer calendar would hold, and what
is left out is reported.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from crmrisk.segmentation.visits.allocation import Allocation, Demands, allocate, contact_items

if TYPE_CHECKING:
    from crmrisk.core.arrays import FloatArray, IntArray

__all__ = ["Calendar", "place_contacts"]

_EXACT = 1.0 + 1e-12


class Calendar(NamedTuple):
    """Hold when customers may be contacted.

    Examples
    --------
    >>> Calendar(np.array([0]), np.array([14]), 90, 7).length
    90
    """

    earliest: IntArray
    """The first day that is welcome, ``(n_customers,)``."""

    gap: IntArray
    """Days between two contacts at least, ``(n_customers,)``."""

    length: int
    """Days of the period."""

    every: int
    """Days of a stretch that has a capacity of its own."""


def place_contacts(demands: Demands, calendar: Calendar, capacity: FloatArray) -> tuple[Allocation, IntArray]:
    """Give contacts days, the promised and most valuable first.

    Parameters
    ----------
    demands
        By customer; at a tie the earlier one comes first.
    calendar
        When they may be contacted.
    capacity
        Of each stretch, ``(n_stretches,)``.

    Returns
    -------
    Contacts by customer, and the day of each contact, customer by customer.

    Examples
    --------
    >>> two = Demands(np.array([9.0, 5.0]), np.array([0.5, 0.5]), np.zeros(2, int), np.array([2, 2]), np.ones(2))
    >>> found, day = place_contacts(two, Calendar(np.zeros(2, int), np.ones(2, int), 14, 7), np.array([2.0, 1.0]))
    >>> found.contacts, day
    (array([2, 1]), array([0, 7, 1]))
    """
    whole = allocate(demands, float(capacity.sum()))
    promised, optional = contact_items(demands)
    items = [np.concatenate(part) for part in zip(promised, optional, strict=True)]
    desk = _Desk(demands, calendar, capacity, whole.contacts)
    taken = np.array([desk.take(row, cost) for row, cost in zip(items[0].tolist(), items[2].tolist(), strict=True)])
    taken = taken.astype(np.bool_)
    row, gain, cost = (part[taken] for part in items)
    contacts = np.bincount(row, minlength=len(demands.gain))
    used, kept = float(cost.sum()), taken[: len(promised.row)].all()
    waiting = (items[1] / items[2])[~taken & desk.open[items[0]]]
    averted = float(gain.sum())
    bound = max(whole.bound, averted) if kept else float("nan")
    found = Allocation(contacts, used, float(waiting.max(initial=0.0)), averted, bound)
    return found, np.array([day for days in desk.days for day in days], dtype=np.int64)


class _Desk:
    """Take contacts one after the other, as long as a stretch has capacity left."""

    def __init__(self, demands: Demands, calendar: Calendar, capacity: FloatArray, wanted: IntArray) -> None:
        spread = (calendar.length - calendar.earliest) // np.maximum(wanted, 1)
        self.rhythm = np.maximum(spread, calendar.gap).tolist()
        self.earliest, self.gap = calendar.earliest.tolist(), calendar.gap.tolist()
        self.length, self.every = calendar.length, calendar.every
        self.maximum = demands.maximum.tolist()
        self.left = (capacity * _EXACT).tolist()
        self.held = [0] * len(self.left)
        self.days: list[list[int]] = [[] for _ in self.gap]
        self.open = np.ones(len(self.gap), dtype=np.bool_)
        """Whom more capacity would serve: the gap leaves a day."""
        self.closed = [False] * len(self.gap)

    def take(self, row: int, cost: float) -> bool:
        """Put a customer's next contact on a day, unless there is none."""
        if self.closed[row]:
            return False
        days = self.days[row]
        first = days[-1] + self.gap[row] if days else self.earliest[row]
        last = self.length - 1 - (self.maximum[row] - len(days) - 1) * self.gap[row]
        aim = max(min(days[-1] + self.rhythm[row], last), first) if days else first
        found = self._stretch(aim, cost)
        if found is None and aim > first:
            aim, found = first, self._stretch(first, cost)
        if found is None:
            self.closed[row] = True
            self.open[row] = first < self.length
            return False
        days.append(self._day(found, aim, max(last, aim)))
        self.left[found] -= cost
        self.held[found] += 1
        return True

    def _stretch(self, day: int, cost: float) -> int | None:
        if day >= self.length:  # the last stretch would go on, had it all its days
            return None
        return next((place for place in range(day // self.every, len(self.left)) if self.left[place] >= cost), None)

    def _day(self, stretch: int, aim: int, last: int) -> int:
        """Spread the contacts of a stretch over its days, as far as later contacts of the customer allow."""
        start = stretch * self.every
        days = min(self.every, self.length - start)
        return max(aim, start, min(start + self.held[stretch] % days, last))
