"""Sharing the capacity of all teams out, and giving every contact a day."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from crmrisk.segmentation.visits.allocation import Allocation, Demands, allocate
from crmrisk.segmentation.visits.calendar import Calendar, place_contacts

if TYPE_CHECKING:
    from crmrisk.core.arrays import IntArray
    from crmrisk.segmentation.visits.teams import Teams

__all__ = ["SharedOut", "share_out"]


class SharedOut(NamedTuple):
    """Hold the contacts of all teams.

    Examples
    --------
    See `share_out`.
    """

    contacts: IntArray
    """``(n_customers,)``."""

    day: IntArray
    """From the start, customer by customer, ``(n_contacts,)``."""

    allocations: tuple[Allocation, ...]
    """One per team."""

    @property
    def bound(self) -> float:
        """What no plan with these minimums can exceed [money]."""
        return sum(each.bound for each in self.allocations)


def share_out(demands: Demands, calendar: Calendar, teams: Teams, team: IntArray, *, order: IntArray) -> SharedOut:
    """Give each team's capacity to its customers, and each contact a day.

    Parameters
    ----------
    demands
        What each customer must, may and would be worth getting.
    calendar
        When customers may be contacted.
    teams
        Who can do how much.
    team
        Place of each customer's team, -1 for none, ``(n_customers,)``.
    order
        Places of the customers, the first at a tie first.

    Examples
    --------
    >>> from crmrisk.segmentation.visits.teams import read_teams
    >>> one = Demands(np.array([9.0]), np.array([0.5]), np.zeros(1, int), np.array([2]), np.ones(1))
    >>> nobody_else = (read_teams(5, None, 90), np.zeros(1, int))
    >>> share_out(one, Calendar(np.zeros(1, int), np.ones(1, int), 90, 90), *nobody_else, order=np.zeros(1, int)).day
    array([ 0, 45])
    """
    contacts, allocations = np.zeros(len(team), dtype=np.int64), []
    days: dict[int, IntArray] = {}
    for place, capacity in enumerate(teams.capacity):
        rows = order[team[order] == place]
        mine = demands.take(rows)
        if len(capacity) == 1:
            found = allocate(mine, float(capacity[0]))
        else:
            when = calendar._replace(earliest=calendar.earliest[rows], gap=calendar.gap[rows])
            found, flat = place_contacts(mine, when, capacity)
            parts = np.split(flat, np.cumsum(found.contacts)[:-1])
            days |= dict(zip(rows.tolist(), parts, strict=False))
        contacts[rows] = found.contacts
        allocations.append(found)
    if teams.capacity.shape[1] == 1:
        return SharedOut(contacts, _spread(contacts, demands, calendar, order), tuple(allocations))
    listed = [days[row] for row in range(len(team)) if row in days]
    return SharedOut(contacts, np.concatenate([np.empty(0, dtype=np.int64), *listed]), tuple(allocations))


def _spread(contacts: IntArray, demands: Demands, calendar: Calendar, order: IntArray) -> IntArray:
    """Spread each customer's contacts over the time left, and the customers over the time between two."""
    earliest, gap, length = calendar.earliest, calendar.gap, calendar.length
    called = contacts > 0
    rank = np.empty(len(contacts))
    rank[order[np.lexsort((np.arange(len(order)), -demands.gain[order], ~called[order]))]] = np.arange(len(order))
    share = rank / max(int(called.sum()), 1)
    some = np.maximum(contacts, 1)
    spacing = np.maximum((length - earliest) // some, gap)
    slack = np.maximum(length - 1 - earliest - (some - 1) * spacing, 0)
    offset = np.floor(share * (np.minimum(slack, spacing - 1) + 1)).astype(np.int64)
    row = np.repeat(np.arange(len(contacts)), contacts)
    number = np.arange(len(row)) - np.repeat(np.cumsum(contacts) - contacts, contacts)
    day: IntArray = (earliest + offset)[row] + number * spacing[row]
    return day
