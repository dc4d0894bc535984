"""Incidents: how many, what they cost, how long ago."""

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

__all__ = ["Incidents"]


_INPUTS = (
    Input("incident_count", "count", ge=0),
    Input("incident_loss", "money"),
    Input("days_since_incident", "day", ge=0),
)


class Incidents(BaseSummary, kind="crmrisk.incidents"):
    """Summarise recorded incidents of every kind.

    - ``incident_count`` [count];
    - ``incident_loss``: sum of the known losses [money]; unrated where a customer's incidents have none known;
    - ``days_since_incident``: whole days since the latest occurred [day]; unrated without any.

    An incident is known from when it occurred, or from ``detected_at`` where the table says so. A customer without an
    incident has 0 incidents and 0 loss.

    Examples
    --------
    >>> from datetime import datetime
    >>> import pandas as pd
    >>> from crmrisk.evidence import Evidence
    >>> records = pd.DataFrame({"customer_id": "C1", "event": "fraud", "occurred_at": pd.to_datetime(["2026-01-01"]),
    ...     "loss": [120.0]})
    >>> Evidence(incidents=records).portfolio(datetime(2026, 1, 31), [Incidents()])["days_since_incident"]
    array([30.])
    """

    table: ClassVar[str] = "incidents"
    keeps_everyone: ClassVar[bool] = True

    @property
    def inputs(self) -> tuple[Input, ...]:
        """What it yields."""
        return _INPUTS

    @property
    def absent(self) -> Mapping[str, float]:
        """No incident, no loss."""
        return MappingProxyType({"incident_count": 0.0, "incident_loss": 0.0})

    def summarise(self, facts: nw.LazyFrame[Any], as_of: datetime, /) -> nw.LazyFrame[Any]:
        """Reduce incidents to one row per customer.

        Parameters
        ----------
        facts
            Incidents known at `as_of`.
        as_of
            Where the days since count to.
        """
        losses = nw.col("loss") if "loss" in facts.collect_schema().names() else missing("loss")
        grouped = (
            facts.select("customer_id", "occurred_at_day", losses)
            .with_columns(*parts(nw.col("loss"), "loss"))
            .group_by("customer_id")
            .agg(
                nw.len().alias("incident_count"),
                *(nw.col(name).sum() for name in part_names("loss")),
                nw.col("loss").count().alias("losses"),
                nw.col("occurred_at_day").max().alias("last_day"),
            )
        )
        return grouped.select(
            "customer_id",
            "incident_count",
            nw.when(nw.col("losses") > 0).then(total("loss")).alias("incident_loss"),
            (day_number(as_of) - nw.col("last_day")).alias("days_since_incident"),
        )
