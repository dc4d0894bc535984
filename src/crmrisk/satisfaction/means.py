"""Means of rating answers with Student's interval, from answers or from counts of each distinct answer."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from crmrisk.core.arguments import checked_level, is_number
from crmrisk.core.arrays import LARGEST_COUNT, LARGEST_NUMBER
from crmrisk.core.errors import InvalidValueError, Problem
from crmrisk.core.estimate import Estimate
from crmrisk.satisfaction.answered import Design, answered_mean, check_scale, check_source, exclusion, tallied
from crmrisk.satisfaction.answers import number_answers, rating_answers
from crmrisk.satisfaction.binomial_counts import finite_columns
from crmrisk.satisfaction.numerics import student_quantile

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

    from crmrisk.core.arrays import FloatArray
    from crmrisk.satisfaction.answered import AnswerCounts
    from crmrisk.satisfaction.flagging import Missing
    from crmrisk.satisfaction.survey_design import DesignMean, PopulationSizes

__all__ = ["mean_of_column", "mean_of_counts", "mean_score", "within"]


def mean_score(
    answers: ArrayLike | None = None,
    *,
    counts: AnswerCounts | None = None,
    effective_n: float | None = None,
    lowest: int | None = None,
    highest: int | None = None,
    weights: ArrayLike | None = None,
    strata: ArrayLike | None = None,
    clusters: ArrayLike | None = None,
    population: PopulationSizes | None = None,
    level: float = 0.95,
    missing: Missing = "error",
) -> Estimate:
    """Estimate a mean answer with its t interval, which ends where the scale does.

    The standard error is that of the survey's design (Taylor linearisation); without weights, strata or clusters it is
    ``s/sqrt(n)``. The degrees of freedom of t are the units drawn less their strata.

    Parameters
    ----------
    answers
        One answer per row, ``(n_answers,)``; or give ``counts``.
    counts
        Answer to count; where the scale is given, also one count per point of it, lowest first.
    effective_n
        What weighted ``counts`` are worth in equally weighted answers; their sum by default.
    lowest, highest
        Ends of a scale of whole numbers, inclusive; without them any finite number is an answer.
    weights, strata, clusters, population
        The survey's design, as for `crmrisk.satisfaction.survey_design.design_mean`.
    level
        Nominal coverage.
    missing
        ``"error"`` refuses missing answers, ``"exclude"`` leaves them out and says how many in the warnings.

    Returns
    -------
    The estimate in the unit of the answers; its value is ``None`` without answers, its interval with fewer than two.

    Raises
    ------
    RecordError
        If answers are off the scale (named with row and count) or missing, or the design unusable.
    InvalidValueError
        If neither or both of answers and counts are given, or counts, scale or level are not valid.

    References
    ----------
    Student (1908). The probable error of a mean. *Biometrika* 6. Lumley, T. (2010). *Complex Surveys*, section 2.2.

    Examples
    --------
    >>> print(mean_score([5, 6, 7, 4, 6], lowest=1, highest=7))
    5.6 [4.184, 7] (95 % t, n 5)
    >>> print(mean_score([5, 6, 7, 4], weights=[1, 2, 1, 1]))
    5.6 [3.873, 7.327] (95 % t, n 4)
    """
    design = Design(weights, strata, clusters, population)
    check_source(answers, counts, design, effective_n, where="mean_score")
    _check_ends(lowest, highest)
    if counts is not None:
        found = mean_of_counts(*tallied(counts, lowest, highest), level=level, effective_n=effective_n)
    else:
        found = mean_of_column(_read(answers, lowest, highest, missing), design, level=level)
    return found if lowest is None or highest is None else within(found, lowest, highest)


def mean_of_column(values: FloatArray, design: Design, *, level: float = 0.95) -> Estimate:
    """Estimate the mean of checked answers; see `mean_score`.

    Parameters
    ----------
    values
        One number per answer, NaN where missing, ``(n_answers,)``.
    design
        How they were drawn.
    level
        Nominal coverage.

    Returns
    -------
    The estimate, in the unit of the answers.

    Raises
    ------
    RecordError
        If the design is not usable.
    InvalidValueError
        If the level or a population is not valid.

    Examples
    --------
    >>> print(mean_of_column(np.array([1.0, 2.0, np.nan, 3.0]), Design()))
    2 [-0.4841, 4.484] (95 % t, n 3)
    """
    checked_level(level)
    found, excluded = answered_mean(values, design)
    if found.value is None:
        warnings = ("no answers", *exclusion(excluded))
        return Estimate(value=None, level=level, method="t", n=0, effective_n=0, warnings=warnings)
    half = _half_width(found, level)
    return Estimate(
        value=found.value,
        standard_error=found.standard_error,
        low=None if half is None else found.value - half,
        high=None if half is None else found.value + half,
        level=level,
        method="t",
        n=found.n,
        effective_n=found.n if design.simple else min(found.effective_n, LARGEST_COUNT),  # infinite for a census
        warnings=(*exclusion(excluded), *found.warnings),
    )


def within(estimate: Estimate, lowest: float, highest: float) -> Estimate:
    """Cut an interval to what can be.

    Parameters
    ----------
    estimate
        A number that cannot lie beyond the ends.
    lowest, highest
        The ends.

    Returns
    -------
    The estimate with its limits cut.

    Examples
    --------
    >>> print(within(Estimate(value=4.5, low=3.8, high=5.2, method="t", n=4), 1, 5))
    4.5 [3.8, 5] (95 % t, n 4)
    """
    if estimate.low is None or estimate.high is None:
        return estimate
    return replace(estimate, low=max(estimate.low, float(lowest)), high=min(estimate.high, float(highest)))


def _half_width(found: DesignMean, level: float) -> float | None:
    if found.standard_error is None:
        return None
    if found.standard_error == 0.0:
        return 0.0
    return (
        None
        if found.degrees_of_freedom < 1
        else student_quantile(level, found.degrees_of_freedom) * found.standard_error
    )


def _read(answers: ArrayLike | None, lowest: int | None, highest: int | None, missing: Missing) -> FloatArray:
    column = np.array([]) if answers is None else answers
    if lowest is None or highest is None:
        return number_answers(column, missing=missing)
    return rating_answers(column, lowest=lowest, highest=highest, missing=missing)


def _check_ends(lowest: int | None, highest: int | None) -> None:
    if lowest is not None and highest is not None:
        check_scale(lowest, highest)
    elif lowest is not None or highest is not None:
        what, got = "half a scale", f"{lowest!r} to {highest!r}"
        raise InvalidValueError(Problem(what=what, where="lowest, highest", allowed="both or neither", got=got))


def mean_of_counts(
    values: ArrayLike, counts: ArrayLike, *, level: float = 0.95, effective_n: float | None = None
) -> Estimate:
    """Estimate a mean with its t interval from how often each value was answered.

    Parameters
    ----------
    values
        The distinct values, ``(n_values,)``.
    counts
        How often each was answered, ``(n_values,)``.
    level
        Nominal coverage.
    effective_n
        What weighted counts are worth in equally weighted answers; their sum by default.

    Returns
    -------
    The estimate in the unit of the values; its value is ``None`` without answers, its interval with fewer than two.

    Raises
    ------
    InvalidValueError
        If values or counts are no numbers or of different lengths, a count or effective n is negative or absurdly
        large, or the level is not strictly between 0 and 1.

    Examples
    --------
    >>> print(mean_of_counts([1, 2, 3], [2, 2, 6]))
    2.4 [1.797, 3.003] (95 % t, n 10)
    """
    value, count = _checked_tally(values, counts, effective_n)
    checked_level(level)
    n = float(count.sum())
    if n <= 0.0:
        return Estimate(value=None, level=level, method="t", n=0, effective_n=0, warnings=("no answers",))
    mean = float((value * count).sum() / n)
    worth = n if effective_n is None else float(effective_n)
    if worth <= 1.0:
        return Estimate(value=mean, level=level, method="t", n=n, effective_n=worth)
    error = (float((count * (value - mean) ** 2).sum()) / n / (worth - 1.0)) ** 0.5
    half = student_quantile(level, worth - 1.0) * error
    return Estimate(
        value=mean,
        standard_error=error,
        low=mean - half,
        high=mean + half,
        level=level,
        method="t",
        n=n,
        effective_n=worth,
    )


def _checked_tally(values: ArrayLike, counts: ArrayLike, effective_n: object) -> tuple[FloatArray, FloatArray]:
    value, count = finite_columns(values, counts, where=("values", "counts"))
    problems = []
    if not (np.abs(value) <= LARGEST_NUMBER).all():
        problems.append(Problem(what="not such numbers", where="values", allowed="known, at most 1e140 in size"))
    if not ((count >= 0.0) & (count <= LARGEST_COUNT)).all():
        problems.append(Problem(what="no counts", where="counts", allowed="0 to 2^53 each"))
    if effective_n is not None and not (is_number(effective_n) and 0.0 <= effective_n <= LARGEST_COUNT):  # type: ignore[operator] # it is a number by then
        got = repr(effective_n)[:100]
        problems.append(Problem(what="no size", where="effective_n", allowed="0 to 2^53", got=got))
    if problems:
        raise InvalidValueError(*problems)
    return value, count
