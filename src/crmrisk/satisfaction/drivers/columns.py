"""Columns of answers as they come: out of tables of any engine, by name, as numbers or with everything wrong named."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

import narwhals.stable.v2 as nw
import numpy as np

from crmrisk.core.arguments import refuse
from crmrisk.core.arrays import frozen_floats
from crmrisk.core.errors import CrmRiskError, InvalidValueError, Problem, RecordError, SchemaError
from crmrisk.core.row_names import refuse_other_order
from crmrisk.satisfaction.answered import check_scale
from crmrisk.satisfaction.answers import rating_answers

if TYPE_CHECKING:
    from collections.abc import Sequence

    from crmrisk.core.arrays import FloatArray

__all__ = ["Columns", "driver_columns", "read_columns", "sequence_problems", "split_outcome"]


class Columns(NamedTuple):
    """Hold named columns of equal length.

    Parameters
    ----------
    names
        What they are called, ``(n_columns,)``.
    values
        Numbers, ``(n_rows, n_columns)``; NaN where missing.

    Examples
    --------
    >>> Columns(("price",), np.array([[1.0], [2.0]])).names
    ('price',)
    """

    names: tuple[str, ...]
    values: FloatArray


def driver_columns(drivers: Any, *, names: Sequence[str] | None = None) -> dict[str, Any]:
    """Take named columns from a table of any kind, as they are.

    Parameters
    ----------
    drivers
        A dataframe of any engine, a mapping of names to columns, or an array ``(n_rows, n_columns)``.
    names
        What the columns of an array are called; which columns to take where they have names.

    Returns
    -------
    Name to column.

    Raises
    ------
    SchemaError
        If it is no table, or columns are unknown or named twice.

    Examples
    --------
    >>> driver_columns([[1, 2], [3, 4]], names=["price", "speed"])["speed"].tolist()
    [2, 4]
    """
    if isinstance(drivers, Mapping):
        return _chosen({str(name): column for name, column in drivers.items()}, names)
    _refuse_shared_names(drivers)
    frame = nw.from_native(drivers, pass_through=True)
    if isinstance(frame, nw.LazyFrame):
        frame = frame.collect()
    if isinstance(frame, nw.DataFrame):
        return _chosen({str(column.name): column.to_numpy() for column in frame.iter_columns()}, names)
    return _of_array(drivers, names)


def split_outcome(outcome: Any, drivers: Any, *, names: Sequence[str] | None = None) -> tuple[Any, dict[str, Any]]:
    """Take the outcome from among the drivers, where it is given by name.

    Parameters
    ----------
    outcome
        One answer per respondent, ``(n_rows,)``, the name of a column of ``drivers``, or ``None``.
    drivers
        A dataframe of any engine, a mapping of names to columns, or an array ``(n_rows, n_drivers)``.
    names
        What the columns of an array are called; which columns to take where they have names.

    Returns
    -------
    The answers to the outcome as they are, and name to column of the drivers.

    Raises
    ------
    SchemaError
        If it is no table, has no drivers, columns are unknown or named twice, or pandas rows are named differently.
    RecordError
        If columns of a mapping have the same rows in another order.

    Examples
    --------
    >>> split_outcome("all", {"all": [5, 4], "price": [2, 1]})
    ([5, 4], {'price': [2, 1]})
    """
    _refuse_other_index(outcome, drivers)
    if isinstance(drivers, Mapping):
        refuse_other_order(**{"outcome": outcome} | {str(name): column for name, column in drivers.items()})
    answers, columns = outcome, driver_columns(drivers, names=_with(outcome, names))
    if isinstance(outcome, str):
        if outcome not in columns:
            allowed = ", ".join(columns)[:200]
            raise SchemaError(Problem(what=f"no column {outcome!r}", where="outcome", allowed=allowed))
        answers = columns.pop(outcome)
    if not columns:
        raise SchemaError(Problem(what="no drivers", where="drivers", allowed="at least one column"))
    return answers, columns


def read_columns(columns: Mapping[str, Any], *, scale: tuple[int, int] | None = None) -> Columns:
    """Read columns as numbers, everything that is wrong with any of them at once.

    Parameters
    ----------
    columns
        Name to column, ``None`` or NaN where missing.
    scale
        Lowest and highest answer, or ``None`` for any finite numbers.

    Returns
    -------
    The names and the numbers, ``(n_rows, n_columns)``.

    Raises
    ------
    RecordError
        If answers are no finite numbers or off the scale.
    SchemaError
        If the columns are not of one length.
    InvalidValueError
        If the scale is none.

    Examples
    --------
    >>> read_columns({"price": [1, None]}).values
    array([[ 1.],
           [nan]])
    """
    ends = None if scale is None else _ends(scale)
    problems: list[Problem] = []
    read = {}
    for name, column in columns.items():
        try:
            read[name] = _numbers(column, name, ends)
        except CrmRiskError as error:
            problems += error.problems
    if problems:
        raise RecordError(*problems)
    lengths = {name: values.size for name, values in read.items()}
    if len(set(lengths.values())) > 1:
        got = ", ".join(f"{name} {size}" for name, size in lengths.items())
        raise SchemaError(Problem(what="columns of different lengths", where="drivers", got=got[:200]))
    return Columns(tuple(read), np.column_stack(list(read.values())))


def _refuse_shared_names(drivers: Any) -> None:
    names = [str(name) for name in drivers.columns] if hasattr(drivers, "iloc") and hasattr(drivers, "columns") else []
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise SchemaError(Problem(what="columns of one name", where="drivers", got=", ".join(twice)[:200]))


def _refuse_other_index(outcome: Any, drivers: Any) -> None:
    """Refuse pandas objects that name their rows differently: by position they would be paired wrongly in silence."""
    pairs = [getattr(each, "index", None) for each in (outcome, drivers)]
    if all(hasattr(index, "equals") for index in pairs) and not pairs[0].equals(pairs[1]):  # type: ignore[union-attr] # all have an index
        remedy = "align them, or pass outcome.to_numpy() to pair rows by position"
        raise SchemaError(
            Problem(what="rows named differently from those of the drivers", where="outcome", remedy=remedy)
        )


def _with(outcome: Any, names: Sequence[str] | None) -> Sequence[str] | None:
    if names is None or not isinstance(outcome, str):
        return names
    return [*([] if outcome in names else [outcome]), *([names] if isinstance(names, str) else names)]


def _numbers(column: Any, name: str, scale: tuple[int, int] | None) -> FloatArray:
    if scale is None:
        return frozen_floats(column, where=name)
    lowest, highest = scale
    return rating_answers(column, lowest=lowest, highest=highest, missing="exclude", where=name)


def sequence_problems(values: object, *, where: str) -> list[Problem]:
    """Name what should be a list and is none.

    Parameters
    ----------
    values
        Anything.
    where
        The argument.

    Examples
    --------
    >>> [str(problem) for problem in sequence_problems(5, where="order")]
    ['order: no list; allowed: a list; got: 5']
    """
    if isinstance(values, Iterable):
        return []
    return [Problem(what="no list", where=where, allowed="a list", got=repr(values)[:100])]


def _ends(scale: Any) -> tuple[int, int]:
    if isinstance(scale, tuple | list) and len(scale) == 2:
        check_scale(scale[0], scale[1])
        return scale[0], scale[1]
    allowed = "two whole numbers, (lowest, highest)"
    raise InvalidValueError(Problem(what="no scale", where="scale", allowed=allowed, got=repr(scale)[:100]))


def _chosen(columns: dict[str, Any], names: Sequence[str] | None) -> dict[str, Any]:
    if names is None:
        return columns
    refuse(sequence_problems(names, where="names"))
    wanted = [names] if isinstance(names, str) else [str(name) for name in names]
    unknown = [name for name in wanted if name not in columns]
    twice = sorted({name for name in wanted if wanted.count(name) > 1})
    problems = [Problem(what=f"no column {name!r}", where="names") for name in unknown]
    problems += [Problem(what=f"{name!r} named twice", where="names") for name in twice]
    if problems:
        raise SchemaError(*problems)
    return {name: columns[name] for name in wanted}


def _of_array(drivers: Any, names: Sequence[str] | None) -> dict[str, Any]:
    try:
        array = np.asarray(drivers)
    except ValueError as error:
        raise SchemaError(Problem(what="rows of different lengths", where="drivers", got=str(error))) from None
    if array.ndim != 2:
        allowed = "a dataframe, a mapping of names to columns, or an array (n_rows, n_drivers)"
        raise SchemaError(Problem(what="no table", where="drivers", allowed=allowed, got=f"shape {array.shape}"))
    given = [f"driver {number}" for number in range(1, array.shape[1] + 1)] if names is None else [*map(str, names)]
    if len(given) != array.shape[1] or len(set(given)) < len(given):
        allowed = f"{array.shape[1]} different names"
        raise SchemaError(Problem(what="not one name per column", where="names", allowed=allowed, got=", ".join(given)))
    return {name: array[:, place] for place, name in enumerate(given)}
