"""The dataframe engines facts may live in, and the few things each of them has to say in its own words.

Everything else in `crmrisk.evidence` is one narwhals query for all engines. An engine contributes

- how its table is opened (pandas frames are read as arrow tables, so that NaN, NaT and objects mean one thing),
- how a time becomes whole microseconds since 1970 in UTC and a day number, independent of any session's time zone,
- how transactions become one row per customer, where it has a faster expression for that than the portable query.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any, Protocol

import narwhals.stable.v2 as nw

from crmrisk.core.errors import Problem, SchemaError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

__all__ = ["Engine", "engine_for"]


class Engine(Protocol):
    """Open a table of one engine and express time in it; implemented by the modules of this package.

    Examples
    --------
    >>> import pyarrow as pa
    >>> engine_for(pa.table({"customer_id": ["C1"]}), where="customers").name
    'pyarrow'
    """

    name: str
    """What the engine is called."""

    eager: bool
    """Whether the facts are in memory, so that they are validated at once."""

    def open(self, native: Any, names: Mapping[str, str], where: str) -> nw.LazyFrame[Any]:
        """Return the columns ``source -> name`` under their new names."""
        ...

    def columns(self, native: Any) -> list[str]:
        """Return the names of all columns."""
        ...

    def empty_type(self, frame: nw.LazyFrame[Any], name: str) -> bool:
        """Tell whether a column has the type of nothing but nulls."""
        ...

    def moments(self, frame: nw.LazyFrame[Any], times: Mapping[str, nw.dtypes.DType]) -> nw.LazyFrame[Any]:
        """Turn times into whole microseconds since 1970 and add ``<name>_day``, their day numbers."""
        ...

    def floats(self, frame: nw.LazyFrame[Any], names: Sequence[str]) -> nw.LazyFrame[Any]:
        """Prepare whole numbers to be read as floats, rounding those beyond 2**53."""
        ...

    def purchases(self, facts: nw.LazyFrame[Any]) -> nw.LazyFrame[Any]:
        """Reduce transactions to one row per customer; see `crmrisk.evidence.engines.base`."""
        ...

    def native(self, frame: nw.LazyFrame[Any]) -> Any:
        """Return a frame as the caller knows it, uncollected where the engine is lazy."""
        ...


_MODULES = {
    nw.Implementation.PANDAS: "pandas",
    nw.Implementation.PYARROW: "arrow",
    nw.Implementation.POLARS: "polars",
    nw.Implementation.DUCKDB: "duckdb",
    nw.Implementation.PYSPARK: "spark",
    nw.Implementation.PYSPARK_CONNECT: "spark",
}


def engine_for(table: Any, *, where: str) -> Engine:
    """Find the engine of a table.

    Parameters
    ----------
    table
        A frame of a supported engine.
    where
        What the table is called in an error.

    Raises
    ------
    SchemaError
        If it is no table, of an engine that is not supported, or its column names repeat.

    Examples
    --------
    >>> engine_for([1, 2], where="transactions")
    Traceback (most recent call last):
    crmrisk.core.errors.SchemaError: transactions: not a table; allowed: pandas, polars, pyarrow, ...
    """
    frame = _wrapped(table, where)
    if not isinstance(frame, nw.DataFrame | nw.LazyFrame) or frame.implementation not in _MODULES:
        raise SchemaError(
            Problem(
                what="not a table",
                where=where,
                allowed="pandas, polars, pyarrow, a DuckDB relation or a Spark frame",
                got=f"{type(table).__module__}.{type(table).__qualname__}",
                remedy="convert it, for instance with .to_arrow() or .to_pandas()",
            )
        )
    module = import_module(f"crmrisk.evidence.engines.{_MODULES[frame.implementation]}")
    engine: Engine = module.engine_of(nw.to_native(frame))
    return engine


def _wrapped(table: Any, where: str) -> Any:
    try:
        return nw.from_native(nw.to_native(table, pass_through=True), pass_through=True)
    except nw.exceptions.NarwhalsError as error:
        got = " ".join(str(error).split())
        raise SchemaError(Problem(what="not a usable table", where=where, got=got)) from None
