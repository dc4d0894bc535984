"""k-prototypes: k-means for numbers and names together, with a price for every name that differs."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from crmrisk.core.arguments import is_number, seeded
from crmrisk.core.errors import InvalidValueError, Problem
from crmrisk.core.row_names import refuse_other_order
from crmrisk.segmentation.cluster_arguments import (
    canonical,
    read_codes,
    read_rows,
    require_clusters,
    require_whole,
)
from crmrisk.segmentation.clustering import Clustering, sorted_solution
from crmrisk.segmentation.means_clustering import STARTS, best_of_starts
from crmrisk.segmentation.points import Metric, Points

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

    from crmrisk.core.arrays import FloatArray, IntArray

__all__ = ["k_prototypes", "usual_gamma"]


def k_prototypes(
    values: ArrayLike,
    labels: ArrayLike,
    k: int,
    *,
    gamma: float | None = None,
    starts: int = STARTS,
    rng: np.random.Generator | None = None,
) -> Clustering:
    """Partition rows of numbers and names.

    The cost of a row is its squared distance to the means of its cluster plus ``gamma`` for each name that is not the
    cluster's most frequent one.

    Parameters
    ----------
    values
        Numbers, ``(n_rows, n_numbers)``.
    labels
        Names, ``(n_rows, n_names)``.
    k
        How many clusters.
    gamma
        The price of a name that differs; by default `usual_gamma`.
    starts
        How many starts.
    rng
        Source of randomness; ``None`` starts the same way every time.

    Returns
    -------
    The clusters, the largest first; names of centres are places among the sorted names of the column.

    Raises
    ------
    InvalidValueError
        If values or labels are no complete tables, or a setting is none.
    RecordError
        If they are pandas columns of the same rows in another order.
    FitError
        If fewer than ``k`` rows differ.

    References
    ----------
    Huang, Z. (1998). Extensions to the k-means algorithm for clustering large data sets with categorical values. Data
    Mining and Knowledge Discovery 2.

    Examples
    --------
    >>> found = k_prototypes([[1.0], [1.1], [1.0], [1.1]], [["web"], ["web"], ["shop"], ["shop"]], 2)
    >>> found.codes
    array([1, 1, 0, 0])
    """
    require_whole({"starts": starts}, least=1)
    refuse_other_order(values=values, labels=labels)
    numbers = read_rows(values)
    points, order = canonical(Points(numbers, _read_labels(labels, len(numbers))))
    price = usual_gamma(numbers) if gamma is None else gamma
    if not is_number(price) or not 0.0 < price < np.inf:
        raise InvalidValueError(Problem(what="no price", where="gamma", allowed="> 0", got=repr(gamma)[:100]))
    wanted = require_clusters(points, k)
    found = best_of_starts(points, wanted, Metric(mismatch=float(price)), starts=starts, rng=seeded(rng))
    return sorted_solution(found, order)


def usual_gamma(numbers: FloatArray) -> float:
    """Return half the mean standard deviation of the numbers: in the middle of what Huang found sensible.

    Parameters
    ----------
    numbers
        ``(n_rows, n_columns)``.

    Examples
    --------
    >>> import numpy as np
    >>> usual_gamma(np.array([[0.0], [2.0]]))
    0.5
    """
    return float(numbers.std(axis=0).mean() / 2.0) or 0.5


def _read_labels(labels: ArrayLike, n_rows: int) -> IntArray:
    try:
        table = np.asarray(labels, dtype=object)
    except ValueError as error:
        raise InvalidValueError(Problem(what="no table of names", where="labels", got=str(error))) from None
    table = table[:, None] if table.ndim == 1 else table
    if table.ndim != 2 or not table.shape[1]:
        allowed = "(n_rows, n_names)"
        raise InvalidValueError(Problem(what="no table", where="labels", allowed=allowed, got=str(table.shape)))
    return np.column_stack([read_codes(column, n_rows, where="labels") for column in table.T])
