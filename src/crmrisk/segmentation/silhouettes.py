"""Silhouettes: how much nearer each row is to its own cluster than to the next one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from crmrisk.core.arguments import seeded
from crmrisk.core.errors import InvalidValueError, Problem
from crmrisk.core.row_names import refuse_other_order
from crmrisk.segmentation.cluster_arguments import (
    canonical,
    read_codes,
    read_distances,
    read_rows,
    require_whole,
)
from crmrisk.segmentation.points import Metric, Points, distances

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

    from crmrisk.core.arrays import FloatArray, IntArray
    from crmrisk.segmentation.points import Distance

__all__ = ["LARGEST_MATRIX", "Silhouette", "sampled_rows", "silhouette", "silhouette_widths"]

LARGEST_MATRIX = 1000
"""The most rows whose distances are all computed, unless a caller says otherwise; above, a random sample stands in."""


@dataclass(frozen=True, eq=False)
class Silhouette:
    """Hold silhouette widths.

    Parameters
    ----------
    values
        Width of each row looked at, -1 to 1, ``(n_sampled,)``.
    codes
        The cluster of each of these rows, ``(n_sampled,)``.
    n
        The number of rows there are.

    Examples
    --------
    >>> found = silhouette([[1.0], [2.0], [9.0]], [0, 0, 1])
    >>> found.values.round(3), round(found.mean, 3)
    (array([0.875, 0.857, 0.   ]), 0.577)
    """

    values: FloatArray
    codes: IntArray
    n: int

    @property
    def mean(self) -> float:
        """The mean width: above 0.7 strong structure, above 0.5 reasonable, below 0.25 none worth the name."""
        return float(np.sort(self.values).mean())  # the same bits in any order of rows

    @property
    def by_cluster(self) -> tuple[float, ...]:
        """The mean width of each cluster; NaN of one that the sample missed."""
        order = np.argsort(self.values)
        counts, totals = np.bincount(self.codes), np.bincount(self.codes[order], weights=self.values[order])
        return tuple(np.where(counts > 0, totals / np.maximum(counts, 1), np.nan).tolist())

    def __float__(self) -> float:
        return self.mean

    def __str__(self) -> str:
        looked_at = f"{len(self.values)} of {self.n} rows" if len(self.values) < self.n else f"{self.n} rows"
        return f"mean silhouette {self.mean:.3f} ({looked_at})"


def silhouette(
    values: ArrayLike | None = None,
    codes: ArrayLike = (),
    *,
    distance: Distance = "euclidean",
    distances: ArrayLike | None = None,
    sample: int = LARGEST_MATRIX,
    rng: np.random.Generator | None = None,
) -> Silhouette:
    """Measure how well rows fit their clusters: ``s = (b - a) / max(a, b)``.

    ``a`` is the mean distance to the other rows of the own cluster, ``b`` the smallest mean distance to the rows of
    another. A row that is alone in its cluster has s = 0.

    Parameters
    ----------
    values
        Numbers, ``(n_rows, n_columns)``.
    codes
        The cluster of each row, numbers or names, ``(n_rows,)``.
    distance
        ``"euclidean"`` or ``"manhattan"``.
    distances
        Distances between rows, ``(n_rows, n_rows)``, instead of values.
    sample
        Of more rows than these, so many are drawn to be looked at.
    rng
        Source of randomness of the sample; ``None`` starts the same way every time.

    Returns
    -------
    The widths, in the order of the rows.

    Raises
    ------
    InvalidValueError
        If the values are no table of numbers, codes are not one per row, or all the same.
    RecordError
        If they are pandas columns of the same rows in another order.

    References
    ----------
    Rousseeuw, P. J. (1987). Silhouettes: a graphical aid to the interpretation and validation of cluster analysis.
    Journal of Computational and Applied Mathematics 20.

    Examples
    --------
    >>> print(silhouette([[1.0], [2.0], [9.0], [9.5]], ["a", "a", "b", "b"]))
    mean silhouette 0.903 (4 rows)
    """
    if (values is None) == (distances is None):
        raise InvalidValueError(Problem(what="either values or distances", where="silhouette", allowed="one of them"))
    table = read_rows(values) if values is not None else read_distances(distances if distances is not None else ())
    refuse_other_order(values=values, distances=distances, codes=codes)
    held = read_codes(codes, len(table))
    require_whole({"sample": sample}, least=2)
    profile = table if distances is None else np.sort(table, axis=1)  # what no order of rows changes
    rows = np.arange(len(table)) if len(table) <= sample else _drawn(profile, held, sample, seeded(rng))
    matrix = table[np.ix_(rows, rows)] if values is None else _matrix(table[rows], distance)
    return Silhouette(silhouette_widths(matrix, held[rows]), held[rows], len(table))


def _matrix(table: FloatArray, distance: Distance) -> FloatArray:
    if distance not in ("euclidean", "manhattan"):
        allowed = '"euclidean", "manhattan", or distances=...'
        raise InvalidValueError(Problem(what="no distance", where="distance", allowed=allowed, got=repr(distance)))
    points = Points.of_numbers(table)
    return distances(points, points, Metric(distance))


def _drawn(table: FloatArray, codes: IntArray, sample: int, rng: np.random.Generator) -> IntArray:
    _, order = canonical(Points(table, codes[:, None]))
    return np.sort(order[sampled_rows(len(table), sample, rng)])


def sampled_rows(n_rows: int, sample: int, rng: np.random.Generator) -> IntArray:
    """Draw rows without replacement, in their order; all where there are no more.

    Parameters
    ----------
    n_rows
        How many there are.
    sample
        How many to draw.
    rng
        Source of randomness.

    Examples
    --------
    >>> sampled_rows(3, 5, np.random.default_rng(0))
    array([0, 1, 2])
    """
    if n_rows <= sample:
        return np.arange(n_rows)
    return np.sort(rng.choice(n_rows, size=sample, replace=False))


def silhouette_widths(matrix: FloatArray, codes: IntArray) -> FloatArray:
    """Return the width of every row, given all distances.

    Parameters
    ----------
    matrix
        Distances, ``(n_rows, n_rows)``.
    codes
        The cluster of each row, ``(n_rows,)``.

    Raises
    ------
    InvalidValueError
        If there are fewer than two clusters.

    Examples
    --------
    >>> silhouette_widths(np.array([[0.0, 1, 5], [1, 0, 5], [5, 5, 0]]), np.array([0, 0, 1]))
    array([0.8, 0.8, 0. ])
    """
    clusters, own = np.unique(codes, return_inverse=True)
    if len(clusters) < 2:
        raise InvalidValueError(Problem(what="one cluster has no silhouette", where="codes", allowed="two or more"))
    sizes, rows = np.bincount(own), np.arange(len(own))
    parts = (np.sort(matrix[:, own == place], axis=1) for place in rows[: len(clusters)])  # rows do not decide the bits
    totals = np.column_stack([part.sum(axis=1) for part in parts])
    inside = totals[rows, own] / np.maximum(sizes[own] - 1, 1)
    means = totals / sizes
    means[rows, own] = np.inf
    beside = means.min(axis=1)
    larger = np.maximum(inside, beside)
    alone = (sizes[own] == 1) | (larger == 0.0)
    return np.where(alone, 0.0, (beside - inside) / np.where(alone, 1.0, larger))
