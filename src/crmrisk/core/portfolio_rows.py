"""From rows to columns: customers of one point in time, collected for a portfolio."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple, cast

import numpy as np

from crmrisk.core.customers import Customer
from crmrisk.core.errors import PortfolioError, Problem

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from crmrisk.core.portfolio import Portfolio

__all__ = ["RowParts", "customer_at", "read_customers", "restored"]


class RowParts(NamedTuple):
    """Hold the parts of many rows, ready for `Portfolio`.

    Examples
    --------
    See `read_customers`.
    """

    customer_id: list[str]
    as_of: datetime
    columns: dict[str, list[Any]]
    labels: dict[str, list[Any]]
    since: list[datetime | None] | None
    tags: list[tuple[str, ...]] | None


def read_customers(customers: Sequence[Customer]) -> RowParts:
    """Collect rows into columns; a feature that is text for any customer becomes a label.

    Parameters
    ----------
    customers
        Rows that share one ``as_of``.

    Raises
    ------
    PortfolioError
        If there are none, something else is among them, or points in time differ.

    Examples
    --------
    >>> from datetime import date
    >>> row = Customer(customer_id="C1", as_of=date(2026, 1, 31), features={"idle_days": 3, "region": "north"})
    >>> read_customers([row]).labels
    {'region': ['north'], 'segment': [None], 'tier': [None]}
    """
    customers = list(customers)
    moments = {customer.as_of for customer in _only_customers(customers)}
    if len(moments) != 1:
        raise PortfolioError(
            Problem(what="customers of one point in time expected", where="as_of", got=f"{len(moments)} of them")
        )
    names = dict.fromkeys(name for customer in customers for name in customer.features)
    features = {name: [customer.features.get(name) for customer in customers] for name in names}
    text = {name for name, values in features.items() if any(isinstance(value, str) for value in values)}
    since = [customer.since for customer in customers]
    return RowParts(
        customer_id=[customer.customer_id for customer in customers],
        as_of=moments.pop(),
        columns={name: values for name, values in features.items() if name not in text},
        labels={name: features[name] for name in features if name in text}
        | {name: [getattr(customer, name) for customer in customers] for name in ("segment", "tier")},
        since=since if any(since) else None,
        tags=[customer.tags for customer in customers] if any(customer.tags for customer in customers) else None,
    )


def _only_customers(customers: list[Customer]) -> list[Customer]:
    strange = [repr(each)[:100] for each in customers if not isinstance(each, Customer)]
    if strange:
        raise PortfolioError(Problem(what=f"{len(strange)} that are no Customer", where="customers", got=strange[0]))
    return customers


def customer_at(portfolio: Portfolio, row: int) -> Customer:
    """Build the row of the customer at a position; see `Portfolio.customer`.

    Parameters
    ----------
    portfolio
        One row per customer.
    row
        The position.

    Examples
    --------
    >>> from datetime import date
    >>> from crmrisk import Portfolio
    >>> customer_at(Portfolio(["C1"], date(2026, 1, 31), {"idle_days": [3]}), 0).features
    {'idle_days': 3.0}
    """
    since = None if portfolio.since is None else cast("datetime | None", portfolio.since[row].item())
    if since is not None and portfolio.as_of.tzinfo is not None:
        since = since.replace(tzinfo=portfolio.as_of.tzinfo)
    numbers = {name: None if np.isnan(array[row]) else float(array[row]) for name, array in portfolio.columns.items()}
    names = {name: array[row] for name, array in portfolio.labels.items() if name not in {"segment", "tier"}}
    return Customer(
        customer_id=portfolio.customer_id[row],
        as_of=portfolio.as_of,
        since=since,
        segment=portfolio.label("segment")[row],
        tier=portfolio.label("tier")[row],
        tags=() if portfolio.tags is None else portfolio.tags[row],
        features=numbers | names,
    )


def restored(parts: dict[str, Any]) -> Portfolio:
    """Build a portfolio again from what another process sent, checked like any other.

    Parameters
    ----------
    parts
        Its attributes by name.

    Examples
    --------
    >>> import pickle
    >>> from datetime import date
    >>> from crmrisk import Portfolio
    >>> book = Portfolio(["C1"], date(2026, 1, 31), {"idle_days": [3]})
    >>> pickle.loads(pickle.dumps(book)) == book
    True
    """
    from crmrisk.core.portfolio import Portfolio  # noqa: PLC0415 - each of the two modules builds what the other holds

    names = ("customer_id", "as_of", "columns", "labels")
    return Portfolio(*(parts[name] for name in names), **{name: parts[name] for name in ("since", "tags", "units")})
