"""A product: a share times money is money, a share times a share is a share, and apples times pears are refused."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

import numpy as np
from pydantic import model_validator

from crmrisk.core.bases import BaseFittedScorer, BaseScorer
from crmrisk.core.component import Component
from crmrisk.core.errors import CompositionError, Problem
from crmrisk.core.measures import Measure, Quantity
from crmrisk.core.scorers import learns_from_outcomes
from crmrisk.core.scores import Ranged
from crmrisk.scoring.composition import named, read_by_any
from crmrisk.scoring.fields import FittedParts, Parts

if TYPE_CHECKING:
    from crmrisk.core.arrays import FloatArray
    from crmrisk.core.measures import Input
    from crmrisk.core.outcomes import Outcomes
    from crmrisk.core.portfolio import Portfolio
    from crmrisk.core.scorers import FittedScorer, Scorer

__all__ = ["FittedProductScorer", "ProductScorer", "product_measure"]

_AMOUNTS = frozenset({Quantity.MONEY, Quantity.COUNT, Quantity.DURATION})


def product_measure(measures: tuple[Measure, ...]) -> Measure:
    """Work out what a product means: any number of shares, at most one probability, at most one amount.

    Shares alone make a share. With a probability they make a probability over its horizon (a share then is the
    probability of what follows, given the event). With an amount (money, count or duration) they make that amount, and
    a probability makes it an expected amount.

    Parameters
    ----------
    measures
        Those of the factors.

    Raises
    ------
    CompositionError
        Listing every factor that does not fit: an index has no natural zero to scale from; two amounts have no
        declared meaning; two probabilities multiply only if independent, which is declared by making one a share.

    Examples
    --------
    >>> print(product_measure((Measure.share(), Measure.money("EUR"))))
    money in EUR, [0, open]
    >>> product_measure((Measure.share(), Measure.index(-100, 100)))
    Traceback (most recent call last):
    crmrisk.core.errors.CompositionError: ProductScorer: cannot be multiplied; ...; got: index in [-100, 100]
    """
    amounts = [each for each in measures if each.quantity in _AMOUNTS]
    chances = [each for each in measures if each.quantity is Quantity.PROBABILITY]
    surplus = [*amounts[1:], *chances[1:], *(each for each in measures if each.quantity is Quantity.INDEX)]
    if surplus:
        allowed = "shares, one probability, one amount of money, counts or time"
        raise CompositionError(
            *(Problem(what="cannot be multiplied", where="ProductScorer", allowed=allowed, got=str(e)) for e in surplus)
        )
    if amounts:
        return _shrunk(amounts[0])
    return Measure(Quantity.PROBABILITY, "", 0, 1, chances[0].horizon) if chances else Measure.share()


def _shrunk(amount: Measure) -> Measure:
    """Widen the range of an amount to zero, where a share of nothing takes it."""
    ge = None if amount.ge is None else min(amount.ge, 0.0)
    le = None if amount.le is None else max(amount.le, 0.0)
    return Measure(amount.quantity, amount.unit, ge, le)


class _Product(Component):
    """What a product declares, fitted or not."""

    if TYPE_CHECKING:

        @property
        def scorers(self) -> tuple[Scorer | FittedScorer, ...]: ...

    @model_validator(mode="after")
    def _composed(self) -> Self:
        _ = self.inputs, self.measure
        return self

    @property
    def inputs(self) -> tuple[Input, ...]:
        """What the factors read."""
        return read_by_any(named(self.scorers))

    @property
    def measure(self) -> Measure:
        """What the product means."""
        return product_measure(tuple(each.measure for each in self.scorers))


class FittedProductScorer(_Product, BaseFittedScorer):
    """Score by the product of fitted scorers.

    Parameters
    ----------
    scorers
        The fitted factors.

    Examples
    --------
    See `ProductScorer`.
    """

    scorers: FittedParts  # pyright: ignore[reportIncompatibleMethodOverride]  # a field is readable too

    def compute(self, portfolio: Portfolio) -> FloatArray | Ranged:
        """Return the product, with its interval where every factor gives one."""
        factors = [scorer.score(portfolio) for scorer in self.scorers]
        values = factors[0].values
        low, high = factors[0].low, factors[0].high
        for factor in factors[1:]:
            values = values * factor.values
            low, high = _range(low, high, factor.low, factor.high)
        return values if low is None or high is None else Ranged(values, low, high)


class ProductScorer(_Product, BaseScorer, kind="crmrisk.product", fitted=FittedProductScorer):
    """Multiply scorers: a share times money is money; see `product_measure` for what goes together.

    Where every factor gives an interval, the product's runs from the least to the greatest product of their ends,
    which is conservative: the factors are taken to err together. A customer whom any factor leaves unrated is unrated.

    Parameters
    ----------
    scorers
        The factors, at least one.

    Raises
    ------
    CompositionError
        If the measures do not go together, or the factors declare one input differently.

    Examples
    --------
    >>> from datetime import date
    >>> from crmrisk import ColumnScorer, Portfolio
    >>> at_stake = ProductScorer(
    ...     scorers=(
    ...         ColumnScorer(column="share_at_stake", measure=Measure.share()),
    ...         ColumnScorer(column="value", measure=Measure.money("EUR")),
    ...     )
    ... )
    >>> book = Portfolio(["C1", "C2"], date(2026, 1, 31), {"share_at_stake": [0.25, None], "value": [200, 200]})
    >>> print(at_stake.fit(book).score(book).values, at_stake.measure)
    [50. nan] money in EUR, [0, open]
    """

    scorers: Parts  # pyright: ignore[reportIncompatibleMethodOverride]  # a field is readable too

    @property
    def learns_from_outcomes(self) -> bool:
        """Whether any factor does."""
        return any(learns_from_outcomes(each) for each in self.scorers)

    def learn(self, portfolio: Portfolio, outcomes: Outcomes | None) -> FittedProductScorer:
        """Fit every factor on the same customers."""
        return FittedProductScorer(scorers=tuple(scorer.fit(portfolio, outcomes) for scorer in self.scorers))


def _range(
    low: FloatArray | None, high: FloatArray | None, other_low: FloatArray | None, other_high: FloatArray | None
) -> tuple[FloatArray, FloatArray] | tuple[None, None]:
    if low is None or high is None or other_low is None or other_high is None:
        return None, None
    corners = np.stack([low * other_low, low * other_high, high * other_low, high * other_high])
    return corners.min(axis=0), corners.max(axis=0)
