"""What an estimator is given of one segment, its rows, and what is taken of what it returns, one estimate."""

from __future__ import annotations

from dataclasses import fields, is_dataclass
from typing import TYPE_CHECKING, Any

import narwhals.stable.v2 as nw
import numpy as np

from crmrisk.core.errors import InvalidValueError, Problem, RecordError
from crmrisk.core.estimate import Estimate

if TYPE_CHECKING:
    from crmrisk.core.arrays import IntArray

__all__ = ["estimate_part", "indexable_rows", "taken_rows"]


def estimate_part(found: Any, part: str | None, *, where: str) -> Estimate:
    """Take one estimate out of what an estimator returned.

    Parameters
    ----------
    found
        An estimate, or a record that holds some.
    part
        The name of the estimate in the record, with dots between records; ``None`` where there is only one.
    where
        What is complained about.

    Raises
    ------
    InvalidValueError
        If that is no estimate.

    Examples
    --------
    >>> estimate_part(Estimate(value=0.3, method="score", n=100), None, where="shop").value
    0.3
    """
    chosen = found
    for name in part.split(".") if isinstance(part, str) else ():
        chosen = getattr(chosen, name, None)
    if isinstance(chosen, Estimate):
        return chosen
    got = type(found).__name__ if part is None else f"part={part!r} of {type(found).__name__}"
    held = [name for name in _names(found) if isinstance(getattr(found, name), Estimate)]
    remedy = " or ".join(f"part={name!r}" for name in held) or "give by_segment an estimator that returns one Estimate"
    raise InvalidValueError(Problem(what="no Estimate", where=where, got=got, remedy=remedy))


def indexable_rows(values: Any, n_answers: int, where: str) -> Any:
    """Return what rows can be taken of: tables and columns of pandas as they are, anything else as an array.

    Parameters
    ----------
    values
        One row per answer.
    n_answers
        How many rows there must be.
    where
        What they are called in an error.

    Raises
    ------
    RecordError
        If they are not as many.

    Examples
    --------
    >>> indexable_rows([9, "nine"], 2, "answers")
    array([9, 'nine'], dtype=object)
    """
    frame = nw.from_native(values, eager_only=True, pass_through=True)
    table = frame if isinstance(frame, nw.DataFrame) else values if hasattr(values, "iloc") else _array(values, where)
    if not table.shape or table.shape[0] != n_answers:
        got = str(table.shape[0]) if table.shape else "one value"
        raise RecordError(Problem(what="not one row per segment label", where=where, allowed=str(n_answers), got=got))
    return table


def taken_rows(table: Any, rows: IntArray) -> Any:
    """Take rows of what `indexable_rows` returned.

    Parameters
    ----------
    table
        The rows.
    rows
        Their places, ``(n_taken,)``.

    Returns
    -------
    The same kind of table or column as came in.

    Examples
    --------
    >>> import polars as pl
    >>> taken_rows(indexable_rows(pl.DataFrame({"a": [1, 2]}), 2, "answers"), np.array([1])).to_dicts()
    [{'a': 2}]
    """
    if isinstance(table, nw.DataFrame):
        return table[rows].to_native()
    return table.iloc[rows] if hasattr(table, "iloc") else table[rows]


def _names(record: Any) -> tuple[str, ...]:
    if is_dataclass(record):
        return tuple(field.name for field in fields(record))
    return getattr(record, "_fields", ())


def _array(values: Any, where: str) -> Any:
    if isinstance(values, np.ndarray):
        return values
    try:
        array = np.asarray(values)
        # numpy would turn a list of 9 and "nine" into text alone
        return np.asarray(values, dtype=object) if array.dtype.kind in "US" else array
    except ValueError as error:
        raise RecordError(Problem(what="not one row per answer", where=where, got=str(error))) from None
