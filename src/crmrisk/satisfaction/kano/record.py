"""The record of one requirement: what a Kano survey says about it, every uncertainty next to its number."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

from pydantic.dataclasses import dataclass

from crmrisk.core.arguments import kind_problems, refuse
from crmrisk.core.errors import InvalidValueError, Problem
from crmrisk.core.estimate import Estimate
from crmrisk.core.listing import bounded
from crmrisk.core.measures import Name
from crmrisk.core.model import VALUE, Value
from crmrisk.satisfaction.kano.continuous import ContinuousPosition, Five
from crmrisk.satisfaction.kano.counts import KanoCounts
from crmrisk.satisfaction.kano.leading import LeadingTest
from crmrisk.satisfaction.kano.position import KanoPosition, ReverseCounting
from crmrisk.satisfaction.kano.rules import ClassificationRule
from crmrisk.satisfaction.kano.stability import CategoryProbabilities
from crmrisk.satisfaction.kano.table import KanoCategory

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    import pandas as pd

__all__ = ["Requirement", "Segment", "listed_requirements", "requirements_frame"]

Segment: TypeAlias = str | bool | int | float | None
"""What segments are called; ``None`` where all respondents are together."""


@dataclass(frozen=True, kw_only=True, config=VALUE)
class Requirement(Value):
    """Hold what a survey says about one requirement.

    Parameters
    ----------
    name
        The requirement.
    segment
        The segment of respondents, ``None`` where all are together.
    counts
        Answers by category.
    category
        The category the rule finds, ``None`` (unrated) without answers.
    rule
        The rule.
    table
        The name of the evaluation table.
    position
        Better and worse, their covariance and the probability of each quadrant.
    probability_of_category
        How often each category would be found if the survey were repeated (bootstrap).
    leading_test
        Whether the two most frequent categories can be told apart.
    continuous
        Mean points (DuMouchel) and the distribution of the answers, which a mean can hide.
    pairs
        How often each pair was answered: functional by dysfunctional answer, like to dislike.
    importance
        Mean self-stated importance, 1 to 9, where it was asked.
    importance_weighted_better, importance_weighted_worse
        Better and worse with every respondent weighted by the importance stated.
    reverse
        Whether reverse answers stay out of better and worse, or count against them.
    missing
        How many respondents left one of the two answers out.
    questionable_excluded
        How many questionable answers the policy left out.
    swapped
        Whether the two questions were swapped: everything then is about being *without* the requirement.
    warnings
        What the reader should know before relying on it.

    Examples
    --------
    >>> import numpy as np
    >>> from crmrisk.satisfaction.kano.requirement import requirement_from_pairs
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
    position: KanoPosition
    probability_of_category: CategoryProbabilities
    leading_test: LeadingTest
    continuous: ContinuousPosition
    pairs: tuple[Five, Five, Five, Five, Five]
    importance: Estimate | None = None
    importance_weighted_better: Estimate | None = None
    importance_weighted_worse: Estimate | None = None
    segment: Segment = None
    reverse: ReverseCounting = "exclude"
    missing: int = 0
    questionable_excluded: float = 0.0
    swapped: bool = False
    warnings: tuple[str, ...] = ()

    def __str__(self) -> str:
        who = self.name if self.segment is None else f"{self.name} ({self.segment})"
        if self.category is None:
            return f"{who}: unrated (n {self.n:g})"
        place = f"better {bounded(self.better)}, worse {bounded(self.worse)}"
        return f"{who}: {self.category.value} (probability {self.stability:.2g}), {place} (n {self.n:g})"

    @property
    def n(self) -> float:
        """Respondents who answered both questions."""
        return self.counts.n

    @property
    def better(self) -> Estimate:
        """How much having it satisfies, its value ``None`` where nobody can be rated."""
        return self.position.better

    @property
    def worse(self) -> Estimate:
        """How much lacking it dissatisfies, in [-1, 0], its value ``None`` where nobody can be rated."""
        return self.position.worse

    @property
    def functional(self) -> Estimate:
        """Mean point of having it (DuMouchel, in [-2, 4] unless another scale was asked for)."""
        return self.continuous.functional

    @property
    def dysfunctional(self) -> Estimate:
        """Mean point of lacking it (DuMouchel, in [-2, 4] unless another scale was asked for)."""
        return self.continuous.dysfunctional

    @property
    def total_strength(self) -> Estimate:
        """The share of answers that need it; at 60 % or more the need matters."""
        return self.counts.strength(level=self.better.level)

    @property
    def category_strength(self) -> Estimate:
        """How far the first category leads the second, as a share of all answers."""
        return self.counts.category_strength

    @property
    def stability(self) -> float | None:
        """The probability of the category found, ``None`` without answers."""
        return None if self.category is None else self.probability_of_category[self.category]


def listed_requirements(requirements: Iterable[Requirement]) -> tuple[Requirement, ...]:
    """Read a sequence of requirements.

    Parameters
    ----------
    requirements
        What `kano_requirements` found.

    Returns
    -------
    The requirements.

    Raises
    ------
    InvalidValueError
        If it is no sequence, or something in it is no requirement.

    Examples
    --------
    >>> listed_requirements([])
    ()
    """
    try:
        found = tuple(requirements)
    except TypeError:
        allowed, got = "what kano_requirements returns", repr(requirements)[:100]
        raise InvalidValueError(
            Problem(what="not a sequence", where="requirements", allowed=allowed, got=got)
        ) from None
    refuse([problem for each in found for problem in kind_problems(each, Requirement, where="requirements")])
    return found


def requirements_frame(requirements: Sequence[Requirement]) -> pd.DataFrame:
    """Show requirements as a pandas frame, one row each: counts, category and probability, coefficients, strengths.

    Parameters
    ----------
    requirements
        What `kano_requirements` found.

    Returns
    -------
    The table; unrated numbers are NaN.

    Examples
    --------
    >>> from crmrisk.satisfaction.kano.requirement import kano_requirements
    >>> frame = requirements_frame(kano_requirements(["secure"] * 3, [2, 1, 2], [5, 5, 5]))
    >>> print(frame[["requirement", "category", "worse"]].to_string(index=False))
    requirement category  worse
         secure  must_be   -1.0
    """
    import pandas as pd  # noqa: PLC0415 - only who wants a frame pays for pandas

    rows = [_row(each) for each in listed_requirements(requirements)]
    frame = pd.DataFrame(rows, columns=list(_COLUMNS))
    return frame.astype({name: "float64" for name in _COLUMNS if name not in _NAMES})


_NAMES = ("requirement", "segment", "category")
_ESTIMATES = (
    "better",
    "worse",
    "functional",
    "dysfunctional",
    "total_strength",
    "category_strength",
    "importance",
    "importance_weighted_better",
    "importance_weighted_worse",
)
_COLUMNS = (
    "requirement",
    "segment",
    "n",
    *(category.value for category in KanoCategory),
    "category",
    "probability",
    "p_value",
    *(f"{name}{end}" for name in _ESTIMATES for end in ("", "_low", "_high")),
)


def _row(each: Requirement) -> list[object]:
    category = None if each.category is None else each.category.value
    row: list[object] = [each.name, each.segment, each.n, *each.counts.array().tolist()]
    row += [category, each.stability, each.leading_test.p_value]
    for name in _ESTIMATES:
        estimate: Estimate | None = getattr(each, name)
        row += [None] * 3 if estimate is None else [estimate.value, estimate.low, estimate.high]
    return row
