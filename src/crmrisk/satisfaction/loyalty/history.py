"""Purchase days out of transactions: the one table all figures of loyalty from transactions read.

What counts is decided as in `crmrisk.evidence.Purchases`: a purchase is a record with a positive amount; all purchases
of one day (in UTC where times are aware) are one; refunds, zero and missing amounts are none, and spend is gross of
them; records after ``as_of`` and records without a time are left out.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, cast

import narwhals.stable.v2 as nw
import numpy as np
import pyarrow as pa

from crmrisk.core.errors import InvalidValueError, Problem, RecordError
from crmrisk.evidence.asking import answer
from crmrisk.evidence.engines.sorting import sorted_rows
from crmrisk.evidence.exactly import part_names, parts, total
from crmrisk.evidence.facts import known
from crmrisk.evidence.moments import day_number, microseconds, moment_in
from crmrisk.evidence.rows import order_of
from crmrisk.satisfaction.answers import distinct_answers
from crmrisk.satisfaction.loyalty.reading import read_transactions

if TYPE_CHECKING:
    from datetime import date, datetime

    from numpy.typing import ArrayLike

    from crmrisk.core.arrays import BoolArray, FloatArray, IntArray, ObjectArray
    from crmrisk.evidence import Evidence
    from crmrisk.evidence.checks import Unidentified

__all__ = ["PurchaseHistory", "purchase_history", "purchases_and_refunds"]


@dataclass(frozen=True, kw_only=True, eq=False)
class PurchaseHistory:
    """Hold the purchase days of customers up to a point in time, sorted by customer and day.

    Parameters
    ----------
    customer_id
        Everyone who bought, sorted, ``(n_customers,)``.
    customer
        Whose purchase day it is, as a position in ``customer_id``, ``(n_purchases,)``.
    day
        Days since 1970, ``(n_purchases,)``.
    spend
        Positive amounts of the day, added up [money], ``(n_purchases,)``.
    as_of
        Up to when purchases were known.

    Examples
    --------
    >>> from datetime import datetime
    >>> history = purchase_history(["a", "b", "a"], ["2026-01-01", "2026-01-02", "2026-01-09"],
    ...     as_of=datetime(2026, 1, 31))
    >>> history
    PurchaseHistory(2 customers, 3 purchase days, up to 2026-01-31)
    """

    customer_id: ObjectArray
    customer: IntArray
    day: IntArray
    spend: FloatArray
    as_of: datetime

    def __post_init__(self) -> None:
        for column in (self.customer_id, self.customer, self.day, self.spend):
            column.flags.writeable = False

    def __repr__(self) -> str:
        counts = f"{len(self):,} customers, {self.day.size:,} purchase days"
        return f"{type(self).__name__}({counts}, up to {self.as_of:%Y-%m-%d})"

    def __len__(self) -> int:
        return self.customer_id.size

    @property
    def today(self) -> int:
        """The day of ``as_of`` since 1970."""
        return day_number(self.as_of)

    @cached_property
    def firsts(self) -> IntArray:
        """The position of each customer's first purchase day, ``(n_customers,)``."""
        return np.searchsorted(self.customer, np.arange(len(self)))

    @cached_property
    def lasts(self) -> IntArray:
        """The position of each customer's last purchase day, ``(n_customers,)``."""
        return np.append(self.firsts[1:], self.day.size)[: len(self)] - 1

    def places(self, customers: ObjectArray) -> IntArray:
        """Find customers in ``customer_id``, -1 for those who never bought.

        Parameters
        ----------
        customers
            Identifiers, ``(n,)``.

        Examples
        --------
        >>> from datetime import date
        >>> history = purchase_history(["a", "b"], ["2026-01-01"] * 2, as_of=date(2026, 1, 31))
        >>> history.places(np.array(["b", "c"], dtype=object))
        array([ 1, -1])
        """
        place = {customer: at for at, customer in enumerate(self.customer_id)}
        return np.array([place.get(customer, -1) for customer in customers], dtype=np.int64)

    def by_segment(self, segments: Mapping[Any, Any] | ArrayLike) -> dict[Any, PurchaseHistory]:
        """Split the history by groups of customers, so that any figure can be had group by group.

        Parameters
        ----------
        segments
            Customer to segment, or one segment per row of ``customer_id``. Customers whose segment is missing are in
            none.

        Raises
        ------
        RecordError
            If there is not one segment per customer, or no customer has one.

        Examples
        --------
        >>> from datetime import date
        >>> from crmrisk.satisfaction.loyalty import repeat_purchase_rate
        >>> when = date(2026, 1, 31)
        >>> history = purchase_history(["a", "a", "b"], ["2026-01-01", "2026-01-02", "2026-01-09"], as_of=when)
        >>> parts = history.by_segment({"a": "gold", "b": "basic"})
        >>> {name: repeat_purchase_rate(part, as_of=when).value for name, part in parts.items()}
        {'gold': 1.0, 'basic': 0.0}
        """
        column = segments
        if isinstance(segments, Mapping):
            found = {str(customer): segment for customer, segment in segments.items()}
            column = np.array([found.get(customer) for customer in self.customer_id], dtype=object)
        _, codes, names = distinct_answers(cast("ArrayLike", column), "segments")
        if codes.size != len(self) or not names:
            allowed, got = f"one for each of {len(self)} customers", f"{codes.size} with {len(names)} names"
            raise RecordError(Problem(what="no segments", where="segments", allowed=allowed, got=got))
        return {name: self._only(codes == code) for code, name in enumerate(names)}

    def _only(self, kept: BoolArray) -> PurchaseHistory:
        rows, place = kept[self.customer], np.cumsum(kept) - 1
        return PurchaseHistory(
            customer_id=self.customer_id[kept],
            customer=place[self.customer[rows]],
            day=self.day[rows],
            spend=self.spend[rows],
            as_of=self.as_of,
        )


def purchase_history(
    transactions: Any,
    at: Any = None,
    amount: Any = None,
    *,
    as_of: date | datetime,
    rename: Mapping[str, str] | None = None,
    unidentified: Unidentified = "error",
) -> PurchaseHistory:
    """Reduce transactions to purchase days, inside the caller's engine.

    Parameters
    ----------
    transactions
        A table of any engine with ``customer_id``, ``at`` and ``amount``; `crmrisk.Evidence`; a history that was made
        before; or, with ``at``, the column of customers.
    at, amount
        When and how much, where columns are passed; without amounts every record is a purchase.
    as_of
        Later records are not known. A date means its first moment: to include a whole day, pass the next one.
    rename
        The table's column names to the names above.
    unidentified
        What to do with records that name no customer: ``"error"``, or ``"exclude"``.

    Returns
    -------
    The history. Every function of this package that takes transactions takes it too, so that it is made once.

    Raises
    ------
    SchemaError
        If columns are missing, of the wrong type or of different lengths.
    RecordError
        If customers are missing, or nobody had bought by ``as_of``.
    InvalidValueError
        If ``as_of`` is naive where times are aware, or the other way round.

    Examples
    --------
    >>> from datetime import date
    >>> import pandas as pd
    >>> sales = pd.DataFrame({"who": [1, 1, 2], "at": pd.to_datetime(["2026-01-01"] * 2 + ["2026-01-05"]),
    ...     "amount": [5.0, 7.0, -3.0]})
    >>> purchase_history(sales, as_of=date(2026, 2, 1), rename={"who": "customer_id"}).spend
    array([12.])
    """
    if isinstance(transactions, PurchaseHistory):
        _check_as_of(transactions, as_of)
        return transactions
    evidence = read_transactions(transactions, at, amount, rename=rename, unidentified=unidentified)
    return _bought(evidence, moment_in(evidence.zone, as_of))


def purchases_and_refunds(
    transactions: Any,
    at: Any = None,
    amount: Any = None,
    *,
    as_of: date | datetime,
    rename: Mapping[str, str] | None = None,
) -> tuple[PurchaseHistory, PurchaseHistory]:
    """Reduce transactions to purchase days, and to days on which money was given back.

    Parameters
    ----------
    transactions, at, amount, as_of, rename
        As for `purchase_history`.

    Returns
    -------
    The history, and another one whose "spend" is what was given back, a positive amount.

    Raises
    ------
    SchemaError, RecordError, InvalidValueError
        As for `purchase_history`.

    Examples
    --------
    >>> from datetime import date
    >>> when = ["2026-01-01", "2026-01-09"]
    >>> bought, returned = purchases_and_refunds(["a", "a"], when, [8.0, -3.0], as_of=date(2026, 1, 31))
    >>> bought.spend, returned.spend
    (array([8.]), array([3.]))
    """
    evidence = read_transactions(transactions, at, amount, rename=rename)
    moment = moment_in(evidence.zone, as_of)
    returned = answer(_days(evidence, moment, refunds=True), where="transactions")
    return _bought(evidence, moment), _sorted(returned, moment)


def _bought(evidence: Evidence, moment: datetime) -> PurchaseHistory:
    days = answer(_days(evidence, moment), where="transactions")
    if not days.num_rows:
        got = f"up to {moment:%Y-%m-%d}"
        raise RecordError(Problem(what="nobody bought", where="transactions", allowed="positive amounts", got=got))
    return _sorted(days, moment)


def _check_as_of(history: PurchaseHistory, as_of: date | datetime) -> None:
    if moment_in(None, as_of).replace(tzinfo=history.as_of.tzinfo) != history.as_of:
        allowed = f"as of the history: {history.as_of}"
        raise InvalidValueError(
            Problem(
                what="another point in time", where="as_of", allowed=allowed, got=repr(as_of), remedy="make it anew"
            )
        )


def _days(evidence: Evidence, moment: datetime, *, refunds: bool = False) -> nw.LazyFrame[Any]:
    """Ask for what was bought (or given back) by customer and day; facts in memory are added up below, faster."""
    table = evidence.tables["transactions"]
    amount = 0.0 - nw.col("amount") if refunds else nw.col("amount")
    moved = known(table, microseconds(moment)).filter(amount > 0.0)
    by_day = moved.with_columns(nw.col("at_day").alias("day"), amount.alias("spend"))
    if table.engine.eager:
        return by_day.select("customer_id", "day", "spend")
    spends = parts(nw.col("spend"), "spend")  # whole numbers, so that engines that add in any order give the same bits
    daily = by_day.select("customer_id", "day", *spends).group_by("customer_id", "day")
    return daily.agg(*(nw.col(name).sum() for name in part_names("spend"))).select("customer_id", "day", total("spend"))


def _sorted(bought: pa.Table, moment: datetime) -> PurchaseHistory:
    encoded = bought.column("customer_id").combine_chunks().dictionary_encode()
    encoded = encoded.combine_chunks() if isinstance(encoded, pa.ChunkedArray) else encoded
    ids = encoded.dictionary.cast(pa.large_string())
    order = order_of(ids)
    rank = np.empty(len(ids), dtype=np.int64)
    rank[order] = np.arange(len(ids))
    customer, day = rank[encoded.indices.to_numpy()], bought.column("day").to_numpy().astype(np.int64)
    rows = sorted_rows(customer, day)
    customer, day, spend = customer[rows], day[rows], bought.column("spend").to_numpy()[rows]
    days = np.flatnonzero(np.append(True, (np.diff(customer) != 0) | (np.diff(day) != 0)))
    return PurchaseHistory(
        customer_id=ids.take(pa.array(order)).to_numpy(zero_copy_only=False),
        customer=customer[days],
        day=day[days],
        spend=np.add.reduceat(spend, days),
        as_of=moment,
    )
