"""Lifetime value as a consequence: the margin a customer is expected to bring within a horizon, discounted to today."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Annotated

import numpy as np
from pydantic import Field

from crmrisk.core.bases import BaseFittedScorer, BaseScorer
from crmrisk.core.measures import Input, Measure, Name
from crmrisk.scoring.fields import Horizon
from crmrisk.scoring.histories import HISTORY, MEAN_SPEND
from crmrisk.scoring.learning_value import fitted_purchases, fitted_spend
from crmrisk.scoring.value import BetaGeoNBD, GammaGamma, discounted_value

if TYPE_CHECKING:
    from crmrisk.core.arrays import FloatArray
    from crmrisk.core.outcomes import Outcomes
    from crmrisk.core.portfolio import Portfolio

__all__ = ["FittedLifetimeValueScorer", "LifetimeValueScorer"]

Rate = Annotated[float, Field(ge=0, le=1)]
Margin = Annotated[float, Field(gt=0, le=1)]

_DAY = timedelta(days=1)


class FittedLifetimeValueScorer(BaseFittedScorer):
    """Score the residual lifetime value of a customer, with a purchase model and a spend model.

    Parameters
    ----------
    currency, horizon, discount_rate, margin
        As in the specification.
    purchases
        How often customers buy; its time unit is the day.
    spend
        How much they spend per purchase day.
    warnings
        What the fits could not tell.

    Examples
    --------
    See `LifetimeValueScorer`.
    """

    currency: Name
    horizon: Horizon
    discount_rate: Rate
    margin: Margin
    purchases: BetaGeoNBD
    spend: GammaGamma
    warnings: tuple[str, ...] = ()

    @property
    def inputs(self) -> tuple[Input, ...]:
        """The purchase history and the mean spend."""
        return (*HISTORY, MEAN_SPEND)

    @property
    def measure(self) -> Measure:
        """Money."""
        return Measure.money(self.currency)

    def compute(self, portfolio: Portfolio) -> FloatArray:
        """Return the discounted margin expected within the horizon [currency]."""
        frequency = portfolio["frequency"]
        return discounted_value(
            self.purchases,
            frequency=frequency,
            recency=portfolio["recency"],
            age=portfolio["age"],
            expected_spend=self.spend.expected_spend(frequency=frequency, mean_spend=_spend(portfolio)),
            time_unit=_DAY,
            horizon=self.horizon,
            discount_rate=self.discount_rate,
            margin=self.margin,
        )


class LifetimeValueScorer(BaseScorer, kind="crmrisk.lifetime_value", fitted=FittedLifetimeValueScorer):
    """Score the money a customer relationship is still expected to bring: BG/NBD purchases times Gamma-Gamma spend.

    Counted from ``as_of``, month by month to the end of the horizon, times the margin, discounted by an annual rate.
    It is the consequence of losing the customer today. Customers without any purchase are unrated; customers who bought
    once are expected to spend what the population does.

    Parameters
    ----------
    currency
        The currency of the transactions.
    horizon
        How far to look ahead.
    discount_rate
        The effective rate per year in 0..1, 0.10 for 10 %.
    margin
        The share of spend that is kept.
    purchases, spend
        Models to use as they are, in days; ``None`` fits them by maximum likelihood.

    Raises
    ------
    InvalidValueError
        If horizon, rate or margin is out of range.
    FitError
        If the histories do not identify how often customers buy, or what they spend: too few customers, or nobody
        bought twice.

    References
    ----------
    Fader, P. S., Hardie, B. G. S. and Lee, K. L. (2005), RFM and CLV, Journal of Marketing Research 42.

    Examples
    --------
    >>> from datetime import date
    >>> from crmrisk import Portfolio
    >>> scorer = LifetimeValueScorer(
    ...     currency="USD",
    ...     horizon=timedelta(days=365),
    ...     discount_rate=0.10,
    ...     margin=0.3,
    ...     purchases=BetaGeoNBD(r=0.243, alpha=4.414 * 7, a=0.793, b=2.426),
    ...     spend=GammaGamma(p=6.25, q=3.74, v=15.44),
    ... )
    >>> history = {"frequency": [2, 0], "recency": [213, 0], "age": [272, 272], "mean_spend": [24.66, None]}
    >>> book = Portfolio(["C1", "C2"], date(1997, 9, 30), history)
    >>> scorer.fit(book).score(book).values.round(2)
    array([11.87,  2.54])
    """

    currency: Name
    horizon: Horizon
    discount_rate: Rate
    margin: Margin = 1.0
    purchases: BetaGeoNBD | None = None
    spend: GammaGamma | None = None

    @property
    def inputs(self) -> tuple[Input, ...]:
        """The purchase history and the mean spend."""
        return (*HISTORY, MEAN_SPEND)

    @property
    def measure(self) -> Measure:
        """Money."""
        return Measure.money(self.currency)

    def learn(self, portfolio: Portfolio, outcomes: Outcomes | None) -> FittedLifetimeValueScorer:
        """Fit the purchase and the spend model, or take those given."""
        purchases, buying = (self.purchases, ()) if self.purchases is not None else fitted_purchases(portfolio)
        spend, spending = (self.spend, ()) if self.spend is not None else fitted_spend(portfolio)
        return FittedLifetimeValueScorer(
            currency=self.currency,
            horizon=self.horizon,
            discount_rate=self.discount_rate,
            margin=self.margin,
            purchases=purchases,
            spend=spend,
            warnings=(*buying, *spending),
        )


def _spend(portfolio: Portfolio) -> FloatArray:
    if MEAN_SPEND.name in portfolio.columns:
        return portfolio[MEAN_SPEND.name]
    return np.full(len(portfolio), np.nan)
