"""What a portfolio does with its parts: compare them, and hold more columns or labels, checked like the first."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, Any, TypeVar

from crmrisk.core import portfolio_checks as checks
from crmrisk.core.arrays import frozen_floats, same_arrays
from crmrisk.core.errors import PortfolioError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from crmrisk.core.arrays import Names, Numbers
    from crmrisk.core.portfolio import Portfolio

    Book = TypeVar("Book", bound=Portfolio)
else:
    Book = TypeVar("Book")

__all__ = ["equal", "widened"]

NOTHING: Mapping[str, Any] = MappingProxyType({})


def equal(one: Portfolio, other: Portfolio) -> bool:
    """Tell whether two portfolios hold the same facts of the same customers in the same order.

    Parameters
    ----------
    one, other
        The portfolios.

    Examples
    --------
    >>> from datetime import date
    >>> from crmrisk.core.portfolio import Portfolio
    >>> equal(Portfolio(["C1"], date(2026, 1, 31), {}), Portfolio(["C1"], date(2026, 2, 1), {}))
    False
    """
    mine, theirs = dict(one._arrays()), dict(other._arrays())  # noqa: SLF001 - the portfolio's own parts, beside its file
    return (
        one.as_of == other.as_of
        and mine.keys() == theirs.keys()
        and same_arrays(one.customer_id, other.customer_id)
        and all(same_arrays(array, theirs[name]) for name, array in mine.items())
        and one.columns.keys() == other.columns.keys()
        and one.units == other.units
    )


def widened(
    portfolio: Book,
    *,
    columns: Mapping[str, Numbers] = NOTHING,
    labels: Mapping[str, Names] = NOTHING,
    units: Mapping[str, str] = NOTHING,
) -> Book:
    """Add or replace columns and labels; see `Portfolio.with_columns` and `Portfolio.with_labels`.

    Parameters
    ----------
    portfolio
        The customers.
    columns, labels, units
        What is added, as the portfolio's own constructor takes it.

    Raises
    ------
    PortfolioError
        If names clash, lengths differ, numbers are infinite or labels no text; every such problem is listed.

    Examples
    --------
    >>> from datetime import date
    >>> from crmrisk.core.portfolio import Portfolio
    >>> widened(Portfolio(["C1"], date(2026, 1, 31), {}), labels={"tier": ["gold"]}).labels["tier"]
    array(['gold'], dtype=object)
    """
    collect = checks.Collector()
    beside = portfolio.columns if columns is NOTHING else columns, portfolio.labels if labels is NOTHING else labels
    collect.problems.extend(checks.name_problems(*beside, units))
    wider = object.__new__(type(portfolio))
    wider._set(**vars(portfolio))
    if not collect.problems:
        numbers = {name: collect(frozen_floats, values, name) for name, values in columns.items()}
        names = {name: collect(checks.frozen_labels, values, name) for name, values in labels.items()}
        kept = {name: unit for name, unit in portfolio.units.items() if name not in numbers}
        wider._set(
            columns=MappingProxyType({**portfolio.columns, **numbers}),
            labels=MappingProxyType({**portfolio.labels, **names}),
            units=MappingProxyType(kept | dict(units)),
        )
        collect.problems.extend(checks.length_problems(len(portfolio), wider._arrays()))
        collect.problems.extend(checks.order_problems(None, portfolio.customer_id, {**columns, **labels}))
    if collect.problems:
        raise PortfolioError(*collect.problems)
    return wider
