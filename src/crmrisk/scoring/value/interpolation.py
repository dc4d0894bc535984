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

__all__ = ["by_octaves", "octave_tables", "on_octave"]

NODES = 18
CHUNK = 65_536
_ANGLES = np.pi * (np.arange(NODES) + 0.5) / NODES
_TRANSFORM = np.cos(np.outer(np.arange(NODES), _ANGLES)) * np.where(np.arange(NODES) == 0, 1, 2)[:, np.newaxis] / NODES


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
    tables = octave_tables(function, *cells.columns)
    values = np.empty(point.size)
    for start in range(0, point.size, CHUNK):
        part = slice(start, start + CHUNK)
        values[part] = _clenshaw(tables, cells.place[part], 2 * (place[part] - octave[part]) - 1)
    return values


def on_octave(tables: FloatArray, point: FloatArray) -> FloatArray:
    """Evaluate the polynomial of one octave at points of that octave, exactly as `by_octaves` does.

    Parameters
    ----------
    tables
        What `octave_tables` returned for one label and one octave.
    point
        Positive numbers in that octave, ``(n,)``.

    Returns
    -------
    The values, ``(n,)``.

    Examples
    --------
    >>> point = np.array([7.0])
    >>> function = lambda label, point: label / (1 + point)
    >>> tables = octave_tables(function, np.array([2.0]), np.floor(np.log2(point)))
    >>> on_octave(tables, point) == by_octaves(function, np.array([2.0]), point)
    array([ True])
    """
    place = np.log2(point)
    coefficients = tables[:, 0].tolist()
    return np.array([_clenshaw_of_one(coefficients, x) for x in (2 * (place - np.floor(place)) - 1).tolist()])


def octave_tables(
    function: Callable[[FloatArray, FloatArray], FloatArray], label: FloatArray, octave: FloatArray
) -> FloatArray:
    """Compute the Chebyshev coefficients of a function on octaves.

    Parameters
    ----------
    function
        As for `by_octaves`.
    label, octave
        One label and the whole number of one octave for each polynomial, ``(n_cells,)``.

    Returns
    -------
    Coefficients, ``(n_orders, n_cells)``; each column depends on its own label and octave alone, to the last bit.

    Examples
    --------
    >>> octave_tables(lambda label, point: label + 0 * point, np.array([3.0]), np.array([0.0]))[0].round(12)
    array([3.])
    """
    points = np.exp2(octave + (np.cos(_ANGLES)[:, np.newaxis] + 1) / 2)
    values = function(np.tile(label, NODES), points.ravel()).reshape(points.shape)
    tables = np.zeros(values.shape)
    for node in range(NODES):  # no matrix product: its last bit depends on the number of cells
        tables += _TRANSFORM[:, node, np.newaxis] * values[node]
    return tables


def _clenshaw(tables: FloatArray, cell: IntArray, x: FloatArray) -> FloatArray:
    above, higher = np.zeros(x.size), np.zeros(x.size)
    for order in range(NODES - 1, 0, -1):
        above, higher = tables[order][cell] + 2 * x * above - higher, above
    result: FloatArray = tables[0][cell] + x * above - higher
    return result


def _clenshaw_of_one(coefficients: list[float], x: float) -> float:
    """Do the same steps on plain floats, which round alike and cost a tenth for one number."""
    above = higher = 0.0
    for coefficient in coefficients[:0:-1]:
        above, higher = coefficient + 2 * x * above - higher, above
    return coefficients[0] + x * above - higher
