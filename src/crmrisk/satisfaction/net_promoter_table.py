"""The net promoter score by segment, counted where the answers are.

One group-by in the caller's engine, segment by answer, leaves a small table; bad answers show up in it by themselves,
with their counts, and the intervals of all segments are array arithmetic.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, cast, get_args

import numpy as np

from crmrisk.core.arguments import checked_level, kind_problems, refuse
from crmrisk.core.arrays import LARGEST_COUNT
from crmrisk.core.errors import InvalidValueError, Problem
from crmrisk.core.estimate import Estimate
from crmrisk.satisfaction.answer_cells import AnswerCells, answer_cells, check_cells
from crmrisk.satisfaction.answered import exclusion
from crmrisk.satisfaction.familywise import (
    HOLM_WARNING,
    Simultaneous,
    bonferroni_level,
    check_benchmark,
    check_simultaneous,
    holm_levels,
)
from crmrisk.satisfaction.net_promoter import (
    METHODS,
    NetPromoterMethod,
    net_promoter_score,
    wald_warnings,
)
from crmrisk.satisfaction.net_promoter_counts import SIDES, STANDARD_BREAKS, NpsBreaks
from crmrisk.satisfaction.net_promoter_intervals import (
    IntervalMethod,
    beside_warnings,
    net_promoter_interval,
    net_promoter_variance,
    weighted_score_variance,
)
from crmrisk.satisfaction.numerics import check_method
from crmrisk.satisfaction.segments import SegmentEstimates, in_order

if TYPE_CHECKING:
    from crmrisk.core.arrays import BoolArray, FloatArray, IntArray
    from crmrisk.satisfaction.flagging import Missing

__all__ = ["net_promoter_by_segment"]

_ROUNDING = 1e-9


def net_promoter_by_segment(
    table: Any,
    *,
    answer: str = "answer",
    segment: str = "segment",
    weight: str | None = None,
    breaks: NpsBreaks = STANDARD_BREAKS,
    method: NetPromoterMethod = "score",
    level: float = 0.95,
    missing: Missing = "error",
    simultaneous: Simultaneous | None = None,
    benchmark: float = 0.0,
    rng: np.random.Generator | None = None,
) -> SegmentEstimates:
    """Estimate the net promoter score of every segment of a table, counting in the table's own engine.

    Parameters
    ----------
    table
        One row per answer: pandas, polars (eager or lazy), pyarrow, a DuckDB relation or a Spark frame.
    answer, segment
        Columns of the answers and of the segments.
    weight
        Column of survey weights; standard errors and intervals are then linearised.
    breaks, method
        As for `net_promoter_score`; resampling needs answers without weights here.
    level
        Nominal coverage: of each interval, or with ``simultaneous`` of all together.
    missing
        ``"error"`` refuses missing answers and answers without a segment, ``"exclude"`` leaves them out and says how
        many in the warnings.
    simultaneous
        ``"bonferroni"``, ``"holm"`` or ``None``, as for `by_segment`.
    benchmark
        What Holm's procedure compares segments with.
    rng
        Source of randomness of resampling; ``None`` starts the same way every time.

    Returns
    -------
    One estimate per segment: what `net_promoter_score` says of its answers.

    Raises
    ------
    SchemaError
        If the table is none, or a column is not there.
    RecordError
        If answers are off the scale or missing, named with their value and count, and with their rows where the
        table is in memory; or weights are unusable.
    EngineError
        If the engine fails.
    InvalidValueError
        If a setting is not valid.

    Examples
    --------
    >>> import pyarrow as pa
    >>> answers = pa.table({"country": ["CN", "CN", "DE", "CN"], "nps": [10, 6, 9, 9]})
    >>> net_promoter_by_segment(answers, answer="nps", segment="country")
    CN: 0.3333 [-0.5847, 0.877] (95 % score, n 3)
    DE: 1 [-0.5869, 1] (95 % score, n 1)
    """
    method = check_method(method, METHODS)
    check_simultaneous(simultaneous)
    check_benchmark(benchmark)
    refuse(kind_problems(breaks, NpsBreaks, where="breaks"))
    checked_level(level)
    cells = answer_cells(table, answer=answer, segment=segment, weight=weight)
    check_cells(cells, table, answer=answer, segment=segment, breaks=breaks, missing=missing)
    surveys = _surveys(cells, breaks)
    if simultaneous is None:
        levels = np.full(len(surveys.names), level)
    elif simultaneous == "bonferroni":
        levels = np.full(len(surveys.names), bonferroni_level(level, len(surveys.names)))
    else:

        def interval(places: IntArray, shared: float) -> tuple[FloatArray, FloatArray]:
            found = _estimates(surveys.at(places), method, np.full(places.size, shared), rng)
            limits = np.array([(each.low, each.high) for each in found], dtype=np.float64)
            return limits[:, 0], limits[:, 1]

        levels = holm_levels(interval, len(surveys.names), level=level, benchmark=benchmark)
    found = _estimates(surveys, method, levels, rng)
    notes = (*surveys.warnings, *((HOLM_WARNING,) if simultaneous == "holm" else ()))
    return SegmentEstimates(dict(zip(surveys.names, found, strict=True)), simultaneous, notes)


@dataclass(frozen=True, eq=False)
class _Surveys:
    """Columns with one row per segment: counts of the three sides, n, effective n, variance, missing answers."""

    names: list[Any]
    counts: FloatArray
    n: FloatArray
    effective_n: FloatArray
    variance: FloatArray
    missing: FloatArray
    doubts: list[tuple[str, ...]]
    warnings: tuple[str, ...] = ()

    def at(self, places: IntArray) -> _Surveys:
        """Return some of the segments."""
        names, doubts = ([each[place] for place in places.tolist()] for each in (self.names, self.doubts))
        columns = (self.counts, self.n, self.effective_n, self.variance, self.missing)
        counts, n, effective_n, variance, missing = (column[places] for column in columns)
        return _Surveys(names, counts, n, effective_n, variance, missing, doubts)


def _surveys(cells: AnswerCells, breaks: NpsBreaks) -> _Surveys:
    codes, names = cells.segment_codes, cells.segments
    known = codes >= 0
    size = len(names)

    def summed(values: FloatArray, chosen: BoolArray) -> FloatArray:
        found = np.bincount(codes[chosen & known], weights=values[chosen & known], minlength=size)
        return found.astype(np.float64)  # without a cell, numpy counts whole numbers

    sides = breaks.points(cells.answers, missing="exclude")
    answered = ~np.isnan(sides)
    counts = np.column_stack([summed(cells.weight, sides == side) for side in SIDES])
    squares = np.column_stack([summed(cells.square, sides == side) for side in SIDES])
    n, total = summed(cells.used, answered), squares.sum(axis=1)
    effective = np.divide(counts.sum(axis=1) ** 2, total, out=np.zeros(size), where=total > 0.0)
    variance = weighted_score_variance(counts.T, squares.T, n)
    nowhere = int(cells.rows[~known].sum())
    warnings = (f"answers without a segment excluded: {nowhere}",) if nowhere else ()
    order = np.array(in_order(names), dtype=np.int64)
    found = _Surveys(
        names, counts, n, effective, variance, summed(cells.rows, ~answered), _doubts(cells, answered & known, breaks)
    )
    return replace(found.at(order), warnings=warnings)


def _doubts(cells: AnswerCells, given: BoolArray, breaks: NpsBreaks) -> list[tuple[str, ...]]:
    answers, codes, size = cells.answers[given].astype(np.float64), cells.segment_codes[given], len(cells.segments)
    least, most = np.full(size, np.inf), np.full(size, -np.inf)
    np.minimum.at(least, codes, answers)
    np.maximum.at(most, codes, answers)
    n = np.bincount(codes, weights=cells.rows[given], minlength=size)
    return [breaks.doubts(*ends, n=count) for *ends, count in np.column_stack([least, most, n]).tolist()]


def _estimates(
    surveys: _Surveys, method: NetPromoterMethod, levels: FloatArray, rng: np.random.Generator | None
) -> list[Estimate]:
    if method not in get_args(IntervalMethod):
        return [_resampled(surveys, row, method, float(level), rng) for row, level in enumerate(levels)]
    total = surveys.counts.sum(axis=1)
    unit = net_promoter_variance(*surveys.counts.T)
    weighted = surveys.effective_n < surveys.n * (1.0 - _ROUNDING)
    told = weighted & (surveys.variance > unit / LARGEST_COUNT)
    worth = np.divide(unit, surveys.variance, out=surveys.effective_n.copy(), where=told)
    if method != "wald":  # which follows the standard error
        worth = np.minimum(worth, surveys.n)
    scale = np.divide(worth, total, out=np.ones(total.size), where=total > 0.0)
    counts = (surveys.counts * scale[:, None]).T
    low, high = np.full((2, total.size), np.nan)
    for level in np.unique(levels):
        at = levels == level
        low[at], high[at] = net_promoter_interval(*counts[:, at], method=cast("IntervalMethod", method), level=level)
    answered = np.where(total > 0.0, total, np.nan)
    value = (surveys.counts[:, 2] - surveys.counts[:, 0]) / answered
    error = surveys.variance**0.5
    simple = unit / np.maximum(surveys.n - 1.0, 1.0)
    effect = np.divide(surveys.variance, simple, out=np.full(total.size, np.nan), where=weighted & (simple > 0.0))
    rows = np.column_stack([value, error, low, high, levels, surveys.n, surveys.effective_n, effect, surveys.missing])
    return [_estimate(row, method, doubts) for row, doubts in zip(rows.tolist(), surveys.doubts, strict=True)]


def _estimate(row: list[float], method: str, doubts: tuple[str, ...]) -> Estimate:
    value, error, low, high, level, n, effective_n, effect, missing = row
    excluded = exclusion(int(missing))
    cost = () if math.isnan(effect) else (f"design effect {effect:.3g}",)
    if math.isnan(value):
        warnings = ("no answers", *excluded)
        return Estimate(value=None, level=level, method=method, n=0, effective_n=0, warnings=warnings)
    told = (*wald_warnings(method, value, effective_n), *beside_warnings(method, value, low, high))
    return Estimate(
        value=value,
        standard_error=error,
        low=low,
        high=high,
        level=level,
        method=method,
        n=n,
        effective_n=effective_n,
        warnings=(*excluded, *doubts, *cost, *told),
    )


def _resampled(
    surveys: _Surveys, row: int, method: NetPromoterMethod, level: float, rng: np.random.Generator | None
) -> Estimate:
    counts = surveys.counts[row]
    if surveys.effective_n[row] != counts.sum():
        remedy = "by_segment(segments, partial(net_promoter_score, method=...), answers, weights=weights)"
        raise InvalidValueError(Problem(what="resampling needs the answers", where="weight", remedy=remedy))
    found = net_promoter_score(counts=counts.tolist(), method=method, level=level, rng=rng)
    return replace(found, warnings=(*exclusion(int(surveys.missing[row])), *surveys.doubts[row], *found.warnings))
