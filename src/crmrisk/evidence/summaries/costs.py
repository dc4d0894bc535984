"""Costs: what purchases cost to supply, and the share of spend that is left."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

import narwhals.stable.v2 as nw

from crmrisk.core.measures import Input
from crmrisk.evidence.exactly import part_names, parts, total
from crmrisk.evidence.summaries.base import BaseSummary, missing

if TYPE_CHECKING:
    from datetime import datetime

__all__ = ["Costs"]


_INPUTS = (
    Input("total_cost", "money"),
    Input("contribution_margin", "share", le=1),
)


class Costs(BaseSummary, kind="crmrisk.costs"):
    """Summarise what purchases cost, of the records with a positive amount and a known cost.

    - ``total_cost`` = Σ cost [money];
    - ``contribution_margin`` = 1 − Σ cost / Σ amount, the share of spend that is left; below 0 where a customer buys
      under cost.

    Both are unrated for a customer of whom no cost is known. Portfolios hold them where transactions have a ``cost``.

    Examples
    --------
    >>> from datetime import datetime
    >>> import pandas as pd
    >>> from crmrisk.evidence import Evidence
    >>> sales = pd.DataFrame({"customer_id": "C1", "at": pd.to_datetime(["2026-01-01", "2026-01-11", "2026-01-21"]),
    ...     "amount": [50.0, 30.0, 40.0], "cost": [40.0, 20.0, None]})
    >>> book = Evidence(transactions=sales).portfolio(datetime(2026, 1, 31))
    >>> book["total_cost"], book["contribution_margin"]
    (array([60.]), array([0.25]))
    """

    table: ClassVar[str] = "transactions"
    reads: ClassVar[tuple[str, ...]] = ("cost",)

    @property
    def inputs(self) -> tuple[Input, ...]:
        """What it yields."""
        return _INPUTS

    def summarise(self, facts: nw.LazyFrame[Any], as_of: datetime, /) -> nw.LazyFrame[Any]:
        """Reduce transactions to one row per customer.

        Parameters
        ----------
        facts
            Transactions known at `as_of`.
        as_of
            Not used.
        """
        cost = nw.col("cost") if "cost" in facts.collect_schema().names() else missing("cost")
        costed = facts.select("customer_id", "amount", cost).filter(nw.col("amount") > 0.0, ~nw.col("cost").is_null())
        sums = (
            costed.with_columns(*parts(nw.col("amount"), "amount"), *parts(nw.col("cost"), "cost"))
            .group_by("customer_id")
            .agg(*(nw.col(name).sum() for each in ("amount", "cost") for name in part_names(each)))
            .with_columns(total("amount"), total("cost"))
        )
        left = (1.0 - nw.col("cost") / nw.col("amount")).alias("contribution_margin")
        return sums.select("customer_id", nw.col("cost").alias("total_cost"), left)
