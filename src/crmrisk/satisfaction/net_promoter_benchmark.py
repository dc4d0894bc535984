"""A net promoter score held against a benchmark: a number somebody published, with or without its own uncertainty."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, get_args

from crmrisk.core.arguments import is_number
from crmrisk.core.errors import InvalidValueError, Problem
from crmrisk.core.estimate import Estimate
from crmrisk.satisfaction.answered import Design
from crmrisk.satisfaction.comparison import (
    Alternative,
    Comparison,
    check_alternative,
    compare_estimates,
    normal_comparison,
    normal_p_value,
)
from crmrisk.satisfaction.effective_counts import EffectiveCounts, effective_counts, named_counts
from crmrisk.satisfaction.net_promoter_counts import STANDARD_BREAKS, NpsBreaks, NpsCounts
from crmrisk.satisfaction.net_promoter_intervals import (
    IntervalMethod,
    adjusted_net_promoter,
    beside_warnings,
    net_promoter_interval,
    net_promoter_statistic,
)
from crmrisk.satisfaction.numerics import check_method

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import ArrayLike

    from crmrisk.satisfaction.flagging import Missing
    from crmrisk.satisfaction.sample_units import PopulationSizes

__all__ = ["compare_net_promoter_to_benchmark"]


def compare_net_promoter_to_benchmark(
    answers: ArrayLike | NpsCounts | None = None,
    *,
    benchmark: float | Estimate,
    counts: Sequence[float] | None = None,
    weights: ArrayLike | None = None,
    strata: ArrayLike | None = None,
    clusters: ArrayLike | None = None,
    population: PopulationSizes | None = None,
    breaks: NpsBreaks = STANDARD_BREAKS,
    method: IntervalMethod | None = None,
    level: float = 0.95,
    alternative: Alternative = "two-sided",
    missing: Missing = "error",
) -> Comparison:
    """Compare a net promoter score with a benchmark.

    A known benchmark B is tested by the score test, ``(p - d - n B)/sqrt(n (2q + B(1 - B)))``, the one that the score
    interval inverts; against 0 it is McNemar's. A benchmark with a standard error of its own adds its variance to that
    of the survey.

    Parameters
    ----------
    answers
        One answer per row, ``(n_answers,)``, or `NpsCounts`.
    benchmark
        The score to reach, -1..1, or an `Estimate` of it with a standard error.
    counts
        Instead of answers: detractors, passives, promoters.
    weights, strata, clusters, population
        How the answers were drawn, as for `net_promoter_score`.
    breaks
        Which answers detract, are passive and promote.
    method
        The method, as for `net_promoter_score`; by default ``"score"`` for a known benchmark, and ``"adjusted wald"``
        for an uncertain one, which has no score test.
    level
        Nominal coverage.
    alternative
        What the test is against.
    missing
        ``"error"`` refuses missing answers, ``"exclude"`` leaves them out and says how many in the warnings.

    Returns
    -------
    The comparison, score minus benchmark; ``"higher"`` says that the benchmark is beaten.

    Raises
    ------
    RecordError
        If answers are off the scale or missing, or the columns of the design unusable.
    InvalidValueError
        If the benchmark is no score, neither or both of answers and counts are given, or a setting is not valid.

    References
    ----------
    Tango, T. (1998). *Statistics in Medicine* 17.

    Examples
    --------
    >>> print(compare_net_promoter_to_benchmark(counts=(20, 30, 50), benchmark=0.1))
    higher: 0.2 [0.03955, 0.3434] (95 % score, n 100), p 0.015
    >>> industry = Estimate(value=0.1, standard_error=0.08, method="published", n=150)
    >>> compare_net_promoter_to_benchmark(counts=(20, 30, 50), benchmark=industry).verdict
    'not distinguishable yet'
    """
    if method is not None:
        method = check_method(method, get_args(IntervalMethod))
    check_alternative(alternative)
    _check_benchmark(benchmark, method)
    if (answers is None) == (counts is None):
        what = "give either answers or counts"
        raise InvalidValueError(Problem(what=what, where="compare_net_promoter_to_benchmark"))
    given = named_counts(counts, "counts") if counts is not None else answers
    design = Design(weights, strata, clusters, population)
    found = effective_counts(given, design=design, breaks=breaks, missing=missing)  # type: ignore[arg-type] # one is given
    if isinstance(benchmark, Estimate):
        score = _estimated(found, method or "adjusted wald", level)
        return compare_estimates(score, replace(benchmark, level=level, low=None, high=None), alternative=alternative)
    return _against_known(found, float(benchmark), method or "score", level, alternative)


def _against_known(
    found: EffectiveCounts, benchmark: float, method: IntervalMethod, level: float, alternative: Alternative
) -> Comparison:
    if found.value is None:
        return normal_comparison(_estimated(found, method, level), alternative=alternative)
    low, high = (float(each) for each in net_promoter_interval(*found.counts, method=method, level=level))
    score = _estimated(found, method, level)
    warnings = (*score.warnings, *beside_warnings(method, found.value, low, high))
    difference = replace(
        score, value=found.value - benchmark, low=low - benchmark, high=high - benchmark, warnings=warnings
    )
    if method != "score":
        centre = float(adjusted_net_promoter(*found.counts, method=method)[0]) - benchmark
        return normal_comparison(difference, centre=centre, alternative=alternative)
    statistic = float(net_promoter_statistic(*found.counts, benchmark))
    return Comparison(difference, statistic, normal_p_value(statistic, alternative), alternative)


def _estimated(found: EffectiveCounts, method: IntervalMethod, level: float) -> Estimate:
    known = found.value is not None
    plain: IntervalMethod = "wald" if method == "score" else method
    error = float(adjusted_net_promoter(*found.counts, method=plain)[1]) ** 0.5 if known else None
    return Estimate(
        value=found.value,
        standard_error=error,
        level=level,
        method=method,
        n=found.n,
        effective_n=found.counts.n,
        warnings=found.warnings,
    )


def _check_benchmark(benchmark: float | Estimate, method: str | None) -> None:
    score = benchmark.value if isinstance(benchmark, Estimate) else benchmark
    problems = []
    if not is_number(score) or not -1.0 < score < 1.0:  # type: ignore[operator] # a number by then
        remedy = "a score of 30 is 0.3"
        allowed = "-1 < benchmark < 1"
        problems.append(Problem(what="no score", where="benchmark", allowed=allowed, got=repr(score), remedy=remedy))
    if isinstance(benchmark, Estimate) and not benchmark.standard_error:
        remedy = "give the number alone, if it is known exactly"
        problems.append(Problem(what="no standard error", where="benchmark", remedy=remedy))
    if isinstance(benchmark, Estimate) and method == "score":
        allowed = "any other method"
        problems.append(Problem(what="an uncertain benchmark has no score test", where="method", allowed=allowed))
    if problems:
        raise InvalidValueError(*problems)
