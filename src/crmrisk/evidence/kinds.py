"""Which kind of values a column holds in its engine, and how each kind becomes what a table declares.

After this, the same facts are the same columns on every engine: identifiers are whole numbers or text, numbers are
floats in which a missing value is null and never NaN, text is text. Times are left to the engine.
"""

from __future__ import annotations

from enum import StrEnum

import narwhals.stable.v2 as nw

from crmrisk.core.arrays import LARGEST_COUNT
from crmrisk.core.errors import Problem
from crmrisk.evidence.schemas import ColumnType

__all__ = ["FRACTIONAL", "Kind", "canonical", "kind_of", "type_problem"]

FRACTIONAL = "_fractional_id"
"""The column that marks identifiers which are no whole numbers, where identifiers are floats."""


class Kind(StrEnum):
    """Name what a column holds in its engine.

    Examples
    --------
    >>> Kind("date")
    <Kind.DATE: 'date'>
    """

    INTEGER = "integer"
    LARGE_INTEGER = "large integer"
    FLOAT = "float"
    DECIMAL = "decimal"
    TEXT = "text"
    BOOLEAN = "boolean"
    NAIVE = "naive timestamp"
    AWARE = "aware timestamp"
    DATE = "date"
    LIST = "list"
    NOTHING = "nothing but nulls"
    OTHER = "other"


_NUMBERS = {Kind.INTEGER, Kind.LARGE_INTEGER, Kind.FLOAT, Kind.DECIMAL}
_ALLOWED = {
    ColumnType.ID: {Kind.INTEGER, Kind.LARGE_INTEGER, Kind.FLOAT, Kind.TEXT},
    ColumnType.TIME: {Kind.NAIVE, Kind.AWARE, Kind.DATE},
    ColumnType.NUMBER: _NUMBERS,
    ColumnType.TEXT: {Kind.TEXT, Kind.INTEGER},
    ColumnType.FLAG: {Kind.BOOLEAN, Kind.INTEGER, Kind.FLOAT},
    ColumnType.VALUE: {Kind.TEXT, Kind.BOOLEAN} | _NUMBERS,
    ColumnType.TAGS: {Kind.LIST, Kind.TEXT},
}
_REMEDIES = {
    ColumnType.ID: "convert the identifiers to text",
    ColumnType.TIME: "parse it first, e.g. pandas.to_datetime or polars str.to_datetime",
    ColumnType.NUMBER: "convert it first, e.g. pandas.to_numeric or polars cast(Float64)",
}


def kind_of(dtype: nw.dtypes.DType) -> Kind:
    """Classify a column by its narwhals type.

    Parameters
    ----------
    dtype
        The type of a column, in any engine.

    Examples
    --------
    >>> kind_of(nw.Int32())
    <Kind.INTEGER: 'integer'>
    """
    if isinstance(dtype, nw.Datetime):
        return Kind.NAIVE if dtype.time_zone is None else Kind.AWARE
    if dtype in {nw.Int128, nw.UInt128, nw.UInt64}:
        return Kind.LARGE_INTEGER
    tests = (
        (dtype.is_integer(), Kind.INTEGER),
        (dtype.is_float(), Kind.FLOAT),
        (dtype.is_decimal(), Kind.DECIMAL),
        (isinstance(dtype, nw.String | nw.Categorical | nw.Enum), Kind.TEXT),
        (dtype == nw.Boolean, Kind.BOOLEAN),
        (dtype == nw.Date, Kind.DATE),
        (isinstance(dtype, nw.List | nw.Array) and dtype.inner == nw.String, Kind.LIST),
    )
    return next((kind for matches, kind in tests if matches), Kind.OTHER)


def type_problem(where: str, column: ColumnType, kind: Kind, dtype: object) -> Problem | None:
    """Say what is wrong with the type of a column, if anything.

    Parameters
    ----------
    where
        Table and column.
    column
        What is declared.
    kind, dtype
        What it is.

    Examples
    --------
    >>> print(type_problem("transactions.amount", ColumnType.NUMBER, Kind.TEXT, nw.String()))
    transactions.amount: wrong type; allowed: numbers; got: text (String); remedy: convert it first, ...
    """
    if kind is Kind.NOTHING or kind in _ALLOWED[column]:
        return None
    return Problem(
        what="wrong type",
        where=where,
        allowed=column.described,
        got=f"{kind.value} ({dtype})",
        remedy=_REMEDIES.get(column, "convert it first"),
    )


def canonical(name: str, column: ColumnType, kind: Kind) -> list[nw.Expr]:
    """Write a column as the one type its declaration means.

    Parameters
    ----------
    name
        The column.
    column
        What is declared.
    kind
        What it is; allowed, as `type_problem` says.

    Returns
    -------
    Expressions to select; two for identifiers that are floats, whose second is `FRACTIONAL`.

    Examples
    --------
    >>> import pyarrow as pa
    >>> frame = nw.from_native(pa.table({"amount": [1.0, float("nan")]}))
    >>> frame.select(*canonical("amount", ColumnType.NUMBER, Kind.FLOAT))["amount"].to_list()
    [1.0, None]
    """
    source = nw.col(name)
    if column is ColumnType.ID:
        return _identifiers(name, kind)
    if column in {ColumnType.TIME, ColumnType.TAGS}:
        return [source]
    numeric = column in {ColumnType.NUMBER, ColumnType.FLAG} or kind in _NUMBERS | {Kind.BOOLEAN}
    return [_number(name, kind) if numeric and column is not ColumnType.TEXT else source.cast(nw.String)]


def _number(name: str, kind: Kind) -> nw.Expr:
    source = nw.col(name)
    if kind is Kind.BOOLEAN:
        return source.cast(nw.Int64).cast(nw.Float64)
    number = source.cast(nw.Float64)
    return nw.when(~number.is_nan()).then(number).alias(name) if kind is Kind.FLOAT else number


def _identifiers(name: str, kind: Kind) -> list[nw.Expr]:
    if kind is Kind.INTEGER:
        return [nw.col(name).cast(nw.Int64)]
    if kind is Kind.FLOAT:
        number = nw.col(name).cast(nw.Float64)
        whole = (number % 1.0 == 0.0) & (number.abs() < LARGEST_COUNT)
        identifiers = nw.when(whole).then(number).cast(nw.Int64).alias(name)
        return [identifiers, (~whole & ~number.is_nan()).fill_null(value=False).alias(FRACTIONAL)]
    text = nw.col(name).cast(nw.String)
    return [nw.when(text != "").then(text).alias(name)]
