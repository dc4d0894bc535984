"""Resampling a designed sample: whole units at a time, within their strata."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from crmrisk.core.arguments import seeded
from crmrisk.satisfaction.bootstrap import check_replicates, resampled_counts

if TYPE_CHECKING:
    from collections.abc import Iterator

    from crmrisk.core.arrays import FloatArray
    from crmrisk.satisfaction.sample_units import SampleUnits

__all__ = ["design_bootstrap_means", "weighted_cells"]

_BLOCK = 2_000_000  # cells drawn at a time
_CELLS = 512  # distinct weights of one value that are kept apart
_VALUES = 16  # distinct values up to which weights may share a cell


def design_bootstrap_means(
    values: FloatArray,
    weights: FloatArray,
    units: SampleUnits,
    *,
    rng: np.random.Generator | None = None,
    replicates: int = 2000,
) -> FloatArray:
    """Resample units within their strata and return the weighted mean of each sample.

    Of n units of a stratum n - 1 are drawn and count n/(n - 1) each, so that the spread of the means is the design's
    standard error for any n; a finite population shrinks the resampled part by ``sqrt(1 - f)``. A stratum of one unit
    stays as it is.

    Parameters
    ----------
    values, weights
        Finite numbers and positive weights, ``(n_answers,)``.
    units
        The units they were drawn in.
    rng
        Source of randomness; ``None`` starts the same way every time.
    replicates
        Number of samples.

    Returns
    -------
    Means, ``(replicates,)``.

    Raises
    ------
    InvalidValueError
        If fewer than two replicates are asked for.

    References
    ----------
    Rao, J. N. K., Wu, C. F. J. and Yue, K. (1992). Some recent work on resampling methods for complex surveys. *Survey
    Methodology* 18.

    Examples
    --------
    >>> from crmrisk.satisfaction.sample_units import sample_units
    >>> units = sample_units(100, clusters=np.repeat(np.arange(25), 4))
    >>> means = design_bootstrap_means(np.repeat(np.arange(25.0) % 2, 4), np.ones(100), units)
    >>> print(f"{means.std():.2f}")
    0.10
    """
    check_replicates(replicates)
    generator = seeded(rng)
    totals = np.zeros((replicates, 2))
    for stratum in _strata(values, weights, units):
        for start in range(0, replicates, step := max(1, _BLOCK // len(stratum.repeats))):
            rows = slice(start, min(start + step, replicates))
            totals[rows] += _resampled(stratum, generator, rows.stop - rows.start)
    return totals[:, 1] / totals[:, 0]


def weighted_cells(values: FloatArray, weights: FloatArray) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Gather answers of equal value and weight into cells, so that a resample costs cells and not answers.

    Where one value has hundreds of weights, those closer than 1/500 of their range on a log scale share a cell and its
    mean weight: sums stay as they are, and the spread of resampled means changes by less than one part in 10,000 as
    long as weights range over less than a factor of a million.

    Parameters
    ----------
    values, weights
        Answers and positive weights, ``(n_answers,)``.

    Returns
    -------
    Values, weights and repeats, ``(n_cells,)``.

    Examples
    --------
    >>> weighted_cells(np.array([1.0, 0.0, 1.0]), np.array([1.0, 1.0, 1.0]))
    (array([0., 1.]), array([1., 1.]), array([1., 2.]))
    """
    distinct = np.unique(values)
    if distinct.size > _VALUES:
        pairs, repeats = np.unique(np.column_stack([values, weights]), axis=0, return_counts=True)
        return pairs[:, 0], pairs[:, 1], repeats.astype(np.float64)
    parts = [_cells(weights[values == each]) for each in distinct]
    kept = np.repeat(distinct, [repeats.size for _, repeats in parts])
    return kept, np.concatenate([part[0] for part in parts]), np.concatenate([part[1] for part in parts])


class _Stratum(NamedTuple):
    """Distinct totals of units (of weights, of weighted values), how often each occurs, and what stays fixed."""

    totals: FloatArray
    repeats: FloatArray
    moving: float


def _strata(values: FloatArray, weights: FloatArray, units: SampleUnits) -> Iterator[_Stratum]:
    size = units.stratum.size
    totals: FloatArray = np.bincount(units.unit, weights=weights, minlength=size).astype(np.float64)
    means = np.bincount(units.unit, weights=weights * values, minlength=size) / totals
    order = np.argsort(units.stratum, kind="stable")
    parts = np.split(order, np.cumsum(units.drawn)[:-1])
    for part, drawn, fraction in zip(parts, units.drawn.tolist(), units.fraction.tolist(), strict=True):
        if drawn:
            mean, total, repeats = weighted_cells(means[part], totals[part])
            yield _Stratum(
                np.column_stack([total, total * mean]), repeats, (1.0 - fraction) ** 0.5 if drawn > 1 else 0.0
            )


def _resampled(stratum: _Stratum, generator: np.random.Generator, replicates: int) -> FloatArray:
    whole: FloatArray = (stratum.totals * stratum.repeats[:, None]).sum(axis=0)
    if stratum.moving == 0.0:
        return np.broadcast_to(whole, (replicates, 2))
    n = stratum.repeats.sum()
    drawn = resampled_counts(stratum.repeats * ((n - 1.0) / n), rng=generator, replicates=max(replicates, 2))
    summed = np.column_stack([(drawn[:replicates] * column).sum(axis=1) for column in stratum.totals.T])
    moved: FloatArray = (1.0 - stratum.moving) * whole + stratum.moving * n / (n - 1.0) * summed
    return moved


def _cells(weights: FloatArray) -> tuple[FloatArray, FloatArray]:
    distinct, place, repeats = np.unique(weights, return_inverse=True, return_counts=True)
    if distinct.size <= _CELLS:
        return distinct, repeats.astype(np.float64)
    logs = np.log(distinct)
    nearby = ((logs - logs[0]) / (logs[-1] - logs[0]) * (_CELLS - 1)).round().astype(np.int64)[place]
    counts = np.bincount(nearby, minlength=_CELLS).astype(np.float64)
    sums = np.bincount(nearby, weights=weights, minlength=_CELLS)
    return sums[counts > 0.0] / counts[counts > 0.0], counts[counts > 0.0]
