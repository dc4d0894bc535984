"""The net promoter score: how many more answers promote than detract, and how sure that is.

Answers or counts come in, an `Estimate` in natural units (-1..1) goes out; multiply by 100 only to print. The formulas
of the intervals live next door in `crmrisk.satisfaction.net_promoter_intervals`.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeAlias, cast, get_args

from crmrisk.core.arguments import is_number, kind_problems, refuse
from crmrisk.core.arrays import LARGEST_COUNT
from crmrisk.core.errors import InvalidValueError, Problem
from crmrisk.core.estimate import Estimate
from crmrisk.core.intervals import normal_quantile
from crmrisk.core.row_names import refuse_other_order
from crmrisk.satisfaction.answered import Design
from crmrisk.satisfaction.net_promoter_counts import STANDARD_BREAKS, NpsBreaks, NpsCounts, nps_counts
from crmrisk.satisfaction.net_promoter_intervals import IntervalMethod, beside_warnings, net_promoter_interval
from crmrisk.satisfaction.net_promoter_resampling import ResamplingMethod, Uncertainty, resampled_interval
from crmrisk.satisfaction.net_promoter_sample import (
    Counts,
    NpsSample,
    checked_counts,
    counted_by_name,
    sample_of_answers,
    sample_of_counts,
    spread_out,
)
from crmrisk.satisfaction.numerics import check_method

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import ArrayLike

    from crmrisk.satisfaction.flagging import Missing
    from crmrisk.satisfaction.sample_units import PopulationSizes

__all__ = [
    "METHODS",
    "STANDARD_BREAKS",
    "NetPromoterMethod",
    "NpsBreaks",
    "NpsCounts",
    "net_promoter_score",
    "nps_counts",
    "wald_warnings",
]

NetPromoterMethod: TypeAlias = IntervalMethod | ResamplingMethod
"""How the interval is found."""

_RESAMPLING = get_args(ResamplingMethod)
METHODS = (*get_args(IntervalMethod), *_RESAMPLING)
"""The names of all intervals."""


def net_promoter_score(
    answers: ArrayLike | None = None,
    *,
    counts: Counts | None = None,
    weights: ArrayLike | Mapping[Any, float] | None = None,
    strata: ArrayLike | None = None,
    clusters: ArrayLike | None = None,
    population: PopulationSizes | None = None,
    effective_n: float | None = None,
    breaks: NpsBreaks = STANDARD_BREAKS,
    method: NetPromoterMethod = "score",
    level: float = 0.95,
    missing: Missing = "error",
    rng: np.random.Generator | None = None,
    replicates: int = 2000,
) -> Estimate:
    """Estimate the net promoter score with its interval, in natural units.

    The value is always the raw score ``(promoters - detractors)/n``, whatever the interval adds. Its standard error is
    ``sqrt(((p + d)/n - score^2)/n)``; under weights, strata, clusters or a population it is the design's, by Taylor
    linearisation, the warnings tell the design effect, and the interval is that of as many answers as would be as
    precise, in the same shares, fewer where there are few clusters (Korn and Graubard), and under weights alone never
    more than there are. ``effective_n`` is their number; under weights alone it is Kish's, ``(sum w)^2/sum w^2``, which
    knows nothing of the answers. Without any answer the value is ``None``: unrated, not zero.

    Parameters
    ----------
    answers
        One answer per row, ``(n_answers,)``; or give ``counts``.
    counts
        Detractors, passives, promoters, in this order or by name; or a mapping from stratum to these, whole numbers
        then.
    weights
        Survey weights of the answers, ``(n_answers,)``; beside counts by stratum a mapping from stratum to its share of
        the population.
    strata
        Stratum of each answer, ``(n_answers,)``.
    clusters
        What was drawn as one, ``(n_answers,)``: a branch, or the customer where one answers more than once.
    population
        Units in the population, a number or a mapping from stratum to number, for the finite-population correction;
        without weights each stratum then weighs by its population.
    effective_n
        What weighted ``counts`` are worth in equally weighted answers; their sum by default.
    breaks
        Which answers detract, are passive and promote.
    method
        The interval: ``"score"`` keeps its coverage from 10 answers on and at the edges; ``"adjusted wald"``,
        ``"bonett-price"`` and ``"agresti-min"`` add pseudo-answers; ``"wald"`` undercovers and says so;
        ``"bootstrap"`` takes percentiles of resampled answers, whole clusters within their strata where these are
        given, and ``"bca"`` corrects them for bias and skewness.
    level
        Nominal coverage.
    missing
        ``"error"`` refuses missing answers, ``"exclude"`` leaves them out and says how many in the warnings.
    rng
        Source of randomness of the bootstrap; ``None`` starts the same way every time.
    replicates
        Number of bootstrap samples.

    Returns
    -------
    The estimate, in [-1, 1].

    Raises
    ------
    RecordError
        If answers are off the scale (named with row and count) or missing, or weights, strata or clusters unusable.
    InvalidValueError
        If neither or both of answers and counts are given, or counts, population, level or method are not valid.

    References
    ----------
    Reichheld, F. F. (2003). The one number you need to grow. *Harvard Business Review* 81. Rocks, B. (2016). Interval
    estimation for the "net promoter score". *The American Statistician* 70. Korn, E. L. and Graubard, B. I. (1998).
    Confidence intervals for proportions with small expected number of positive counts estimated from survey data.
    *Survey Methodology* 24.

    Examples
    --------
    >>> print(net_promoter_score(counts=(20, 30, 50)))
    0.3 [0.1396, 0.4434] (95 % score, n 100)
    >>> print(net_promoter_score([10, 9, 3, 8, None], missing="exclude").warnings)
    ('1 missing answer excluded',)
    """
    method = check_method(method, METHODS)
    given = {"weights": weights, "strata": strata, "clusters": clusters, "population": population}
    _check_arguments(answers, counts, given, effective_n)
    if isinstance(counts, Mapping) and not counted_by_name(counts):
        sample = sample_of_answers(*spread_out(counts, weights=weights, population=population))
    elif answers is not None:
        refuse(kind_problems(breaks, NpsBreaks, where="breaks"))
        refuse_other_order(answers=answers, weights=weights, strata=strata, clusters=clusters)
        design = Design(cast("ArrayLike", weights), strata, clusters, population)
        points, doubts = breaks.judged(answers, missing=missing)
        sample = sample_of_answers(points, design)._replace(doubts=doubts)
    else:
        sample = sample_of_counts(checked_counts(counts), effective_n)
    if sample.counts.n <= 0.0:
        warnings = ("no answers", *sample.notes)
        return Estimate(value=None, level=level, method=method, n=0, effective_n=0, warnings=warnings)
    if method in _RESAMPLING:
        found = resampled_interval(sample, method, level, rng=rng, replicates=replicates)
    else:
        found = _closed_form(sample, cast("IntervalMethod", method), level)
    return Estimate(
        value=sample.value,
        standard_error=found.standard_error,
        low=found.low,
        high=found.high,
        level=level,
        method=method,
        n=sample.n,
        effective_n=sample.n if math.isinf(sample.effective_n) else sample.effective_n,
        warnings=(*sample.notes, *found.warnings),
    )


def _closed_form(sample: NpsSample, method: IntervalMethod, level: float) -> Uncertainty:
    error, value = sample.standard_error, sample.value
    warnings = wald_warnings(method, value, sample.effective_n)
    quantile = normal_quantile(level)
    if error is None:
        return Uncertainty(None, None, None, warnings)
    if math.isinf(sample.effective_n):
        return Uncertainty(value, value, error, warnings)
    if method == "wald" and not (sample.design is None and sample.linearised is None):
        return Uncertainty(max(value - quantile * error, -1.0), min(value + quantile * error, 1.0), error, warnings)
    low, high = (float(each) for each in net_promoter_interval(*sample.scaled(level), method=method, level=level))
    return Uncertainty(low, high, error, (*warnings, *beside_warnings(method, value, low, high)))


def _check_arguments(answers: object, counts: object, given: Mapping[str, object], effective_n: float | None) -> None:
    problems = []
    if (answers is None) == (counts is None):
        problems.append(Problem(what="give either answers or counts", where="net_promoter_score"))
    if counts is not None:
        by_stratum = isinstance(counts, Mapping) and not counted_by_name(counts)
        allowed_beside = {"weights", "population"} if by_stratum else set()
        named = [name for name, each in given.items() if each is not None and name not in allowed_beside]
        remedy = "give the answers; or counts by stratum, or sums of weights as counts and their effective_n"
        problems += [Problem(what=f"{name} belong to answers", where=name, remedy=remedy) for name in named]
    beside = answers is None and (not isinstance(counts, Mapping) or counted_by_name(counts))
    if effective_n is not None and not (beside and is_number(effective_n) and 0.0 < effective_n <= LARGEST_COUNT):
        allowed = "a positive number, beside three counts"
        problems.append(Problem(what="no effective n", where="effective_n", allowed=allowed, got=str(effective_n)))
    if problems:
        raise InvalidValueError(*problems)


def wald_warnings(method: str, value: float, effective_n: float) -> tuple[str, ...]:
    """Warn where the Wald interval promises more than it keeps.

    Parameters
    ----------
    method
        The interval.
    value, effective_n
        The score, and the answers it is worth.

    Examples
    --------
    >>> wald_warnings("score", 0.9, 10)
    ()
    """
    if method != "wald" or (effective_n >= 100.0 and abs(value) <= 0.8):
        return ()
    return ("the Wald interval undercovers below 100 answers and beyond a score of .8 either way; use method='score'",)
