"""Customers under contract: who will not renew within the horizon, and what they are worth while they do.

Whether a customer under contract has left is seen at each renewal, so these scorers learn from counts of renewals and
not from silence. They take every customer to stand just after a renewal: within a horizon of k periods k renewals are
due. The models of `crmrisk.scoring.value` say how likely each is: `ShiftedBetaGeometric` or `BetaDiscreteWeibull`.

The portfolio to learn from must hold those who left too, with ``churned`` 1: learning from the survivors alone would
find nobody who leaves.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Self

import numpy as np
from pydantic import Field, model_validator

from crmrisk.core.bases import BaseFittedScorer, BaseScorer
from crmrisk.core.component import Component
from crmrisk.core.errors import InvalidValueError, Problem
from crmrisk.core.measures import Input, Measure, Name
from crmrisk.scoring.fields import Horizon, Level
from crmrisk.scoring.learning_contracts import CHURNED, RENEWALS, fitted_contracts
from crmrisk.scoring.uncertain import LogCovariance, Uncertain, amount_range, probability_range
from crmrisk.scoring.value.discounting import YEAR
from crmrisk.scoring.value.names import CONTRACTS, AnyContractModel, ContractModelOrName

if TYPE_CHECKING:
    from datetime import timedelta

    from crmrisk.core.arrays import FloatArray
    from crmrisk.core.outcomes import Outcomes
    from crmrisk.core.portfolio import Portfolio
    from crmrisk.core.scores import Ranged
    from crmrisk.scoring.value.contract import ContractModel

__all__ = [
    "ContractAttritionScorer",
    "ContractValueScorer",
    "FittedContractAttritionScorer",
    "FittedContractValueScorer",
]

Rate = Annotated[float, Field(ge=0, le=1)]
Margin = Annotated[float, Field(gt=0, le=1)]

SPEND_PER_PERIOD = Input("spend_per_period", "money", ge=0)
"""What a customer pays per period."""

MOST_PERIODS = 10_000
"""A horizon of more periods than this is no horizon: leave it out."""


class _WholePeriods(Component):
    """Check that a horizon is a whole number of periods."""

    if TYPE_CHECKING:

        @property
        def period(self) -> timedelta: ...

        @property
        def horizon(self) -> timedelta | None: ...

    @model_validator(mode="after")
    def _whole(self) -> Self:
        if self.horizon is not None and (self.horizon % self.period or self.horizon // self.period > MOST_PERIODS):
            raise InvalidValueError(
                Problem(
                    what="not a whole number of periods",
                    where=f"{type(self).__name__}.horizon",
                    allowed=f"{self.period}, twice that, and so on to {MOST_PERIODS:,} times",
                    got=str(self.horizon),
                    remedy="nobody can leave between renewals",
                )
            )
        return self

    @property
    def periods(self) -> int | None:
        """How many renewals are due within the horizon; ``None`` without one."""
        return None if self.horizon is None else self.horizon // self.period


class FittedContractAttritionScorer(_WholePeriods, BaseFittedScorer):
    """Score the probability of not renewing within the horizon, with a model of contracts.

    Parameters
    ----------
    horizon, period, interval
        As in the specification.
    model
        The model of contracts, in periods.
    log_covariance
        The covariance of the logarithms of its parameters; ``None`` where it was not fitted.
    warnings
        What the fit could not tell.

    Examples
    --------
    See `ContractAttritionScorer`.
    """

    horizon: Horizon  # pyright: ignore[reportIncompatibleMethodOverride]  # a field is readable too
    period: Horizon  # pyright: ignore[reportIncompatibleMethodOverride]  # a field is readable too
    model: AnyContractModel
    interval: Level | None = None
    log_covariance: LogCovariance | None = None
    warnings: tuple[str, ...] = ()

    @property
    def inputs(self) -> tuple[Input, ...]:
        """The renewals so far, and who has left."""
        return (RENEWALS, CHURNED)

    @property
    def measure(self) -> Measure:
        """A probability over the horizon."""
        return Measure.probability(horizon=self.horizon)

    def compute(self, portfolio: Portfolio) -> FloatArray | Ranged:
        """Return 1 - S(n + k) / S(n) after n renewals, k of them due; nobody can leave twice."""
        renewals = _of_those_there(portfolio)

        def lost(model: ContractModel) -> FloatArray:
            return 1 - model.survival(self.periods or 0, renewals=renewals)

        if self.interval is None:
            return lost(self.model)
        return probability_range(Uncertain(self.model, self.log_covariance, lost), level=self.interval)


class ContractAttritionScorer(
    _WholePeriods, BaseScorer, kind="crmrisk.contract_attrition", fitted=FittedContractAttritionScorer
):
    """Score how likely a customer under contract is to be lost at one of the renewals within the horizon.

    ``P = 1 - S(n + k) / S(n)`` after n renewals, k of them due within the horizon. It learns from ``renewals`` and
    ``churned`` of everybody who ever had a contract; customers who have left are unrated.

    Parameters
    ----------
    horizon
        The time span after ``as_of``, a whole number of periods.
    period
        From one renewal to the next.
    model
        The model of contracts: ``"ShiftedBetaGeometric"`` or ``"BetaDiscreteWeibull"`` to fit it by maximum likelihood,
        or a model to use as it is; ``None`` is ``"ShiftedBetaGeometric"``.
    interval
        The nominal coverage of intervals, by the delta method on log-odds; ``None``, the default, makes none.

    Raises
    ------
    InvalidValueError
        If the horizon is no whole number of periods, or no model has the name.
    FitError
        If nobody has faced a renewal, nobody says who left, or the renewals do not identify the model.

    References
    ----------
    P. S. Fader and B. G. S. Hardie (2007), How to project customer retention, Journal of Interactive Marketing 21(1).

    Examples
    --------
    >>> from datetime import date, timedelta
    >>> from crmrisk import Portfolio
    >>> from crmrisk.scoring.value import ShiftedBetaGeometric
    >>> month = timedelta(days=30)
    >>> published = ShiftedBetaGeometric(alpha=0.668, beta=3.806)
    >>> scorer = ContractAttritionScorer(horizon=3 * month, period=month, model=published)
    >>> book = Portfolio(["new", "loyal"], date(2026, 1, 31), {"renewals": [0, 24]})
    >>> scorer.fit(book).score(book).values.round(3)
    array([0.33 , 0.067])
    """

    horizon: Horizon  # pyright: ignore[reportIncompatibleMethodOverride]  # a field is readable too
    period: Horizon  # pyright: ignore[reportIncompatibleMethodOverride]  # a field is readable too
    model: ContractModelOrName = CONTRACTS.usual
    interval: Level | None = None

    @property
    def inputs(self) -> tuple[Input, ...]:
        """The renewals so far, and who has left."""
        return (RENEWALS, CHURNED)

    @property
    def measure(self) -> Measure:
        """A probability over the horizon."""
        return Measure.probability(horizon=self.horizon)

    def learn(self, portfolio: Portfolio, outcomes: Outcomes | None) -> FittedContractAttritionScorer:
        """Fit the model of contracts, or take the one given."""
        learnt = fitted_contracts(portfolio, self.model)
        return FittedContractAttritionScorer(
            horizon=self.horizon,
            period=self.period,
            model=learnt.model,
            interval=self.interval,
            log_covariance=learnt.log_covariance,
            warnings=learnt.warnings,
        )


class FittedContractValueScorer(_WholePeriods, BaseFittedScorer):
    """Score what the coming periods of a contract are worth, with a model of contracts.

    Parameters
    ----------
    currency, period, discount_rate, horizon, margin, interval
        As in the specification.
    model
        The model of contracts, in periods.
    log_covariance
        The covariance of the logarithms of its parameters; ``None`` where it was not fitted.
    warnings
        What the fit could not tell.

    Examples
    --------
    See `ContractValueScorer`.
    """

    currency: Name
    period: Horizon  # pyright: ignore[reportIncompatibleMethodOverride]  # a field is readable too
    discount_rate: Rate
    horizon: Horizon | None = None  # pyright: ignore[reportIncompatibleMethodOverride]  # a field is readable too
    margin: Margin = 1.0
    model: AnyContractModel
    interval: Level | None = None
    log_covariance: LogCovariance | None = None
    warnings: tuple[str, ...] = ()

    @property
    def inputs(self) -> tuple[Input, ...]:
        """The renewals so far, who has left, and what is paid per period."""
        return (RENEWALS, CHURNED, SPEND_PER_PERIOD)

    @property
    def measure(self) -> Measure:
        """Money."""
        return Measure.money(self.currency)

    def compute(self, portfolio: Portfolio) -> FloatArray | Ranged:
        """Return the margin per period times the discounted periods to come [currency]."""
        renewals = _of_those_there(portfolio)
        kept = self.margin * portfolio[SPEND_PER_PERIOD.name]

        def worth(model: ContractModel) -> FloatArray:
            return kept * self._periods_to_come(model, renewals)

        values = worth(self.model)
        if self.interval is None:
            return values
        return amount_range(values, [Uncertain(self.model, self.log_covariance, worth)], level=self.interval)

    def _periods_to_come(self, model: ContractModel, renewals: FloatArray) -> FloatArray:
        """Sum S(n+t) / S(n) v^t over the coming renewals t, to the horizon or for ever."""
        worth = float((1 + self.discount_rate) ** (-self.period / YEAR))
        if self.periods is None:
            return worth * model.discounted_expected_residual_lifetime(1 / worth - 1, renewals=renewals)
        distinct, place = np.unique(renewals, return_inverse=True)
        total = np.zeros(distinct.size)
        for ahead in range(1, self.periods + 1):  # no reduction: a row must not depend on its company
            total += worth**ahead * model.survival(ahead, renewals=distinct)
        return total[place]


class ContractValueScorer(_WholePeriods, BaseScorer, kind="crmrisk.contract_value", fitted=FittedContractValueScorer):
    """Score the money a contract is still expected to bring: margin per period times discounted periods to come.

    ``value = margin · spend_per_period · Σ_t S(n+t) / S(n) · (1 + d)^(-t periods in years)`` over the coming renewals
    t, within the horizon or for ever; the period under way is paid for. For ever it is the discounted expected residual
    lifetime (DERL) one period before the coming renewal. Customers who have left are unrated.

    Parameters
    ----------
    currency
        The currency of what is paid.
    period
        From one renewal to the next.
    discount_rate
        The effective rate per year of 365 days in 0..1.
    horizon
        How far to look ahead, a whole number of periods; ``None`` looks ahead for ever, which needs a rate above 0.
    margin
        The share of spend that is kept.
    model
        The model of contracts: ``"ShiftedBetaGeometric"`` or ``"BetaDiscreteWeibull"`` to fit it by maximum likelihood,
        or a model to use as it is; ``None`` is ``"ShiftedBetaGeometric"``.
    interval
        The nominal coverage of intervals, by the delta method on logarithms; ``None``, the default, makes none.

    Raises
    ------
    InvalidValueError
        If a rate or margin is out of range, the horizon no whole number of periods, or no model has the name.
    FitError
        If nobody has faced a renewal, nobody says who left, or the renewals do not identify the model.

    References
    ----------
    P. S. Fader and B. G. S. Hardie (2010), Customer-base valuation in a contractual setting: the perils of ignoring
    heterogeneity, Marketing Science 29(1), 85-93.

    Examples
    --------
    >>> from datetime import date, timedelta
    >>> from crmrisk import Portfolio
    >>> from crmrisk.scoring.value import ShiftedBetaGeometric
    >>> scorer = ContractValueScorer(
    ...     currency="EUR",
    ...     period=timedelta(days=365),
    ...     discount_rate=0.10,
    ...     model=ShiftedBetaGeometric(alpha=3.8, beta=15.2),
    ... )
    >>> book = Portfolio(["C1", "C2"], date(2026, 1, 31), {"renewals": [1, 4], "spend_per_period": [110, 110]})
    >>> scorer.fit(book).score(book).values.round(1)
    array([345.1, 384.2])
    """

    currency: Name
    period: Horizon  # pyright: ignore[reportIncompatibleMethodOverride]  # a field is readable too
    discount_rate: Rate
    horizon: Horizon | None = None  # pyright: ignore[reportIncompatibleMethodOverride]  # a field is readable too
    margin: Margin = 1.0
    model: ContractModelOrName = CONTRACTS.usual
    interval: Level | None = None

    @model_validator(mode="after")
    def _finite(self) -> Self:
        if self.horizon is None and not self.discount_rate:
            raise InvalidValueError(
                Problem(
                    what="for ever, without discount, there may be no finite value",
                    where="ContractValueScorer.discount_rate",
                    allowed="> 0 without a horizon",
                    remedy="give a horizon or a rate",
                )
            )
        return self

    @property
    def inputs(self) -> tuple[Input, ...]:
        """The renewals so far, who has left, and what is paid per period."""
        return (RENEWALS, CHURNED, SPEND_PER_PERIOD)

    @property
    def measure(self) -> Measure:
        """Money."""
        return Measure.money(self.currency)

    def learn(self, portfolio: Portfolio, outcomes: Outcomes | None) -> FittedContractValueScorer:
        """Fit the model of contracts, or take the one given."""
        learnt = fitted_contracts(portfolio, self.model)
        return FittedContractValueScorer(
            currency=self.currency,
            period=self.period,
            discount_rate=self.discount_rate,
            horizon=self.horizon,
            margin=self.margin,
            model=learnt.model,
            interval=self.interval,
            log_covariance=learnt.log_covariance,
            warnings=learnt.warnings,
        )


def _of_those_there(portfolio: Portfolio) -> FloatArray:
    """Return the renewals; NaN of those who have left, so that they stay unrated."""
    renewals = portfolio[RENEWALS.name]
    if CHURNED.name not in portfolio.columns:
        return renewals
    return np.where(portfolio[CHURNED.name] > 0, np.nan, renewals)
