"""Split a table of purchases into calibration and holdout, without a leak.

Nothing after the end of the calibration enters the histories: they are the portfolio as of that moment, the same that
every scorer reads. What comes after is counted for the customers known by then, and for nobody else.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from types import NoneType
from typing import TYPE_CHECKING, Any, NamedTuple

import narwhals.stable.v2 as nw
import numpy as np

from crmrisk.core.errors import FitError, HorizonNotObservedError, InvalidValueError, Problem, SchemaError
from crmrisk.core.expecting import expect
from crmrisk.evidence import Evidence, Purchases
from crmrisk.evidence.facts import known
from crmrisk.evidence.moments import DAY, day_number, instant_of, microseconds, moment_in
from crmrisk.evidence.observing import latest_recorded
from crmrisk.scoring.value.checking.holdout import Holdout, RepeatPurchases, checked_unit
from crmrisk.scoring.value.histories import Histories

if TYPE_CHECKING:
    from datetime import date

    from crmrisk.core.arrays import FloatArray, IntArray
    from crmrisk.core.portfolio import Portfolio

__all__ = ["hold_out"]


def hold_out(
    purchases: Any,
    calibration_end: date | datetime,
    holdout_end: date | datetime | None = None,
    *,
    time_unit: timedelta = timedelta(days=1),
    rename: Mapping[str, str] | None = None,
) -> Holdout:
    """Split purchases into histories known at one point in time and what the same customers bought after it.

    Purchases are counted in days as `crmrisk.evidence.Purchases` counts them, whatever the time unit: all purchases of
    one day are one, and a day that already was a purchase day before the end of the calibration is not counted again.

    Parameters
    ----------
    purchases
        `Evidence` with transactions, or a table of purchases on any engine: ``customer_id``, ``at``, [``amount``]. With
        amounts only positive ones are purchases; without, every record is one and spend is unknown.
    calibration_end
        Up to when histories are known, inclusive; a date means its first moment.
    holdout_end
        Up to when purchases count, inclusive; by default the time of the latest transaction.
    time_unit
        What times are counted in.
    rename
        The caller's column names to the names above, for a table.

    Raises
    ------
    InvalidValueError
        If purchases are no table, the holdout does not last a day, or the time unit is not positive.
    HorizonNotObservedError
        If transactions are not recorded up to its end.
    FitError
        If nobody has bought by the end of the calibration.
    EvidenceError
        If the table cannot be used.

    Examples
    --------
    >>> import pandas as pd
    >>> table = pd.DataFrame({"customer_id": ["A", "A", "B", "A", "C"], "amount": [5.0, 10.0, 3.0, 20.0, 9.0],
    ...     "at": pd.to_datetime(["2026-01-01", "2026-01-15", "2026-01-08", "2026-02-02", "2026-02-05"])})
    >>> holdout = hold_out(table, datetime(2026, 1, 31))
    >>> holdout
    Holdout(2 customers, 5 days held out after 2026-01-31: 1 purchases)
    >>> holdout.frame()[["customer_id", "frequency", "recency", "age", "purchases", "spend"]].values.tolist()
    [['A', 1.0, 14.0, 30.0, 1.0, 20.0], ['B', 0.0, 0.0, 23.0, 0.0, 0.0]]
    """
    evidence, paid = _evidence_of(purchases, rename)
    unit = checked_unit(time_unit) / timedelta(days=1)
    split = _window(evidence, calibration_end, holdout_end)
    before = _buyers(evidence.portfolio(split.start, [Purchases()]))
    after = _buyers(evidence.portfolio(split.end, [Purchases()]))
    if not len(before):
        raise FitError(Problem(what="nobody had bought", where="calibration_end", got=f"{split.start:%Y-%m-%d}"))
    days = _purchase_days(evidence, split, before.customer_id)
    new = days.time > 0
    return Holdout(
        **_history(before, unit)._asdict(),
        purchases=np.bincount(days.row[new], minlength=len(before)),
        duration=split.days / unit,
        time_unit=time_unit,
        customer_id=before.customer_id,
        mean_spend=before["mean_spend"] if paid else None,
        spend=np.bincount(days.row, weights=days.spend, minlength=len(before)) if paid else None,
        repeats=_repeats(days, unit),
        complete=_history(after, unit),
        calibration_end=split.start,
    )


class _Split(NamedTuple):
    start: datetime
    end: datetime

    @property
    def days(self) -> int:
        return day_number(self.end) - day_number(self.start)


class _PurchaseDays(NamedTuple):
    """Days on which customers bought: whose row, when after the calibration [day], spend after it."""

    row: IntArray
    time: FloatArray
    spend: FloatArray


def _evidence_of(purchases: Any, rename: Mapping[str, str] | None) -> tuple[Evidence, bool]:
    if isinstance(purchases, Evidence):
        if "transactions" not in purchases.tables:
            raise SchemaError(Problem(what="table was not given", where="transactions", got=repr(purchases)))
        return purchases, True
    expect(rename, (Mapping, NoneType), where="rename", remedy="pass {'your name': 'customer_id'}")
    frame = nw.from_native(purchases, pass_through=True)
    expect(frame, (nw.DataFrame, nw.LazyFrame), where="purchases", remedy="pass Evidence or a table of purchases")
    names = {(rename or {}).get(name, name) for name in frame.collect_schema().names()}
    paid = "amount" in names
    whole = purchases if paid else frame.with_columns(nw.lit(1.0).alias("amount")).to_native()
    return Evidence(transactions=whole, rename={"transactions": rename} if rename else None), paid


def _window(evidence: Evidence, start: date | datetime, end: date | datetime | None) -> _Split:
    stated, recorded = evidence.stated_until, latest_recorded(evidence.tables["transactions"])
    latest = stated or (None if recorded is None else instant_of(recorded, evidence.zone))
    begin = moment_in(evidence.zone, start, where="calibration_end")
    finish = latest or begin if end is None else moment_in(evidence.zone, end, where="holdout_end")
    split = _Split(begin, finish)
    if latest is None or latest < finish:
        raise HorizonNotObservedError(
            Problem(
                what="the holdout ends after the transactions",
                where="holdout_end",
                allowed=f"at most {latest.isoformat()}" if latest else "none: nothing is recorded",
                got=finish.isoformat(),
                remedy="pass Evidence(..., observed_until=...) if transactions are complete up to then",
            )
        )
    if split.days < 1:
        got = f"{begin.isoformat()} to {finish.isoformat()}"
        raise InvalidValueError(Problem(what="holdout", where="holdout_end", allowed="at least a day", got=got))
    return split


def _buyers(portfolio: Portfolio) -> Portfolio:
    return portfolio.take(~np.isnan(portfolio["frequency"]))


def _history(buyers: Portfolio, unit: float) -> Histories:
    return Histories(buyers["frequency"], buyers["recency"] / unit, buyers["age"] / unit)


def _purchase_days(evidence: Evidence, split: _Split, customers: Any) -> _PurchaseDays:
    """Collect one row per customer and purchase day, of the customers known at the start of the holdout."""
    import pyarrow as pa  # noqa: PLC0415 - a heavy import that only this call needs
    import pyarrow.compute as pc  # noqa: PLC0415 - a heavy import as well

    start, at, amount = microseconds(split.start), nw.col("at"), nw.col("amount")
    facts = known(evidence.tables["transactions"], microseconds(split.end)).filter(amount > 0.0)
    later = nw.when(at > start).then(amount).otherwise(nw.lit(0.0)).alias("later")
    daily = facts.select(nw.col("customer_id").cast(nw.String), "at_day", "at", later).group_by("customer_id", "at_day")
    table = daily.agg(nw.col("at").min(), nw.col("later").sum()).collect("pyarrow").to_native()
    ids = table.column("customer_id").cast(pa.large_string())
    row = pc.fill_null(pc.index_in(ids, value_set=pa.array(customers, pa.large_string())), -1).to_numpy()
    time = np.ceil((table.column("at").to_numpy() - start) / DAY)
    listed = row >= 0
    return _PurchaseDays(row[listed], time[listed], table.column("later").to_numpy()[listed])


def _repeats(days: _PurchaseDays, unit: float) -> RepeatPurchases:
    """Count all purchase days but everybody's first."""
    order = np.lexsort((days.time, days.row))
    row, time = days.row[order], days.time[order]
    again = np.concatenate(([False], row[1:] == row[:-1]))
    times, counts = np.unique(time[again], return_counts=True)
    return RepeatPurchases(times / unit, counts.astype(np.float64))
