"""Calibration: whether the event happens as often as the probabilities say.

`calibration_line` says how probabilities are wrong (too high or low: intercept; too extreme or too timid: slope);
`spiegelhalter` and `hosmer_lemeshow` test whether they are. The bins are in `crmrisk.proof.reliability`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from pydantic.dataclasses import dataclass
from scipy.special import chdtrc, logit

from crmrisk.core.estimate import Estimate
from crmrisk.core.intervals import two_sided_p_value
from crmrisk.core.model import VALUE, Value
from crmrisk.proof.bins import bin_sums, equal_mass_bins
from crmrisk.proof.checks import (
    NOBODY,
    RatedRows,
    clip_problem,
    count_problem,
    fraction_problem,
    rated_probabilities,
)
from crmrisk.proof.intervals import normal_estimate
from crmrisk.proof.logistic import logistic_line, logistic_shift, no_line
from crmrisk.proof.ties import TieGroups, tie_groups

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

    from crmrisk.core.arrays import FloatArray

__all__ = [
    "CalibrationLine",
    "HosmerLemeshowTest",
    "SpiegelhalterTest",
    "calibration_line",
    "hosmer_lemeshow",
    "spiegelhalter",
]


@dataclass(frozen=True, kw_only=True, config=VALUE)
class CalibrationLine(Value):
    """Hold the logistic regression of the outcome on the logit of its probability.

    Parameters
    ----------
    slope
        1 is right; below 1 the probabilities are too extreme, above 1 too timid.
    intercept
        Fitted together with the slope; 0 is right.
    intercept_in_the_large
        Fitted with the slope held at 1: below 0 the probabilities are too high on average.
    n, events
        The rows fitted and the events among them.
    n_certain
        Rows with a probability of exactly 0 or 1, left out or clipped.
    n_unrated
        Rows without a probability or a known outcome.
    warnings
        What the reader should know.

    Examples
    --------
    >>> line = calibration_line([0.1, 0.2, 0.4, 0.6, 0.8, 0.9], [0, 1, 0, 1, 0, 1])
    >>> round(line.slope.value, 4), line.events
    (0.3671, 3)
    """

    slope: Estimate
    intercept: Estimate
    intercept_in_the_large: Estimate
    n: int
    events: int
    n_certain: int
    n_unrated: int
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True, config=VALUE)
class SpiegelhalterTest(Value):
    """Hold Spiegelhalter's test that the probabilities are right.

    Parameters
    ----------
    z
        Standard normal if they are; ``None`` if every probability is 0, one half or 1.
    p_value
        Two-sided.
    n
        The number of rows.
    warnings
        What the reader should know.

    Examples
    --------
    >>> spiegelhalter([0.5, 0.5], [0, 1]).z is None
    True
    """

    z: float | None
    p_value: float | None
    n: int
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True, config=VALUE)
class HosmerLemeshowTest(Value):
    """Hold the Hosmer-Lemeshow test that the probabilities are right.

    Parameters
    ----------
    statistic
        Chi-squared if they are; ``None`` if no bin can be judged.
    degrees_of_freedom
        The bins, less two if the model was fitted on these rows.
    p_value
        The upper tail.
    bins
        The bins compared.
    n
        The number of rows.
    warnings
        What the reader should know.

    Examples
    --------
    >>> hosmer_lemeshow([0.2, 0.2, 0.8, 0.8], [0, 0, 1, 1], bins=2).bins
    2
    """

    statistic: float | None
    degrees_of_freedom: int
    p_value: float | None
    bins: int
    n: int
    warnings: tuple[str, ...] = ()


def calibration_line(
    probability: ArrayLike, outcome: ArrayLike, *, clip: float | None = None, level: float = 0.95
) -> CalibrationLine:
    r"""Estimate calibration slope and intercepts, :math:`\mathrm{logit}\,P(y=1) = a + b\,\mathrm{logit}\,p`.

    Parameters
    ----------
    probability
        In [0, 1], ``(n_customers,)``; NaN is unrated and left out.
    outcome
        1, 0 or NaN, ``(n_customers,)``.
    clip
        A probability of exactly 0 or 1 has no logit. ``None`` leaves such rows out; a number moves every probability
        into ``[clip, 1 - clip]``. Either way they are counted, and those the outcome contradicts are named.
    level
        The nominal coverage of the intervals.

    Returns
    -------
    Maximum-likelihood estimates with Wald intervals; ``None`` where the likelihood has no maximum: one class only,
    one distinct probability (slope), or outcomes perfectly separated by the probability (slope and intercept).

    Raises
    ------
    InvalidValueError
        If the arrays or settings are not usable.

    References
    ----------
    Cox, D. (1958). Two further applications of a model for binary regression. Biometrika 45, 562-565.
    Albert, A., Anderson, J. (1984). On the existence of maximum likelihood estimates in logistic regression models.
    Biometrika 71, 1-10.

    Examples
    --------
    >>> line = calibration_line([0.1, 0.1, 0.5, 0.5, 0.9, 0.9, 0.0], [0, 1, 0, 1, 1, 0, 0])
    >>> round(line.slope.value, 6), line.n_certain
    (0.0, 1)
    >>> line.warnings
    ('1 rows with a probability of exactly 0 or 1 left out, 0 of them contradicted by the outcome',)
    """
    settings = [fraction_problem("level", level), clip_problem(clip)]
    rows = rated_probabilities(probability, outcome, settings=settings)
    certain = (rows.score == 0) | (rows.score == 1)
    wrong = int(np.count_nonzero(certain & (rows.score != rows.outcome)))
    kept = _with_logit(rows, clip or 0.0)
    groups = tie_groups(logit(kept.score), kept.outcome)
    n_certain = int(np.count_nonzero(certain))
    fate = f"moved into [{clip:g}, {1 - clip:g}]" if clip else "left out"
    note = f"{n_certain} rows with a probability of exactly 0 or 1 {fate}, {wrong} of them contradicted by the outcome"
    notes = (note,) if n_certain else ()
    slope, intercept = _line(groups, kept, level)
    return CalibrationLine(
        slope=slope,
        intercept=intercept,
        intercept_in_the_large=_in_the_large(groups, kept, level),
        n=kept.n,
        events=kept.events,
        n_certain=n_certain,
        n_unrated=rows.n_unrated,
        warnings=notes + rows.notes,
    )


def spiegelhalter(probability: ArrayLike, outcome: ArrayLike) -> SpiegelhalterTest:
    r"""Test whether probabilities are right, :math:`Z = \sum (y-p)(1-2p) / \sqrt{\sum (1-2p)^2 p (1-p)}`.

    Parameters
    ----------
    probability
        In [0, 1], ``(n_customers,)``; NaN is unrated and left out.
    outcome
        1, 0 or NaN, ``(n_customers,)``.

    Returns
    -------
    z and its two-sided p value. A probability of 0 or 1 that came true adds nothing; one that did not adds 1 to the
    numerator and a warning, for it refutes the probabilities whatever z is.

    Raises
    ------
    InvalidValueError
        If the arrays are not usable.

    References
    ----------
    Spiegelhalter, D. (1986). Probabilistic prediction in patient management and clinical trials. Statistics in
    Medicine 5, 421-433.

    Examples
    --------
    >>> p = [0.1, 0.1, 0.1, 0.3, 0.3, 0.3, 0.3, 0.7, 0.7, 0.9]
    >>> round(spiegelhalter(p, [0, 0, 1, 0, 1, 0, 0, 1, 0, 1]).z, 7)
    0.8520129
    """
    rows = rated_probabilities(probability, outcome)
    chance = rows.score
    refuted = int(np.count_nonzero(np.abs(chance - rows.outcome) == 1))
    notes = (f"{refuted} rows had probability 0 for what happened: refuted whatever z is",) if refuted else ()
    variance = float(np.sum((1 - 2 * chance) ** 2 * chance * (1 - chance)))
    if variance == 0:
        reason = "no probability differs from 0, one half and 1" if rows.n else NOBODY
        return SpiegelhalterTest(z=None, p_value=None, n=rows.n, warnings=(reason, *notes, *rows.notes))
    z = float(np.sum((rows.outcome - chance) * (1 - 2 * chance)) / np.sqrt(variance))
    return SpiegelhalterTest(z=z, p_value=two_sided_p_value(z), n=rows.n, warnings=notes + rows.notes)


def hosmer_lemeshow(
    probability: ArrayLike, outcome: ArrayLike, *, bins: int = 10, fitted_on_these: bool = False
) -> HosmerLemeshowTest:
    r"""Test whether probabilities are right, :math:`\sum_k (O_k - n_k \bar p_k)^2 / [n_k \bar p_k (1 - \bar p_k)]`.

    Parameters
    ----------
    probability
        In [0, 1], ``(n_customers,)``; NaN is unrated and left out.
    outcome
        1, 0 or NaN, ``(n_customers,)``.
    bins
        The number of equal-mass bins asked for; equal probabilities share a bin.
    fitted_on_these
        Whether the probabilities come from a model fitted on these very rows, which costs two degrees of freedom.

    Returns
    -------
    The statistic over the bins whose mean probability is neither 0 nor 1; bins left out are counted in a warning.

    Raises
    ------
    InvalidValueError
        If the arrays or settings are not usable.

    References
    ----------
    Hosmer, D., Lemeshow, S. (1980). Goodness of fit tests for the multiple logistic regression model.
    Communications in Statistics A9, 1043-1069.

    Examples
    --------
    >>> test = hosmer_lemeshow([0.2, 0.2, 0.6, 0.6], [0, 1, 1, 1], bins=2)
    >>> round(test.statistic, 4), test.degrees_of_freedom
    (2.4583, 2)
    """
    rows = rated_probabilities(probability, outcome, settings=[count_problem("bins", bins)])
    groups = tie_groups(rows.score, rows.outcome)
    bin_of = equal_mass_bins(groups.n, bins)
    size, seen = bin_sums(bin_of, groups.n), bin_sums(bin_of, groups.events)
    expected = bin_sums(bin_of, groups.n * groups.score)
    variance = expected * (1 - expected / size)
    judged = variance > 0
    statistic = float(np.sum((seen - expected)[judged] ** 2 / variance[judged]))
    notes = _unjudged(expected[~judged], seen[~judged]) + rows.notes
    return _hosmer_lemeshow(statistic, int(np.count_nonzero(judged)), 2 * fitted_on_these, (rows.n, notes))


def _unjudged(expected: FloatArray, seen: FloatArray) -> tuple[str, ...]:
    if expected.size == 0:
        return ()
    wrong = int(np.count_nonzero(expected != seen))
    return (f"{expected.size} bins with a mean probability of exactly 0 or 1 left out, {wrong} of them contradicted",)


def _hosmer_lemeshow(statistic: float, bins: int, spent: int, rows: tuple[int, tuple[str, ...]]) -> HosmerLemeshowTest:
    degrees = bins - spent
    enough = degrees > 0
    return HosmerLemeshowTest(
        statistic=statistic if enough else None,
        degrees_of_freedom=max(degrees, 0),
        p_value=float(chdtrc(degrees, statistic)) if enough else None,
        bins=bins,
        n=rows[0],
        warnings=rows[1] if enough else ("too few bins to judge", *rows[1]),
    )


def _with_logit(rows: RatedRows, clip: float) -> RatedRows:
    chance = np.clip(rows.score, clip, 1 - clip)
    inside = (chance > 0) & (chance < 1)
    return RatedRows((chance[inside],), rows.outcome[inside], rows.n_unrated)


def _line(groups: TieGroups, kept: RatedRows, level: float) -> tuple[Estimate, Estimate]:
    method = "logistic regression on the logit"
    reason = NOBODY if kept.n == 0 else no_line(groups)
    fit = logistic_line(groups) if reason is None else None
    if fit is None:
        none = Estimate(
            value=None, level=level, method=method, n=kept.n, warnings=(reason or "the fit did not converge",)
        )
        return none, none
    slope = normal_estimate(fit.slope, fit.slope_error, level=level, method=method, n=kept.n)
    return slope, normal_estimate(fit.intercept, fit.intercept_error, level=level, method=method, n=kept.n)


def _in_the_large(groups: TieGroups, kept: RatedRows, level: float) -> Estimate:
    method = "logistic regression, slope held at 1"
    if kept.one_class:
        return Estimate(value=None, level=level, method=method, n=kept.n, warnings=kept.one_class)
    shift, error = logistic_shift(groups)
    return normal_estimate(shift, error, level=level, method=method, n=kept.n)
