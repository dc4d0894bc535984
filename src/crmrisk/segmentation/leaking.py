"""Where the money leaks: what each move between segments costs, the worst first."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from crmrisk.core.arguments import level_problems, refuse
from crmrisk.core.errors import InvalidValueError, Problem
from crmrisk.core.estimate import Estimate
from crmrisk.core.expecting import expect
from crmrisk.core.intervals import normal_quantile, wilson_limits
from crmrisk.core.listing import bounded, listed
from crmrisk.segmentation.markov_chain import numbers_by_state
from crmrisk.segmentation.markov_value import MarkovValue
from crmrisk.segmentation.migration import Migration

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd
    from numpy.typing import ArrayLike

    from crmrisk.core.arrays import FloatArray, ObjectArray

__all__ = ["MoneyLeaks", "money_leaks"]


@dataclass(frozen=True, eq=False)
class MoneyLeaks:
    """Hold what moves between segments cost or bring, the most costly first.

    Parameters
    ----------
    source, target
        From where to where, ``(n_moves,)``.
    customers
        How many went, ``(n_moves,)``.
    difference
        What one of them is worth more than before; below 0 where money leaks [money], ``(n_moves,)``.
    money
        ``customers · difference`` [money], ``(n_moves,)``.
    low, high
        What chance would let that be, from Wilson's interval of the share that moves, ``(n_moves,)``.
    lost, gained, net
        Sums over the moves that cost, that bring, and over all, with intervals that know that who went one way cannot
        have gone another.
    level
        Nominal coverage.
    warnings
        What is not in these figures.

    Examples
    --------
    >>> from crmrisk.segmentation.transitions import transition_matrix
    >>> moved = transition_matrix(counts=[[80, 20], [10, 90]], names=("basic", "gold"))
    >>> leaks = money_leaks(moved, {"basic": 10, "gold": 100})
    >>> print(leaks.lost)
    -900 [-1429, -370.8] (95 % customers that move as shares of their segment, n 200)
    >>> leaks.frame()[["source", "target", "customers", "money"]]
      source target  customers   money
    0   gold  basic       10.0  -900.0
    1  basic   gold       20.0  1800.0
    """

    source: ObjectArray
    target: ObjectArray
    customers: FloatArray
    difference: FloatArray
    money: FloatArray
    low: FloatArray
    high: FloatArray
    lost: Estimate
    gained: Estimate
    net: Estimate
    level: float
    warnings: tuple[str, ...] = ()

    def __repr__(self) -> str:
        columns = (self.source, self.target, self.customers, self.money, self.low, self.high)
        moves = (
            f"{here} to {there}: {customers:g} customers, {money:.6g} [{low:.6g}, {high:.6g}]"
            for here, there, customers, money, low, high in zip(*columns, strict=True)
        )
        return f"net {self.net}, lost {bounded(self.lost)}, gained {bounded(self.gained)}\n{listed(moves, most=10)}"

    def __post_init__(self) -> None:
        names = ("source", "target", "customers", "difference", "money", "low", "high")
        for name in names:
            getattr(self, name).flags.writeable = False

    def __len__(self) -> int:
        return len(self.money)

    def __getitem__(self, move: tuple[str, str]) -> Estimate:
        """Return the money of one move: ``leaks["gold", "basic"]``."""
        source, target = move if isinstance(move, tuple) and len(move) == 2 else (move, "")
        found = np.flatnonzero((self.source == source) & (self.target == target))
        if not found.size:
            remedy = "a pair of different segments of different worth that somebody moved between"
            raise InvalidValueError(Problem(what="no such move", where=f"{source} to {target}"[:200], remedy=remedy))
        at = found[0]
        value, low, high, n = (float(each[at]) for each in (self.money, self.low, self.high, self.customers))
        return Estimate(value=value, low=low, high=high, level=self.level, method="wilson", n=n)

    def frame(self) -> pd.DataFrame:
        """Return a pandas frame, one row per move, the most costly first.

        Examples
        --------
        See `MoneyLeaks`.
        """
        import pandas as pd  # noqa: PLC0415 - a heavy import that only this call needs

        names = ("source", "target", "customers", "difference", "money", "low", "high")
        return pd.DataFrame({name: getattr(self, name).copy() for name in names})


def money_leaks(
    migration: Migration, values: Mapping[str, float] | ArrayLike | MarkovValue, *, level: float = 0.95
) -> MoneyLeaks:
    """Rank moves between segments by the money they cost.

    ``n_ij (v_j − v_i)`` for every move that was seen, over all periods counted.

    Parameters
    ----------
    migration
        What was counted; with ``gone=`` those who left are in a segment of their own, and the money they took too.
    values
        What a customer of each segment is worth [money]: revenue of a period, or `markov_lifetime_value`; by name or in
        order, taken as known.
    level
        Nominal coverage.

    Raises
    ------
    InvalidValueError
        If it is no `Migration`, there is not one number per segment, or the level is not valid.

    Examples
    --------
    See `MoneyLeaks`.
    """
    expect(migration, Migration, where="money_leaks: migration", remedy="transition_matrix(...) counts one")
    refuse(level_problems(level))
    if isinstance(values, MarkovValue):
        values = dict(zip(values.names, values.values.tolist(), strict=True))
    worth = numbers_by_state(values, migration.names, where="values")
    difference, counts = worth[None, :] - worth[:, None], migration.counts
    n = np.broadcast_to(migration.departures[:, None], counts.shape)
    limits = np.array(wilson_limits(counts, n, level=level)) * n * difference
    rows, columns = np.nonzero((counts > 0.0) & (difference != 0.0))
    order = np.argsort((counts * difference)[rows, columns], kind="stable")
    rows, columns = rows[order], columns[order]
    at, names = (rows, columns), np.array(migration.names, dtype=object)
    sums = {"lost": np.minimum(difference, 0.0), "gained": np.maximum(difference, 0.0), "net": difference}
    return MoneyLeaks(
        source=names[rows],
        target=names[columns],
        customers=counts[at],
        difference=difference[at],
        money=(counts * difference)[at],
        low=limits.min(axis=0)[at],
        high=limits.max(axis=0)[at],
        level=level,
        warnings=_warnings(migration),
        **{name: _sum(migration, each, level) for name, each in sums.items()},
    )


def _sum(migration: Migration, difference: FloatArray, level: float) -> Estimate:
    """Sum over all moves; within a segment the moves are multinomial: ``Var = n (Σ p d² − (Σ p d)²)``."""
    counts, n = migration.counts, migration.departures
    shares = counts / np.maximum(n, 1.0)[:, None]
    mean = (shares * difference).sum(axis=1)
    variance = n * np.maximum((shares * difference**2).sum(axis=1) - mean**2, 0.0)
    value, error = float((counts * difference).sum()), float(np.sqrt(variance.sum()))
    half = error * normal_quantile(level)
    return Estimate(
        value=value,
        standard_error=error,
        low=value - half,
        high=value + half,
        level=level,
        method="customers that move as shares of their segment",
        n=float(n.sum()),
    )


def _warnings(migration: Migration) -> tuple[str, ...]:
    left = float(migration.exits.sum())
    return (f"{left:,.0f} customers left the book and are not in these figures: count them by gone=",) if left else ()
