"""Service events: how fast contacts are answered and resolved, and whether the answers were right."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, Any, ClassVar

import narwhals.stable.v2 as nw

from crmrisk.core.measures import Input
from crmrisk.evidence.summaries.base import BaseSummary, count_if, missing

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

__all__ = ["ServiceEvents"]

_HOUR = 3_600_000_000


_INPUTS = (
    Input("service_contacts", "count", ge=0),
    Input("mean_response_hours", "hour", ge=0),
    Input("mean_resolution_hours", "hour", ge=0),
    Input("unresolved_contacts", "count", ge=0),
    Input("accuracy_share", "share", ge=0, le=1),
)


class ServiceEvents(BaseSummary, kind="crmrisk.service"):
    """Summarise contacts with the service.

    - ``service_contacts``: all known contacts [count];
    - ``mean_response_hours``, ``mean_resolution_hours``: mean time from contact to answer and to resolution, over the
      contacts answered or resolved by as_of [hour];
    - ``unresolved_contacts``: those not resolved at as_of [count];
    - ``accuracy_share``: share of right answers among those judged [share]; a judgement is known once the contact is
      resolved, or answered where the table has no ``resolved_at``.

    What a column would be needed for is unrated where it is missing. An answer before its contact cannot be timed: it
    is left out of the means and counted in `Evidence.quality`. A customer without a contact has 0 contacts, none of
    them unresolved.

    Examples
    --------
    >>> from datetime import datetime
    >>> import pandas as pd
    >>> from crmrisk.evidence import Evidence
    >>> contacts = pd.DataFrame({"customer_id": "C1", "at": pd.to_datetime(["2026-01-01 09:00"]), "channel": "phone",
    ...     "answered_at": pd.to_datetime(["2026-01-01 10:30"])})
    >>> Evidence(service=contacts).portfolio(datetime(2026, 1, 31), [ServiceEvents()])["mean_response_hours"]
    array([1.5])
    """

    table: ClassVar[str] = "service"
    keeps_everyone: ClassVar[bool] = True

    @property
    def inputs(self) -> tuple[Input, ...]:
        """What it yields."""
        return _INPUTS

    @property
    def absent(self) -> Mapping[str, float]:
        """No contact, none unresolved."""
        return MappingProxyType({"service_contacts": 0.0, "unresolved_contacts": 0.0})

    def summarise(self, facts: nw.LazyFrame[Any], as_of: datetime, /) -> nw.LazyFrame[Any]:
        """Reduce contacts to one row per customer.

        Parameters
        ----------
        facts
            Contacts known at `as_of`.
        as_of
            Answers and resolutions after it are not known.
        """
        columns = facts.collect_schema().names()
        resolvable = "resolved_at" in columns
        parts = {
            "response": _elapsed("answered_at", columns),
            "resolution": _elapsed("resolved_at", columns),
            "accurate": _judged(columns),
        }
        open_contacts = count_if(nw.col("resolved_at").is_null(), "unresolved") if resolvable else missing("unresolved")
        grouped = (
            facts.select("customer_id", open_contacts, *(part.alias(name) for name, part in parts.items()))
            .group_by("customer_id")
            .agg(
                nw.len().alias("service_contacts"),
                nw.col("unresolved").sum(),
                *(nw.col(name).sum() for name in parts),
                *(nw.col(name).count().alias(f"{name}_count") for name in parts),
            )
        )
        return grouped.select(
            "customer_id",
            "service_contacts",
            _mean("response", _HOUR).alias("mean_response_hours"),
            _mean("resolution", _HOUR).alias("mean_resolution_hours"),
            nw.col("unresolved").alias("unresolved_contacts") if resolvable else missing("unresolved_contacts"),
            _mean("accurate", 1).alias("accuracy_share"),
        )


def _elapsed(until: str, columns: list[str]) -> nw.Expr:
    if until not in columns:
        return missing(until)
    elapsed = nw.col(until) - nw.col("at")
    return nw.when(elapsed >= 0).then(elapsed)


def _judged(columns: list[str]) -> nw.Expr:
    if "accurate" not in columns:
        return missing("accurate")
    reveals = next((name for name in ("resolved_at", "answered_at") if name in columns), "at")
    return nw.when(~nw.col(reveals).is_null()).then(nw.col("accurate"))


def _mean(name: str, unit: int) -> nw.Expr:
    count = nw.col(f"{name}_count")
    return nw.when(count > 0).then(nw.col(name).cast(nw.Float64) / count.cast(nw.Float64) / float(unit))
