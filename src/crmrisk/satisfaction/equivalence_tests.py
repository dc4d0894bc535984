"""Practically the same: shown, not just assumed because no difference was found.

Two one-sided tests turn the burden of proof around. Few answers then lead to "not distinguishable yet", never to "the
same".
"""

from __future__ import annotations

from dataclasses import replace
from typing import Literal, TypeAlias

from pydantic.dataclasses import dataclass

from crmrisk.core.arguments import is_number, kind_problems, refuse
from crmrisk.core.errors import InvalidValueError, Problem
from crmrisk.core.estimate import Estimate
from crmrisk.core.intervals import normal_quantile
from crmrisk.core.model import VALUE, Value
from crmrisk.satisfaction.comparison import Comparison, normal_p_value

__all__ = ["Equivalence", "EquivalenceVerdict", "equivalence"]

EquivalenceVerdict: TypeAlias = Literal["equivalent", "not equivalent", "not distinguishable yet"]
"""What the data say about a difference and a margin."""

_FARTHEST = 2.0
"""How far apart two net promoter scores can be."""

_NATURAL = frozenset(
    {"adjusted wald", "agresti-min", "bonett-price", "mee", "miettinen-nurminen", "newcombe", "permutation"}
)
"""Methods that compare scores or shares and nothing else."""


@dataclass(frozen=True, config=VALUE)
class Equivalence(Value):
    """Hold a difference, the margin within which it does not matter, and whether it was shown to lie there.

    Parameters
    ----------
    difference
        First minus second, with the interval that belongs to the test: 90 % where the test is at 5 %.
    margin
        The largest difference either way that does not matter.
    p_value
        The larger p value of the two one-sided tests; ``None`` without a standard error.
    level
        One less the level of the test.

    Raises
    ------
    InvalidValueError
        If a number is not finite.

    Examples
    --------
    >>> difference = Estimate(value=0.01, standard_error=0.02, low=-0.023, high=0.043, level=0.9, method="tost", n=2000)
    >>> print(Equivalence(difference, margin=0.05, p_value=0.023))
    equivalent within 0.05: 0.01 [-0.023, 0.043] (90 % tost, n 2000), p 0.023
    """

    difference: Estimate
    margin: float
    p_value: float | None
    level: float = 0.95

    @property
    def verdict(self) -> EquivalenceVerdict:
        """Whether the difference was shown to lie within the margin, beyond it, or neither."""
        low, high = self.difference.low, self.difference.high
        if self.p_value is None or low is None or high is None:
            return "not distinguishable yet"
        if self.p_value < 1.0 - self.level:
            return "equivalent"
        return "not equivalent" if low > self.margin or high < -self.margin else "not distinguishable yet"

    def __str__(self) -> str:
        ending = "" if self.p_value is None else f", p {self.p_value:.2g}"
        return f"{self.verdict} within {self.margin:g}: {self.difference}{ending}"


def equivalence(comparison: Comparison, *, margin: float) -> Equivalence:
    """Test whether a difference is too small to matter, by two one-sided tests.

    ``z_1 = (D + margin)/SE``, ``z_2 = (D - margin)/SE``; the difference is equivalent where the first is large and the
    second small, that is where the interval of level ``1 - 2 alpha`` lies within the margin.

    Parameters
    ----------
    comparison
        Any comparison that has a standard error, such as `compare_net_promoter` gives; its level says alpha.
    margin
        The largest difference either way that does not matter, above 0, in the unit of the difference: 0.1 is ten
        points of a net promoter score.

    Returns
    -------
    The test.

    Raises
    ------
    InvalidValueError
        If that is no comparison, the margin is no positive number or wider than scores can differ, or the level of the
        comparison is below 50 %.

    References
    ----------
    Schuirmann, D. J. (1987). *Journal of Pharmacokinetics and Biopharmaceutics* 15.

    Examples
    --------
    >>> from crmrisk.satisfaction.net_promoter_comparison import compare_net_promoter
    >>> waves = compare_net_promoter(counts=((2000, 3000, 5000), (2040, 2980, 4980)))
    >>> print(equivalence(waves, margin=0.05))
    equivalent within 0.05: 0.006 [-0.01221, 0.02421] (90 % tost of adjusted wald, n 20000), p 3.5e-05
    """
    refuse(kind_problems(comparison, Comparison, where="comparison"))
    difference = comparison.difference
    _check(margin, difference)
    level = 2.0 * difference.level - 1.0
    quantile = normal_quantile(level)
    method = f"tost of {difference.method}"
    bare = replace(difference, level=level, low=None, high=None, method=method)
    if difference.value is None or not difference.standard_error:
        return Equivalence(bare, float(margin), None, difference.level)
    value, error = difference.value, difference.standard_error
    tails = normal_p_value((value + margin) / error, "greater"), normal_p_value((value - margin) / error, "less")
    shown = replace(bare, low=value - quantile * error, high=value + quantile * error)
    return Equivalence(shown, float(margin), max(tails), difference.level)


def _check(margin: float, difference: Estimate) -> None:
    problems = []
    if not is_number(margin) or not 0.0 < margin < float("inf"):
        problems.append(Problem(what="no margin", where="margin", allowed="a number above 0", got=repr(margin)))
    elif margin > _FARTHEST and difference.method in _NATURAL:  # every difference lies within it
        remedy = "a margin of 10 points is 0.1"
        problems.append(
            Problem(what="not in natural units", where="margin", allowed="0 to 2", got=repr(margin), remedy=remedy)
        )
    if difference.level <= 0.5:  # two one-sided tests at half or more have no interval
        problems.append(Problem(what="level too low", where="comparison", allowed="> 0.5", got=str(difference.level)))
    if problems:
        raise InvalidValueError(*problems)
