"""Purchase trend: the latest window beside the one before it."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any, ClassVar

import narwhals.stable.v2 as nw

from crmrisk.core.instants import PositiveSpan  # noqa: TC001 - pydantic reads it at run time
from crmrisk.core.measures import Input
from crmrisk.evidence.exactly import part_names, parts, total
from crmrisk.evidence.moments import microseconds, span
from crmrisk.evidence.summaries.base import BaseSummary

if TYPE_CHECKING:
    from datetime import datetime

__all__ = ["PurchaseTrend"]

_RECENT, _PREVIOUS, _BEFORE = 2, 1, 0


_INPUTS = (
    Input("purchases_recent", "count", ge=0),
    Input("purchases_previous", "count", ge=0),
    Input("spend_recent", "money", ge=0),
    Input("spend_previous", "money", ge=0),
)


class PurchaseTrend(BaseSummary, kind="crmrisk.purchase_trend"):
    """Count purchase days and spend in the window up to ``as_of`` and in the window before it.

    ``purchases_recent``, ``spend_recent`` are of (as_of − window, as_of]; ``purchases_previous``, ``spend_previous``
    of (as_of − 2 window, as_of − window]; purchases and purchase days as in `Purchases`. A customer who bought before
    but not in a window has 0 there; one who never bought is unrated.

    Parameters
    ----------
    window
        The length of each window.

    Raises
    ------
    InvalidValueError
        If the window is not positive.

    Examples
    --------
    >>> PurchaseTrend(window=timedelta(days=30)).inputs[0]
    Input(name='purchases_recent', unit='count', ge=0.0, le=None, optional=False)
    """

    window: PositiveSpan = timedelta(days=90)

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
            The end of the recent window.
        """
        end, length = microseconds(as_of), span(self.window)
        at, period = nw.col("at"), nw.col("period")
        earlier = nw.when(at > end - 2 * length).then(nw.lit(_PREVIOUS)).otherwise(nw.lit(_BEFORE))
        days = (
            facts.filter(nw.col("amount") > 0.0)
            .with_columns(nw.when(at > end - length).then(nw.lit(_RECENT)).otherwise(earlier).alias("period"))
            .select("customer_id", "period", "at_day", *parts(nw.col("amount"), "spend"))
            .group_by("customer_id", "period", "at_day")
            .agg(*(nw.col(name).sum() for name in part_names("spend")))
        )
        spends = [
            (f"spend_{which}_{part}", number, nw.col(f"spend_{part}"), nw.lit(0))
            for which, number in (("recent", _RECENT), ("previous", _PREVIOUS))
            for part in ("high", "middle", "low")
        ]
        columns = [
            nw.when(period == number).then(value).otherwise(zero).alias(name)
            for name, number, value, zero in (
                ("purchases_recent", _RECENT, nw.lit(1), nw.lit(0)),
                ("purchases_previous", _PREVIOUS, nw.lit(1), nw.lit(0)),
                *spends,
            )
        ]
        counts = ("purchases_recent", "purchases_previous")
        sums = [nw.col(name).sum() for name in (*counts, *(name for name, *_ in spends))]
        grouped = days.select("customer_id", *columns).group_by("customer_id").agg(*sums)
        return grouped.select("customer_id", *counts, total("spend_recent"), total("spend_previous"))
