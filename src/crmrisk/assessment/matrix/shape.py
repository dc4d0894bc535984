"""The form of a matrix: what its edges, labels and grades must look like, and how it is drawn."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from crmrisk.core.errors import InvalidValueError, Problem
from crmrisk.core.levels import LEVELS, RiskLevel

if TYPE_CHECKING:
    from collections.abc import Sequence

    from crmrisk.core.arrays import FloatArray, IntArray

__all__ = [
    "as_grades",
    "axis_problems",
    "cell_number",
    "drawn",
    "equal_edges",
    "grade_problems",
    "grid_codes",
    "label_place",
    "picture",
    "step_names",
]

_LETTERS = {"L": RiskLevel.LOW, "M": RiskLevel.MODERATE, "H": RiskLevel.HIGH, "E": RiskLevel.EXTREME}


def axis_problems(
    name: str, edges: Sequence[float], labels: Sequence[str], *, limit: float | None = None
) -> list[Problem]:
    """List what is wrong with an axis.

    Parameters
    ----------
    name
        ``"likelihood"`` or ``"consequence"``.
    edges
        Cut points.
    labels
        Names of the steps, or none.
    limit
        The highest edge allowed.

    Examples
    --------
    >>> [print(problem) for problem in axis_problems("likelihood", (0.5, 0.1), ())]
    likelihood_edges: edges do not ascend; allowed: at least 2, strictly ascending from >= 0; got: 0.5, 0.1
    [None]
    """
    problems = []
    got = ", ".join(f"{edge:g}" for edge in edges)
    ascending = all(low < high for low, high in pairwise(edges))
    if len(edges) < 2 or not ascending or edges[0] < 0:
        allowed = "at least 2, strictly ascending from >= 0"
        problems.append(Problem(what="edges do not ascend", where=f"{name}_edges", allowed=allowed, got=got))
    if limit is not None and max(edges, default=0.0) > limit:
        problems.append(Problem(what="edge too high", where=f"{name}_edges", allowed=f"<= {limit:g}", got=got))
    if labels and (len(labels) != len(edges) - 1 or len(set(labels)) < len(labels)):
        allowed = f"none or {len(edges) - 1} different ones"
        problems.append(Problem(what="labels", where=f"{name}_labels", allowed=allowed, got=", ".join(labels)))
    return problems


def grade_problems(grades: Sequence[Sequence[RiskLevel]], n_rows: int, n_columns: int) -> list[Problem]:
    """List what is wrong with the grades of the cells.

    Parameters
    ----------
    grades
        Grades by row, lowest likelihood first.
    n_rows, n_columns
        The shape that the edges ask for.

    Examples
    --------
    >>> grade_problems([[RiskLevel.LOW]], 1, 1)
    []
    """
    problems = []
    lengths = [len(row) for row in grades]
    if lengths != [n_columns] * n_rows:
        allowed = f"{n_rows} row(s) of {n_columns}"
        got = f"row lengths {lengths}"
        problems.append(Problem(what="grades do not fit the edges", where="grades", allowed=allowed, got=got))
    if any(grade is RiskLevel.UNRATED for row in grades for grade in row):
        problems.append(Problem(what="a cell cannot be unrated", where="grades", allowed="low to extreme"))
    return problems


def grid_codes(grades: Sequence[Sequence[RiskLevel]]) -> IntArray:
    """Return the places of the grades on their scale.

    Parameters
    ----------
    grades
        Grades by row.

    Returns
    -------
    Codes, ``(n_rows, n_columns)``.

    Examples
    --------
    >>> grid_codes([[RiskLevel.LOW, RiskLevel.HIGH]])
    array([[1, 3]])
    """
    return np.array([[grade.code for grade in row] for row in grades], dtype=np.int64)


def cell_number(values: FloatArray, edges: Sequence[float]) -> IntArray:
    """Find the step of an axis each number falls into, the outer steps being open.

    Parameters
    ----------
    values
        Numbers without NaN, of any shape.
    edges
        Cut points, ascending.

    Returns
    -------
    Step from 0, of the same shape.

    Examples
    --------
    >>> import numpy as np
    >>> cell_number(np.array([0.0, 1.0, 9.0]), (0.5, 1.0, 2.0))
    array([0, 1, 1])
    """
    return np.searchsorted(np.array(edges[1:-1], dtype=np.float64), values, side="right").astype(np.int64)


def label_place(label: str, labels: Sequence[str], *, where: str) -> int:
    """Find the row or column that has a label.

    Parameters
    ----------
    label
        Name of the row or column.
    labels
        Names in order.
    where
        What the label is called in an error.

    Raises
    ------
    InvalidValueError
        If no row or column is called that.

    Examples
    --------
    >>> label_place("likely", ("rare", "likely"), where="likelihood")
    1
    """
    if label not in labels:
        allowed = ", ".join(labels) or "no labels were given"
        raise InvalidValueError(Problem(what="unknown label", where=where, allowed=allowed, got=repr(label)))
    return list(labels).index(label)


def equal_edges(n: int) -> tuple[float, ...]:
    """Cut [0, 1] into equal steps.

    Parameters
    ----------
    n
        Number of steps, at least 1.

    Raises
    ------
    InvalidValueError
        If ``n`` is not a positive whole number.

    Examples
    --------
    >>> equal_edges(4)
    (0.0, 0.25, 0.5, 0.75, 1.0)
    """
    if not isinstance(n, int | np.integer) or n < 1:
        raise InvalidValueError(Problem(what="size of a matrix", where="n", allowed="whole number >= 1", got=repr(n)))
    return tuple(step / n for step in range(n + 1))


def drawn(picture: Sequence[str]) -> tuple[tuple[RiskLevel, ...], ...]:
    """Read grades from a picture with the highest likelihood on top.

    Parameters
    ----------
    picture
        One text per row, highest likelihood first, of the letters L, M, H and E.

    Returns
    -------
    Grades by row, lowest likelihood first.

    Examples
    --------
    >>> drawn(("LH", "LL"))[1]
    (<RiskLevel.LOW: 'low'>, <RiskLevel.HIGH: 'high'>)
    """
    return tuple(tuple(_LETTERS[letter] for letter in row) for row in reversed(picture))


def as_grades(codes: IntArray) -> tuple[tuple[RiskLevel, ...], ...]:
    """Turn places on the scale into grades by row.

    Parameters
    ----------
    codes
        Places on the scale, ``(n_rows, n_columns)``.

    Examples
    --------
    >>> as_grades(np.array([[1, 3]]))
    ((<RiskLevel.LOW: 'low'>, <RiskLevel.HIGH: 'high'>),)
    """
    return tuple(tuple(LEVELS[code] for code in row) for row in codes.tolist())


def step_names(edges: Sequence[float]) -> tuple[str, ...]:
    """Name the steps of an axis by their ends.

    Parameters
    ----------
    edges
        Cut points, ascending.

    Examples
    --------
    >>> step_names((0, 100, 1000))
    ('0 to 100', '100 to 1000')
    """
    return tuple(f"{low:g} to {high:g}" for low, high in pairwise(edges))


def picture(grades: Sequence[Sequence[RiskLevel]], rows: Sequence[str], columns: Sequence[str]) -> str:
    """Draw a matrix as text, the highest likelihood on top.

    Parameters
    ----------
    grades
        Grades by row, lowest likelihood first.
    rows, columns
        Names of rows and columns, lowest first.

    Examples
    --------
    >>> print(picture(drawn(("LH", "LL")), ("rare", "likely"), ("minor", "major")))
           | minor | major
    likely | low   | high
    rare   | low   | low
    """
    body = [[name, *map(str, row)] for name, row in zip(reversed(rows), reversed(grades), strict=True)]
    table = [["", *columns], *body]
    widths = [max(map(len, column)) for column in zip(*table, strict=True)]
    lines = [" | ".join(text.ljust(width) for text, width in zip(row, widths, strict=True)) for row in table]
    return "\n".join(line.rstrip() for line in lines)
