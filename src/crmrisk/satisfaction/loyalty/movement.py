"""Revenue of two periods side by side, customer by customer: what revenue retention is estimated from."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from crmrisk.satisfaction.loyalty.exposure import whole_days
from crmrisk.satisfaction.loyalty.refunds import RefundPolicy, money_moved, without_remainders

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date, datetime, timedelta

    from crmrisk.core.arrays import BoolArray, FloatArray, ObjectArray
    from crmrisk.satisfaction.loyalty.refunds import MoneyMoved

__all__ = ["RevenueMovement", "revenue_movement"]


@dataclass(frozen=True, kw_only=True, eq=False)
class RevenueMovement:
    """Hold each customer's revenue in two periods that follow each other.

    Parameters
    ----------
    customer_id
        Who had revenue in either, ``(n_customers,)``.
    opening, closing
        Revenue in the first and in the second period [money], ``(n_customers,)``; below 0 where refunds are netted and
        more was given back than spent.
    start, end
        The first period begins the day after ``start``, the second ends on the day of ``end``.
    refunds
        Whether revenue is gross of refunds (``"exclude"``) or ``"net"`` of those of its period.

    Examples
    --------
    >>> from datetime import date, timedelta
    >>> moved = revenue_movement(["a", "a", "b"], ["2026-01-05", "2026-02-05", "2026-02-09"], [5.0, 8.0, 2.0],
    ...     as_of=date(2026, 3, 1), period=timedelta(days=30))
    >>> moved.opening, moved.closing
    (array([5., 0.]), array([8., 2.]))
    """

    customer_id: ObjectArray
    opening: FloatArray
    closing: FloatArray
    start: datetime
    end: datetime
    refunds: RefundPolicy = "exclude"

    def __repr__(self) -> str:
        moved = f"{len(self.customer_id):,} customers, {self.opening.sum():,.6g} to {self.closing.sum():,.6g}"
        return f"RevenueMovement({moved}, {self.start:%Y-%m-%d} to {self.end:%Y-%m-%d})"

    def __post_init__(self) -> None:
        for column in (self.customer_id, self.opening, self.closing):
            column.flags.writeable = False


def revenue_movement(
    transactions: Any,
    at: Any = None,
    amount: Any = None,
    *,
    as_of: date | datetime,
    period: timedelta,
    refunds: RefundPolicy = "exclude",
    rename: Mapping[str, str] | None = None,
) -> RevenueMovement:
    """Add up each customer's spend in the period up to ``as_of`` and in the one before it.

    Parameters
    ----------
    transactions, at, amount, as_of, rename
        As for `purchase_history`.
    period
        How long each is, in whole days.
    refunds
        ``"exclude"``: revenue is gross of refunds. ``"net"``: negative amounts reduce the period they occur in,
        whenever was bought what they give back; those of customers who did not buy so far are left out.

    Raises
    ------
    InvalidValueError
        If the period is no whole number of days, or there is no such policy.

    Examples
    --------
    >>> from datetime import date, timedelta
    >>> from crmrisk.satisfaction.loyalty.revenue import revenue_retention
    >>> moved = revenue_movement(["a", "a"], ["2026-01-05", "2026-02-05"], as_of=date(2026, 3, 1),
    ...     period=timedelta(days=30))
    >>> print(revenue_retention(moved).exposure)
    of 1 customers with revenue in the first period, after 2025-12-31 up to 2026-03-01
    """
    length = whole_days(period, where="period")
    history, money = money_moved(transactions, at, amount, as_of=as_of, rename=rename, refunds=refunds)
    closes, opens = history.today - length, history.today - 2 * length
    opening, closing = (
        _sums(money, (money.day > after) & (money.day <= until), len(history))
        for after, until in ((opens, closes), (closes, history.today))
    )
    seen = (opening != 0.0) | (closing != 0.0)
    start = history.as_of - 2 * period
    return RevenueMovement(
        customer_id=history.customer_id[seen],
        opening=opening[seen],
        closing=closing[seen],
        start=start,
        end=history.as_of,
        refunds=refunds,
    )


def _sums(money: MoneyMoved, used: BoolArray, customers: int) -> FloatArray:
    whose, amount = money.customer[used], money.amount[used]
    net, gross = (np.bincount(whose, each, minlength=customers).astype(np.float64) for each in (amount, np.abs(amount)))
    return without_remainders(net, gross)
