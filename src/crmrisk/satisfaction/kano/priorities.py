"""What to do first: requirements ranked by category and importance, or by benefit per cost where costs are known.

A list looks surer than it is: every line says how its place would change if the survey were repeated.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, get_args

import numpy as np

from crmrisk.core.arguments import checked_level, choice_problems, refuse
from crmrisk.core.estimate import Estimate
from crmrisk.core.intervals import normal_quantile
from crmrisk.satisfaction.kano.named import named_numbers
from crmrisk.satisfaction.kano.priority_list import KanoPriorities, KanoPriority
from crmrisk.satisfaction.kano.ranking import (
    MOST_IMPORTANT,
    PriorityOrder,
    observed_columns,
    ranks,
    resampled_columns,
)
from crmrisk.satisfaction.kano.record import listed_requirements

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from crmrisk.core.arrays import FloatArray, IntArray
    from crmrisk.core.errors import Problem
    from crmrisk.satisfaction.kano.record import Requirement

__all__ = ["kano_priorities"]


def kano_priorities(
    requirements: Sequence[Requirement],
    *,
    costs: Mapping[str, float] | None = None,
    benefits: Mapping[str, float] | None = None,
    performance: Mapping[str, float] | None = None,
    order: PriorityOrder | None = None,
    level: float = 0.95,
    rng: np.random.Generator | None = None,
    replicates: int = 2000,
) -> KanoPriorities:
    """Rank requirements: what to do first, what it brings, what it costs, and how sure its place is.

    The benefit of a requirement is ``(better - worse) * importance/9 * (1 - performance)``: how far satisfaction moves
    between not having and having it (0 to 2), weighted by its importance where that was asked, for the part that is not
    met yet where that is known. Its interval takes better, worse and importance together, importance as if stated
    independently. Costs may be in any one unit; benefit per cost is in its inverse.

    Places are found again in resampled surveys, with costs, benefits and performance that were given taken as certain.
    Each requirement is resampled on its own, as if others had answered about it. What one person says of two
    requirements mostly goes together, and then places are surer than said: with correlations near .5 (358 users of
    money transfers, Reppel 2022) a second place that is .81 probable here is .91 probable if users are resampled whole.
    Importance is drawn as if stated independently of the answers, which errs the other way.

    Parameters
    ----------
    requirements
        What `kano_requirements` found.
    costs
        Requirement to what meeting it costs, more than 0; requirements that are not named have no known cost.
    benefits
        Requirement to a benefit of your own, for instance in money, used instead of the one above.
    performance
        Requirement to how far it is met now, 0 to 1.
    order
        ``"category"``: M > O > A > I > R > Q, then importance, then benefit; the default without costs.
        ``"benefit per cost"``: the default with costs; what has no known cost comes last. ``"benefit"``.
    level
        The probability with which a place is between ``rank_low`` and ``rank_high``.
    rng
        Source of randomness of the bootstrap; ``None`` starts the same way every time.
    replicates
        Number of resampled surveys.

    Returns
    -------
    The list. Unrated requirements come last.

    Raises
    ------
    InvalidValueError
        If there is no requirement of a name given, a number or the source of randomness is not valid, or there is no
        such order.

    References
    ----------
    Berger, C. et al. (1993). Kano's methods for understanding customer-defined quality. *Center for Quality of
    Management Journal* 2(4).

    Examples
    --------
    >>> from crmrisk.satisfaction.kano.requirement import kano_requirements
    >>> survey = kano_requirements(["gift", "secure"], [1, 2], [3, 5])
    >>> ranked = kano_priorities(survey, costs={"gift": 10, "secure": 50})
    >>> [(line.requirement, line.benefit_per_cost) for line in ranked]
    [('gift', 0.1), ('secure', 0.02)]
    >>> name, having, lacking = ["gift"] * 9 + ["secure"] * 9, [1] * 5 + [3] * 4 + [2] * 9, [3] * 9 + [5] * 5 + [3] * 4
    >>> print(kano_priorities(kano_requirements(name, having, lacking))[0])  # nine answers say little
    1. (1 to 2) secure: must_be (probability 0.62), benefit 0.5556
    """
    checked_level(level)
    found, problems = listed_requirements(requirements), _order_problems(order)
    names = [each.name for each in found]
    cost = named_numbers(costs, names, problems, where="costs", positive=True)
    benefit = named_numbers(benefits, names, problems, where="benefits")
    met = named_numbers(performance, names, problems, where="performance", most=1.0)
    refuse(problems)
    chosen: PriorityOrder = order or ("category" if costs is None else "benefit per cost")
    lines = [_line(each, cost, benefit, met) for each in found]
    if not lines:
        return KanoPriorities(items=(), order=chosen, level=level)
    price, ties = _numbers(found, cost), _ties(found)
    rank = ranks(observed_columns(found, [line.benefit.value for line in lines]), price, ties, chosen)
    unmet = 1.0 - np.nan_to_num(_numbers(found, met))
    surveys = resampled_columns(found, _numbers(found, benefit), unmet, rng=rng, replicates=replicates)
    resampled = ranks(surveys, price, ties, chosen)
    placed = [
        replace(line, rank=int(rank[at]), **_places(resampled[:, at], len(found), level, line.better.n))
        for at, line in enumerate(lines)
    ]
    return KanoPriorities(items=tuple(sorted(placed, key=lambda line: line.rank)), order=chosen, level=level)


def _places(resampled: IntArray, size: int, level: float, n: float) -> dict[str, Any]:
    """Say where one requirement came in resampled surveys."""
    if not n:
        return {}
    probability = np.bincount(resampled - 1, minlength=size) / resampled.size
    low, high = np.quantile(resampled, [(1.0 - level) / 2.0, (1.0 + level) / 2.0], method="inverted_cdf")
    return {"rank_low": int(low), "rank_high": int(high), "rank_probability": tuple(probability.tolist())}


def _numbers(requirements: Sequence[Requirement], known: Mapping[str, float]) -> FloatArray:
    return np.array([known.get(each.name, np.nan) for each in requirements])


def _ties(requirements: Sequence[Requirement]) -> IntArray:
    """Let names decide in the end, so that the order of the input never does."""
    names = [(each.name, str(each.segment)) for each in requirements]
    ordered = sorted(range(len(names)), key=names.__getitem__)
    return np.argsort(ordered, kind="stable")


def _line(
    requirement: Requirement,
    costs: Mapping[str, float],
    benefits: Mapping[str, float],
    performance: Mapping[str, float],
) -> KanoPriority:
    name = requirement.name
    cost, met = costs.get(name), performance.get(name)
    given = benefits.get(name)
    benefit = _benefit(requirement, met) if given is None else Estimate(value=given, method="given", n=0)
    return KanoPriority(
        rank=1,
        requirement=name,
        segment=requirement.segment,
        category=requirement.category,
        probability=requirement.stability,
        better=requirement.better,
        worse=requirement.worse,
        importance=None if requirement.importance is None else requirement.importance.value,
        performance=met,
        benefit=benefit,
        cost=cost,
        benefit_per_cost=None if cost is None or benefit.value is None else benefit.value / cost,
    )


def _benefit(requirement: Requirement, met: float | None) -> Estimate:
    """Multiply range, importance and what is unmet; the error of a product of two, to first order."""
    better, worse, importance = requirement.better, requirement.worse, requirement.importance
    n, level, method = better.n, better.level, "delta"
    if better.value is None or worse.value is None:
        return Estimate(value=None, level=level, method=method, n=n, warnings=("no answers",))
    reach, unmet = better.value - worse.value, 1.0 - (met or 0.0)
    stated = None if importance is None else importance.value
    weight = 1.0 if stated is None else stated / MOST_IMPORTANT
    error = (importance.standard_error or 0.0) / MOST_IMPORTANT if importance is not None else 0.0
    variance = (weight**2 * _variance_of_reach(requirement) + reach**2 * error**2) * unmet**2
    value, half = reach * weight * unmet, normal_quantile(level) * variance**0.5
    return Estimate(
        value=value,
        standard_error=variance**0.5,
        low=max(value - half, min(value, 0.0)),
        high=value + half,
        level=level,
        method=method,
        n=n,
        effective_n=better.effective_n,
    )


def _variance_of_reach(requirement: Requirement) -> float:
    if requirement.position.covariance is None:
        return 0.0
    ((better, both), (_, worse)) = requirement.position.covariance
    return max(0.0, better + worse - 2.0 * both)


def _order_problems(order: str | None) -> list[Problem]:
    return [] if order is None else choice_problems(order, get_args(PriorityOrder), where="order", what="no such order")
