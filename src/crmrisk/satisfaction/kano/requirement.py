"""From answers to requirements: one typed record per requirement, with every uncertainty next to its number."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, TypeVar

import numpy as np
from pydantic.dataclasses import dataclass

from crmrisk.core.arguments import kind_problems, random_source_problems, refuse
from crmrisk.core.errors import Problem, RecordError
from crmrisk.core.estimate import Estimate
from crmrisk.core.measures import Name
from crmrisk.core.model import VALUE, Value
from crmrisk.satisfaction.answers import Missing, distinct_answers, flag_answers, rating_answers
from crmrisk.satisfaction.kano.answers import STANDARD_SCALE, AnswerScale
from crmrisk.satisfaction.kano.counts import KanoCounts, LeadingTest
from crmrisk.satisfaction.kano.rules import ClassificationRule
from crmrisk.satisfaction.kano.stability import CategoryProbabilities
from crmrisk.satisfaction.kano.table import STANDARD_TABLE, EvaluationTable, KanoCategory, answer_codes
from crmrisk.satisfaction.means import mean_of_counts

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import ArrayLike

    from crmrisk.core.arrays import FloatArray, IntArray

__all__ = ["FEW_RESPONDENTS", "Requirement", "kano_requirements", "requirement_from_pairs"]

Read = TypeVar("Read")

FEW_RESPONDENTS = 200
"""Below this many respondents, categories are unreliable (Chapman & Callegaro 2022)."""

_IMPORTANCE = np.arange(1.0, 10.0)
_FUNCTIONAL = np.array([4.0, 2.0, 0.0, -1.0, -2.0])  # DuMouchel's points, like to dislike
_DYSFUNCTIONAL = np.array([-2.0, -1.0, 0.0, 2.0, 4.0])
_DISTINGUISHABLE = 0.05


@dataclass(frozen=True, kw_only=True, config=VALUE)
class Requirement(Value):
    """Hold what a survey says about one requirement.

    Parameters
    ----------
    name
        The requirement.
    counts
        Answers by category.
    category
        The category the rule finds, ``None`` (unrated) without answers.
    rule
        The rule.
    table
        The name of the evaluation table.
    better, worse
        How much having it satisfies, in [0, 1], and lacking it dissatisfies, in [-1, 0].
    probability_of_category
        How often each category would be found if the survey were repeated (bootstrap).
    leading_test
        Whether the two most frequent categories can be told apart.
    functional, dysfunctional
        Mean points (DuMouchel), in [-2, 4]; a mean can hide opposite mixtures, so read the counts beside it.
    importance
        Mean self-stated importance, 1 to 9, where it was asked.
    missing
        How many respondents left one of the two answers out.
    warnings
        What the reader should know before relying on it.

    References
    ----------
    DuMouchel, W., in Berger, C. et al. (1993). Kano's methods for understanding customer-defined quality. *Center for
    Quality of Management Journal* 2(4).

    Examples
    --------
    >>> import numpy as np
    >>> pairs = np.zeros((5, 5))
    >>> pairs[0, 4], pairs[1, 4] = 90, 210
    >>> requirement = requirement_from_pairs("secure", pairs)
    >>> requirement.category.value, requirement.stability, requirement.worse.value
    ('must_be', 1.0, -1.0)
    """

    name: Name
    counts: KanoCounts
    category: KanoCategory | None
    rule: ClassificationRule
    table: str
    better: Estimate
    worse: Estimate
    probability_of_category: CategoryProbabilities
    leading_test: LeadingTest
    functional: Estimate
    dysfunctional: Estimate
    importance: Estimate | None = None
    missing: int = 0
    warnings: tuple[str, ...] = ()

    @property
    def n(self) -> float:
        """Respondents who answered both questions."""
        return self.counts.n

    @property
    def stability(self) -> float | None:
        """The probability of the category found, ``None`` without answers."""
        return None if self.category is None else self.probability_of_category[self.category]


class _Column(NamedTuple):
    """Answers about all requirements, read and checked."""

    names: list[str]
    places: IntArray
    functional: IntArray
    dysfunctional: IntArray
    importance: FloatArray | None


def kano_requirements(
    requirement: ArrayLike,
    functional: ArrayLike,
    dysfunctional: ArrayLike,
    *,
    importance: ArrayLike | None = None,
    table: EvaluationTable = STANDARD_TABLE,
    scale: AnswerScale = STANDARD_SCALE,
    rule: ClassificationRule = "mode",
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
    table
        The evaluation table; its name stays with every result.
    scale
        How wordings map to answers.
    rule
        How counts become a category; see `categories_of_counts`.
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
    The requirements, sorted by name.

    Raises
    ------
    RecordError
        If requirements, answers or importances are not readable (named with rows and count), missing and that is an
        error, or columns are not of one length.
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
    refuse(
        kind_problems(table, EvaluationTable, where="table"),
        kind_problems(scale, AnswerScale, where="scale"),
        random_source_problems(rng, optional=True),
    )
    column = _read(requirement, functional, dysfunctional, importance, scale=scale, missing=missing)
    pairs, left_out = _pair_counts(column)
    ratings = _importance_counts(column)
    entropy = 0 if rng is None else int(rng.integers(2**63))
    return tuple(
        requirement_from_pairs(
            name,
            pairs[place],
            importance=None if ratings is None else ratings[place],
            missing=int(left_out[place]),
            table=table,
            rule=rule,
            level=level,
            rng=np.random.default_rng([entropy, *name.encode()]),
            replicates=replicates,
        )
        for name, place in sorted(zip(column.names, range(len(column.names)), strict=True))
    )


def requirement_from_pairs(
    name: str,
    pairs: FloatArray,
    *,
    importance: FloatArray | None = None,
    missing: int = 0,
    table: EvaluationTable = STANDARD_TABLE,
    rule: ClassificationRule = "mode",
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
    missing
        How many respondents left one of the two answers out.
    table
        The evaluation table.
    rule
        How counts become a category.
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
        If the name, a count, level or rule are not valid.

    Examples
    --------
    >>> import numpy as np
    >>> requirement_from_pairs("any", np.ones((5, 5))).counts.reverse
    7.0
    """
    pairs = np.asarray(pairs, dtype=np.float64)
    counts = _categories(pairs, table)
    test = counts.leading_test()
    return Requirement(
        name=name,
        counts=counts,
        category=counts.category(rule),
        rule=rule,
        table=table.name,
        better=counts.satisfaction_increase(level=level),
        worse=counts.satisfaction_decrease(level=level),
        probability_of_category=counts.probabilities(rule, rng=rng, replicates=replicates),
        leading_test=test,
        functional=mean_of_counts(_FUNCTIONAL, pairs.sum(axis=1), level=level),
        dysfunctional=mean_of_counts(_DYSFUNCTIONAL, pairs.sum(axis=0), level=level),
        importance=None if importance is None else mean_of_counts(_IMPORTANCE, importance, level=level),
        missing=missing,
        warnings=_warnings(counts, test, missing),
    )


def _categories(pairs: FloatArray, table: EvaluationTable) -> KanoCounts:
    sums = np.bincount(table.positions().ravel(), weights=pairs.ravel(), minlength=len(KanoCategory))
    return KanoCounts(**dict(zip(KanoCategory, sums.tolist(), strict=True)))


def _warnings(counts: KanoCounts, test: LeadingTest, missing: int) -> tuple[str, ...]:
    told = (
        (counts.n == 0, "no answers"),
        (0 < counts.n < FEW_RESPONDENTS, f"fewer than {FEW_RESPONDENTS} respondents: the category is unreliable"),
        (
            counts.n > 0 and test.p_value > _DISTINGUISHABLE,
            f"{test.first} and {test.second} cannot be told apart (exact p {test.p_value:.2g})",
        ),
        (missing > 0, f"{missing} respondent{'' if missing == 1 else 's'} with a missing answer excluded"),
    )
    return tuple(text for applies, text in told if applies)


def _read(
    requirement: ArrayLike,
    functional: ArrayLike,
    dysfunctional: ArrayLike,
    importance: ArrayLike | None,
    *,
    scale: AnswerScale,
    missing: Missing,
) -> _Column:
    problems: list[Problem] = []
    places, names = _attempt(problems, lambda: _names(requirement)) or (np.zeros(0, dtype=np.int64), [])
    sides = _attempt(problems, lambda: answer_codes(functional, dysfunctional, scale=scale, missing=missing))
    ratings = None
    if importance is not None:
        ratings = _attempt(
            problems, lambda: rating_answers(importance, lowest=1, highest=9, missing="exclude", where="importance")
        )
    if problems or sides is None:
        raise RecordError(*problems)
    sizes = [places.size, sides[0].size, *([] if ratings is None else [ratings.size])]
    if len(set(sizes)) > 1:
        where, got = "requirement, functional, dysfunctional, importance", f"{sizes} rows"
        raise RecordError(Problem(what="columns are not of one length", where=where, got=got))
    return _Column(names, places, *sides, ratings)


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


def _pair_counts(column: _Column) -> tuple[FloatArray, IntArray]:
    both = (column.functional > 0) & (column.dysfunctional > 0)
    size = len(column.names)
    cells = (column.places * 25 + (column.functional - 1) * 5 + column.dysfunctional - 1)[both]
    pairs = np.bincount(cells, minlength=size * 25).reshape(size, 5, 5).astype(np.float64)
    return pairs, np.bincount(column.places[~both], minlength=size)


def _importance_counts(column: _Column) -> FloatArray | None:
    if column.importance is None:
        return None
    stated = ~np.isnan(column.importance)
    cells = column.places[stated] * 9 + column.importance[stated].astype(np.int64) - 1
    size = len(column.names)
    return np.bincount(cells, minlength=size * 9).reshape(size, 9).astype(np.float64)
