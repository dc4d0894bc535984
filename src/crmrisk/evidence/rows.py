"""One row per customer, out of its engine: identifiers as text, sorted, so that rows of several sources align."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from crmrisk.core.errors import Problem, RecordError
from crmrisk.evidence.asking import answer

if TYPE_CHECKING:
    from collections.abc import Mapping

    import narwhals.stable.v2 as nw

    from crmrisk.core.arrays import FloatArray, IntArray

__all__ = ["Rows", "aligned", "collected_rows", "order_of", "union_of"]

_PREFIX = 8


class Rows(NamedTuple):
    """Hold one row per customer.

    Examples
    --------
    >>> Rows(pa.array(["a"], pa.large_string()), pa.table({"x": [1.0]})).columns.num_rows
    1
    """

    ids: pa.Array
    """Identifiers, unique and sorted."""

    columns: pa.Table
    """Everything else."""


def collected_rows(frame: nw.LazyFrame[Any], *, where: str) -> Rows:
    """Run a query and sort what comes out.

    Parameters
    ----------
    frame
        A query with one row per customer.
    where
        What it is called in an error.

    Raises
    ------
    RecordError
        If a customer has several rows, or an identifier begins or ends with a blank.
    EngineError
        If the engine fails.

    Examples
    --------
    >>> import narwhals.stable.v2 as nw
    >>> rows = collected_rows(nw.from_native(pa.table({"customer_id": [10, 9], "x": [1.0, 2.0]})).lazy(), where="x")
    >>> rows.ids.to_pylist(), rows.columns.column("x").to_pylist()
    (['10', '9'], [1.0, 2.0])
    """
    table = answer(frame, where=where)
    raw = table.column("customer_id")
    ids = pa.concat_arrays([chunk.cast(pa.large_string()) for chunk in raw.chunks] or [pa.array([], pa.large_string())])
    order = pa.array(order_of(ids))
    ids = ids.take(order)
    _check_unique(ids, where)
    if not pa.types.is_integer(raw.type):
        _check_blanks(ids, where)
    return Rows(ids, table.drop_columns(["customer_id"]).take(order))


def order_of(ids: pa.Array) -> IntArray:
    """Order text by code point; its first eight bytes decide nearly always, and those sort as numbers.

    Parameters
    ----------
    ids
        Large strings without nulls.

    Examples
    --------
    >>> order_of(pa.array(["b", "a", "B"], pa.large_string())).tolist()
    [2, 1, 0]
    """
    if not len(ids):
        return np.zeros(0, dtype=np.int64)
    prefixes = _prefixes(ids)
    order = np.argsort(prefixes)
    ranked = prefixes[order]
    if (ranked[1:] != ranked[:-1]).all():
        return order
    exact: IntArray = pc.array_sort_indices(ids).to_numpy().astype(np.int64)
    return exact


def _prefixes(ids: pa.Array) -> np.ndarray[Any, np.dtype[np.uint64]]:
    _, offsets, content = ids.buffers()
    bounds = np.frombuffer(offsets, dtype=np.int64)[ids.offset : ids.offset + len(ids) + 1]
    letters = np.frombuffer(content or b"\0", dtype=np.uint8)
    starts, lengths = bounds[:-1], np.diff(bounds)
    packed = np.zeros(len(ids), dtype=np.uint64)
    for place in range(_PREFIX):
        letter = letters[np.minimum(starts + place, len(letters) - 1)]
        packed = (packed << np.uint64(8)) | np.where(lengths > place, letter, 0).astype(np.uint64)
    return packed


def _check_unique(ids: pa.Array, where: str) -> None:
    repeated = ids.slice(1).filter(pc.equal(ids.slice(1), ids.slice(0, max(len(ids) - 1, 0))))
    if len(repeated):
        got = ", ".join(map(repr, repeated.slice(0, 3).to_pylist()))
        raise RecordError(Problem(what=f"{len(repeated)} customer(s) with several rows", where=where, got=got))


def _check_blanks(ids: pa.Array, where: str) -> None:
    strange = ids.filter(pc.not_equal(pc.utf8_trim_whitespace(ids), ids))
    if len(strange):
        raise RecordError(
            Problem(
                what=f"{len(strange)} customer(s) whose identifier begins or ends with a blank",
                where=f"{where}: customer_id",
                got=", ".join(map(repr, strange.slice(0, 3).to_pylist())),
                remedy="strip the identifiers",
            )
        )


def union_of(parts: list[pa.Array]) -> pa.Array:
    """Unite sorted identifiers, sorted.

    Parameters
    ----------
    parts
        Arrays of large strings.

    Examples
    --------
    >>> union_of([pa.array(["b"], pa.large_string()), pa.array(["a", "b"], pa.large_string())]).to_pylist()
    ['a', 'b']
    """
    distinct: list[pa.Array] = []
    for part in parts:
        if len(part) and not any(part.equals(other) for other in distinct):
            distinct.append(part)
    if len(distinct) < 2:
        return distinct[0] if distinct else pa.array([], pa.large_string())
    united = pc.unique(pa.concat_arrays(distinct))
    return united.take(pa.array(order_of(united)))


def aligned(ids: pa.Array, rows: Rows, absent: Mapping[str, float]) -> dict[str, FloatArray]:
    """Put columns into the order of a roster.

    Parameters
    ----------
    ids
        The roster, sorted.
    rows
        One row per customer.
    absent
        Name of each wanted column, and its value for customers without a row.

    Examples
    --------
    >>> rows = Rows(pa.array(["b"], pa.large_string()), pa.table({"x": [2.0]}))
    >>> aligned(pa.array(["a", "b"], pa.large_string()), rows, {"x": 0.0})
    {'x': array([0., 2.])}
    """
    same = ids.equals(rows.ids)
    positions = None if same else pc.fill_null(pc.index_in(ids, value_set=rows.ids), -1).to_numpy()
    return {name: _placed(rows.columns.column(name), positions, value) for name, value in absent.items()}


def _placed(column: pa.ChunkedArray, positions: IntArray | None, absent: float) -> FloatArray:
    values: FloatArray = pc.fill_null(column.cast(pa.float64()), np.nan).to_numpy()
    if positions is None:
        return values
    here = positions >= 0
    placed = np.full(len(positions), absent)
    placed[here] = values[positions[here]]
    return placed
