"""From answers to their mean under the survey's design: what is missing leaves with its weight, stratum and cluster.

Means, top boxes, effort, service quality and the satisfaction index all take their numbers through here, from answers
or from counts of them.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

import numpy as np

from crmrisk.core.arguments import is_number, is_whole
from crmrisk.core.arrays import LARGEST_COUNT
from crmrisk.core.errors import InvalidValueError, Problem, RecordError
from crmrisk.core.row_names import refuse_other_order
from crmrisk.satisfaction.answers import one_column
from crmrisk.satisfaction.survey_design import DesignMean, design_mean, mean_of_nothing

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import ArrayLike, NDArray

    from crmrisk.core.arrays import BoolArray, FloatArray
    from crmrisk.satisfaction.survey_design import PopulationSizes

__all__ = ["AnswerCounts", "Design", "answered_mean", "check_scale", "check_source", "exclusion", "tallied"]

AnswerCounts: TypeAlias = "Mapping[float, float] | Sequence[float]"
"""How often each answer was given: answer to count, or one count per point of the scale, lowest first."""

_FAR_ENDS = 100_000  # no scale is longer, and its points must fit into memory


class Design(NamedTuple):
    """Hold how a sample was drawn, as callers give it.

    Parameters
    ----------
    weights, strata, clusters, population
        As for `crmrisk.satisfaction.survey_design.design_mean`.

    Examples
    --------
    >>> Design().simple
    True
    """

    weights: ArrayLike | None = None
    strata: ArrayLike | None = None
    clusters: ArrayLike | None = None
    population: PopulationSizes | None = None

    @property
    def simple(self) -> bool:
        """Whether every answer was drawn alone and counts the same."""
        return all(part is None for part in self)

    def rows(self, used: BoolArray) -> Design:
        """Keep the rows that are used.

        Parameters
        ----------
        used
            Which rows, ``(n_answers,)``.

        Raises
        ------
        RecordError
            If a column is not one value per answer.

        Examples
        --------
        >>> Design(weights=[1, 2]).rows(np.array([False, True])).weights
        array([2])
        """
        return self._replace(
            weights=_kept(self.weights, used, "weights"),
            strata=_kept(self.strata, used, "strata"),
            clusters=_kept(self.clusters, used, "clusters"),
        )


def answered_mean(values: FloatArray, design: Design) -> tuple[DesignMean, int]:
    """Estimate the mean of what was answered.

    Parameters
    ----------
    values
        One number per answer, NaN where missing, ``(n_answers,)``.
    design
        How they were drawn.

    Returns
    -------
    The mean, and how many answers were missing.

    Raises
    ------
    RecordError
        If weights, strata or clusters are not one per answer or not usable.
    InvalidValueError
        If a population is not usable.

    Examples
    --------
    >>> found, missing = answered_mean(np.array([1.0, np.nan, 3.0]), Design(weights=[1, 5, 1]))
    >>> found.value, missing
    (2.0, 1)
    """
    used = ~np.isnan(values)
    missing = int(values.size - used.sum())
    if missing:
        design, values = design.rows(used), values[used]
    if not values.size:
        return mean_of_nothing(), missing
    return design_mean(values, **design._asdict()), missing


def exclusion(missing: int) -> tuple[str, ...]:
    """Say how many missing answers were left out.

    Parameters
    ----------
    missing
        Their number.

    Examples
    --------
    >>> exclusion(2)
    ('2 missing answers excluded',)
    """
    return (f"{missing} missing answer{'' if missing == 1 else 's'} excluded",) if missing else ()


def check_scale(lowest: int, highest: int) -> None:
    """Refuse ends that make no scale.

    Parameters
    ----------
    lowest, highest
        Whole numbers in order.

    Raises
    ------
    InvalidValueError
        If they are not.

    Examples
    --------
    >>> check_scale(1, 5)
    """
    if not is_whole(lowest) or not is_whole(highest) or not -_FAR_ENDS <= lowest < highest <= _FAR_ENDS:
        got = f"{lowest!r} to {highest!r}"[:200]
        allowed = f"whole numbers, {-_FAR_ENDS} <= lowest < highest <= {_FAR_ENDS}"
        raise InvalidValueError(Problem(what="no scale", where="lowest, highest", allowed=allowed, got=got))


def check_source(answers: object, counts: object, design: Design, effective_n: float | None, *, where: str) -> None:
    """Refuse answers beside counts, neither, or a design beside counts.

    Parameters
    ----------
    answers, counts
        One of them is ``None``.
    design
        Belongs to answers.
    effective_n
        Belongs to counts.
    where
        The estimator.

    Raises
    ------
    InvalidValueError
        If the arguments do not belong together.

    Examples
    --------
    >>> check_source([1, 2], None, Design(), None, where="mean_score")
    """
    problems = []
    if (answers is None) == (counts is None):
        problems.append(Problem(what="give either answers or counts", where=where))
    if counts is not None and not design.simple:
        remedy = "pass sums of weights as counts and their effective_n"
        problems.append(Problem(what="weights, strata, clusters and population belong to answers", remedy=remedy))
    if effective_n is not None and (
        answers is not None or not is_number(effective_n) or not 0.0 < effective_n <= LARGEST_COUNT
    ):
        allowed = "a positive number, beside counts"
        problems.append(Problem(what="no effective n", where="effective_n", allowed=allowed, got=str(effective_n)))
    if problems:
        raise InvalidValueError(*problems)
    refuse_other_order(answers=answers, weights=design.weights, strata=design.strata, clusters=design.clusters)


def tallied(
    counts: AnswerCounts, lowest: int | None = None, highest: int | None = None
) -> tuple[FloatArray, FloatArray]:
    """Read counts of answers.

    Parameters
    ----------
    counts
        Answer to count (a mapping, or what ``value_counts`` of pandas gives), or, on a scale, one count per point from
        the lowest on.
    lowest, highest
        Ends of the scale, if there is one.

    Returns
    -------
    The distinct answers and how often each was given, ``(n_values,)`` both.

    Raises
    ------
    InvalidValueError
        If counts are no finite numbers of at least 0, or answers off the scale.

    Examples
    --------
    >>> tallied([2, 0, 5], 1, 3)
    (array([1., 2., 3.]), array([2., 0., 5.]))
    """
    points = [] if lowest is None or highest is None else list(range(lowest, highest + 1))
    answers, numbers = _pairs(counts, points)
    off = [answer for answer in answers if not is_number(answer) or math.isinf(answer)]
    off = off or [answer for answer in answers if points and answer not in points]
    bad = [count for count in numbers if not is_number(count) or not 0.0 <= count <= LARGEST_COUNT]
    if off or bad:
        allowed = f"answers {lowest} to {highest}" if points else "numbers"
        problems = [Problem(what="answers off the scale", where="counts", allowed=allowed, got=repr(off)[:200])]
        wrong = [Problem(what="no counts", where="counts", allowed="finite numbers >= 0", got=repr(bad)[:200])]
        raise InvalidValueError(*(problems if off else []), *(wrong if bad else []))
    return np.array(answers, dtype=np.float64), np.array(numbers, dtype=np.float64)


def _pairs(counts: AnswerCounts, points: list[int]) -> tuple[list[Any], list[Any]]:
    if isinstance(counts, Mapping):
        return list(counts.keys()), list(counts.values())
    labels: Any = getattr(counts, "index", None)
    named = labels.tolist() if hasattr(labels, "tolist") else []
    if named != list(range(len(named))):  # value_counts of pandas is not in the order of the scale
        return named, np.asarray(counts).tolist()
    try:
        numbers = np.asarray(counts).tolist()
    except ValueError:
        numbers = None
    if not isinstance(numbers, list) or len(numbers) != len(points):
        allowed = "a mapping from answer to count" + (f", or {len(points)} counts, lowest first" if points else "")
        raise InvalidValueError(Problem(what="no counts", where="counts", allowed=allowed, got=repr(counts)[:200]))
    return points, numbers


def _kept(values: ArrayLike | None, used: BoolArray, name: str) -> NDArray[Any] | None:
    if values is None:
        return None
    column = one_column(values, name)
    if column.shape != used.shape:
        got = f"shape {column.shape}"
        raise RecordError(Problem(what="not one per answer", where=name, allowed=str(used.size), got=got))
    return column[used]
