"""Cohort tables: customers by when they first bought, and what they did in each period since.

A table holds counts; shares are taken of counts, and shares over several cohorts of their sums: averaging the rates of
unequal cohorts would let the smallest decide. Periods that were not over at ``as_of`` are unrated.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar, Literal, TypeAlias, get_args

import numpy as np

from crmrisk.core.arguments import checked_level, is_whole, refuse
from crmrisk.core.arrays import same_arrays
from crmrisk.core.calendar_periods import check_period, period_names, period_numbers, period_starts
from crmrisk.core.errors import InvalidValueError, Problem
from crmrisk.satisfaction.loyalty.exposure import Exposure, LoyaltyEstimate, loyalty_estimate
from crmrisk.satisfaction.loyalty.refunds import money_moved
from crmrisk.satisfaction.proportion_intervals import wilson_interval
from crmrisk.satisfaction.proportions import proportion

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date, datetime

    import pandas as pd

    from crmrisk.core.arrays import FloatArray, IntArray
    from crmrisk.core.charts import GridChart
    from crmrisk.satisfaction.loyalty.history import PurchaseHistory
    from crmrisk.satisfaction.loyalty.refunds import MoneyMoved, RefundPolicy

__all__ = ["CohortPeriod", "CohortTable", "cohort_table"]

CohortPeriod: TypeAlias = Literal["week", "month", "quarter", "year"]
"""How long a period is; periods are those of the calendar, weeks from Monday, in UTC where times are aware."""

_MOST = 2400  # periods, so that a stray date in the year 1 cannot exhaust memory


@dataclass(frozen=True, kw_only=True, eq=False)
class CohortTable:
    """Hold what cohorts of customers did, period by period since they first bought.

    Parameters
    ----------
    cohort
        The first day of the period each cohort first bought in, ``(n_cohorts,)``.
    size
        Customers in each, ``(n_cohorts,)``.
    active
        Customers who bought in the k-th period after the first, which is period 0; NaN where that period was not over,
        ``(n_cohorts, n_periods)``.
    revenue
        What they spent [money], likewise; what ``refunds`` says of refunds.
    period
        How long a period is.
    as_of
        Up to when purchases were known.
    level
        Nominal coverage of the intervals.
    refunds
        ``"exclude"``: revenue is gross of refunds. ``"net"``: refunds reduce the period they occur in.

    Examples
    --------
    >>> from datetime import date
    >>> who, when = ["a", "a", "b", "c"], ["2026-01-03", "2026-02-05", "2026-01-09", "2026-02-01"]
    >>> table = cohort_table(who, when, as_of=date(2026, 3, 1))
    >>> table.active
    array([[ 2.,  1.],
           [ 1., nan]])
    >>> print(table)
    2 cohorts of 3 customers by month of first purchase, 2026-01 to 2026-02, up to 2026-03-01
    """

    cohort: np.ndarray[tuple[int], np.dtype[np.datetime64]]
    size: FloatArray
    active: FloatArray
    revenue: FloatArray
    period: CohortPeriod
    as_of: datetime
    level: float = 0.95
    refunds: RefundPolicy = "exclude"

    def __post_init__(self) -> None:
        shape = (self.cohort.size, self.active.shape[-1])
        wrong = [name for name in ("active", "revenue") if getattr(self, name).shape != shape]
        wrong += ["size"] if self.size.shape != shape[:1] else []
        refuse([Problem(what="not one value per cohort and period", where=f"CohortTable.{name}") for name in wrong])
        for array in (self.cohort, self.size, self.active, self.revenue):
            array.flags.writeable = False

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, CohortTable):
            return NotImplemented
        return all(getattr(self, name) == getattr(other, name) for name in _SETTINGS) and all(
            same_arrays(getattr(self, name), getattr(other, name)) for name in _ARRAYS
        )

    __hash__: ClassVar[None] = None  # type: ignore[assignment]  # compared by content, so not hashable

    def __len__(self) -> int:
        return self.cohort.size

    def __repr__(self) -> str:
        first, last = self.names[0], self.names[-1]
        who = f"{len(self)} cohorts of {self.size.sum():,.0f} customers by {self.period} of first purchase"
        return f"{who}, {first} to {last}, up to {self.as_of:%Y-%m-%d}"

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the cohorts: the Monday of a week as a date, else ``2026-01``, ``2026Q1``, ``2026``."""
        days = self.cohort.astype("datetime64[D]").astype(np.int64)
        return period_names(period_numbers(days, self.period), self.period)

    @property
    def retention(self) -> FloatArray:
        """The share of each cohort that bought in each period, ``(n_cohorts, n_periods)``; NaN where not over."""
        return self.active / self.size[:, None]

    def active_share(self, period: int) -> LoyaltyEstimate:
        """Estimate the share of customers who bought in the k-th period after their first, of all cohorts together.

        Parameters
        ----------
        period
            k, from 1.

        Returns
        -------
        The share of the pooled counts of the cohorts for which that period is over, with Wilson's interval.

        Raises
        ------
        InvalidValueError
            If the table has no such period.

        Examples
        --------
        >>> from datetime import date
        >>> who, when = ["a", "a", "b", "c"], ["2026-01-03", "2026-02-05", "2026-01-09", "2026-02-01"]
        >>> print(cohort_table(who, when, as_of=date(2026, 3, 1)).active_share(1))
        active in month 1 0.5 [0.09453, 0.9055] (95 % wilson, n 2) of 2 customers of 1 cohort, up to 2026-03-01
        """
        self._check_period(period)
        over = ~np.isnan(self.active[:, period])
        n, cohorts = float(self.size[over].sum()), int(over.sum())
        found = proportion(float(self.active[over, period].sum()), n, level=self.level)
        who = f"customers of {cohorts} cohort{'s' if cohorts != 1 else ''}"
        exposure = Exposure(n_at_risk=n, cohort=who, end=self.as_of)
        return loyalty_estimate(found, f"active in {self.period} {period}", exposure)

    def frame(self) -> pd.DataFrame:
        """Show the table as a long data frame, one row per cohort and period that is over: what a chart needs.

        Returns
        -------
        ``cohort``, ``period``, ``size``, ``active``, ``retention`` with its Wilson interval ``low`` and ``high``,
        ``revenue`` and ``revenue_per_customer`` of the whole cohort.

        Examples
        --------
        >>> from datetime import date
        >>> table = cohort_table(["a", "b"], ["2026-01-03", "2026-01-09"], [5.0, 7.0], as_of=date(2026, 3, 1))
        >>> table.frame()[["period", "active", "revenue_per_customer"]].values.tolist()
        [[0.0, 2.0, 6.0], [1.0, 0.0, 0.0]]
        """
        import pandas as pd  # noqa: PLC0415 - heavy, and only this method needs it

        row, column = np.nonzero(~np.isnan(self.active))
        size, active, revenue = self.size[row], self.active[row, column], self.revenue[row, column]
        low, high = wilson_interval(active, size, self.level)
        columns = {"cohort": self.cohort[row], "period": column, "size": size, "active": active}
        shares = {"retention": active / size, "low": low, "high": high}
        return pd.DataFrame({**columns, **shares, "revenue": revenue, "revenue_per_customer": revenue / size})

    def wide(self, value: str = "retention") -> pd.DataFrame:
        """Show one value as cohorts by periods, as cohort tables are printed.

        Parameters
        ----------
        value
            A column of `frame`.

        Raises
        ------
        InvalidValueError
            If there is no such column.

        Examples
        --------
        >>> from datetime import date
        >>> table = cohort_table(["a", "a", "b"], ["2026-01-03", "2026-02-05", "2026-01-09"], as_of=date(2026, 3, 1))
        >>> table.wide().to_numpy()
        array([[1. , 0.5]])
        """
        frame = self.frame()
        values = frame.columns[2:]
        if value not in values:
            raise InvalidValueError(
                Problem(what="no such value", where="value", allowed=", ".join(values), got=repr(value))
            )
        return frame.pivot_table(index="cohort", columns="period", values=value)

    def chart(self, value: str = "retention") -> GridChart:
        """Return the picture of the table as data: one row per cohort, one column per period since, the pool below.

        Parameters
        ----------
        value
            ``"retention"`` or ``"revenue_per_customer"``.

        Raises
        ------
        InvalidValueError
            If there is no such picture, or only period 0 is over.

        Examples
        --------
        >>> from datetime import date
        >>> who, when = ["a", "a", "b", "c"], ["2026-01-03", "2026-02-05", "2026-01-09", "2026-02-01"]
        >>> cohort_table(who, when, as_of=date(2026, 3, 1)).chart().frame()[["row", "column", "value"]]
                          row column  value
        0         2026-01 (2)      1    0.5
        1  all seen that long      1    0.5
        """
        from crmrisk.satisfaction.loyalty.cohort_chart import cohorts_chart  # noqa: PLC0415 - only pictures need it

        return cohorts_chart(self, value)

    def _check_period(self, period: int) -> None:
        last = self.active.shape[1] - 1
        wrong = not is_whole(period) or not 1 <= period <= last
        allowed = f"1 to {last}" if last else "none: only period 0 is over"
        refuse([Problem(what="no such period", where="period", allowed=allowed, got=repr(period))] if wrong else [])


_ARRAYS = ("cohort", "size", "active", "revenue")
_SETTINGS = ("period", "as_of", "level", "refunds")


def cohort_table(
    transactions: Any,
    at: Any = None,
    amount: Any = None,
    *,
    as_of: date | datetime,
    period: CohortPeriod = "month",
    refunds: RefundPolicy = "exclude",
    level: float = 0.95,
    rename: Mapping[str, str] | None = None,
) -> CohortTable:
    """Count customers and revenue by cohort of first purchase and period since.

    Parameters
    ----------
    transactions, at, amount, as_of, rename
        As for `purchase_history`. What was bought before the records begin is not known: customers of old look new in
        the first cohorts.
    period
        ``"week"`` (from Monday), ``"month"``, ``"quarter"`` or ``"year"`` of the calendar.
    refunds
        ``"exclude"``: revenue is gross of refunds. ``"net"``: negative amounts reduce the revenue of the period they
        occur in, whenever was bought what they give back, and never who counts as active; those of customers who did
        not buy so far belong to no cohort.
    level
        Nominal coverage of the intervals.

    Returns
    -------
    The table of the periods that were over at ``as_of``, one row for each in which somebody first bought; customers who
    first bought in the period under way are in none.

    Raises
    ------
    InvalidValueError
        If there is no such period, or none was over.

    Examples
    --------
    >>> from datetime import date
    >>> who, when = ["a", "a", "b", "c"], ["2026-01-03", "2026-04-05", "2026-03-09", "2026-05-01"]
    >>> cohort_table(who, when, as_of=date(2026, 7, 1), period="quarter").size
    array([2., 1.])
    """
    checked_level(level)
    check_period(period, get_args(CohortPeriod))
    history, money = money_moved(transactions, at, amount, as_of=as_of, rename=rename, refunds=refunds)
    calendar = period_numbers(history.day, period)
    now = int(period_numbers(np.array([history.today]), period)[0])  # the first that is not over
    start = int(calendar[history.firsts].min())
    if start >= now:
        raise InvalidValueError(
            Problem(what=f"no {period} with purchases was over", where="as_of", got=f"{history.as_of:%Y-%m-%d}")
        )
    _check_span(now - start, period)
    cohort = calendar[history.firsts] - start
    active = _active(history, calendar, cohort, start, now - start)
    revenue = _revenue(money, cohort, period_numbers(money.day, period) - start, now - start)
    some = np.flatnonzero(active[:, 0] > 0.0)
    return CohortTable(
        cohort=period_starts(start + some, period).astype("datetime64[D]"),
        size=active[some, 0],
        active=active[some],
        revenue=revenue[some],
        period=period,
        as_of=history.as_of,
        level=level,
        refunds=refunds,
    )


def _check_span(n: int, period: CohortPeriod) -> None:
    what = f"purchases over {n} {period}s"
    problem = Problem(what=what, where="at", allowed=f"up to {_MOST}", remedy="look for dates that stand for unknown")
    refuse([problem] if n > _MOST else [])


def _active(history: PurchaseHistory, calendar: IntArray, cohort: IntArray, start: int, n: int) -> FloatArray:
    """Count who of each cohort bought in each period that is over, a customer once per period."""
    once = (np.diff(history.customer, prepend=-1) != 0) | (np.diff(calendar, prepend=-1) != 0)
    return _table(cohort[history.customer[once]], calendar[once] - start, None, n)


def _revenue(money: MoneyMoved, cohort: IntArray, period: IntArray, n: int) -> FloatArray:
    return _table(cohort[money.customer], period, money.amount, n)


def _table(cohort: IntArray, period: IntArray, amount: FloatArray | None, n: int) -> FloatArray:
    """Add up by cohort and age; what was given back before a first purchase belongs to no cohort."""
    used = (period < n) & (period >= cohort)
    cell = (cohort * n + period - cohort)[used]
    table = np.bincount(cell, None if amount is None else amount[used], minlength=n * n).reshape(n, n)
    ahead = np.add.outer(np.arange(n), np.arange(n)) >= n
    return np.where(ahead, np.nan, table.astype(np.float64))
