"""The purchase history that customer-value models read, and the part of a portfolio they can learn from."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crmrisk.core.errors import FitError, Problem
from crmrisk.core.measures import Input

if TYPE_CHECKING:
    from crmrisk.core.arrays import FloatArray
    from crmrisk.core.portfolio import Portfolio

__all__ = ["HISTORY", "MEAN_SPEND", "learnable"]

HISTORY = (Input("frequency", "count", ge=0), Input("recency", "day", ge=0), Input("age", "day", ge=0))
"""Repeat purchase days, first to last purchase, first purchase to ``as_of``."""

MEAN_SPEND = Input("mean_spend", "money", ge=0, optional=True)
"""Mean amount per repeat purchase day; unknown for a customer who bought once."""


def learnable(portfolio: Portfolio, inputs: tuple[Input, ...], *, reader: str) -> list[FloatArray]:
    """Take the columns of the customers who have every input.

    Parameters
    ----------
    portfolio
        One row per customer.
    inputs
        The columns to take, in this order.
    reader
        Who learns, for the error.

    Returns
    -------
    One array per input, ``(n_complete,)``.

    Raises
    ------
    FitError
        If no customer has them all.

    Examples
    --------
    >>> from datetime import date
    >>> from crmrisk import Portfolio
    >>> book = Portfolio(["C1", "C2"], date(2026, 1, 31), {"age": [3, None]})
    >>> learnable(book, (Input("age", "day"),), reader="example")
    [array([3.])]
    """
    complete = portfolio.take(portfolio.require(inputs, reader=reader))
    if not len(complete):
        names = ", ".join(each.name for each in inputs)
        raise FitError(Problem(what=f"no customer has {names}", where=reader, got=f"{len(portfolio)} customers"))
    return [complete[each.name] for each in inputs]
