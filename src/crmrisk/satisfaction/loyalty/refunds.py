"""Money that came in and money given back: what revenue is counted from.

Refunds are negative amounts. They reduce the period they occur in, whenever was bought what they give back: that is
when the money left, and the records rarely say which purchase was meant. They never make a customer active or lost.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal, NamedTuple, TypeAlias, get_args

import numpy as np

from crmrisk.core.arguments import check_choice
from crmrisk.core.errors import InvalidValueError, Problem
from crmrisk.satisfaction.loyalty.history import PurchaseHistory, purchase_history, purchases_and_refunds

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date, datetime

    from crmrisk.core.arrays import FloatArray, IntArray

__all__ = ["MoneyMoved", "RefundPolicy", "check_refunds", "money_moved", "without_remainders"]

RefundPolicy: TypeAlias = Literal["exclude", "net"]
"""Revenue gross of refunds, or refunds taken off the period they occur in."""

_REMAINDER = 1e-9  # of what was spent: less is the rounding of sums, not money


class MoneyMoved(NamedTuple):
    """Hold amounts by customer and day.

    Parameters
    ----------
    customer
        Whose they are, as a position in the history, ``(n_amounts,)``.
    day
        Days since 1970, ``(n_amounts,)``.
    amount
        What was spent, negative where it was given back [money], ``(n_amounts,)``.

    Examples
    --------
    >>> MoneyMoved(np.array([0]), np.array([20000]), np.array([-5.0])).amount
    array([-5.])
    """

    customer: IntArray
    day: IntArray
    amount: FloatArray


def check_refunds(refunds: str) -> None:
    """Refuse what is no policy.

    Parameters
    ----------
    refunds
        The policy.

    Raises
    ------
    InvalidValueError
        If there is no such policy.

    Examples
    --------
    >>> check_refunds("net")
    """
    check_choice(refunds, get_args(RefundPolicy), where="refunds", what="no such policy")


def money_moved(
    transactions: Any,
    at: Any = None,
    amount: Any = None,
    *,
    as_of: date | datetime,
    rename: Mapping[str, str] | None = None,
    refunds: RefundPolicy = "exclude",
) -> tuple[PurchaseHistory, MoneyMoved]:
    """Read who bought when, and the money that moved.

    Parameters
    ----------
    transactions, at, amount, as_of, rename
        As for `purchase_history`.
    refunds
        ``"exclude"`` leaves negative amounts out. With ``"net"`` they are among the money, but those of customers who
        did not buy up to ``as_of``.

    Raises
    ------
    InvalidValueError
        If there is no such policy, or refunds are asked of a history, which holds none.

    Examples
    --------
    >>> from datetime import date
    >>> when, how_much = ["2026-01-05", "2026-02-05"], [8.0, -3.0]
    >>> money_moved(["a", "a"], when, how_much, as_of=date(2026, 3, 1), refunds="net")[1].amount
    array([ 8., -3.])
    """
    check_refunds(refunds)
    if refunds == "exclude":
        history = purchase_history(transactions, at, amount, as_of=as_of, rename=rename)
        return history, MoneyMoved(history.customer, history.day, history.spend)
    if isinstance(transactions, PurchaseHistory):
        what, remedy = "a history of purchases holds no refunds", "pass the transactions"
        raise InvalidValueError(Problem(what=what, where="transactions", remedy=remedy))
    history, returned = purchases_and_refunds(transactions, at, amount, as_of=as_of, rename=rename)
    whose = history.places(returned.customer_id)[returned.customer]
    ours = whose >= 0
    return history, MoneyMoved(
        customer=np.append(history.customer, whose[ours]),
        day=np.append(history.day, returned.day[ours]),
        amount=np.append(history.spend, -returned.spend[ours]),
    )


def without_remainders(net: FloatArray, gross: FloatArray) -> FloatArray:
    """Take what is left where all was given back, but for the rounding of sums, for nothing.

    Parameters
    ----------
    net, gross
        Revenue with and without refunds [money], of one shape.

    Examples
    --------
    >>> without_remainders(np.array([0.1 + 0.2 - 0.3, 5.0]), np.array([0.3, 5.0]))
    array([0., 5.])
    """
    return np.where(np.abs(net) <= _REMAINDER * gross, 0.0, net)
