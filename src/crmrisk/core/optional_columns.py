"""Columns that a portfolio may lack: read as if they were there, unrated."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from crmrisk.core.arrays import FloatArray
    from crmrisk.core.portfolio import Portfolio

__all__ = ["column_or", "column_or_unrated"]


def column_or_unrated(portfolio: Portfolio, name: str) -> FloatArray:
    """Return a column, all unrated where the portfolio has none of that name.

    Parameters
    ----------
    portfolio
        One row per customer.
    name
        The column.

    Returns
    -------
    Numbers, NaN where unrated, ``(n_customers,)``.

    Examples
    --------
    >>> from datetime import date
    >>> from crmrisk import Portfolio
    >>> column_or_unrated(Portfolio(["C1"], date(2026, 1, 31), {}), "service_cost")
    array([nan])
    """
    return portfolio.columns[name] if name in portfolio.columns else np.full(len(portfolio), np.nan)


def column_or(portfolio: Portfolio, name: str, otherwise: float) -> FloatArray:
    """Return a column with a number in place of what is unrated.

    Parameters
    ----------
    portfolio
        One row per customer.
    name
        The column; the portfolio may have none of that name.
    otherwise
        What whoever is unrated counts with.

    Returns
    -------
    Numbers, ``(n_customers,)``.

    Examples
    --------
    >>> from datetime import date
    >>> from crmrisk import Portfolio
    >>> column_or(Portfolio(["C1", "C2"], date(2026, 1, 31), {"service_cost": [3, None]}), "service_cost", 0.0)
    array([3., 0.])
    """
    values = column_or_unrated(portfolio, name)
    return np.where(np.isnan(values), otherwise, values)
