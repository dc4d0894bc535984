"""Hierarchical clustering: a tree of merges by ``scipy.cluster.hierarchy``, cut into k clusters."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, TypeAlias, get_args

import numpy as np

from crmrisk.core.arguments import check_choice
from crmrisk.core.errors import InvalidValueError, Problem
from crmrisk.segmentation.cluster_arguments import canonical, read_distances, read_rows, require_clusters
from crmrisk.segmentation.clustering import Clustering, sorted_solution
from crmrisk.segmentation.means_clustering import cluster_centres
from crmrisk.segmentation.medoids_clustering import order_of_distances
from crmrisk.segmentation.points import Metric, Points, squared
from crmrisk.segmentation.points import distances as distances_between

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

    from crmrisk.core.arrays import FloatArray, IntArray

__all__ = ["Linkage", "cut_tree_of", "hierarchical", "medoids_of"]

Linkage: TypeAlias = Literal["ward", "average", "complete", "single"]
"""How the distance of two clusters follows from those of their rows."""


def hierarchical(
    values: ArrayLike | None = None, k: int = 2, *, linkage: Linkage | None = None, distances: ArrayLike | None = None
) -> Clustering:
    """Merge the nearest rows and clusters until k are left.

    Parameters
    ----------
    values
        Numbers, ``(n_rows, n_columns)``.
    k
        How many clusters.
    linkage
        How the distance of two clusters is measured; by default ``"ward"`` of values, ``"average"`` of distances.
    distances
        Distances between rows, ``(n_rows, n_rows)``, instead of values: for instance `gower_distances`.

    Returns
    -------
    The clusters, the largest first; centres are their means. Of given distances, ``medoids`` are the rows nearest to
    all others of their cluster, centres are their positions, and the cost is the sum of distances to them.

    Raises
    ------
    InvalidValueError
        If both or neither of values and distances are given, they are no complete table of numbers, or a setting is
        none: Ward's linkage is of values.
    FitError
        If fewer than ``k`` rows differ.

    References
    ----------
    Ward, J. H. (1963). Hierarchical grouping to optimize an objective function. JASA 58.

    Examples
    --------
    >>> hierarchical([[1.0], [2.0], [8.0], [9.0], [9.5]], 2).codes
    array([1, 1, 0, 0, 0])
    >>> hierarchical(k=2, distances=[[0, 1, 5], [1, 0, 5], [5, 5, 0]]).codes
    array([0, 0, 1])
    """
    if linkage is not None:
        check_choice(linkage, get_args(Linkage), where="linkage", what="no linkage")
    if (values is None) == (distances is None):
        raise InvalidValueError(Problem(what="either values or distances", where="hierarchical", allowed="one of them"))
    if distances is not None:
        return _of_distances(read_distances(distances), k, linkage or "average")
    points, order = canonical(Points.of_numbers(read_rows(values if values is not None else ())))
    wanted = require_clusters(points, k)
    codes = cut_tree_of(distances_between(points, points, Metric()), wanted, linkage or "ward")
    centres = cluster_centres(points, codes, wanted)
    cost = float(squared(points, centres, Metric())[np.arange(len(points)), codes].sum())
    return sorted_solution(Clustering(codes, centres, cost), order)


def _of_distances(table: FloatArray, k: int, linkage: Linkage) -> Clustering:
    """Cluster rows of which only distances are known, in the order of how far they are from all others."""
    if linkage == "ward":
        remedy = 'linkage="average", or values instead of distances'
        raise InvalidValueError(Problem(what="ward is of values", where="linkage", remedy=remedy))
    order = order_of_distances(table)
    inner = table[np.ix_(order, order)]
    codes = cut_tree_of(inner, require_clusters(Points.of_numbers(inner), k), linkage)
    medoids = medoids_of(inner, codes)
    positions = Points.of_numbers(order[medoids][:, None].astype(np.float64))
    cost = float(inner[np.arange(len(inner)), medoids[codes]].sum())
    return sorted_solution(Clustering(codes, positions, cost, medoids), order)


def medoids_of(matrix: FloatArray, codes: IntArray) -> IntArray:
    """Find the row of each cluster that is nearest to all others of it.

    Parameters
    ----------
    matrix
        Distances, ``(n_rows, n_rows)``.
    codes
        The cluster of each row, ``(n_rows,)``, none of them empty.

    Examples
    --------
    >>> medoids_of(np.array([[0.0, 1, 2], [1, 0, 1], [2, 1, 0]]), np.array([0, 0, 0]))
    array([1])
    """
    members = [np.flatnonzero(codes == code) for code in range(int(codes.max()) + 1)]
    return np.array([rows[matrix[np.ix_(rows, rows)].sum(axis=0).argmin()] for rows in members])


def cut_tree_of(matrix: FloatArray, k: int, linkage: Linkage) -> IntArray:
    """Cut the tree of rows whose distances are known into exactly k clusters, whatever merges are equally high.

    Parameters
    ----------
    matrix
        Distances, ``(n_rows, n_rows)``.
    k
        How many clusters.
    linkage
        How the distance of two clusters is measured.

    Returns
    -------
    0 to k - 1, ``(n_rows,)``.

    Examples
    --------
    >>> import numpy as np
    >>> cut_tree_of(np.array([[0.0, 1, 5], [1, 0, 5], [5, 5, 0]]), 2, "average")
    array([0, 0, 1])
    """
    from scipy.cluster.hierarchy import fcluster  # noqa: PLC0415 - a heavy import that only this call needs
    from scipy.cluster.hierarchy import linkage as tree_of  # noqa: PLC0415 - the same
    from scipy.spatial.distance import squareform  # noqa: PLC0415 - the same

    if len(matrix) == 1:
        return np.zeros(1, dtype=np.int64)
    tree = tree_of(squareform(matrix, checks=False), method=linkage)
    tree[:, 2] = np.arange(len(tree))  # merges by number, not by height: heights may tie
    found: IntArray = fcluster(tree, len(matrix) - k - 0.5, criterion="distance").astype(np.int64) - 1
    return found
