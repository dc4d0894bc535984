"""One scorer per segment: each fitted on its own customers, all of one measure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Annotated, Any, Self

import numpy as np
from pydantic import Field, model_validator

from crmrisk.core.bases import BaseFittedScorer, BaseScorer
from crmrisk.core.component import Component
from crmrisk.core.errors import CompositionError, FitError, Problem
from crmrisk.core.explanation import Explanation
from crmrisk.core.fields import AnyFittedScorer, AnyScorer
from crmrisk.core.frozen_mapping import Frozen
from crmrisk.core.measures import LABEL, Input, Name
from crmrisk.core.scorers import FittedScorer, Scorer, learns_from_outcomes, predicted_outcomes
from crmrisk.core.scores import Ranged
from crmrisk.core.segmenters import AnyFittedSegmenter, AnySegmenter, FittedSegmenter, Segmenter
from crmrisk.scoring.composition import absent_as_unrated, read_by_all, read_by_any, same_measure
from crmrisk.scoring.explaining import explanation_of, unexplained
from crmrisk.scoring.learning import within

if TYPE_CHECKING:
    from collections.abc import Iterator

    from crmrisk.core.arrays import BoolArray, FloatArray, ObjectArray
    from crmrisk.core.events import OutcomeRule
    from crmrisk.core.measures import Measure
    from crmrisk.core.outcomes import Outcomes
    from crmrisk.core.portfolio import Portfolio

__all__ = ["FittedSegmentedScorer", "SegmentedScorer"]


_LABEL = "segment"


class _Segments(Component):
    """What a segmented scorer declares, fitted or not."""

    label: Name = _LABEL

    if TYPE_CHECKING:

        @property
        def segmenter(self) -> Segmenter | FittedSegmenter | None: ...

        @property
        def scorers(self) -> Mapping[str, Any]: ...

        @property
        def default(self) -> Any: ...

    @model_validator(mode="after")
    def _composed(self) -> Self:
        if self.segmenter is not None and self.label != _LABEL:
            what, remedy = "a label and a segmenter both name the segment", "give one of them"
            raise CompositionError(Problem(what=what, where="SegmentedScorer", got=repr(self.label), remedy=remedy))
        _ = self.inputs, self.measure
        return self

    @property
    def parts(self) -> dict[str, Scorer | FittedScorer]:
        """The scorers by what they are for."""
        named = {f"segment {name!r}": scorer for name, scorer in self.scorers.items()}
        return named if self.default is None else {**named, "default": self.default}

    @property
    def inputs(self) -> tuple[Input, ...]:
        """What names the segment, required where there is no default; of the parts' inputs, those all require."""
        covered = self.default is not None
        naming = (Input(self.label, LABEL),) if self.segmenter is None else self.segmenter.inputs
        naming = tuple(replace(each, optional=each.optional or covered) for each in naming)
        read = read_by_all(tuple((name, scorer.inputs) for name, scorer in self.parts.items()))
        return read_by_any(
            (("SegmentedScorer" if self.segmenter is None else "its segmenter", naming), ("its scorers", read))
        )

    @property
    def predicts(self) -> tuple[OutcomeRule, ...]:
        """The outcomes that the parts say they predict."""
        return tuple(rule for part in self.parts.values() for rule in predicted_outcomes(part))

    @property
    def telling_values(self) -> Mapping[str, tuple[float | str, ...]]:
        """What tells the segments apart, for who makes up customers to try it on."""
        if self.segmenter is None:
            return {self.label: (*self.scorers, "any other")}
        return getattr(self.segmenter, "telling_values", {})

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
    segmenter
        The fitted segmenter that names it instead.

    Examples
    --------
    See `SegmentedScorer`.
    """

    scorers: Annotated[Mapping[Name, AnyFittedScorer], Field(min_length=1), Frozen()]  # pyright: ignore[reportIncompatibleMethodOverride]  # a field is readable too
    default: AnyFittedScorer | None = None  # pyright: ignore[reportIncompatibleMethodOverride]  # a field is readable too
    segmenter: AnyFittedSegmenter | None = None  # pyright: ignore[reportIncompatibleMethodOverride]  # a field is readable too

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
        segment = whole.label(self.label) if self.segmenter is None else self.segmenter.segment(whole).labels
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

    The segment is a label of the portfolio, or what any segmenter says: it is fitted first, on everyone, and the fitted
    scorer holds it, so that later customers are segmented by the same cuts.

    Parameters
    ----------
    scorers
        Segment to scorer, all of one measure.
    label
        The label that names the segment.
    default
        The scorer of everyone else.
    segmenter
        A segmenter that names it instead: `RfmSegmenter`, tiers, clusters or a plugin's.

    Raises
    ------
    CompositionError
        If measures differ, the scorers declare one input differently, or both a label and a segmenter are given.

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

    >>> from crmrisk.segmentation.rfm import RfmSegmenter
    >>> from crmrisk.segmentation.rfm_cuts import RfmCuts
    >>> cuts = RfmCuts(recency=(30,), frequency=(1,), monetary=(100,))
    >>> rfm = RfmSegmenter(cuts=cuts, frequency="orders", monetary="revenue")
    >>> columns = {"idle_days": [3, 400], "orders": [9, 1], "revenue": [900, 20]}
    >>> buyers = Portfolio(["C1", "C2"], date(2026, 1, 31), {"silence": [0.1, 0.2], "anger": [0.7, 0.8], **columns})
    >>> SegmentedScorer(scorers={"Champions": silence}, default=anger, segmenter=rfm).fit(buyers).score(buyers).values
    array([0.1, 0.8])
    """

    scorers: Annotated[Mapping[Name, AnyScorer], Field(min_length=1), Frozen()]  # pyright: ignore[reportIncompatibleMethodOverride]  # a field is readable too
    default: AnyScorer | None = None  # pyright: ignore[reportIncompatibleMethodOverride]  # a field is readable too
    segmenter: AnySegmenter | None = None  # pyright: ignore[reportIncompatibleMethodOverride]  # a field is readable too

    @classmethod
    def same(
        cls,
        scorer: Scorer,
        *,
        segments: tuple[str, ...],
        label: str = _LABEL,
        default: Scorer | None = None,
        segmenter: Segmenter | None = None,
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
        segmenter
            A segmenter that names it instead.

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
        return cls(scorers=dict.fromkeys(segments, scorer), label=label, default=default, segmenter=segmenter)

    @property
    def learns_from_outcomes(self) -> bool:
        """Whether any part does."""
        return any(learns_from_outcomes(each) for each in self.parts.values())

    def learn(self, portfolio: Portfolio, outcomes: Outcomes | None) -> FittedSegmentedScorer:
        """Fit the segmenter on everyone, each scorer on its segment, and the default on everyone."""
        segmenter, segment = self._segmented(portfolio)
        members = {name: np.asarray(segment == name, dtype=np.bool_) for name in self.scorers}
        empty = [n for n, rows in members.items() if not rows.any() and not isinstance(self.scorers[n], FittedScorer)]
        if empty:
            what, remedy = "no customer of the segment to learn from", "leave it out of the scorers, to the default"
            places = (f"SegmentedScorer, segment {name!r}" for name in empty)
            raise FitError(*(Problem(what=what, where=place, remedy=remedy) for place in places))
        fitted = {}
        for name, scorer in self.scorers.items():
            with within(f"segment {name!r}"):
                fitted[name] = scorer.fit(portfolio.take(members[name]), outcomes)
        default = None if self.default is None else self.default.fit(portfolio, outcomes)
        return FittedSegmentedScorer(scorers=fitted, label=self.label, default=default, segmenter=segmenter)

    def _segmented(self, portfolio: Portfolio) -> tuple[FittedSegmenter | None, ObjectArray]:
        if self.segmenter is None:
            return None, portfolio.label(self.label)
        whole = absent_as_unrated(portfolio, self.inputs)
        with within("segmenter"):
            segmenter = self.segmenter.fit(whole)
        unknown = [name for name in self.scorers if name not in segmenter.names]
        if unknown:
            what, allowed = "no segment of the segmenter", ", ".join(segmenter.names)
            places = (f"SegmentedScorer, segment {name!r}" for name in unknown)
            raise CompositionError(*(Problem(what=what, where=place, allowed=allowed) for place in places))
        return segmenter, segmenter.segment(whole).labels
