"""A stack: what some scorers say becomes what a final scorer reads."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Annotated, Any, Self

from pydantic import Field, model_validator

from crmrisk.core.bases import BaseFittedScorer, BaseScorer
from crmrisk.core.component import Component
from crmrisk.core.errors import CompositionError, Problem
from crmrisk.core.fields import AnyFittedScorer, AnyScorer
from crmrisk.core.frozen_mapping import Frozen
from crmrisk.core.measures import Name
from crmrisk.core.scorers import FittedScorer, learns_from_outcomes
from crmrisk.core.scores import Ranged
from crmrisk.scoring.composition import absent_as_unrated, read_by_any
from crmrisk.scoring.explaining import explanation_of
from crmrisk.scoring.folds import unseen_scores
from crmrisk.scoring.learning import within

if TYPE_CHECKING:
    from crmrisk.core.arrays import FloatArray
    from crmrisk.core.explanation import Explanation
    from crmrisk.core.measures import Input, Measure
    from crmrisk.core.outcomes import Outcomes
    from crmrisk.core.portfolio import Portfolio

__all__ = ["FittedStackedScorer", "StackedScorer"]


class _Stack(Component):
    """What a stack declares, fitted or not."""

    if TYPE_CHECKING:

        @property
        def members(self) -> Mapping[str, Any]: ...

        @property
        def final(self) -> Any: ...

    @model_validator(mode="after")
    def _composed(self) -> Self:
        read = {each.name: each for each in self.final.inputs}
        problems = [p for name, member in self.members.items() for p in _misfits(name, member.measure, read.get(name))]
        also_read = {each.name for member in self.members.values() for each in member.inputs}
        problems.extend(
            Problem(what="names a member and an input that members read", where=name, remedy="rename the member")
            for name in self.members
            if name in also_read
        )
        if problems:
            raise CompositionError(*problems)
        _ = self.inputs
        return self

    @property
    def inputs(self) -> tuple[Input, ...]:
        """What members read, and what else the final scorer does; optional for a member the final can do without."""
        final: tuple[Input, ...] = self.final.inputs
        dispensable = {each.name for each in final if each.optional}
        parts = [
            (f"member {name!r}", _optional(member.inputs) if name in dispensable else member.inputs)
            for name, member in self.members.items()
        ]
        others = tuple(each for each in final if each.name not in self.members)
        return read_by_any((*parts, ("the final scorer", others)))

    @property
    def measure(self) -> Measure:
        """That of the final scorer."""
        measure: Measure = self.final.measure
        return measure

    def _with_members(self, portfolio: Portfolio, values: Mapping[str, FloatArray]) -> Portfolio:
        """Add the members' scores as columns, in the units of their measures."""
        return portfolio.with_columns(values, {name: self.members[name].measure.unit for name in values})


class FittedStackedScorer(_Stack, BaseFittedScorer):
    """Score by a fitted final scorer that reads the scores of fitted members.

    Parameters
    ----------
    members
        Name to fitted scorer.
    final
        The fitted final scorer.

    Examples
    --------
    See `StackedScorer`.
    """

    members: Annotated[Mapping[Name, AnyFittedScorer], Field(min_length=1), Frozen()]  # pyright: ignore[reportIncompatibleMethodOverride]  # a field is readable too
    final: AnyFittedScorer  # pyright: ignore[reportIncompatibleMethodOverride]  # a field is readable too

    def compute(self, portfolio: Portfolio) -> FloatArray | Ranged:
        """Return the final scorer's scores."""
        scores = self.final.score(self._read_by_final(portfolio))
        if scores.low is None or scores.high is None:
            return scores.values
        return Ranged(scores.values, scores.low, scores.high)

    def explain(self, portfolio: Portfolio, /) -> Explanation:
        """Explain as the final scorer does, members being reasons; if it does not, all is in the baseline.

        Parameters
        ----------
        portfolio
            One row per customer.

        Raises
        ------
        MissingInputsError
            If the portfolio does not hold what is read.
        """
        portfolio.require(self.inputs, reader=type(self).__name__)
        return explanation_of(self.final, self._read_by_final(portfolio))

    def _read_by_final(self, portfolio: Portfolio) -> Portfolio:
        whole = absent_as_unrated(portfolio, self.inputs)
        return self._with_members(whole, {name: each.score(whole).values for name, each in self.members.items()})


class StackedScorer(_Stack, BaseScorer, kind="crmrisk.stacked", fitted=FittedStackedScorer):
    """Let a final scorer read the scores of members, as inputs of the members' names.

    The final scorer may read other inputs of the portfolio besides. What it learns from are scores of fits that had not
    seen the customer's outcome, for those members that learn from outcomes; members are then fitted on everyone.

    A customer whom a member leaves unrated is unrated, unless the final scorer reads that member as optional.

    Parameters
    ----------
    members
        Name to scorer.
    final
        The scorer that reads them, each declared as ``Input(name, unit of its measure)``.
    folds
        How many folds unseen scores take.

    Raises
    ------
    CompositionError
        If the final scorer reads a member in another unit or a narrower range than it yields, or not at all, a member
        has the name of an input that members read, or inputs conflict.

    References
    ----------
    Wolpert, D. (1992), Stacked generalization, Neural Networks 5.

    Examples
    --------
    >>> from datetime import date, timedelta
    >>> from crmrisk import ColumnScorer, Input, LogisticScorer, Measure, Outcomes, Portfolio
    >>> day, quarter = date(2026, 1, 31), timedelta(days=90)
    >>> ids = [f"C{i}" for i in range(8)]
    >>> book = Portfolio(ids, day, {"nps": [90, 80, 70, 60, 50, 40, 30, 20], "age": [9, 8, 9, 8, 9, 8, 9, 8]})
    >>> happened = Outcomes(ids, [0, 0, 0, 1, 0, 1, 1, 1], event="churn", as_of=day, horizon=quarter)
    >>> scorer = StackedScorer(
    ...     members={"loyalty": ColumnScorer(column="nps", measure=Measure.index(-100, 100))},
    ...     final=LogisticScorer(inputs=(Input("loyalty"), Input("age", "day")), horizon=quarter),
    ... )
    >>> [each.name for each in scorer.inputs]
    ['nps', 'age']
    >>> [str(driver) for driver in scorer.fit(book, happened).explain(book).drivers(0, most=1)]
    ['loyalty -4.71 log-odds']
    """

    members: Annotated[Mapping[Name, AnyScorer], Field(min_length=1), Frozen()]  # pyright: ignore[reportIncompatibleMethodOverride]  # a field is readable too
    final: AnyScorer  # pyright: ignore[reportIncompatibleMethodOverride]  # a field is readable too
    folds: Annotated[int, Field(ge=2)] = 5

    @property
    def learns_from_outcomes(self) -> bool:
        """Whether any part does."""
        return any(learns_from_outcomes(each) for each in (*self.members.values(), self.final))

    def learn(self, portfolio: Portfolio, outcomes: Outcomes | None) -> FittedStackedScorer:
        """Fit the final scorer on unseen scores of the members, and the members on everyone."""
        fitted, read = {}, {}
        rule = isinstance(self.final, FittedScorer)  # it has nothing to learn, and so cannot be deceived
        for name, member in self.members.items():
            with within(f"member {name!r}"):
                fitted[name] = member.fit(portfolio, outcomes)
                if rule or not learns_from_outcomes(member):
                    read[name] = fitted[name].score(portfolio).values
                else:
                    read[name] = unseen_scores(member, portfolio, outcomes, folds=self.folds)
        final = self.final.fit(self._with_members(portfolio, read), outcomes)
        return FittedStackedScorer(members=fitted, final=final)


def _optional(inputs: tuple[Input, ...]) -> tuple[Input, ...]:
    return tuple(replace(each, optional=True) for each in inputs)


def _misfits(name: str, measure: Measure, read: Input | None) -> list[Problem]:
    """Say how a member does not fit what the final scorer reads."""
    where = f"member {name!r}"
    if read is None:
        return [Problem(what="is not read by the final scorer", where=where, remedy=f"declare Input({name!r}) in it")]
    problems = []
    if read.unit != measure.unit:
        problems.append(Problem(what="is read in another unit", where=where, allowed=measure.unit, got=read.unit))
    low = read.ge is not None and (measure.ge is None or measure.ge < read.ge)
    if low or (read.le is not None and (measure.le is None or measure.le > read.le)):
        problems.append(
            Problem(what="yields more than the final scorer accepts", where=where, allowed=str(read), got=str(measure))
        )
    return problems
