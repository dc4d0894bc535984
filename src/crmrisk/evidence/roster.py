"""Who is in a portfolio: the customers listed, those only facts know, and not those who came later."""

from __future__ import annotations

from typing import TYPE_CHECKING

import narwhals.stable.v2 as nw
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from crmrisk.core.errors import Problem, RecordError
from crmrisk.evidence.reading import collected, text_ids

if TYPE_CHECKING:
    from collections.abc import Sequence

    from crmrisk.evidence.checks import Unlisted
    from crmrisk.evidence.tables import Table

__all__ = ["as_ids", "listed_customers", "roster_of"]


def listed_customers(table: Table) -> pa.Table:
    """Collect the table of customers: ``customer_id`` as text, ``since``, tags and labels.

    Parameters
    ----------
    table
        The table of customers.

    Examples
    --------
    >>> from crmrisk.evidence.tables import read_tables
    >>> table = read_tables({"customers": pa.table({"customer_id": [1], "segment": ["gold"]})}, {})["customers"]
    >>> listed_customers(table).to_pylist()
    [{'customer_id': '1', 'segment': 'gold'}]
    """
    others = [name for name in table.kinds if name != "customer_id"]
    return collected(table.frame.filter(~nw.col("customer_id").is_null()).select(text_ids(table), *others))


def as_ids(column: pa.ChunkedArray) -> pa.Array:
    """Return identifiers as one array of large strings, so that every engine's compare.

    Parameters
    ----------
    column
        Text, from any engine.

    Examples
    --------
    >>> as_ids(pa.chunked_array([["a"], ["b"]])).to_pylist()
    ['a', 'b']
    """
    combined = column.cast(pa.large_string()).combine_chunks()
    return combined if isinstance(combined, pa.Array) else pa.concat_arrays(combined.chunks)


def roster_of(customers: pa.Table | None, seen: Sequence[pa.Array], moment: int, unlisted: Unlisted) -> pa.Array:
    """List the customers of a portfolio, sorted by identifier.

    Parameters
    ----------
    customers
        What `listed_customers` returns, or ``None`` where there is no such table.
    seen
        Identifiers of everyone of whom a record was known, from each table of facts; unique in each.
    moment
        Microseconds since 1970; customers whose ``since`` is later are not in the portfolio.
    unlisted
        What to do with customers without a row in `customers`.

    Raises
    ------
    RecordError
        If there are unlisted customers and that is an error, or identifiers begin or end with blanks.

    Examples
    --------
    >>> customers = pa.table({"customer_id": pa.array(["b"], pa.large_string())})
    >>> roster_of(customers, [pa.array(["a"], pa.large_string())], 0, "include").to_pylist()
    ['a', 'b']
    """
    if customers is None:
        return _sorted(_union(seen))
    everyone = as_ids(customers.column("customer_id"))
    begun = everyone.filter(_begun(customers, moment))
    if unlisted == "exclude":
        return _sorted(begun)
    strangers = _union([_others(ids, everyone) for ids in seen])
    if unlisted == "error" and len(strangers):
        raise RecordError(
            Problem(
                what=f"{len(strangers)} customer(s) of whom there are records are not in the table",
                where="customers",
                got=", ".join(map(repr, strangers.slice(0, 3).to_pylist())),
                remedy='list them, or pass unlisted="include" or "exclude"',
            )
        )
    return _sorted(_union([begun, strangers]))


def _others(ids: pa.Array, listed: pa.Array) -> pa.Array:
    return ids.filter(pc.invert(pc.is_in(ids, value_set=listed)))


def _begun(customers: pa.Table, moment: int) -> pa.Array:
    if "since" not in customers.column_names:
        return pa.array(np.ones(customers.num_rows, dtype=np.bool_))
    return pa.array(pc.fill_null(pc.less_equal(customers.column("since"), moment), fill_value=True).to_numpy())


def _union(parts: Sequence[pa.Array]) -> pa.Array:
    present = [part for part in parts if len(part)]
    if len(present) < 2:
        return present[0] if present else pa.array([], pa.large_string())
    return pc.unique(pa.concat_arrays(present))


def _sorted(ids: pa.Array) -> pa.Array:
    strange = ids.filter(pc.not_equal(pc.utf8_trim_whitespace(ids), ids))
    if len(strange):
        raise RecordError(
            Problem(
                what=f"{len(strange)} customer(s) whose identifier begins or ends with a blank",
                where="customer_id",
                got=", ".join(map(repr, strange.slice(0, 3).to_pylist())),
                remedy="strip the identifiers",
            )
        )
    return ids.take(pc.array_sort_indices(ids))
