"""Bootstrap intervals of the net promoter score: answers, or the units they were drawn in, drawn again."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, NamedTuple, TypeAlias

import numpy as np

from crmrisk.satisfaction.bootstrap import bootstrap_means
from crmrisk.satisfaction.bootstrap_intervals import bca_intervals, percentile_interval
from crmrisk.satisfaction.design_bootstrap import design_bootstrap_means, weighted_cells

if TYPE_CHECKING:
    from crmrisk.core.arrays import FloatArray
    from crmrisk.satisfaction.net_promoter_sample import NpsSample

__all__ = ["ResamplingMethod", "Uncertainty", "resampled_interval"]

ResamplingMethod: TypeAlias = Literal["bootstrap", "bca"]
"""Percentiles of the resampled scores, or percentiles corrected for bias and skewness."""


class Uncertainty(NamedTuple):
    """Hold what surrounds a score: limits, standard error, what to know about them.

    Examples
    --------
    >>> Uncertainty(0.1, 0.5, 0.1).high
    0.5
    """

    low: float | None
    high: float | None
    standard_error: float | None
    warnings: tuple[str, ...] = ()


class _Cells(NamedTuple):
    """Distinct answers: value, weight, how often given."""

    values: FloatArray
    weights: FloatArray
    repeats: FloatArray


def resampled_interval(
    sample: NpsSample, method: str, level: float, *, rng: np.random.Generator | None, replicates: int
) -> Uncertainty:
    """Bound the score by drawing its sample again and again.

    Parameters
    ----------
    sample
        The answers, at least one.
    method
        ``"bootstrap"`` or ``"bca"``.
    level
        Nominal coverage.
    rng
        Source of randomness; ``None`` starts the same way every time.
    replicates
        Number of samples.

    Raises
    ------
    InvalidValueError
        If the level is not strictly between 0 and 1, or fewer than two replicates are asked for.

    References
    ----------
    Efron, B. (1987). Better bootstrap confidence intervals. *Journal of the American Statistical Association* 82.

    Examples
    --------
    >>> from crmrisk.satisfaction.net_promoter_sample import NpsCounts, sample_of_counts
    >>> sample = sample_of_counts(NpsCounts(20, 30, 50))
    >>> found = resampled_interval(sample, "bca", 0.95, rng=None, replicates=2000)
    >>> print(f"{found.low:.2f} {found.high:.2f}")
    0.14 0.45
    """
    cells = _cells(sample)
    if sample.units is None:
        scores = bootstrap_means(*cells, rng=rng, replicates=replicates)
    else:
        scores = design_bootstrap_means(sample.points, sample.weights, sample.units, rng=rng, replicates=replicates)
    low, high = percentile_interval(scores, level)
    if method == "bca" and scores.min() < scores.max():
        low, high = _bca(scores, sample.value, _acceleration(sample, cells), level)
    still = () if scores.min() < scores.max() else ("resampled scores do not vary; use method='score'",)
    return Uncertainty(low, high, float(scores.std(ddof=1)), still)


def _cells(sample: NpsSample) -> _Cells:
    if sample.repeats is not None:
        return _Cells(sample.points, sample.weights, sample.repeats)
    return _Cells(*weighted_cells(sample.points, sample.weights))


def _bca(scores: FloatArray, value: float, acceleration: float, level: float) -> tuple[float, float]:
    low, high = bca_intervals(scores[:, None], np.array([value]), np.array([acceleration]), level)
    return float(low[0]), float(high[0])


def _acceleration(sample: NpsSample, cells: _Cells) -> float:
    """Measure the skewness of what single units do to the score (Efron 1987, equation 4.4)."""
    influence, repeats = cells.weights * (cells.values - sample.value), cells.repeats
    if sample.units is not None:
        units = sample.units
        pull = sample.weights * (sample.points - sample.value)
        totals = np.bincount(units.unit, weights=pull, minlength=units.stratum.size)
        centre = np.bincount(units.stratum, weights=totals) / np.maximum(units.drawn, 1)
        influence, repeats = totals - centre[units.stratum], np.ones(totals.size)
    square = float((repeats * influence**2).sum())
    return float((repeats * influence**3).sum()) / (6.0 * square**1.5) if square > 0.0 else 0.0
