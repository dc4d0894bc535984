"""Transactions in memory: one sort brings each customer's purchase days together, running sums do the rest.

Numbers are added in the order of the records, so that records of other customers cannot change a customer's last bits.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

if TYPE_CHECKING:
    from crmrisk.core.arrays import BoolArray, FloatArray, IntArray

__all__ = ["purchases_of", "sorted_rows"]

_BITS = 62


def purchases_of(table: pa.Table) -> pa.Table:
    """Reduce transactions to one row per customer.

    Parameters
    ----------
    table
        ``customer_id``, ``at_day`` and ``amount``.

    Returns
    -------
    ``customer_id``, ``days``, ``first_day``, ``last_day``, ``repeat_spend``, ``total_spend``, ``refunds``; null where
    a customer has no purchase.

    Examples
    --------
    >>> records = pa.table({"customer_id": [7, 7, 7], "at_day": [5, 9, 9], "amount": [3.0, 2.0, 4.0]})
    >>> purchases_of(records).select(["days", "first_day", "repeat_spend", "total_spend"]).to_pylist()
    [{'days': 2, 'first_day': 5, 'repeat_spend': 6.0, 'total_spend': 9.0}]
    """
    codes, customers = _encoded(table.column("customer_id"))
    day = table.column("at_day").to_numpy()
    amount = pc.fill_null(table.column("amount"), 0.0).to_numpy()
    refunds = amount < 0
    given_back = np.bincount(codes[refunds], weights=-amount[refunds], minlength=len(customers))
    bought = amount > 0
    everything = bool(bought.all())
    columns = (codes, day, amount) if everything else (codes[bought], day[bought], amount[bought])
    reduced = _reduce(*columns, n_customers=len(customers))
    return pa.table({"customer_id": customers, **reduced, "refunds": given_back})


def _encoded(ids: pa.ChunkedArray) -> tuple[IntArray, pa.Array]:
    """Give the customers numbers, in order of appearance."""
    encoded = ids.dictionary_encode().unify_dictionaries()
    if not encoded.num_chunks:
        return np.zeros(0, dtype=np.int64), pa.array([], ids.type)
    codes = np.concatenate([chunk.indices.to_numpy() for chunk in encoded.chunks])
    return codes.astype(np.int64), encoded.chunk(0).dictionary


def sorted_rows(codes: IntArray, day: IntArray) -> IntArray:
    """Order rows by customer, day and position.

    Parameters
    ----------
    codes
        Numbers of customers from 0, ``(n_records,)``.
    day
        Day numbers, ``(n_records,)``.

    Returns
    -------
    Positions, ``(n_records,)``.

    Examples
    --------
    >>> sorted_rows(np.array([1, 0, 1]), np.array([4, 9, 3]))
    array([1, 2, 0])
    """
    if not len(codes):
        return np.zeros(0, dtype=np.int64)
    since = day.astype(np.int64) - int(day.min())
    for_day, for_row = int(since.max()).bit_length(), len(codes).bit_length()
    if int(codes.max()).bit_length() + for_day + for_row > _BITS:
        return np.lexsort((since, codes))
    key = (((codes << for_day) | since) << for_row) | np.arange(len(codes))  # numpy sorts plain integers fastest
    key.sort()
    return key & ((1 << for_row) - 1)


def _reduce(codes: IntArray, day: IntArray, amount: FloatArray, *, n_customers: int) -> dict[str, pa.Array]:
    order = sorted_rows(codes, day)
    codes, day = codes[order], day[order].astype(np.int64)
    new_customer = _starts(codes)
    days = np.flatnonzero(new_customer | _starts(day))
    spend = np.add.reduceat(amount[order], days) if len(days) else amount[:0]
    firsts = np.flatnonzero(new_customer[days])
    lasts = np.append(firsts[1:], len(days)) - 1 if len(firsts) else firsts
    total = np.add.reduceat(spend, firsts) if len(firsts) else spend
    spend[firsts] = 0.0
    repeat = np.add.reduceat(spend, firsts) if len(firsts) else spend
    found = {
        "days": lasts - firsts + 1,
        "first_day": day[days[firsts]],
        "last_day": day[days[lasts]],
        "repeat_spend": repeat,
        "total_spend": total,
    }
    return {name: _spread(values, codes[days[firsts]], n_customers) for name, values in found.items()}


def _starts(values: IntArray) -> BoolArray:
    return np.append(True, values[1:] != values[:-1])[: len(values)]


def _spread(values: IntArray | FloatArray, codes: IntArray, n_customers: int) -> pa.Array:
    spread, missing = np.zeros(n_customers, values.dtype), np.ones(n_customers, dtype=np.bool_)
    spread[codes], missing[codes] = values, False
    return pa.array(spread, mask=missing)
