"""Count identical histories: an exact fit of a million customers is a small table and a small optimisation.

Columns that are whole numbers in some common unit (days, weeks of days, cents, seconds) are packed into one integer
per row, which sorts in milliseconds; unpacking gives back the very same floats. Columns that are no such numbers hold
no repetition worth counting and stay as they are.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterable

    from crmrisk.core.arrays import FloatArray, IntArray

__all__ = ["Distinct", "compact", "distinct"]

GRIDS = (1, 7, 10, 100, 1_000, 24, 168, 1_440, 86_400, 604_800)
"""Steps per unit tried: whole units, weeks of days, decimals, hours, minutes and seconds of days and weeks."""
SAMPLE = 1_000
TABLE_PER_ROW = 4
"""Keys up to so many times the number of rows are counted in a table; sparser ones are sorted."""


class Distinct(NamedTuple):
    """Hold the distinct rows of some columns and where each original row went.

    Parameters
    ----------
    columns
        The distinct rows, column by column.
    place
        The distinct row of every original row, ``(n_rows,)``.

    Examples
    --------
    >>> distinct(np.array([3.0, 1.0, 3.0])).place
    array([1, 0, 1])
    """

    columns: tuple[FloatArray, ...]
    place: IntArray


class _Packed(NamedTuple):
    key: IntArray
    size: int
    grids: tuple[int, ...]
    offsets: tuple[int, ...]
    spans: tuple[int, ...]

    def unpack(self, keys: IntArray) -> tuple[FloatArray, ...]:
        columns = []
        rest = keys
        for grid, offset, span in zip(self.grids[::-1], self.offsets[::-1], self.spans[::-1], strict=True):
            rest, code = np.divmod(rest, span)
            columns.append((code + offset) / grid)
        return tuple(columns[::-1])


def compact(
    columns: Iterable[FloatArray], weights: FloatArray | None = None
) -> tuple[tuple[FloatArray, ...], FloatArray]:
    """Count identical rows.

    Parameters
    ----------
    columns
        Finite numbers, each ``(n_rows,)``.
    weights
        What each row counts for, ``(n_rows,)``; ``None`` is one.

    Returns
    -------
    The distinct rows column by column, bit for bit values of the input, and the summed weight of each. Rows that
    weigh nothing are dropped; columns on no common grid come back uncounted.

    Examples
    --------
    >>> columns, weight = compact([np.array([2.0, 1.0, 2.0]), np.array([0.5, 0.0, 0.5])])
    >>> columns, weight
    ((array([1., 2.]), array([0. , 0.5])), array([1., 2.]))
    """
    columns = tuple(columns)
    packed = _pack(columns)
    if packed is None:
        return _positive(columns, np.ones(columns[0].size) if weights is None else weights)
    if packed.size <= TABLE_PER_ROW * packed.key.size:
        counts = np.bincount(packed.key, weights=weights).astype(np.float64)
        seen = np.flatnonzero(counts > 0)
        return packed.unpack(seen), counts[seen]
    order = np.argsort(packed.key) if weights is not None else None
    key = np.sort(packed.key) if order is None else packed.key[order]
    starts = np.flatnonzero(np.concatenate(([True], key[1:] != key[:-1])))
    if order is None or weights is None:
        return packed.unpack(key[starts]), np.diff(starts, append=key.size).astype(np.float64)
    return _positive(packed.unpack(key[starts]), np.add.reduceat(weights[order], starts))


def distinct(*columns: FloatArray) -> Distinct | None:
    """Find the distinct rows of some columns, or ``None`` where looking would not pay.

    Parameters
    ----------
    *columns
        Finite numbers, each ``(n_rows,)``.

    Examples
    --------
    >>> distinct(np.array([np.pi, np.e])) is None
    True
    """
    packed = _pack(columns)
    if packed is None:
        return None
    if packed.size <= TABLE_PER_ROW * packed.key.size:
        seen = np.zeros(packed.size, dtype=np.bool_)
        seen[packed.key] = True
        rank = np.cumsum(seen) - 1
        return Distinct(packed.unpack(np.flatnonzero(seen)), rank[packed.key])
    order = np.argsort(packed.key)
    key = packed.key[order]
    first = np.concatenate(([True], key[1:] != key[:-1]))
    place = np.empty(key.size, dtype=np.int64)
    place[order] = np.cumsum(first) - 1
    return Distinct(packed.unpack(key[first]), place)


def _positive(columns: tuple[FloatArray, ...], weights: FloatArray) -> tuple[tuple[FloatArray, ...], FloatArray]:
    keep = weights > 0
    if keep.all():
        return columns, weights
    return tuple(column[keep] for column in columns), weights[keep]


def _pack(columns: tuple[FloatArray, ...]) -> _Packed | None:
    if not columns[0].size:
        return None
    grids = [_grid(column) for column in columns]
    if None in grids:
        return None
    codes = [np.rint(column * grid).astype(np.int64) for column, grid in zip(columns, grids, strict=True) if grid]
    offsets = tuple(int(code.min()) for code in codes)
    spans = tuple(int(code.max()) - offset + 1 for code, offset in zip(codes, offsets, strict=True))
    size = 1
    for span in spans:
        size *= span  # Python's integers: the product may pass 2**63, which is what the next line asks
    if size >= 1 << 62:
        return None
    key = codes[0] - offsets[0]
    for code, offset, span in zip(codes[1:], offsets[1:], spans[1:], strict=True):
        key = key * span + (code - offset)
    return _Packed(key, size, tuple(grid for grid in grids if grid), offsets, spans)


def _grid(column: FloatArray) -> int | None:
    if not float(np.max(np.abs(column))) < 2.0**40:
        return None
    return next((grid for grid in GRIDS if _on(column[:SAMPLE], grid) and _on(column, grid)), None)


def _on(column: FloatArray, grid: int) -> bool:
    # minus zero would come back as plus zero, which no formula here tells apart
    return bool((np.rint(column * grid) / grid == column).all())
