"""The umpire: one number is higher than another, lower, or these data cannot tell.

Every comparison of survey numbers ends in a `Comparison`: the difference with its sign and interval, the test, and a
verdict in three states. Who compares has taken the differences elsewhere; here they are only judged.
"""

from __future__ import annotations

from dataclasses import replace
from math import hypot, inf, isinf
from typing import TYPE_CHECKING, Any, Literal, Self, TypeAlias, get_args

from pydantic import model_validator
from pydantic.dataclasses import dataclass
from scipy.special import ndtr, stdtr, stdtridf

from crmrisk.core.arguments import check_choice, is_number, kind_problems, refuse
from crmrisk.core.errors import InvalidValueError, Problem
from crmrisk.core.estimate import Estimate
from crmrisk.core.intervals import normal_quantile, two_sided_p_value
from crmrisk.core.model import VALUE, Value
from crmrisk.satisfaction.numerics import student_quantile

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = [
    "Alternative",
    "Comparison",
    "Verdict",
    "check_alternative",
    "check_target",
    "compare_estimates",
    "normal_comparison",
    "normal_p_value",
    "student_comparison",
    "t_freedom",
]

Alternative: TypeAlias = Literal["two-sided", "greater", "less"]
"""What the test is against: a difference either way, above the target only, or below it only."""

Verdict: TypeAlias = Literal["higher", "lower", "not distinguishable yet"]
"""What the data say about the difference."""


@dataclass(frozen=True, config=VALUE)
class Comparison(Value):
    """Hold the difference of two numbers, its test and what follows from it.

    The sign is kept: the difference is the first number minus the second, so a positive one says that the first is
    higher.

    Parameters
    ----------
    difference
        First minus second, with its two-sided interval, in the unit of both.
    statistic
        The test statistic; ``None`` where the method has none.
    p_value
        The p value of the test; ``None`` leaves the verdict to the interval.
    alternative
        What the test is against.
    target
        The difference under the null hypothesis.
    adjusted_p_value
        The p value adjusted for other comparisons made beside this one; the verdict then uses it.

    Raises
    ------
    InvalidValueError
        If a p value is not between 0 and 1, or a number not finite.

    Examples
    --------
    >>> difference = Estimate(value=0.3, low=0.07, high=0.51, method="adjusted wald", n=200)
    >>> comparison = Comparison(difference, statistic=2.589, p_value=0.0096)
    >>> comparison.verdict
    'higher'
    >>> print(comparison)
    higher: 0.3 [0.07, 0.51] (95 % adjusted wald, n 200), p 0.0096
    """

    difference: Estimate
    statistic: float | None = None
    p_value: float | None = None
    alternative: Alternative = "two-sided"
    target: float = 0.0
    adjusted_p_value: float | None = None

    @model_validator(mode="after")
    def _probable(self) -> Self:
        parts = (("p_value", self.p_value), ("adjusted_p_value", self.adjusted_p_value))
        refuse(
            [
                Problem(what="no probability", where=f"Comparison.{name}", allowed="0 to 1", got=repr(value))
                for name, value in parts
                if value is not None and not 0.0 <= value <= 1.0
            ]
        )
        return self

    @property
    def verdict(self) -> Verdict:
        """Whether the first is higher, lower or, at the level of the difference, not distinguishable yet."""
        value = self.difference.value
        if value is None or not self._decided:
            return "not distinguishable yet"
        if self.alternative == "two-sided":
            # the statistic has the last word on the direction: an adjusted centre can lie beyond a target close by
            return "higher" if (value - self.target if self.statistic is None else self.statistic) > 0.0 else "lower"
        return "higher" if self.alternative == "greater" else "lower"

    @property
    def _decided(self) -> bool:
        p_value = self.p_value if self.adjusted_p_value is None else self.adjusted_p_value
        if p_value is not None:
            return p_value < 1.0 - self.difference.level
        above = self.difference.low is not None and self.difference.low > self.target
        below = self.difference.high is not None and self.difference.high < self.target
        return {"two-sided": above or below, "greater": above, "less": below}[self.alternative]

    def __str__(self) -> str:
        joint = "from" if self.verdict == "not distinguishable yet" else "than"
        against = f" {joint} {self.target:g}" if self.target else ""
        ending = "" if self.p_value is None else f", p {self.p_value:.2g}"
        adjusted = "" if self.adjusted_p_value is None else f" ({self.adjusted_p_value:.2g} adjusted)"
        return f"{self.verdict}{against}: {self.difference}{ending}{adjusted}"


def normal_p_value(statistic: float, alternative: Alternative = "two-sided") -> float:
    """Find the p value of a statistic that is standard normal under the null hypothesis.

    Parameters
    ----------
    statistic
        The statistic.
    alternative
        What the test is against.

    Returns
    -------
    The p value, in [0, 1].

    Raises
    ------
    InvalidValueError
        If there is no such alternative.

    Examples
    --------
    >>> round(normal_p_value(-1.959964), 6), round(normal_p_value(-1.959964, "less"), 6)
    (0.05, 0.025)
    """
    check_alternative(alternative)
    if alternative == "two-sided":
        return two_sided_p_value(statistic)
    return float(ndtr(-statistic if alternative == "greater" else statistic))


def normal_comparison(
    difference: Estimate, *, centre: float | None = None, target: float = 0.0, alternative: Alternative = "two-sided"
) -> Comparison:
    """Judge a difference by its standard error.

    Parameters
    ----------
    difference
        First minus second, with its standard error; its interval is made if it has none.
    centre
        The difference the test uses, where that is not the reported one (adjusted counts).
    target
        The difference under the null hypothesis.
    alternative
        What the test is against.

    Returns
    -------
    The comparison; without a standard error above 0 it decides nothing, and the difference warns.

    Raises
    ------
    InvalidValueError
        If the alternative or the target is not valid.

    Examples
    --------
    >>> print(normal_comparison(Estimate(value=0.3, standard_error=0.1, method="wald", n=200)))
    higher: 0.3 [0.104, 0.496] (95 % wald, n 200), p 0.0027
    """
    check_alternative(alternative)
    check_target(target)
    if difference.value is None or not difference.standard_error:
        return Comparison(_undecided(difference), alternative=alternative, target=float(target))
    middle = difference.value if centre is None else centre
    statistic = (middle - target) / difference.standard_error
    if difference.low is None:
        half = normal_quantile(difference.level) * difference.standard_error
        difference = _changed(difference, low=middle - half, high=middle + half)
    return Comparison(difference, statistic, normal_p_value(statistic, alternative), alternative, float(target))


def compare_estimates(
    first: Estimate, second: Estimate, *, target: float = 0.0, alternative: Alternative = "two-sided"
) -> Comparison:
    """Compare two independent estimates by their standard errors.

    ``z = (first - second - target) / sqrt(se_1^2 + se_2^2)``; good for any two numbers with standard errors, such as
    segments or an index against last year's. Two means with t intervals get Welch's test: Student's t with
    ``(se_1^2 + se_2^2)^2 / (se_1^4/df_1 + se_2^4/df_2)`` degrees of freedom, those of a mean being what its interval
    took. Scores of few answers deserve `compare_net_promoter`, shares `compare_proportions`.

    Parameters
    ----------
    first, second
        The estimates, in one unit and of one level.
    target
        The difference under the null hypothesis.
    alternative
        What the test is against.

    Returns
    -------
    The comparison, first minus second.

    Raises
    ------
    InvalidValueError
        If they are no estimates, their levels differ, or the alternative or the target is not valid.

    References
    ----------
    Welch, B. L. (1947). The generalization of Student's problem when several different population variances are
    involved. *Biometrika* 34.

    Examples
    --------
    >>> now = Estimate(value=0.40, standard_error=0.03, method="score", n=700)
    >>> then = Estimate(value=0.31, standard_error=0.04, method="score", n=600)
    >>> print(compare_estimates(now, then))
    not distinguishable yet: 0.09 [-0.007998, 0.188] (95 % wald, n 1300), p 0.072
    """
    refuse(kind_problems(first, Estimate, where="first"), kind_problems(second, Estimate, where="second"))
    if first.level != second.level:
        got = f"{first.level} and {second.level}"
        raise InvalidValueError(Problem(what="levels differ", where="compare_estimates", got=got))
    freedom = _welch_freedom(first, second)
    difference = Estimate(
        value=_combined(lambda one, other: one - other, first.value, second.value),
        standard_error=_combined(hypot, first.standard_error, second.standard_error),
        level=first.level,
        method="wald" if freedom is None else "welch",
        n=first.n + second.n,
        effective_n=_effective(first) + _effective(second),
        warnings=tuple(dict.fromkeys((*first.warnings, *second.warnings))),
    )
    if freedom is None:
        return normal_comparison(difference, target=target, alternative=alternative)
    return student_comparison(difference, freedom, target=target, alternative=alternative)


def t_freedom(estimate: Estimate) -> float | None:
    """Find the degrees of freedom that a t interval took.

    Parameters
    ----------
    estimate
        A mean.

    Returns
    -------
    What the width of its interval says, or one less than the answers it is worth where the scale has cut the interval;
    ``None`` where it has no t interval.

    Examples
    --------
    >>> t_freedom(Estimate(value=2.0, standard_error=1.0, low=-2.303, high=6.303, method="t", n=3)).__round__(2)
    2.0
    """
    value, error, low, high = estimate.value, estimate.standard_error, estimate.low, estimate.high
    if estimate.method != "t" or value is None or not error or low is None or high is None:
        return None
    quantile = max(value - low, high - value) / error
    found = float(stdtridf((1.0 + estimate.level) / 2.0, quantile))
    return found if 1.0 <= found < inf else max(_effective(estimate) - 1.0, 1.0)


def student_comparison(
    difference: Estimate, freedom: float, *, target: float = 0.0, alternative: Alternative = "two-sided"
) -> Comparison:
    """Judge a difference by its standard error, where few answers tell what that is.

    Parameters
    ----------
    difference
        First minus second, with its standard error.
    freedom
        The degrees of freedom of that.
    target
        The difference under the null hypothesis.
    alternative
        What the test is against.

    Returns
    -------
    The comparison, as `normal_comparison` gives it, with t for the normal.

    Raises
    ------
    InvalidValueError
        If the alternative or the target is not valid.

    Examples
    --------
    >>> print(student_comparison(Estimate(value=0.3, standard_error=0.1, method="welch", n=12), 9.3))
    higher: 0.3 [0.07489, 0.5251] (95 % welch, n 12), p 0.014
    """
    judged = normal_comparison(difference, target=target, alternative=alternative)
    value, error, statistic = difference.value, difference.standard_error, judged.statistic
    if value is None or error is None or statistic is None:
        return judged
    half = student_quantile(difference.level, freedom) * error
    tails = {"two-sided": -abs(statistic), "greater": -statistic, "less": statistic}
    p_value = float(stdtr(freedom, tails[alternative])) * (2.0 if alternative == "two-sided" else 1.0)
    shown = _changed(difference, low=value - half, high=value + half)
    return Comparison(shown, statistic, p_value, alternative, judged.target)


def check_alternative(alternative: str) -> None:
    """Refuse an alternative that does not exist.

    Parameters
    ----------
    alternative
        The name asked for.

    Raises
    ------
    InvalidValueError
        If the name is unknown.

    Examples
    --------
    >>> check_alternative("greater")
    """
    check_choice(alternative, get_args(Alternative), where="alternative", what="no such alternative")


def check_target(target: float, largest: float = inf) -> None:
    """Refuse a difference under the null hypothesis that cannot be one.

    Parameters
    ----------
    target
        The difference.
    largest
        The largest there can be, either way.

    Raises
    ------
    InvalidValueError
        If it is no finite number or too large.

    Examples
    --------
    >>> check_target(0.1, 2.0)
    """
    if not is_number(target) or isinf(target) or abs(target) > largest:
        allowed = "a finite number" if isinf(largest) else f"{-largest:g} to {largest:g}"
        raise InvalidValueError(Problem(what="no such difference", where="target", allowed=allowed, got=repr(target)))


def _welch_freedom(first: Estimate, second: Estimate) -> float | None:
    parts = [(each.standard_error, t_freedom(each)) for each in (first, second)]
    squares = [(error**2, freedom) for error, freedom in parts if error and freedom]
    if len(squares) < len(parts):
        return None
    whole = sum(square for square, _ in squares)
    return whole / sum(square / whole * square / freedom for square, freedom in squares)


def _undecided(difference: Estimate) -> Estimate:
    if difference.value is None:
        return difference
    return _changed(difference, warnings=(*difference.warnings, "no standard error above 0: the test decides nothing"))


def _changed(estimate: Estimate, **changes: Any) -> Estimate:
    return replace(estimate, **changes)


def _combined(rule: Callable[[float, float], float], first: float | None, second: float | None) -> float | None:
    return None if first is None or second is None else rule(first, second)


def _effective(estimate: Estimate) -> float:
    return estimate.n if estimate.effective_n is None else estimate.effective_n
