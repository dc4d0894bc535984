"""The net promoter score: how many more answers promote than detract, and how sure that is.

Answers or counts come in, an `Estimate` in natural units (-1..1) goes out; multiply by 100 only to print. The formulas
of the intervals live next door in `crmrisk.satisfaction.net_promoter_intervals`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, NamedTuple, TypeAlias, get_args

import numpy as np

from crmrisk.core.arguments import kind_problems, refuse
from crmrisk.core.errors import InvalidValueError, Problem
from crmrisk.core.estimate import Estimate
from crmrisk.satisfaction.answers import Missing, effective_sample_size, survey_weights
from crmrisk.satisfaction.bootstrap import bootstrap_means, percentile_interval
from crmrisk.satisfaction.net_promoter_counts import (
    SIDES,
    STANDARD_BREAKS,
    NpsBreaks,
    NpsCounts,
    counts_of_points,
    nps_counts,
)
from crmrisk.satisfaction.net_promoter_intervals import IntervalMethod, net_promoter_interval, net_promoter_variance
from crmrisk.satisfaction.numerics import check_method

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import ArrayLike

    from crmrisk.core.arrays import FloatArray

__all__ = ["STANDARD_BREAKS", "NetPromoterMethod", "NpsBreaks", "NpsCounts", "net_promoter_score", "nps_counts"]

NetPromoterMethod: TypeAlias = IntervalMethod | Literal["bootstrap"]
"""How the interval is found."""

_METHODS = (*get_args(IntervalMethod), "bootstrap")
_LARGEST_COUNT = 2.0**53  # beyond it whole numbers are no longer exact


class _Sample(NamedTuple):
    """What an estimate needs: counts scaled to the effective n, the n behind them, and cells to resample."""

    counts: NpsCounts
    n: float
    effective_n: float
    points: FloatArray
    weights: FloatArray
    repeats: FloatArray
    excluded: int = 0


def net_promoter_score(
    answers: ArrayLike | None = None,
    *,
    counts: Sequence[float] | None = None,
    weights: ArrayLike | None = None,
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
    ``sqrt(((p + d)/n - score^2)/n_eff)``; under weights the shares are weighted and ``n_eff`` is Kish's. Without any
    answer the value is ``None``: unrated, not zero.

    Parameters
    ----------
    answers
        One answer per row, ``(n_answers,)``; or give ``counts``.
    counts
        Detractors, passives, promoters, in this order.
    weights
        Survey weights of the answers, ``(n_answers,)``.
    effective_n
        What weighted ``counts`` are worth in equally weighted answers; their sum by default.
    breaks
        Which answers detract, are passive and promote.
    method
        The interval: ``"score"`` keeps its coverage from 10 answers on and at the edges; ``"adjusted wald"``,
        ``"bonett-price"`` and ``"agresti-min"`` add pseudo-answers; ``"wald"`` undercovers and says so;
        ``"bootstrap"`` takes percentiles of resampled answers.
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
        If answers are off the scale (named with row and count) or missing, or weights unusable.
    InvalidValueError
        If neither or both of answers and counts are given, or counts, level or method are not valid.

    References
    ----------
    Reichheld, F. F. (2003). The one number you need to grow. *Harvard Business Review* 81. Rocks, B. (2016). Interval
    estimation for the "net promoter score". *The American Statistician* 70.

    Examples
    --------
    >>> print(net_promoter_score(counts=(20, 30, 50)))
    0.3 [0.1396, 0.4434] (95 % score, n 100)
    >>> print(net_promoter_score([10, 9, 3, 8, None], missing="exclude").warnings)
    ('1 missing answer excluded',)
    """
    check_method(method, _METHODS)
    _check_arguments(answers, counts, weights, effective_n)
    if answers is not None:
        refuse(kind_problems(breaks, NpsBreaks, where="breaks"))
        sample = _sample_of_answers(breaks.points(answers, missing=missing), weights)
    else:
        sample = _sample_of_counts(_checked_counts(counts), effective_n)
    if sample.counts.n <= 0.0:
        return _unrated(sample, method, level)
    if method == "bootstrap":
        return _bootstrap(sample, level, rng, replicates)
    return _closed_form(sample, method, level)


def _closed_form(sample: _Sample, method: IntervalMethod, level: float) -> Estimate:
    low, high = net_promoter_interval(*sample.counts, method=method, level=level)
    detractors, passives, promoters = (np.array(part) for part in sample.counts)
    variance = float(net_promoter_variance(detractors, passives, promoters))
    value = _score(sample.counts)
    return Estimate(
        value=value,
        standard_error=(variance / sample.effective_n) ** 0.5,
        low=float(low),
        high=float(high),
        level=level,
        method=method,
        n=sample.n,
        effective_n=sample.effective_n,
        warnings=(*_exclusion(sample), *_wald_warnings(method, value, sample.effective_n)),
    )


def _bootstrap(sample: _Sample, level: float, rng: np.random.Generator | None, replicates: int) -> Estimate:
    scores = bootstrap_means(sample.points, sample.weights, sample.repeats, rng=rng, replicates=replicates)
    low, high = percentile_interval(scores, level)
    return Estimate(
        value=_score(sample.counts),
        standard_error=float(scores.std(ddof=1)),
        low=low,
        high=high,
        level=level,
        method="bootstrap",
        n=sample.n,
        effective_n=sample.effective_n,
        warnings=_exclusion(sample),
    )


def _unrated(sample: _Sample, method: str, level: float) -> Estimate:
    warnings = ("no answers", *_exclusion(sample))
    return Estimate(value=None, level=level, method=method, n=0, effective_n=0, warnings=warnings)


def _score(counts: NpsCounts) -> float:
    return float((counts.promoters - counts.detractors) / counts.n)


def _sample_of_answers(points: FloatArray, weights: ArrayLike | None) -> _Sample:
    excluded = int(np.isnan(points).sum())
    if weights is None:
        return _sample_of_counts(counts_of_points(points, np.ones(points.size)), None)._replace(excluded=excluded)
    weighing = survey_weights(weights, points.size)
    used = ~np.isnan(points) & (weighing > 0.0)
    points, weighing = points[used], weighing[used]
    sample = _sample_of_counts(counts_of_points(points, weighing), effective_sample_size(weighing))
    cells, repeats = np.unique(np.column_stack([points, weighing]), axis=0, return_counts=True)
    return sample._replace(
        n=points.size, points=cells[:, 0], weights=cells[:, 1], repeats=repeats.astype(np.float64), excluded=excluded
    )


def _sample_of_counts(counts: NpsCounts, effective_n: float | None) -> _Sample:
    effective = float(counts.n if effective_n is None else effective_n)
    scale = 1.0 if effective_n is None or counts.n == 0.0 else effective / counts.n
    scaled = NpsCounts(counts.detractors * scale, counts.passives * scale, counts.promoters * scale)
    return _Sample(scaled, counts.n, effective, np.array(SIDES), np.ones(3), np.array(scaled))


def _checked_counts(counts: Sequence[float] | None) -> NpsCounts:
    where, allowed = "counts", "three finite numbers of at least 0: detractors, passives, promoters"
    try:
        parts = np.array(counts, dtype=np.float64)
    except (TypeError, ValueError):
        parts = np.array(np.nan)
    if parts.shape != (3,) or not ((parts >= 0.0) & (parts <= _LARGEST_COUNT)).all():
        raise InvalidValueError(Problem(what="no counts", where=where, allowed=allowed, got=repr(counts)[:200]))
    return NpsCounts(*map(float, parts))


def _check_arguments(
    answers: ArrayLike | None, counts: Sequence[float] | None, weights: ArrayLike | None, effective_n: float | None
) -> None:
    problems = []
    if (answers is None) == (counts is None):
        problems.append(Problem(what="give either answers or counts", where="net_promoter_score"))
    if counts is not None and weights is not None:
        remedy = "pass sums of weights as counts and their effective_n"
        problems.append(Problem(what="weights belong to answers", where="weights", remedy=remedy))
    if effective_n is not None and (answers is not None or not 0.0 < effective_n <= _LARGEST_COUNT):
        allowed = "a positive number, beside counts"
        problems.append(Problem(what="no effective n", where="effective_n", allowed=allowed, got=str(effective_n)))
    if problems:
        raise InvalidValueError(*problems)


def _exclusion(sample: _Sample) -> tuple[str, ...]:
    if not sample.excluded:
        return ()
    return (f"{sample.excluded} missing answer{'' if sample.excluded == 1 else 's'} excluded",)


def _wald_warnings(method: str, value: float, effective_n: float) -> tuple[str, ...]:
    if method != "wald" or (effective_n >= 100.0 and abs(value) <= 0.8):
        return ()
    return ("the Wald interval undercovers below 100 answers and beyond a score of .8 either way; use method='score'",)
