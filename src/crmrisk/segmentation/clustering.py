"""A clustering of rows: which cluster each row is in, and the centres, the largest cluster first."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from crmrisk.segmentation.points import Points, canonical_order

if TYPE_CHECKING:
    from collections.abc import Iterator

    from crmrisk.core.arrays import IntArray

__all__ = ["Clustering", "largest_first", "sorted_solution"]


@dataclass(frozen=True, eq=False)
class Clustering:
    """Hold a partition of rows into clusters, the largest first.

    Parameters
    ----------
    codes
        The cluster of each row, ``(n_rows,)``, 0 for the largest.
    centres
        Means or most frequent names, or, of methods that choose rows, those rows; ``n_clusters`` of them.
    cost
        What the method lowers: the sum of squared distances to the centres, or of distances to the medoids.
    medoids
        The rows that are centres, ``(n_clusters,)``, where the method chooses rows.

    Examples
    --------
    >>> from crmrisk.segmentation.means_clustering import k_means
    >>> found = k_means([[1.0], [1.2], [1.1], [9.0]], 2)
    >>> found.codes, found.sizes
    (array([0, 0, 0, 1]), (3, 1))
    """

    codes: IntArray
    centres: Points
    cost: float
    medoids: IntArray | None = None

    def __repr__(self) -> str:
        sizes = ", ".join(f"{size:,}" for size in self.sizes[:20])
        return f"Clustering({self.codes.size:,} rows, {self.k} clusters of {sizes}, cost {self.cost:.6g})"

    @property
    def k(self) -> int:
        """The number of clusters."""
        return len(self.centres)

    @property
    def sizes(self) -> tuple[int, ...]:
        """The rows of each cluster."""
        return tuple(np.bincount(self.codes, minlength=self.k).tolist())

    def members(self) -> Iterator[IntArray]:
        """Yield the positions of each cluster's rows."""
        yield from (np.flatnonzero(self.codes == code) for code in range(self.k))


def largest_first(found: Clustering) -> Clustering:
    """Put the largest cluster first, and of equally large ones the one whose centre has the smaller values.

    Parameters
    ----------
    found
        Clusters in any order.

    Examples
    --------
    >>> import numpy as np
    >>> centres = Points.of_numbers(np.array([[1.0], [5.0]]))
    >>> largest_first(Clustering(np.array([0, 1, 1]), centres, 0.0)).codes
    array([1, 0, 0])
    """
    by_value = canonical_order(found.centres)
    order = by_value[np.argsort(-np.asarray(found.sizes)[by_value], kind="stable")]
    places = np.empty(found.k, dtype=np.int64)
    places[order] = np.arange(found.k)
    medoids = None if found.medoids is None else found.medoids[order]
    return Clustering(places[found.codes], found.centres.take(order), found.cost, medoids)


def sorted_solution(found: Clustering, order: IntArray) -> Clustering:
    """Return a clustering of sorted rows in the caller's order.

    Parameters
    ----------
    found
        Clusters of the rows ``order``.
    order
        Positions of the sorted rows in the caller's, ``(n_rows,)``.

    Examples
    --------
    >>> import numpy as np
    >>> found = Clustering(np.array([0, 0, 1]), Points.of_numbers(np.array([[1.0], [5.0]])), 0.0)
    >>> sorted_solution(found, np.array([2, 0, 1])).codes
    array([0, 1, 0])
    """
    codes = np.empty_like(found.codes)
    codes[order] = found.codes
    medoids = None if found.medoids is None else order[found.medoids]
    return replace(largest_first(replace(found, codes=codes, medoids=medoids)))
