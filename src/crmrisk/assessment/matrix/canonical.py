"""The matrices that satisfy Cox's axioms by construction, for any axes.

The cells that touch no risk are green; the cells above the highest green risk are red; what is left and reaches no
further than the lowest red risk may be either green or intermediate. Every such choice that keeps a colour between
green and red, and never falls, is a solution.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from crmrisk.assessment.matrix.axioms import ColouredGrid, betweenness, clearly_less

if TYPE_CHECKING:
    from collections.abc import Iterator

    from crmrisk.core.arrays import BoolArray, FloatArray, IntArray

__all__ = ["canonical_codes"]

GREEN, INTERMEDIATE, RED = 1, 2, 3


def canonical_codes(likelihood_edges: FloatArray, consequence_edges: FloatArray) -> Iterator[IntArray]:
    """Yield every canonical colouring of these axes, the one with the fewest green cells first.

    More green cells never repair a missing colour between green and red, so the first colouring exists if any does.

    Parameters
    ----------
    likelihood_edges
        Cut points, ``(n_rows + 1,)``.
    consequence_edges
        Cut points, ``(n_columns + 1,)`` [currency].

    Yields
    ------
    Grids of 1 (green), 2 (intermediate) and 3 (red), ``(n_rows, n_columns)``, row 0 the lowest likelihood; none where
    the axes allow no red cell.

    References
    ----------
    Cox, L. A. (2008), "What's wrong with risk matrices?", Risk Analysis 28(2), 497-512.

    Examples
    --------
    >>> import numpy as np
    >>> next(canonical_codes(np.linspace(0, 1, 4), np.linspace(0, 1, 4)))[::-1]
    array([[1, 2, 3],
           [1, 2, 2],
           [1, 1, 1]])
    """
    lowest = np.outer(likelihood_edges[:-1], consequence_edges[:-1])
    highest = np.outer(likelihood_edges[1:], consequence_edges[1:])
    green = ~clearly_less(lowest.min(), lowest)
    red = ~green & ~clearly_less(lowest, highest[green].max())
    if not red.any():
        return
    free = ~green & ~red & ~clearly_less(lowest[red].min(), highest)
    for chosen in _lower_left_sets(green, green | free):
        grid = ColouredGrid(lowest, highest, chosen, red)
        if not betweenness(grid):
            yield _codes(grid)


def _lower_left_sets(smallest: BoolArray, largest: BoolArray) -> Iterator[BoolArray]:
    """Yield every set between two that contains, with a cell, all cells to its left and below."""
    n_columns = smallest.shape[1]
    least = smallest.sum(axis=1)
    most = np.logical_and.accumulate(largest, axis=1).sum(axis=1)
    for lengths in _falling(list(zip(least.tolist(), most.tolist(), strict=True)), n_columns):
        chosen = np.arange(n_columns) < np.array(lengths)[:, None]
        if (chosen >= smallest).all():
            yield chosen


def _falling(ranges: list[tuple[int, int]], limit: int) -> Iterator[list[int]]:
    if not ranges:
        yield []
        return
    (least, most), *rest = ranges
    for length in range(least, min(most, limit) + 1):
        for tail in _falling(rest, length):
            yield [length, *tail]


def _codes(grid: ColouredGrid) -> IntArray:
    return np.where(grid.green, GREEN, np.where(grid.red, RED, INTERMEDIATE)).astype(np.int64)
