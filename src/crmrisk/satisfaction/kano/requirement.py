"""From answers to requirements: one typed record per requirement, with every uncertainty next to its number."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from crmrisk.core.arguments import is_whole, random_source_problems, refuse
from crmrisk.core.errors import Problem
from crmrisk.core.row_names import refuse_other_order
from crmrisk.satisfaction.kano.answers import STANDARD_SCALE, AnswerScale, answer_scale
from crmrisk.satisfaction.kano.columns import KanoCell, SurveyColumns, Tally, survey_cells
from crmrisk.satisfaction.kano.continuous import (
    DUMOUCHEL,
    ContinuousInterval,
    KanoPoints,
    answer_counts,
    mean_position,
    resampled_pairs,
)
from crmrisk.satisfaction.kano.policies import (
    Judgement,
    QuestionablePolicy,
    ReversePolicy,
    apply_policies,
    by_category,
    check_judgement,
    counts_of_pairs,
)
from crmrisk.satisfaction.kano.position import KanoPosition, position_of
from crmrisk.satisfaction.kano.record import Requirement
from crmrisk.satisfaction.kano.stability import CategoryProbabilities, probabilities_in
from crmrisk.satisfaction.kano.table import STANDARD_TABLE, EvaluationTable, KanoCategory, TableName, evaluation_table
from crmrisk.satisfaction.means import mean_of_counts

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import ArrayLike

    from crmrisk.core.arrays import FloatArray
    from crmrisk.core.estimate import Estimate
    from crmrisk.satisfaction.flagging import Missing
    from crmrisk.satisfaction.kano.counts import KanoCounts
    from crmrisk.satisfaction.kano.rules import ClassificationRule
    from crmrisk.satisfaction.survey_design import PopulationSizes

__all__ = [
    "FEW_RESPONDENTS",
    "QuestionablePolicy",
    "Requirement",
    "ReversePolicy",
    "kano_requirements",
    "requirement_from_pairs",
]

FEW_RESPONDENTS = 200
"""Below this many respondents, categories are unreliable (Chapman & Callegaro 2022)."""

_IMPORTANCE = np.arange(1.0, 10.0)
_DISTINGUISHABLE = 0.05


def kano_requirements(
    requirement: ArrayLike,
    functional: ArrayLike,
    dysfunctional: ArrayLike,
    *,
    importance: ArrayLike | None = None,
    weights: ArrayLike | None = None,
    strata: ArrayLike | None = None,
    clusters: ArrayLike | None = None,
    population: PopulationSizes | None = None,
    by: ArrayLike | None = None,
    respondent: ArrayLike | None = None,
    table: EvaluationTable | TableName = STANDARD_TABLE,
    scale: AnswerScale | Mapping[Any, str | int] = STANDARD_SCALE,
    rule: ClassificationRule = "mode",
    reverse: ReversePolicy = "exclude",
    questionable: QuestionablePolicy = "keep",
    points: KanoPoints = DUMOUCHEL,
    interval: ContinuousInterval = "t",
    level: float = 0.95,
    missing: Missing = "exclude",
    rng: np.random.Generator | None = None,
    replicates: int = 2000,
) -> tuple[Requirement, ...]:
    """Classify every requirement of a Kano survey, one row per respondent and requirement.

    Parameters
    ----------
    requirement
        Which requirement the row is about, ``(n_answers,)``.
    functional, dysfunctional
        Answers to "how do you feel if it is there" and "if it is not", ``(n_answers,)``.
    importance
        Self-stated importance, whole numbers 1 to 9, ``(n_answers,)``.
    weights
        Survey weights, ``(n_answers,)``. Counts become sums of weights that add up to the respondents; intervals, tests
        and resamples are those of Kish's effective number of respondents. Rows of weight 0 are not used.
    strata, clusters, population
        Survey design as in `design_mean`; the effective number of respondents then is that of the design.
    by
        Segment of the respondent, ``(n_answers,)``: every requirement then is judged within each segment.
    respondent
        Who answered, ``(n_answers,)``; where given, nobody may answer about one requirement twice.
    table
        The evaluation table, or its name (``"standard"``, ``"pouliot"``); the name stays with every result.
    scale
        How wordings map to answers: an `AnswerScale`, or a mapping from wording to answer.
    rule
        How counts become a category; see `categories_of_counts`.
    reverse
        ``"exclude"``: reverse answers stay out of better and worse. ``"net"``: better is ``(A + O - R)/(A + O + M + I +
        R)`` and worse ``-(O + M)`` over the same. ``"swap"``: where the rule finds a requirement reverse, its two
        questions change places, and everything said of it is about being *without* it; `Requirement.swapped` says so.
    questionable
        ``"keep"``: questionable answers are answers, in every percentage of all answers, and can be the category.
        ``"exclude"``: they are left out of everything and counted.
    points
        What each answer is worth in continuous analysis; `UNIT_SCALE` is `DUMOUCHEL` divided by 4.
    interval
        The interval of mean points: ``"t"`` or ``"bootstrap"``.
    level
        Nominal coverage of the intervals.
    missing
        ``"exclude"`` leaves a row out where one of its two answers is missing, and counts it; ``"error"`` refuses.
        Importance may be missing on its own.
    rng
        Source of randomness of the bootstrap; ``None`` starts the same way every time. Each requirement has its own
        stream, so that its probabilities do not depend on which others were asked.
    replicates
        Number of bootstrap samples.

    Returns
    -------
    The requirements, sorted by name and segment.

    Raises
    ------
    RecordError
        If requirements, answers or importances are not readable (named with rows and count), missing and that is an
        error, columns are not of one length, or a respondent answered about one requirement twice.
    InvalidValueError
        If level, rule or policy are not valid.

    Examples
    --------
    >>> secure, fast = kano_requirements(
    ...     ["secure", "secure", "fast", "fast"], [2, 1, 1, 1], [5, 5, 3, None]
    ... )[::-1]
    >>> secure.category.value, fast.category.value, fast.missing
    ('must_be', 'attractive', 1)
    """
    refuse(random_source_problems(rng, optional=True))
    how = Judgement(evaluation_table(table), rule, reverse, questionable, points, interval, level, replicates)
    check_judgement(how)
    columns = SurveyColumns(
        requirement, functional, dysfunctional, importance, weights, respondent, by, strata, clusters, population
    )
    refuse_other_order(**columns._replace(population=None)._asdict())
    entropy = 0 if rng is None else int(rng.integers(2**63))
    return tuple(
        _requirement(cell, how, np.random.default_rng([entropy, *_label(cell).encode()]))
        for cell in survey_cells(columns, scale=answer_scale(scale), table=how.table, missing=missing)
    )


def requirement_from_pairs(
    name: str,
    pairs: ArrayLike,
    *,
    importance: ArrayLike | None = None,
    effective_n: float | None = None,
    missing: int = 0,
    table: EvaluationTable | TableName = STANDARD_TABLE,
    rule: ClassificationRule = "mode",
    reverse: ReversePolicy = "exclude",
    questionable: QuestionablePolicy = "keep",
    points: KanoPoints = DUMOUCHEL,
    interval: ContinuousInterval = "t",
    level: float = 0.95,
    rng: np.random.Generator | None = None,
    replicates: int = 2000,
) -> Requirement:
    """Classify one requirement from the counts of its pairs of answers.

    Parameters
    ----------
    name
        The requirement.
    pairs
        How often each pair was answered, ``(5, 5)``: functional by dysfunctional answer, like to dislike.
    importance
        How often each importance 1 to 9 was answered, ``(9,)``.
    effective_n
        How many equally weighted respondents the pairs are worth; their sum by default.
    missing
        How many respondents left one of the two answers out.
    table
        The evaluation table, or its name.
    rule
        How counts become a category.
    reverse, questionable, points, interval
        See `kano_requirements`.
    level
        Nominal coverage of the intervals.
    rng
        Source of randomness of the bootstrap; ``None`` starts the same way every time.
    replicates
        Number of bootstrap samples.

    Returns
    -------
    The requirement.

    Raises
    ------
    InvalidValueError
        If the name, a count, level, rule or policy are not valid.

    Examples
    --------
    >>> import numpy as np
    >>> requirement_from_pairs("any", np.ones((5, 5))).counts.reverse
    7.0
    """
    how = Judgement(evaluation_table(table), rule, reverse, questionable, points, interval, level, replicates)
    check_judgement(how)
    refuse(_missing_problems(missing))
    stated = None if importance is None else Tally(answer_counts(importance, (9,), "importance"))
    tally = Tally(answer_counts(pairs, (5, 5), "pairs", effective_n), effective_n)
    return _requirement(KanoCell(name, None, tally, stated, None, missing), how, rng)


def _missing_problems(missing: object) -> list[Problem]:
    if is_whole(missing) and missing >= 0:  # type: ignore[operator] # it is a number by then
        return []
    allowed = "a whole number of respondents, at least 0"
    return [Problem(what="no count", where="missing", allowed=allowed, got=repr(missing)[:100])]


def _requirement(cell: KanoCell, how: Judgement, rng: np.random.Generator | None) -> Requirement:
    cell, left_out, swapped = apply_policies(cell, how)
    pairs, counts = cell.pairs, counts_of_pairs(cell.pairs, how.table)
    samples = resampled_pairs(pairs.worth, rng=rng, replicates=how.replicates) if counts.n else None
    categories = None if samples is None else by_category(samples, how.table)
    weighted = _weighted(cell.pairs_by_importance, how)
    return Requirement(
        name=cell.name,
        segment=cell.segment if isinstance(cell.segment, str | int | float | None) else str(cell.segment),
        counts=counts,
        category=counts.category(how.rule),
        rule=how.rule,
        table=how.table.name,
        position=_position(counts, categories, how),
        probability_of_category=_probabilities(categories, how.rule),
        leading_test=counts.leading_test(),
        continuous=mean_position(
            pairs.counts,
            pairs.worth,
            samples,
            scale=how.points,
            table=how.table,
            interval=how.interval,
            level=how.level,
        ),
        pairs=tuple(tuple(row) for row in pairs.counts.tolist()),  # type: ignore[arg-type] # five by five, as read
        importance=None if cell.importance is None else _mean_importance(cell.importance, how.level),
        importance_weighted_better=weighted[0],
        importance_weighted_worse=weighted[1],
        reverse=how.counting,
        missing=cell.missing,
        questionable_excluded=left_out,
        swapped=swapped,
        warnings=_warnings(counts, cell.missing, left_out, swapped=swapped),
    )


def _position(counts: KanoCounts, samples: FloatArray | None, how: Judgement) -> KanoPosition:
    better = counts.satisfaction_increase(level=how.level, reverse=how.counting)
    worse = counts.satisfaction_decrease(level=how.level, reverse=how.counting)
    if samples is None:
        return KanoPosition(better=better, worse=worse)
    return position_of(better, worse, counts.worth(), samples, how.counting)


def _probabilities(samples: FloatArray | None, rule: ClassificationRule) -> CategoryProbabilities:
    return CategoryProbabilities(**dict.fromkeys(KanoCategory)) if samples is None else probabilities_in(samples, rule)


def _weighted(pairs: Tally | None, how: Judgement) -> tuple[Estimate | None, Estimate | None]:
    if pairs is None:
        return None, None
    position = _position(counts_of_pairs(pairs, how.table), None, how)
    return position.better, position.worse


def _mean_importance(stated: Tally, level: float) -> Estimate:
    estimate = mean_of_counts(_IMPORTANCE, stated.worth, level=level)
    return estimate if stated.effective_n is None else replace(estimate, n=float(stated.counts.sum()))


def _warnings(counts: KanoCounts, missing: int, left_out: float, *, swapped: bool) -> tuple[str, ...]:
    worth = counts.n if counts.effective_n is None else counts.effective_n
    test = counts.leading_test()
    told = (
        (counts.n == 0, "no answers"),
        (0 < worth < FEW_RESPONDENTS, f"fewer than {FEW_RESPONDENTS} respondents: the category is unreliable"),
        (
            counts.n > 0 and test.p_value > _DISTINGUISHABLE,
            f"{test.first} and {test.second} cannot be told apart (exact p {test.p_value:.2g})",
        ),
        (missing > 0, f"{missing} respondent{'' if missing == 1 else 's'} with a missing answer excluded"),
        (left_out > 0, f"{left_out:g} questionable answer{'' if left_out == 1 else 's'} excluded"),
        (swapped, "reverse as asked: the two questions were swapped, so this is about being without it"),
    )
    return tuple(text for applies, text in told if applies)


def _label(cell: KanoCell) -> str:
    return cell.name if cell.segment is None else f"{cell.name}\0{cell.segment}"
