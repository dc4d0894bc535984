"""From one row to columns: the portfolio of a single customer, built for speed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from crmrisk.core.measures import LABEL
from crmrisk.core.portfolio import Portfolio

if TYPE_CHECKING:
    from crmrisk.core.customers import Customer
    from crmrisk.core.measures import Input

__all__ = ["portfolio_of_one"]


def portfolio_of_one(customer: Customer, inputs: tuple[Input, ...]) -> Portfolio:
    """Build the portfolio of one customer with every input a scorer reads; absent features are unrated.

    Parameters
    ----------
    customer
        What is known.
    inputs
        What will be read; other features are left out.

    Raises
    ------
    PortfolioError
        If a feature is not finite.

    Examples
    --------
    >>> from datetime import date
    >>> from crmrisk import Customer, Input
    >>> customer = Customer(customer_id="C1", as_of=date(2026, 1, 31), features={"age": 40})
    >>> portfolio_of_one(customer, (Input("age", "day"), Input("recency", "day")))["recency"]
    array([nan])
    """
    features: dict[str, Any] = dict(customer.features)
    labels = {each.name for each in inputs if each.unit == LABEL}
    return Portfolio(
        [customer.customer_id],
        customer.as_of,
        {each.name: [features.get(each.name)] for each in inputs if each.unit != LABEL},
        {name: [features.get(name)] for name in labels} | {"segment": [customer.segment], "tier": [customer.tier]},
        since=None if customer.since is None else [customer.since],
        tags=[customer.tags],
    )
