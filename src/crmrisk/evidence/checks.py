"""What may not be in the tables, checked before the first number is computed; every problem of every table at once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal, get_args

import narwhals.stable.v2 as nw

from crmrisk.core.errors import InvalidValueError, Problem, RecordError, SchemaError
from crmrisk.evidence.asking import answer
from crmrisk.evidence.schemas import CUSTOMERS

if TYPE_CHECKING:
    from collections.abc import Iterable

    from crmrisk.evidence.kinds import Kind
    from crmrisk.evidence.tables import Table

__all__ = ["Unidentified", "Unlisted", "check_policy", "check_records", "common_zone", "duplicate_customers"]

Unidentified = Literal["error", "exclude"]
"""What to do with records that name no customer."""

Unlisted = Literal["include", "exclude", "error"]
"""What to do with customers of whom there are records, but no row in ``customers``."""


def check_policy(name: str, value: str, allowed: object) -> None:
    """Check a setting against its literal type.

    Parameters
    ----------
    name, value
        The setting.
    allowed
        A ``Literal``.

    Raises
    ------
    InvalidValueError
        If the value is none of them.

    Examples
    --------
    >>> check_policy("unlisted", "include", Unlisted)
    """
    if not isinstance(value, str) or value not in get_args(allowed):
        names = ", ".join(map(repr, get_args(allowed)))
        raise InvalidValueError(
            Problem(what="unknown policy", where=f"Evidence.{name}", allowed=names, got=repr(value))
        )


def common_zone(tables: Iterable[Table]) -> Kind | None:
    """Find whether the timestamps are naive or aware.

    Parameters
    ----------
    tables
        All tables.

    Returns
    -------
    The kind they share; ``None`` where all times are dates.

    Raises
    ------
    SchemaError
        If some are naive and others aware.

    Examples
    --------
    >>> common_zone([]) is None
    True
    """
    zones = {f"{table.name}.{name}": kind for table in tables for name, kind in table.zones.items()}
    if len(set(zones.values())) < 2:
        return next(iter(zones.values()), None)
    raise SchemaError(
        Problem(
            what="naive and aware timestamps mixed",
            where="; ".join(f"{column}: {kind.value}" for column, kind in zones.items()),
            remedy="give all of them a time zone (tz_localize, replace_time_zone), or convert all to UTC and drop it",
        )
    )


def check_records(tables: Iterable[Table], *, unidentified: Unidentified) -> None:
    """Make the one pass over each table, and raise if its records contradict its declaration.

    Parameters
    ----------
    tables
        The tables to check.
    unidentified
        What to do with records without a customer.

    Raises
    ------
    RecordError
        If there are infinite numbers, impossible times, duplicate customers or, where that is an error, records without
        a customer; all of them are listed.

    Examples
    --------
    >>> import pyarrow as pa
    >>> from crmrisk.evidence.tables import read_tables
    >>> tables = read_tables({"customers": pa.table({"customer_id": ["a", "a"]})}, {})
    >>> check_records(tables.values(), unidentified="error")
    Traceback (most recent call last):
    crmrisk.core.errors.RecordError: customers.customer_id: 1 duplicate customer(s), for instance 'a'; ...
    """
    problems = [problem for table in tables for problem in _problems(table, unidentified)]
    if problems:
        raise RecordError(*problems)


def _problems(table: Table, unidentified: Unidentified) -> list[Problem]:
    found = table.content.problems(table.name)
    if unidentified == "error" and table.content.unidentified:
        found.append(
            Problem(
                what=f"{table.content.unidentified} of {table.content.rows} record(s) name no customer",
                where=f"{table.name}.customer_id",
                remedy='complete them, or pass unidentified="exclude" to leave them out and count them in quality()',
            )
        )
    return found + ([] if table.schema is not CUSTOMERS else _duplicates(table))


def duplicate_customers(table: Table) -> nw.LazyFrame[Any]:
    """Find the customers that have several rows.

    Parameters
    ----------
    table
        The table of customers.

    Examples
    --------
    >>> import pyarrow as pa
    >>> from crmrisk.evidence.tables import read_tables
    >>> tables = read_tables({"customers": pa.table({"customer_id": ["a", "a", "b"]})}, {})
    >>> duplicate_customers(tables["customers"]).collect("pyarrow").to_native()["rows"].to_pylist()
    [2]
    """
    rows = table.frame.filter(~nw.col("customer_id").is_null()).group_by("customer_id").agg(nw.len().alias("rows"))
    return rows.filter(nw.col("rows") > 1)


def _duplicates(table: Table) -> list[Problem]:
    summary = duplicate_customers(table).select(nw.len().alias("count"), nw.col("customer_id").min().alias("first"))
    (found,) = answer(summary, where="customers").to_pylist()
    if not found["count"]:
        return []
    what = f"{found['count']} duplicate customer(s), for instance {str(found['first'])!r}"
    return [Problem(what=what, where="customers.customer_id", remedy="keep one row per customer")]
