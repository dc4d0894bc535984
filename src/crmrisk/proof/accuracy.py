"""Accuracy of probabilities: proper scores, which only an honest probability can make small.

The Brier score is the mean squared error of a probability, the log loss its mean surprise. Skill compares with saying
the base rate to everybody. Murphy's decomposition tells lack of calibration (reliability) from lack of knowledge
(resolution).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from pydantic.dataclasses import dataclass

from crmrisk.core.estimate import Estimate
from crmrisk.core.model import VALUE, Value
from crmrisk.proof.bins import bin_sums, equal_mass_bins
from crmrisk.proof.checks import NOBODY, clip_problem, count_problem, fraction_problem, rated_probabilities
from crmrisk.proof.intervals import mean_error, mean_estimate, normal_estimate
from crmrisk.proof.ties import TieGroups, tie_groups

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

    from crmrisk.core.arrays import IntArray

__all__ = ["EXACT_UP_TO", "MurphyDecomposition", "brier_score", "brier_skill", "log_loss", "murphy_decomposition"]

EXACT_UP_TO = 100
"""The most distinct probabilities for which Murphy's decomposition is taken value by value unless told otherwise."""


@dataclass(frozen=True, kw_only=True, config=VALUE)
class MurphyDecomposition(Value):
    """Hold the parts of a Brier score: reliability - resolution + uncertainty + within bins.

    Parameters
    ----------
    brier
        The score itself; all parts are ``None`` where no row counts.
    reliability
        The squared distance of probabilities from observed rates; 0 is perfectly calibrated.
    resolution
        The squared distance of observed rates from the base rate; more is better.
    uncertainty
        The variance of the outcome, base rate times its complement.
    within_bins
        What binning hides: exactly 0 when rows are grouped by probability.
    groups
        The number of groups compared.
    method
        How rows were grouped.
    n
        The number of rows.
    warnings
        What the reader should know.

    Examples
    --------
    >>> parts = murphy_decomposition([0.2, 0.2, 0.8, 0.8], [0, 1, 1, 1])
    >>> round(parts.reliability, 4), round(parts.resolution, 4), round(parts.uncertainty, 4)
    (0.065, 0.0625, 0.1875)
    """

    brier: float | None
    reliability: float | None
    resolution: float | None
    uncertainty: float | None
    within_bins: float | None
    groups: int
    method: str
    n: int
    warnings: tuple[str, ...] = ()


def brier_score(probability: ArrayLike, outcome: ArrayLike, *, level: float = 0.95) -> Estimate:
    r"""Estimate the mean squared error of probabilities, :math:`\frac1n \sum (p_i - y_i)^2`.

    Parameters
    ----------
    probability
        In [0, 1], ``(n_customers,)``; NaN is unrated and left out.
    outcome
        1, 0 or NaN, ``(n_customers,)``.
    level
        The nominal coverage of the interval.

    Returns
    -------
    The score, 0 best and 1 worst, with the standard error of a mean and a normal interval cut at 0 and 1.

    Raises
    ------
    InvalidValueError
        If the arrays or settings are not usable.

    References
    ----------
    Brier, G. (1950). Verification of forecasts expressed in terms of probability. Monthly Weather Review 78, 1-3.

    Examples
    --------
    >>> round(brier_score([0.1, 0.7, 0.9], [0, 1, 1]).value, 6)
    0.036667
    """
    rows = rated_probabilities(probability, outcome, settings=[fraction_problem("level", level)])
    loss = np.square(rows.score - rows.outcome)
    return mean_estimate(loss, level=level, method="Brier score", bounds=(0.0, 1.0), warnings=rows.notes)


def log_loss(probability: ArrayLike, outcome: ArrayLike, *, clip: float = 0.0, level: float = 0.95) -> Estimate:
    r"""Estimate the mean surprise, :math:`-\frac1n \sum [y_i \ln p_i + (1 - y_i) \ln(1 - p_i)]` [nat].

    Parameters
    ----------
    probability
        In [0, 1], ``(n_customers,)``; NaN is unrated and left out.
    outcome
        1, 0 or NaN, ``(n_customers,)``.
    clip
        Move probabilities into ``[clip, 1 - clip]`` first; below one half. Without it the loss of somebody to whom the
        impossible happened is infinite, so there is no value and a warning counts them.
    level
        The nominal coverage of the interval.

    Returns
    -------
    The loss, with the standard error of a mean and a normal interval cut at 0.

    Raises
    ------
    InvalidValueError
        If the arrays or settings are not usable.

    Examples
    --------
    >>> round(log_loss([0.1, 0.7, 0.9], [0, 1, 1]).value, 6)
    0.189132
    >>> log_loss([0.0, 0.7], [1, 1]).warnings
    ('infinite: 1 rows had probability 0 for what happened',)
    """
    settings = [fraction_problem("level", level), clip_problem(clip)]
    rows = rated_probabilities(probability, outcome, settings=settings)
    chance = np.clip(rows.score, clip, 1 - clip)
    said = np.where(rows.outcome == 1, chance, 1 - chance)
    impossible = int(np.count_nonzero(said == 0))
    if impossible:
        reason = f"infinite: {impossible} rows had probability 0 for what happened"
        return Estimate(value=None, level=level, method="log loss", n=rows.n, warnings=(reason, *rows.notes))
    moved = int(np.count_nonzero(chance != rows.score))
    notes = (f"{moved} probabilities moved into [{clip:g}, {1 - clip:g}]",) if moved else ()
    return mean_estimate(
        np.abs(np.log(said)), level=level, method="log loss", bounds=(0.0, None), warnings=notes + rows.notes
    )


def brier_skill(
    probability: ArrayLike, outcome: ArrayLike, *, base_rate: float | None = None, level: float = 0.95
) -> Estimate:
    r"""Estimate the share of the base rate's Brier score that the probabilities save, :math:`1 - BS / BS_{base}`.

    Parameters
    ----------
    probability
        In [0, 1], ``(n_customers,)``; NaN is unrated and left out.
    outcome
        1, 0 or NaN, ``(n_customers,)``.
    base_rate
        What the reference says to everybody, for instance last period's rate. ``None`` takes the rate observed in
        these outcomes: a reference that knows the future, hence the stricter one.
    level
        The nominal coverage of the interval.

    Returns
    -------
    The skill: 1 perfect, 0 no better than the base rate, negative worse. Its standard error is the delta method's for
    a ratio of means. ``None`` where the reference makes no error (one class only).

    Raises
    ------
    InvalidValueError
        If the arrays or settings are not usable.

    Examples
    --------
    >>> skill = brier_skill([0.1, 0.7, 0.9], [0, 1, 1])
    >>> round(skill.value, 4), skill.method
    (0.835, 'Brier skill against the observed base rate 0.666667')
    """
    named = None if base_rate is None else fraction_problem("base_rate", base_rate, including=(0, 1))
    rows = rated_probabilities(probability, outcome, settings=[fraction_problem("level", level), named])
    if rows.n == 0:
        return Estimate(value=None, level=level, method="Brier skill", n=0, warnings=(NOBODY, *rows.notes))
    rate = rows.events / rows.n if base_rate is None else base_rate
    reference = (rate - rows.outcome) ** 2
    method = f"Brier skill against the {'observed' if base_rate is None else 'given'} base rate {rate:g}"
    if not reference.any():
        reason = "the base rate makes no error here: there is nothing to save"
        return Estimate(value=None, level=level, method=method, n=rows.n, warnings=(reason, *rows.notes))
    loss = (rows.score - rows.outcome) ** 2
    ratio = float(loss.mean() / reference.mean())
    # The observed rate's own sampling error has the same influence function as the mean of `reference`.
    error = mean_error((loss - ratio * reference) / reference.mean())
    return normal_estimate(
        1 - ratio, error, level=level, method=method, n=rows.n, bounds=(None, 1.0), warnings=rows.notes
    )


def murphy_decomposition(probability: ArrayLike, outcome: ArrayLike, *, bins: int | None = None) -> MurphyDecomposition:
    r"""Split the Brier score into reliability, resolution and uncertainty.

    :math:`BS = \frac1n \sum_k n_k (\bar p_k - \bar y_k)^2 - \frac1n \sum_k n_k (\bar y_k - \bar y)^2
    + \bar y (1 - \bar y) + W`, where W is 0 when a group holds one probability.

    Parameters
    ----------
    probability
        In [0, 1], ``(n_customers,)``; NaN is unrated and left out.
    outcome
        1, 0 or NaN, ``(n_customers,)``.
    bins
        The number of equal-mass bins; ``None`` groups by distinct probability, exactly, up to `EXACT_UP_TO` of them,
        and takes 10 bins beyond.

    Returns
    -------
    The parts; they add up to the Brier score whatever the grouping. Small groups overstate both reliability and
    resolution.

    Raises
    ------
    InvalidValueError
        If the arrays or settings are not usable.

    References
    ----------
    Murphy, A. (1973). A new vector partition of the probability score. Journal of Applied Meteorology 12, 595-600.
    Stephenson, D., Coelho, C., Jolliffe, I. (2008). Two extra components in the Brier score decomposition. Weather
    and Forecasting 23, 752-757.

    Examples
    --------
    >>> p = [0.1, 0.1, 0.1, 0.3, 0.3, 0.3, 0.3, 0.7, 0.7, 0.9]
    >>> parts = murphy_decomposition(p, [0, 0, 1, 0, 1, 0, 0, 1, 0, 1])
    >>> round(parts.reliability, 7), round(parts.resolution, 7), round(parts.uncertainty, 7)
    (0.0263333, 0.0483333, 0.24)
    """
    rows = rated_probabilities(probability, outcome, settings=[None if bins is None else count_problem("bins", bins)])
    if rows.n == 0:
        return _no_parts((NOBODY, *rows.notes))
    groups = tie_groups(rows.score, rows.outcome)
    if bins is None and groups.score.size <= EXACT_UP_TO:
        return _parts(groups, np.arange(groups.score.size), "by distinct probability, exact", rows.notes)
    count = 10 if bins is None else bins
    return _parts(groups, equal_mass_bins(groups.n, count), f"{count} equal-mass bins", rows.notes)


def _parts(groups: TieGroups, bin_of: IntArray, method: str, notes: tuple[str, ...]) -> MurphyDecomposition:
    size = bin_sums(bin_of, groups.n)
    total = float(size.sum())
    mean, rate = bin_sums(bin_of, groups.n * groups.score) / size, bin_sums(bin_of, groups.events) / size
    if size.size == groups.score.size:
        mean = groups.score
    base = float(groups.events.sum()) / total
    gap, seen = groups.score - mean[bin_of], groups.events - groups.n * rate[bin_of]
    squares = groups.events * (1 - groups.score) ** 2 + groups.nonevents * groups.score**2
    return MurphyDecomposition(
        brier=float(squares.sum()) / total,
        reliability=float(np.sum(size * (mean - rate) ** 2)) / total,
        resolution=float(np.sum(size * (rate - base) ** 2)) / total,
        uncertainty=base * (1 - base),
        within_bins=float(np.sum(groups.n * gap**2 - 2 * gap * seen)) / total,
        groups=size.size,
        method=method,
        n=int(total),
        warnings=notes,
    )


def _no_parts(notes: tuple[str, ...]) -> MurphyDecomposition:
    return MurphyDecomposition(
        brier=None,
        reliability=None,
        resolution=None,
        uncertainty=None,
        within_bins=None,
        groups=0,
        method="none",
        n=0,
        warnings=notes,
    )
