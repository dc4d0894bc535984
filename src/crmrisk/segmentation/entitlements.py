"""What the customers of a tier are entitled to: how often they are contacted, how, and how fast they are answered."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Annotated

import numpy as np
from pydantic import Field
from pydantic.dataclasses import dataclass

from crmrisk.core.fields import Several
from crmrisk.core.instants import PositiveSpan, days
from crmrisk.core.measures import Name
from crmrisk.core.model import VALUE, Value
from crmrisk.segmentation.conditions import Condition

if TYPE_CHECKING:
    from collections.abc import Sequence

    from crmrisk.core.arrays import IntArray
    from crmrisk.segmentation.facts import Facts

__all__ = ["EntitlementVariant", "ServiceEntitlements", "entitled", "expected_hours"]

YEAR = timedelta(days=365.25)


@dataclass(frozen=True, config=VALUE)
class ServiceEntitlements(Value):
    """State what one customer may expect.

    Parameters
    ----------
    contacts_per_year
        How often the company calls on the customer [per year].
    channel
        How: a visit, a named manager, a trading desk, a shared desk, ...
    response_time
        Within which time a question is answered.
    hours_per_contact
        Work of one contact, with preparation and travel [hour]; for the capacity a policy needs.
    services
        What else belongs to it, in words.

    Raises
    ------
    InvalidValueError
        If contacts or hours are negative, or the response time is not positive.

    Examples
    --------
    >>> from datetime import timedelta
    >>> gold = ServiceEntitlements(12, "relationship manager", timedelta(hours=4), hours_per_contact=2)
    >>> gold.hours_per_year
    24.0
    >>> gold.contact_every.days
    30
    """

    contacts_per_year: Annotated[float, Field(ge=0, le=8766)]
    channel: Name
    response_time: PositiveSpan
    hours_per_contact: Annotated[float, Field(ge=0, le=8766)] = Field(default=1.0, kw_only=True)
    services: Several[Name] = Field(default=(), kw_only=True)

    @property
    def contact_every(self) -> timedelta | None:
        """The time between two contacts; ``None`` where there are none."""
        return YEAR / self.contacts_per_year if self.contacts_per_year else None

    @property
    def hours_per_year(self) -> float:
        """Work for one customer [hour per year]."""
        return self.contacts_per_year * self.hours_per_contact


@dataclass(frozen=True, config=VALUE)
class EntitlementVariant(Value):
    """Give some customers of a tier other entitlements than the rest of it.

    Parameters
    ----------
    when
        Who: usually a business need or a risk tolerance.
    entitlements
        What they get instead.

    Examples
    --------
    >>> from datetime import timedelta
    >>> from crmrisk.segmentation.conditions import Criterion
    >>> desk = ServiceEntitlements(52, "trading desk", timedelta(hours=1))
    >>> EntitlementVariant(Criterion("business_need", one_of=["trading"]), desk).entitlements.channel
    'trading desk'
    """

    when: Condition
    entitlements: ServiceEntitlements


def entitled(variants: Sequence[EntitlementVariant], facts: Facts) -> IntArray:
    """Find the first variant that each customer meets.

    Parameters
    ----------
    variants
        In order.
    facts
        What is known.

    Returns
    -------
    Place of the variant, -1 for none, ``(n_customers,)``.

    Examples
    --------
    >>> from datetime import date
    >>> from crmrisk import Portfolio
    >>> from crmrisk.segmentation.facts import PortfolioFacts
    >>> entitled((), PortfolioFacts(Portfolio(["C1"], date(2026, 1, 31), {})))
    array([-1])
    """
    found = np.full(len(facts), -1, dtype=np.int64)
    for place, variant in reversed(list(enumerate(variants))):
        found[variant.when.met(facts)] = place
    return found


def expected_hours(entitlements: ServiceEntitlements, span: timedelta) -> float:
    """Compute the work for one customer over a time span.

    Parameters
    ----------
    entitlements
        What the customer is entitled to.
    span
        How long.

    Returns
    -------
    [hour].

    Examples
    --------
    >>> from datetime import timedelta
    >>> round(expected_hours(ServiceEntitlements(12, "visit", timedelta(days=1)), timedelta(days=30.4375)), 9)
    1.0
    """
    return entitlements.hours_per_year * days(span) / days(YEAR)
