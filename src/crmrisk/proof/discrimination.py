"""Discrimination: whether those to whom it happened rank above those to whom it did not.

The area under the ROC curve is the chance that a random event is scored above a random non-event, ties counting half.
Its standard error is DeLong's, computed on tie groups in O(n log n). Higher scores must mean "more likely"; a score
that points the other way simply has an area below one half.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Literal, TypeAlias, get_args

import numpy as np
from pydantic.dataclasses import dataclass
from scipy.special import expit, logit

from crmrisk.core.estimate import Estimate
from crmrisk.core.intervals import normal_quantile, two_sided_p_value
from crmrisk.core.model import VALUE
from crmrisk.proof.checks import choice_problem, fraction_problem, rated_rows
from crmrisk.proof.ties import TieGroups, group_placements, placements, tie_groups

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

    from crmrisk.core.arrays import BoolArray, FloatArray

__all__ = [
    "AreaDifference",
    "AreaInterval",
    "area_under_curve",
    "auc_difference",
    "gini_coefficient",
    "kolmogorov_smirnov",
]

AreaInterval: TypeAlias = Literal["logit", "plain"]
"""The scale on which the interval of an area is symmetric."""


@dataclass(frozen=True, kw_only=True, config=VALUE)
class AreaDifference(Estimate):
    """Hold the difference of two areas under the curve on the same rows, with its test against zero.

    Parameters
    ----------
    area_a, area_b
        The two areas; ``None`` where only one class was seen.
    z
        The difference over its standard error; ``None`` where that is zero or unknown.
    p_value
        Two-sided.

    Examples
    --------
    >>> auc_difference([1, 2, 3, 4], [1, 3, 2, 4], [0, 0, 1, 1]).area_a
    1.0
    """

    area_a: float | None = None
    area_b: float | None = None
    z: float | None = None
    p_value: float | None = None


def area_under_curve(
    score: ArrayLike, outcome: ArrayLike, *, level: float = 0.95, interval: AreaInterval = "logit"
) -> Estimate:
    r"""Estimate the area under the ROC curve with DeLong's standard error.

    :math:`A = \frac{1}{n_1 n_0} \sum_{i,j} [1(s_i > s_j) + \tfrac12 1(s_i = s_j)]` over events i and non-events j.

    Parameters
    ----------
    score
        Any score, higher for more likely, ``(n_customers,)``; NaN is unrated and left out.
    outcome
        1 where the event happened, 0 where it did not, NaN where unknown, ``(n_customers,)``.
    level
        The nominal coverage of the interval.
    interval
        ``"logit"``: symmetric on the logit scale, inside (0, 1) by construction; ``"plain"``: symmetric around the
        area, cut at 0 and 1.

    Returns
    -------
    The area. With one class only its value is ``None``. Where DeLong's standard error is zero (perfect separation, or
    every score tied) or unknown (a class of one), the interval is Newcombe's, and a warning says so.

    Raises
    ------
    InvalidValueError
        If the arrays or settings are not usable; everything wrong is listed.

    References
    ----------
    DeLong, E., DeLong, D., Clarke-Pearson, D. (1988). Comparing the areas under two or more correlated receiver
    operating characteristic curves. Biometrics 44, 837-845.
    Sun, X., Xu, W. (2014). Fast implementation of DeLong's algorithm. IEEE Signal Processing Letters 21, 1389-1393.
    Newcombe, R. (2006). Confidence intervals for an effect size measure based on the Mann-Whitney statistic, part 2.
    Statistics in Medicine 25, 559-573, method 5.

    Examples
    --------
    >>> print(area_under_curve([0.1, 0.4, 0.35, 0.8], [0, 0, 1, 1]))
    0.75 [0.06932, 0.9918] (95 % DeLong, logit interval, n 4)
    """
    settings = [fraction_problem("level", level), choice_problem("interval", interval, get_args(AreaInterval))]
    rows = rated_rows({"score": score}, outcome, settings=settings)
    if rows.one_class:
        return Estimate(value=None, level=level, method="DeLong", n=rows.n, warnings=rows.one_class + rows.notes)
    groups = tie_groups(rows.score, rows.outcome)
    area, error = _delong(groups)
    sizes = rows.events, rows.n - rows.events
    if not error:
        return _degenerate(area, error, sizes, level, rows.notes)
    low, high = _area_interval(area, error, level, interval)
    method = f"DeLong, {interval} interval"
    return Estimate(
        value=area, standard_error=error, low=low, high=high, level=level, method=method, n=rows.n, warnings=rows.notes
    )


def gini_coefficient(
    score: ArrayLike, outcome: ArrayLike, *, level: float = 0.95, interval: AreaInterval = "logit"
) -> Estimate:
    """Estimate the Gini coefficient (accuracy ratio, Somers' D), twice the area under the curve less one.

    Parameters
    ----------
    score, outcome, level, interval
        As for `area_under_curve`.

    Returns
    -------
    The coefficient in [-1, 1], standard error and interval carried over from the area.

    Raises
    ------
    InvalidValueError
        If the arrays or settings are not usable.

    Examples
    --------
    >>> gini_coefficient([0.1, 0.4, 0.35, 0.8], [0, 0, 1, 1]).value
    0.5
    """
    area = area_under_curve(score, outcome, level=level, interval=interval)
    value, low, high = (None if part is None else 2 * part - 1 for part in (area.value, area.low, area.high))
    error = None if area.standard_error is None else 2 * area.standard_error
    return Estimate(
        value=value,
        standard_error=error,
        low=low,
        high=high,
        level=level,
        method=f"twice the area less one; {area.method}",
        n=area.n,
        warnings=area.warnings,
    )


def auc_difference(
    score_a: ArrayLike, score_b: ArrayLike, outcome: ArrayLike, *, level: float = 0.95
) -> AreaDifference:
    """Estimate how much better score a ranks than score b on the same customers.

    Parameters
    ----------
    score_a, score_b
        Two scores, higher for more likely, ``(n_customers,)``. A row unrated by either is left out of both.
    outcome
        1, 0 or NaN, ``(n_customers,)``.
    level
        The nominal coverage of the interval.

    Returns
    -------
    The area of a less that of b, with DeLong's standard error for paired scores, z and p value; the interval is cut
    at -1 and 1. Where the standard error is zero (both rank alike) there is no z.

    Raises
    ------
    InvalidValueError
        If the arrays or settings are not usable.

    References
    ----------
    DeLong, E., DeLong, D., Clarke-Pearson, D. (1988). Biometrics 44, 837-845.

    Examples
    --------
    >>> a, b = [0.1, 0.5, 0.3, 0.8, 0.6, 0.9], [3, 1, 2, 3, 5, 4]
    >>> difference = auc_difference(a, b, [0, 0, 1, 0, 1, 1])
    >>> round(difference.area_a, 4), round(difference.area_b, 4), round(difference.p_value, 4)
    (0.6667, 0.7778, 0.6547)
    """
    names = {"score_a": score_a, "score_b": score_b}
    rows = rated_rows(names, outcome, settings=[fraction_problem("level", level)])
    if rows.one_class:
        return AreaDifference(
            value=None, level=level, method="DeLong, paired", n=rows.n, warnings=rows.one_class + rows.notes
        )
    place_a, place_b = (placements(score, rows.outcome) for score in rows.scores)
    return _difference(place_a, place_b, rows.outcome == 1, level, rows.notes)


def kolmogorov_smirnov(score: ArrayLike, outcome: ArrayLike) -> Estimate:
    """Find the largest distance between the score distributions of events and non-events.

    Parameters
    ----------
    score
        Any score, ``(n_customers,)``; NaN is unrated and left out.
    outcome
        1, 0 or NaN, ``(n_customers,)``.

    Returns
    -------
    The distance in [0, 1], looked at only between distinct scores; ``None`` with one class only.

    Raises
    ------
    InvalidValueError
        If the arrays are not usable.

    Examples
    --------
    >>> kolmogorov_smirnov([0.1, 0.4, 0.35, 0.8], [0, 0, 1, 1]).value
    0.5
    """
    rows = rated_rows({"score": score}, outcome)
    method = "Kolmogorov-Smirnov distance of events and non-events"
    if rows.one_class:
        return Estimate(value=None, method=method, n=rows.n, warnings=rows.one_class + rows.notes)
    groups = tie_groups(rows.score, rows.outcome)
    gap = np.cumsum(groups.events) / rows.events - np.cumsum(groups.nonevents) / (rows.n - rows.events)
    return Estimate(value=float(np.max(np.abs(gap))), method=method, n=rows.n, warnings=rows.notes)


def _delong(groups: TieGroups) -> tuple[float, float | None]:
    events, nonevents = groups.events, groups.nonevents
    below = np.cumsum(nonevents) - nonevents / 2
    n1, n0 = float(events.sum()), float(nonevents.sum())
    area = float(np.sum(events * below) / (n1 * n0))
    if min(n1, n0) < 2:
        return area, None
    of_event, of_nonevent = group_placements(groups)
    variance = _spread(of_event, events, area) / n1 + _spread(of_nonevent, nonevents, area) / n0
    return area, float(np.sqrt(variance))


def _spread(placement: FloatArray, count: FloatArray, area: float) -> float:
    return float(np.sum(count * (placement - area) ** 2) / (count.sum() - 1))


def _area_interval(area: float, error: float, level: float, interval: AreaInterval) -> tuple[float, float]:
    half = normal_quantile(level) * error
    if interval == "plain":
        return max(area - half, 0.0), min(area + half, 1.0)
    slope = area * (1 - area)
    return float(expit(logit(area) - half / slope)), float(expit(logit(area) + half / slope))


def _degenerate(
    area: float, error: float | None, sizes: tuple[int, int], level: float, notes: tuple[str, ...]
) -> Estimate:
    if error is None:
        reason = "a class of one row: DeLong's standard error is unknown, the interval is Newcombe's"
    elif area in {0.0, 1.0}:
        reason = "perfect separation: DeLong's standard error is 0, the interval is Newcombe's"
    else:
        reason = "the ranks do not vary within a class: DeLong's standard error is 0, the interval is Newcombe's"
    return Estimate(
        value=area,
        standard_error=error,
        low=_newcombe_low(area, sizes, level),
        high=1 - _newcombe_low(1 - area, sizes, level),
        level=level,
        method="DeLong, Newcombe interval",
        n=sum(sizes),
        warnings=(reason, *notes),
    )


def _newcombe_low(area: float, sizes: tuple[int, int], level: float) -> float:
    z, low, high = normal_quantile(level), 0.0, area
    extra = sum(sizes) / 2 - 1
    for _ in range(60):
        middle = (low + high) / 2
        shape = 1 + extra * ((1 - middle) / (2 - middle) + middle / (1 + middle))
        error = np.sqrt(middle * (1 - middle) * shape / (sizes[0] * sizes[1]))
        low, high = (low, middle) if middle + z * error > area else (middle, high)
    return low


def _difference(
    place_a: FloatArray, place_b: FloatArray, event: BoolArray, level: float, notes: tuple[str, ...]
) -> AreaDifference:
    area_a, area_b = float(np.mean(place_a[event])), float(np.mean(place_b[event]))
    gap = place_a - place_b
    value, error = area_a - area_b, _paired_error(gap[event], gap[~event])
    result = AreaDifference(
        value=value,
        standard_error=error,
        area_a=area_a,
        area_b=area_b,
        level=level,
        method="DeLong, paired",
        n=event.size,
        warnings=notes,
    )
    return _tested(result, value, error, level)


def _paired_error(of_events: FloatArray, of_nonevents: FloatArray) -> float | None:
    if min(of_events.size, of_nonevents.size) < 2:
        return None
    return float(np.sqrt(of_events.var(ddof=1) / of_events.size + of_nonevents.var(ddof=1) / of_nonevents.size))


def _tested(result: AreaDifference, value: float, error: float | None, level: float) -> AreaDifference:
    if not error:
        reason = "a class of one row" if error is None else "the ranks differ by a constant within each class"
        return replace(result, warnings=(f"{reason}: no test", *result.warnings))
    half = normal_quantile(level) * error
    z = value / error
    return replace(result, low=max(value - half, -1.0), high=min(value + half, 1.0), z=z, p_value=two_sided_p_value(z))
