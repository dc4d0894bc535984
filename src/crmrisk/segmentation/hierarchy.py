"""Hierarchical clustering: a tree of merges by ``scipy.cluster.hierarchy``, cut into k clusters."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, TypeAlias, get_args

import numpy as np

from crmrisk.core.arguments import check_choice
from crmrisk.segmentation.cluster_arguments import canonical, read_rows, require_clusters
from crmrisk.segmentation.clustering import Clustering, sorted_solution
from crmrisk.segmentation.means_clustering import cluster_centres
from crmrisk.segmentation.points import Metric, Points, distances, squared

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

    from crmrisk.core.arrays import FloatArray, IntArray

__all__ = ["Linkage", "cut_tree_of", "hierarchical"]

Linkage: TypeAlias = Literal["ward", "average", "complete", "single"]
"""How the distance of two clusters follows from those of their rows."""


def hierarchical(values: ArrayLike, k: int, *, linkage: Linkage = "ward") -> Clustering:
    """Merge the nearest rows and clusters until k are left.

    Parameters
    ----------
    values
        Numbers, ``(n_rows, n_columns)``.
    k
        How many clusters.
    linkage
        How the distance of two clusters is measured.

    Returns
    -------
    The clusters, the largest first; centres are their means.

    Raises
    ------
    InvalidValueError
        If the values are no complete table of numbers, or a setting is none.
    FitError
        If fewer than ``k`` rows differ.

    References
    ----------
    Ward, J. H. (1963). Hierarchical grouping to optimize an objective function. JASA 58.

    Examples
    --------
    >>> hierarchical([[1.0], [2.0], [8.0], [9.0], [9.5]], 2).codes
    array([1, 1, 0, 0, 0])
    """
    check_choice(linkage, get_args(Linkage), where="linkage", what="no linkage")
    points, order = canonical(Points.of_numbers(read_rows(values)))
    wanted = require_clusters(points, k)
    codes = cut_tree_of(distances(points, points, Metric()), wanted, linkage)
    centres = cluster_centres(points, codes, wanted)
    cost = float(squared(points, centres, Metric())[np.arange(len(points)), codes].sum())
    return sorted_solution(Clustering(codes, centres, cost), order)


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
