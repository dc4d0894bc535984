"""One scorer per segment: each fitted on its own customers, all of one measure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated, Any, Self

import numpy as np
from pydantic import Field, model_validator

from crmrisk.core.bases import BaseFittedScorer, BaseScorer
from crmrisk.core.component import Component
from crmrisk.core.errors import FitError, Problem
from crmrisk.core.explanation import Explanation
from crmrisk.core.fields import AnyFittedScorer, AnyScorer
from crmrisk.core.frozen_mapping import Frozen
from crmrisk.core.measures import LABEL, Input, Name
from crmrisk.core.scorers import FittedScorer, Scorer, learns_from_outcomes
from crmrisk.core.scores import Ranged
from crmrisk.scoring.composition import absent_as_unrated, read_by_all, read_by_any, same_measure
from crmrisk.scoring.explaining import explanation_of, unexplained
from crmrisk.scoring.learning import within

if TYPE_CHECKING:
    from collections.abc import Iterator

    from crmrisk.core.arrays import BoolArray, FloatArray
    from crmrisk.core.measures import Measure
    from crmrisk.core.outcomes import Outcomes
    from crmrisk.core.portfolio import Portfolio

__all__ = ["FittedSegmentedScorer", "SegmentedScorer"]


class _Segments(Component):
    """What a segmented scorer declares, fitted or not."""

    label: Name = "segment"

    if TYPE_CHECKING:

        @property
        def scorers(self) -> Mapping[str, Any]: ...

        @property
        def default(self) -> Any: ...

    @model_validator(mode="after")
    def _composed(self) -> Self:
        _ = self.inputs, self.measure
        return self

    @property
    def parts(self) -> dict[str, Scorer | FittedScorer]:
        """The scorers by what they are for."""
        named = {f"segment {name!r}": scorer for name, scorer in self.scorers.items()}
        return named if self.default is None else {**named, "default": self.default}

    @property
    def inputs(self) -> tuple[Input, ...]:
        """The label, required where there is no default; of the parts' inputs, those all require are required."""
        label = Input(self.label, LABEL, optional=self.default is not None)
        read = read_by_all(tuple((name, scorer.inputs) for name, scorer in self.parts.items()))
        return read_by_any((("SegmentedScorer", (label,)), ("its scorers", read)))

    @property
    def measure(self) -> Measure:
        """The measure all parts share."""
        return same_measure("SegmentedScorer", self.parts.items())


class FittedSegmentedScorer(_Segments, BaseFittedScorer):
    """Score each customer by the fitted scorer of the customer's segment.

    Parameters
    ----------
    scorers
        Segment to fitted scorer.
    label
        The label that names the segment.
    default
        The fitted scorer of everyone else.

    Examples
    --------
    See `SegmentedScorer`.
    """

    scorers: Annotated[Mapping[Name, AnyFittedScorer], Field(min_length=1), Frozen()]  # pyright: ignore[reportIncompatibleMethodOverride]  # a field is readable too
    default: AnyFittedScorer | None = None  # pyright: ignore[reportIncompatibleMethodOverride]  # a field is readable too

    def compute(self, portfolio: Portfolio) -> FloatArray | Ranged:
        """Return each customer's score by the segment's scorer, and intervals where every scorer gives them."""
        values, low, high = (np.full(len(portfolio), np.nan) for _ in range(3))
        ranged = True
        for scorer, rows, part in self._portions(portfolio):
            scores = scorer.score(part)
            values[rows] = scores.values
            if scores.low is None or scores.high is None:
                ranged = False
            else:
                low[rows], high[rows] = scores.low, scores.high
        return Ranged(values, low, high) if ranged else values

    def explain(self, portfolio: Portfolio, /) -> Explanation:
        """Explain each score as the segment's scorer does; the baseline is the segment's.

        Where the scorers explain on different scales, or one does not explain, the whole score is in the baseline.

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
        told = [(rows, explanation_of(scorer, part)) for scorer, rows, part in self._portions(portfolio)]
        if len({each.scale for _, each in told}) > 1 or any(not each.names for _, each in told):
            return unexplained(self.score(portfolio))
        names = tuple(dict.fromkeys(name for _, each in told for name in each.names))
        baseline, table = np.full(len(portfolio), np.nan), np.full((len(portfolio), len(names)), np.nan)
        for rows, each in told:
            spread = np.zeros((len(each), len(names)))
            spread[:, [names.index(name) for name in each.names]] = each.contributions
            spread[np.isnan(each.total)] = np.nan
            baseline[rows], table[rows] = each.baseline, spread
        return Explanation(portfolio.customer_id, names, baseline, table, scale=told[0][1].scale)

    def _portions(self, portfolio: Portfolio) -> Iterator[tuple[FittedScorer, BoolArray, Portfolio]]:
        """Split the portfolio by scorer, also those without customers, so that one row is treated as many are."""
        whole = absent_as_unrated(portfolio, self.inputs)
        segment = whole.label(self.label)
        others = np.ones(len(whole), dtype=np.bool_)
        for name, scorer in self.scorers.items():
            rows = np.asarray(segment == name, dtype=np.bool_)
            others &= ~rows
            yield scorer, rows, whole.take(rows)
        if self.default is not None:
            yield self.default, others, whole.take(others)


class SegmentedScorer(_Segments, BaseScorer, kind="crmrisk.segmented", fitted=FittedSegmentedScorer):
    """Score each segment by a scorer of its own, fitted on its customers only.

    A customer of another segment, or of none, is scored by the default, which is fitted on everyone; without a default
    such a customer is unrated. `same` gives every segment its own fit of one specification.

    Parameters
    ----------
    scorers
        Segment to scorer, all of one measure.
    label
        The label that names the segment.
    default
        The scorer of everyone else.

    Raises
    ------
    CompositionError
        If measures differ, or the scorers declare one input differently.

    Examples
    --------
    >>> from datetime import date
    >>> from crmrisk import ColumnScorer, Measure, Portfolio
    >>> silence, anger = (ColumnScorer(column=name, measure=Measure.share()) for name in ("silence", "anger"))
    >>> book = Portfolio(
    ...     ["C1", "C2", "C3"],
    ...     date(2026, 1, 31),
    ...     {"silence": [0.1, 0.2, 0.3], "anger": [0.7, 0.8, 0.9]},
    ...     {"segment": ["retail", "trade", None]},
    ... )
    >>> SegmentedScorer(scorers={"retail": silence, "trade": anger}).fit(book).score(book).values
    array([0.1, 0.8, nan])
    """

    scorers: Annotated[Mapping[Name, AnyScorer], Field(min_length=1), Frozen()]  # pyright: ignore[reportIncompatibleMethodOverride]  # a field is readable too
    default: AnyScorer | None = None  # pyright: ignore[reportIncompatibleMethodOverride]  # a field is readable too

    @classmethod
    def same(
        cls, scorer: Scorer, *, segments: tuple[str, ...], label: str = "segment", default: Scorer | None = None
    ) -> Self:
        """Give every segment its own fit of one specification.

        Parameters
        ----------
        scorer
            The specification.
        segments
            The segments.
        label
            The label that names the segment.
        default
            The scorer of everyone else.

        Raises
        ------
        InvalidValueError
            If there is no segment.
        CompositionError
            If the default's measure differs.

        Examples
        --------
        >>> from crmrisk import ColumnScorer, Measure
        >>> silence = ColumnScorer(column="silence", measure=Measure.share())
        >>> list(SegmentedScorer.same(silence, segments=("retail", "trade")).scorers)
        ['retail', 'trade']
        """
        return cls(scorers=dict.fromkeys(segments, scorer), label=label, default=default)

    @property
    def learns_from_outcomes(self) -> bool:
        """Whether any part does."""
        return any(learns_from_outcomes(each) for each in self.parts.values())

    def learn(self, portfolio: Portfolio, outcomes: Outcomes | None) -> FittedSegmentedScorer:
        """Fit each scorer on its segment, and the default on everyone."""
        segment = portfolio.label(self.label)
        members = {name: np.asarray(segment == name, dtype=np.bool_) for name in self.scorers}
        empty = [n for n, rows in members.items() if not rows.any() and not isinstance(self.scorers[n], FittedScorer)]
        if empty:
            what = "no customer of the segment to learn from"
            raise FitError(*(Problem(what=what, where=f"SegmentedScorer, segment {name!r}") for name in empty))
        fitted = {}
        for name, scorer in self.scorers.items():
            with within(f"segment {name!r}"):
                fitted[name] = scorer.fit(portfolio.take(members[name]), outcomes)
        default = None if self.default is None else self.default.fit(portfolio, outcomes)
        return FittedSegmentedScorer(scorers=fitted, label=self.label, default=default)
