"""Giving a team's capacity to contacts, the most valuable first, as long as there is some.

Every further contact of a customer is worth less than the one before. With equal work per contact the greedy choice is
then optimal: exchanging any contact that was taken for one that was not can only lose. With unequal work it may miss
the optimum by less than the value of one contact; `Allocation.bound` says what no plan can exceed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from crmrisk.core.arrays import BoolArray, FloatArray, IntArray

__all__ = ["Allocation", "Demands", "Items", "allocate", "contact_items"]


class Demands(NamedTuple):
    """Hold what each customer must, may and would be worth getting, ``(n_customers,)`` each.

    Examples
    --------
    >>> Demands(*np.ones((5, 2))).minimum
    array([1., 1.])
    """

    gain: FloatArray
    """What the first contact is worth."""

    decay: FloatArray
    """What each further one is worth of the one before, in [0, 1]."""

    minimum: IntArray
    maximum: IntArray
    cost: FloatArray
    """Capacity one contact takes."""

    def take(self, rows: IntArray) -> Demands:
        """Put customers into another order."""
        gain, decay, cost = self.gain[rows], self.decay[rows], self.cost[rows]
        return Demands(gain, decay, self.minimum[rows], self.maximum[rows], cost)


class Allocation(NamedTuple):
    """Hold the contacts that were given.

    Examples
    --------
    >>> allocate(Demands(np.array([9.0, 5.0]), np.array([0.5, 0.5]), np.zeros(2, int), np.array([3, 3]), np.ones(2)),
    ...     3.0).contacts
    array([2, 1])
    """

    contacts: IntArray
    used: float
    """Capacity taken."""

    shadow_price: float
    """What one more unit of capacity is worth: the best contact it would allow, per unit; 0 where all are given."""

    gain: float
    bound: float
    """What no plan with these minimums can exceed."""


class Items(NamedTuple):
    """Hold contacts that may be given, the most valuable per unit first, ``(n_items,)`` each.

    Examples
    --------
    See `contact_items`.
    """

    row: IntArray
    """Whose."""

    gain: FloatArray
    cost: FloatArray


def allocate(demands: Demands, capacity: float) -> Allocation:
    """Give the minimums first, the most valuable first, then what is worth most per unit of capacity.

    Parameters
    ----------
    demands
        By customer; at a tie the earlier one comes first.
    capacity
        What there is.

    Examples
    --------
    See `Allocation`.
    """
    n = len(demands.gain)
    promised, optional = contact_items(demands)
    kept, left = _taken(promised, capacity)
    more, rest = _taken(optional, left)
    contacts = np.bincount(np.concatenate([promised.row[kept], optional.row[more]]), minlength=n)
    sure = float(promised.gain[kept].sum())
    gain = sure + float(optional.gain[more].sum())
    waiting = [items.gain[~taken] / items.cost[~taken] for items, taken in ((promised, kept), (optional, more))]
    price = max((float(each.max()) for each in waiting if each.size), default=0.0)
    bound = max(sure + _relaxed(optional, left), gain) if kept.all() else float("nan")
    return Allocation(contacts, capacity - rest, price, gain, bound)


def contact_items(demands: Demands) -> tuple[Items, Items]:
    """List the contacts that are promised, and those that are worth something beyond.

    Parameters
    ----------
    demands
        By customer; at a tie the earlier one comes first.

    Examples
    --------
    >>> one = Demands(np.array([9.0]), np.array([0.5]), np.array([1]), np.array([3]), np.ones(1))
    >>> [items.gain.tolist() for items in contact_items(one)]
    [[9.0], [4.5, 2.25]]
    """
    promised = _items(demands, np.zeros(len(demands.gain), dtype=np.int64), demands.minimum)
    optional = _items(demands, demands.minimum, demands.maximum)
    worth = optional.gain > 0.0  # nobody is called on for nothing
    return promised, Items(optional.row[worth], optional.gain[worth], optional.cost[worth])


def _items(demands: Demands, first: IntArray, last: IntArray) -> Items:
    """List every contact from the first to the last of each customer, the most valuable per unit first."""
    count = np.maximum(last - first, 0)
    row = np.repeat(np.arange(len(count)), count)
    number = np.arange(len(row)) - np.repeat(np.cumsum(count) - count, count) + first[row]
    gain = demands.gain[row] * demands.decay[row] ** number
    cost = demands.cost[row]
    order = np.lexsort((row, number, -gain / cost))
    return Items(row[order], gain[order], cost[order])


def _taken(items: Items, capacity: float) -> tuple[BoolArray, float]:
    """Take items in order as long as they fit; what does not fit lets smaller ones pass."""
    total = np.cumsum(items.cost)
    fits = int(np.searchsorted(total, capacity * (1.0 + 1e-12), side="right"))
    taken = np.arange(len(total)) < fits
    left = max(capacity - (float(total[fits - 1]) if fits else 0.0), 0.0)
    smallest = float(items.cost[fits:].min(initial=np.inf))
    for place in range(fits, len(total)):
        if left < smallest:
            break
        if items.cost[place] <= left:
            taken[place] = True
            left -= float(items.cost[place])
    return taken, left


def _relaxed(items: Items, capacity: float) -> float:
    """Value the items in order, the last one in part: no choice of whole ones is worth more."""
    before = np.cumsum(items.cost) - items.cost
    share = np.clip((capacity - before) / items.cost, 0.0, 1.0)
    return float((items.gain * share).sum())
