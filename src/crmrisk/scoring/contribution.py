"""Contribution: what a customer has left with the company so far, after what serving and winning them cost.

Spend is not profit. Where evidence has costs, the share of spend that is kept is each customer's own, drawn towards the
portfolio's as long as few purchases speak for it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import numpy as np
from pydantic import Field

from crmrisk.core.bases import StatelessScorer
from crmrisk.core.errors import FitError, Problem
from crmrisk.core.measures import Input, Measure, Name, Quantity
from crmrisk.core.optional_columns import column_or, column_or_unrated

if TYPE_CHECKING:
    from crmrisk.core.arrays import FloatArray
    from crmrisk.core.portfolio import Portfolio

__all__ = ["CONTRIBUTION_MARGIN", "ContributionScorer", "portfolio_margin", "shrunken_margin"]

CONTRIBUTION_MARGIN = Input("contribution_margin", "share", le=1, optional=True)
"""The share of a customer's spend that is left after costs, from `crmrisk.evidence.Costs`; below 0 under cost."""

_TOTAL_SPEND = Input("total_spend", "money", ge=0)
_REFUNDS = Input("refunds", "money", ge=0, optional=True)
_SERVICE_COST = Input("service_cost", "money", ge=0, optional=True)
_ACQUISITION_COST = Input("acquisition_cost", "money", ge=0, optional=True)


class ContributionScorer(StatelessScorer, kind="crmrisk.contribution"):
    """Work out what each customer has contributed so far; below 0 where they cost more than they brought.

    ``contribution = margin · (total_spend − refunds) − service_cost − acquisition_cost``, with the customer's own
    ``contribution_margin`` where costs are recorded, else with `margin`. Costs that are not there are not counted;
    a customer without any purchase is unrated.

    It looks back. `crmrisk.scoring.LifetimeValueScorer` looks ahead and is what is at stake: what winning a customer
    cost is spent, whether they stay or not.

    Parameters
    ----------
    currency
        The currency of the transactions.
    margin
        The share of spend that is kept, for customers whose costs are not recorded.

    Raises
    ------
    InvalidValueError
        If the margin is out of range.

    Examples
    --------
    >>> from datetime import date
    >>> from crmrisk import Portfolio
    >>> columns = {"total_spend": [200, 80], "contribution_margin": [0.25, None], "acquisition_cost": [30, 30]}
    >>> book = Portfolio(["C1", "C2"], date(2026, 1, 31), columns)
    >>> ContributionScorer(currency="EUR", margin=0.3).score(book).values.round(2)
    array([20., -6.])
    """

    currency: Name
    margin: Annotated[float, Field(gt=0, le=1)] = 1.0

    @property
    def inputs(self) -> tuple[Input, ...]:
        """What was spent, and what it cost."""
        return (_TOTAL_SPEND, _REFUNDS, CONTRIBUTION_MARGIN, _SERVICE_COST, _ACQUISITION_COST)

    @property
    def measure(self) -> Measure:
        """Money, of either sign."""
        return Measure(Quantity.MONEY, self.currency)

    def compute(self, portfolio: Portfolio) -> FloatArray:
        """Return the contribution so far [currency]."""
        own = column_or(portfolio, CONTRIBUTION_MARGIN.name, self.margin)
        kept = own * (portfolio[_TOTAL_SPEND.name] - column_or(portfolio, _REFUNDS.name, 0.0))
        return kept - column_or(portfolio, _SERVICE_COST.name, 0.0) - column_or(portfolio, _ACQUISITION_COST.name, 0.0)


def portfolio_margin(portfolio: Portfolio) -> float:
    """Find the share of spend a portfolio keeps: the customers' own margins, weighted by their purchase days.

    Parameters
    ----------
    portfolio
        One row per customer with ``contribution_margin`` and ``frequency``.

    Returns
    -------
    The share, not below 0.

    Raises
    ------
    FitError
        If no customer's costs are known.

    Examples
    --------
    >>> from datetime import date
    >>> from crmrisk import Portfolio
    >>> book = Portfolio(["C1", "C2"], date(2026, 1, 31), {"contribution_margin": [0.2, 0.6], "frequency": [2, 0]})
    >>> round(portfolio_margin(book), 3)
    0.3
    """
    own = column_or_unrated(portfolio, CONTRIBUTION_MARGIN.name)
    days = portfolio["frequency"] + 1
    known = ~np.isnan(own + days)
    if not known.any():
        raise FitError(
            Problem(
                what="no customer's costs are known",
                where=CONTRIBUTION_MARGIN.name,
                allowed="transactions with a column `cost`, or a column `contribution_margin`",
                remedy="record costs, or give the scorer one margin for all",
            )
        )
    return float(max(np.average(own[known], weights=days[known]), 0.0))


def shrunken_margin(portfolio: Portfolio, margin: float, weight: float) -> FloatArray:
    """Draw each customer's own margin towards the portfolio's, the more the fewer purchase days speak for it.

    ``(weight · margin + (frequency + 1) · own) / (weight + frequency + 1)``, not below 0: a customer who is served
    under cost brings nothing that could be lost.

    Parameters
    ----------
    portfolio
        One row per customer.
    margin
        The portfolio's margin, for whoever's costs are not known.
    weight
        How many purchase days it counts as.

    Returns
    -------
    Shares in 0..1, ``(n_customers,)``.

    Examples
    --------
    >>> from datetime import date
    >>> from crmrisk import Portfolio
    >>> columns = {"contribution_margin": [0.2, 0.6, None], "frequency": [2, 0, 5]}
    >>> shrunken_margin(Portfolio(["C1", "C2", "C3"], date(2026, 1, 31), columns), 0.3, 1.0).round(3)
    array([0.225, 0.45 , 0.3  ])
    """
    own, days = column_or(portfolio, CONTRIBUTION_MARGIN.name, margin), portfolio["frequency"] + 1
    return np.maximum((weight * margin + days * own) / (weight + days), 0.0)
