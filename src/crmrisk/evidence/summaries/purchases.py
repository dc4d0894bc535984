"""Purchases: the statistics that models of repeat buying read, counted in days."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, Any, ClassVar

import narwhals.stable.v2 as nw

from crmrisk.core.measures import Input
from crmrisk.evidence.engines import engine_for
from crmrisk.evidence.moments import day_number
from crmrisk.evidence.summaries.base import BaseSummary

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

__all__ = ["Purchases"]


_INPUTS = (
    Input("frequency", "count", ge=0),
    Input("recency", "day", ge=0),
    Input("age", "day", ge=0),
    Input("idle_days", "day", ge=0),
    Input("mean_spend", "money", ge=0),
    Input("total_spend", "money", ge=0),
    Input("refunds", "money", ge=0),
)


class Purchases(BaseSummary, kind="crmrisk.purchases"):
    """Summarise transactions as repeat buying is modelled: purchase days, not records.

    A purchase is a record with a positive amount; all purchases of one day (in UTC where times are aware) are one
    purchase day. With ``x`` the number of purchase days, ``d`` the first and ``l`` the last of them, and ``s`` the
    spend of a day:

    - ``frequency`` = x − 1, repeat purchase days [count];
    - ``recency`` = l − d, ``age`` = as_of − d, ``idle_days`` = as_of − l, in whole days [day];
    - ``mean_spend`` = sum of s over the repeat days / (x − 1) [money], unrated where x = 1;
    - ``total_spend`` = sum of s over all purchase days [money];
    - ``refunds`` = sum of negative amounts, as a positive number [money].

    Spend is gross of refunds: a refund is no purchase, and which purchase it takes back is not known. Zero and missing
    amounts are no purchases. Customers without a purchase are unrated in everything but ``refunds``.

    In memory (pandas, pyarrow) amounts are added in the order of the records; polars and DuckDB add whole multiples of
    2 ** -56, exactly and in any order: the same facts are the same bits in every run, whatever is recorded later. Spark
    adds in parallel in no order, and may differ by 1e-12 of the total spend from run to run.

    References
    ----------
    Fader, Hardie and Lee (2005), "Counting Your Customers" the Easy Way, Marketing Science 24(2), section 3: frequency
    x, recency t_x, age T. Fader and Hardie (2013), The Gamma-Gamma Model of Monetary Value: mean spend per repeat
    purchase.

    Examples
    --------
    >>> from datetime import datetime
    >>> import pandas as pd
    >>> from crmrisk.evidence import Evidence
    >>> sales = pd.DataFrame({"customer_id": "C1", "at": pd.to_datetime(["2026-01-01", "2026-01-11", "2026-01-21"]),
    ...     "amount": [50.0, 20.0, 40.0]})
    >>> book = Evidence(transactions=sales).portfolio(datetime(2026, 1, 31), [Purchases()])
    >>> {name: float(column[0]) for name, column in book.columns.items()}
    {'frequency': 2.0, 'recency': 20.0, 'age': 30.0, 'idle_days': 10.0, 'mean_spend': 30.0, 'total_spend': 110.0, \
'refunds': 0.0}
    """

    table: ClassVar[str] = "transactions"
    keeps_everyone: ClassVar[bool] = True

    @property
    def inputs(self) -> tuple[Input, ...]:
        """What it yields."""
        return _INPUTS

    @property
    def absent(self) -> Mapping[str, float]:
        """Nobody who never bought gave anything back."""
        return MappingProxyType({"refunds": 0.0})

    def summarise(self, facts: nw.LazyFrame[Any], as_of: datetime, /) -> nw.LazyFrame[Any]:
        """Reduce transactions to one row per customer.

        Parameters
        ----------
        facts
            Transactions known at `as_of`.
        as_of
            Where ``age`` and ``idle_days`` count to.
        """
        engine = engine_for(facts.to_native(), where=self.table)
        first, last, days = nw.col("first_day"), nw.col("last_day"), nw.col("days")
        today = day_number(as_of)
        bought = nw.when(days > 0)
        repeat = nw.col("repeat_spend").cast(nw.Float64) / (days - 1).cast(nw.Float64)
        return engine.purchases(facts).select(
            "customer_id",
            bought.then(days - 1).alias("frequency"),
            (last - first).alias("recency"),
            (today - first).alias("age"),
            (today - last).alias("idle_days"),
            nw.when(days > 1).then(repeat).alias("mean_spend"),
            bought.then(nw.col("total_spend")).alias("total_spend"),
            "refunds",
        )
