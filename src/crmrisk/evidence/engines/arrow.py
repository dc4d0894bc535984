"""pyarrow tables: in memory, columnar; purchase days are reduced by one sort instead of two hash tables."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.compute as pc

from crmrisk.core.errors import Problem, SchemaError
from crmrisk.evidence.engines.base import DAY, NarwhalsEngine, lazily
from crmrisk.evidence.engines.sorting import purchases_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import narwhals.stable.v2 as nw

__all__ = ["ArrowEngine", "engine_of"]


class ArrowEngine(NarwhalsEngine):
    """Speak pyarrow.

    Examples
    --------
    >>> ArrowEngine().eager
    True
    """

    name = "pyarrow"
    eager = True

    def open(self, native: Any, names: Mapping[str, str], where: str) -> nw.LazyFrame[Any]:
        """Return the columns ``source -> name`` under their new names."""
        table: pa.Table = native
        columns = [_plain(table.column(source)) for source in names]
        return lazily(pa.table(columns, names=list(names.values())))

    def columns(self, native: Any) -> list[str]:
        """Return the names of all columns."""
        return list(native.column_names)

    def empty_type(self, frame: nw.LazyFrame[Any], name: str) -> bool:
        """Tell whether a column has the type of nothing but nulls."""
        return bool(pa.types.is_null(frame.to_native().schema.field(name).type))

    def moments(self, frame: nw.LazyFrame[Any], times: Mapping[str, nw.dtypes.DType]) -> nw.LazyFrame[Any]:
        """Turn times into whole microseconds since 1970 and add their day numbers."""
        table: pa.Table = frame.to_native()
        for name in times:
            ticks = _microseconds(table.column(name), name)
            table = table.set_column(table.column_names.index(name), name, ticks)
            table = table.append_column(f"{name}_day", _floor_divide(ticks, DAY).cast(pa.int32()))
        return lazily(table)

    def floats(self, frame: nw.LazyFrame[Any], names: Sequence[str]) -> nw.LazyFrame[Any]:
        """Read whole numbers as floats; arrow refuses those beyond 2**53 unless told to round."""
        table: pa.Table = frame.to_native()
        for name in names:
            rounded = table.column(name).cast(pa.float64(), safe=False)
            table = table.set_column(table.column_names.index(name), name, rounded)
        return lazily(table)

    def purchases(self, facts: nw.LazyFrame[Any]) -> nw.LazyFrame[Any]:
        """Reduce transactions to customers by one sort."""
        return lazily(purchases_of(facts.to_native()))


def _plain(column: pa.ChunkedArray) -> pa.ChunkedArray:
    """Unpack dictionaries and string views, which not every kernel knows."""
    kind = column.type
    if pa.types.is_dictionary(kind):
        column = column.cast(kind.value_type)
        kind = column.type
    return column.cast(pa.large_string()) if pa.types.is_string_view(kind) else column


def _microseconds(column: pa.ChunkedArray, name: str) -> pa.ChunkedArray:
    kind = column.type
    if pa.types.is_date(kind):
        return pc.multiply(column.cast(pa.date32()).cast(pa.int32()).cast(pa.int64()), DAY)
    if not pa.types.is_timestamp(kind):
        return column.cast(pa.int64())
    ticks = column.cast(pa.int64())
    if kind.unit == "ns":
        return _floor_divide(ticks, 1_000)
    try:
        return pc.multiply_checked(ticks, {"us": 1, "ms": 1_000, "s": 1_000_000}[kind.unit])
    except pa.ArrowInvalid:
        raise SchemaError(Problem(what="times outside the years 1 to 9999", where=name, got=str(kind))) from None


def _floor_divide(ticks: pa.ChunkedArray, size: int) -> pa.ChunkedArray:
    """Divide towards the past; arrow's own division truncates towards 1970."""
    lowest = pc.min(ticks).as_py()
    if lowest is None or lowest >= 0:
        return pc.divide(ticks, size)
    remainder = pc.subtract(ticks, pc.multiply(pc.divide(ticks, size), size))
    return pc.subtract(pc.divide(ticks, size), pc.less(remainder, 0).cast(pa.int64()))


def engine_of(_native: Any) -> ArrowEngine:
    """Return the engine of a pyarrow table.

    Parameters
    ----------
    _native
        The table.

    Examples
    --------
    >>> engine_of(pa.table({"at": [1]})).name
    'pyarrow'
    """
    return ArrowEngine()
