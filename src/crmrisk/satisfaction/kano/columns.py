"""The front desk of a Kano survey: columns of answers become counts per requirement and segment, or a clear error."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

import numpy as np

from crmrisk.core.errors import Problem, RecordError
from crmrisk.satisfaction.answers import distinct_answers, rating_answers, survey_weights
from crmrisk.satisfaction.flagging import Missing, flag_answers, rows_listed
from crmrisk.satisfaction.kano.design import design_effective_n
from crmrisk.satisfaction.kano.table import STANDARD_TABLE, EvaluationTable, answer_codes
from crmrisk.satisfaction.segments import in_order

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from numpy.typing import ArrayLike, NDArray

    from crmrisk.core.arrays import BoolArray, FloatArray, IntArray, ObjectArray
    from crmrisk.satisfaction.kano.answers import AnswerScale
    from crmrisk.satisfaction.survey_design import PopulationSizes

__all__ = ["KanoCell", "SurveyColumns", "Tally", "survey_cells"]

Read = TypeVar("Read")


class SurveyColumns(NamedTuple):
    """Hold the columns of a survey as the caller gave them, one row per respondent and requirement.

    Parameters
    ----------
    requirement, functional, dysfunctional
        Which requirement the row is about and the two answers, ``(n_answers,)``.
    importance, weights, respondent, segment, strata, clusters
        Further columns, ``(n_answers,)``, or ``None``.
    population
        Units in the population, by stratum where there are strata.

    Examples
    --------
    >>> SurveyColumns(["x"], [1], [5]).weights is None
    True
    """

    requirement: ArrayLike
    functional: ArrayLike
    dysfunctional: ArrayLike
    importance: ArrayLike | None = None
    weights: ArrayLike | None = None
    respondent: ArrayLike | None = None
    segment: ArrayLike | None = None
    strata: ArrayLike | None = None
    clusters: ArrayLike | None = None
    population: PopulationSizes | None = None


class Tally(NamedTuple):
    """Hold how often each of some answers was given, and what that is worth.

    Parameters
    ----------
    counts
        Counts; sums of weights scaled to add up to the number of respondents.
    effective_n
        How many equally weighted respondents they are worth; ``None`` without weights.

    Examples
    --------
    >>> Tally(np.array([3.0, 1.0]), 2.5).worth
    array([1.875, 0.625])
    """

    counts: FloatArray
    effective_n: float | None = None

    @property
    def worth(self) -> FloatArray:
        """The counts in equally weighted respondents."""
        n = float(self.counts.sum())
        return self.counts if self.effective_n is None or not n else self.counts * (self.effective_n / n)


class KanoCell(NamedTuple):
    """Hold what was answered about one requirement in one segment.

    Parameters
    ----------
    name, segment
        The requirement and the segment, ``None`` where all respondents are together.
    pairs
        How often each pair was answered, ``(5, 5)``.
    importance
        How often each importance 1 to 9 was stated, ``(9,)``, or ``None``.
    pairs_by_importance
        The pairs with every respondent weighted by the importance stated, ``(5, 5)``, or ``None``.
    missing
        How many respondents left one of the two answers out.

    Examples
    --------
    >>> KanoCell("x", None, Tally(np.ones((5, 5)))).missing
    0
    """

    name: str
    segment: Any
    pairs: Tally
    importance: Tally | None = None
    pairs_by_importance: Tally | None = None
    missing: int = 0


class _Answers(NamedTuple):
    """Columns that were read and checked; rows of weight zero are gone."""

    groups: list[tuple[str, Any]]
    place: IntArray
    functional: IntArray
    dysfunctional: IntArray
    importance: FloatArray | None
    weights: FloatArray | None
    strata: ObjectArray | None = None
    clusters: IntArray | None = None


def survey_cells(
    columns: SurveyColumns, *, scale: AnswerScale, table: EvaluationTable = STANDARD_TABLE, missing: Missing = "exclude"
) -> list[KanoCell]:
    """Count the answers about every requirement in every segment.

    Parameters
    ----------
    columns
        The survey.
    scale
        How wordings map to answers.
    table
        The evaluation table, by whose categories strata and clusters are judged.
    missing
        ``"exclude"`` leaves a row out where one of its two answers is missing, and counts it; ``"error"`` refuses.

    Returns
    -------
    What was answered, sorted by requirement and segment.

    Raises
    ------
    RecordError
        If columns are not readable (named with rows and count), not of one length, an answer is missing and that is an
        error, or a respondent answered about one requirement twice.
    InvalidValueError
        If there is no such policy.

    Examples
    --------
    >>> from crmrisk.satisfaction.kano.answers import STANDARD_SCALE
    >>> cells = survey_cells(SurveyColumns(["x", "x"], [1, 2], [5, None]), scale=STANDARD_SCALE)
    >>> int(cells[0].pairs.counts.sum()), cells[0].missing
    (1, 1)
    """
    answers = _read(columns, scale, missing)
    size, both = len(answers.groups), (answers.functional > 0) & (answers.dysfunctional > 0)
    cell = (answers.functional - 1) * 5 + answers.dysfunctional - 1
    pairs = _tallies(answers, cell, both, (5, 5), answers.weights)
    if columns.strata is not None or columns.clusters is not None or columns.population is not None:
        pairs = _designed(pairs, answers, table.positions().ravel()[cell], both, columns)
    importance: list[Tally | None] = [None] * size
    by_importance: list[Tally | None] = [None] * size
    if answers.importance is not None:
        stated = ~np.isnan(answers.importance)
        level = np.where(stated, answers.importance, 1.0).astype(np.int64)
        importance = [*_tallies(answers, level - 1, stated, (9,), answers.weights)]
        weights = level if answers.weights is None else level * answers.weights
        by_importance = [*_tallies(answers, cell, both & stated, (5, 5), weights.astype(np.float64))]
    left_out = np.bincount(answers.place[~both], minlength=size).tolist()
    found = zip(answers.groups, pairs, importance, by_importance, left_out, strict=True)
    cells = [KanoCell(*group, *tallies) for group, *tallies in found]
    segments = list(dict.fromkeys(each.segment for each in cells))
    rank = {segments[place]: position for position, place in enumerate(in_order(segments))}
    return sorted(cells, key=lambda each: (each.name, rank[each.segment]))


def _tallies(
    answers: _Answers, cell: IntArray, used: BoolArray, shape: tuple[int, ...], weights: FloatArray | None
) -> list[Tally]:
    width, size = int(np.prod(shape)), len(answers.groups)
    place = answers.place[used]
    weighing = np.ones(place.size) if weights is None else weights[used]
    sums = np.bincount(place * width + cell[used], weights=weighing, minlength=size * width).reshape(size, *shape)
    if weights is None:
        return [Tally(each) for each in sums]
    n = np.bincount(place, minlength=size).astype(np.float64)
    total, squares = (np.bincount(place, weights=w, minlength=size) for w in (weighing, weighing * weighing))
    answered = np.where(n > 0.0, total, 1.0)
    effective = total * total / np.where(n > 0.0, squares, 1.0)
    return [
        Tally(each * factor, worth or None)
        for each, factor, worth in zip(sums, n / answered, effective.tolist(), strict=True)
    ]


def _read(columns: SurveyColumns, scale: AnswerScale, missing: Missing) -> _Answers:
    problems: list[Problem] = []
    names = _attempt(problems, lambda: _names(columns.requirement))
    sides = _attempt(
        problems, lambda: answer_codes(columns.functional, columns.dysfunctional, scale=scale, missing=missing)
    )
    ratings = _attempt(problems, lambda: _importance(columns.importance))
    segments = _attempt(problems, lambda: _labels(columns.segment, "by"))
    respondents = _attempt(problems, lambda: _labels(columns.respondent, "respondent"))
    strata = _attempt(problems, lambda: _labels(columns.strata, "strata"))
    clusters = _attempt(problems, lambda: _labels(columns.clusters, "clusters"))
    if problems or names is None or sides is None:
        raise RecordError(*problems)
    labels = {"by": segments, "respondent": respondents, "strata": strata, "clusters": clusters}
    columns_read = {"importance": ratings, **{name: each and each[0] for name, each in labels.items()}}
    _check_lengths({"requirement": names[0], "functional, dysfunctional": sides[0], **columns_read})
    weights = None if columns.weights is None else survey_weights(columns.weights, names[0].size)
    groups, place = _groups(names, segments)
    if respondents is not None:
        _refuse_repeats(place, respondents[0])
    answers = _Answers(groups, place, *sides, ratings, weights, _by_name(strata), clusters and clusters[0])
    return answers if weights is None or weights.all() else _without_zero_weights(answers, weights > 0.0)


def _attempt(problems: list[Problem], read: Callable[[], Read]) -> Read | None:
    try:
        return read()
    except RecordError as error:
        problems.extend(error.problems)
        return None


def _names(requirement: ArrayLike) -> tuple[IntArray, list[str]]:
    column, places, distinct = distinct_answers(requirement, "requirement")
    unnamed = np.array([*(not isinstance(name, str) or not name.strip() for name in distinct), True])
    problems = flag_answers(column, unnamed[places], where="requirement", allowed="the name of a requirement")
    if problems:
        raise RecordError(*problems)
    return places, distinct


def _importance(importance: ArrayLike | None) -> FloatArray | None:
    if importance is None:
        return None
    return rating_answers(importance, lowest=1, highest=9, missing="exclude", where="importance")


def _labels(labels: ArrayLike | None, where: str) -> tuple[IntArray, list[Any]] | None:
    if labels is None:
        return None
    _, places, distinct = distinct_answers(labels, where)
    rows = np.flatnonzero(places < 0)
    if rows.size:
        raise RecordError(Problem(what=f"{rows.size} missing, {rows_listed(rows)}", where=where))
    return places, distinct


def _by_name(labels: tuple[IntArray, list[Any]] | None) -> ObjectArray | None:
    """Give strata back under their names: populations are given by them."""
    if labels is None:
        return None
    names: ObjectArray = np.empty(len(labels[1]), dtype=object)
    names[:] = labels[1]
    return names[labels[0]]


def _check_lengths(columns: Mapping[str, FloatArray | IntArray | None]) -> None:
    sizes = {name: column.size for name, column in columns.items() if column is not None}
    if len(set(sizes.values())) > 1:
        got = ", ".join(f"{name} {size}" for name, size in sizes.items())
        raise RecordError(Problem(what="columns are not of one length", where=", ".join(sizes), got=got))


def _groups(
    names: tuple[IntArray, list[str]], segments: tuple[IntArray, list[Any]] | None
) -> tuple[list[tuple[str, Any]], IntArray]:
    if segments is None:
        return [(name, None) for name in names[1]], names[0]
    found, place = np.unique(names[0] * len(segments[1]) + segments[0], return_inverse=True)
    groups = [(names[1][code // len(segments[1])], segments[1][code % len(segments[1])]) for code in found.tolist()]
    return groups, place.astype(np.int64)


def _refuse_repeats(place: IntArray, respondent: IntArray) -> None:
    if not place.size:
        return
    key = place * (int(respondent.max()) + 1) + respondent
    _, first, count = np.unique(key, return_index=True, return_counts=True)
    repeated = first[count > 1]
    if repeated.size:
        rows = np.flatnonzero(np.isin(key, key[repeated]))
        what = f"somebody answered about one requirement more than once, {rows_listed(rows)}"
        raise RecordError(Problem(what=what, where="respondent", remedy="keep one row per respondent and requirement"))


def _without_zero_weights(answers: _Answers, used: BoolArray) -> _Answers:
    columns = answers._asdict()
    del columns["groups"]
    return answers._replace(**{name: column[used] for name, column in columns.items() if column is not None})


def _designed(
    pairs: list[Tally], answers: _Answers, categories: IntArray, used: BoolArray, columns: SurveyColumns
) -> list[Tally]:
    """Let strata, clusters and the population say what the answers of every group are worth."""
    if not pairs:
        return pairs
    order = np.argsort(np.where(used, answers.place, len(pairs)), kind="stable")
    ends = np.cumsum(np.bincount(answers.place[used], minlength=len(pairs)))
    parts = np.split(order[: int(ends[-1])], ends[:-1])
    return [
        tally._replace(
            effective_n=design_effective_n(
                categories[rows],
                weights=_part(answers.weights, rows),
                strata=_part(answers.strata, rows),
                clusters=_part(answers.clusters, rows),
                population=columns.population,
            )
        )
        if rows.size
        else tally
        for tally, rows in zip(pairs, parts, strict=True)
    ]


def _part(column: NDArray[Any] | None, rows: IntArray) -> NDArray[Any] | None:
    return None if column is None else column[rows]
