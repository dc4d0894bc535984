"""From one row per customer of each summary to a portfolio: aligned by identifier, absent customers filled in."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import narwhals.stable.v2 as nw
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from crmrisk.core.portfolio import Portfolio
from crmrisk.evidence.reading import absent_values, derivations
from crmrisk.evidence.rows import Rows, aligned

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from crmrisk.core.arrays import FloatArray, ObjectArray
    from crmrisk.evidence.summaries import Summary

__all__ = ["Part", "assembled", "known_since"]

_NOT_LABELS = {"since", "tags"}


class Part(NamedTuple):
    """Hold what one summary found.

    Examples
    --------
    >>> from crmrisk.evidence import Incidents
    >>> rows = Rows(pa.array(["a"], pa.large_string()), pa.table({"incident_count": [1.0]}))
    >>> Part(Incidents(), rows).rows.ids[0].as_py()
    'a'
    """

    summary: Summary
    rows: Rows


def known_since(ids: pa.Array, customers: Rows | None, firsts: Sequence[Rows]) -> FloatArray:
    """Find since when each customer is known [microseconds since 1970]: as listed, or else from the first record.

    Parameters
    ----------
    ids
        The roster.
    customers
        The customers listed, or ``None``.
    firsts
        ``known_since`` from each table of facts.

    Examples
    --------
    >>> ids = pa.array(["a"], pa.large_string())
    >>> known_since(ids, None, [Rows(ids, pa.table({"known_since": [5]}))])
    array([5.])
    """
    earliest = np.full(len(ids), np.nan)
    for first in firsts:
        earliest = np.fmin(earliest, aligned(ids, first, {"known_since": np.nan})["known_since"])
    if customers is None or "since" not in customers.columns.column_names:
        return earliest
    since = aligned(ids, customers, {"since": np.nan})["since"]
    return np.where(np.isnan(since), earliest, since)


def assembled(
    as_of: datetime, ids: pa.Array, customers: Rows | None, parts: Sequence[Part], since: FloatArray | None
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
        columns |= aligned(ids, rows, absent_values(summary))
    derived = derivations([part.summary for part in parts], as_of)
    if derived and since is not None:
        columns |= _derived(columns, since, derived)
    units = {each.name: each.unit for part in parts for each in part.summary.inputs}
    return Portfolio(_objects(ids), as_of, columns, units=units, **_attributes(ids, customers))


def _derived(columns: dict[str, FloatArray], since: FloatArray, derived: list[nw.Expr]) -> dict[str, FloatArray]:
    joined = {name: pa.array(values, from_pandas=True) for name, values in (columns | {"known_since": since}).items()}
    table: pa.Table = nw.from_native(pa.table(joined)).select(*derived).to_native()
    return {name: pc.fill_null(table.column(name), np.nan).to_numpy() for name in table.column_names}


def _objects(column: pa.Array | pa.ChunkedArray) -> ObjectArray:
    objects: ObjectArray = column.to_numpy(zero_copy_only=False).astype(object, copy=False)
    return objects


def _attributes(ids: pa.Array, customers: Rows | None) -> dict[str, Any]:
    """Take what is said of the listed customers, in the order of the roster."""
    if customers is None:
        return {}
    same = ids.equals(customers.ids)
    taken = customers.columns if same else customers.columns.take(pc.index_in(ids, value_set=customers.ids))
    names = taken.column_names
    return {
        "labels": {name: _objects(_clean(taken.column(name))) for name in names if name not in _NOT_LABELS},
        "since": _since(taken.column("since")) if "since" in names else None,
        "tags": _tags(taken.column("tags")) if "tags" in names else None,
    }


def _clean(column: pa.ChunkedArray) -> pa.Array:
    """Strip names; a blank one is none."""
    text = pc.utf8_trim_whitespace(column.cast(pa.large_string()).combine_chunks())
    return pc.if_else(pc.equal(text, ""), pa.scalar(None, pa.large_string()), text)


def _since(column: pa.ChunkedArray) -> np.ndarray[Any, np.dtype[np.datetime64]]:
    moments: np.ndarray[Any, np.dtype[np.datetime64]] = column.cast(pa.int64()).cast(pa.timestamp("us")).to_numpy()
    return moments


def _tags(column: pa.ChunkedArray) -> list[tuple[str, ...]]:
    rows = (row.split(",") if isinstance(row, str) else row or () for row in column.to_pylist())
    return [tuple(tag.strip() for tag in row if tag and tag.strip()) for row in rows]
