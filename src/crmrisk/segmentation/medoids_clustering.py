"""k-medoids: partitioning around rows that stand for their clusters, for any distance (PAM: build, then swap)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from crmrisk.core.errors import InvalidValueError, Problem
from crmrisk.segmentation.cluster_arguments import canonical, read_distances, read_rows, require_clusters
from crmrisk.segmentation.clustering import Clustering, largest_first, sorted_solution
from crmrisk.segmentation.points import Distance, Metric, Points, distances

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

    from crmrisk.core.arrays import FloatArray, IntArray

__all__ = ["around_medoids", "k_medoids", "order_of_distances"]

_MOST_SWAPS = 1000
_ROUNDING = 1e-12


def k_medoids(
    values: ArrayLike | None = None, k: int = 2, *, distance: Distance = "euclidean", distances: ArrayLike | None = None
) -> Clustering:
    """Partition rows around k of them, so that the sum of distances to these medoids is small.

    Build chooses medoids one by one; swap exchanges a medoid for another row as long as that helps. Nothing is random,
    and the result does not depend on the order of the rows; of given distances it may, where two choices are equally
    good. Time and memory grow with the square of the number of rows.

    Parameters
    ----------
    values
        Numbers, ``(n_rows, n_columns)``.
    k
        How many clusters.
    distance
        ``"euclidean"`` or ``"manhattan"``.
    distances
        Distances between rows, ``(n_rows, n_rows)``, instead of values: for instance `gower_distances`.

    Returns
    -------
    The clusters, the largest first, with ``medoids``; of given distances, centres are positions of rows.

    Raises
    ------
    InvalidValueError
        If both or neither of values and distances are given, or they are none.
    FitError
        If fewer than ``k`` rows differ.

    References
    ----------
    Kaufman, L. and Rousseeuw, P. J. (1990). *Finding Groups in Data*, chapter 2.

    Schubert, E. and Rousseeuw, P. J. (2021). Fast and eager k-medoids clustering. Information Systems 101, equation 7.

    Examples
    --------
    >>> found = k_medoids([[1.0], [2.0], [3.0], [50.0]], 2)
    >>> found.codes, found.medoids, found.cost
    (array([0, 0, 0, 1]), array([1, 3]), 2.0)
    """
    if (values is None) == (distances is None):
        raise InvalidValueError(Problem(what="either values or distances", where="k_medoids", allowed="one of them"))
    if distances is not None:
        return _of_distances(read_distances(distances), k)
    if distance not in ("euclidean", "manhattan"):
        remedy = "distances=gower_distances(...)" if distance == "gower" else ""
        allowed = '"euclidean", "manhattan"'
        raise InvalidValueError(
            Problem(what="no distance", where="distance", allowed=allowed, got=repr(distance), remedy=remedy)
        )
    points, order = canonical(Points.of_numbers(read_rows(values if values is not None else ())))
    wanted = require_clusters(points, k)
    return sorted_solution(around_medoids(points, wanted, _matrix(points, Metric(distance))), order)


def _matrix(points: Points, metric: Metric) -> FloatArray:
    return distances(points, points, metric)


def _of_distances(table: FloatArray, k: int) -> Clustering:
    """Cluster rows of which only distances are known, in the order of how far they are from all others."""
    order = order_of_distances(table)
    positions = Points.of_numbers(order[:, None].astype(np.float64))
    inner = table[np.ix_(order, order)]
    wanted = require_clusters(Points.of_numbers(inner), k)
    return largest_first(sorted_solution(around_medoids(positions, wanted, inner), order))


def order_of_distances(table: FloatArray) -> IntArray:
    """Put rows in the order of how far they are from all others, whatever order they came in.

    Parameters
    ----------
    table
        Distances, ``(n_rows, n_rows)``.

    Examples
    --------
    >>> order_of_distances(np.array([[0.0, 9, 8], [9, 0, 1], [8, 1, 0]]))
    array([2, 1, 0])
    """
    return np.argsort(np.sort(table, axis=1).sum(axis=1), kind="stable")


def around_medoids(points: Points, k: int, matrix: FloatArray) -> Clustering:
    """Partition around medoids, given the distances.

    Parameters
    ----------
    points
        Rows in canonical order.
    k
        How many clusters; so many rows differ.
    matrix
        Distances between them, ``(n_rows, n_rows)``.

    Examples
    --------
    >>> import numpy as np
    >>> points = Points.of_numbers(np.array([[0.0], [1.0], [8.0]]))
    >>> around_medoids(points, 2, distances(points, points, Metric())).cost
    1.0
    """
    medoids = _swap(matrix, _build(matrix, k))
    codes = matrix[:, medoids].argmin(axis=1)
    codes[medoids] = np.arange(k)
    cost = float(matrix[np.arange(len(points)), medoids[codes]].sum())
    return Clustering(codes, points.take(medoids), cost, medoids)


def _build(matrix: FloatArray, k: int) -> IntArray:
    chosen = [int(matrix.sum(axis=0).argmin())]
    while len(chosen) < k:
        own = matrix[:, chosen].min(axis=1)
        gain = np.maximum(own[:, None] - matrix, 0.0).sum(axis=0)
        gain[chosen] = -1.0
        chosen.append(int(gain.argmax()))
    return np.array(chosen)


def _swap(matrix: FloatArray, medoids: IntArray) -> IntArray:
    medoids = medoids.copy()
    for _ in range(_MOST_SWAPS):
        change = _changes(matrix, medoids)
        change[:, medoids] = 0.0
        place, row = np.unravel_index(int(change.argmin()), change.shape)
        if change[place, row] >= -_ROUNDING * matrix.max() * len(matrix):
            break
        medoids[place] = row
    return medoids


def _changes(matrix: FloatArray, medoids: IntArray) -> FloatArray:
    """Return what the cost would change by if a row replaced a medoid, ``(k, n_rows)``."""
    to_medoids = matrix[:, medoids]
    owner = to_medoids.argmin(axis=1)
    first = to_medoids[np.arange(len(matrix)), owner]
    to_medoids[np.arange(len(matrix)), owner] = np.inf
    second = to_medoids.min(axis=1)
    with_row = np.minimum(matrix, first[:, None])
    shared = with_row.sum(axis=0) - first.sum()
    lost = np.empty((len(medoids), len(matrix)))
    for place in range(len(medoids)):
        rows = np.flatnonzero(owner == place)
        lost[place] = (np.minimum(matrix[rows], second[rows, None]) - with_row[rows]).sum(axis=0)
    changes: FloatArray = shared + lost
    return changes
