"""Payments: what is overdue, for how long, and how late payments usually are."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, Any, ClassVar

import narwhals.stable.v2 as nw

from crmrisk.core.measures import Input
from crmrisk.evidence.exactly import part_names, parts, total
from crmrisk.evidence.moments import day_number
from crmrisk.evidence.summaries.base import BaseSummary, missing

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

__all__ = ["Payments"]


_INPUTS = (
    Input("payment_count", "count", ge=0),
    Input("overdue_amount", "money", ge=0),
    Input("days_past_due", "day", ge=0),
    Input("mean_days_late", "day", ge=0),
    Input("late_payment_share", "share", ge=0, le=1),
)


class Payments(BaseSummary, kind="crmrisk.payments"):
    """Summarise payments that came due.

    A payment counts from its due time; credit notes (negative amounts) and zero amounts are no payments. Lateness is
    counted in whole days after the due day, so a payment on its due day is on time.

    - ``payment_count``: payments that came due [count];
    - ``overdue_amount``: sum of those unpaid and past their due day at as_of [money];
    - ``days_past_due``: the longest any of them is past due [day]; 0 where none is;
    - ``mean_days_late``: mean lateness, early and timely payments as 0, unpaid ones so far [day];
    - ``late_payment_share``: share paid late or past due [share].

    Where the table has no ``paid_at``, nobody can know, and all but the count is unrated. A customer to whom no payment
    came due has none overdue and is unrated in the rest.

    Examples
    --------
    >>> from datetime import datetime
    >>> import pandas as pd
    >>> from crmrisk.evidence import Evidence
    >>> bills = pd.DataFrame({"customer_id": "C1", "due_at": pd.to_datetime(["2026-01-01", "2026-01-20"]),
    ...     "amount": [100.0, 50.0], "paid_at": pd.to_datetime(["2026-01-05", None])})
    >>> book = Evidence(payments=bills).portfolio(datetime(2026, 1, 31), [Payments()])
    >>> {name: float(column[0]) for name, column in book.columns.items()}
    {'payment_count': 2.0, 'overdue_amount': 50.0, 'days_past_due': 11.0, 'mean_days_late': 7.5, \
'late_payment_share': 1.0}
    """

    table: ClassVar[str] = "payments"

    @property
    def inputs(self) -> tuple[Input, ...]:
        """What it yields."""
        return _INPUTS

    @property
    def absent(self) -> Mapping[str, float]:
        """Where nothing came due, nothing is overdue."""
        return MappingProxyType({"payment_count": 0.0, "overdue_amount": 0.0})

    def summarise(self, facts: nw.LazyFrame[Any], as_of: datetime, /) -> nw.LazyFrame[Any]:
        """Reduce payments to one row per customer.

        Parameters
        ----------
        facts
            Payments due by `as_of`.
        as_of
            Where days past due count to.
        """
        came_due = facts.filter(nw.col("amount").is_null() | (nw.col("amount") > 0.0))
        if "paid_at" not in facts.collect_schema().names():
            counted = came_due.group_by("customer_id").agg(nw.len().alias("payment_count"))
            return counted.with_columns(*(missing(each.name) for each in _INPUTS[1:]))
        lateness = _lateness(came_due, day_number(as_of))
        grouped = lateness.group_by("customer_id").agg(
            nw.len().alias("payment_count"),
            *(nw.col(name).sum() for name in (*part_names("overdue_amount"), "days_late", "late")),
            nw.col("days_past_due").max(),
        )
        count = nw.col("payment_count").cast(nw.Float64)
        return grouped.with_columns(
            total("overdue_amount"),
            (nw.col("days_late").cast(nw.Float64) / count).alias("mean_days_late"),
            (nw.col("late").cast(nw.Float64) / count).alias("late_payment_share"),
        )


def _lateness(payments: nw.LazyFrame[Any], today: int) -> nw.LazyFrame[Any]:
    unpaid = nw.col("paid_at").is_null()
    settled = nw.col("paid_at_day").fill_null(today).cast(nw.Int64)
    late = nw.col("days") > 0  # cast, not chosen from literals: narwhals 2.0 gives those a row in an empty table
    return payments.with_columns((settled - nw.col("due_at_day")).alias("days")).with_columns(
        (nw.col("days") * late.cast(nw.Int64)).alias("days_late"),
        late.cast(nw.Int64).alias("late"),
        (nw.col("days") * (late & unpaid).cast(nw.Int64)).alias("days_past_due"),
        *parts(nw.when(late & unpaid).then(nw.col("amount")), "overdue_amount"),
    )
