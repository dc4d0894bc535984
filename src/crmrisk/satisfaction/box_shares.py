"""Top boxes: the share of answers at the good end of a scale, with CSAT as the best known of them.

Answers or counts come in, an `Estimate` in [0, 1] goes out; multiply by 100 only to print. Two shares are compared by
`crmrisk.satisfaction.proportion_comparison.compare_proportions`, which takes these estimates as they are.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Literal, TypeAlias, get_args

import numpy as np

from crmrisk.core.arguments import check_choice, checked_level, is_whole
from crmrisk.core.arrays import LARGEST_COUNT
from crmrisk.core.errors import InvalidValueError, Problem
from crmrisk.satisfaction.answered import Design, answered_mean, check_scale, check_source, exclusion, tallied
from crmrisk.satisfaction.answers import rating_answers
from crmrisk.satisfaction.numerics import check_method
from crmrisk.satisfaction.proportions import ProportionMethod, proportion

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

    from crmrisk.core.arrays import BoolArray, FloatArray
    from crmrisk.core.estimate import Estimate
    from crmrisk.satisfaction.answered import AnswerCounts
    from crmrisk.satisfaction.flagging import Missing
    from crmrisk.satisfaction.survey_design import PopulationSizes

__all__ = ["Box", "box_answers", "csat", "share_of_column", "top_box"]

Box: TypeAlias = "int | Collection[int]"
"""The answers that count: how many from the end of the scale, or which."""


def top_box(
    answers: ArrayLike | None = None,
    *,
    lowest: int,
    highest: int,
    box: Box = 2,
    end: Literal["top", "bottom"] = "top",
    counts: AnswerCounts | None = None,
    effective_n: float | None = None,
    weights: ArrayLike | None = None,
    strata: ArrayLike | None = None,
    clusters: ArrayLike | None = None,
    population: PopulationSizes | None = None,
    method: ProportionMethod = "wilson",
    level: float = 0.95,
    missing: Missing = "error",
) -> Estimate:
    """Estimate the share of answers in the box, with its interval.

    Under weights, strata or clusters the share is ``sum w x / sum w`` with its design-based standard error, and the
    interval that of the same share of as many independent answers as would be as precise.

    Parameters
    ----------
    answers
        One whole number per row, ``(n_answers,)``; or give ``counts``.
    lowest, highest
        Ends of the scale, inclusive.
    box
        How many points of the scale count from its end, or the very answers that count.
    end
        Which end is meant: ``"top"`` the high answers, ``"bottom"`` the low ones.
    counts
        One count per point of the scale, lowest first, or a mapping from answer to count.
    effective_n
        What weighted ``counts`` are worth in equally weighted answers; their sum by default.
    weights, strata, clusters, population
        The survey's design, as for `crmrisk.satisfaction.survey_design.design_mean`.
    method
        The interval, as in `crmrisk.satisfaction.proportions.proportion`: ``"wilson"``, ``"jeffreys"``, or
        ``"clopper-pearson"`` where the wording is a guarantee.
    level
        Nominal coverage.
    missing
        ``"error"`` refuses missing answers, ``"exclude"`` leaves them out and says how many in the warnings.

    Returns
    -------
    The estimate, in [0, 1]; its value is ``None`` without answers.

    Raises
    ------
    RecordError
        If answers are off the scale (named with row and count) or missing, or the design unusable.
    InvalidValueError
        If neither or both of answers and counts are given, or counts, scale, box, method or level are not valid.

    References
    ----------
    Brown, L. D., Cai, T. T. and DasGupta, A. (2001). *Statistical Science* 16. Korn, E. L. and Graubard, B. I. (1998).
    *Survey Methodology* 24 (effective n).

    Examples
    --------
    >>> print(top_box([7, 6, 5, 7, 3, 6], lowest=1, highest=7))
    0.6667 [0.3, 0.9032] (95 % wilson, n 6)
    >>> print(top_box(counts={1: 20, 9: 30, 10: 50}, lowest=1, highest=10, box=1))
    0.5 [0.4038, 0.5962] (95 % wilson, n 100)
    """
    design = Design(weights, strata, clusters, population)
    check_source(answers, counts, design, effective_n, where="top_box")
    boxed = box_answers(box, lowest=lowest, highest=highest, end=end)
    if counts is not None:
        points, number = tallied(counts, lowest, highest)
        inside = float(number[np.isin(points, boxed)].sum())
        return proportion(inside, float(number.sum()), method=method, level=level, effective_n=effective_n)
    column: Any = answers
    values = rating_answers(column, lowest=lowest, highest=highest, missing=missing)
    return share_of_column(np.isin(values, boxed), np.isnan(values), design, method=method, level=level)


def csat(
    answers: ArrayLike | None = None,
    *,
    lowest: int = 1,
    highest: int = 5,
    box: Box = 2,
    counts: AnswerCounts | None = None,
    effective_n: float | None = None,
    weights: ArrayLike | None = None,
    strata: ArrayLike | None = None,
    clusters: ArrayLike | None = None,
    population: PopulationSizes | None = None,
    method: ProportionMethod = "wilson",
    level: float = 0.95,
    missing: Missing = "error",
) -> Estimate:
    """Estimate customer satisfaction (CSAT): the share of satisfied answers, 4 and 5 of 5 unless told otherwise.

    Parameters
    ----------
    answers
        One whole number per row, ``(n_answers,)``; or give ``counts``.
    lowest, highest, box, counts, effective_n, weights, strata, clusters, population, method, level, missing
        As for `top_box`.

    Returns
    -------
    The estimate, in [0, 1]; its value is ``None`` without answers.

    Raises
    ------
    RecordError
        If answers are off the scale (named with row and count) or missing, or the design unusable.
    InvalidValueError
        If neither or both of answers and counts are given, or counts, scale, box, method or level are not valid.

    Examples
    --------
    >>> print(csat([5, 4, 4, 2, 5, 3, None], missing="exclude"))
    0.6667 [0.3, 0.9032] (95 % wilson, n 6)
    >>> print(csat(counts=[2, 4, 24, 100, 133]))
    0.8859 [0.8418, 0.9189] (95 % wilson, n 263)
    """
    return top_box(
        answers,
        lowest=lowest,
        highest=highest,
        box=box,
        counts=counts,
        effective_n=effective_n,
        weights=weights,
        strata=strata,
        clusters=clusters,
        population=population,
        method=method,
        level=level,
        missing=missing,
    )


def box_answers(box: Box, *, lowest: int, highest: int, end: Literal["top", "bottom"] = "top") -> tuple[int, ...]:
    """List the answers of a box.

    Parameters
    ----------
    box
        How many points of the scale count from its end, or the very answers that count.
    lowest, highest
        Ends of the scale, inclusive.
    end
        Which end is meant where only the number of points is given.

    Returns
    -------
    The answers, ascending; never none and never all of the scale.

    Raises
    ------
    InvalidValueError
        If scale or end are not valid, or the box is empty, the whole scale or off it.

    Examples
    --------
    >>> box_answers(2, lowest=1, highest=5), box_answers((9, 10), lowest=0, highest=10)
    ((4, 5), (9, 10))
    """
    check_scale(lowest, highest)
    check_choice(end, ("top", "bottom"), where="end", what="no such end")
    points = tuple(range(lowest, highest + 1))
    inside = _points(box, points, end)
    if not 0 < len(inside) < len(points) or not set(inside) <= set(points):
        allowed = f"1 to {len(points) - 1} points, or answers among {lowest} to {highest} but not all"
        raise InvalidValueError(Problem(what="no box", where="box", allowed=allowed, got=repr(box)[:200]))
    return inside


def share_of_column(
    inside: BoolArray, absent: BoolArray, design: Design, *, method: ProportionMethod = "wilson", level: float = 0.95
) -> Estimate:
    """Estimate the share of checked answers that are inside a box; see `top_box`.

    Parameters
    ----------
    inside, absent
        Which answers count, and which are missing, ``(n_answers,)``.
    design
        How they were drawn.
    method, level
        The interval and its nominal coverage.

    Returns
    -------
    The estimate, in [0, 1].

    Raises
    ------
    RecordError
        If the design is not usable.
    InvalidValueError
        If method, level or a population are not valid.

    Examples
    --------
    >>> print(share_of_column(np.array([True, False, True]), np.zeros(3, dtype=bool), Design()))
    0.6667 [0.2077, 0.9385] (95 % wilson, n 3)
    """
    method = check_method(method, get_args(ProportionMethod))
    checked_level(level)
    if design.simple:
        found = proportion(int((inside & ~absent).sum()), int((~absent).sum()), method=method, level=level)
        return replace(found, warnings=(*found.warnings, *exclusion(int(absent.sum()))))
    values: FloatArray = np.where(absent, np.nan, inside)
    return _designed(values, design, method, level)


def _designed(values: FloatArray, design: Design, method: ProportionMethod, level: float) -> Estimate:
    mean, excluded = answered_mean(values, design)
    if mean.value is None:
        found = proportion(0, 0, method=method, level=level)
    else:
        share = min(max(mean.value, 0.0), 1.0)  # rounding can leave [0, 1]
        weights_alone = design.strata is None and design.clusters is None and design.population is None
        # one heavy answer would seem to be sure of itself: weights alone make no answers
        worth = min(mean.effective_n, mean.n if weights_alone else LARGEST_COUNT)
        found = proportion(share * mean.n, mean.n, method=method, level=level, effective_n=worth)
        found = replace(found, standard_error=mean.standard_error)
    return replace(found, warnings=(*found.warnings, *exclusion(excluded), *mean.warnings))


def _points(box: Any, points: tuple[int, ...], end: str) -> tuple[int, ...]:
    if is_whole(box):
        if not 0 < box < len(points):
            return ()
        return points[-box:] if end == "top" else points[:box]
    if isinstance(box, Collection) and not isinstance(box, str | bytes) and all(is_whole(answer) for answer in box):
        return tuple(sorted({int(answer) for answer in box}))
    return ()
