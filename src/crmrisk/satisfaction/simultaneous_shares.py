"""The shares of several answers at once: intervals that hold for all of them together."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Literal, NamedTuple, TypeAlias, get_args

import numpy as np
from scipy.special import gammaln, pdtr

from crmrisk.core.arguments import kind_problems, refuse
from crmrisk.core.arrays import LARGEST_COUNT
from crmrisk.core.errors import InvalidValueError, Problem
from crmrisk.core.estimate import Estimate
from crmrisk.satisfaction.answered import Design, check_source, exclusion
from crmrisk.satisfaction.box_shares import share_of_column
from crmrisk.satisfaction.familywise import bonferroni_level
from crmrisk.satisfaction.net_promoter_counts import SIDES, STANDARD_BREAKS, NpsBreaks, counts_of_points
from crmrisk.satisfaction.net_promoter_sample import checked_counts
from crmrisk.satisfaction.numerics import check_method
from crmrisk.satisfaction.proportion_intervals import wilson_interval

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import ArrayLike

    from crmrisk.core.arrays import FloatArray
    from crmrisk.satisfaction.flagging import Missing
    from crmrisk.satisfaction.sample_units import PopulationSizes

__all__ = ["NetPromoterShares", "SharesMethod", "net_promoter_shares", "simultaneous_proportions"]

SharesMethod: TypeAlias = Literal["goodman", "sison-glaz"]
"""How simultaneous intervals are found."""

_LARGEST = 10_000_000  # answers beyond which Sison and Glaz's Poisson sums lose their digits

_STEPS = 64  # where counts are sparse the approximation is not monotone, so that halving could find a later c


class NetPromoterShares(NamedTuple):
    """Hold the shares of detractors, passives and promoters, with intervals that hold together.

    Examples
    --------
    >>> net_promoter_shares(counts=(20, 30, 50)).promoters.value
    0.5
    """

    detractors: Estimate
    passives: Estimate
    promoters: Estimate

    def __repr__(self) -> str:
        return "\n".join(f"{name} {estimate}" for name, estimate in self._asdict().items())


def net_promoter_shares(
    answers: ArrayLike | None = None,
    *,
    counts: Sequence[float] | None = None,
    weights: ArrayLike | None = None,
    strata: ArrayLike | None = None,
    clusters: ArrayLike | None = None,
    population: PopulationSizes | None = None,
    breaks: NpsBreaks = STANDARD_BREAKS,
    method: SharesMethod = "goodman",
    level: float = 0.95,
    missing: Missing = "error",
) -> NetPromoterShares:
    """Estimate the shares of detractors, passives and promoters with simultaneous intervals.

    Parameters
    ----------
    answers
        One answer per row, ``(n_answers,)``; or give ``counts``.
    counts
        Detractors, passives, promoters.
    weights, strata, clusters, population
        Survey design as in `crmrisk.satisfaction.design_mean`; each share then has its design's standard error and
        effective number of answers, and Goodman's interval of these.
    breaks
        Which answers detract, are passive and promote.
    method, level
        As for `simultaneous_proportions`.
    missing
        ``"error"`` refuses missing answers, ``"exclude"`` leaves them out and says how many in the warnings.

    Raises
    ------
    RecordError
        If answers are off the scale, or missing and that is an error, or weights, strata or clusters are unusable.
    InvalidValueError
        If neither or both of answers and counts are given, or counts, level, method or population are not valid, or
        come with a design they have no use for.

    Examples
    --------
    >>> for share in net_promoter_shares(counts=(20, 30, 50)):
    ...     print(share)
    0.2 [0.1217, 0.3108] (95 % goodman, n 100)
    0.3 [0.2036, 0.4181] (95 % goodman, n 100)
    0.5 [0.3836, 0.6164] (95 % goodman, n 100)
    """
    design = Design(weights, strata, clusters, population)
    check_source(answers, counts, design, None, where="net_promoter_shares")
    refuse(kind_problems(breaks, NpsBreaks, where="breaks"))
    method = check_method(method, get_args(SharesMethod))
    if answers is None:
        return NetPromoterShares(*simultaneous_proportions(checked_counts(counts), method=method, level=level))
    points, doubts = breaks.judged(answers, missing=missing)
    if not design.simple:
        found = _designed(points, design, method, level)
    else:
        doubts = (*exclusion(int(np.isnan(points).sum())), *doubts)
        found = simultaneous_proportions(counts_of_points(points, np.ones(points.size)), method=method, level=level)
    return NetPromoterShares(*(replace(each, warnings=(*doubts, *each.warnings)) for each in found))


def simultaneous_proportions(
    counts: ArrayLike, *, method: SharesMethod = "goodman", level: float = 0.95
) -> tuple[Estimate, ...]:
    """Estimate the shares of exclusive answers with intervals that cover all true shares together.

    Parameters
    ----------
    counts
        How often each answer was given, ``(n_shares,)``, two or more.
    method
        ``"goodman"``: Wilson's intervals at Bonferroni's level; ``"sison-glaz"``: of one width, shorter for many
        answers of similar share, meant for seven and more.
    level
        Nominal coverage of all of them together.

    Returns
    -------
    One estimate per share; values are ``None`` without answers.

    Raises
    ------
    InvalidValueError
        If counts are not two or more numbers of at least 0, or method or level are not valid; for Sison and Glaz also
        if counts are not whole or more than ten million.

    References
    ----------
    Goodman, L. A. (1965). On simultaneous confidence intervals for multinomial proportions. *Technometrics* 7. Sison,
    C. P. and Glaz, J. (1995). *Journal of the American Statistical Association* 90.

    Examples
    --------
    >>> print(simultaneous_proportions([56, 72, 73, 59, 62, 87, 58], method="sison-glaz")[0])
    0.1199 [0.07923, 0.1644] (95 % sison-glaz, n 467)
    """
    method = check_method(method, get_args(SharesMethod))
    given = _counts(counts, whole=method == "sison-glaz")
    shared, n = bonferroni_level(level, given.size), float(given.sum())
    if not n:
        empty = Estimate(value=None, level=level, method=method, n=0, effective_n=0, warnings=("no answers",))
        return (empty,) * given.size
    low, high = wilson_interval(given, n, shared) if method == "goodman" else _sison_glaz(given, level)
    shares = given / n
    errors = np.sqrt(shares * (1.0 - shares) / n)
    warnings = _warnings(given, method)
    return tuple(
        Estimate(
            value=value,
            standard_error=error,
            low=lower,
            high=upper,
            level=level,
            method=method,
            n=n,
            effective_n=n,
            warnings=warnings,
        )
        for value, error, lower, upper in np.column_stack([shares, errors, low, high]).tolist()
    )


def _designed(points: FloatArray, design: Design, method: str, level: float) -> tuple[Estimate, ...]:
    if method != "goodman":
        remedy = "method='goodman'"
        raise InvalidValueError(Problem(what=f"{method} knows no survey design", where="method", remedy=remedy))
    absent, shared = np.isnan(points), bonferroni_level(level, len(SIDES))
    found = (share_of_column(points == side, absent, design, level=shared) for side in SIDES)
    return tuple(replace(each, level=level, method=method) for each in found)


def _counts(counts: ArrayLike, *, whole: bool) -> FloatArray:
    allowed = "two or more finite numbers of at least 0"
    try:
        given = np.array(counts, dtype=np.float64)
    except (TypeError, ValueError, OverflowError):
        given = np.array(np.nan)
    wrong = given.ndim != 1 or given.size < 2 or not ((given >= 0.0) & (given <= LARGEST_COUNT)).all()
    if not wrong and whole:
        allowed = f"whole numbers, {_LARGEST} in all at most"
        wrong = bool((given != np.round(given)).any()) or given.sum() > _LARGEST
    if wrong:
        raise InvalidValueError(Problem(what="no counts", where="counts", allowed=allowed, got=repr(counts)[:200]))
    return given


def _warnings(counts: FloatArray, method: str) -> tuple[str, ...]:
    if method == "sison-glaz" and counts.size < 7:
        return ("Sison and Glaz meant their intervals for seven answers and more; use method='goodman'",)
    return ()


def _sison_glaz(counts: FloatArray, level: float) -> tuple[FloatArray, FloatArray]:
    """Widen all counts by the same c until the multinomial lies within them with the level, and interpolate."""
    n = float(counts.sum())
    below, above = _first_beyond(counts, level)
    inner, outer = (_covered(counts, below) if below else 0.0), (_covered(counts, above) if above < n else 1.0)
    beyond = (level - inner) / (outer - inner)
    shares = counts / n
    return np.maximum(shares - below / n, 0.0), np.minimum(shares + (below + 2.0 * beyond) / n, 1.0)


def _first_beyond(counts: FloatArray, level: float) -> tuple[int, int]:
    """Find the first c of more coverage than the level: step by step, then doubling and halving."""
    n = int(counts.sum())
    below, above = 0, 1  # the coverage at c = 0 counts as 0, that at c = n is 1
    while above < n and _covered(counts, above) <= level:
        below, above = above, min(n, above + 1 if above < _STEPS else 2 * above)
    while above - below > 1:
        middle = (below + above) // 2
        below, above = (below, middle) if _covered(counts, middle) > level else (middle, above)
    return below, above


def _covered(counts: FloatArray, c: int) -> float:
    """Approximate the probability that all counts stay within c: truncated Poissons, summing to n by Edgeworth."""
    n = float(counts.sum())
    low, high = np.maximum(counts - c, 0.0), np.minimum(counts + c, n)
    inside = _between(low, high, counts)
    moments = [
        counts**r * (1.0 + (_between(low - r, low - 1.0, counts) - _between(high - r + 1.0, high, counts)) / inside)
        for r in (1, 2, 3, 4)
    ]
    stirling = n * np.log(n) - n - gammaln(n + 1.0)  # the log probability that a Poisson of mean n is n
    return float(np.exp(np.log(inside).sum() - stirling) * _edgeworth(n, *moments))


def _between(low: FloatArray, high: FloatArray, mean: FloatArray) -> FloatArray:
    def up_to(k: FloatArray) -> FloatArray:
        return np.where(k >= 0.0, pdtr(np.maximum(k, 0.0), mean), 0.0)

    return up_to(high) - up_to(low - 1.0)


def _edgeworth(n: float, f1: FloatArray, f2: FloatArray, f3: FloatArray, f4: FloatArray) -> float:
    """Return the density at n of a sum with these factorial moments of its terms."""
    second, third, fourth = f2 + f1, f3 + 3.0 * f2 + f1, f4 + 6.0 * f3 + 7.0 * f2 + f1  # about zero
    variance = second - f1**2
    skew = third - 3.0 * f1 * second + 2.0 * f1**3
    kurtosis = fourth - 4.0 * f1 * third + 6.0 * f1**2 * second - 3.0 * f1**4
    spread = float(variance.sum())
    g1 = float(skew.sum()) / spread**1.5
    g2 = float((kurtosis - 3.0 * variance**2).sum()) / spread**2
    x = (n - float(f1.sum())) / spread**0.5
    hermite3, hermite4 = x**3 - 3.0 * x, x**4 - 6.0 * x**2 + 3.0
    hermite6 = x**6 - 15.0 * x**4 + 45.0 * x**2 - 15.0
    series = 1.0 + g1 * hermite3 / 6.0 + g2 * hermite4 / 24.0 + g1**2 * hermite6 / 72.0
    return float(np.exp(-x * x / 2.0) * series / (2.0 * np.pi * spread) ** 0.5)
