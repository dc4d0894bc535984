"""Who is in a portfolio: the customers listed, those only facts know, and not those who came later."""

from __future__ import annotations

from typing import TYPE_CHECKING

import narwhals.stable.v2 as nw
import pyarrow as pa
import pyarrow.compute as pc

from crmrisk.core.errors import Problem, RecordError
from crmrisk.evidence.rows import Rows, collected_rows, union_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from crmrisk.evidence.checks import Unlisted
    from crmrisk.evidence.tables import Table

__all__ = ["listed_customers", "roster_of"]


def listed_customers(table: Table) -> Rows:
    """Collect the table of customers with ``since``, tags and labels.

    Parameters
    ----------
    table
        The table of customers.

    Examples
    --------
    >>> from crmrisk.evidence.tables import read_tables
    >>> table = read_tables({"customers": pa.table({"customer_id": [1], "segment": ["gold"]})}, {})["customers"]
    >>> listed_customers(table).columns.to_pylist()
    [{'segment': 'gold'}]
    """
    return collected_rows(table.frame.filter(~nw.col("customer_id").is_null()).select(*table.kinds), where="customers")


def roster_of(customers: Rows | None, seen: Sequence[pa.Array], moment: int, unlisted: Unlisted) -> pa.Array:
    """List the customers of a portfolio, sorted by identifier.

    Parameters
    ----------
    customers
        What `listed_customers` returns, or ``None`` where there is no such table.
    seen
        Identifiers of everyone of whom a record was known, from each table of facts; sorted and unique in each.
    moment
        Microseconds since 1970; customers whose ``since`` is later are not in the portfolio.
    unlisted
        What to do with customers without a row in `customers`.

    Raises
    ------
    RecordError
        If there are unlisted customers and that is an error.

    Examples
    --------
    >>> customers = Rows(pa.array(["b"], pa.large_string()), pa.table({"since": [0]}))
    >>> roster_of(customers, [pa.array(["a"], pa.large_string())], 0, "include").to_pylist()
    ['a', 'b']
    """
    if customers is None:
        return union_of(list(seen))
    begun = _begun(customers, moment)
    if unlisted == "exclude":
        return begun
    strangers = union_of([_others(ids, customers.ids) for ids in seen])
    if unlisted == "error" and len(strangers):
        raise RecordError(
            Problem(
                what=f"{len(strangers)} customer(s) of whom there are records are not in the table",
                where="customers",
                got=", ".join(map(repr, strangers.slice(0, 3).to_pylist())),
                remedy='list them, or pass unlisted="include" or "exclude"',
            )
        )
    return union_of([begun, strangers])


def _others(ids: pa.Array, listed: pa.Array) -> pa.Array:
    return ids.slice(0, 0) if ids.equals(listed) else ids.filter(pc.invert(pc.is_in(ids, value_set=listed)))


def _begun(customers: Rows, moment: int) -> pa.Array:
    if "since" not in customers.columns.column_names:
        return customers.ids
    since = customers.columns.column("since").combine_chunks()
    return customers.ids.filter(pc.fill_null(pc.less_equal(since, moment), fill_value=True))
