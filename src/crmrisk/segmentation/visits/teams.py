"""Teams: who works through which channel, and how much each can do in each stretch of time."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from pydantic.dataclasses import dataclass

from crmrisk.core.arguments import is_number, refuse
from crmrisk.core.errors import InvalidValueError, Problem
from crmrisk.core.model import VALUE, Value

if TYPE_CHECKING:
    from crmrisk.core.arrays import FloatArray, IntArray, ObjectArray

__all__ = ["ChannelUse", "Teams", "money_words", "read_teams", "team_problems"]


@dataclass(frozen=True, kw_only=True, config=VALUE)
class ChannelUse(Value):
    """Hold what one channel can do and what a plan takes of it.

    Parameters
    ----------
    channel
        The channel; ``None`` where one team does everything.
    capacity, used
        What it has over the whole period, and what is planned, in the unit of the plan.
    contacts, unmet
        Contacts planned, and contacts promised that are not.
    shadow_price
        What one more unit of its capacity would avert [money]; 0 where nobody waits for it.

    Examples
    --------
    >>> str(ChannelUse(channel="visit", capacity=40, used=38, contacts=19, unmet=2, shadow_price=12.5))
    'visit: 38 of 40 used for 19 contacts, 2 promised not kept, one more would avert 12.5'
    """

    channel: str | None
    capacity: float
    used: float
    contacts: int
    unmet: int
    shadow_price: float

    def __str__(self) -> str:
        taken = f"{round(self.used, 2):,.12g} of {round(self.capacity, 2):,.12g} used for {self.contacts:,} contacts"
        short = f", {self.unmet:,} promised not kept" if self.unmet else ""
        return f"{self.channel or 'all'}: {taken}{short}, one more would avert {money_words(self.shadow_price)}"


_MOST = 1e12  # what is left of more loses the last contacts to rounding


def money_words(amount: float) -> str:
    """Write an amount in four digits, and a large one in all of its own.

    Parameters
    ----------
    amount
        [money].

    Examples
    --------
    >>> money_words(26_330.4), money_words(28.4567)
    ('26,330', '28.46')
    """
    return f"{amount:,.0f}" if 1e3 <= abs(amount) < 1e15 else f"{amount:,.4g}"


class Teams(NamedTuple):
    """Hold the capacity of each channel in each stretch of the period.

    Examples
    --------
    >>> read_teams({"visit": 10}, timedelta(days=7), 10).capacity.round(2)
    array([[10.  ,  4.29]])
    """

    names: tuple[str, ...]
    """The channels; none where one team does everything."""

    capacity: FloatArray
    """``(n_teams, n_stretches)``; the last stretch may be shorter, and has its share."""

    every: int
    """Days of a stretch."""

    def places(self, channel: ObjectArray) -> IntArray:
        """Find the team of each customer, -1 where the channel is unknown, ``(n_customers,)``.

        Parameters
        ----------
        channel
            Each customer's channel, ``None`` for none.

        Raises
        ------
        InvalidValueError
            If a channel has no capacity stated.

        Examples
        --------
        >>> read_teams({"visit": 10}, None, 90).places(np.array(["visit", None], dtype=object))
        array([ 0, -1])
        """
        if not self.names:
            return np.zeros(len(channel), dtype=np.int64)
        known = {name: place for place, name in enumerate(self.names)}
        strange = sorted({each for each in channel.tolist() if each is not None} - known.keys())
        if strange:
            what, remedy = f"no capacity for {', '.join(map(repr, strange[:5]))}", "state it, 0 if there is none"
            raise InvalidValueError(Problem(what=what, where="capacity", allowed=", ".join(known), remedy=remedy))
        return np.array([known.get(each, -1) for each in channel.tolist()], dtype=np.int64)


def team_problems(capacity: Any, every: Any, length: int) -> list[Problem]:
    """List what is wrong with what teams can do.

    Parameters
    ----------
    capacity, every, length
        As for `read_teams`.

    Examples
    --------
    >>> [str(each) for each in team_problems({"visit": -1}, None, 90)]
    ["capacity['visit']: not allowed; allowed: a number, 0 to 1e12; got: -1"]
    """
    by_channel = isinstance(capacity, Mapping)
    given = {f"capacity[{name!r}]": each for name, each in capacity.items()} if by_channel else {"capacity": capacity}
    problems = [
        Problem(what="not allowed", where=where, allowed="a number, 0 to 1e12", got=repr(each))
        for where, each in given.items()
        if not (is_number(each) and 0.0 <= each <= _MOST)
    ]
    if not given:
        problems.append(Problem(what="no channel", where="capacity", allowed="channel to capacity"))
    day = timedelta(days=1)
    if every is not None and not (isinstance(every, timedelta) and day <= every <= length * day and not every % day):
        allowed = "a timedelta of whole days within the period"
        problems.append(Problem(what="not allowed", where="capacity_every", allowed=allowed, got=repr(every)))
    return problems


def read_teams(capacity: Any, every: Any, length: int) -> Teams:
    """Read what teams can do.

    Parameters
    ----------
    capacity
        A number for one team, or channel to number.
    every
        How long a stretch with that capacity is; ``None`` is the whole period.
    length
        Days of the period.

    Raises
    ------
    InvalidValueError
        If a capacity is no number from 0, there is none, or a stretch is no whole days within the period.

    Examples
    --------
    >>> read_teams(30, None, 90).capacity
    array([[30.]])
    """
    refuse(team_problems(capacity, every, length))
    named = {str(name): each for name, each in capacity.items()} if isinstance(capacity, Mapping) else {}
    given = list(named.values()) if isinstance(capacity, Mapping) else [capacity]
    stretch = length if every is None else every.days
    parts = np.diff(np.append(np.arange(0, length, stretch), length)) / stretch
    return Teams(tuple(named), np.outer(np.array([float(each) for each in given]), parts), stretch)
