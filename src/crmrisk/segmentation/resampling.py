"""Stability: whether clusters come back when customers are drawn anew (the Jaccard bootstrap of Hennig)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from crmrisk.core.arguments import seeded
from crmrisk.core.errors import InvalidValueError, Problem
from crmrisk.segmentation.cluster_arguments import canonical, read_rows, require_clusters, require_whole
from crmrisk.segmentation.clustering import Clustering, sorted_solution
from crmrisk.segmentation.points import Points, distinct_rows
from crmrisk.segmentation.recurrence import ClusterStability
from crmrisk.segmentation.silhouettes import sampled_rows
from crmrisk.segmentation.solving import METHODS, Method, Recipe, Solved, pairwise, solve

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

    from crmrisk.core.arrays import FloatArray, IntArray

__all__ = ["REPLICATES", "Resampled", "cluster_stability", "resampled"]

REPLICATES = 50
"""How often customers are drawn anew unless a caller says otherwise."""

_DISSOLVED = 0.5
_EASIER = 5  # methods that compare with centres only take so many times more customers in the same time


def cluster_stability(
    values: ArrayLike,
    k: int,
    *,
    method: Method = "k-means",
    replicates: int = REPLICATES,
    sample: int = Recipe().sample,
    rng: np.random.Generator | None = None,
) -> ClusterStability:
    """Draw rows anew with replacement, cluster again, and see whether each cluster comes back.

    Parameters
    ----------
    values
        Numbers, ``(n_rows, n_columns)``.
    k
        How many clusters.
    method
        ``"k-means"``, ``"k-medoids"`` or ``"hierarchical"``.
    replicates
        How many resamples.
    sample
        Of more rows than these (k-means: than five times as many), so many stand in for all; stability is then that of
        a clustering of so many.
    rng
        Source of randomness; ``None`` starts the same way every time.

    Raises
    ------
    InvalidValueError
        If the values are no complete table of numbers, or a setting is none.
    FitError
        If fewer than ``k`` rows differ.

    References
    ----------
    Hennig, C. (2007). Cluster-wise assessment of cluster stability. Computational Statistics and Data Analysis 52.

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> two = np.concatenate([rng.normal(0, 1, (40, 2)), rng.normal(9, 1, (40, 2))])
    >>> cluster_stability(two, 2).verdicts
    ('highly stable', 'highly stable')
    >>> cluster_stability(two, 5).verdict
    'unstable'
    """
    require_whole({"replicates": replicates, "sample": sample}, least=2)
    known = [each for each in METHODS if each != "k-prototypes"]
    if method not in known:
        allowed = ", ".join(known)
        raise InvalidValueError(Problem(what="no method", where="method", allowed=allowed, got=repr(method)[:100]))
    points, order = canonical(Points.of_numbers(read_rows(values)))
    recipe, source = Recipe(method, sample=int(sample)), seeded(rng)
    found = solve(points, require_clusters(points, k), recipe, source)
    held = sorted_solution(Clustering(found.codes, found.centres, 0.0), order)
    ordered = Solved(held.codes[order], held.centres, found.moved)
    return resampled(points, ordered, recipe, replicates=replicates, rng=source).stability(held.sizes)


@dataclass(frozen=True, eq=False)
class Resampled:
    """Hold what resamples found.

    Parameters
    ----------
    similarity
        The largest Jaccard similarity of each cluster to one of the resample, ``(replicates, k)``.
    centres
        The centres of each resample.
    matches
        The cluster that each centre of a resample stands for, ``(replicates, k)``; -1 for none.
    n
        Number of rows.
    sampled
        Number of rows that were resampled.

    Examples
    --------
    See `cluster_stability`.
    """

    similarity: FloatArray
    centres: tuple[Points, ...]
    matches: tuple[IntArray, ...]
    n: int
    sampled: int

    def stability(self, sizes: tuple[int, ...]) -> ClusterStability:
        """Sum up, beside the sizes of the clusters."""
        return ClusterStability(
            jaccard=tuple(self.similarity.mean(axis=0).tolist()),
            dissolved=tuple((self.similarity <= _DISSOLVED).mean(axis=0).tolist()),
            sizes=sizes,
            replicates=len(self.similarity),
            n=self.n,
            sampled=self.sampled,
        )


def resampled(points: Points, found: Solved, recipe: Recipe, *, replicates: int, rng: np.random.Generator) -> Resampled:
    """Cluster resamples, and compare each with the clusters that were found.

    Parameters
    ----------
    points
        Rows in canonical order.
    found
        The clusters of all rows.
    recipe
        How they were found.
    replicates
        How many resamples.
    rng
        Source of randomness.

    Examples
    --------
    See `cluster_stability`.
    """
    rows = sampled_rows(len(points), recipe.sample * (1 if recipe.by_pairs else _EASIER), rng)
    part, codes = points.take(rows), found.codes[rows]
    matrix = pairwise(part, recipe.metric) if recipe.by_pairs else None
    runs = [_one(part, codes, len(found.centres), recipe, rng, matrix=matrix) for _ in range(replicates)]
    similarity, centres, matches = zip(*runs, strict=True)
    return Resampled(np.array(similarity), centres, matches, len(points), len(part))


def _one(
    points: Points, codes: IntArray, k: int, recipe: Recipe, rng: np.random.Generator, *, matrix: FloatArray | None
) -> tuple[FloatArray, Points, IntArray]:
    drawn = np.sort(rng.integers(len(points), size=len(points)))
    again = points.take(drawn)
    inner = None if matrix is None else matrix[np.ix_(drawn, drawn)]
    solved = solve(again, min(k, distinct_rows(again)), recipe, rng, matrix=inner)
    once, first = np.unique(drawn, return_index=True)
    table = _similarities(codes[once], solved.codes[first], k, len(solved.centres))
    return table.max(axis=1), solved.centres, _matched(table)


def _similarities(left: IntArray, right: IntArray, n_left: int, n_right: int) -> FloatArray:
    """Return the Jaccard similarity of every cluster of one partition to every one of another; 0 of empty ones."""
    both = np.bincount(left * n_right + right, minlength=n_left * n_right).reshape(n_left, n_right)
    either = both.sum(axis=1)[:, None] + both.sum(axis=0)[None, :] - both
    similarities: FloatArray = both / np.maximum(either, 1)
    return similarities


def _matched(table: FloatArray) -> IntArray:
    """Pair clusters one to one, so that similarities add up to most."""
    from scipy.optimize import linear_sum_assignment  # noqa: PLC0415 - a heavy import that only this call needs

    ours, theirs = linear_sum_assignment(table, maximize=True)
    matches = np.full(table.shape[1], -1, dtype=np.int64)
    matches[theirs] = ours
    return matches
