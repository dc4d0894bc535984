"""The record of a prioritised list, one line per requirement."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from pydantic import Field
from pydantic.dataclasses import dataclass

from crmrisk.core.arguments import is_whole, refuse
from crmrisk.core.errors import Problem
from crmrisk.core.estimate import Estimate
from crmrisk.core.measures import Name
from crmrisk.core.model import VALUE, Value
from crmrisk.satisfaction.kano.ranking import PriorityOrder
from crmrisk.satisfaction.kano.record import Segment
from crmrisk.satisfaction.kano.table import KanoCategory

if TYPE_CHECKING:
    from collections.abc import Iterator

    import pandas as pd

__all__ = ["KanoPriorities", "KanoPriority"]


@dataclass(frozen=True, kw_only=True, config=VALUE)
class KanoPriority(Value):
    """Hold one line of the list.

    Parameters
    ----------
    rank
        Place in the list, from 1.
    rank_low, rank_high
        Between which places it would be, with the list's level of probability; ``None`` without answers.
    rank_probability
        The probability of every place, from the first; empty without answers.
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
    >>> from crmrisk.satisfaction.kano import kano_priorities, kano_requirements
    >>> survey = kano_requirements(["secure"] * 3, [2, 1, 2], [5, 5, 5])
    >>> print(kano_priorities(survey, costs={"secure": 4})[0])
    1. secure: must_be (probability 0.75), benefit 1.333, cost 4, benefit per cost 0.3333
    """

    rank: Annotated[int, Field(ge=1)]
    rank_low: int | None = None
    rank_high: int | None = None
    rank_probability: tuple[float, ...] = ()
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

    def probability_of_top(self, k: int) -> float | None:
        """Return the probability that it is among the first k.

        Parameters
        ----------
        k
            How many, from 1.

        Returns
        -------
        The probability, ``None`` without answers.

        Raises
        ------
        InvalidValueError
            If there are no such places.

        Examples
        --------
        >>> from crmrisk.satisfaction.kano import kano_priorities, kano_requirements
        >>> first, second = kano_priorities(kano_requirements(["x", "y"] * 9, [2, 1] * 9, [5, 3] * 9))
        >>> first.probability_of_top(1), second.probability_of_top(2)
        (1.0, 1.0)
        """
        wrong = not is_whole(k) or k < 1
        refuse([Problem(what="no such places", where="k", allowed="1, 2, ...", got=repr(k)[:100])] if wrong else [])
        return min(1.0, sum(self.rank_probability[:k])) if self.rank_probability else None

    def __str__(self) -> str:
        name = self.requirement if self.segment is None else f"{self.requirement} ({self.segment})"
        sure = "" if self.probability is None else f" (probability {self.probability:.2g})"
        between = "" if self.rank_low == self.rank_high else f" ({self.rank_low} to {self.rank_high})"
        parts = [f"{self.rank}.{between} {name}: {self.category or 'unrated'}{sure}"]
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
    level
        The probability with which a requirement's place is between ``rank_low`` and ``rank_high``.

    Examples
    --------
    >>> from crmrisk.satisfaction.kano import kano_priorities, kano_requirements
    >>> survey = kano_requirements(["gift", "secure"], [1, 2], [3, 5])
    >>> [line.requirement for line in kano_priorities(survey)]
    ['secure', 'gift']
    """

    items: tuple[KanoPriority, ...]
    order: PriorityOrder
    level: float = 0.95

    def __len__(self) -> int:
        return len(self.items)

    def __iter__(self) -> Iterator[KanoPriority]:
        return iter(self.items)

    def __getitem__(self, place: int) -> KanoPriority:
        return self.items[place]

    def __str__(self) -> str:
        return "\n".join([f"priorities by {self.order}", *map(str, self.items)])

    def frame(self, *, top: int = 3) -> pd.DataFrame:
        """Show the list as a pandas frame, one row per requirement, first things first.

        Parameters
        ----------
        top
            Among how many first places ``probability_of_top`` counts.

        Returns
        -------
        The table; unknown numbers are NaN.

        Raises
        ------
        InvalidValueError
            If there are no such places.

        Examples
        --------
        >>> from crmrisk.satisfaction.kano import kano_priorities, kano_requirements
        >>> list(kano_priorities(kano_requirements(["secure"], [2], [5])).frame().columns[:6])
        ['rank', 'requirement', 'segment', 'category', 'rank_low', 'rank_high']
        """
        import pandas as pd  # noqa: PLC0415 - only who wants a frame pays for pandas

        rows = [_row(item, top) for item in self.items]
        frame = pd.DataFrame(rows, columns=list(_COLUMNS))
        return frame.astype(dict.fromkeys(_NUMBERS, "float64"))


_NUMBERS = (
    "rank_low",
    "rank_high",
    "probability_of_top",
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


def _row(item: KanoPriority, top: int) -> tuple[object, ...]:
    category = None if item.category is None else item.category.value
    parts = (item.better.value, item.worse.value, item.importance, item.performance)
    benefit = (item.benefit.value, item.benefit.low, item.benefit.high)
    who = (item.rank, item.requirement, item.segment, category)
    places = (item.rank_low, item.rank_high, item.probability_of_top(top))
    return (*who, *places, item.probability, *parts, *benefit, item.cost, item.benefit_per_cost)
