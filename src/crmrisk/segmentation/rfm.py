"""RFM: who bought lately, often and much; scores against stored cuts, and named segments of the cube of scores.

::

    fitted = RfmSegmenter().fit(portfolio)           # cuts are learnt here, once
    fitted.scores(portfolio)                         # R, F, M and 100 R + 10 F + M
    fitted.segment(portfolio)                        # named segments, with the reason in words
    fitted.segment(evidence.portfolio(next_month))   # the same cuts: nobody moves because others did

Inside an engine (polars, DuckDB, pyarrow, Spark, pandas) `crmrisk.segmentation.rfm_engine.rfm_table` does the same.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, ClassVar, Self

import numpy as np
from pydantic import Field, model_validator

from crmrisk.core.errors import FitError, InvalidValueError, Problem
from crmrisk.core.expecting import expect
from crmrisk.core.portfolio import Portfolio
from crmrisk.core.segmenters import BaseFittedSegmenter, BaseSegmenter
from crmrisk.core.segments import Assigned
from crmrisk.segmentation.rfm_columns import RfmColumns
from crmrisk.segmentation.rfm_cuts import DIMENSIONS, Groups, RfmCuts, RfmMethod
from crmrisk.segmentation.rfm_draws import RfmDraws
from crmrisk.segmentation.rfm_map import Height, rfm_map
from crmrisk.segmentation.rfm_presets import complete_segments, published_segments
from crmrisk.segmentation.rfm_scores import RfmScores
from crmrisk.segmentation.rfm_segments import SegmentBoxes

if TYPE_CHECKING:
    from crmrisk.core.arrays import FloatArray, IntArray, ObjectArray
    from crmrisk.core.charts import PointChart
    from crmrisk.segmentation.rfm_segments import SegmentCheck

__all__ = ["FittedRfmSegmenter", "RfmSegmenter"]

_DEFAULT_GROUPS = 5
_SAID = {"recency": "idle days", "frequency": "purchases", "monetary": "amount"}


class FittedRfmSegmenter(RfmColumns, BaseFittedSegmenter):
    """Score and segment customers by stored cuts.

    Parameters
    ----------
    cuts
        The cuts, learnt or given.
    segments
        Boxes of scores with names; `complete_segments` if not given.
    draws
        The cuts of resampled customers, for stabilities; none where nothing was learnt.
    recency, frequency, monetary, refunds
        Where the three are found, as in `RfmColumns`.

    Raises
    ------
    InvalidValueError
        If cuts, segments and draws have different numbers of groups.

    Examples
    --------
    See `RfmSegmenter`.
    """

    cuts: RfmCuts
    segments: SegmentBoxes | None = None
    draws: RfmDraws | None = None

    ordered: ClassVar[bool] = False

    @model_validator(mode="after")
    def _one_cube(self) -> Self:
        _check_groups(type(self).__name__, self.cuts.groups, self.segments)
        if self.draws is not None and self.draws.groups != self.cuts.groups:
            where, got = f"{type(self).__name__}.draws", f"{self.draws.groups} groups"
            allowed = f"{self.cuts.groups} groups"
            raise InvalidValueError(Problem(what="draws of another cube", where=where, allowed=allowed, got=got))
        return self

    @property
    def boxes(self) -> SegmentBoxes:
        """The named boxes, as given or crmrisk's own."""
        return complete_segments(self.cuts.groups) if self.segments is None else self.segments

    @property
    def names(self) -> tuple[str, ...]:
        """The segments, in the order of the boxes."""
        return self.boxes.names

    def scores(self, portfolio: Portfolio) -> RfmScores:
        """Score every customer, in the portfolio's order; those without the evidence have no score.

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
        InvalidValueError
            If it is no portfolio.

        Examples
        --------
        See `RfmSegmenter`.
        """
        name = type(self).__name__
        expect(portfolio, Portfolio, where=f"{name}: portfolio", remedy="Portfolio.from_frame(frame, as_of)")
        rated = portfolio.require(self.inputs, reader=name)
        part = portfolio if rated.all() else portfolio.take(rated)
        spread = {name: np.full(len(portfolio), np.nan) for name in DIMENSIONS}
        for dimension, values in self.values(part).items():
            spread[dimension][rated] = self.cuts.scores(dimension, values)
        return RfmScores(portfolio.customer_id, **spread)

    def chart(self, portfolio: Portfolio, *, by: Height = "monetary", title: str | None = None) -> PointChart:
        """Map the segments: mean recency against mean amount or number of purchases, areas as customers.

        Parameters
        ----------
        portfolio
            One row per customer.
        by
            What the height is, ``"monetary"`` or ``"frequency"``.
        title
            What it shows; unless given, which segment holds most.

        Raises
        ------
        MissingInputsError
            If the portfolio does not hold what is read.
        InvalidValueError
            If the height is none of the two, or nobody is rated.

        Examples
        --------
        >>> from datetime import date
        >>> from crmrisk import Portfolio
        >>> columns = {"idle_days": [3, 90, 8], "orders": [9, 1, 7], "revenue": [50, 10, 70]}
        >>> book = Portfolio(["A", "B", "C"], date(2026, 1, 31), columns)
        >>> rfm = RfmSegmenter(groups=2, frequency="orders", monetary="revenue").fit(book)
        >>> rfm.chart(book).frame()
                      name     x     y  size
        0  Loyal Customers   3.0  50.0   1.0
        1        Promising   8.0  70.0   1.0
        2             Lost  90.0  10.0   1.0
        """
        segments = self.segment(portfolio)
        rated = portfolio.take(segments.rated)
        return rfm_map(self.names, segments.codes[segments.rated], self.values(rated), by=by, title=title)

    def assign(self, portfolio: Portfolio) -> Assigned:
        """Return each customer's segment, with the scores and what they mean as the reason."""
        values, table = self.values(portfolio), self.boxes.codes()
        cell = np.zeros(len(portfolio), dtype=np.int64)
        for name in DIMENSIONS:
            cell = cell * self.cuts.groups + self.cuts.scores(name, values[name]) - 1
        codes = table[cell]
        stability = None if self.draws is None else self.draws.agreement(values, codes, table, self.cuts)
        return Assigned(codes, self._reasons(cell), stability)

    def _reasons(self, cell: IntArray) -> ObjectArray:
        """Say of each cell that occurs why; there are few, whatever the number of customers."""
        groups = self.cuts.groups
        told = np.empty(groups**3, dtype=object)
        for place in np.flatnonzero(np.bincount(cell, minlength=groups**3)).tolist():
            digits = (place // groups**2 + 1, place // groups % groups + 1, place % groups + 1)
            words = zip(DIMENSIONS, digits, strict=True)
            said = (f"{_SAID[name]} {self.cuts.words(name, score)} ({name[0].upper()}{score})" for name, score in words)
            told[place] = ", ".join(said)
        reasons: ObjectArray = told[cell]
        return reasons


class RfmSegmenter(RfmColumns, BaseSegmenter, kind="crmrisk.rfm", fitted=FittedRfmSegmenter):
    """Segment customers by recency, frequency and monetary value.

    Fitting learns the cuts between the scores 1 to `groups` of each of the three, from customers who have all three,
    and stores them. Equal values share a score, whatever the order of the rows, and a score changes only when the
    customer's own value does. The three scores name a cell of a cube, and boxes of cells are the segments.

    Parameters
    ----------
    groups
        How many scores each of the three has; 5 unless cuts or segments say otherwise.
    method
        How cuts are learnt: ``"quantile"`` (groups hold (low, high]), ``"rank"``, or ``"r_rfm"`` for parity with the R
        package rfm; see `RfmCuts.learn`.
    cuts
        Cuts of your own (threshold scoring); then nothing is learnt.
    segments
        Boxes of scores with names; `complete_segments` if not given.
    repetitions
        How many times cuts are learnt again from resampled customers, for the stability of each customer's segment:
        the share of samples that give the same one. 0 measures none; nor do own cuts, nor ``"rank"``.
    seed
        Where the random numbers of resampling start.
    recency, frequency, monetary, refunds
        Where the three are found, as in `RfmColumns`: by default in a portfolio made from Evidence, where the purchases
        of one day are one purchase and refunds reduce the amount.

    Raises
    ------
    InvalidValueError
        If cuts, segments and groups do not have one number of groups.

    References
    ----------
    Hughes, A. M. (1994), Strategic Database Marketing. Hebbali, A., R package rfm 0.3.0 (method ``"r_rfm"``).

    Examples
    --------
    >>> from datetime import date
    >>> from crmrisk import Portfolio
    >>> book = Portfolio(
    ...     ["C1", "C2", "C3", "C4"],
    ...     date(2026, 1, 31),
    ...     {"days": [3, 40, 40, 300], "orders": [9, 2, 2, 1], "revenue": [900, 75.5, 80, None]},
    ... )
    >>> rfm = RfmSegmenter(groups=3, recency="days", frequency="orders", monetary="revenue").fit(book)
    >>> rfm.segment(book).labels
    array(['Champions', 'About To Sleep', 'About To Sleep', None],
          dtype=object)
    >>> rfm.scores(book).score
    array([333., 211., 212.,  nan])
    >>> rfm.segment(book)["C3"].reason
    'idle days over 27.66666667 up to 40 (R2), purchases up to 2 (F1), amount over 78.5 up to 353.3333333 (M2)'
    """

    groups: Groups | None = None
    method: RfmMethod = "quantile"
    cuts: RfmCuts | None = None
    segments: SegmentBoxes | None = None
    repetitions: Annotated[int, Field(ge=0, le=10_000)] = 100
    seed: Annotated[int, Field(ge=0)] = 0

    @model_validator(mode="after")
    def _one_cube(self) -> Self:
        _check_groups(type(self).__name__, self.n_groups, self.segments)
        if self.cuts is not None and self.cuts.groups != self.n_groups:
            allowed, got = f"groups={self.cuts.groups}", f"groups={self.groups}"
            where = type(self).__name__
            raise InvalidValueError(
                Problem(what="cuts of another number of groups", where=where, allowed=allowed, got=got)
            )
        return self

    @property
    def n_groups(self) -> int:
        """How many scores each dimension has."""
        stated = self.cuts.groups if self.cuts is not None else self.segments.groups if self.segments else None
        return self.groups or stated or _DEFAULT_GROUPS

    @property
    def boxes(self) -> SegmentBoxes:
        """The named boxes, as given or crmrisk's own."""
        return complete_segments(self.n_groups) if self.segments is None else self.segments

    @classmethod
    def r_rfm(cls) -> Self:
        """Do as the R package rfm does: its cuts and its published segments, holes and overlaps included.

        Examples
        --------
        >>> RfmSegmenter.r_rfm().check().complete
        False
        """
        return cls(method="r_rfm", segments=published_segments())

    def check(self) -> SegmentCheck:
        """Report holes and overlaps of the segments.

        Examples
        --------
        >>> RfmSegmenter(groups=4).check().warnings
        ()
        """
        return self.boxes.check()

    def learn(self, portfolio: Portfolio) -> FittedRfmSegmenter:
        """Learn the cuts from customers who have all three.

        Parameters
        ----------
        portfolio
            One row per customer.

        Raises
        ------
        FitError
            If nobody has all three.
        """
        reads = {name: getattr(self, name) for name in RfmColumns.model_fields}
        if self.cuts is not None:
            return FittedRfmSegmenter(cuts=self.cuts, segments=self.segments, **reads)
        rated = portfolio.require(self.inputs)
        if not rated.any():
            what = f"none of {len(rated)} customers has recency, frequency and monetary value"
            raise FitError(Problem(what=what, where=type(self).__name__, remedy="pass cuts=RfmCuts(...)"))
        values = self.values(portfolio if rated.all() else portfolio.take(rated))
        cuts = RfmCuts.learn(values, groups=self.n_groups, method=self.method)
        return FittedRfmSegmenter(cuts=cuts, segments=self.segments, draws=self._drawn(values), **reads)

    def _drawn(self, values: dict[str, FloatArray]) -> RfmDraws | None:
        if not self.repetitions or self.method == "rank":
            return None
        rng, shift = np.random.default_rng(self.seed), 1.0 if self.method == "r_rfm" else 0.0
        return RfmDraws.quantiles(values, groups=self.n_groups, repetitions=self.repetitions, rng=rng, shift=shift)


def _check_groups(where: str, groups: int, segments: SegmentBoxes | None) -> None:
    if segments is not None and segments.groups != groups:
        allowed, got = f"{groups} groups", f"{segments.groups} groups"
        remedy = f"complete_segments({groups}), or boxes of your own with groups={groups}"
        problem = Problem(what="segments of another cube", where=where, allowed=allowed, got=got, remedy=remedy)
        raise InvalidValueError(problem)
