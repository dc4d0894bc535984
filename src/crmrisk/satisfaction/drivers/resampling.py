"""Resampling respondents without refitting: a bootstrap survey is a new set of weights, a fit is its correlations.

The products of all columns are formed once; every block of resamples then is one multiplication of matrices. What a
single respondent does to a statistic, which BCa needs for its acceleration, follows from how the statistic changes with
the covariances, so that no respondent is ever left out in turn.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from crmrisk.satisfaction.bootstrap import check_replicates
from crmrisk.satisfaction.sample_units import sample_units

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from crmrisk.core.arrays import FloatArray, IntArray

__all__ = [
    "ResamplingPlan",
    "correlations_of",
    "influences",
    "resampled_moments",
    "resampling_plan",
    "standardised",
]

_CELLS = 2_000_000  # resampled weights held at a time
_NUDGE = 1e-5  # of a covariance of standardised columns: the cube root of the spacing of floats
_CONSTANT = 1e-12  # a variance below it, of a column of variance 1, is that of a resample with one value


class Moments(NamedTuple):
    """Hold what a block of resampled surveys is summed up by.

    Parameters
    ----------
    means, covariances
        Of the columns, ``(n_resamples, n_columns)`` and ``(n_resamples, n_columns, n_columns)``.

    Examples
    --------
    See `resampled_moments`.
    """

    means: FloatArray
    covariances: FloatArray


@dataclass(frozen=True, eq=False, kw_only=True)
class ResamplingPlan:
    """Say what is drawn: whole clusters, or rows, within strata.

    Parameters
    ----------
    units
        The unit each row belongs to, ``(n_rows,)``.
    members
        The units of each stratum.

    Examples
    --------
    >>> plan = resampling_plan(4, clusters=["a", "a", "b", "c"])
    >>> plan.draw(3, np.random.default_rng(0)).shape
    (3, 4)
    """

    units: IntArray
    members: tuple[IntArray, ...]

    def draw(self, replicates: int, rng: np.random.Generator) -> FloatArray:
        """Draw how often each row is taken.

        Parameters
        ----------
        replicates
            Number of resamples.
        rng
            Source of randomness.

        Returns
        -------
        Counts, ``(replicates, n_rows)``.
        """
        size = sum(len(stratum) for stratum in self.members)
        taken = np.zeros(replicates * size, dtype=np.int64)
        shift = np.arange(replicates)[:, None] * size
        for stratum in self.members:
            drawn = stratum[rng.integers(len(stratum), size=(replicates, len(stratum)))]
            taken += np.bincount((drawn + shift).ravel(), minlength=taken.size)
        counts = taken.reshape(replicates, size).astype(np.float64)
        return counts if self._is_rowwise else counts[:, self.units]

    @property
    def _is_rowwise(self) -> bool:
        return bool(np.array_equal(self.units, np.arange(len(self.units))))


def resampling_plan(
    rows: int, *, strata: Any = None, clusters: Any = None, kept: IntArray | None = None
) -> ResamplingPlan:
    """Read strata and clusters.

    Parameters
    ----------
    rows
        Number of the caller's rows.
    strata, clusters
        The stratum and the cluster of every row of the caller; ``None`` for a simple sample.
    kept
        Which of them are complete; all by default.

    Returns
    -------
    The plan.

    Raises
    ------
    RecordError
        If they are not one per row, missing somewhere, or a cluster lies in two strata.

    Examples
    --------
    >>> [len(members) for members in resampling_plan(4, strata=["x", "x", "y", "y"]).members]
    [2, 2]
    """
    units = sample_units(rows, strata=strata, clusters=clusters)
    unit = units.unit if kept is None else units.unit[kept]
    found, place = np.unique(unit, return_inverse=True)
    stratum = units.stratum[found]
    members = tuple(np.flatnonzero(stratum == each) for each in np.unique(stratum))
    return ResamplingPlan(units=place, members=members)


def standardised(values: FloatArray, weights: FloatArray) -> FloatArray:
    """Bring columns to weighted mean 0 and variance 1.

    Parameters
    ----------
    values
        Columns, ``(n_rows, n_columns)``; one that does not vary stays at 0.
    weights
        Weights of mean 1, ``(n_rows,)``.

    Returns
    -------
    The columns, ``(n_rows, n_columns)``.

    Examples
    --------
    >>> standardised(np.array([[1.0], [3.0]]), np.ones(2)).ravel()
    array([-1.,  1.])
    """
    largest = np.abs(values).max(axis=0, initial=0.0)
    scaled = values / np.where(largest > 0.0, largest, 1.0)  # squares of what is left cannot overflow
    centred = scaled - np.average(scaled, axis=0, weights=weights)
    variance = np.average(centred * centred, axis=0, weights=weights)
    found: FloatArray = centred / np.sqrt(np.where(variance > 0.0, variance, 1.0))
    return found


def correlations_of(covariances: FloatArray) -> FloatArray:
    """Turn covariances into correlations; a column that does not vary is correlated with nothing.

    Parameters
    ----------
    covariances
        Covariances of columns of variance about 1, ``(..., q, q)``.

    Returns
    -------
    Correlations, ``(..., q, q)``.

    Examples
    --------
    >>> correlations_of(np.array([[4.0, 1.0], [1.0, 1.0]]))
    array([[1. , 0.5],
           [0.5, 1. ]])
    """
    variance = np.diagonal(covariances, axis1=-2, axis2=-1)
    scale = np.where(variance > _CONSTANT, 1.0 / np.sqrt(np.maximum(variance, _CONSTANT)), 0.0)
    found = np.clip(covariances * scale[..., :, None] * scale[..., None, :], -1.0, 1.0)
    places = np.arange(found.shape[-1])
    found[..., places, places] = 1.0
    return found


def resampled_moments(
    columns: FloatArray,
    weights: FloatArray,
    plan: ResamplingPlan,
    *,
    replicates: int,
    rng: np.random.Generator,
    noise: bool = False,
) -> Iterator[Moments]:
    """Yield the means and covariances of resampled surveys, block by block.

    Parameters
    ----------
    columns
        Standardised columns, ``(n_rows, q)``.
    weights
        Survey weights, ``(n_rows,)``, which each respondent takes along.
    plan
        What is drawn.
    replicates
        Number of resamples.
    rng
        Source of randomness.
    noise
        Whether a fresh column of pure noise is put before the others in every resample.

    Yields
    ------
    Means, ``(block, q)``, and covariances, ``(block, q, q)``, one row and column more with noise.

    Raises
    ------
    InvalidValueError
        If fewer than two replicates are asked for.

    Examples
    --------
    >>> x = standardised(np.arange(8.0).reshape(4, 2) ** 2, np.ones(4))
    >>> blocks = resampled_moments(x, np.ones(4), resampling_plan(4), replicates=3, rng=np.random.default_rng(0))
    >>> [block.covariances.shape for block in blocks]
    [(3, 2, 2)]
    """
    check_replicates(replicates)
    rows, q = columns.shape
    upper = np.triu_indices(q)
    products = np.column_stack([columns, columns[:, upper[0]] * columns[:, upper[1]]])
    block = max(1, _CELLS // rows)
    for start in range(0, replicates, block):
        drawn = plan.draw(min(block, replicates - start), rng) * weights
        total = np.maximum(drawn.sum(axis=1), _CONSTANT)[:, None]
        means = drawn @ products / total
        found = _covariances(means, q, upper)
        covariances = _with_noise(found, drawn / total, columns, rng) if noise else found
        yield Moments(means[:, :q], covariances)


def influences(
    statistics: Callable[[FloatArray], FloatArray], columns: FloatArray, weights: FloatArray, plan: ResamplingPlan
) -> FloatArray:
    """Return how much each resampled unit moves statistics of the covariances (the infinitesimal jackknife).

    Parameters
    ----------
    statistics
        Function of covariances ``(..., q, q)`` to statistics ``(..., k)``.
    columns
        Standardised columns, ``(n_rows, q)``.
    weights
        Weights of mean 1, ``(n_rows,)``.
    plan
        Whose units are resampled.

    Returns
    -------
    Influence of each unit, ``(n_units, k)``.

    References
    ----------
    Efron, B. and Tibshirani, R. J. (1993). *An Introduction to the Bootstrap*, sections 14.3 and 21.

    Examples
    --------
    >>> x = standardised(np.arange(8.0).reshape(4, 2) ** 2, np.ones(4))
    >>> moved = influences(lambda covariance: covariance[..., 0, 1:], x, np.ones(4), resampling_plan(4))
    >>> bool(abs(moved.sum()) < 1e-8)
    True
    """
    q = columns.shape[1]
    centre = (columns * weights[:, None]).T @ columns / weights.sum()
    left, right = np.triu_indices(q)
    nudges = np.zeros((len(left), q, q))
    places = np.arange(len(left))
    nudges[places, left, right] = nudges[places, right, left] = _NUDGE
    slopes = (statistics(centre + nudges) - statistics(centre - nudges)) / (2.0 * _NUDGE)
    moved = weights[:, None] * (columns[:, left] * columns[:, right] - centre[left, right]) @ slopes
    summed = np.zeros((int(plan.units.max()) + 1, moved.shape[1]))
    np.add.at(summed, plan.units, moved)
    return summed


def _covariances(means: FloatArray, q: int, upper: tuple[IntArray, IntArray]) -> FloatArray:
    first, second = means[:, :q], means[:, q:]
    found = np.empty((len(means), q, q))
    central = second - first[:, upper[0]] * first[:, upper[1]]
    found[:, upper[0], upper[1]] = found[:, upper[1], upper[0]] = central
    return found


def _with_noise(found: FloatArray, shares: FloatArray, columns: FloatArray, rng: np.random.Generator) -> FloatArray:
    noise = rng.standard_normal(shares.shape)
    weighted = shares * noise
    mean = weighted.sum(axis=1)
    wider = np.empty((len(found), found.shape[1] + 1, found.shape[2] + 1))
    wider[:, 1:, 1:] = found
    wider[:, 0, 0] = (weighted * noise).sum(axis=1) - mean * mean
    wider[:, 0, 1:] = weighted @ columns - mean[:, None] * (shares @ columns)
    wider[:, 1:, 0] = wider[:, 0, 1:]
    return wider
