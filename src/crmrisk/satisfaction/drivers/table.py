"""The front desk of driver studies: an outcome and its drivers, one respondent per row, complete or openly left out.

Drivers come as a table of any kind, a mapping or rows of numbers; every column that cannot be used is named at once.
Missing answers are never imputed: a row without one of its answers is refused, or left out whole and counted.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from crmrisk.core.errors import FitError, Problem, RecordError, SchemaError
from crmrisk.satisfaction.answers import effective_sample_size, survey_weights
from crmrisk.satisfaction.drivers.columns import Columns, read_columns, split_outcome
from crmrisk.satisfaction.flagging import Missing, flag_missing

if TYPE_CHECKING:
    from collections.abc import Sequence

    from crmrisk.core.arrays import FloatArray, IntArray

__all__ = ["DriverTable", "check_variation", "driver_table"]

_SHOWN = 5  # columns a warning spells out


@dataclass(frozen=True, eq=False, kw_only=True)
class DriverTable:
    """Hold complete answers: the drivers, and the outcome as the last column.

    Parameters
    ----------
    names
        The drivers, ``(n_drivers,)``.
    values
        Their answers and those to the outcome, ``(n_rows, n_drivers + 1)``.
    weights
        Survey weights scaled so that their mean is 1, ``(n_rows,)``.
    kept
        Which of the caller's rows these are, ``(n_rows,)``.
    n_read
        How many rows the caller gave.
    n_missing
        Rows left out because an answer was missing.
    warnings
        What was left out and where.

    Examples
    --------
    >>> table = driver_table([3, 5, None, 4], {"price": [2, 5, 4, 4]}, missing="exclude")
    >>> table.names, table.n, table.n_missing
    (('price',), 3, 1)
    """

    names: tuple[str, ...]
    values: FloatArray
    weights: FloatArray
    kept: IntArray
    n_read: int
    n_missing: int = 0
    warnings: tuple[str, ...] = ()

    @property
    def n(self) -> int:
        """Return the number of complete rows."""
        return len(self.values)

    @property
    def effective_n(self) -> float:
        """Return the number of equally weighted rows they are worth."""
        return effective_sample_size(self.weights)

    @property
    def drivers(self) -> FloatArray:
        """Return the answers to the drivers, ``(n_rows, n_drivers)``."""
        return self.values[:, :-1]

    @property
    def outcome(self) -> FloatArray:
        """Return the answers to the outcome, ``(n_rows,)``."""
        return self.values[:, -1]


def driver_table(
    outcome: Any,
    drivers: Any,
    *,
    names: Sequence[str] | None = None,
    weights: Any = None,
    missing: Missing = "error",
    scale: tuple[int, int] | None = None,
    varying: bool = True,
) -> DriverTable:
    """Read an outcome and its drivers, row by row.

    Parameters
    ----------
    outcome
        One number per respondent, ``(n_rows,)``, or the name of a column of ``drivers``.
    drivers
        A dataframe of any engine, a mapping of names to columns, or an array ``(n_rows, n_drivers)``.
    names
        What the columns of an array are called; which columns to take where they have names.
    weights
        Survey weights, ``(n_rows,)``.
    missing
        ``"error"`` refuses missing answers, ``"exclude"`` leaves the whole row out and counts it.
    scale
        Lowest and highest answer to the drivers, so that codes such as 6 for *not used* are refused by name.
    varying
        Whether every column must vary and rows suffice for a regression.

    Returns
    -------
    The complete rows.

    Raises
    ------
    RecordError
        If answers are no numbers, off the scale or missing, or weights are unusable, each column named.
    SchemaError
        If columns are unknown, named twice or not of one length.
    FitError
        If there are too few complete rows, or a column has one value only.

    Examples
    --------
    >>> driver_table([1, 2, 3], {"price": [1, 9, 3]}, scale=(1, 5))
    Traceback (most recent call last):
    crmrisk.core.errors.RecordError: price: 1 answer off the scale, row 1; allowed: whole numbers 1 to 5; got: 9
    """
    read, outcome_values = _both(outcome, drivers, names=names, scale=scale)
    values = np.column_stack([read.values, outcome_values])
    weight = np.ones(len(values)) if weights is None else survey_weights(weights, len(values))
    absent = np.isnan(values)
    incomplete = np.asarray(absent.any(axis=1))
    problems = flag_missing(incomplete, missing=missing, where="outcome and drivers")
    if problems:
        raise RecordError(*problems)
    kept = ~incomplete & (weight > 0.0)
    table = values[kept]
    if varying:
        check_variation(table, (*read.names, "outcome"))
    if not len(table):
        raise FitError(Problem(what="no complete row", where="drivers", allowed="at least one"))
    return DriverTable(
        names=read.names,
        values=table,
        weights=weight[kept] / weight[kept].mean(),
        kept=np.flatnonzero(kept),
        n_read=len(values),
        n_missing=int(incomplete.sum()),
        warnings=_left_out(absent, (*read.names, "outcome")),
    )


def _both(
    outcome: Any, drivers: Any, *, names: Sequence[str] | None, scale: tuple[int, int] | None
) -> tuple[Columns, FloatArray]:
    answers, columns = split_outcome(outcome, drivers, names=names)
    read = read_columns(columns, scale=scale)
    values = read_columns({"outcome": answers}).values[:, 0]
    if values.size != len(read.values):
        got = f"{values.size} outcomes, {len(read.values)} rows of drivers"
        raise SchemaError(Problem(what="not one outcome per row of drivers", where="outcome", got=got))
    return read, values


def check_variation(values: FloatArray, names: Sequence[str]) -> None:
    """Refuse columns that do not vary, and too few rows for a regression of the last column on the others.

    Parameters
    ----------
    values
        Complete columns, ``(n_rows, n_columns)``.
    names
        What they are called, ``(n_columns,)``.

    Raises
    ------
    FitError
        If there are too few rows, or a column has one value only, each named.

    Examples
    --------
    >>> check_variation(np.array([[1.0, 2.0], [2.0, 3.0], [2.0, 5.0]]), ["price", "outcome"])
    """
    if len(values) <= values.shape[1]:
        what = f"{len(values)} complete rows for {values.shape[1] - 1} drivers and an intercept"
        raise FitError(Problem(what=what, where="drivers", allowed=f"at least {values.shape[1] + 1}"))
    constant = values.min(axis=0) == values.max(axis=0)
    problems = [
        Problem(what="one value only: nothing can vary with it", where=names[place], got=f"{values[0, place]:g}")
        for place in np.flatnonzero(constant).tolist()
    ]
    if problems:
        raise FitError(*problems)


def _left_out(absent: Any, names: tuple[str, ...]) -> tuple[str, ...]:
    rows, per_column = int(absent.any(axis=1).sum()), absent.sum(axis=0)
    if not rows:
        return ()
    worst = [place for place in np.argsort(-per_column, kind="stable")[:_SHOWN] if per_column[place]]
    listed = ", ".join(f"{names[place]} {per_column[place]}" for place in worst)
    return (f"{rows} of {len(absent)} rows left out, an answer is missing (most: {listed})",)
