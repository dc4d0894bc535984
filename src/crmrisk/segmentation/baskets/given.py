"""Baskets as people have them at hand: lists of items, tables of zeros and ones, two columns."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import chain
from typing import TYPE_CHECKING, Any

import narwhals.stable.v2 as nw
import numpy as np
from narwhals.exceptions import NarwhalsError

from crmrisk.core.errors import Problem, RecordError, SchemaError
from crmrisk.core.row_names import refuse_other_order

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import ArrayLike, DTypeLike, NDArray

    from crmrisk.core.arrays import IntArray, ObjectArray

__all__ = [
    "cells_of_lists",
    "cells_of_matrix",
    "checked_cells",
    "dtype_of",
    "frame_of_pairs",
    "is_frame",
    "is_table_of_ones",
    "items_asked",
    "items_problem",
]

_WHERE = "baskets"
_SHOWN = 5  # bad baskets an error names


def cells_of_lists(lists: Iterable[Iterable[Any]]) -> tuple[int, ObjectArray, IntArray, IntArray]:
    """Give baskets and items their numbers.

    Parameters
    ----------
    lists
        One collection of items per basket.

    Returns
    -------
    How many baskets; the items, sorted; per entry the places of its basket and item.

    Raises
    ------
    RecordError
        If there is no basket, a basket is no collection, or an item is neither text nor a whole number.

    Examples
    --------
    >>> cells_of_lists([["tea"], ["cup", "tea"]])
    (2, array(['cup', 'tea'], dtype=object), array([0, 1, 1]), array([1, 0, 1]))
    """
    held = [_members(each) for each in _iterable(lists)]
    if not held:
        raise RecordError(Problem(what="no baskets", where=_WHERE, allowed="at least one"))
    strange = [(row, each) for row, each in enumerate(held) if not isinstance(each, list)]
    if strange:
        raise RecordError(*(_no_basket(row, each) for row, each in strange[:_SHOWN]))
    flat = list(chain.from_iterable(held))
    known = set(map(_hashable, flat))
    problem = items_problem(known)
    if problem is not None:
        raise RecordError(problem)
    names = sorted(known)
    place = {name: at for at, name in enumerate(names)}
    members = np.fromiter((place[item] for item in flat), dtype=np.int64, count=len(flat))
    rows = np.repeat(np.arange(len(held)), [len(each) for each in held])
    return len(held), _objects(names), rows, members


def _iterable(lists: object) -> Iterable[Any]:
    if isinstance(lists, Iterable) and not isinstance(lists, str | bytes):
        return lists.to_pylist() if hasattr(lists, "to_pylist") else lists
    got = type(lists).__name__
    raise RecordError(Problem(what="no baskets", where=_WHERE, allowed="one collection of items each", got=got))


def _members(basket: Any) -> Any:
    return list(basket) if isinstance(basket, Iterable) and not isinstance(basket, str | bytes) else basket


def _no_basket(row: int, got: object) -> Problem:
    allowed = 'a list of items, e.g. ["tea", "cup"]'
    return Problem(what="no collection of items", where=f"{_WHERE}[{row}]", allowed=allowed, got=repr(got)[:100])


def _hashable(item: Any) -> Any:
    try:
        hash(item)
    except TypeError:
        raise RecordError(_no_item(item)) from None
    return item


def _no_item(item: object) -> Problem:
    return Problem(what="no item", where=_WHERE, allowed="text or whole numbers", got=repr(item)[:100])


def items_asked(items: Any, *, where: str) -> list[Any]:
    """Read items a caller asks about.

    Parameters
    ----------
    items
        A collection of items.
    where
        What it is called in an error.

    Raises
    ------
    RecordError
        If it is none.

    Examples
    --------
    >>> items_asked(("tea", "cup"), where="basket")
    ['tea', 'cup']
    """
    if isinstance(items, str | bytes) or not isinstance(items, Iterable):
        allowed, got = 'items, e.g. ["tea", "cup"]', repr(items)[:100]
        raise RecordError(Problem(what="no collection of items", where=where, allowed=allowed, got=got))
    return [_hashable(item) for item in items]


def items_problem(items: Iterable[Any]) -> Problem | None:
    """Say what is wrong with the names of items, if anything.

    Parameters
    ----------
    items
        Distinct names.

    Examples
    --------
    >>> print(items_problem(["tea", 7]))
    baskets: items are partly text and partly numbers; got: 'tea' and 7; remedy: convert them to text
    """
    text = [item for item in items if isinstance(item, str) and item]
    whole = [item for item in items if isinstance(item, int | np.integer) and not isinstance(item, bool)]
    if len(text) + len(whole) < len(list(items)):
        accepted = {*text, *whole}
        return _no_item(next(item for item in items if item not in accepted or isinstance(item, bool)))
    if text and whole:
        got, remedy = f"{min(text)!r} and {min(whole)!r}", "convert them to text"
        return Problem(what="items are partly text and partly numbers", where=_WHERE, got=got, remedy=remedy)
    return None


def cells_of_matrix(matrix: Any, items: ArrayLike | None) -> tuple[int, ObjectArray, IntArray, IntArray]:
    """Find the ones of a table, and sort its columns by name.

    Parameters
    ----------
    matrix
        Zeros and ones, ``(n_baskets, n_items)``.
    items
        Names of the columns.

    Returns
    -------
    As `cells_of_lists`.

    Raises
    ------
    RecordError
        If values are neither 0 nor 1, there is no row, or names do not fit.

    Examples
    --------
    >>> cells_of_matrix([[1, 0], [1, 1]], ["tea", "cup"])
    (2, array(['cup', 'tea'], dtype=object), array([0, 1, 1]), array([1, 1, 0]))
    """
    names = items_asked(getattr(matrix, "columns", ()) if items is None else items, where="items")
    shape, rows, columns, values = _entries(matrix)
    problems = [] if np.isin(values, (0, 1)).all() else [_no_ones(values)]
    if not shape[0]:
        problems.append(Problem(what="no baskets", where=_WHERE, allowed="at least one row"))
    if len(names) != shape[1] or len(set(names)) != len(names):
        allowed, got = f"{shape[1]} different names", f"{len(names)} names, {len(set(names))} different"
        problems.append(Problem(what="not one name per column", where="items", allowed=allowed, got=got))
    wrong = items_problem(set(names))
    problems += [] if wrong is None else [wrong]
    if problems:
        raise RecordError(*problems)
    order = sorted(range(len(names)), key=names.__getitem__)
    rank = np.empty(len(names), dtype=np.int64)
    rank[order] = np.arange(len(names))
    ones = values == 1
    return shape[0], _objects([names[at] for at in order]), rows[ones], rank[columns[ones]]


def _entries(matrix: Any) -> tuple[tuple[int, int], IntArray, IntArray, NDArray[Any]]:
    """Return the shape, and place and value of every entry that is not zero."""
    if hasattr(matrix, "tocoo"):
        sparse = matrix.tocoo()
        rows, columns = (np.asarray(at, dtype=np.int64) for at in (sparse.row, sparse.col))
        return sparse.shape, rows, columns, sparse.data
    try:
        table = np.asarray(matrix)
    except ValueError as error:
        what, got = "rows of different lengths", str(error)[:120]
        raise RecordError(Problem(what=what, where=_WHERE, allowed="two dimensions", got=got)) from None
    if table.ndim != 2 or table.dtype.kind not in "biuf":
        got = f"{table.dtype}, shape {table.shape}"
        raise RecordError(Problem(what="no table of zeros and ones", where=_WHERE, allowed="two dimensions", got=got))
    rows, columns = np.nonzero(table)
    return table.shape, rows, columns, table[rows, columns]


def _no_ones(values: NDArray[Any]) -> Problem:
    strange = values[~np.isin(values, (0, 1))]
    what = f"{strange.size:,} value(s) neither 0 nor 1"
    return Problem(what=what, where=_WHERE, allowed="0 or 1, False or True", got=str(strange[0]))


def dtype_of(given: DTypeLike) -> np.dtype[Any]:
    """Read a type of numbers.

    Parameters
    ----------
    given
        What numpy takes for one.

    Raises
    ------
    RecordError
        If it is none.

    Examples
    --------
    >>> dtype_of("int8")
    dtype('int8')
    """
    try:
        return np.dtype(given)
    except TypeError as error:
        allowed, got = "bool, int, float, ...", str(error)[:100]
        raise RecordError(Problem(what="no type of numbers", where="dtype", allowed=allowed, got=got)) from None


def is_frame(given: object) -> bool:
    """Tell whether something is a frame of any engine.

    Parameters
    ----------
    given
        Anything.

    Raises
    ------
    SchemaError
        If it is a frame with two columns of one name.

    Examples
    --------
    >>> is_frame([["tea"]])
    False
    """
    try:
        return isinstance(nw.from_native(given, pass_through=True), nw.DataFrame | nw.LazyFrame)
    except NarwhalsError as error:
        got, remedy = f"{type(given).__name__}: {error}"[:200], "give columns unique names"
        raise SchemaError(Problem(what="no frame to read", where=_WHERE, got=got, remedy=remedy)) from None


def is_table_of_ones(frame: Any) -> bool:
    """Tell a table of zeros and ones from lines of ``basket`` and ``item``.

    Parameters
    ----------
    frame
        Of any engine.

    Raises
    ------
    SchemaError
        If it is neither.

    Examples
    --------
    >>> import pandas as pd
    >>> is_table_of_ones(pd.DataFrame({"tea": [True]})), is_table_of_ones(pd.DataFrame({"basket": [1], "item": ["a"]}))
    (True, False)
    """
    wrapped = nw.from_native(frame)
    kinds = dict(wrapped.collect_schema())
    if {"basket", "item"} <= kinds.keys():
        return False
    ones = all(kind == nw.Boolean or kind.is_integer() for kind in kinds.values())
    if kinds and ones and (wrapped.implementation.is_pandas() or wrapped.implementation.is_polars()):
        return isinstance(wrapped, nw.DataFrame)
    what, got = "neither lines nor a table of zeros and ones", ", ".join(map(str, kinds))[:200]
    remedy = 'Baskets.from_frame(frame, basket="the column of orders", item="the column of products")'
    raise SchemaError(Problem(what=what, where=_WHERE, got=got, remedy=remedy))


def frame_of_pairs(baskets: ArrayLike, items: ArrayLike, quantities: ArrayLike | None) -> pd.DataFrame:
    """Put columns side by side.

    Parameters
    ----------
    baskets, items, quantities
        Columns of one length.

    Raises
    ------
    SchemaError
        If they are none.

    Examples
    --------
    >>> frame_of_pairs([1, 1], ["tea", "cup"], None).shape
    (2, 2)
    """
    import pandas as pd  # noqa: PLC0415 - a heavy import that only this call needs

    refuse_other_order(baskets=baskets, items=items, quantities=quantities)
    given = {"basket": baskets, "item": items, **({} if quantities is None else {"quantity": quantities})}
    try:
        columns = {n: pd.Series(v if hasattr(v, "dtype") else list(v)) for n, v in given.items()}  # type: ignore[arg-type]  # the except clause says so
    except (TypeError, ValueError) as error:
        raise SchemaError(Problem(what="not a column", where=_WHERE, got=str(error)[:120])) from None
    lengths = {name: len(column) for name, column in columns.items()}
    if len(set(lengths.values())) > 1:
        got = ", ".join(f"{name} {length}" for name, length in lengths.items())
        raise SchemaError(Problem(what="columns of different lengths", where=_WHERE, got=got))
    return pd.DataFrame({name: column.reset_index(drop=True) for name, column in columns.items()})


def checked_cells(rows: ArrayLike, members: ArrayLike, shape: tuple[int, int]) -> tuple[IntArray, IntArray]:
    """Copy the places of ones in a table, sorted by row and column and each once.

    Parameters
    ----------
    rows, members
        Places of baskets and of items, ``(n_entries,)``.
    shape
        How many baskets and items there are.

    Raises
    ------
    RecordError
        If they are no such places.

    Examples
    --------
    >>> checked_cells([1, 0, 1], [0, 1, 0], (2, 2))
    (array([0, 1]), array([1, 0]))
    """
    places = [np.asarray(column) for column in (rows, members)]
    whole = all(column.ndim == 1 and (column.dtype.kind in "iu" or not column.size) for column in places)
    if not whole or places[0].shape != places[1].shape:
        got = ", ".join(f"{column.dtype} {column.shape}" for column in places)
        raise RecordError(Problem(what="not two columns of places", where="rows, members", got=got))
    outside = [((column < 0) | (column >= n)).any() for column, n in zip(places, shape, strict=True)]
    if any(outside):
        raise RecordError(Problem(what="a place outside the table", where="rows, members", allowed=f"inside {shape}"))
    width = max(1, shape[1])
    cells = np.sort(places[0].astype(np.int64) * width + places[1].astype(np.int64))  # numpy.unique takes twice as long
    cells = cells[np.append(True, cells[1:] != cells[:-1])[: cells.size]]
    return cells // width, cells % width


def _objects(values: list[Any]) -> ObjectArray:
    column = np.empty(len(values), dtype=object)
    column[:] = [value.item() if isinstance(value, np.generic) else value for value in values]
    return column
