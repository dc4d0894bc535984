"""A case: one scorer on trial, with the customers and outcomes it is tried on."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from crmrisk.testing.examples import example_outcomes, example_portfolio

if TYPE_CHECKING:
    from crmrisk.core.outcomes import Outcomes
    from crmrisk.core.portfolio import Portfolio
    from crmrisk.core.scorers import FittedScorer, Scorer
    from crmrisk.core.scores import Scores

__all__ = ["ScorerCase"]


@dataclass(frozen=True, eq=False)
class ScorerCase:
    """Put a scorer on trial.

    Parameters
    ----------
    scorer
        The scorer, as an author would configure it.
    portfolio
        Customers to try it on; made up from the scorer's inputs if not given. Give some where inputs depend on each
        other, and let them include missing values and the ends of what is possible.
    outcomes
        What happened to them; made up if not given.

    Examples
    --------
    >>> from crmrisk import ColumnScorer, Measure
    >>> case = ScorerCase(ColumnScorer(column="satisfaction", measure=Measure.share()))
    >>> len(case.book), len(case.happened)
    (60, 60)
    """

    scorer: Scorer
    portfolio: Portfolio | None = None
    outcomes: Outcomes | None = None

    @cached_property
    def book(self) -> Portfolio:
        """The customers: the author's, or made up."""
        return example_portfolio(self.scorer.inputs) if self.portfolio is None else self.portfolio

    @cached_property
    def happened(self) -> Outcomes:
        """The outcomes: the author's, or made up."""
        if self.outcomes is not None:
            return self.outcomes
        return example_outcomes(self.book, horizon=self.scorer.measure.horizon)

    @cached_property
    def fitted(self) -> FittedScorer:
        """The scorer, fitted to the case."""
        return self.scorer.fit(self.book, self.happened)

    @cached_property
    def scores(self) -> Scores:
        """The fitted scorer's scores of the case's customers."""
        return self.fitted.score(self.book)

    def __str__(self) -> str:
        return type(self.scorer).__name__
