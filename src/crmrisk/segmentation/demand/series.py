"""Demand period by period: one row per customer and category, zeros written out, the unknown left unknown.

A period without a purchase is a 0. A period before anything was known of the customer is NaN: nobody can need less
than nothing from a shop they have not found yet, and a forecast must not learn from it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar, Self

import numpy as np

from crmrisk.core.arguments import is_whole
from crmrisk.core.arrays import BoolArray, FloatArray, IntArray, ObjectArray, frozen_floats, frozen_objects, same_arrays
from crmrisk.core.errors import InvalidValueError, Problem, UnknownCustomerError
from crmrisk.core.portfolio_checks import positions
from crmrisk.core.row_names import refuse_other_order

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd
    from numpy.typing import ArrayLike

__all__ = ["DemandSeries", "as_demand", "series_keys"]

_SMALLEST, _LARGEST = 1e-100, 1e100


@dataclass(frozen=True, eq=False, repr=False)
class DemandSeries:
    """Hold the demand of customers and categories in periods that follow each other.

    Parameters
    ----------
    demand
        Demand of each series in each period, ``(n_series, n_periods)`` or ``(n_periods,)`` for one series; 0 where
        nothing was bought, NaN only before the series is known.
    customer_id, category
        Whose and of what, ``(n_series,)``; ``None`` where a series is not of one customer, or not of one category.
    periods
        Names of the periods, in order; numbers from 0 by default.
    measure
        What is counted: ``"amount"`` [money, or whatever the amounts are], ``"count"`` [purchase days].

    Raises
    ------
    InvalidValueError
        If demand is negative, missing after it was known, or shapes do not fit.
    PortfolioError
        If demand is no finite numbers.

    Examples
    --------
    >>> series = DemandSeries([[0, 3, 0, 4], [None, 5, 0, 0]], customer_id=["A", "B"], category=["tea", "tea"])
    >>> series
    DemandSeries(2 series, 4 periods 0 to 3, amount)
    >>> series["B", "tea"]
    array([nan,  5.,  0.,  0.])
    """

    demand: FloatArray
    customer_id: ObjectArray
    category: ObjectArray
    periods: tuple[str, ...]
    measure: str

    def __init__(
        self,
        demand: ArrayLike | Sequence[Sequence[float | None]],
        *,
        customer_id: ArrayLike | None = None,
        category: ArrayLike | None = None,
        periods: Sequence[str] | None = None,
        measure: str = "amount",
    ) -> None:
        refuse_other_order(demand=demand, customer_id=customer_id, category=category)
        table = _table(demand)
        names = range(table.shape[1]) if periods is None else _several(periods)
        held: dict[str, Any] = {
            "demand": table,
            "customer_id": _labels(customer_id, len(table), "customer_id"),
            "category": _labels(category, len(table), "category"),
            "periods": tuple(str(name) for name in names),
            "measure": measure,
        }
        for name, value in held.items():
            object.__setattr__(self, name, value)
        self._check()

    def _check(self) -> None:
        n, length = self.demand.shape
        problems = [
            Problem(what="not one per series", where=name, allowed=str(n), got=str(len(getattr(self, name))))
            for name in ("customer_id", "category")
            if len(getattr(self, name)) != n
        ]
        if len(self.periods) != length or len(set(self.periods)) != length:
            got = f"{len(self.periods)}, {len(set(self.periods))} of them distinct"
            problems.append(Problem(what="not one name per period", where="periods", allowed=str(length), got=got))
        if problems or not n:
            raise InvalidValueError(*problems or [Problem(what="no series", where="demand", allowed="at least one")])

    def __len__(self) -> int:
        return len(self.demand)

    def __repr__(self) -> str:
        span = f"{self.periods[0]} to {self.periods[-1]}"
        return f"DemandSeries({len(self):,} series, {len(self.periods)} periods {span}, {self.measure})"

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, DemandSeries):
            return NotImplemented
        arrays = ("demand", "customer_id", "category")
        return (self.periods, self.measure) == (other.periods, other.measure) and all(
            same_arrays(getattr(self, name), getattr(other, name)) for name in arrays
        )

    __hash__: ClassVar[None] = None  # type: ignore[assignment]  # arrays have no hash

    def __getitem__(self, key: tuple[str | None, str | None]) -> FloatArray:
        """Return the demand of one customer and category."""
        wanted = key if isinstance(key, tuple) else (key, None)
        found = np.flatnonzero((self.customer_id == wanted[0]) & (self.category == wanted[1]))
        if not found.size:
            allowed = f"(customer, category) of {len(self)} series"
            raise UnknownCustomerError(Problem(what="no such series", where=repr(key), allowed=allowed))
        row: FloatArray = self.demand[found[0]]
        return row

    @property
    def known(self) -> BoolArray:
        """Whether each period was observed, ``(n_series, n_periods)``."""
        return ~np.isnan(self.demand)

    def take(self, rows: IntArray | BoolArray | slice) -> Self:
        """Select series.

        Parameters
        ----------
        rows
            Positions, each once, or whether each is kept.

        Raises
        ------
        PortfolioError
            If there are no such series.
        InvalidValueError
            If none is kept.

        Examples
        --------
        >>> DemandSeries([[1, 2], [3, 4]]).take([1]).demand
        array([[3., 4.]])
        """
        at = rows if isinstance(rows, slice) else positions(rows, len(self))
        return self._changed(self.demand[at], self.customer_id[at], self.category[at], self.periods)

    def until(self, n_periods: int) -> Self:
        """Keep what was known after the first periods, as a forecast made then would have seen it.

        Parameters
        ----------
        n_periods
            How many.

        Raises
        ------
        InvalidValueError
            If there are no such periods.

        Examples
        --------
        >>> DemandSeries([[1, 2, 3]]).until(2).demand
        array([[1., 2.]])
        """
        if not is_whole(n_periods) or not 1 <= n_periods <= len(self.periods):
            allowed, got = f"1 to {len(self.periods)}", repr(n_periods)[:100]
            raise InvalidValueError(Problem(what="no such periods", where="n_periods", allowed=allowed, got=got))
        return self._changed(self.demand[:, :n_periods], self.customer_id, self.category, self.periods[:n_periods])

    def _changed(
        self, demand: FloatArray, customer_id: ObjectArray, category: ObjectArray, periods: tuple[str, ...]
    ) -> Self:
        return type(self)(demand, customer_id=customer_id, category=category, periods=periods, measure=self.measure)

    def frame(self) -> pd.DataFrame:
        """Return a pandas frame, one row per series and known period.

        Examples
        --------
        >>> DemandSeries([[0, 3]], customer_id=["A"]).frame()
          customer_id period  demand
        0           A      0     0.0
        1           A      1     3.0
        """
        import pandas as pd  # noqa: PLC0415 - a heavy import that only this call needs

        row, period = np.nonzero(self.known)
        keys = {name: column[row] for name, column in series_keys(self).items()}
        names = np.array(self.periods, dtype=object)[period]
        return pd.DataFrame({**keys, "period": names, "demand": self.demand[row, period]})


def as_demand(demand: DemandSeries | ArrayLike | Sequence[Sequence[float | None]]) -> DemandSeries:
    """Read demand in any form a function of this package accepts.

    Parameters
    ----------
    demand
        A `DemandSeries`, or numbers ``(n_periods,)`` or ``(n_series, n_periods)``.

    Raises
    ------
    InvalidValueError
        If it is no demand.

    Examples
    --------
    >>> len(as_demand([0, 1, 0]))
    1
    """
    return demand if isinstance(demand, DemandSeries) else DemandSeries(demand)


def series_keys(series: DemandSeries) -> dict[str, Any]:
    """Name the rows of a result: customer and category where there are any, else the number of the series.

    Parameters
    ----------
    series
        The demand.

    Examples
    --------
    >>> series_keys(DemandSeries([[1, 2]]))
    {'series': array([0])}
    """
    columns = {"customer_id": series.customer_id, "category": series.category}
    named = {name: column.copy() for name, column in columns.items() if any(value is not None for value in column)}
    return named or {"series": np.arange(len(series))}


def _several(periods: Any) -> Iterable[Any]:
    if isinstance(periods, Iterable) and not isinstance(periods, str):
        return periods
    allowed, got = "names, in order", repr(periods)[:100]
    raise InvalidValueError(Problem(what="no names of periods", where="periods", allowed=allowed, got=got))


def _labels(values: ArrayLike | None, n: int, where: str) -> ObjectArray:
    return frozen_objects(np.full(n, None) if values is None else values, where=where)


def _table(demand: Any) -> FloatArray:
    raw = _raw(demand)
    table = frozen_floats(raw.ravel(), where="demand").reshape(raw.shape)
    table = np.atleast_2d(table)
    known = ~np.isnan(table)
    problems = []
    negative = int(np.count_nonzero(table < 0.0))
    if negative:
        remedy = "leave refunds out, or net them within the period"
        what, got = f"{negative} negative value(s)", str(float(np.nanmin(table)))
        problems.append(Problem(what=what, where="demand", allowed=">= 0", got=got, remedy=remedy))
    strange = int(np.count_nonzero((table > 0.0) & ((table < _SMALLEST) | (table > _LARGEST))))
    if strange:
        what, allowed = (
            f"{strange} value(s) whose squares leave the range of numbers",
            f"0, or {_SMALLEST} to {_LARGEST}",
        )
        problems.append(Problem(what=what, where="demand", allowed=allowed, remedy="take another unit"))
    holes = int(np.count_nonzero(~known & np.logical_or.accumulate(known, axis=1)))
    if holes:
        what, allowed = f"{holes} value(s) missing after demand was known", "NaN only before the series begins"
        problems.append(Problem(what=what, where="demand", allowed=allowed, remedy="write 0 where nothing was bought"))
    if problems:
        raise InvalidValueError(*problems)
    table.flags.writeable = False
    return table


def _raw(demand: Any) -> Any:
    try:
        raw = demand if isinstance(demand, np.ma.MaskedArray) else np.asarray(demand)
    except ValueError as error:
        raise InvalidValueError(
            Problem(what="periods differ by series", where="demand", got=str(error)[:120])
        ) from None
    if raw.ndim not in {1, 2} or not raw.size:
        allowed = "(n_series, n_periods), at least one of each"
        raise InvalidValueError(Problem(what="no table of demand", where="demand", allowed=allowed, got=str(raw.shape)))
    return raw
