"""Complaints: how many, how often, how recent, how many still open."""

from __future__ import annotations

from datetime import timedelta
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, ClassVar, Self

import narwhals.stable.v2 as nw
from pydantic import model_validator

from crmrisk.core.errors import InvalidValueError, Problem, SchemaError
from crmrisk.core.instants import PositiveSpan  # noqa: TC001 - pydantic reads it at run time
from crmrisk.core.measures import Input, Name
from crmrisk.evidence.moments import DAY, day_number, microseconds, span
from crmrisk.evidence.summaries.base import BaseSummary, count_if, missing, same_text

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

__all__ = ["Complaints"]

_DAYS_PER_YEAR = 365.25


class Complaints(BaseSummary, kind="crmrisk.complaints"):
    """Summarise complaints.

    - ``complaint_count``: all known complaints; ``complaints_recent``: those opened in (as_of − window, as_of] [count];
    - ``complaint_rate``: complaints per year of 365.25 days since the customer is known, at least one day [count/year];
      known since ``customers.since``, or else since the customer's first record in any table;
    - ``open_complaints``: those not closed at as_of [count]; unrated where the table has no ``closed_at``;
    - ``days_since_complaint``: whole days since the latest was opened [day]; unrated without any;
    - ``complaints_<topic>``: for each topic asked for, those of the window [count]; topics compare without case.

    A customer without a complaint has 0: the table exists, so silence is an answer.

    Parameters
    ----------
    window
        How far back is recent.
    topics
        Topics to count one by one; blanks in a topic become underscores in the column's name.

    Raises
    ------
    InvalidValueError
        If the window is not positive, or two topics make one column.

    Examples
    --------
    >>> [each.name for each in Complaints(topics=("Late delivery",)).inputs][-1]
    'complaints_late_delivery'
    """

    window: PositiveSpan = timedelta(days=365)
    topics: tuple[Name, ...] = ()

    table: ClassVar[str] = "complaints"
    keeps_everyone: ClassVar[bool] = True

    @model_validator(mode="after")
    def _distinct(self) -> Self:
        names = [each.name for each in self.inputs]
        if len(set(names)) < len(names):
            raise InvalidValueError(
                Problem(what="two topics make one column", where="Complaints.topics", got=str(self.topics))
            )
        return self

    @property
    def inputs(self) -> tuple[Input, ...]:
        """What it yields."""
        return (
            Input("complaint_count", "count", ge=0),
            Input("complaints_recent", "count", ge=0),
            Input("complaint_rate", "count/year", ge=0),
            Input("open_complaints", "count", ge=0),
            Input("days_since_complaint", "day", ge=0),
            *(Input(_column(topic), "count", ge=0) for topic in self.topics),
        )

    @property
    def absent(self) -> Mapping[str, float]:
        """No complaint is 0 of everything but the days since."""
        return MappingProxyType({each.name: 0.0 for each in self.inputs if each.name != "days_since_complaint"})

    def summarise(self, facts: nw.LazyFrame[Any], as_of: datetime, /) -> nw.LazyFrame[Any]:
        """Reduce complaints to one row per customer.

        Parameters
        ----------
        facts
            Complaints known at `as_of`.
        as_of
            The end of the window.
        """
        columns = facts.collect_schema().names()
        if self.topics and "topic" not in columns:
            raise SchemaError(
                Problem(what="topics to count, and no column to read them from", where="complaints.topic")
            )
        recent = nw.col("opened_at") > microseconds(as_of) - span(self.window)
        closed = "closed_at" in columns
        counted = facts.select(
            "customer_id",
            "opened_at_day",
            count_if(recent, "complaints_recent"),
            count_if(nw.col("closed_at").is_null(), "open_complaints") if closed else missing("open_complaints"),
            *(count_if(recent & same_text("topic", topic), _column(topic)) for topic in self.topics),
        )
        grouped = counted.group_by("customer_id").agg(
            nw.len().alias("complaint_count"),
            nw.col("opened_at_day").max().alias("last_day"),
            *(nw.col(name).sum() for name in ("complaints_recent", "open_complaints", *map(_column, self.topics))),
        )
        return grouped.with_columns(
            (day_number(as_of) - nw.col("last_day")).alias("days_since_complaint"),
            nw.col("complaint_count").cast(nw.Float64).alias("complaint_rate"),
            *([] if closed else [missing("open_complaints")]),
        )

    def derive(self, as_of: datetime) -> tuple[nw.Expr, ...]:
        """Divide the count by the years the customer has been known.

        Parameters
        ----------
        as_of
            The end of the time known.
        """
        days = (microseconds(as_of) - nw.col("known_since")).cast(nw.Float64) / DAY
        at_least_one = nw.when(days > 1.0).then(days).otherwise(nw.lit(1.0))
        return ((nw.col("complaint_count") * _DAYS_PER_YEAR / at_least_one).alias("complaint_rate"),)


def _column(topic: str) -> str:
    return "complaints_" + "".join(c if c.isalnum() else "_" for c in topic.lower())
