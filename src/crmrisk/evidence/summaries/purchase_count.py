"""The number of purchases, one by one: for who does not merge the purchases of a day."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

import narwhals.stable.v2 as nw

from crmrisk.core.measures import Input
from crmrisk.evidence.summaries.base import BaseSummary, count_if

if TYPE_CHECKING:
    from datetime import datetime

__all__ = ["PurchaseCount"]

_INPUTS = (Input("purchases", "count", ge=0),)


class PurchaseCount(BaseSummary, kind="crmrisk.purchase_count"):
    """Count purchases without merging those of a day.

    - ``purchases`` = distinct moments with a positive amount [count]: records of one moment are the lines of one
      purchase, and a refund is none.

    Customers without a purchase are unrated. `Purchases` counts purchase days instead, as models of repeat buying do;
    ``RfmSegmenter(frequency="purchases")`` reads this count.

    Examples
    --------
    >>> from datetime import datetime
    >>> import pandas as pd
    >>> from crmrisk.evidence import Evidence, Purchases
    >>> at = [datetime(2026, 1, 1, 9), datetime(2026, 1, 1, 9), datetime(2026, 1, 1, 17), datetime(2026, 1, 20)]
    >>> sales = pd.DataFrame({"customer_id": "C1", "at": at, "amount": [50.0, 30.0, 40.0, -15.0]})
    >>> book = Evidence(transactions=sales).portfolio(datetime(2026, 1, 31), [Purchases(), PurchaseCount()])
    >>> book["purchases"], book["frequency"] + 1
    (array([2.]), array([1.]))
    """

    table: ClassVar[str] = "transactions"

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
        bought = facts.select("customer_id", "at", count_if(nw.col("amount") > 0.0, "purchases"))
        moments = bought.group_by("customer_id", "at").agg(nw.col("purchases").max())
        counted = moments.group_by("customer_id").agg(nw.col("purchases").sum())
        return counted.filter(nw.col("purchases") > 0).select("customer_id", nw.col("purchases").cast(nw.Float64))
