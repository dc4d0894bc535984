"""Lifetime value as a consequence: the margin a customer is expected to bring within a horizon, discounted to today."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from functools import cached_property, partial
from typing import TYPE_CHECKING, Annotated, ClassVar, Literal

import numpy as np
from pydantic import Field

from crmrisk.core.bases import BaseFittedScorer, BaseScorer
from crmrisk.core.measures import Input, Measure, Name
from crmrisk.scoring.contribution import CONTRIBUTION_MARGIN, portfolio_margin, shrunken_margin
from crmrisk.scoring.explaining import explain_by_input
from crmrisk.scoring.fields import Horizon, Level
from crmrisk.scoring.histories import HISTORY, MEAN_SPEND
from crmrisk.scoring.learning_value import fitted_purchases, fitted_spend
from crmrisk.scoring.shapley import shapley_values
from crmrisk.scoring.typical import TypicalHistory, mixed_worths, typical_history
from crmrisk.scoring.uncertain import LogCovariance, Uncertain, amount_range
from crmrisk.scoring.value import GammaGamma, discounted_value
from crmrisk.scoring.value.names import PURCHASES, AnyPurchaseModel, PurchaseModelOrName

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

    from crmrisk.core.arrays import FloatArray
    from crmrisk.core.explanation import Explanation
    from crmrisk.core.outcomes import Outcomes
    from crmrisk.core.portfolio import Portfolio
    from crmrisk.core.scores import Ranged
    from crmrisk.scoring.value.buying import BuyingUntilDropout

__all__ = ["FittedLifetimeValueScorer", "LifetimeValueScorer"]

Rate = Annotated[float, Field(ge=0, le=1)]
Margin = Annotated[float, Field(gt=0, le=1)]
Weight = Annotated[float, Field(ge=0)]

_DAY = timedelta(days=1)


class FittedLifetimeValueScorer(BaseFittedScorer):
    """Score the residual lifetime value of a customer, with a purchase model and a spend model.

    Parameters
    ----------
    currency, horizon, discount_rate, margin_weight, interval
        As in the specification.
    margin
        The share of spend that is kept, of everybody or of the portfolio.
    own_margins
        Whether it is each customer's own, drawn towards that.
    purchases
        How often customers buy; its time unit is the day.
    spend
        How much they spend per purchase day.
    purchases_log_covariance, spend_log_covariance
        The covariances of the logarithms of their parameters; ``None`` where a model was not fitted.
    typical
        The customer that explanations compare with.
    warnings
        What the fits could not tell.

    Examples
    --------
    See `LifetimeValueScorer`.
    """

    currency: Name
    horizon: Horizon
    discount_rate: Rate
    margin: Rate
    own_margins: bool = False
    margin_weight: Weight = 1.0
    purchases: AnyPurchaseModel
    spend: GammaGamma
    interval: Level | None = None
    purchases_log_covariance: LogCovariance | None = None
    spend_log_covariance: LogCovariance | None = None
    typical: TypicalHistory = TypicalHistory()
    warnings: tuple[str, ...] = ()

    explains_on_request: ClassVar[bool] = True
    """Assessments ask for it only in their own `explain`: it takes longer than scoring, so rows come without."""

    @property
    def inputs(self) -> tuple[Input, ...]:
        """The purchase history, the mean spend, and the customer's own margin where that counts."""
        return (*HISTORY, MEAN_SPEND, CONTRIBUTION_MARGIN) if self.own_margins else (*HISTORY, MEAN_SPEND)

    @property
    def measure(self) -> Measure:
        """Money."""
        return Measure.money(self.currency)

    def compute(self, portfolio: Portfolio) -> FloatArray | Ranged:
        """Return the discounted margin expected within the horizon [currency]."""
        history, margin = tuple(portfolio[each.name] for each in HISTORY), self._margin(portfolio)
        each = self._spending(self.spend, history[0], _mean_spend(portfolio))
        values = self._worth(self.purchases, each, *history, margin=margin)
        if self.interval is None:
            return values
        factor = values / np.where(each > 0, each, 1.0)
        buying = Uncertain(
            self.purchases,
            self.purchases_log_covariance,
            lambda model: self._worth(model, each, *history, margin=margin),
        )
        spending = Uncertain(
            self.spend,
            self.spend_log_covariance,
            lambda model: factor * self._spending(model, history[0], _mean_spend(portfolio)),
        )
        return amount_range(values, (buying, spending), level=self.interval)

    def explain(self, portfolio: Portfolio, /) -> Explanation:
        """Explain each value by frequency, recency, age and spend, against the typical customer: exact Shapley values.

        Parameters
        ----------
        portfolio
            One row per customer.

        Raises
        ------
        MissingInputsError
            If the portfolio does not hold what is read.
        InputRangeError
            If values leave the declared range.
        """
        return explain_by_input(self, portfolio, self._contributions, baseline=self._typical_value, scale=self.currency)

    def _contributions(self, portfolio: Portfolio) -> list[FloatArray]:
        """Share out the difference from the typical customer: eight mixed histories, with two spends each."""
        unit = partial(self._worth, self.purchases, 1.0, margin=1.0)
        per_unit = mixed_worths(self.typical, portfolio, unit)
        frequency, own = portfolio[HISTORY[0].name], _mean_spend(portfolio)
        counts = np.stack((np.full(len(portfolio), self.typical.frequency), frequency))
        usual = np.full(len(portfolio), self._typical_spend)
        spends = np.stack((usual, np.where(frequency > 0, own, usual)))
        amounts = self._spending(self.spend, counts[np.newaxis], spends[:, np.newaxis])
        margins = (self.margin, self._margin(portfolio)) if self.own_margins else (self.margin,)
        return shapley_values(
            [margin * spent[mix & 1] * per_unit[mix] for margin in margins for spent in amounts for mix in range(8)]
        )

    @cached_property
    def _typical_value(self) -> float:
        typical = self.typical
        amount = self._spending(self.spend, typical.frequency, self._typical_spend)
        history = (typical.frequency, typical.recency, typical.age)
        return float(self._worth(self.purchases, amount, *history, margin=self.margin))

    @property
    def _typical_spend(self) -> float:
        mean = self.spend.population_mean if self.typical.mean_spend is None else self.typical.mean_spend
        return float("nan") if mean is None else mean

    def _margin(self, portfolio: Portfolio) -> FloatArray | float:
        return shrunken_margin(portfolio, self.margin, self.margin_weight) if self.own_margins else self.margin

    def _spending(self, spend: GammaGamma, frequency: ArrayLike, mean_spend: ArrayLike) -> FloatArray:
        return spend.expected_spend(frequency=frequency, mean_spend=mean_spend)

    def _worth(
        self,
        purchases: BuyingUntilDropout,
        expected_spend: ArrayLike,
        frequency: ArrayLike,
        recency: ArrayLike,
        age: ArrayLike,
        *,
        margin: ArrayLike,
    ) -> FloatArray:
        return discounted_value(
            purchases,  # pyright: ignore[reportArgumentType]  # frozen pydantic models do have a hash
            frequency=frequency,
            recency=recency,
            age=age,
            expected_spend=expected_spend,
            time_unit=_DAY,
            horizon=self.horizon,
            discount_rate=self.discount_rate,
            margin=margin,
        )


class LifetimeValueScorer(BaseScorer, kind="crmrisk.lifetime_value", fitted=FittedLifetimeValueScorer):
    """Score the money a customer relationship is still expected to bring: how often they buy times what they spend.

    Purchases by a model of buying until dropout, spend by Gamma-Gamma, counted from ``as_of``, month by month to the
    end of the horizon, times the margin, discounted by an annual rate. It is the consequence of losing the customer
    today. Customers without any purchase are unrated; customers who bought once are expected to spend what the
    population does.

    Explanations share the difference from a typical customer (the median of the portfolio fitted to) out among
    frequency, recency, age and mean spend, so that contributions add up in money.

    Parameters
    ----------
    currency
        The currency of the transactions.
    horizon
        How far to look ahead.
    discount_rate
        The effective rate per year in 0..1, 0.10 for 10 %.
    margin
        The share of spend that is kept; ``"evidence"`` is each customer's own ``contribution_margin``, of transactions
        with a ``cost``: ``(w · m + (x + 1) · own) / (w + x + 1)`` with the portfolio's margin m, not below 0.
    margin_weight
        How many purchase days w the portfolio's margin counts as.
    purchases
        The purchase model: a name (``"BetaGeoNBD"``, ``"ModifiedBetaGeoNBD"``, ``"ParetoNBD"``, ``"BetaGeoCNBD"``,
        ``"ModifiedBetaGeoCNBD"``) to fit by maximum likelihood, or a model in days to use as it is; ``None`` is
        ``"BetaGeoNBD"``.
    spend
        The spend model to use as it is; ``None`` fits Gamma-Gamma.
    interval
        The nominal coverage of intervals, for instance 0.95, by the delta method on logarithms; they take ten times as
        long, so ``None``, the default, makes none. A model that is given counts as known.

    Raises
    ------
    InvalidValueError
        If horizon, rate or margin is out of range, or no model has the name.
    FitError
        If the histories do not identify how often customers buy, or what they spend: too few customers, or nobody
        bought twice.

    References
    ----------
    Fader, P. S., Hardie, B. G. S. and Lee, K. L. (2005), RFM and CLV, Journal of Marketing Research 42.

    Examples
    --------
    >>> from datetime import date
    >>> from crmrisk import BetaGeoNBD, Portfolio
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
    >>> fitted = scorer.fit(book)
    >>> fitted.score(book).values.round(2)
    array([11.87,  2.54])
    >>> print(*fitted.explain(book).drivers(0))
    frequency +9.32 USD
    """

    currency: Name
    horizon: Horizon
    discount_rate: Rate
    margin: Margin | Literal["evidence"] = 1.0
    margin_weight: Weight = 1.0
    purchases: PurchaseModelOrName = PURCHASES.usual
    spend: GammaGamma | None = None
    interval: Level | None = None

    @property
    def inputs(self) -> tuple[Input, ...]:
        """The purchase history, the mean spend, and the customer's own margin where that counts."""
        usual = (*HISTORY, MEAN_SPEND)
        return (*usual, CONTRIBUTION_MARGIN) if self.margin == "evidence" else usual

    @property
    def measure(self) -> Measure:
        """Money."""
        return Measure.money(self.currency)

    def learn(self, portfolio: Portfolio, outcomes: Outcomes | None) -> FittedLifetimeValueScorer:
        """Fit the purchase and the spend model, or take those given."""
        buying, spending = fitted_purchases(portfolio, self.purchases), fitted_spend(portfolio, self.spend)
        typical = typical_history(portfolio)
        if spending.model.population_mean is None:  # who bought once has no value then, and cannot be compared with
            typical = replace(typical, frequency=max(typical.frequency, 1.0))
        return FittedLifetimeValueScorer(
            currency=self.currency,
            horizon=self.horizon,
            discount_rate=self.discount_rate,
            margin=portfolio_margin(portfolio) if self.margin == "evidence" else self.margin,
            own_margins=self.margin == "evidence",
            margin_weight=self.margin_weight,
            purchases=buying.model,
            spend=spending.model,
            interval=self.interval,
            purchases_log_covariance=buying.log_covariance,
            spend_log_covariance=spending.log_covariance,
            typical=typical,
            warnings=(*buying.warnings, *spending.warnings),
        )


def _mean_spend(portfolio: Portfolio) -> FloatArray:
    if MEAN_SPEND.name in portfolio.columns:
        return portfolio[MEAN_SPEND.name]
    return np.full(len(portfolio), np.nan)
