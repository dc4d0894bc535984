"""One estimate per segment: any estimator of satisfaction, asked once for each group of customers."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, fields, replace
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from crmrisk.core.arguments import refuse
from crmrisk.core.charts import Chart
from crmrisk.core.errors import InvalidValueError, Problem, RecordError
from crmrisk.core.estimate import Estimate
from crmrisk.core.listing import listed
from crmrisk.core.row_names import refuse_other_order
from crmrisk.satisfaction.answers import distinct_answers
from crmrisk.satisfaction.familywise import (
    HOLM_WARNING,
    Simultaneous,
    bonferroni_level,
    check_benchmark,
    check_simultaneous,
    holm_levels,
)
from crmrisk.satisfaction.flagging import Missing, flag_missing
from crmrisk.satisfaction.segment_parts import estimate_part, indexable_rows, taken_rows

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import ArrayLike

    from crmrisk.core.arrays import FloatArray, IntArray

__all__ = ["SegmentEstimates", "by_segment", "in_order"]


@dataclass(frozen=True, eq=False, repr=False)
class SegmentEstimates(Mapping[Any, Estimate]):
    """Hold one estimate per segment, a mapping from segment to `Estimate`.

    Parameters
    ----------
    estimates
        Segment to its estimate.
    simultaneous
        How the intervals were widened for being read together, if they were.
    warnings
        What concerns all segments.

    Raises
    ------
    InvalidValueError
        If something else than estimates is given.

    Examples
    --------
    >>> found = SegmentEstimates({"shop": Estimate(value=0.3, method="score", n=100)})
    >>> found["shop"].value
    0.3
    """

    estimates: Mapping[Any, Estimate]
    simultaneous: Simultaneous | None = None
    warnings: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        wrong = {name: each for name, each in self.estimates.items() if not isinstance(each, Estimate)}
        if wrong:
            name, got = next(iter(wrong.items()))
            remedy = "give by_segment an estimator that returns one Estimate"
            where = f"segment {name!r}"
            raise InvalidValueError(Problem(what="no Estimate", where=where, got=type(got).__name__, remedy=remedy))
        object.__setattr__(self, "estimates", dict(self.estimates))

    def __getitem__(self, segment: Any) -> Estimate:
        return self.estimates[segment]

    def __iter__(self) -> Iterator[Any]:
        return iter(self.estimates)

    def __len__(self) -> int:
        return len(self.estimates)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, SegmentEstimates):
            return NotImplemented
        return (self.estimates, self.simultaneous, self.warnings) == (
            other.estimates,
            other.simultaneous,
            other.warnings,
        )

    __hash__ = None  # type: ignore[assignment] # a mapping compares by content and has no hash

    def __repr__(self) -> str:
        lines = listed(f"{name}: {estimate}" for name, estimate in self.items())
        return "\n".join([lines or "no segments", *self.warnings])

    def frame(self) -> pd.DataFrame:
        """Return one row per segment: value, standard error, limits, level, method, n, effective n, warnings.

        Examples
        --------
        >>> SegmentEstimates({"shop": Estimate(value=0.3, method="score", n=100)}).frame()[["segment", "value", "n"]]
          segment  value      n
        0    shop    0.3  100.0
        """
        import pandas as pd  # noqa: PLC0415 - pandas takes long to import and estimates do not need it

        names = [field.name for field in fields(Estimate)]
        columns = {name: [getattr(each, name) for each in self.values()] for name in names}
        table = pd.DataFrame({"segment": list(self), **columns})
        numbers = [name for name in names if name not in {"method", "warnings"}]
        return table.astype(dict.fromkeys(numbers, "float64"))

    def chart(self, *, title: str = "Estimates by segment", label: str = "estimate", by: str = "segment") -> Chart:
        """Return the picture of the estimates as data: one dot per segment with its interval.

        Parameters
        ----------
        title
            What the chart shows.
        label
            What is estimated, units in brackets.
        by
            What the segments are.

        Examples
        --------
        >>> found = SegmentEstimates({"shop": Estimate(value=0.3, low=0.2, high=0.4, method="score", n=100)})
        >>> found.chart(label="NPS [-1, 1]").frame()
              x   series    y  low  high
        0  shop  NPS [-1, 1]  0.3  0.2   0.4
        """
        columns = ([getattr(each, name) for each in self.values()] for name in ("value", "low", "high"))
        value, low, high = (np.array(column, dtype=np.float64) for column in columns)
        return Chart.of(
            [str(segment) for segment in self],
            {label: value},
            title=title,
            x_label=label + self._coverage(),
            y_label=by,
            kind="dot",
            intervals={label: (low, high)},
        )

    def _coverage(self) -> str:
        """Say what the intervals cover: each its segment, or after Bonferroni all of them together."""
        levels = {each.level for each in self.values()}
        if len(levels) != 1:
            return ", with intervals"
        level = levels.pop()
        if self.simultaneous == "bonferroni":
            return f", {100 * (1.0 - len(self) * (1.0 - level)):.4g} % intervals, all at once"
        return f", {100 * level:.4g} % interval"


def by_segment(
    segments: ArrayLike,
    estimator: Callable[..., Any],
    answers: Any,
    *,
    weights: ArrayLike | None = None,
    strata: ArrayLike | None = None,
    clusters: ArrayLike | None = None,
    part: str | None = None,
    missing: Missing = "error",
    simultaneous: Simultaneous | None = None,
    level: float = 0.95,
    benchmark: float = 0.0,
) -> SegmentEstimates:
    """Estimate once per segment.

    Parameters
    ----------
    segments
        Segment of each answer, ``(n_answers,)``.
    estimator
        What estimates: a function of the answers, and of ``weights``, ``strata`` and ``clusters`` where they are
        given here. Its settings go in by ``functools.partial(estimator, method="wilson")``.
    answers
        One row per answer: a column, ``(n_answers,)``, or a table or array of several, ``(n_answers, n_columns)``.
    weights, strata, clusters
        Survey design, ``(n_answers,)`` each; every segment takes its part.
    part
        Which estimate to take, where the estimator returns a record of several: ``"index"`` of a `SatisfactionIndex`,
        ``"top_box"`` of a `CustomerEffort`, ``"score"`` of a `ServicePerformance`.
    missing
        ``"error"`` refuses answers without a segment, ``"exclude"`` leaves them out and says how many. What happens
        to missing answers is a setting of the estimator.
    simultaneous
        ``"bonferroni"`` widens the intervals so that all cover together; ``"holm"`` less, so that they only guard
        the decision which segments differ from the benchmark; ``None`` leaves each interval to itself.
    level
        Nominal coverage of all intervals together; read with ``simultaneous`` only, otherwise it is a setting of the
        estimator.
    benchmark
        What Holm's procedure compares segments with.

    Returns
    -------
    The estimates, segments in the order of their names.

    Raises
    ------
    RecordError
        If segments, weights, strata or clusters are missing or not one per answer, or the estimator refuses answers of
        a segment; their rows are then counted within it.
    InvalidValueError
        If the estimator returns no `Estimate` and no part of a record is named, or the adjustment or level is not
        valid.

    Examples
    --------
    >>> from crmrisk.satisfaction import customer_effort_score, net_promoter_score
    >>> by_segment(["shop", "web", "shop", "web"], net_promoter_score, [10, 3, 9, 8])
    shop: 1 [-0.3152, 1] (95 % score, n 2)
    web: -0.5 [-0.9055, 0.4864] (95 % score, n 2)
    >>> by_segment(["shop", "web", "shop", "web"], customer_effort_score, [7, 3, 6, 7], part="top_box")
    shop: 1 [0.3424, 1] (95 % wilson, n 2)
    web: 0.5 [0.09453, 0.9055] (95 % wilson, n 2)
    """
    check_simultaneous(simultaneous)
    check_benchmark(benchmark)
    refuse(_estimator_problems(estimator))
    refuse_other_order(answers=answers, segments=segments, weights=weights, strata=strata, clusters=clusters)
    groups, excluded = _groups(segments, missing)
    columns = {"weights": weights, "strata": strata, "clusters": clusters}
    taken = {name: indexable_rows(values, groups.size, name) for name, values in columns.items() if values is not None}
    table = indexable_rows(answers, groups.size, "answers")

    def estimate(place: int, **settings: Any) -> Estimate:
        rows = groups.rows[place]
        with _naming(groups.names[place]):
            design = {name: taken_rows(each, rows) for name, each in taken.items()}
            found = estimator(taken_rows(table, rows), **design, **settings)
        return estimate_part(found, part, where=f"segment {groups.names[place]!r}")

    if simultaneous is None:
        found = [estimate(place) for place in range(len(groups.names))]
    else:
        found = _together(estimate, len(groups.names), simultaneous, level, benchmark)
    warnings = (*excluded, *((HOLM_WARNING,) if simultaneous == "holm" else ()))
    return SegmentEstimates(dict(zip(groups.names, found, strict=True)), simultaneous, warnings)


def _estimator_problems(estimator: object) -> list[Problem]:
    if callable(estimator):
        return []
    allowed = "a function from answers to an Estimate, e.g. net_promoter_score"
    return [Problem(what="no estimator", where="estimator", allowed=allowed, got=repr(estimator)[:100])]


def in_order(names: Sequence[Any]) -> list[int]:
    """Return the places of segments in the order they are shown: numbers first, then text.

    Parameters
    ----------
    names
        The segments.

    Examples
    --------
    >>> in_order(["b", 10, 9, "a"])
    [2, 1, 3, 0]
    """
    return sorted(range(len(names)), key=lambda place: _sorting(names[place]))


@contextmanager
def _naming(segment: Any) -> Iterator[None]:
    """Say which segment an estimator complains about: it counts rows within it."""
    try:
        yield
    except RecordError as error:
        problems = [replace(each, where=f"segment {segment!r}, {each.where}") for each in error.problems]
        raise RecordError(*problems) from None


class _Groups(NamedTuple):
    names: list[Any]
    rows: list[IntArray]
    size: int


def _groups(segments: ArrayLike, missing: Missing) -> tuple[_Groups, tuple[str, ...]]:
    column, codes, names = distinct_answers(segments, "segments")
    absent = codes < 0
    problems = flag_missing(absent, missing=missing, where="segments")
    if problems:
        raise RecordError(*problems)
    n_absent = int(absent.sum())
    order = np.argsort(codes, kind="stable")[n_absent:]
    parts = np.split(order, np.cumsum(np.bincount(codes[order], minlength=len(names)))[:-1]) if names else []
    places = in_order(names)
    excluded = (f"answers without a segment excluded: {n_absent}",) if n_absent else ()
    return _Groups([names[place] for place in places], [parts[place] for place in places], column.size), excluded


def _sorting(name: Any) -> tuple[bool, Any]:
    return (False, name) if isinstance(name, int | float) else (True, str(name))


def _together(
    estimate: Callable[..., Estimate], n_segments: int, simultaneous: Simultaneous, level: float, benchmark: float
) -> list[Estimate]:
    found: dict[int, Estimate] = {}

    def interval(places: IntArray, shared: float) -> tuple[FloatArray, FloatArray]:
        for place in places.tolist():
            found[place] = estimate(place, level=shared)
        limits = np.array([(found[place].low, found[place].high) for place in places.tolist()], dtype=np.float64)
        return limits[:, 0], limits[:, 1]

    if simultaneous == "holm":
        holm_levels(interval, n_segments, level=level, benchmark=benchmark)
    elif n_segments:
        interval(np.arange(n_segments), bonferroni_level(level, n_segments))
    return [found[place] for place in range(n_segments)]
