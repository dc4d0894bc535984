"""Cox's axioms: what a coloured matrix must satisfy so that its colours do not contradict the numbers behind them.

A matrix cuts the plane of likelihood and consequence into cells; every cell spans a range of quantitative risk from
its lower left to its upper right corner. Three axioms compare the colours with those ranges. Axioms 1 and 2 have exact
finite tests. Axiom 3 is informal in the literature; here it is read on closed cells, as three rules, and every report
says so.

References
----------
Cox, L. A. (2008), "What's wrong with risk matrices?", Risk Analysis 28(2), 497-512, axioms 1-3 and theorem 1.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from crmrisk.core.arrays import BoolArray, FloatArray, IntArray

__all__ = [
    "Cell",
    "ColouredGrid",
    "betweenness",
    "clearly_less",
    "consistent_colouring",
    "is_monotone",
    "weak_consistency",
]

Cell: TypeAlias = tuple[int, int]
"""Row and column of a cell, both from 0; row 0 is the lowest likelihood, column 0 the lowest consequence."""


def clearly_less(left: FloatArray, right: FloatArray) -> BoolArray:
    """Tell where a number is less than another by more than rounding.

    Parameters
    ----------
    left, right
        Numbers of shapes that broadcast.

    Returns
    -------
    Booleans of the broadcast shape. Edges such as 1/6 and 1/3 * 1/2 are the same number to a reader, so they are here.

    Examples
    --------
    >>> import numpy as np
    >>> bool(clearly_less(np.array(0.1 + 0.2), np.array(0.3)))
    False
    """
    difference: BoolArray = left < right - 1e-12 * np.abs(right)
    return difference


@dataclass(frozen=True)
class ColouredGrid:
    """Hold what the axioms look at: the range of risk of every cell, and which cells are green and red.

    Parameters
    ----------
    lowest, highest
        Risk at the lower left and upper right corner of every cell, ``(n_rows, n_columns)``.
    green, red
        Cells of the lowest and of the highest colour, ``(n_rows, n_columns)``; all others are intermediate.

    Examples
    --------
    >>> import numpy as np
    >>> grid = ColouredGrid(np.array([[0.0, 2.0]]), np.array([[1.0, 3.0]]), np.eye(1, 2) > 0, np.eye(1, 2, 1) > 0)
    >>> grid.green_ceiling, grid.red_floor
    (1.0, 2.0)
    """

    lowest: FloatArray
    highest: FloatArray
    green: BoolArray
    red: BoolArray

    @property
    def red_floor(self) -> float:
        """Lowest risk of any red cell; infinity where none is red."""
        return float(np.min(self.lowest, where=self.red, initial=np.inf))

    @property
    def green_ceiling(self) -> float:
        """Highest risk of any green cell; minus infinity where none is green."""
        return float(np.max(self.highest, where=self.green, initial=-np.inf))


def weak_consistency(grid: ColouredGrid) -> list[tuple[Cell, Cell]]:
    """List the pairs that break axiom 1: a red cell and a green cell with a point of higher risk.

    Parameters
    ----------
    grid
        The coloured cells.

    Returns
    -------
    Pairs (red cell, green cell) with ``lowest[red] < highest[green]``. There is none exactly when some threshold of
    risk separates green from red.

    Examples
    --------
    >>> import numpy as np
    >>> lowest = np.array([[0.0, 0.0], [0.0, 0.25]])
    >>> highest = np.array([[0.25, 0.5], [0.5, 1.0]])
    >>> red = np.array([[False, False], [False, True]])
    >>> weak_consistency(ColouredGrid(lowest, highest, ~red, red))
    [((1, 1), (0, 1)), ((1, 1), (1, 0))]
    """
    red, green = np.argwhere(grid.red), np.argwhere(grid.green)
    crossed = clearly_less(grid.lowest[grid.red][:, None], grid.highest[grid.green][None, :])
    return [(_cell(red[i]), _cell(green[j])) for i, j in np.argwhere(crossed)]


def betweenness(grid: ColouredGrid) -> list[tuple[Cell, Cell]]:
    """List the pairs that break axiom 2: green and red without an intermediate colour between.

    Every rising segment passes from a cell to its right, upper or upper right neighbour, so it jumps from green to red
    exactly when such a pair of neighbours exists.

    Parameters
    ----------
    grid
        The coloured cells.

    Returns
    -------
    Pairs (green cell, red neighbour).

    Examples
    --------
    >>> import numpy as np
    >>> red = np.array([[False, False], [False, True]])
    >>> betweenness(ColouredGrid(np.zeros((2, 2)), np.ones((2, 2)), ~red, red))
    [((0, 1), (1, 1)), ((1, 0), (1, 1)), ((0, 0), (1, 1))]
    """
    n_rows, n_columns = grid.green.shape
    pairs: list[tuple[Cell, Cell]] = []
    for up, right in ((1, 0), (0, 1), (1, 1)):
        jumps = grid.green[: n_rows - up, : n_columns - right] & grid.red[up:, right:]
        if jumps.any():
            pairs += [(_cell(cell), (int(cell[0]) + up, int(cell[1]) + right)) for cell in np.argwhere(jumps)]
    return pairs


def consistent_colouring(grid: ColouredGrid) -> list[tuple[Cell, str]]:
    """List the cells that break axiom 3, each with the rule it breaks.

    1. A cell that starts no higher than the lowest green cell must be green, and no green cell may reach beyond the
       lowest red risk. 2. A cell that starts at or above the highest green risk and reaches beyond the lowest red risk
       must be red, and no red cell may start below the highest green risk. 3. An intermediate cell needs a green cell
       to its lower left and a red one to its upper right, or a range that spans both thresholds.

    Parameters
    ----------
    grid
        The coloured cells.

    Returns
    -------
    Pairs (cell, rule), each cell once.

    Examples
    --------
    >>> import numpy as np
    >>> lowest = np.array([[0.0, 0.0], [0.0, 0.25]])
    >>> highest = np.array([[0.25, 0.5], [0.5, 1.0]])
    >>> green = np.array([[True, False], [False, False]])
    >>> red = np.array([[False, False], [False, True]])
    >>> consistent_colouring(ColouredGrid(lowest, highest, green, red))
    [((0, 1), 'must be green'), ((1, 0), 'must be green')]
    """
    floor, ceiling = np.array(grid.red_floor), np.array(grid.green_ceiling)
    lowest_green = np.min(grid.lowest, where=grid.green, initial=np.inf)
    reaches_red = clearly_less(floor, grid.highest)
    starts_below = clearly_less(grid.lowest, ceiling)
    rules = {
        "must be green": ~grid.green & grid.green.any() & ~clearly_less(np.array(lowest_green), grid.lowest),
        "must not be green": grid.green & reaches_red,
        "must be red": ~grid.red & ~starts_below & reaches_red,
        "must not be red": grid.red & starts_below,
        "must not be intermediate": ~grid.green & ~grid.red & ~_between(grid) & ~(reaches_red & starts_below),
    }
    first: dict[Cell, str] = {}
    for rule, broken in rules.items():
        for cell in np.argwhere(broken):
            first.setdefault(_cell(cell), rule)
    return sorted(first.items())


def _between(grid: ColouredGrid) -> BoolArray:
    green_below = np.logical_or.accumulate(np.logical_or.accumulate(grid.green, axis=0), axis=1)
    flipped = np.logical_or.accumulate(np.logical_or.accumulate(grid.red[::-1, ::-1], axis=0), axis=1)
    both: BoolArray = green_below & flipped[::-1, ::-1]
    return both


def is_monotone(codes: IntArray) -> bool:
    """Tell whether no grade falls when likelihood or consequence rises.

    Parameters
    ----------
    codes
        Places of the grades on their scale, ``(n_rows, n_columns)``.

    Examples
    --------
    >>> import numpy as np
    >>> is_monotone(np.array([[1, 2], [1, 1]]))
    False
    """
    return bool((np.diff(codes, axis=0) >= 0).all() and (np.diff(codes, axis=1) >= 0).all())


def _cell(position: NDArray[np.intp]) -> Cell:
    return int(position[0]), int(position[1])
