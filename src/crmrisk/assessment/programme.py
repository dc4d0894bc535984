"""Several risks of the same customers: fit, assess and report them together.

`RiskProgramme` is the specification, `FittedRiskProgramme` what fitting returns, `ProgrammeAssessments` the answer.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, Self

from pydantic import model_validator
from pydantic.dataclasses import dataclass

from crmrisk.assessment.pipeline import AssessmentPipeline, FittedAssessmentPipeline
from crmrisk.assessment.programme_assessments import ProgrammeAssessments
from crmrisk.assessment.remembering import Remembering
from crmrisk.core.errors import CompositionError, Problem
from crmrisk.core.fields import Several
from crmrisk.core.model import VALUE, Value
from crmrisk.core.saved import save

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date, datetime
    from os import PathLike

    from crmrisk.assessment.remembering import Facts
    from crmrisk.core.outcomes import Outcomes
    from crmrisk.core.portfolio import Portfolio

__all__ = ["FittedRiskProgramme", "RiskProgramme"]


@dataclass(frozen=True, config=VALUE)
class FittedRiskProgramme(Value):
    """Assess several risks of the same customers with what was learnt.

    Parameters
    ----------
    pipelines
        One fitted pipeline per risk.

    Examples
    --------
    See `RiskProgramme`.
    """

    kind: ClassVar[str] = "crmrisk.programme.fitted"

    pipelines: Several[FittedAssessmentPipeline]

    @model_validator(mode="after")
    def _coherent(self) -> Self:
        _check_programme([pipeline.specification for pipeline in self.pipelines])
        return self

    def assess(self, evidence: Facts, as_of: date | datetime, /) -> ProgrammeAssessments:
        """Assess every customer the evidence knows at a point in time.

        Parameters
        ----------
        evidence
            The tables of facts.
        as_of
            Nothing later is used.

        Raises
        ------
        MissingInputsError
            If the evidence does not yield what a pipeline reads.
        """
        return self.assess_portfolio(evidence.portfolio(as_of))

    def assess_portfolio(self, portfolio: Portfolio, /) -> ProgrammeAssessments:
        """Assess every customer of a portfolio.

        Parameters
        ----------
        portfolio
            One row per customer.

        Raises
        ------
        MissingInputsError
            If the portfolio lacks what a pipeline reads.
        """
        return ProgrammeAssessments(tuple(pipeline.assess(portfolio) for pipeline in self.pipelines))

    def save(self, path: str | PathLike[str]) -> None:
        """Write the fitted programme to a ``.crmrisk`` file, which `crmrisk.load` reads.

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


@dataclass(frozen=True, config=VALUE)
class RiskProgramme(Value):
    """Specify several risks of the same customers.

    Parameters
    ----------
    pipelines
        One pipeline per risk; names and events differ, the currency is one.

    Raises
    ------
    CompositionError
        If there is no pipeline, two share a name or an event, or currencies differ.

    Examples
    --------
    >>> from datetime import date, timedelta
    >>> import crmrisk as cr
    >>> month = timedelta(days=30)
    >>> def risk(name):
    ...     return cr.AssessmentPipeline(
    ...         name=name,
    ...         event=cr.RiskEvent(name, category="operational", horizon=month),
    ...         likelihood=cr.ColumnScorer(column=name, measure=cr.Measure.probability(horizon=month)),
    ...         consequence=cr.ColumnScorer(column="value", measure=cr.Measure.money("EUR")),
    ...         criteria=cr.RiskCriteria("EUR", moderate=50, high=200),
    ...     )
    >>> book = cr.Portfolio(["C1"], date(2026, 1, 31), {"churn": [0.5], "fraud": [0.2], "value": [1000]})
    >>> programme = RiskProgramme([risk("churn"), risk("fraud")])
    >>> assessed = programme.fit_portfolio(book).assess_portfolio(book)
    >>> assessed.customers().frame()[["level", "probability_of_any_low", "probability_of_any_high", "expected_loss"]]
      level  probability_of_any_low  probability_of_any_high  expected_loss
    0  high                     0.5                      0.7          700.0
    """

    kind: ClassVar[str] = "crmrisk.programme"
    fitted_class: ClassVar[type[Any]] = FittedRiskProgramme

    pipelines: Several[AssessmentPipeline]

    @model_validator(mode="after")
    def _coherent(self) -> Self:
        _check_programme(self.pipelines)
        return self

    def fit(self, evidence: Facts, as_of: date | datetime, /) -> FittedRiskProgramme:
        """Fit every pipeline on what was known at a point in time; see `AssessmentPipeline.fit_as_of`.

        Parameters
        ----------
        evidence
            The tables of facts.
        as_of
            Nothing later is used.

        Raises
        ------
        MissingInputsError
            If the evidence does not yield what a pipeline reads.
        HorizonNotObservedError
            If outcomes are needed and the evidence ends before ``as_of``.
        """
        facts = Remembering(evidence)
        return FittedRiskProgramme(tuple(pipeline.fit_as_of(facts, as_of) for pipeline in self.pipelines))

    def fit_portfolio(
        self, portfolio: Portfolio, outcomes: Mapping[str, Outcomes] | None = None, /
    ) -> FittedRiskProgramme:
        """Fit every pipeline on one portfolio.

        Parameters
        ----------
        portfolio
            One row per customer.
        outcomes
            The name of an event to what happened; needed for the risks that learn from it.

        Raises
        ------
        MissingOutcomesError
            If a pipeline learns from outcomes and there are none for its event.
        CompositionError
            If outcomes are given for an event that is not in the programme.
        """
        known = outcomes or {}
        strange = sorted(known.keys() - {pipeline.event.name for pipeline in self.pipelines})
        if strange:
            names = ", ".join(pipeline.event.name for pipeline in self.pipelines)
            raise CompositionError(
                Problem(what="outcomes of no event here", where="outcomes", allowed=names, got=", ".join(strange))
            )
        fitted = (pipeline.fit(portfolio, known.get(pipeline.event.name)) for pipeline in self.pipelines)
        return FittedRiskProgramme(tuple(fitted))


def _check_programme(pipelines: Sequence[AssessmentPipeline]) -> None:
    problems = [
        *_repeated("pipeline", [pipeline.name for pipeline in pipelines]),
        *_repeated("event", [pipeline.event.name for pipeline in pipelines]),
    ]
    currencies = sorted({pipeline.criteria.currency for pipeline in pipelines})
    if len(currencies) > 1:
        problems.append(Problem(what="several currencies do not add up", got=", ".join(currencies)))
    if not pipelines:
        problems.append(Problem(what="no pipeline", where="RiskProgramme", allowed="at least one"))
    if problems:
        raise CompositionError(*problems)


def _repeated(what: str, names: Sequence[str]) -> list[Problem]:
    repeated = sorted({name for name in names if names.count(name) > 1})
    return (
        [Problem(what=f"two {what}s of one name", where="RiskProgramme", got=", ".join(repeated))] if repeated else []
    )
