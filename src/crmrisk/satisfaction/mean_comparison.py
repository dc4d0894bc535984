"""Two means and what tells them apart: of different people, or of the same people asked twice."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from crmrisk.core.errors import Problem, RecordError
from crmrisk.core.estimate import Estimate
from crmrisk.core.row_names import paired_by_position, refuse_other_order
from crmrisk.satisfaction.answered import Design
from crmrisk.satisfaction.answers import number_answers
from crmrisk.satisfaction.comparison import (
    Alternative,
    Comparison,
    check_alternative,
    check_target,
    compare_estimates,
    normal_comparison,
    student_comparison,
    t_freedom,
)
from crmrisk.satisfaction.means import mean_of_column, mean_score
from crmrisk.satisfaction.square_tables import incomplete_pairs

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

    from crmrisk.satisfaction.flagging import Missing
    from crmrisk.satisfaction.sample_units import PopulationSizes

__all__ = ["compare_means", "compare_paired_means"]


def compare_means(
    first: ArrayLike | Estimate,
    second: ArrayLike | Estimate,
    *,
    level: float = 0.95,
    alternative: Alternative = "two-sided",
    target: float = 0.0,
    missing: Missing = "error",
) -> Comparison:
    """Compare the mean answers of different people by Welch's test.

    Parameters
    ----------
    first, second
        Answers, ``(n_answers,)``, or what `mean_score` says of them, with their weights, strata and clusters.
    level
        Nominal coverage; estimates bring theirs.
    alternative
        What the test is against.
    target
        The difference under the null hypothesis.
    missing
        ``"error"`` refuses missing answers, ``"exclude"`` leaves them out and says how many in the warnings.

    Returns
    -------
    The comparison, first minus second, in the unit of the answers.

    Raises
    ------
    RecordError
        If answers are no finite numbers, or missing and that is an error.
    InvalidValueError
        If levels differ, or a setting is not valid.

    References
    ----------
    Welch, B. L. (1947). *Biometrika* 34.

    Examples
    --------
    >>> print(compare_means([5, 6, 7, 4, 6], [4, 3, 5, 4]))
    higher: 1.6 [0.05359, 3.146] (95 % welch, n 9), p 0.044
    """
    here, there = (
        each if isinstance(each, Estimate) else mean_score(each, level=level, missing=missing)
        for each in (first, second)
    )
    return compare_estimates(here, there, target=target, alternative=alternative)


def compare_paired_means(
    first: ArrayLike,
    second: ArrayLike,
    *,
    weights: ArrayLike | None = None,
    strata: ArrayLike | None = None,
    clusters: ArrayLike | None = None,
    population: PopulationSizes | None = None,
    level: float = 0.95,
    alternative: Alternative = "two-sided",
    target: float = 0.0,
    missing: Missing = "error",
) -> Comparison:
    """Compare two mean answers of the same people, by the t test of their differences.

    Parameters
    ----------
    first, second
        Answers of each person to both, or at both times, ``(n_people,)``.
    weights, strata, clusters, population
        How the people were drawn, as for `mean_score`.
    level
        Nominal coverage.
    alternative
        What the test is against.
    target
        The difference under the null hypothesis.
    missing
        ``"error"`` refuses missing answers, ``"exclude"`` leaves incomplete pairs out and says how many in the
        warnings.

    Returns
    -------
    The comparison, first minus second, in the unit of the answers.

    Raises
    ------
    RecordError
        If answers are no finite numbers, missing and that is an error, or not as many both times, or the design
        unusable.
    InvalidValueError
        If a setting is not valid.

    References
    ----------
    Student (1908). The probable error of a mean. *Biometrika* 6.

    Examples
    --------
    >>> print(compare_paired_means([5, 6, 7, 4, 6], [4, 6, 5, 4, 5]))
    not distinguishable yet: 0.8 [-0.2389, 1.839] (95 % t, n 5), p 0.099
    """
    check_alternative(alternative)
    check_target(target)
    refuse_other_order(first=first, second=second, weights=weights, strata=strata, clusters=clusters)
    here, there = (
        number_answers(each, where=where, missing=missing) for each, where in ((first, "first"), (second, "second"))
    )
    if here.size != there.size:
        got = f"{here.size} and {there.size} answers"
        remedy = "compare_means, if they are not the same people"
        raise RecordError(Problem(what="not the same people twice", where="first, second", got=got, remedy=remedy))
    differences = here - there
    complete = ~np.isnan(differences)
    design = Design(weights, strata, clusters, population).rows(complete)
    found = mean_of_column(differences[complete], design, level=level)
    notes = (*incomplete_pairs(int((~complete).sum())), *paired_by_position(first, second))
    told = replace(found, warnings=(*notes, *found.warnings))
    freedom = t_freedom(told)
    if freedom is None:
        return normal_comparison(replace(told, low=None, high=None), target=target, alternative=alternative)
    return student_comparison(told, freedom, target=target, alternative=alternative)
