"""The door of the evaluation: numbers come in as arrays, broadcast together and checked, or not at all.

Missing numbers (NaN, ``None``, masked) pass: they mean "unrated" and every function behind this door says what it does
with them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

from crmrisk.core.errors import InvalidValueError, Problem

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import ArrayLike

    from crmrisk.core.arrays import BoolArray, FloatArray

__all__ = ["CodeArray", "Column", "Vector", "checked", "likelihood_and_consequence"]

CodeArray: TypeAlias = NDArray[np.int8]
"""Places on the scale of `RiskLevel`, 0 for unrated to 4 for extreme."""

Vector: TypeAlias = "NDArray[np.generic] | Sequence[float]"
"""Several numbers, as opposed to one."""


class Column(NamedTuple):
    """Name numbers the caller sent, and say what they may be.

    Parameters
    ----------
    where
        What the numbers are called in an error.
    values
        The numbers, of any shape.
    ge, le
        Inclusive bounds; numbers must be finite in any case.
    whole
        Whether only whole numbers are allowed.

    Examples
    --------
    >>> Column("likelihood", [0.1, 0.2], le=1.0).ge
    0.0
    """

    where: str
    values: ArrayLike
    ge: float = 0.0
    le: float = np.inf
    whole: bool = False


def checked(*columns: Column) -> tuple[FloatArray, ...]:
    """Broadcast numbers together, or say everything that is wrong with them.

    Parameters
    ----------
    *columns
        The numbers and what they may be.

    Returns
    -------
    One array of floats per column, all of one shape. They may be views of what the caller sent: never write to them.

    Raises
    ------
    InvalidValueError
        If something is no number, infinite, out of range, or the shapes do not fit together.

    Examples
    --------
    >>> likelihood, loss = checked(Column("likelihood", [0.1, None], le=1.0), Column("loss", 50))
    >>> loss
    array([50., 50.])
    """
    arrays = [_floats(column) for column in columns]
    problems = [problem for column, array in zip(columns, arrays, strict=True) for problem in _problems(column, array)]
    if problems:
        raise InvalidValueError(*problems)
    try:
        return tuple(np.broadcast_arrays(*arrays))
    except ValueError:
        shapes = ", ".join(f"{column.where} {array.shape}" for column, array in zip(columns, arrays, strict=True))
        raise InvalidValueError(Problem(what="shapes do not fit together", where="arrays", got=shapes)) from None


def _floats(column: Column) -> FloatArray:
    raw = column.values
    if isinstance(raw, np.ma.MaskedArray):
        raw = np.ma.filled(raw.astype(np.float64), np.nan)
    try:
        array = np.asarray(raw)
        if array.dtype.kind not in "biufO" or (array.dtype.kind == "O" and _has_text(array)):
            raise TypeError(array.dtype)  # noqa: TRY301 - numpy raises the same type two lines below
        return array.astype(np.float64, copy=False)
    except (TypeError, ValueError) as error:
        problem = Problem(what="not numbers", where=column.where, allowed="numbers", got=str(error)[:200])
        raise InvalidValueError(problem) from None


def _has_text(array: NDArray[np.object_]) -> bool:
    return any(isinstance(value, str | bytes) for value in array.ravel())


def _problems(column: Column, array: FloatArray) -> list[Problem]:
    bad: BoolArray = (array < column.ge) | (array > column.le) | np.isinf(array)
    if column.whole:
        bad |= np.isfinite(array) & (array != np.rint(array))
    if not bad.any():
        return []
    kind = "whole" if column.whole else "finite"
    what = f"{int(bad.sum())} value(s) out of range"
    got = f"{array[bad].flat[0]:g}" if array.ndim else f"{float(array):g}"
    return [
        Problem(what=what, where=column.where, allowed=f"{kind} numbers{_range(column)}, or NaN for unrated", got=got)
    ]


def _range(column: Column) -> str:
    if np.isinf(column.le):
        return "" if np.isinf(column.ge) else f" >= {column.ge:g}"
    return f" in [{column.ge:g}, {column.le:g}]"


def likelihood_and_consequence(likelihood: ArrayLike, consequence: ArrayLike) -> tuple[FloatArray, FloatArray]:
    """Broadcast likelihoods and consequences together and check both.

    Parameters
    ----------
    likelihood
        Probabilities in [0, 1], of any shape; NaN is unrated.
    consequence
        Losses if it happens, >= 0 [currency], of any shape; NaN is unrated.

    Returns
    -------
    Both, of one shape.

    Raises
    ------
    InvalidValueError
        If a likelihood is outside [0, 1], a consequence negative or infinite, or the shapes do not fit.

    Examples
    --------
    >>> likelihood_and_consequence(0.5, [100.0, 200.0])[0]
    array([0.5, 0.5])
    """
    return checked(Column("likelihood", likelihood, le=1.0), Column("consequence", consequence))  # type: ignore[return-value]  # two columns in, two arrays out
