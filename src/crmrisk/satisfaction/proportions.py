"""Shares of answers: top-box, satisfied customers, repeat rates, better and worse of Kano.

Counts come in, an `Estimate` goes out; the formulas of the intervals live next door in
`crmrisk.satisfaction.proportion_intervals`.
"""

from __future__ import annotations

from typing import Literal, TypeAlias, get_args

from crmrisk.core.arguments import checked_level, is_number
from crmrisk.core.arrays import LARGEST_COUNT
from crmrisk.core.errors import InvalidValueError, Problem
from crmrisk.core.estimate import Estimate
from crmrisk.satisfaction.numerics import check_method
from crmrisk.satisfaction.proportion_intervals import (
    agresti_coull_interval,
    clopper_pearson_interval,
    jeffreys_interval,
    mid_p_interval,
    plus_four_interval,
    wald_interval,
    wilson_interval,
)

__all__ = ["ProportionMethod", "proportion"]

ProportionMethod: TypeAlias = Literal[
    "wilson", "jeffreys", "clopper-pearson", "mid-p", "agresti-coull", "plus four", "wald"
]
"""How the interval of a share is found."""


def proportion(
    successes: float,
    n: float,
    *,
    method: ProportionMethod = "wilson",
    level: float = 0.95,
    effective_n: float | None = None,
) -> Estimate:
    """Estimate a share with its interval.

    Parameters
    ----------
    successes
        Number of answers that count, or their sum of weights.
    n
        Number of answers, or their sum of weights.
    method
        ``"wilson"`` for everyday use; ``"jeffreys"``; ``"clopper-pearson"`` where coverage must be guaranteed;
        ``"mid-p"``; ``"agresti-coull"`` adds z^2 pseudo-answers; ``"plus four"`` is the variant that adds 2 and 2;
        ``"wald"`` undercovers and says so.
    level
        Nominal coverage.
    effective_n
        What the answers are worth when weighted; ``n`` by default. The interval is that of the same share of
        ``effective_n`` answers.

    Returns
    -------
    The estimate, in [0, 1]; its value is ``None`` where ``n`` is 0.

    Raises
    ------
    InvalidValueError
        If not ``0 <= successes <= n``, or method, level or effective n are not valid.

    References
    ----------
    Brown, L. D., Cai, T. T. and DasGupta, A. (2001). Interval estimation for a binomial proportion. *Statistical
    Science* 16. Korn, E. L. and Graubard, B. I. (1998). *Survey Methodology* 24 (effective n).

    Examples
    --------
    >>> print(proportion(81, 263))
    0.308 [0.2553, 0.3662] (95 % wilson, n 263)
    """
    method = check_method(method, get_args(ProportionMethod))
    _check_counts(successes, n, 0.0 if effective_n is None else effective_n)
    effective = float(n if effective_n is None else effective_n)
    checked_level(level)
    if not n or not effective:
        return Estimate(value=None, level=level, method=method, n=n, effective_n=effective, warnings=("no answers",))
    share = successes / n
    low, high = _INTERVALS[method](share * effective if effective != n else successes, effective, level)
    return Estimate(
        value=share,
        standard_error=(share * (1.0 - share) / effective) ** 0.5,
        low=float(low),
        high=float(high),
        level=level,
        method=method,
        n=n,
        effective_n=effective,
        warnings=("the Wald interval undercovers; use method='wilson'",) if method == "wald" else (),
    )


_INTERVALS = {
    "wilson": wilson_interval,
    "jeffreys": jeffreys_interval,
    "clopper-pearson": clopper_pearson_interval,
    "mid-p": mid_p_interval,
    "agresti-coull": agresti_coull_interval,
    "plus four": plus_four_interval,
    "wald": wald_interval,
}


def _check_counts(successes: object, n: object, effective_n: object) -> None:
    problems = []
    if not (_is_count(successes) and _is_count(n) and successes <= n):  # type: ignore[operator] # both are numbers by then
        allowed, got = "0 <= successes <= n <= 2^53", f"successes={successes!r}, n={n!r}"
        problems.append(Problem(what="no share", where="proportion", allowed=allowed, got=got[:200]))
    if not _is_count(effective_n):
        got = repr(effective_n)[:100]
        problems.append(Problem(what="no size", where="effective_n", allowed="0 to 2^53", got=got))
    if problems:
        raise InvalidValueError(*problems)


def _is_count(value: object) -> bool:
    return is_number(value) and 0.0 <= value <= LARGEST_COUNT  # type: ignore[operator] # it is a number by then
