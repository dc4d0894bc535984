"""The order of a prioritised list, and how sure it is: what comes first in the survey and in resampled surveys."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, NamedTuple, TypeAlias

import numpy as np

from crmrisk.core.arguments import random_source_problems, refuse
from crmrisk.satisfaction.bootstrap import check_replicates, resampled_counts
from crmrisk.satisfaction.kano.position import better_worse
from crmrisk.satisfaction.kano.rules import categories_of_counts

if TYPE_CHECKING:
    from collections.abc import Sequence

    from crmrisk.core.arrays import FloatArray, IntArray
    from crmrisk.satisfaction.kano.record import Requirement

__all__ = ["PriorityOrder", "RankingColumns", "observed_columns", "ranks", "resampled_columns"]

PriorityOrder: TypeAlias = Literal["category", "benefit", "benefit per cost"]
"""What comes first: must-be before one-dimensional before attractive, the greatest benefit, or the most per cost."""

MOST_IMPORTANT = 9.0
"""The highest self-stated importance."""

_PLACE = np.array([2, 1, 0, 3, 4, 5, 6])  # of A, O, M, I, R, Q and unrated in the order M > O > A > I > R > Q


class RankingColumns(NamedTuple):
    """Hold what requirements are ordered by, in one survey or in many.

    Parameters
    ----------
    category
        Places in (A, O, M, I, R, Q), -1 for unrated, ``(..., n_requirements)``.
    importance, benefit
        Self-stated importance and benefit, likewise; NaN where unknown.

    Examples
    --------
    >>> RankingColumns(np.array([2]), np.array([9.0]), np.array([1.5])).benefit
    array([1.5])
    """

    category: IntArray
    importance: FloatArray
    benefit: FloatArray


def ranks(columns: RankingColumns, costs: FloatArray, ties: IntArray, order: PriorityOrder) -> IntArray:
    """Rank requirements, in as many surveys as there are.

    Parameters
    ----------
    columns
        What they are ordered by.
    costs
        What meeting each costs, ``(n_requirements,)``; NaN where unknown.
    ties
        What decides in the end, ``(n_requirements,)``.
    order
        What comes first.

    Returns
    -------
    Ranks from 1, ``(..., n_requirements)``.

    Examples
    --------
    >>> columns = RankingColumns(np.array([0, 2]), np.array([9.0, 1.0]), np.array([1.5, 0.5]))
    >>> ranks(columns, np.array([1.0, 1.0]), np.array([0, 1]), "category")
    array([2, 1])
    >>> ranks(columns, np.array([1.0, 1.0]), np.array([0, 1]), "benefit per cost")
    array([1, 2])
    """
    last = np.broadcast_to(ties, columns.category.shape)
    benefit = _descending(columns.benefit)
    category = (_PLACE[columns.category], _descending(columns.importance), benefit, last)
    with np.errstate(over="ignore"):  # beyond all numbers is first, which is right
        per_cost = _descending(columns.benefit / costs)
    keys = {"category": category, "benefit": (benefit, last), "benefit per cost": (per_cost, *category)}[order]
    return np.argsort(np.lexsort(keys[::-1], axis=-1), axis=-1, kind="stable") + 1


def observed_columns(requirements: Sequence[Requirement], benefits: Sequence[float | None]) -> RankingColumns:
    """Read what requirements are ordered by off their records.

    Parameters
    ----------
    requirements
        The records.
    benefits
        The benefit of each.

    Examples
    --------
    >>> from crmrisk.satisfaction.kano.requirement import requirement_from_pairs
    >>> observed_columns([requirement_from_pairs("any", np.ones((5, 5)))], [0.5]).category
    array([3])
    """
    counts = np.array([each.counts.array() for each in requirements]).reshape(-1, 6)
    category = [categories_of_counts(row, each.rule) for row, each in zip(counts, requirements, strict=True)]
    importance = [None if each.importance is None else each.importance.value for each in requirements]
    return RankingColumns(
        np.array(category, dtype=np.int64),
        np.array(importance, dtype=np.float64),
        np.array(benefits, dtype=np.float64),
    )


def resampled_columns(
    requirements: Sequence[Requirement],
    benefits: FloatArray,
    unmet: FloatArray,
    *,
    rng: np.random.Generator | None = None,
    replicates: int = 2000,
) -> RankingColumns:
    """Repeat the survey of each requirement: answers resampled, importance drawn from its normal distribution.

    Requirements are resampled independently of each other, each from a stream of its own.

    Parameters
    ----------
    requirements
        The records.
    benefits
        Benefits that were given and are taken as certain, ``(n_requirements,)``; NaN to compute them.
    unmet
        The part of each requirement that is not met yet, ``(n_requirements,)``.
    rng
        Source of randomness; ``None`` starts the same way every time.
    replicates
        Number of surveys.

    Returns
    -------
    What they are ordered by, ``(replicates, n_requirements)``.

    Raises
    ------
    InvalidValueError
        If the source of randomness or the number of surveys is not valid.

    Examples
    --------
    >>> from crmrisk.satisfaction.kano.requirement import requirement_from_pairs
    >>> one = [requirement_from_pairs("any", np.ones((5, 5)))]
    >>> resampled_columns(one, np.array([np.nan]), np.ones(1), replicates=4).category.shape
    (4, 1)
    """
    refuse(random_source_problems(rng, optional=True))
    check_replicates(replicates)
    entropy = 0 if rng is None else int(rng.integers(2**63))
    surveys = [_surveys(each, entropy, replicates) for each in requirements]
    category, importance, reach = (np.stack(part, axis=-1) for part in zip(*surveys, strict=True))
    weight = np.where(np.isnan(importance), 1.0, importance / MOST_IMPORTANT)
    benefit = np.where(np.isnan(benefits), reach * weight * unmet, benefits)
    return RankingColumns(category, importance, benefit)


def _surveys(requirement: Requirement, entropy: int, replicates: int) -> tuple[IntArray, FloatArray, FloatArray]:
    """Return category, importance and reach of one requirement in many surveys."""
    rng = np.random.default_rng([entropy, *f"{requirement.name}\0{requirement.segment}".encode()])
    importance = _importance(requirement, rng, replicates)
    if not requirement.counts.n:
        return np.full(replicates, -1), importance, np.full(replicates, np.nan)
    drawn = resampled_counts(requirement.counts.worth(), rng=rng, replicates=replicates).astype(np.float64)
    better, worse = better_worse(drawn, requirement.reverse)
    return categories_of_counts(drawn, requirement.rule), importance, better - worse


def _importance(requirement: Requirement, rng: np.random.Generator, replicates: int) -> FloatArray:
    stated = requirement.importance
    if stated is None or stated.value is None:
        return np.full(replicates, np.nan)
    drawn = rng.normal(stated.value, stated.standard_error or 0.0, size=replicates)
    return np.clip(drawn, 1.0, MOST_IMPORTANT)


def _descending(values: FloatArray) -> FloatArray:
    """Make the largest the first, and what is unknown the last."""
    return np.where(np.isnan(values), np.inf, -values)
