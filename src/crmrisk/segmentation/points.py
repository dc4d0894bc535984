"""Customers as points: scaled numbers and coded names, how far apart two of them are, and which centre is nearest.

Every distance is a sum over columns, written out: a customer alone gets the same bits as among a million. (The
quantiser of ``scipy.cluster.vq`` multiplies matrices from five columns on, and its rounding depends on the other rows.)
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, TypeAlias

import numpy as np
from pydantic.dataclasses import dataclass as value_object

from crmrisk.core.model import VALUE, Value

if TYPE_CHECKING:
    from crmrisk.core.arrays import BoolArray, FloatArray, IntArray

__all__ = [
    "FAR",
    "Distance",
    "Metric",
    "Points",
    "canonical_order",
    "column_costs",
    "distances",
    "distinct_rows",
    "nearest",
    "squared",
]

Distance: TypeAlias = Literal["euclidean", "manhattan", "gower"]
"""How differences in several columns become one distance."""

FAR = 1e150
"""Beyond it squares of differences overflow."""

_CELLS = 2**17  # distances computed at a time: what fits a processor's cache


@dataclass(frozen=True, eq=False)
class Points:
    """Hold customers, or centres, as rows of scaled numbers and coded names.

    Parameters
    ----------
    numbers
        Scaled numbers, ``(n_rows, n_numbers)``.
    labels
        Codes of names, ``(n_rows, n_names)``; -1 is a name never seen.

    Examples
    --------
    >>> import numpy as np
    >>> len(Points.of_numbers(np.zeros((3, 2))))
    3
    """

    numbers: FloatArray
    labels: IntArray

    @classmethod
    def of_numbers(cls, numbers: FloatArray) -> Points:
        """Make points that have no names."""
        return cls(numbers, np.empty((len(numbers), 0), dtype=np.int64))

    def __len__(self) -> int:
        return len(self.numbers)

    def take(self, rows: IntArray | BoolArray | slice) -> Points:
        """Select rows."""
        return Points(self.numbers[rows], self.labels[rows])


@value_object(frozen=True, config=VALUE)
class Metric(Value):
    """Say how far apart two rows are.

    - ``"euclidean"``: the root of the squared differences plus ``mismatch`` for each name that differs;
    - ``"manhattan"``: the absolute differences plus ``mismatch`` for each name that differs;
    - ``"gower"``: the mean over columns of absolute differences, of numbers scaled by their range, and of 0 or 1 for
      names; columns in ``asymmetric`` count only where one of the two is not 0.

    Parameters
    ----------
    distance
        Which of them.
    mismatch
        What a differing name costs.
    asymmetric
        Places of the 0-1 columns in which two absences say nothing.

    Examples
    --------
    >>> import numpy as np
    >>> points = Points.of_numbers(np.array([[0.0, 0.0], [3.0, 4.0]]))
    >>> distances(points, points, Metric("manhattan"))
    array([[0., 7.],
           [7., 0.]])
    """

    distance: Distance = "euclidean"
    mismatch: float = 1.0
    asymmetric: tuple[int, ...] = ()


def distances(points: Points, centres: Points, metric: Metric) -> FloatArray:
    """Measure how far every row is from every centre.

    Parameters
    ----------
    points
        ``n_rows`` rows.
    centres
        ``n_centres`` rows.
    metric
        How.

    Returns
    -------
    Distances, ``(n_rows, n_centres)``.

    Examples
    --------
    >>> import numpy as np
    >>> points = Points.of_numbers(np.array([[0.0, 0.0], [3.0, 4.0]]))
    >>> distances(points, points, Metric())
    array([[0., 5.],
           [5., 0.]])
    """
    sums = squared(points, centres, metric)
    return np.sqrt(sums, out=sums) if metric.distance == "euclidean" else sums


def squared(points: Points, centres: Points, metric: Metric) -> FloatArray:
    """Measure as `distances` does, but leave Euclidean distances squared: the cost that k-means lowers.

    Parameters
    ----------
    points
        ``n_rows`` rows.
    centres
        ``n_centres`` rows.
    metric
        How.

    Returns
    -------
    Costs, ``(n_rows, n_centres)``.

    Examples
    --------
    >>> import numpy as np
    >>> points = Points.of_numbers(np.array([[0.0, 0.0], [3.0, 4.0]]))
    >>> squared(points, points.take(slice(1)), Metric())
    array([[ 0.],
           [25.]])
    """
    costs = np.empty((len(points), len(centres)))
    step = max(1, _CELLS // max(1, len(centres)))
    for start in range(0, len(points), step):
        rows = slice(start, start + step)
        costs[rows] = _block(points.take(rows), centres, metric)
    return costs


def nearest(points: Points, centres: Points, metric: Metric) -> IntArray:
    """Find the nearest centre of each row, the first of those equally near.

    Parameters
    ----------
    points
        ``n_rows`` rows.
    centres
        ``n_centres`` rows.
    metric
        How distance is measured.

    Returns
    -------
    Places of centres, ``(n_rows,)``.

    Examples
    --------
    >>> import numpy as np
    >>> points = Points.of_numbers(np.array([[0.0], [4.0], [10.0]]))
    >>> nearest(points, points.take(np.array([0, 2])), Metric())
    array([0, 0, 1])
    """
    codes: IntArray = squared(points, centres, metric).argmin(axis=1)
    return codes


def _block(points: Points, centres: Points, metric: Metric) -> FloatArray:
    total = np.zeros((len(points), len(centres)))
    for column in range(points.numbers.shape[1]):
        gap = points.numbers[:, column, None] - centres.numbers[None, :, column]
        total += gap * gap if metric.distance == "euclidean" else np.abs(gap)
    for column in range(points.labels.shape[1]):
        total += metric.mismatch * (points.labels[:, column, None] != centres.labels[None, :, column])
    return total / _compared(points, centres, metric) if metric.distance == "gower" else total


def _compared(points: Points, centres: Points, metric: Metric) -> FloatArray:
    """Count the columns in which two rows can be compared; at least one, so that nothing in common is distance 0."""
    columns = points.numbers.shape[1] + points.labels.shape[1]
    count = np.full((len(points), len(centres)), float(columns))
    for column in metric.asymmetric:
        count -= (points.numbers[:, column, None] == 0.0) & (centres.numbers[None, :, column] == 0.0)
    compared: FloatArray = np.maximum(count, 1.0)
    return compared


def column_costs(points: Points, partners: Points, metric: Metric) -> FloatArray:
    """Say what each column adds to the distance of every row from its partner.

    Parameters
    ----------
    points
        ``n_rows`` rows.
    partners
        As many.
    metric
        How distance is measured.

    Returns
    -------
    Costs, numbers before names, ``(n_rows, n_columns)``; of Euclidean distances, squared.

    Examples
    --------
    >>> import numpy as np
    >>> points = Points.of_numbers(np.array([[0.0, 0.0], [3.0, 4.0]]))
    >>> column_costs(points, points.take(np.array([1, 1])), Metric())
    array([[ 9., 16.],
           [ 0.,  0.]])
    """
    gaps = np.abs(points.numbers - partners.numbers)
    numbers = gaps * gaps if metric.distance == "euclidean" else gaps
    return np.column_stack([numbers, metric.mismatch * (points.labels != partners.labels)])


def canonical_order(points: Points) -> IntArray:
    """Sort rows by their values, so that what is drawn or added up does not depend on who comes first.

    Parameters
    ----------
    points
        ``n_rows`` rows.

    Returns
    -------
    Positions, ``(n_rows,)``; equal rows stay as they are, which no clustering can see.

    Examples
    --------
    >>> import numpy as np
    >>> canonical_order(Points.of_numbers(np.array([[2.0, 0.0], [1.0, 9.0], [1.0, 3.0]])))
    array([2, 1, 0])
    """
    return np.lexsort((*points.labels.T[::-1], *points.numbers.T[::-1]))


def distinct_rows(points: Points) -> int:
    """Count rows that differ.

    Parameters
    ----------
    points
        ``n_rows`` rows.

    Examples
    --------
    >>> import numpy as np
    >>> distinct_rows(Points.of_numbers(np.array([[1.0], [2.0], [1.0]])))
    2
    """
    if not len(points):
        return 0
    ordered = points.take(canonical_order(points))
    numbers, labels = (np.any(part[1:] != part[:-1], axis=1) for part in (ordered.numbers, ordered.labels))
    return 1 + int(np.count_nonzero(numbers | labels))
