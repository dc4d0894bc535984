"""Two shares side by side: how much larger the first is, and whether that can be told apart from nothing.

`proportion_difference` is the number with its interval, `compare_proportions` the same with a test and a verdict. Both
take counts, or the estimates that `crmrisk.satisfaction.box_shares` and `proportion` return, so that weighted and
stratified shares are compared at what their answers are worth. The interval is Miettinen and Nurminen's; statsmodels
prints another under that name, which is wrong (`crmrisk.satisfaction.proportion_differences` says where).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, NamedTuple, TypeAlias, get_args

from crmrisk.core.arguments import checked_level, is_number
from crmrisk.core.arrays import LARGEST_COUNT
from crmrisk.core.errors import InvalidValueError, Problem
from crmrisk.core.estimate import Estimate
from crmrisk.satisfaction.comparison import Alternative, Comparison, check_alternative, normal_p_value
from crmrisk.satisfaction.numerics import check_method
from crmrisk.satisfaction.proportion_differences import (
    difference_score,
    mee_interval,
    miettinen_nurminen_interval,
    newcombe_interval,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["DifferenceMethod", "Share", "compare_proportions", "proportion_difference"]

DifferenceMethod: TypeAlias = Literal["miettinen-nurminen", "mee", "newcombe"]
"""How the interval of a difference of shares is found."""

Share: TypeAlias = "Estimate | Sequence[float]"
"""What can be compared: an estimate of a share, or successes and n."""


class _Sample(NamedTuple):
    """A share as the score test sees it: successes out of what the answers are worth, and the answers there were."""

    successes: float
    size: float
    n: float
    error: float | None


def proportion_difference(
    first: Share, second: Share, *, method: DifferenceMethod = "miettinen-nurminen", level: float = 0.95
) -> Estimate:
    """Estimate the difference of two independent shares with its interval.

    Parameters
    ----------
    first, second
        ``(successes, n)``, or an estimate of a share, whose ``effective_n`` is then what its answers are worth.
    method
        ``"miettinen-nurminen"`` (score) for everyday use; ``"mee"`` is the same without the factor N/(N - 1);
        ``"newcombe"`` squares and adds the Wilson limits.
    level
        Nominal coverage.

    Returns
    -------
    The first share minus the second, in [-1, 1]; its value is ``None`` where a share has no answers.

    Raises
    ------
    InvalidValueError
        If a share is none, or method or level are not valid.

    References
    ----------
    Miettinen, O. and Nurminen, M. (1985). *Statistics in Medicine* 4. Newcombe, R. G. (1998). *Statistics in Medicine*
    17, 873-890.

    Examples
    --------
    >>> print(proportion_difference((56, 70), (48, 80)))
    0.2 [0.05283, 0.3382] (95 % miettinen-nurminen, n 150)
    """
    method = check_method(method, get_args(DifferenceMethod))
    checked_level(level)
    return _difference(*_samples(first, second), method, level)


def compare_proportions(
    first: Share,
    second: Share,
    *,
    method: DifferenceMethod = "miettinen-nurminen",
    level: float = 0.95,
    alternative: Alternative = "two-sided",
    target: float = 0.0,
) -> Comparison:
    """Compare two independent shares.

    The test is the one its interval inverts, so that both always agree. Newcombe's interval inverts none: the
    comparison then has no p value, and the interval decides.

    Parameters
    ----------
    first, second
        ``(successes, n)``, or an estimate of a share.
    method
        As in `proportion_difference`.
    level
        Nominal coverage; the verdict is at ``1 - level``.
    alternative
        What the test is against.
    target
        The difference under the null hypothesis, strictly between -1 and 1.

    Returns
    -------
    The comparison, first minus second.

    Raises
    ------
    InvalidValueError
        If a share is none, or method, level, alternative or target are not valid.

    References
    ----------
    Miettinen, O. and Nurminen, M. (1985). *Statistics in Medicine* 4, equation 9.

    Examples
    --------
    >>> print(compare_proportions((56, 70), (48, 80)))
    higher: 0.2 [0.05283, 0.3382] (95 % miettinen-nurminen, n 150), p 0.0083
    """
    check_alternative(alternative)
    if not is_number(target) or not -1.0 < target < 1.0:
        raise InvalidValueError(Problem(what="no difference", where="target", allowed="-1 to 1", got=repr(target)))
    difference = proportion_difference(first, second, method=method, level=level)
    if difference.low is None or method == "newcombe":
        return Comparison(difference, alternative=alternative, target=float(target))
    (x1, n1, *_), (x2, n2, *_) = _samples(first, second)
    statistic = float(difference_score(x1, n1, x2, n2, target, variant=method))
    return Comparison(difference, statistic, normal_p_value(statistic, alternative), alternative, float(target))


_INTERVALS = {
    "miettinen-nurminen": miettinen_nurminen_interval,
    "mee": mee_interval,
    "newcombe": newcombe_interval,
}


def _difference(first: _Sample, second: _Sample, method: DifferenceMethod, level: float) -> Estimate:
    n, size = first.n + second.n, first.size + second.size
    if not first.size or not second.size:
        return Estimate(value=None, level=level, method=method, n=n, effective_n=size, warnings=("no answers",))
    value = first.successes / first.size - second.successes / second.size
    if size <= 1.0:  # the factor N/(N - 1) has no meaning
        warnings = ("the answers are worth one or less: no interval",)
        return Estimate(value=value, level=level, method=method, n=n, effective_n=size, warnings=warnings)
    low, high = _INTERVALS[method](first.successes, first.size, second.successes, second.size, level)
    return Estimate(
        value=value,
        standard_error=(_variance(first) + _variance(second)) ** 0.5,
        low=float(low),
        high=float(high),
        level=level,
        method=method,
        n=n,
        effective_n=size,
    )


def _variance(sample: _Sample) -> float:
    if sample.error is not None:
        return sample.error**2
    share = sample.successes / sample.size
    return share * (1.0 - share) / sample.size


def _samples(first: Share, second: Share) -> tuple[_Sample, _Sample]:
    problems: list[Problem] = []
    samples = [_sample(share, where, problems) for share, where in ((first, "first"), (second, "second"))]
    if problems:
        raise InvalidValueError(*problems)
    return samples[0], samples[1]


def _sample(share: Share, where: str, problems: list[Problem]) -> _Sample:
    if isinstance(share, Estimate):
        value, n = share.value, share.n if share.effective_n is None else share.effective_n
        if value is None:
            return _Sample(0.0, 0.0, share.n, None)
        read = _Sample(value * n, n, share.n, share.standard_error)
    else:
        read = _counted(share)
    if not 0.0 <= read.successes <= read.size <= LARGEST_COUNT:
        allowed = "(successes, n) with 0 <= successes <= n <= 2^53, or an Estimate of a share"
        problems.append(Problem(what="no share", where=where, allowed=allowed, got=repr(share)[:200]))
    return read


def _counted(share: Sequence[float]) -> _Sample:
    try:
        successes, n = share
    except (TypeError, ValueError, OverflowError):
        return _Sample(-1.0, 0.0, 0.0, None)
    if not is_number(successes) or not is_number(n):
        return _Sample(-1.0, 0.0, 0.0, None)
    return _Sample(float(successes), float(n), float(n), None)
