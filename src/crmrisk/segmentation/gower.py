"""Gower's distance: rows of numbers, names and yes-no columns compared column by column."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import numpy as np

from crmrisk.core.errors import InvalidValueError, Problem
from crmrisk.core.row_names import refuse_other_order
from crmrisk.segmentation.cluster_arguments import read_codes, read_rows
from crmrisk.segmentation.points import Metric, Points, distances

if TYPE_CHECKING:
    from collections.abc import Collection

    from crmrisk.core.arrays import FloatArray

__all__ = ["gower_distances"]


def gower_distances(
    columns: Mapping[str, Any] | Any, *, asymmetric: Collection[str] = (), symmetric: Collection[str] = ()
) -> FloatArray:
    """Measure how different rows of numbers and names are, between 0 and 1.

    ``d_ij = sum_k w_k d_k / sum_k w_k`` over columns k: of numbers, the absolute difference over the range of the
    column; of names, whether they differ. ``w_k`` is 1, but 0 in an asymmetric column where both rows have 0: that
    neither holds a card does not make two customers alike. Two rows with nothing to compare have distance 0.

    Parameters
    ----------
    columns
        Name to values, each ``(n_rows,)``, or a dataframe: numbers and truth values, or names.
    asymmetric
        Columns of 0 and 1 in which two absences say nothing.
    symmetric
        Columns of 0 and 1 in which absence says as much as presence; the default for such columns, for the record.

    Returns
    -------
    Distances, ``(n_rows, n_rows)``.

    Raises
    ------
    InvalidValueError
        If values are missing or infinite, lengths differ, or an asymmetric column holds other values than 0 and 1.

    References
    ----------
    Gower, J. C. (1971). A general coefficient of similarity and some of its properties. Biometrics 27.

    Examples
    --------
    >>> rows = {"age": [25, 40, 60], "segment": ["a", "b", "a"], "card": [1, 0, 0]}
    >>> gower_distances(rows, asymmetric=["card"]).round(3)
    array([[0.   , 0.81 , 0.667],
           [0.81 , 0.   , 0.786],
           [0.667, 0.786, 0.   ]])
    """
    marked = _marked(asymmetric, "asymmetric") | _marked(symmetric, "symmetric")
    names = _column_names(columns, marked)
    refuse_other_order(**{str(name): columns[name] for name in names})
    for name in names:
        _refuse_no_column(columns[name], name)
    numbers = {name: columns[name] for name in names if _are_numbers(columns[name])}
    n_rows = _rows(columns[names[0]])
    labels = [read_codes(columns[name], n_rows, where=str(name)) for name in names if name not in numbers]
    scaled = [_by_range(values, name, absent=name in asymmetric) for name, values in numbers.items()]
    _refuse_lengths(dict(zip(numbers, scaled, strict=True)), n_rows)
    _refuse_absent(numbers, marked)
    points = Points(
        np.column_stack(scaled) if scaled else np.empty((n_rows, 0)),
        np.column_stack(labels) if labels else np.empty((n_rows, 0), dtype=np.int64),
    )
    places = tuple(place for place, name in enumerate(numbers) if name in asymmetric)
    return distances(points, points, Metric("gower", asymmetric=places))


def _marked(names: Collection[str], where: str) -> set[str]:
    if isinstance(names, str) or not isinstance(names, Iterable):
        got = repr(names)[:100]
        raise InvalidValueError(Problem(what="no names of columns", where=where, allowed='["card"]', got=got))
    return set(names)


def _refuse_no_column(values: Any, name: str) -> None:
    array = np.asarray(values)
    if array.ndim != 1:
        allowed, got = "one value per row", f"shape {array.shape}"
        raise InvalidValueError(Problem(what="no column", where=str(name), allowed=allowed, got=got))
    if array.dtype.kind in "mM" or any(isinstance(value, date | timedelta) for value in array.tolist()):
        remedy = "the days since, as a number"
        raise InvalidValueError(
            Problem(what="points in time", where=str(name), allowed="numbers or names", remedy=remedy)
        )


def _column_names(columns: Any, marked: set[str]) -> list[str]:
    if not isinstance(columns, Mapping) and not hasattr(columns, "columns"):
        allowed = "name -> values, or a dataframe"
        raise InvalidValueError(
            Problem(what="no columns", where="columns", allowed=allowed, got=type(columns).__name__)
        )
    names = list(columns) if isinstance(columns, Mapping) else list(columns.columns)
    unknown = sorted(map(str, marked - set(names)))
    if unknown or not names:
        where = "asymmetric and symmetric" if unknown else "columns"
        held = ", ".join(map(str, names)) or "none"
        raise InvalidValueError(Problem(what="no such columns", where=where, allowed=held, got=", ".join(unknown)))
    return names


def _rows(values: Any) -> int:
    return len(np.asarray(values))


def _are_numbers(values: Any) -> bool:
    array = np.asarray(values)
    if array.dtype.kind in "biuf":
        return True
    return array.dtype.kind == "O" and all(isinstance(v, int | float | np.number | None) for v in array.tolist())


def _by_range(values: Any, name: str, *, absent: bool) -> FloatArray:
    column = read_rows(values, where=str(name))[:, 0]
    spread = float(np.ptp(column))
    return column if absent or not spread else (column - column.min()) / spread


def _refuse_lengths(columns: Mapping[str, FloatArray], n_rows: int) -> None:
    wrong = {name: len(column) for name, column in columns.items() if len(column) != n_rows}
    if wrong:
        raise InvalidValueError(
            *(
                Problem(what="another number of rows", where=str(name), allowed=str(n_rows), got=str(n))
                for name, n in wrong.items()
            )
        )


def _refuse_absent(numbers: Mapping[str, Any], marked: set[str]) -> None:
    wrong = [n for n in marked if n not in numbers or set(np.asarray(numbers[n], dtype=float).tolist()) - {0.0, 1.0}]
    if wrong:
        problems = [Problem(what="no column of 0 and 1", where=str(n), allowed="0 and 1") for n in sorted(wrong)]
        raise InvalidValueError(*problems)
