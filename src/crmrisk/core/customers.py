"""One customer as a row: what is known of them as of a point in time."""

from __future__ import annotations

from typing import Annotated, TypeAlias

from pydantic import Field

from crmrisk.core.instants import Moment
from crmrisk.core.measures import Name
from crmrisk.core.model import Model

__all__ = ["Customer", "Identifier"]

Identifier: TypeAlias = Annotated[str, Field(min_length=1)]
"""Any text but the empty one: companies number their customers and groups as they like."""


class Customer(Model):
    """Hold what is known of one customer as of a point in time.

    Parameters
    ----------
    customer_id
        The identifier.
    as_of
        Nothing later than this is known.
    since
        When the relationship began.
    segment, tier
        Names of the groups the customer belongs to.
    tags
        Further labels.
    features
        Name to value: a number in the unit the scorers declare, or the text of a label other than `segment` and
        `tier`. A missing or ``None`` feature is unrated.

    Raises
    ------
    InvalidValueError
        If a field has the wrong type, or a feature is not finite.

    Examples
    --------
    >>> from datetime import date
    >>> customer = Customer(customer_id="C0007", as_of=date(2026, 1, 31), features={"idle_days": 12})
    >>> customer.features["idle_days"]
    12.0
    """

    customer_id: Identifier
    as_of: Moment
    since: Moment | None = None
    segment: Identifier | None = None
    tier: Identifier | None = None
    tags: tuple[Identifier, ...] = ()
    features: dict[Name, float | Identifier | None] = Field(default_factory=dict)
