"""A pipeline assesses one risk of every customer: likelihood times consequence, graded by criteria, after controls.

`AssessmentPipeline` is the specification, `FittedAssessmentPipeline` what fitting returns; the specification never
changes. Whether the parts fit together is checked when the pipeline is written down, before any data is loaded.
"""

from __future__ import annotations

from datetime import date, datetime
from functools import cached_property
from typing import TYPE_CHECKING, Annotated, Self

from pydantic import model_validator

from crmrisk.assessment.assessments import Assessments
from crmrisk.assessment.composition import check_pipeline
from crmrisk.assessment.controls import Control
from crmrisk.assessment.criteria import Criteria
from crmrisk.assessment.remembering import Facts, Remembering
from crmrisk.core.codec import ByKind
from crmrisk.core.component import Component, fingerprint
from crmrisk.core.customers import Customer
from crmrisk.core.errors import CompositionError, MissingOutcomesError, Problem
from crmrisk.core.events import RiskEvent
from crmrisk.core.expecting import expect
from crmrisk.core.fields import AnyFittedScorer, AnyScorer, Several
from crmrisk.core.instants import TimeSpan
from crmrisk.core.measures import Input, Name
from crmrisk.core.outcomes import Outcomes
from crmrisk.core.portfolio import Portfolio
from crmrisk.core.rows import portfolio_of_one
from crmrisk.core.saved import save
from crmrisk.core.scorers import learns_from_outcomes, predicted_outcomes
from crmrisk.scoring.composition import read_by_any

if TYPE_CHECKING:
    from os import PathLike

    from crmrisk.core.assessment import RiskAssessment
    from crmrisk.core.scorers import FittedScorer, Scorer

__all__ = ["AssessmentPipeline", "FittedAssessmentPipeline"]

_FRAME = "Portfolio.from_frame(frame, as_of) reads a frame"
_JSON = "Customer.model_validate_json(text) reads JSON"


class FittedAssessmentPipeline(Component):
    """Assess customers with what was learnt; frozen, comparable, safe to use from many threads.

    Parameters
    ----------
    specification
        The pipeline that was fitted.
    likelihood, consequence
        Its fitted scorers.
    fitted_as_of
        Nothing later was used to fit.

    Raises
    ------
    CompositionError
        If a fitted scorer yields something else than the specification needs.

    Examples
    --------
    See `AssessmentPipeline`.
    """

    specification: AssessmentPipeline
    likelihood: AnyFittedScorer
    consequence: AnyFittedScorer
    fitted_as_of: datetime

    @model_validator(mode="after")
    def _as_specified(self) -> Self:
        event, currency = self.specification.event, self.specification.criteria.currency
        predicts = predicted_outcomes(self.likelihood)
        check_pipeline(event, self.likelihood.measure, self.consequence.measure, currency, predicts=predicts)
        return self

    @property
    def name(self) -> str:
        """The name of the pipeline."""
        return self.specification.name

    @cached_property
    def inputs(self) -> tuple[Input, ...]:
        """Everything the two scorers read."""
        return read_by_any((("likelihood", self.likelihood.inputs), ("consequence", self.consequence.inputs)))

    @cached_property
    def fingerprint(self) -> str:
        """Identify this fitted pipeline by its content."""
        return fingerprint(self)

    def assess(self, portfolio: Portfolio, /) -> Assessments:
        """Assess every customer of a portfolio, in its order.

        Parameters
        ----------
        portfolio
            One row per customer.

        Raises
        ------
        MissingInputsError
            If the portfolio lacks what the scorers read.
        InputRangeError
            If values leave the range of an input.
        """
        expect(portfolio, Portfolio, where=f"pipeline {self.name!r}: portfolio", remedy=_FRAME)
        if any(each.name not in portfolio.columns for each in self.inputs):
            portfolio.require(self.inputs, reader=f"pipeline {self.name!r}")  # names what every scorer misses, at once
        return Assessments(
            pipeline=self,
            portfolio=portfolio,
            likelihood=self.likelihood.score(portfolio),
            consequence=self.consequence.score(portfolio),
        )

    def assess_one(self, customer: Customer, /) -> RiskAssessment:
        """Assess one customer: the same answer as the same row of a portfolio.

        Parameters
        ----------
        customer
            What is known of the customer; features that are absent are unrated.

        Raises
        ------
        InputRangeError
            If a feature leaves the range of an input.
        """
        expect(customer, Customer, where=f"pipeline {self.name!r}: customer", remedy=_JSON)
        return self.assess(portfolio_of_one(customer, self.inputs)).row(0)

    def save(self, path: str | PathLike[str]) -> None:
        """Write the fitted pipeline to a ``.crmrisk`` file, which `crmrisk.load` reads.

        Parameters
        ----------
        path
            Where to write.

        Raises
        ------
        SavedModelError
            If a part cannot be written.
        """
        save(self, path)


class AssessmentPipeline(Component, kind="crmrisk.pipeline", fitted=FittedAssessmentPipeline):
    """Specify how one risk of every customer is assessed.

    The level of risk is *current* as fitted (data are collected while controls run), *residual* after the planned
    controls, and *inherent* with the controls that are in place backed out. Where the event carries predictability and
    controllability, residual risk also loses the share that warning and control avoid.

    Parameters
    ----------
    name
        The name of the pipeline.
    event
        What may happen, within which horizon.
    likelihood
        A scorer of the event's probability over its horizon.
    consequence
        A scorer of the money at stake.
    criteria
        `RiskCriteria`, or a `RiskMatrix`.
    controls
        Planned controls, and those in place.
    owner
        Who answers for the risk; shown in the register.
    review_every
        How often the risk is reviewed; gives the register's next review.

    Raises
    ------
    CompositionError
        If the scorers' measures do not fit the event and the criteria, or two controls share a name.

    Examples
    --------
    >>> from datetime import date, timedelta
    >>> from crmrisk import ColumnScorer, Measure, Portfolio, RiskCriteria, RiskEvent
    >>> month = timedelta(days=30)
    >>> pipeline = AssessmentPipeline(
    ...     name="churn",
    ...     event=RiskEvent("churn", category="attrition", horizon=month),
    ...     likelihood=ColumnScorer(column="churn_probability", measure=Measure.probability(horizon=month)),
    ...     consequence=ColumnScorer(column="value", measure=Measure.money("EUR")),
    ...     criteria=RiskCriteria("EUR", moderate=50, high=200, extreme=600),
    ...     controls=[Control("call within 48 h", likelihood_remaining=0.7)],
    ... )
    >>> book = Portfolio(
    ...     ["C1", "C2"], date(2026, 1, 31), {"churn_probability": [0.5, None], "value": [1000, 1000]}
    ... )
    >>> assessed = pipeline.fit(book).assess(book)
    >>> assessed["C1"].current.level, assessed["C1"].residual.expected_loss
    (<RiskLevel.HIGH: 'high'>, 350.0)
    >>> assessed["C2"].current.level
    <RiskLevel.UNRATED: 'unrated'>
    """

    name: Name
    event: RiskEvent
    likelihood: AnyScorer
    consequence: AnyScorer
    criteria: Annotated[Criteria, ByKind(Criteria)]
    controls: Several[Control] = ()
    owner: str = ""
    review_every: TimeSpan | None = None

    @model_validator(mode="after")
    def _composed(self) -> Self:
        measures, predicts = (self.likelihood.measure, self.consequence.measure), predicted_outcomes(self.likelihood)
        check_pipeline(self.event, *measures, self.criteria.currency, predicts=predicts)
        _ = self.inputs
        names = [control.name for control in self.controls]
        repeated = sorted({name for name in names if names.count(name) > 1})
        if repeated:
            raise CompositionError(Problem(what="two controls of one name", where=self.name, got=", ".join(repeated)))
        return self

    @property
    def inputs(self) -> tuple[Input, ...]:
        """Everything the two scorers read."""
        return read_by_any((("likelihood", self.likelihood.inputs), ("consequence", self.consequence.inputs)))

    @property
    def learns_from_outcomes(self) -> bool:
        """Whether fitting needs to know what happened."""
        return learns_from_outcomes(self.likelihood) or learns_from_outcomes(self.consequence)

    def fit(self, portfolio: Portfolio, outcomes: Outcomes | None = None, /) -> FittedAssessmentPipeline:
        """Fit both scorers on one portfolio.

        Parameters
        ----------
        portfolio
            One row per customer.
        outcomes
            What happened after, where a scorer learns from it.

        Raises
        ------
        MissingInputsError
            If the portfolio lacks what the scorers read.
        MissingOutcomesError
            If a scorer learns from outcomes and there are none.
        CompositionError
            If the outcomes are of another event or horizon.
        """
        where = f"pipeline {self.name!r}"
        expect(portfolio, Portfolio, where=f"{where}: portfolio", remedy=f"{_FRAME}; fit_as_of(evidence, as_of)")
        expect(outcomes, (Outcomes, type(None)), where=f"{where}: outcomes")
        portfolio.require(self.inputs, reader=where)
        self._check_outcomes(outcomes)
        return FittedAssessmentPipeline(
            specification=self,
            likelihood=self.likelihood.fit(portfolio, outcomes),
            consequence=self.consequence.fit(portfolio, outcomes),
            fitted_as_of=portfolio.as_of if outcomes is None else outcomes.as_of + outcomes.horizon,
        )

    def fit_as_of(self, evidence: Facts, as_of: date | datetime, /) -> FittedAssessmentPipeline:
        """Fit on everything known at a point in time, and on nothing later.

        A scorer that learns from outcomes is fitted on the portfolio one horizon earlier and what happened since; any
        other on the portfolio as of now.

        Parameters
        ----------
        evidence
            The tables of facts.
        as_of
            Nothing later is used.

        Raises
        ------
        HorizonNotObservedError
            If outcomes are needed and the evidence ends before ``as_of``.
        """
        expect(evidence, Facts, where=f"pipeline {self.name!r}: evidence", remedy="Evidence(transactions=...)")
        facts = Remembering(evidence)
        now = facts.portfolio(as_of).as_of  # evidence knows whether its times are aware
        return FittedAssessmentPipeline(
            specification=self,
            likelihood=self._fit_one(self.likelihood, facts, now),
            consequence=self._fit_one(self.consequence, facts, now),
            fitted_as_of=now,
        )

    def _fit_one(self, scorer: Scorer, facts: Facts, now: datetime) -> FittedScorer:
        if not learns_from_outcomes(scorer):
            return scorer.fit(facts.portfolio(now))
        past = now - self.event.horizon
        return scorer.fit(facts.portfolio(past), facts.outcomes(self.event, past))

    def _check_outcomes(self, outcomes: Outcomes | None) -> None:
        if outcomes is None:
            if self.learns_from_outcomes:
                remedy = "pass evidence.outcomes(event, as_of), or use fit_as_of(evidence, as_of)"
                raise MissingOutcomesError(
                    Problem(what="learns from outcomes and got none", where=f"pipeline {self.name!r}", remedy=remedy)
                )
            return
        mine, theirs = (self.event.name, self.event.horizon), (outcomes.event, outcomes.horizon)
        if mine != theirs:
            raise CompositionError(
                Problem(what="outcomes of another event", where=self.name, allowed=str(mine), got=str(theirs))
            )


FittedAssessmentPipeline.model_rebuild()
