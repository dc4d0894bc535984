"""How much a matrix tells: ties, mis-rankings and the spread of risk inside one grade.

A matrix may satisfy every axiom and still say nothing, because most risks fall into one grade. Two probabilities
describe that for two risks drawn independently from a stated density over the matrix: both get the same grade (a tie),
or the one with the lower quantitative risk gets the higher grade (a mis-ranking).
"""

from __future__ import annotations

from itertools import combinations
from typing import TYPE_CHECKING, Literal, TypeAlias

import numpy as np

from crmrisk.core.errors import InvalidValueError, Problem

if TYPE_CHECKING:
    from collections.abc import Callable

    from crmrisk.core.arrays import FloatArray, IntArray

__all__ = ["Density", "Risk", "cell_masses", "probability_of_misrank", "probability_of_tie", "range_ratio"]

Density: TypeAlias = Literal["uniform", "log-uniform", "per-cell"]
"""How risks are assumed to spread over the axes: evenly, evenly on a logarithmic scale, or as many in every cell.

The last suits logarithmic axes that start at 0, on which a logarithm has no beginning.
"""

Risk: TypeAlias = "Callable[[FloatArray, FloatArray], FloatArray]"
"""Quantitative risk of likelihood and consequence, rising in both; the product is the expected loss."""

_POINTS = 250_000


def cell_masses(likelihood_edges: FloatArray, consequence_edges: FloatArray, *, density: Density) -> FloatArray:
    """Return the probability that a risk falls into each cell.

    Parameters
    ----------
    likelihood_edges
        Cut points, ``(n_rows + 1,)``.
    consequence_edges
        Cut points, ``(n_columns + 1,)`` [currency].
    density
        How risks spread over the axes.

    Returns
    -------
    Probabilities, ``(n_rows, n_columns)``, summing to 1.

    Raises
    ------
    InvalidValueError
        If the density is logarithmic and an axis starts at 0.

    Examples
    --------
    >>> import numpy as np
    >>> cell_masses(np.array([0.0, 0.25, 1.0]), np.array([0.0, 10.0]), density="uniform")
    array([[0.25],
           [0.75]])
    """
    if density == "per-cell":
        shape = (len(likelihood_edges) - 1, len(consequence_edges) - 1)
        return np.full(shape, 1.0 / (shape[0] * shape[1]))
    rows, columns = (_scaled(edges, density) for edges in (likelihood_edges, consequence_edges))
    return np.outer(np.diff(rows) / (rows[-1] - rows[0]), np.diff(columns) / (columns[-1] - columns[0]))


def _scaled(edges: FloatArray, density: Density) -> FloatArray:
    if density in {"uniform", "per-cell"}:
        return edges
    if density != "log-uniform" or edges[0] <= 0:
        raise InvalidValueError(
            Problem(
                what="the density is not defined on these axes",
                where="density",
                allowed='"uniform", "per-cell", or "log-uniform" where both axes start above 0',
                got=f"{density!r} from {edges[0]:g}",
            )
        )
    return np.log(edges)


def probability_of_tie(codes: IntArray, masses: FloatArray) -> float:
    """Return the probability that two random risks get the same grade, exactly.

    Parameters
    ----------
    codes
        Places of the grades on their scale, ``(n_rows, n_columns)``.
    masses
        Probability of each cell, ``(n_rows, n_columns)``.

    Examples
    --------
    >>> import numpy as np
    >>> probability_of_tie(np.array([[1, 2]]), np.array([[0.25, 0.75]]))
    0.625
    """
    return float(np.sum(np.bincount(codes.ravel(), weights=masses.ravel()) ** 2))


def probability_of_misrank(
    codes: IntArray, likelihood_edges: FloatArray, consequence_edges: FloatArray, *, density: Density, risk: Risk
) -> float:
    """Return the probability that two random risks get different grades in the wrong order.

    Every cell is represented by the midpoints of a regular grid, about 250,000 points in all, and every pair of points
    is compared through one sort. On the canonical matrices sixteen times as many points change less than 3e-6.

    Parameters
    ----------
    codes
        Places of the grades on their scale, ``(n_rows, n_columns)``.
    likelihood_edges
        Cut points, ``(n_rows + 1,)``.
    consequence_edges
        Cut points, ``(n_columns + 1,)`` [currency].
    density
        How risks spread over the axes.
    risk
        Quantitative risk that orders them.

    Raises
    ------
    InvalidValueError
        If the density is logarithmic and an axis starts at 0.

    Examples
    --------
    >>> import numpy as np
    >>> halves, codes = np.array([0, 0.5, 1]), np.array([[1, 2], [2, 2]])
    >>> round(probability_of_misrank(codes, halves, halves, density="uniform", risk=np.multiply), 3)
    0.043
    """
    masses = cell_masses(likelihood_edges, consequence_edges, density=density)
    per_axis = max(4, round((_POINTS / codes.size) ** 0.5))
    rows, columns = (_midpoints(edges, per_axis, density) for edges in (likelihood_edges, consequence_edges))
    values = risk(*np.meshgrid(rows, columns, indexing="ij")).ravel()
    weights = np.repeat(np.repeat(masses / per_axis**2, per_axis, axis=0), per_axis, axis=1).ravel()
    grades = np.repeat(np.repeat(codes, per_axis, axis=0), per_axis, axis=1).ravel()
    return _inversions(values, grades, weights)


def _midpoints(edges: FloatArray, per_cell: int, density: Density) -> FloatArray:
    scaled = _scaled(edges, density)
    fractions = (np.arange(per_cell) + 0.5) / per_cell
    points = (scaled[:-1, None] + np.diff(scaled)[:, None] * fractions).ravel()
    return np.exp(points) if density == "log-uniform" else points


def _inversions(values: FloatArray, grades: IntArray, weights: FloatArray) -> float:
    """Weigh the pairs with grade a < grade b and value a > value b; equal values count half."""
    levels, place = np.unique(values, return_inverse=True)
    mass = {
        int(grade): np.bincount(place, weights=weights * (grades == grade), minlength=len(levels))
        for grade in np.unique(grades)
    }
    below = {grade: np.cumsum(each) - each / 2 for grade, each in mass.items()}
    return 2.0 * float(sum(np.sum(mass[low] * below[high]) for low, high in combinations(sorted(mass), 2)))


def range_ratio(codes: IntArray, lowest: FloatArray, highest: FloatArray) -> dict[int, float | None]:
    """Return how many times the highest risk of a grade exceeds its lowest: range compression.

    Parameters
    ----------
    codes
        Places of the grades on their scale, ``(n_rows, n_columns)``.
    lowest, highest
        Ranges of risk of the cells, ``(n_rows, n_columns)``.

    Returns
    -------
    Ratio by grade; ``None`` where the grade begins at no risk at all, so that the ratio is unbounded.

    Examples
    --------
    >>> import numpy as np
    >>> range_ratio(np.array([[1, 2]]), np.array([[0.0, 2.0]]), np.array([[2.0, 8.0]]))
    {1: None, 2: 4.0}
    """
    ratios: dict[int, float | None] = {}
    for grade in np.unique(codes):
        low, high = lowest[codes == grade].min(), highest[codes == grade].max()
        ratios[int(grade)] = float(high / low) if low > 0 else None
    return ratios
