"""Intervals for the net promoter score, on whole columns of counts.

The score is a difference of two shares of one multinomial, the same thing as a difference of paired proportions with
promoters and detractors as the discordant pairs. Every interval of that literature is therefore an interval here. All
of them are antisymmetric by construction: the upper limit is the lower limit of the mirrored survey, sign reversed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, TypeAlias, get_args

import numpy as np

from crmrisk.core.intervals import normal_quantile
from crmrisk.satisfaction.net_promoter_counts import SIDES
from crmrisk.satisfaction.numerics import bisect, check_method

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

    from crmrisk.core.arrays import FloatArray

__all__ = [
    "IntervalMethod",
    "adjusted_net_promoter",
    "beside_warnings",
    "net_promoter_interval",
    "net_promoter_statistic",
    "net_promoter_variance",
    "weighted_score_variance",
]

IntervalMethod: TypeAlias = Literal["score", "adjusted wald", "bonett-price", "agresti-min", "wald"]
"""The intervals that follow from counts alone."""

_ADDED: dict[str, tuple[float, float, float]] = {
    "adjusted wald": (0.75, 1.5, 0.75),
    "bonett-price": (1.0, 0.0, 1.0),
    "agresti-min": (0.5, 1.0, 0.5),
    "wald": (0.0, 0.0, 0.0),
}

_ROUNDING = 1e-9


def net_promoter_interval(
    detractors: ArrayLike,
    passives: ArrayLike,
    promoters: ArrayLike,
    *,
    method: IntervalMethod = "score",
    level: float = 0.95,
) -> tuple[FloatArray, FloatArray]:
    """Bound the net promoter score of each survey.

    ``"score"`` inverts the test of the constrained multinomial. The others add pseudo-answers (detractors, passives,
    promoters) and use the adjusted counts for centre and standard error alike: ``"adjusted wald"`` (.75, 1.5, .75),
    ``"bonett-price"`` (1, 0, 1), ``"agresti-min"`` (.5, 1, .5), ``"wald"`` nothing. All are cut at -1 and 1.

    Parameters
    ----------
    detractors, passives, promoters
        Counts of answers, of any common shape; fractions are welcome (weighted shares times effective n).
    method
        The interval.
    level
        Nominal coverage.

    Returns
    -------
    Lower and upper limits, in [-1, 1]; NaN where a survey has no answer.

    Raises
    ------
    InvalidValueError
        If the method is unknown or the level not between 0 and 1.

    References
    ----------
    Tango, T. (1998). Equivalence test and confidence interval for the difference in proportions for the paired-sample
    design. *Statistics in Medicine* 17. May, W. L. and Johnson, W. D. (1997). *Statistics in Medicine* 16. Bonett,
    D. G. and Price, R. M. (2012). *Journal of Educational and Behavioral Statistics* 37. Agresti, A. and Min, Y.
    (2005). *Statistics in Medicine* 24. Rocks, B. (2016). Interval estimation for the "net promoter score".
    *The American Statistician* 70.

    Examples
    --------
    >>> low, high = net_promoter_interval(20, 30, 50)
    >>> print(f"{low:.4f} {high:.4f}")
    0.1396 0.4434
    """
    method = check_method(method, get_args(IntervalMethod))
    counts = np.broadcast_arrays(*(np.asarray(part, dtype=np.float64) for part in (detractors, passives, promoters)))
    quantile = normal_quantile(level)
    low = _lower(counts[0], counts[1], counts[2], method, quantile)
    high = -_lower(counts[2], counts[1], counts[0], method, quantile)
    return low, high


def adjusted_net_promoter(
    detractors: ArrayLike, passives: ArrayLike, promoters: ArrayLike, *, method: IntervalMethod = "adjusted wald"
) -> tuple[FloatArray, FloatArray]:
    """Find the centre and squared standard error that an interval of pseudo-answers rests on.

    Parameters
    ----------
    detractors, passives, promoters
        Counts of answers, of any common shape.
    method
        Any method of `net_promoter_interval` but ``"score"``, which has none.

    Returns
    -------
    The score and its squared standard error after the pseudo-answers; NaN where a survey has no answer.

    Raises
    ------
    InvalidValueError
        If the method is unknown or adds nothing of the kind.

    References
    ----------
    Rocks, B. (2016). Interval estimation for the "net promoter score". *The American Statistician* 70.

    Examples
    --------
    >>> centre, square = adjusted_net_promoter(20, 30, 50)
    >>> print(f"{centre:.6f} {square:.6f}")
    0.291262 0.005916
    """
    method = check_method(method, tuple(_ADDED))
    counts = [np.asarray(part, dtype=np.float64) for part in (detractors, passives, promoters)]
    d, m, p = (part + more for part, more in zip(counts, _ADDED[method], strict=True))
    answered = np.where((counts[0] + counts[1] + counts[2]) > 0.0, d + m + p, np.nan)
    return (p - d) / answered, net_promoter_variance(d, m, p) / answered


def net_promoter_statistic(
    detractors: ArrayLike, passives: ArrayLike, promoters: ArrayLike, score: ArrayLike = 0.0
) -> FloatArray:
    """Test each survey against a known score by the score test, which the interval of that name inverts.

    Parameters
    ----------
    detractors, passives, promoters
        Counts of answers, of any common shape.
    score
        The net promoter score under the null hypothesis, strictly between -1 and 1.

    Returns
    -------
    The statistic, standard normal under the null hypothesis; 0 where nothing differs, NaN without an answer. Against 0
    it is McNemar's ``(p - d)/sqrt(p + d)``.

    References
    ----------
    Tango, T. (1998). *Statistics in Medicine* 17.

    Examples
    --------
    >>> print(f"{net_promoter_statistic(150, 1364, 86):.2f}")
    -4.17
    """
    parts = (detractors, passives, promoters, score)
    d, m, p, known = np.broadcast_arrays(*(np.asarray(part, dtype=np.float64) for part in parts))
    n = d + m + p
    spread = np.sqrt(_constrained_variance(known, d, p, np.where(n > 0.0, n, 1.0)))
    statistic = np.divide(p - d - n * known, spread, out=np.zeros(n.shape), where=spread > 0.0)
    return np.where(n > 0.0, statistic, np.nan)


def net_promoter_variance(detractors: FloatArray, passives: FloatArray, promoters: FloatArray) -> FloatArray:
    """Return the variance of one answer scored -1, 0 or 1.

    ``(p + d)/n - ((p - d)/n)^2``, between 0 and 1.

    Parameters
    ----------
    detractors, passives, promoters
        Counts of answers, arrays of one shape.

    Returns
    -------
    The variance, NaN where a survey has no answer.

    Examples
    --------
    >>> import numpy as np
    >>> net_promoter_variance(np.array([1.0]), np.array([2.0]), np.array([3.0])).round(6)
    array([0.555556])
    """
    total = detractors + passives + promoters
    answered = np.where(total > 0.0, total, np.nan)
    # written as products of shares, which cannot turn negative by rounding
    detracting, promoting, passive = detractors / answered, promoters / answered, passives / answered
    return passive * (detracting + promoting) + 4.0 * detracting * promoting


def weighted_score_variance(counts: FloatArray, squares: FloatArray, n: FloatArray) -> FloatArray:
    """Return the variance of a weighted score, by Taylor linearisation.

    ``n/(n - 1) sum w^2 (y - score)^2 / (sum w)^2``. Equal weights are no weights: their variance is that of one answer
    over ``n``.

    Parameters
    ----------
    counts, squares
        Sums of weights, and of their squares, of detractors, passives and promoters, ``(3, n_surveys)``.
    n
        Answers of positive weight, ``(n_surveys,)``.

    Returns
    -------
    The variance, ``(n_surveys,)``; NaN where a survey has no answer.

    References
    ----------
    Lumley, T. (2010). *Complex Surveys*, appendix C.

    Examples
    --------
    >>> import numpy as np
    >>> weighted_score_variance(np.array([[1.0], [1.0], [4.0]]), np.array([[1.0], [1.0], [8.0]]), np.array([4.0]))
    array([0.16666667])
    """
    total = np.where(counts.sum(axis=0) > 0.0, counts.sum(axis=0), np.nan)
    score = (counts[2] - counts[0]) / total
    distance = (np.array(SIDES)[:, None] - score) ** 2
    linearised = (squares * distance).sum(axis=0) / total**2 * (n / np.maximum(n - 1.0, 1.0))
    alike = n * squares.sum(axis=0) <= total**2 * (1.0 + _ROUNDING)
    return np.where(alike, net_promoter_variance(*counts) / np.where(n > 0.0, n, np.nan), linearised)


def beside_warnings(method: str, value: float, low: float, high: float) -> tuple[str, ...]:
    """Warn where pseudo-answers have moved the whole interval away from the estimate.

    Parameters
    ----------
    method
        The interval.
    value, low, high
        The estimate, and the interval.

    Examples
    --------
    >>> beside_warnings("adjusted wald", 1.0, -0.485, 0.985)
    ('so few answers that the adjusted wald interval does not hold the estimate itself',)
    """
    if low - _ROUNDING <= value <= high + _ROUNDING:
        return ()
    return (f"so few answers that the {method} interval does not hold the estimate itself",)


def _lower(
    detractors: FloatArray, passives: FloatArray, promoters: FloatArray, method: IntervalMethod, quantile: float
) -> FloatArray:
    if method == "score":
        return _score_lower(detractors, passives, promoters, quantile)
    centre, square = adjusted_net_promoter(detractors, passives, promoters, method=method)
    return np.clip(centre - quantile * np.sqrt(square), -1.0, 1.0)


def _score_lower(d: FloatArray, m: FloatArray, p: FloatArray, quantile: float) -> FloatArray:
    n = d + m + p
    answered = np.where(n > 0.0, n, 1.0)

    def above(difference: FloatArray) -> FloatArray:
        spread = quantile * np.sqrt(_constrained_variance(difference, d, p, answered))
        return (p - d) - answered * difference - spread

    low = bisect(above, np.full(n.shape, -1.0), (p - d) / answered)
    return np.where(n > 0.0, np.where(d == n, -1.0, low), np.nan)


def _constrained_variance(difference: FloatArray, d: FloatArray, p: FloatArray, n: FloatArray) -> FloatArray:
    # the maximum-likelihood share of detractors q under the constraint solves A q^2 + B q + C = 0 (Tango 1998)
    a = 2.0 * n
    b = -p - d + (2.0 * n - p + d) * difference
    c = -d * difference * (1.0 - difference)
    root = np.sqrt(np.maximum(b * b - 4.0 * a * c, 0.0))
    cancels = b > 0.0
    stable = -2.0 * c / np.where(cancels, root + b, 1.0)
    q = np.where(cancels, stable, (root - b) / (2.0 * a))
    return np.maximum(n * (2.0 * q + difference * (1.0 - difference)), 0.0)
