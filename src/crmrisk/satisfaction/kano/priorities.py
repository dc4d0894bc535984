"""What to do first: requirements ranked by category and importance, or by benefit per cost where costs are known."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Annotated, Literal, TypeAlias, get_args

from pydantic import Field
from pydantic.dataclasses import dataclass

from crmrisk.core.arguments import refuse
from crmrisk.core.errors import Problem
from crmrisk.core.estimate import Estimate
from crmrisk.core.intervals import normal_quantile
from crmrisk.core.measures import Name
from crmrisk.core.model import VALUE, Value
from crmrisk.satisfaction.kano.named import named_numbers
from crmrisk.satisfaction.kano.record import Segment, listed_requirements
from crmrisk.satisfaction.kano.table import KanoCategory

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    import pandas as pd

    from crmrisk.satisfaction.kano.record import Requirement

__all__ = ["KanoPriorities", "KanoPriority", "PriorityOrder", "kano_priorities"]

PriorityOrder: TypeAlias = Literal["category", "benefit", "benefit per cost"]
"""What comes first: must-be before one-dimensional before attractive, the greatest benefit, or the most per cost."""

_MOST_IMPORTANT = 9.0
_ORDER = ("must_be", "one_dimensional", "attractive", "indifferent", "reverse", "questionable")


@dataclass(frozen=True, kw_only=True, config=VALUE)
class KanoPriority(Value):
    """Hold one line of the list.

    Parameters
    ----------
    rank
        Place in the list, from 1.
    requirement, segment
        The requirement, and the segment it was judged in.
    category, probability
        What it is and how probable that is, ``None`` (unrated) without answers.
    better, worse
        How much having it satisfies and lacking it dissatisfies.
    importance
        Mean self-stated importance, 1 to 9, where it was asked.
    performance
        How far it is met now, 0 to 1, where given.
    benefit
        What meeting it wholly would bring; see `kano_priorities`.
    cost
        What that costs, where given.
    benefit_per_cost
        The benefit over the cost, where both are known.

    Examples
    --------
    >>> from crmrisk.satisfaction.kano.requirement import kano_requirements
    >>> survey = kano_requirements(["secure"] * 3, [2, 1, 2], [5, 5, 5])
    >>> print(kano_priorities(survey, costs={"secure": 4})[0])
    1. secure: must_be (probability 0.75), benefit 1.333, cost 4, benefit per cost 0.3333
    """

    rank: Annotated[int, Field(ge=1)]
    requirement: Name
    segment: Segment = None
    category: KanoCategory | None
    probability: float | None
    better: Estimate
    worse: Estimate
    importance: float | None = None
    performance: float | None = None
    benefit: Estimate
    cost: float | None = None
    benefit_per_cost: float | None = None

    def __str__(self) -> str:
        name = self.requirement if self.segment is None else f"{self.requirement} ({self.segment})"
        sure = "" if self.probability is None else f" (probability {self.probability:.2g})"
        parts = [f"{self.rank}. {name}: {self.category or 'unrated'}{sure}"]
        told = (("benefit", self.benefit.value), ("cost", self.cost), ("benefit per cost", self.benefit_per_cost))
        return ", ".join([*parts, *(f"{label} {number:.4g}" for label, number in told if number is not None)])


@dataclass(frozen=True, kw_only=True, config=VALUE)
class KanoPriorities(Value):
    """Hold the prioritised list.

    Parameters
    ----------
    items
        The lines, first things first.
    order
        What put them in this order.

    Examples
    --------
    >>> from crmrisk.satisfaction.kano.requirement import kano_requirements
    >>> survey = kano_requirements(["gift", "secure"], [1, 2], [3, 5])
    >>> [line.requirement for line in kano_priorities(survey)]
    ['secure', 'gift']
    """

    items: tuple[KanoPriority, ...]
    order: PriorityOrder

    def __len__(self) -> int:
        return len(self.items)

    def __iter__(self) -> Iterator[KanoPriority]:
        return iter(self.items)

    def __getitem__(self, place: int) -> KanoPriority:
        return self.items[place]

    def __str__(self) -> str:
        return "\n".join([f"priorities by {self.order}", *map(str, self.items)])

    def frame(self) -> pd.DataFrame:
        """Show the list as a pandas frame, one row per requirement, first things first.

        Returns
        -------
        The table; unknown numbers are NaN.

        Examples
        --------
        >>> from crmrisk.satisfaction.kano.requirement import kano_requirements
        >>> list(kano_priorities(kano_requirements(["secure"], [2], [5])).frame().columns[:6])
        ['rank', 'requirement', 'segment', 'category', 'probability', 'better']
        """
        import pandas as pd  # noqa: PLC0415 - only who wants a frame pays for pandas

        rows = [_row(item) for item in self.items]
        frame = pd.DataFrame(rows, columns=list(_COLUMNS))
        return frame.astype(dict.fromkeys(_NUMBERS, "float64"))


_NUMBERS = (
    "probability",
    "better",
    "worse",
    "importance",
    "performance",
    "benefit",
    "benefit_low",
    "benefit_high",
    "cost",
    "benefit_per_cost",
)
_COLUMNS = ("rank", "requirement", "segment", "category", *_NUMBERS)


def kano_priorities(
    requirements: Sequence[Requirement],
    *,
    costs: Mapping[str, float] | None = None,
    benefits: Mapping[str, float] | None = None,
    performance: Mapping[str, float] | None = None,
    order: PriorityOrder | None = None,
) -> KanoPriorities:
    """Rank requirements: what to do first, what it brings and what it costs.

    The benefit of a requirement is ``(better - worse) * importance/9 * (1 - performance)``: how far satisfaction moves
    between not having and having it (0 to 2), weighted by its importance where that was asked, for the part that is not
    met yet where that is known. Its interval takes better, worse and importance together, importance as if stated
    independently. Costs may be in any one unit; benefit per cost is in its inverse.

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

    Returns
    -------
    The list. Unrated requirements come last.

    Raises
    ------
    InvalidValueError
        If there is no requirement of a name given, a number is not valid, or there is no such order.

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
    """
    found, problems = listed_requirements(requirements), _order_problems(order)
    names = [each.name for each in found]
    cost = named_numbers(costs, names, problems, where="costs", positive=True)
    benefit = named_numbers(benefits, names, problems, where="benefits")
    met = named_numbers(performance, names, problems, where="performance", most=1.0)
    refuse(problems)
    chosen = order or ("category" if costs is None else "benefit per cost")
    lines = [_line(each, cost, benefit, met) for each in found]
    ranked = sorted(lines, key=_KEYS[chosen])
    items = tuple(replace(line, rank=rank) for rank, line in enumerate(ranked, 1))
    return KanoPriorities(items=items, order=chosen)


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
    weight = 1.0 if stated is None else stated / _MOST_IMPORTANT
    error = (importance.standard_error or 0.0) / _MOST_IMPORTANT if importance is not None else 0.0
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


def _row(item: KanoPriority) -> tuple[object, ...]:
    category = None if item.category is None else item.category.value
    parts = (item.better.value, item.worse.value, item.importance, item.performance)
    benefit = (item.benefit.value, item.benefit.low, item.benefit.high)
    who = (item.rank, item.requirement, item.segment, category, item.probability)
    return (*who, *parts, *benefit, item.cost, item.benefit_per_cost)


def _last(number: float | None) -> float:
    return float("inf") if number is None else -number


def _by_category(line: KanoPriority) -> tuple[float | str, ...]:
    place = len(_ORDER) if line.category is None else _ORDER.index(line.category)
    return (place, _last(line.importance), _last(line.benefit.value), *_name(line))


def _by_benefit(line: KanoPriority) -> tuple[float | str, ...]:
    return (_last(line.benefit.value), *_name(line))


def _by_benefit_per_cost(line: KanoPriority) -> tuple[float | str, ...]:
    return (_last(line.benefit_per_cost), *_by_category(line))


def _name(line: KanoPriority) -> tuple[str, str]:
    return line.requirement, str(line.segment)


_KEYS: dict[str, Callable[[KanoPriority], tuple[float | str, ...]]] = {
    "category": _by_category,
    "benefit": _by_benefit,
    "benefit per cost": _by_benefit_per_cost,
}


def _order_problems(order: str | None) -> list[Problem]:
    if order is None or order in get_args(PriorityOrder):
        return []
    return [Problem(what="no such order", where="order", allowed=", ".join(get_args(PriorityOrder)), got=repr(order))]
