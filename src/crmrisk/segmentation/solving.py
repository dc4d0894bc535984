"""One door to all methods: rows in, clusters out, each customer in the cluster whose centre is nearest.

What a fitted segmenter knows are centres, and a new customer joins the nearest. So that a customer who was there at the
fit is treated the same, and so that silhouettes and stability speak of what is used, the clusters of a tree are
replaced by the customers nearest to their centres; how many that moves is counted.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, TypeAlias

import numpy as np

from crmrisk.core.errors import FitError, Problem
from crmrisk.segmentation.clustering import Clustering
from crmrisk.segmentation.hierarchy import Linkage, cut_tree_of, medoids_of
from crmrisk.segmentation.means_clustering import STARTS, alternate, best_of_starts, cluster_centres
from crmrisk.segmentation.medoids_clustering import around_medoids
from crmrisk.segmentation.points import Metric, Points, distances, distinct_rows, nearest, squared
from crmrisk.segmentation.silhouettes import LARGEST_MATRIX, sampled_rows

if TYPE_CHECKING:
    from crmrisk.core.arrays import FloatArray, IntArray

__all__ = ["METHODS", "Method", "Recipe", "Solved", "pairwise", "solve"]

Method: TypeAlias = Literal["k-means", "k-medoids", "hierarchical", "k-prototypes"]
"""How clusters are found."""

METHODS: tuple[Method, ...] = ("k-means", "k-medoids", "hierarchical", "k-prototypes")
_BY_PAIRS = {"k-medoids", "hierarchical"}


@dataclass(frozen=True)
class Recipe:
    """Say how clusters are found.

    Parameters
    ----------
    method
        The method.
    metric
        How far apart two rows are.
    linkage
        Of hierarchical clustering, how far apart two clusters are.
    starts
        Of k-means and k-prototypes, how many starts.
    sample
        The most rows that are compared pair by pair, or started from.

    Examples
    --------
    >>> Recipe("k-medoids").by_pairs
    True
    """

    method: Method = "k-means"
    metric: Metric = Metric()  # noqa: RUF009 - a frozen value
    linkage: Linkage = "ward"
    starts: int = STARTS
    sample: int = LARGEST_MATRIX

    @property
    def by_pairs(self) -> bool:
        """Whether the method needs the distance of every pair of rows."""
        return self.method in _BY_PAIRS


@dataclass(frozen=True, eq=False)
class Solved:
    """Hold clusters by their centres, and how many rows the method itself would put elsewhere.

    Parameters
    ----------
    codes
        The nearest centre of each row, ``(n_rows,)``.
    centres
        One row per cluster.
    moved
        The share of the rows the method saw that it had put into another cluster.

    Examples
    --------
    >>> import numpy as np
    >>> points = Points.of_numbers(np.array([[0.0], [1.0], [8.0]]))
    >>> solve(points, 2, Recipe(), np.random.default_rng(0)).moved
    0.0
    """

    codes: IntArray
    centres: Points
    moved: float


def pairwise(points: Points, metric: Metric) -> FloatArray:
    """Return all distances between rows, ``(n_rows, n_rows)``.

    Parameters
    ----------
    points
        The rows.
    metric
        How distance is measured.

    Examples
    --------
    >>> import numpy as np
    >>> pairwise(Points.of_numbers(np.array([[0.0], [2.0]])), Metric())
    array([[0., 2.],
           [2., 0.]])
    """
    return distances(points, points, metric)


def solve(
    points: Points, k: int, recipe: Recipe, rng: np.random.Generator, *, matrix: FloatArray | None = None
) -> Solved:
    """Find k clusters.

    Parameters
    ----------
    points
        Rows in canonical order, at least k of them different.
    k
        How many.
    recipe
        How.
    rng
        Source of randomness.
    matrix
        All distances between the rows, where they are known already.

    Raises
    ------
    FitError
        If the sample of a large portfolio holds fewer than k different customers.

    Examples
    --------
    >>> import numpy as np
    >>> points = Points.of_numbers(np.array([[0.0], [1.0], [8.0]]))
    >>> solve(points, 2, Recipe("hierarchical"), np.random.default_rng(0)).codes
    array([0, 0, 1])
    """
    rows = sampled_rows(len(points), recipe.sample, rng)
    part = points if len(rows) == len(points) else points.take(rows)
    if part is not points and distinct_rows(part) < k:
        what, got = "the sample holds too few different customers", f"{distinct_rows(part)} of {len(part)}, k {k}"
        raise FitError(Problem(what=what, where="sample", got=got, remedy="a larger sample, or fewer clusters"))
    if recipe.by_pairs:
        known = matrix if matrix is not None and len(rows) == len(points) else pairwise(part, recipe.metric)
        found = _of_pairs(part, k, recipe, known)
    else:
        found = best_of_starts(part, k, recipe.metric, starts=recipe.starts, rng=rng)
        if part is not points:
            found = alternate(points, found.centres, recipe.metric)
            part = points
    codes = nearest(points, found.centres, recipe.metric)
    seen = codes if part is points else codes[rows]
    return Solved(codes, found.centres, float(np.mean(seen != found.codes)))


def _of_pairs(points: Points, k: int, recipe: Recipe, matrix: FloatArray) -> Clustering:
    if recipe.method == "k-medoids":
        return around_medoids(points, k, matrix)
    codes = cut_tree_of(matrix, k, recipe.linkage)
    if recipe.metric.distance == "gower":
        centres = points.take(medoids_of(matrix, codes))
    else:
        centres = cluster_centres(points, codes, k)
    cost = float(squared(points, centres, recipe.metric)[np.arange(len(points)), codes].sum())
    return Clustering(codes, centres, cost)
