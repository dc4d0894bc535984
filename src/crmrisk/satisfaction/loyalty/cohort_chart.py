"""Cohort tables as pictures: what is left of each cohort by its age, and of all together."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, TypeAlias, get_args

import numpy as np

from crmrisk.core.arguments import choice_problems, refuse
from crmrisk.core.charts import GridChart
from crmrisk.core.errors import Problem
from crmrisk.satisfaction.proportion_intervals import wilson_interval

if TYPE_CHECKING:
    from crmrisk.core.arrays import FloatArray
    from crmrisk.satisfaction.loyalty.cohorts import CohortTable

__all__ = ["CohortPicture", "cohorts_chart"]

CohortPicture: TypeAlias = Literal["retention", "revenue_per_customer"]
"""The share of customers who bought, or revenue over all customers of the cohort."""

_POOL = "all seen that long"  # fewer cohorts with every column, so their shares are no one group's history


def cohorts_chart(table: CohortTable, value: str = "retention") -> GridChart:
    """Draw up the picture of a cohort table.

    Shares leave out period 0, in which everyone bought. The row below pools the cohorts for which a period was over:
    fewer from column to column, so it is not the history of one group.

    Parameters
    ----------
    table
        The table.
    value
        What to show.

    Raises
    ------
    InvalidValueError
        If there is no such picture, or only period 0 is over.

    Examples
    --------
    See `CohortTable.chart`.
    """
    _check(table, value)
    first = 1 if value == "retention" else 0
    part, whole = _pooled(table, table.active if first else table.revenue)
    some = ~np.isnan(whole[:, first])
    counted = zip(table.names, table.size, strict=True)
    rows = np.array([*(f"{name} ({count:,.0f})" for name, count in counted), _POOL])
    shares = value == "retention"
    return GridChart.of(
        rows[some].tolist(),
        range(first, part.shape[1]),
        (part / whole)[some, first:],
        title=_finding(table, value),
        x_label=f"{table.period}s since the {table.period} of the first purchase",
        y_label=f"{table.period} of the first purchase (customers)",
        value_label="customers who bought [%]" if shares else "revenue per customer of the cohort [money]",
        intervals=_limits(part[some, first:], whole[some, first:], table.level) if shares else None,
        percent=shares,
    )


def _pooled(table: CohortTable, part: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Add the sums of all cohorts below, each over those for which the period was over."""
    over = ~np.isnan(table.active)
    whole = np.where(over, table.size[:, None], np.nan)
    return tuple(np.vstack([each, np.where(over, each, 0.0).sum(axis=0)]) for each in (part, whole))  # type: ignore[return-value] # two arrays, as given


def _limits(part: FloatArray, whole: FloatArray, level: float) -> tuple[FloatArray, FloatArray]:
    low, high = np.full(part.shape, np.nan), np.full(part.shape, np.nan)
    over = ~np.isnan(whole)
    low[over], high[over] = wilson_interval(part[over], whole[over], level)
    return low, high


def _finding(table: CohortTable, value: str) -> str:
    if value != "retention":
        return f"Revenue per customer, by {table.period} of first purchase"
    found = table.active_share(1)
    middle, low, high = (100.0 * (each or 0.0) for each in (found.value, found.low, found.high))
    return f"Of 100 new customers {middle:.0f} ({low:.0f} to {high:.0f}) buy in the next {table.period}"


def _check(table: CohortTable, value: str) -> None:
    problems = choice_problems(value, get_args(CohortPicture), where="value", what="no such picture")
    if table.active.shape[1] < 2:
        problems.append(Problem(what="only period 0 is over", where="chart", remedy="a later as_of"))
    refuse(problems)
