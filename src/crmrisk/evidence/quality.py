"""Data quality in its five usual dimensions: completeness, validity, uniqueness, timeliness, consistency."""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from html import escape
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from crmrisk.core.errors import Problem, SchemaError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import datetime

    import pandas as pd

__all__ = ["DIMENSIONS", "QualityReport", "TableQuality"]

DIMENSIONS: dict[str, tuple[str, ...]] = {
    "completeness": ("unidentified", "undated", "missing"),
    "validity": ("infinite", "refunds", "zero_amounts"),
    "uniqueness": ("duplicate_rows", "duplicate_customers"),
    "timeliness": ("later", "latest_age"),
    "consistency": ("disordered", "unlisted"),
}
"""Dimension to the fields of `TableQuality` that measure it."""


@dataclass(frozen=True, kw_only=True, slots=True)
class TableQuality:
    """Count what is wrong with one table, or merely worth knowing.

    Parameters
    ----------
    table
        Its name.
    rows
        Records in the table.
    known
        Records known at ``as_of``: of an identified customer, with a time that is not later.
    later
        Records after ``as_of``; no portfolio sees them.
    unidentified
        Records that name no customer.
    undated
        Records without a time; they cannot be placed and are left out.
    missing
        Missing values (null or NaN) by column, of every declared column the table has beside customer and time.
    infinite
        Infinite numbers, by column.
    refunds, zero_amounts
        Records with a negative amount (refund, cancellation, credit note) and with an amount of zero; ``None`` where
        the table has no amounts.
    duplicate_rows
        Records that repeat another one in every declared column.
    duplicate_customers
        Customers with several rows; ``None`` but for ``customers``.
    disordered
        Records whose times are out of order, for instance closed before opened.
    unlisted
        Customers known at ``as_of`` without a row in ``customers``; ``None`` where there is no such table.
    latest_age
        From the latest known record to ``as_of`` [day]; ``None`` where none is known.
    ignored
        The caller's columns that are not read, and the optional column each may have been meant for.
    latest
        The latest time the table records, `as_of` or not: as far as it was observed; due times are plans and do not
        count. One far in the future is a typing error that lets outcomes be asked for a time nobody observed.

    Examples
    --------
    >>> TableQuality(table="surveys", rows=3, known=2, later=1).later
    1
    """

    table: str
    rows: int
    known: int
    later: int = 0
    unidentified: int = 0
    undated: int = 0
    missing: Mapping[str, int] = field(default_factory=lambda: MappingProxyType({}))
    infinite: Mapping[str, int] = field(default_factory=lambda: MappingProxyType({}))
    refunds: int | None = None
    zero_amounts: int | None = None
    duplicate_rows: int = 0
    duplicate_customers: int | None = None
    disordered: Mapping[str, int] = field(default_factory=lambda: MappingProxyType({}))
    unlisted: int | None = None
    latest_age: float | None = None
    latest: datetime | None = None
    ignored: Mapping[str, str | None] = field(default_factory=lambda: MappingProxyType({}))

    @property
    def missing_amounts(self) -> int:
        """Records whose amount is null or NaN: excluded from sums."""
        return self.missing.get("amount", 0)

    def findings(self, dimension: str) -> dict[str, float]:
        """Return what one dimension measures, without what is zero or does not apply.

        Parameters
        ----------
        dimension
            One of `DIMENSIONS`.

        Examples
        --------
        >>> TableQuality(table="surveys", rows=3, known=2, missing={"score": 1}).findings("completeness")
        {'missing score': 1}
        """
        return dict(_flat((name, getattr(self, name)) for name in DIMENSIONS[dimension]))


def _flat(items: Iterator[tuple[str, Any]]) -> Iterator[tuple[str, float]]:
    for name, value in items:
        parts = {name: value} if isinstance(value, int | float | None) else {f"{name} {k}": v for k, v in value.items()}
        yield from ((key.replace("_", " ") if key == name else key, count) for key, count in parts.items() if count)


@dataclass(frozen=True, slots=True)
class QualityReport:
    """Report how complete, valid, unique, timely and consistent the facts are.

    Parameters
    ----------
    as_of
        What counts as later.
    tables
        One report per table.

    Examples
    --------
    >>> from datetime import datetime
    >>> report = QualityReport(datetime(2026, 1, 31), (TableQuality(table="surveys", rows=3, known=2, later=1),))
    >>> print(report)
    Data quality as of 2026-01-31T00:00:00
    surveys: 3 records, 2 known
      timeliness: later 1
    """

    as_of: datetime
    tables: tuple[TableQuality, ...]

    def __getitem__(self, table: str) -> TableQuality:
        """Return the report of one table."""
        found = next((each for each in self.tables if each.table == table), None)
        if found is None:
            given = ", ".join(each.table for each in self.tables)
            raise SchemaError(Problem(what="no such table in this report", where=repr(table), allowed=given))
        return found

    def __str__(self) -> str:
        return "\n".join([f"Data quality as of {self.as_of.isoformat()}", *(_lines(each) for each in self.tables)])

    def _repr_html_(self) -> str:
        return f"<pre>{escape(str(self))}</pre>"

    def frame(self) -> pd.DataFrame:
        """Return a pandas table, one row per table and count.

        Examples
        --------
        >>> from datetime import datetime
        >>> report = QualityReport(datetime(2026, 1, 31), (TableQuality(table="surveys", rows=3, known=2, later=1),))
        >>> report.frame().query("measure == 'later'").to_dict("records")
        [{'table': 'surveys', 'dimension': 'timeliness', 'measure': 'later', 'value': 1.0}]
        """
        import pandas as pd  # noqa: PLC0415 - a heavy import that only this call needs

        rows = [row for each in self.tables for row in _records(each)]
        return pd.DataFrame(rows, columns=["table", "dimension", "measure", "value"])


_DIMENSION_OF = {name: dimension for dimension, names in DIMENSIONS.items() for name in names}


def _records(quality: TableQuality) -> Iterator[tuple[str, str, str, float]]:
    for each in fields(quality):
        value = getattr(quality, each.name)
        if each.name in {"table", "latest", "ignored"} or value is None:
            continue
        dimension = _DIMENSION_OF.get(each.name, "size")
        parts = (
            {each.name: value} if isinstance(value, int | float) else {f"{each.name} {k}": v for k, v in value.items()}
        )
        yield from ((quality.table, dimension, measure, float(count)) for measure, count in parts.items())


_UNITS = {"latest age": " day"}
"""What is measured, and no count of records."""


def _lines(quality: TableQuality) -> str:
    until = "" if quality.latest is None else f", the latest of {quality.latest.isoformat()}"
    head = f"{quality.table}: {quality.rows:,} records, {quality.known:,} known{until}"
    found = {dimension: quality.findings(dimension) for dimension in DIMENSIONS}
    lines = (
        f"  {name}: " + ", ".join(f"{k} {v:,g}{_UNITS.get(k, '')}" for k, v in counts.items())
        for name, counts in found.items()
        if counts
    )
    return "\n".join([head, *lines, *_ignored(quality)])


def _ignored(quality: TableQuality) -> list[str]:
    hints = (f"{name} (did you mean {hint}?)" if hint else name for name, hint in quality.ignored.items())
    return [f"  columns not read: {', '.join(hints)}"] if quality.ignored else []
