"""Thin bases for comfort: they check, slice and wrap, so that a scorer is its mathematics and nothing else.

- `StatelessScorer`: a rule. Write `inputs`, `measure` and `compute`.
- `BaseScorer` and `BaseFittedScorer`: a model. The first writes `learn`, the second `compute`.

`compute` receives a portfolio of customers who have every required input, and returns one number each.
"""

from __future__ import annotations

from abc import abstractmethod
from typing import TYPE_CHECKING, Any, ClassVar, Self

import numpy as np

from crmrisk.core.component import Component
from crmrisk.core.errors import MissingOutcomesError, Problem, ScoreRangeError
from crmrisk.core.expecting import expect
from crmrisk.core.outcomes import Outcomes
from crmrisk.core.portfolio import Portfolio
from crmrisk.core.scores import Ranged, Scores

if TYPE_CHECKING:
    from crmrisk.core.arrays import BoolArray, FloatArray
    from crmrisk.core.measures import Input, Measure
    from crmrisk.core.scorers import FittedScorer

__all__ = ["BaseFittedScorer", "BaseScorer", "StatelessScorer"]


class _Declared(Component):
    """Declare what a scorer reads and yields; a subclass may do so by properties or by fields."""

    if TYPE_CHECKING:

        @property
        def inputs(self) -> tuple[Input, ...]: ...

        @property
        def measure(self) -> Measure: ...

        @property
        def learns_from_outcomes(self) -> bool: ...

    else:  # pydantic lets a subclass write a bare `inputs = ...` only for what is declared a class variable
        inputs: ClassVar[tuple[Any, ...]]
        measure: ClassVar[Any]
        learns_from_outcomes: ClassVar[bool] = False


class BaseScorer(_Declared):
    """Specify a scorer that learns.

    A subclass writes `inputs`, `measure` and `learn`; it sets ``learns_from_outcomes = True`` where `learn` needs to
    know what happened.

    Examples
    --------
    >>> import numpy as np
    >>> from crmrisk import Input, Measure
    >>> class FittedShare(BaseFittedScorer):
    ...     longest: float
    ...
    ...     @property
    ...     def inputs(self):
    ...         return (Input("idle_days", "day", ge=0),)
    ...
    ...     @property
    ...     def measure(self):
    ...         return Measure.share()
    ...
    ...     def compute(self, portfolio):
    ...         return np.minimum(portfolio["idle_days"] / self.longest, 1.0)
    >>> class ShareOfLongest(BaseScorer, kind="acme.share_of_longest", fitted=FittedShare):
    ...     @property
    ...     def inputs(self):
    ...         return (Input("idle_days", "day", ge=0),)
    ...
    ...     @property
    ...     def measure(self):
    ...         return Measure.share()
    ...
    ...     def learn(self, portfolio, outcomes):
    ...         return FittedShare(longest=float(np.nanmax(portfolio["idle_days"])))
    >>> from datetime import date
    >>> from crmrisk import Portfolio
    >>> book = Portfolio(["C1", "C2", "C3"], date(2026, 1, 31), {"idle_days": [5, None, 20]})
    >>> ShareOfLongest().fit(book).score(book).values
    array([0.25,  nan, 1.  ])
    """

    def fit(self, portfolio: Portfolio, outcomes: Outcomes | None = None, /) -> FittedScorer:
        """Check the inputs, then learn.

        Parameters
        ----------
        portfolio
            One row per customer.
        outcomes
            What happened after, where the scorer learns from it.

        Raises
        ------
        MissingInputsError
            If the portfolio does not hold what is read.
        MissingOutcomesError
            If the scorer learns from outcomes and got none.
        FitError
            If the data cannot identify the model.
        """
        _expect_facts(self, portfolio, outcomes)
        portfolio.require(self.inputs, reader=type(self).__name__)
        if self.learns_from_outcomes and outcomes is None:
            raise MissingOutcomesError(
                Problem(
                    what="learns from outcomes and got none",
                    where=type(self).__name__,
                    remedy="pass evidence.outcomes(event, as_of)",
                )
            )
        return self.learn(portfolio, outcomes)

    @abstractmethod
    def learn(self, portfolio: Portfolio, outcomes: Outcomes | None) -> FittedScorer:
        """Return the fitted scorer; the inputs have been checked."""


class BaseFittedScorer(_Declared):
    """Score customers: check inputs, skip the unrated, check the measure.

    A subclass writes `inputs`, `measure` and `compute`.

    Examples
    --------
    See `BaseScorer`.
    """

    def score(self, portfolio: Portfolio, /) -> Scores:
        """Score every customer, in the portfolio's order; those without a required input are unrated.

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
        ScoreRangeError
            If a score leaves the measure.
        """
        _expect_facts(self, portfolio)
        rated = portfolio.require(self.inputs, reader=type(self).__name__)
        everyone = bool(rated.all())
        with np.errstate(over="ignore"):  # what overflows is infinite, and refused as such
            computed = self.compute(portfolio if everyone else portfolio.take(rated))
        parts = computed if isinstance(computed, Ranged) else (computed,)
        values, *interval = (self._spread(part, rated, everyone=everyone) for part in parts)
        low, high = interval or (None, None)
        return Scores(portfolio.customer_id, values, self.measure, low=low, high=high, scorer=type(self).__name__)

    def _spread(self, part: FloatArray, rated: BoolArray, *, everyone: bool) -> FloatArray:
        array = np.asarray(part)
        if array.shape != (int(rated.sum()),):
            raise ScoreRangeError(
                Problem(
                    what="compute returned another number of scores than customers",
                    where=type(self).__name__,
                    allowed=f"({int(rated.sum())},)",
                    got=str(array.shape),
                )
            )
        if everyone:
            return array
        spread = np.full(len(rated), np.nan)
        spread[rated] = array
        return spread

    @abstractmethod
    def compute(self, portfolio: Portfolio) -> FloatArray | Ranged:
        """Return one number per customer, ``(n_customers,)``; every required input is present."""


class StatelessScorer(BaseFittedScorer):
    """Score by a rule that learns nothing: `fit` returns the scorer itself.

    Examples
    --------
    >>> from datetime import date
    >>> from crmrisk import Input, Measure, Portfolio
    >>> class Silence(StatelessScorer, kind="acme.silence"):
    ...     half_life: float = 30.0
    ...
    ...     @property
    ...     def inputs(self):
    ...         return (Input("idle_days", "day", ge=0),)
    ...
    ...     @property
    ...     def measure(self):
    ...         return Measure.share()
    ...
    ...     def compute(self, portfolio):
    ...         return 1 - 0.5 ** (portfolio["idle_days"] / self.half_life)
    >>> Silence().score(Portfolio(["C1"], date(2026, 1, 31), {"idle_days": [30]})).values
    array([0.5])
    """

    def fit(self, portfolio: Portfolio, outcomes: Outcomes | None = None, /) -> Self:
        """Check the inputs and return the scorer itself.

        Parameters
        ----------
        portfolio
            One row per customer.
        outcomes
            Not used.

        Raises
        ------
        MissingInputsError
            If the portfolio does not hold what is read.
        """
        _expect_facts(self, portfolio, outcomes)
        portfolio.require(self.inputs, reader=type(self).__name__)
        return self


def _expect_facts(scorer: object, portfolio: object, outcomes: object = None) -> None:
    name = type(scorer).__name__
    expect(portfolio, Portfolio, where=f"{name}: portfolio", remedy="Portfolio.from_frame(frame, as_of) reads a frame")
    remedy = "evidence.outcomes(event, as_of), or Outcomes(customer_id, occurred, ...)"
    expect(outcomes, (Outcomes, type(None)), where=f"{name}: outcomes", remedy=remedy)
