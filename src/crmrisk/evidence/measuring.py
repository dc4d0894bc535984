"""Measuring data quality: a few passes over each table, in its engine; nothing here refuses bad records."""

from __future__ import annotations

from functools import reduce
from operator import or_
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import narwhals.stable.v2 as nw
import pyarrow as pa
import pyarrow.compute as pc

from crmrisk.evidence.asking import answer
from crmrisk.evidence.checks import duplicate_customers
from crmrisk.evidence.content import counted, one_row
from crmrisk.evidence.facts import known
from crmrisk.evidence.moments import DAY, instant_of, microseconds
from crmrisk.evidence.observing import latest_recorded
from crmrisk.evidence.quality import QualityReport, TableQuality
from crmrisk.evidence.schemas import CUSTOMERS, ColumnType

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from crmrisk.evidence.tables import Table

__all__ = ["report_on"]

_ORDERS = {
    "complaints": (("opened_at", "closed_at"),),
    "service": (("at", "answered_at"), ("at", "resolved_at"), ("answered_at", "resolved_at")),
    "incidents": (("occurred_at", "detected_at"),),
}
"""Times that follow each other; a payment may be made before it is due."""


def report_on(tables: Mapping[str, Table], as_of: datetime) -> QualityReport:
    """Measure the quality of every table.

    Parameters
    ----------
    tables
        All tables.
    as_of
        What counts as later.

    Examples
    --------
    >>> from datetime import datetime
    >>> from crmrisk.evidence.tables import read_tables
    >>> tables = read_tables({"customers": pa.table({"customer_id": ["a", "a", None]})}, {})
    >>> report_on(tables, datetime(2026, 1, 31))["customers"].duplicate_customers
    1
    """
    listed = _identifiers(tables["customers"].frame) if "customers" in tables else None
    return QualityReport(as_of, tuple(_quality(table, as_of, listed) for table in tables.values()))


def _quality(table: Table, as_of: datetime, listed: pa.Array | None) -> TableQuality:
    moment, recorded = microseconds(as_of), latest_recorded(table)
    content, facts = table.content, table.schema is not CUSTOMERS
    at_hand = known(table, moment) if facts else _begun(table, moment)
    size = one_row(
        at_hand, where=table.name, known=nw.len(), **({"latest": nw.col(table.schema.time).max()} if facts else {})
    )
    latest = size.get("latest")
    return TableQuality(
        table=table.name,
        rows=content.rows,
        known=size["known"] or 0,
        later=_later(table, moment),
        unidentified=content.unidentified,
        undated=content.undated if facts else 0,
        missing=_missing(table),
        infinite=MappingProxyType({name: count for name, count in content.infinite.items() if count}),
        duplicate_rows=_duplicate_rows(table, content.rows),
        duplicate_customers=None if facts else one_row(duplicate_customers(table), where=table.name, n=nw.len())["n"],
        disordered=_disordered(table),
        unlisted=None if listed is None or not facts else _unlisted(at_hand, listed),
        latest_age=None if latest is None else (moment - latest) / DAY,
        latest=None if recorded is None else instant_of(recorded, None).replace(tzinfo=as_of.tzinfo),
        ignored=MappingProxyType(dict(table.ignored)),
        **_signs(table),
    )


def _begun(customers: Table, moment: int) -> nw.LazyFrame[Any]:
    identified = customers.frame.filter(~nw.col("customer_id").is_null())
    since = nw.col("since")
    return identified.filter(since.is_null() | (since <= moment)) if customers.has("since") else identified


def _later(table: Table, moment: int) -> int:
    """Count the records that happened later, or were revealed later."""
    times = [name for name in (table.schema.time, table.schema.revealed) if name is not None and table.has(name)]
    if not times:
        return 0
    return (
        one_row(table.frame, where=table.name, n=counted(reduce(or_, (nw.col(name) > moment for name in times))))["n"]
        or 0
    )


def _counts(table: Table, conditions: Mapping[str, nw.Expr]) -> dict[str, int]:
    """Count the records that meet each condition, in one pass."""
    if not conditions:
        return {}
    found = one_row(
        table.frame, where=table.name, **{f"n{place}": counted(each) for place, each in enumerate(conditions.values())}
    )
    return {name: found[f"n{place}"] or 0 for place, name in enumerate(conditions)}


def _missing(table: Table) -> Mapping[str, int]:
    names = [name for name in table.kinds if name not in {"customer_id", table.schema.time, *table.schema.closings}]
    return MappingProxyType(
        _counts(table, {name: nw.col(name).is_null() for name in names if name != table.schema.revealed})
    )


def _signs(table: Table) -> dict[str, int]:
    if not table.has("amount"):
        return {}
    return _counts(table, {"refunds": nw.col("amount") < 0.0, "zero_amounts": nw.col("amount") == 0.0})


def _disordered(table: Table) -> Mapping[str, int]:
    pairs = [pair for pair in _ORDERS.get(table.name, ()) if all(map(table.has, pair))]
    return MappingProxyType(_counts(table, {f"{b} before {a}": nw.col(b) < nw.col(a) for a, b in pairs}))


def _duplicate_rows(table: Table, rows: int) -> int:
    declared = {column.name: column.type for column in table.schema.columns}
    names = [name for name in table.kinds if declared.get(name) is not ColumnType.TAGS]
    distinct = table.frame.group_by(*names).agg(nw.len().alias("n"))
    return rows - (one_row(distinct, where=table.name, n=nw.len())["n"] or 0)


def _identifiers(frame: nw.LazyFrame[Any]) -> pa.Array:
    ids = frame.filter(~nw.col("customer_id").is_null()).group_by("customer_id").agg(nw.len().alias("n"))
    column = answer(ids.select("customer_id"), where="identifiers").column(0)
    return pa.concat_arrays(
        [chunk.cast(pa.large_string()) for chunk in column.chunks] or [pa.array([], pa.large_string())]
    )


def _unlisted(frame: nw.LazyFrame[Any], listed: pa.Array) -> int:
    strangers = pc.invert(pc.is_in(_identifiers(frame), value_set=listed))
    return int(pc.sum(strangers).as_py() or 0)
