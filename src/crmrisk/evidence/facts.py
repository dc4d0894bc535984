"""What was known at a point in time: later records are left out, and what is closed later is still open."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import narwhals.stable.v2 as nw

from crmrisk.evidence.kinds import FRACTIONAL

if TYPE_CHECKING:
    from crmrisk.evidence.tables import Table

__all__ = ["known", "later"]


def known(table: Table, moment: int, *, revealed: bool = True) -> nw.LazyFrame[Any]:
    """Select the records that were known at a point in time.

    Parameters
    ----------
    table
        A table of facts.
    moment
        Microseconds since 1970; a record at exactly that moment is known.
    revealed
        Whether a record counts from when it was revealed (detected) or from when it happened.

    Returns
    -------
    Records of identified customers with a time; closing times after `moment` are null.

    Examples
    --------
    >>> import pyarrow as pa
    >>> from crmrisk.evidence.tables import read_tables
    >>> payments = pa.table({"customer_id": [1], "due_at": pa.array([5], pa.timestamp("us")), "amount": [1.0],
    ...     "paid_at": pa.array([9], pa.timestamp("us"))})
    >>> table = read_tables({"payments": payments}, {})["payments"]
    >>> known(table, 8).collect("pyarrow").to_native()["paid_at"].to_pylist()
    [None]
    """
    frame = table.frame.drop(FRACTIONAL) if FRACTIONAL in table.frame.collect_schema() else table.frame
    conditions = _conditions(table, moment)
    if revealed and table.schema.revealed is not None and table.has(table.schema.revealed):
        shown = nw.col(table.schema.revealed)
        conditions.append(shown.is_null() | (shown <= moment))
    if conditions:
        frame = frame.filter(*conditions)
    happened = [e for name in table.schema.closings if table.has(name) for e in _happened(name, moment)]
    return frame.with_columns(*happened) if happened else frame


def _conditions(table: Table, moment: int) -> list[nw.Expr]:
    """List what excludes records; facts in memory are known not to need some of it."""
    time = nw.col(table.schema.time)
    conditions = [~nw.col("customer_id").is_null(), time <= moment]
    if not table.engine.eager:
        return conditions
    content = table.content
    latest = content.latest[table.schema.time]
    needed = (content.unidentified > 0, content.undated > 0 or (latest is not None and latest > moment))
    return [condition for condition, need in zip(conditions, needed, strict=True) if need]


def _happened(name: str, moment: int) -> list[nw.Expr]:
    done = nw.when(nw.col(name) <= moment)
    return [done.then(nw.col(column)).alias(column) for column in (name, f"{name}_day")]


def later(table: Table, moment: int) -> nw.Expr:
    """Say which records happened after a point in time.

    Parameters
    ----------
    table
        A table of facts.
    moment
        Microseconds since 1970.

    Examples
    --------
    >>> import pyarrow as pa
    >>> from crmrisk.evidence.tables import read_tables
    >>> sales = pa.table({"customer_id": [1], "at": pa.array([5], pa.timestamp("us")), "amount": [1.0]})
    >>> table = read_tables({"transactions": sales}, {})["transactions"]
    >>> table.frame.filter(later(table, 4)).collect("pyarrow").shape[0]
    1
    """
    return nw.col(table.schema.time) > moment
