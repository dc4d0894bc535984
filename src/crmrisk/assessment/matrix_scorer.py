"""The risk matrix as a scorer: the grade of likelihood and consequence as a number on an ordered scale."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

import numpy as np
from pydantic import model_validator

from crmrisk.assessment.matrix import RiskMatrix
from crmrisk.core.bases import BaseFittedScorer, BaseScorer
from crmrisk.core.errors import CompositionError, Problem
from crmrisk.core.fields import AnyFittedScorer, AnyScorer
from crmrisk.core.measures import Input, Measure, Quantity
from crmrisk.core.scorers import learns_from_outcomes
from crmrisk.scoring.composition import read_by_any

if TYPE_CHECKING:
    from crmrisk.core.arrays import FloatArray
    from crmrisk.core.outcomes import Outcomes
    from crmrisk.core.portfolio import Portfolio

__all__ = ["FittedRiskMatrixScorer", "RiskMatrixScorer"]

_MEASURE = Measure.index(1, 4, "risk level")


class FittedRiskMatrixScorer(BaseFittedScorer):
    """Grade customers by a matrix; 1 low, 2 moderate, 3 high, 4 extreme.

    Parameters
    ----------
    matrix
        The matrix.
    likelihood, consequence
        Fitted scorers of its two axes.

    Examples
    --------
    See `RiskMatrixScorer`.
    """

    matrix: RiskMatrix
    likelihood: AnyFittedScorer
    consequence: AnyFittedScorer

    @model_validator(mode="after")
    def _as_specified(self) -> Self:
        _check_axes(self.matrix, self.likelihood.measure, self.consequence.measure)
        return self

    @property
    def inputs(self) -> tuple[Input, ...]:
        """What the two scorers read."""
        return read_by_any((("likelihood", self.likelihood.inputs), ("consequence", self.consequence.inputs)))

    @property
    def measure(self) -> Measure:
        """The level of risk as its place on the scale."""
        return _MEASURE

    def compute(self, portfolio: Portfolio) -> FloatArray:
        """Look every customer up in the matrix; unrated where either axis is."""
        likelihood, consequence = self.likelihood.score(portfolio).values, self.consequence.score(portfolio).values
        codes = np.asarray(self.matrix.codes(likelihood, consequence))
        return np.where(codes > 0, codes, np.nan)


class RiskMatrixScorer(BaseScorer, kind="crmrisk.risk_matrix", fitted=FittedRiskMatrixScorer):
    """Grade customers by a risk matrix, as a scorer that composes with others.

    Parameters
    ----------
    matrix
        The matrix; its `check` says what it misranks.
    likelihood
        A scorer of a probability.
    consequence
        A scorer of money in the matrix's currency.

    Raises
    ------
    CompositionError
        If the scorers do not yield what the axes of the matrix mean.

    Examples
    --------
    >>> from datetime import date, timedelta
    >>> from crmrisk import ColumnScorer, Measure, Portfolio, RiskMatrix
    >>> scorer = RiskMatrixScorer(
    ...     matrix=RiskMatrix.preset("3x3", currency="EUR"),
    ...     likelihood=ColumnScorer(column="default", measure=Measure.probability(horizon=timedelta(days=365))),
    ...     consequence=ColumnScorer(column="exposure", measure=Measure.money("EUR")),
    ... )
    >>> book = Portfolio(["C1", "C2"], date(2026, 1, 31), {"default": [0.9, None], "exposure": [1e7, 100]})
    >>> scorer.fit(book).score(book).values
    array([ 3., nan])
    """

    matrix: RiskMatrix
    likelihood: AnyScorer
    consequence: AnyScorer

    @model_validator(mode="after")
    def _composed(self) -> Self:
        _check_axes(self.matrix, self.likelihood.measure, self.consequence.measure)
        return self

    @property
    def inputs(self) -> tuple[Input, ...]:
        """What the two scorers read."""
        return read_by_any((("likelihood", self.likelihood.inputs), ("consequence", self.consequence.inputs)))

    @property
    def measure(self) -> Measure:
        """The level of risk as its place on the scale."""
        return _MEASURE

    @property
    def learns_from_outcomes(self) -> bool:
        """Whether either axis does."""
        return learns_from_outcomes(self.likelihood) or learns_from_outcomes(self.consequence)

    def learn(self, portfolio: Portfolio, outcomes: Outcomes | None) -> FittedRiskMatrixScorer:
        """Fit both axes."""
        return FittedRiskMatrixScorer(
            matrix=self.matrix,
            likelihood=self.likelihood.fit(portfolio, outcomes),
            consequence=self.consequence.fit(portfolio, outcomes),
        )


def _check_axes(matrix: RiskMatrix, likelihood: Measure, consequence: Measure) -> None:
    problems = []
    if likelihood.quantity is not Quantity.PROBABILITY:
        problems.append(Problem(what="is no probability", where="likelihood", got=str(likelihood)))
    if consequence.quantity is not Quantity.MONEY or consequence.unit != matrix.currency:
        allowed = f"money in {matrix.currency}"
        remedy = 'RiskMatrix.preset(..., currency="EUR")'
        problems.append(
            Problem(
                what="is other than the axis", where="consequence", allowed=allowed, got=str(consequence), remedy=remedy
            )
        )
    if problems:
        raise CompositionError(*problems)
