"""Renewals: how often a customer under contract has renewed, whether they have left, and what they pay."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

import narwhals.stable.v2 as nw

from crmrisk.core.measures import Input
from crmrisk.evidence.exactly import part_names, parts, total
from crmrisk.evidence.summaries.base import BaseSummary, count_if, missing

if TYPE_CHECKING:
    from datetime import datetime

__all__ = ["Renewals"]


_INPUTS = (
    Input("renewals", "count", ge=0),
    Input("churned", "share", ge=0, le=1),
    Input("spend_per_period", "money"),
)


class Renewals(BaseSummary, kind="crmrisk.renewals"):
    """Summarise a panel of renewals: one record for each renewal that was due, and how it ended.

    - ``renewals``: days with a record whose ``renewed`` is true [count];
    - ``churned``: 1 where the latest renewal that was due did not happen, else 0;
    - ``spend_per_period``: mean ``amount`` of the records that have one [money]; unrated without any.

    Records of one day are one renewal, so a record told twice counts once; it happened if any of them says so. Where a
    renewal that did not happen is followed by one that did, the latest day decides: the customer is there. A record
    whose ``renewed`` is missing says that a contract began: nothing was due so far. A customer without a record has no
    contract that is known of and is unrated. A contract that begins anew after it ended needs an identifier of its own.

    Examples
    --------
    >>> from datetime import datetime
    >>> import pandas as pd
    >>> from crmrisk.evidence import Evidence
    >>> panel = pd.DataFrame({"customer_id": ["C1", "C1", "C2"], "renewed": [True, False, True],
    ...     "amount": [9.0, 9.0, 5.0], "at": pd.to_datetime(["2025-01-01", "2026-01-01", "2026-01-01"])})
    >>> book = Evidence(renewals=panel).portfolio(datetime(2026, 1, 31), [Renewals()])
    >>> book["renewals"], book["churned"], book["spend_per_period"]
    (array([1., 1.]), array([1., 0.]), array([9., 5.]))
    """

    table: ClassVar[str] = "renewals"
    keeps_everyone: ClassVar[bool] = True

    @property
    def inputs(self) -> tuple[Input, ...]:
        """What it yields."""
        return _INPUTS

    def summarise(self, facts: nw.LazyFrame[Any], as_of: datetime, /) -> nw.LazyFrame[Any]:
        """Reduce renewals to one row per customer.

        Parameters
        ----------
        facts
            Renewals known at `as_of`.
        as_of
            Not used.
        """
        amount = nw.col("amount") if "amount" in facts.collect_schema().names() else missing("amount")
        renewed = nw.col("renewed")
        sums = [nw.col(name).sum() for name in (*part_names("amount"), "amounts")]
        days = (
            facts.select(
                "customer_id", "at_day", count_if(renewed > 0.0, "kept"), count_if(~renewed.is_null(), "due"), amount
            )
            .with_columns(*parts(nw.col("amount"), "amount"), count_if(~nw.col("amount").is_null(), "amounts"))
            .group_by("customer_id", "at_day")
            .agg(nw.col("kept").max(), nw.col("due").max(), *sums)
        )
        # even where the customer was lost that day, odd where not; the largest is of the latest day
        ending = nw.when(nw.col("due") > 0).then(2 * nw.col("at_day") + nw.col("kept")).alias("ending")
        grouped = (
            days.with_columns(ending)
            .group_by("customer_id")
            .agg(nw.col("kept").sum().alias("renewals"), nw.col("ending").max(), *sums)
            .with_columns(total("amount"), count_if(nw.col("ending") % 2 == 0, "churned"))
        )
        mean = nw.col("amount") / nw.col("amounts").cast(nw.Float64)
        paid = nw.when(nw.col("amounts") > 0).then(mean).alias("spend_per_period")
        return grouped.select("customer_id", "renewals", "churned", paid)
