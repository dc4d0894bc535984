"""Two net promoter scores of different people: which is higher, by how much, and could it be chance.

The sign is kept: first minus second. Each survey keeps its own size and its own variance. Two waves of the same people
belong to `crmrisk.satisfaction.net_promoter_paired`.
"""

from __future__ import annotations

from math import sqrt
from typing import TYPE_CHECKING, Any, Literal, TypeAlias, cast, get_args

from crmrisk.core.errors import InvalidValueError, Problem
from crmrisk.core.estimate import Estimate
from crmrisk.core.intervals import normal_quantile
from crmrisk.satisfaction.answered import Design
from crmrisk.satisfaction.comparison import Alternative, Comparison, check_target, normal_comparison
from crmrisk.satisfaction.effective_counts import EffectiveCounts, effective_counts, named_counts
from crmrisk.satisfaction.net_promoter_counts import STANDARD_BREAKS, NpsBreaks, NpsCounts
from crmrisk.satisfaction.net_promoter_intervals import IntervalMethod, adjusted_net_promoter, beside_warnings
from crmrisk.satisfaction.net_promoter_permutation import permutation_p_value
from crmrisk.satisfaction.numerics import check_method

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import ArrayLike

    from crmrisk.satisfaction.flagging import Missing
    from crmrisk.satisfaction.sample_units import PopulationSizes

__all__ = ["DifferenceMethod", "compare_effective_counts", "compare_net_promoter"]

DifferenceMethod: TypeAlias = Literal["adjusted wald", "wald", "bonett-price", "agresti-min", "permutation"]
"""How two independent scores are compared."""

_FEW = 20  # answers in the smaller group below which the exact test is the default


def compare_net_promoter(
    first: ArrayLike | NpsCounts | None = None,
    second: ArrayLike | NpsCounts | None = None,
    *,
    counts: tuple[Sequence[float], Sequence[float]] | None = None,
    weights: tuple[ArrayLike | None, ArrayLike | None] | None = None,
    strata: tuple[ArrayLike | None, ArrayLike | None] | None = None,
    clusters: tuple[ArrayLike | None, ArrayLike | None] | None = None,
    population: tuple[PopulationSizes | None, PopulationSizes | None] | None = None,
    breaks: NpsBreaks = STANDARD_BREAKS,
    method: DifferenceMethod | None = None,
    level: float = 0.95,
    alternative: Alternative = "two-sided",
    target: float = 0.0,
    missing: Missing = "error",
) -> Comparison:
    """Compare the net promoter scores of two independent surveys.

    ``D = NPS_1 - NPS_2``, ``SE = sqrt(V_1/n_1 + V_2/n_2)``, each variance and each n that of its own survey. Where
    pseudo-answers are added, centre and standard error of test and interval are those of the adjusted counts; the
    reported difference stays the raw one, so the centre is ``statistic * standard_error + target``.

    Parameters
    ----------
    first, second
        The answers of each survey, ``(n_answers,)``, or its `NpsCounts`.
    counts
        Instead of answers: detractors, passives, promoters of the first, and of the second.
    weights, strata, clusters, population
        How the answers were drawn, as for `net_promoter_score`: a pair, one for each survey, ``None`` for a simple one.
    breaks
        Which answers detract, are passive and promote.
    method
        ``"adjusted wald"`` adds (.75, 1.5, .75) to each survey, ``"bonett-price"`` (1, 0, 1), ``"agresti-min"``
        (.5, 1, .5), ``"wald"`` nothing; ``"permutation"`` takes the exact p value beside the adjusted Wald interval. By
        default adjusted Wald, and the exact p value where the smaller survey has fewer than 20 answers, all counting
        alike.
    level
        Nominal coverage of the interval; the verdict is at ``1 - level``.
    alternative
        What the test is against.
    target
        The difference under the null hypothesis.
    missing
        ``"error"`` refuses missing answers, ``"exclude"`` leaves them out and says how many in the warnings.

    Returns
    -------
    The comparison, in [-2, 2].

    Raises
    ------
    RecordError
        If answers are off the scale or missing, or the columns of a design unusable.
    InvalidValueError
        If not exactly two surveys are given, or a setting is not valid.

    References
    ----------
    Rocks, B. (2016). Interval estimation for the "net promoter score". *The American Statistician* 70.

    Examples
    --------
    >>> comparison = compare_net_promoter(counts=((20, 30, 50), (35, 30, 35)))
    >>> print(comparison)
    higher: 0.3 [0.07077, 0.5118] (95 % adjusted wald, n 200), p 0.0096
    >>> compare_net_promoter([10, 9, 8, 3], [2, 9, 7, 1]).verdict
    'not distinguishable yet'
    """
    check_target(target, 2.0)
    given = _two_surveys(first, second, counts)
    designs = {"weights": weights, "strata": strata, "clusters": clusters, "population": population}
    sides = [
        effective_counts(answers, design=design, breaks=breaks, missing=missing, where=where)
        for answers, design, where in zip(given, _two_designs(designs), ("first", "second"), strict=True)
    ]
    return compare_effective_counts(
        sides[0], sides[1], method=method, level=level, alternative=alternative, target=target
    )


def compare_effective_counts(
    first: EffectiveCounts,
    second: EffectiveCounts,
    *,
    method: DifferenceMethod | None = None,
    level: float = 0.95,
    alternative: Alternative = "two-sided",
    target: float = 0.0,
) -> Comparison:
    """Compare two surveys that are already reduced to counts.

    Parameters
    ----------
    first, second
        What `effective_counts` made of each.
    method, level, alternative, target
        As for `compare_net_promoter`.

    Returns
    -------
    The comparison.

    Raises
    ------
    InvalidValueError
        If a setting is not valid.

    Examples
    --------
    >>> sides = effective_counts([9, 10, 10, 8]), effective_counts([3, 7, 10, 1])
    >>> print(compare_effective_counts(*sides, method="wald"))
    higher: 1 [0.08331, 1.917] (95 % wald, n 8), p 0.033
    """
    if method is not None:
        method = check_method(method, get_args(DifferenceMethod))
    exact = _takes_exact_test(first, second, method, target)
    approximate = cast("IntervalMethod", "adjusted wald" if method in {None, "permutation"} else method)
    centre, error = _centre_and_error(first.counts, second.counts, approximate)
    value = None if first.value is None or second.value is None else first.value - second.value
    limits = _limits(centre, error, level)
    beside = beside_warnings(approximate, value, **limits) if limits and value is not None else ()
    difference = Estimate(
        value=value,
        standard_error=error,
        level=level,
        method="permutation" if exact else approximate,
        n=first.n + second.n,
        effective_n=first.counts.n + second.counts.n,
        warnings=(*_told_of("first", first), *_told_of("second", second), *beside),
        **limits,
    )
    judged = normal_comparison(difference, centre=centre, target=target, alternative=alternative)
    if not exact or difference.value is None:
        return judged
    p_value = permutation_p_value(first.counts, second.counts, alternative)
    return Comparison(difference, judged.statistic, p_value, alternative, judged.target)


def _told_of(which: str, counts: EffectiveCounts) -> list[str]:
    return [f"{which}: {each}" for each in counts.warnings]


def _two_surveys(
    first: ArrayLike | NpsCounts | None, second: ArrayLike | NpsCounts | None, counts: object
) -> tuple[ArrayLike | NpsCounts, ArrayLike | NpsCounts]:
    if counts is None and first is not None and second is not None:
        return first, second
    if counts is None or first is not None or second is not None:
        remedy = "compare_net_promoter(first, second), or counts=((d, m, p), (d, m, p))"
        raise InvalidValueError(
            Problem(what="give two columns of answers, or two counts", where="compare_net_promoter", remedy=remedy)
        )
    here, there = _pair(counts, "counts")
    return named_counts(here, "counts, first"), named_counts(there, "counts, second")


def _two_designs(parts: dict[str, Any]) -> tuple[Design, Design]:
    pairs = {name: (None, None) if part is None else _pair(part, name) for name, part in parts.items()}
    here, there = ({name: pair[each] for name, pair in pairs.items()} for each in (0, 1))
    return Design(**here), Design(**there)


def _pair(value: object, where: str) -> tuple[Any, Any]:
    if not isinstance(value, tuple | list) or len(value) != 2:
        allowed = "a pair: one for the first survey, one for the second"
        raise InvalidValueError(Problem(what="not a pair", where=where, allowed=allowed, got=repr(value)[:200]))
    return value[0], value[1]


def _takes_exact_test(first: EffectiveCounts, second: EffectiveCounts, method: str | None, target: float) -> bool:
    if method == "permutation" and target != 0.0:
        remedy = "use another method, which shifts by any target"
        raise InvalidValueError(Problem(what="the permutation test has target 0", where="target", remedy=remedy))
    simple = first.is_simple and second.is_simple
    return method == "permutation" or (method is None and not target and simple and min(first.n, second.n) < _FEW)


def _centre_and_error(first: NpsCounts, second: NpsCounts, method: IntervalMethod) -> tuple[float | None, float | None]:
    if not first.n or not second.n:
        return None, None
    (here, square), (there, other) = (adjusted_net_promoter(*counts, method=method) for counts in (first, second))
    return float(here - there), sqrt(float(square + other))


def _limits(centre: float | None, error: float | None, level: float) -> dict[str, float]:
    quantile = normal_quantile(level)
    if centre is None or not error:
        return {}
    return {"low": max(-2.0, centre - quantile * error), "high": min(2.0, centre + quantile * error)}
