"""One customer as a row: what is known of them as of a point in time."""

from __future__ import annotations

from datetime import datetime

from pydantic import Field, field_validator

from crmrisk.core.instants import instant
from crmrisk.core.measures import Name
from crmrisk.core.model import Model

__all__ = ["Customer"]


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
        Name to value, in the units the scorers declare; a missing or ``None`` feature is unrated.

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

    customer_id: Name
    as_of: datetime
    since: datetime | None = None
    segment: Name | None = None
    tier: Name | None = None
    tags: tuple[Name, ...] = ()
    features: dict[Name, float | None] = Field(default_factory=dict)

    @field_validator("as_of", "since", mode="after")
    @classmethod
    def _plain(cls, value: datetime | None) -> datetime | None:
        return None if value is None else instant(value)
