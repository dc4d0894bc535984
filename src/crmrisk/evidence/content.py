"""What one pass over a table finds: how much is there, what is missing, what cannot be."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import narwhals.stable.v2 as nw

from crmrisk.core.errors import Problem
from crmrisk.evidence.asking import answer
from crmrisk.evidence.exactly import LARGEST
from crmrisk.evidence.kinds import FRACTIONAL, Kind
from crmrisk.evidence.schemas import ColumnType

if TYPE_CHECKING:
    from collections.abc import Mapping

    from crmrisk.evidence.schemas import TableSchema

__all__ = ["Content", "content_of", "counted", "one_row"]

_EARLIEST = -62_135_596_800_000_000
_LATEST = 253_402_300_799_999_999
"""The calendar of Python and of every engine: years 1 to 9999, in microseconds since 1970."""


@dataclass(frozen=True, slots=True)
class Content:
    """Hold what one pass over a table found.

    Parameters
    ----------
    rows
        Number of records.
    unidentified
        Records without a customer.
    fractional
        Records whose customer is a number with a fraction.
    undated
        Records without a time.
    missing, infinite
        Numbers and times that are missing, numbers that are infinite, by column.
    no_flags
        Flags that are neither true nor false, by column.
    earliest, latest
        The ends of each column of times [microseconds since 1970]; ``None`` where it is empty.

    Examples
    --------
    >>> Content(rows=3, unidentified=1).rows
    3
    """

    rows: int
    unidentified: int = 0
    fractional: int = 0
    undated: int = 0
    missing: Mapping[str, int] = field(default_factory=dict)
    infinite: Mapping[str, int] = field(default_factory=dict)
    no_flags: Mapping[str, int] = field(default_factory=dict)
    earliest: Mapping[str, int | None] = field(default_factory=dict)
    latest: Mapping[str, int | None] = field(default_factory=dict)

    def problems(self, table: str) -> list[Problem]:
        """List what no policy can excuse.

        Parameters
        ----------
        table
            The name of the table.

        Examples
        --------
        >>> print(Content(rows=3, infinite={"amount": 2}).problems("transactions")[0])
        transactions.amount: 2 infinite or immense value(s); allowed: finite numbers up to 1e18, null where unknown
        """
        return [
            *_counted(
                table, {"customer_id": self.fractional}, "customers that are no whole numbers", "17850 or 17850.0"
            ),
            *_counted(
                table, self.infinite, "infinite or immense value(s)", "finite numbers up to 1e18, null where unknown"
            ),
            *_counted(table, self.no_flags, "value(s) neither true nor false", "true, false, 1 or 0"),
            *self._outside_calendar(table),
        ]

    def _outside_calendar(self, table: str) -> list[Problem]:
        ends = {name: (first, self.latest[name]) for name, first in self.earliest.items()}
        return [
            Problem(what="times outside the calendar", where=f"{table}.{name}", allowed="years 1 to 9999")
            for name, (first, last) in ends.items()
            if first is not None and last is not None and (first < _EARLIEST or last > _LATEST)
        ]


def _counted(table: str, counts: Mapping[str, int], what: str, allowed: str) -> list[Problem]:
    return [Problem(what=f"{n} {what}", where=f"{table}.{name}", allowed=allowed) for name, n in counts.items() if n]


def content_of(frame: nw.LazyFrame[Any], schema: TableSchema, kinds: Mapping[str, Kind]) -> Content:
    """Make the pass.

    Parameters
    ----------
    frame
        A table under its declared names and types.
    schema
        What it declares.
    kinds
        What each column held in its engine.

    Examples
    --------
    >>> import pyarrow as pa
    >>> from crmrisk.evidence.schemas import schema_of
    >>> frame = nw.from_native(pa.table({"customer_id": ["a", None]})).lazy()
    >>> content_of(frame, schema_of("customers"), {"customer_id": Kind.TEXT}).unidentified
    1
    """
    found = one_row(frame, where=schema.name, rows=nw.len(), **_of_identifiers(kinds), **_of_columns(schema, kinds))
    groups: dict[str, dict[str, int | None]] = {
        "missing": {},
        "infinite": {},
        "no_flags": {},
        "earliest": {},
        "latest": {},
    }
    for key in [key for key in found if " " in key]:
        group, _, column = key.partition(" ")
        groups[group][column] = found[key]
    return Content(
        rows=found["rows"] or 0,
        unidentified=found["unidentified"] or 0,
        fractional=found.get("fractional") or 0,
        undated=groups["missing"].pop(schema.time, 0) or 0,
        missing=_counts(groups["missing"]),
        infinite=_counts(groups["infinite"]),
        no_flags=_counts(groups["no_flags"]),
        earliest=groups["earliest"],
        latest=groups["latest"],
    )


def _counts(found: Mapping[str, int | None]) -> dict[str, int]:
    return {name: count or 0 for name, count in found.items()}


def _of_identifiers(kinds: Mapping[str, Kind]) -> dict[str, nw.Expr]:
    nobody = nw.col("customer_id").is_null()
    if kinds["customer_id"] is not Kind.FLOAT:
        return {"unidentified": counted(nobody)}
    fractional = nw.col(FRACTIONAL)
    return {"unidentified": counted(nobody & ~fractional), "fractional": counted(fractional)}


def _of_columns(schema: TableSchema, kinds: Mapping[str, Kind]) -> dict[str, nw.Expr]:
    asked: dict[str, nw.Expr] = {}
    for column in schema.columns:
        if column.name in kinds:
            measures = _measures(column.type, nw.col(column.name), text=kinds[column.name] in _TEXTUAL)
            asked |= {f"{measure} {column.name}": expression for measure, expression in measures.items()}
    return asked


_TEXTUAL = {Kind.TEXT, Kind.NOTHING}


def _measures(kind: ColumnType, values: nw.Expr, *, text: bool) -> dict[str, nw.Expr]:
    if kind is ColumnType.TIME:
        return {"missing": counted(values.is_null()), "earliest": values.min(), "latest": values.max()}
    if kind is ColumnType.FLAG:
        return {"no_flags": counted((values != 0.0) & (values != 1.0))}
    if kind is ColumnType.NUMBER or (kind is ColumnType.VALUE and not text):
        return {
            "missing": counted(values.is_null()),
            "infinite": counted((values.abs() > LARGEST) if kind is ColumnType.NUMBER else ~values.is_finite()),
        }
    return {}


def counted(condition: nw.Expr) -> nw.Expr:
    """Count where a condition is met; Spark adds up numbers only.

    Parameters
    ----------
    condition
        A boolean expression; null counts as not met.

    Examples
    --------
    >>> import pyarrow as pa
    >>> one_row(nw.from_native(pa.table({"x": [1, None]})).lazy(), n=counted(nw.col("x").is_null()))
    {'n': 1}
    """
    return condition.cast(nw.Int64).sum()


def one_row(frame: nw.LazyFrame[Any], *, where: str = "table", **aggregations: nw.Expr) -> dict[str, int | None]:
    """Compute whole numbers about a frame in one pass, in its engine.

    Parameters
    ----------
    frame
        Any frame.
    where
        What it is called in an error.
    **aggregations
        Name to an aggregating expression.

    Examples
    --------
    >>> import pyarrow as pa
    >>> one_row(nw.from_native(pa.table({"x": [1, 2]})).lazy(), rows=nw.len(), most=nw.col("x").max())
    {'rows': 2, 'most': 2}
    """
    row = frame.select(*(aggregation.alias(name) for name, aggregation in aggregations.items()))
    values = answer(row, where=where).to_pylist()[0]
    return {name: None if value is None else int(value) for name, value in values.items()}
