"""Evaluate a smooth function of a positive number at a million points from a few hundred of them.

The logarithmic axis is cut into octaves that are the same whatever the data; each octave in use gets a Chebyshev
polynomial. A function that is analytic within π/2 of the real logarithmic axis, as every expectation over a gamma
mixing distribution of time is, comes back to 1e-13; and since the octaves do not depend on the data, a customer's
value does not depend on the company.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from crmrisk.scoring.value.compact import distinct

if TYPE_CHECKING:
    from collections.abc import Callable

    from crmrisk.core.arrays import FloatArray, IntArray

__all__ = ["by_octaves"]

NODES = 18
CHUNK = 65_536


def by_octaves(
    function: Callable[[FloatArray, FloatArray], FloatArray], label: FloatArray, point: FloatArray
) -> FloatArray:
    """Evaluate a function of a label and a positive number by Chebyshev polynomials on octaves of the number.

    Parameters
    ----------
    function
        Maps labels and points, ``(n,)`` each, to values, row by row; smooth in the logarithm of the point.
    label
        Whole numbers, ``(n_rows,)``.
    point
        Positive numbers, ``(n_rows,)``.

    Returns
    -------
    The values, ``(n_rows,)``.

    Examples
    --------
    >>> values = by_octaves(lambda label, point: label / (1 + point), np.array([1.0, 2.0]), np.array([0.3, 7.0]))
    >>> np.abs(values * [1.3, 8] / [1, 2] - 1).max() < 1e-13
    np.True_
    """
    if not point.size:
        return np.empty(0)
    place = np.log2(point)
    octave = np.floor(place)
    cells = distinct(label, octave)
    if cells is None:
        message = "labels and octaves are whole numbers"
        raise AssertionError(message)
    tables = _coefficients(function, *cells.columns)
    values = np.empty(point.size)
    for start in range(0, point.size, CHUNK):
        part = slice(start, start + CHUNK)
        values[part] = _clenshaw(tables, cells.place[part], 2 * (place[part] - octave[part]) - 1)
    return values


def _coefficients(
    function: Callable[[FloatArray, FloatArray], FloatArray], label: FloatArray, octave: FloatArray
) -> FloatArray:
    angles = np.pi * (np.arange(NODES) + 0.5) / NODES
    points = np.exp2(octave + (np.cos(angles)[:, np.newaxis] + 1) / 2)
    values = function(np.tile(label, NODES), points.ravel()).reshape(points.shape)
    tables = np.zeros(values.shape)
    for order in range(NODES):
        scale = (1 if order == 0 else 2) / NODES
        for node, angle in enumerate(angles):  # no matrix product: its last bit depends on the number of cells
            tables[order] += scale * np.cos(order * angle) * values[node]
    return tables


def _clenshaw(tables: FloatArray, cell: IntArray, x: FloatArray) -> FloatArray:
    above, higher = np.zeros(x.size), np.zeros(x.size)
    for order in range(NODES - 1, 0, -1):
        above, higher = tables[order][cell] + 2 * x * above - higher, above
    result: FloatArray = tables[0][cell] + x * above - higher
    return result
