"""Put a matrix to the test: axioms, theorem 1 and quality in one report."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import numpy as np

from crmrisk.assessment.matrix.axioms import (
    ColouredGrid,
    betweenness,
    clearly_less,
    consistent_colouring,
    is_monotone,
    weak_consistency,
)
from crmrisk.assessment.matrix.quality import cell_masses, probability_of_misrank, probability_of_tie, range_ratio
from crmrisk.assessment.matrix.report import AxiomViolation, MatrixReport, TheoremOne
from crmrisk.core.errors import InvalidValueError, Problem
from crmrisk.core.levels import LEVELS, RiskLevel

if TYPE_CHECKING:
    from crmrisk.assessment.matrix.axioms import Cell
    from crmrisk.assessment.matrix.quality import Density, Risk
    from crmrisk.core.arrays import FloatArray, IntArray

__all__ = ["check_grid", "coloured"]


def check_grid(
    codes: IntArray,
    likelihood_edges: FloatArray,
    consequence_edges: FloatArray,
    *,
    green: RiskLevel | None = None,
    red: RiskLevel | None = None,
    density: Density = "uniform",
    risk: Risk = np.multiply,
) -> MatrixReport:
    """Check the grades of a matrix against its axes.

    Parameters
    ----------
    codes
        Places of the grades on the scale of `RiskLevel`, ``(n_rows, n_columns)``, row 0 the lowest likelihood.
    likelihood_edges
        Cut points, ``(n_rows + 1,)``.
    consequence_edges
        Cut points, ``(n_columns + 1,)`` [currency].
    green, red
        Grades up to and from which cells are green and red; by default the lowest and the highest in use.
    density
        How risks are assumed to spread over the axes.
    risk
        Quantitative risk behind the grades; by default likelihood times consequence.

    Returns
    -------
    The typed report.

    Raises
    ------
    InvalidValueError
        If ``green`` is not below ``red``, the risk falls somewhere, or the density is undefined on the axes.

    References
    ----------
    Cox, L. A. (2008), "What's wrong with risk matrices?", Risk Analysis 28(2), 497-512.

    Examples
    --------
    >>> import numpy as np
    >>> edges = np.linspace(0, 1, 4)
    >>> len(check_grid(np.array([[1, 1, 2], [1, 2, 3], [2, 3, 3]]), edges, edges).betweenness)
    2
    """
    green_code, red_code = _colours(codes, green, red)
    grid = coloured(codes, _corner_risk(likelihood_edges, consequence_edges, risk), green_code, red_code)
    masses = cell_masses(likelihood_edges, consequence_edges, density=density)
    ratios = range_ratio(codes, grid.lowest, grid.highest)
    return MatrixReport(
        green=LEVELS[green_code],
        red=LEVELS[red_code],
        weak_consistency=_pairs("A1", weak_consistency(grid), "the red cell starts below the top of the green one"),
        betweenness=_pairs("A2", betweenness(grid), "green meets red without a colour between"),
        consistent_colouring=tuple(AxiomViolation("A3", (cell,), rule) for cell, rule in consistent_colouring(grid)),
        theorem_one=_theorem_one(grid),
        monotone=is_monotone(codes),
        grades_used=len(ratios),
        density=density,
        probability_of_tie=probability_of_tie(codes, masses),
        probability_of_misrank=probability_of_misrank(
            codes, likelihood_edges, consequence_edges, density=density, risk=risk
        ),
        range_ratio={LEVELS[code]: ratio for code, ratio in ratios.items()},
    )


def coloured(codes: IntArray, corners: FloatArray, green: int, red: int) -> ColouredGrid:
    """Colour the cells green up to one grade and red from another.

    A grade that is both, because only one is in use, counts as green.

    Parameters
    ----------
    codes
        Places of the grades on their scale, ``(n_rows, n_columns)``.
    corners
        Risk at the corners of the cells, ``(n_rows + 1, n_columns + 1)``.
    green, red
        Places on the scale up to and from which cells are green and red.

    Examples
    --------
    >>> import numpy as np
    >>> coloured(np.array([[1, 2, 3]]), np.array([[0.0, 0, 0, 0], [0, 1, 2, 3]]), 1, 3).red
    array([[False, False,  True]])
    """
    return ColouredGrid(corners[:-1, :-1], corners[1:, 1:], codes <= green, (codes >= red) & (codes > green))


def _corner_risk(likelihood_edges: FloatArray, consequence_edges: FloatArray, risk: Risk) -> FloatArray:
    corners = np.asarray(risk(*np.meshgrid(likelihood_edges, consequence_edges, indexing="ij")), dtype=np.float64)
    falls = (np.diff(corners, axis=0) < 0).any() or (np.diff(corners, axis=1) < 0).any()
    if falls or not np.isfinite(corners).all():
        raise InvalidValueError(
            Problem(what="risk falls or is not finite on the axes", where="risk", allowed="nondecreasing in both")
        )
    return corners


def _colours(codes: IntArray, green: RiskLevel | None, red: RiskLevel | None) -> tuple[int, int]:
    lowest, highest = int(codes.min()), int(codes.max())
    green_code = lowest if green is None else RiskLevel(green).code
    red_code = highest if red is None else RiskLevel(red).code
    if green_code >= red_code and not (green is None and red is None):
        got = f"green {LEVELS[green_code]}, red {LEVELS[red_code]}"
        raise InvalidValueError(Problem(what="green is not below red", where="check", allowed="green < red", got=got))
    return green_code, red_code


def _pairs(axiom: Literal["A1", "A2"], pairs: list[tuple[Cell, Cell]], rule: str) -> tuple[AxiomViolation, ...]:
    return tuple(AxiomViolation(axiom, pair, rule) for pair in pairs)


def _theorem_one(grid: ColouredGrid) -> TheoremOne:
    green, red = grid.green, grid.red
    minimum = grid.lowest.min()
    at_minimum = red & ~clearly_less(minimum, grid.lowest) & green.any()
    return TheoremOne(
        applies=bool(minimum == 0.0),
        first_row_and_column_green=bool(green[0].all() and green[:, 0].all()),
        second_row_and_column_without_red=not (red[1:2].any() or red[:, 1:2].any()),
        red_beside_green=tuple(_touching(grid)),
        red_at_minimum=tuple((int(row), int(column)) for row, column in np.argwhere(at_minimum)),
    )


def _touching(grid: ColouredGrid) -> list[tuple[Cell, Cell]]:
    steps = ((1, 0), (-1, 0), (0, 1), (0, -1))
    green = {(int(row), int(column)) for row, column in np.argwhere(grid.green)}
    red = [(int(row), int(column)) for row, column in np.argwhere(grid.red)]
    return [
        (cell, (cell[0] + up, cell[1] + right))
        for cell in red
        for up, right in steps
        if (cell[0] + up, cell[1] + right) in green
    ]
