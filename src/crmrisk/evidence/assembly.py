"""From one row per customer of each summary to a portfolio: aligned by identifier, absent customers filled in."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import narwhals.stable.v2 as nw
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from crmrisk.core.errors import Problem, RecordError
from crmrisk.core.portfolio import Portfolio
from crmrisk.evidence.reading import absent_values, derivations
from crmrisk.evidence.roster import as_ids

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from crmrisk.core.arrays import FloatArray, IntArray, ObjectArray
    from crmrisk.evidence.summaries import Summary

__all__ = ["Part", "aligned", "assembled", "known_since"]

_NOT_LABELS = {"customer_id", "since", "since_day", "tags"}


class Part(NamedTuple):
    """Hold what one summary found.

    Examples
    --------
    >>> from crmrisk.evidence import Incidents
    >>> Part(Incidents(), pa.table({"customer_id": ["a"], "incident_count": [1.0]})).rows.num_rows
    1
    """

    summary: Summary
    rows: pa.Table


def _positions(ids: pa.Array, keys: pa.Array) -> IntArray:
    """Find each customer's row, -1 where there is none."""
    return pc.fill_null(pc.index_in(ids, value_set=keys), -1).to_numpy(zero_copy_only=False)


def aligned(
    ids: pa.Array, keys: pa.Array, columns: Mapping[str, tuple[pa.ChunkedArray, float]]
) -> dict[str, FloatArray]:
    """Put columns into the order of a roster.

    Parameters
    ----------
    ids
        The roster.
    keys
        The identifiers of the columns' rows.
    columns
        Name to numbers and the value of customers without a row.

    Raises
    ------
    RecordError
        If an identifier has several rows.

    Examples
    --------
    >>> ids, keys = pa.array(["a", "b"]), pa.array(["b"])
    >>> aligned(ids, keys, {"x": (pa.chunked_array([[2.0]]), 0.0)})
    {'x': array([0., 2.])}
    """
    repeated = len(keys) - len(pc.unique(keys))
    if repeated:
        raise RecordError(Problem(what=f"{repeated} customer(s) with several rows", where=", ".join(columns)))
    rows = _positions(ids, keys)
    here = rows >= 0
    found = {}
    for name, (column, absent) in columns.items():
        values = pc.fill_null(column.cast(pa.float64()), np.nan).to_numpy()
        found[name] = values[rows] if here.all() else np.full(len(rows), absent)
        if not here.all():
            found[name][here] = values[rows[here]]
    return found


def known_since(ids: pa.Array, customers: pa.Table | None, firsts: Sequence[pa.Table]) -> FloatArray:
    """Find since when each customer is known [microseconds since 1970]: listed, or else the first record.

    Parameters
    ----------
    ids
        The roster.
    customers
        The customers listed, or ``None``.
    firsts
        ``customer_id`` and ``known_since`` from each table of facts.

    Examples
    --------
    >>> known_since(pa.array(["a"], pa.large_string()), None, [pa.table({"customer_id": ["a"], "known_since": [5]})])
    array([5.])
    """
    earliest = np.full(len(ids), np.nan)
    for first in firsts:
        column = {"known_since": (first.column("known_since"), np.nan)}
        earliest = np.fmin(earliest, aligned(ids, as_ids(first.column("customer_id")), column)["known_since"])
    if customers is None or "since" not in customers.column_names:
        return earliest
    column = {"since": (customers.column("since"), np.nan)}
    since = aligned(ids, as_ids(customers.column("customer_id")), column)["since"]
    return np.where(np.isnan(since), earliest, since)


def assembled(
    as_of: datetime, ids: pa.Array, customers: pa.Table | None, parts: Sequence[Part], since: FloatArray | None
) -> Portfolio:
    """Build the portfolio.

    Parameters
    ----------
    as_of
        Nothing later was known.
    ids
        The roster.
    customers
        The customers listed, or ``None``.
    parts
        What the summaries found.
    since
        What `known_since` found, where a summary derives from it.

    Raises
    ------
    PortfolioError
        If a summary yields what no portfolio holds, for instance infinity.

    Examples
    --------
    >>> from datetime import datetime
    >>> assembled(datetime(2026, 1, 31), pa.array(["a"], pa.large_string()), None, [], None).customer_id
    array(['a'], dtype=object)
    """
    columns: dict[str, FloatArray] = {}
    for summary, rows in parts:
        wanted = {name: (rows.column(name), absent) for name, absent in absent_values(summary).items()}
        columns |= aligned(ids, as_ids(rows.column("customer_id")), wanted)
    derived = derivations([part.summary for part in parts], as_of)
    if derived and since is not None:
        columns |= _derived(columns, since, derived)
    units = {each.name: each.unit for part in parts for each in part.summary.inputs}
    return Portfolio(_objects(ids), as_of, columns, units=units, **_attributes(ids, customers))


def _derived(columns: Mapping[str, FloatArray], since: FloatArray, derived: list[nw.Expr]) -> dict[str, FloatArray]:
    joined = {name: pa.array(values, from_pandas=True) for name, values in (columns | {"known_since": since}).items()}
    table: pa.Table = nw.from_native(pa.table(joined)).select(*derived).to_native()
    return {name: pc.fill_null(table.column(name), np.nan).to_numpy() for name in table.column_names}


def _objects(column: pa.Array) -> ObjectArray:
    return column.to_numpy(zero_copy_only=False).astype(object)


def _attributes(ids: pa.Array, customers: pa.Table | None) -> dict[str, Any]:
    """Take what is said of the listed customers, in the order of the roster."""
    if customers is None:
        return {}
    rows = pc.index_in(ids, value_set=as_ids(customers.column("customer_id")))
    taken = customers.select([name for name in customers.column_names if name != "customer_id"]).take(rows)
    labels = {name: _objects(_clean(taken.column(name))) for name in taken.column_names if name not in _NOT_LABELS}
    names = taken.column_names
    return {
        "labels": labels,
        "since": _since(taken.column("since")) if "since" in names else None,
        "tags": _tags(taken.column("tags")) if "tags" in names else None,
    }


def _clean(column: pa.ChunkedArray) -> pa.ChunkedArray:
    """Strip names; a blank one is none."""
    text = pc.utf8_trim_whitespace(column.cast(pa.large_string())).combine_chunks()
    return pc.if_else(pc.equal(text, ""), pa.scalar(None, pa.large_string()), text)


def _since(column: pa.ChunkedArray) -> np.ndarray[Any, np.dtype[np.datetime64]]:
    return column.cast(pa.int64()).cast(pa.timestamp("us")).to_numpy()


def _tags(column: pa.ChunkedArray) -> list[tuple[str, ...]]:
    rows = (row.split(",") if isinstance(row, str) else row or () for row in column.to_pylist())
    return [tuple(tag.strip() for tag in row if tag and tag.strip()) for row in rows]
