"""Non-contractual churn: of the customers who were buying, the share that has fallen silent."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import numpy as np

from crmrisk.core.errors import InvalidValueError, Problem
from crmrisk.satisfaction.loyalty.exposure import Exposure, LoyaltyEstimate, loyalty_estimate, whole_days
from crmrisk.satisfaction.loyalty.history import purchase_history
from crmrisk.satisfaction.loyalty.inactivity import return_curve
from crmrisk.satisfaction.proportions import ProportionMethod, proportion

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date, datetime

    from crmrisk.core.arrays import IntArray
    from crmrisk.satisfaction.loyalty.history import PurchaseHistory

__all__ = ["noncontractual_churn"]

_NEVER = np.iinfo(np.int64).min


def noncontractual_churn(
    transactions: Any,
    at: Any = None,
    amount: Any = None,
    *,
    as_of: date | datetime,
    inactivity: timedelta | None = None,
    window: timedelta | None = None,
    method: ProportionMethod = "wilson",
    level: float = 0.95,
    rename: Mapping[str, str] | None = None,
) -> LoyaltyEstimate:
    """Estimate the share of active customers who were inactive at the end of a window.

    A customer is inactive on a day without a purchase on it or in the ``inactivity`` days up to it; at risk are those
    who had bought by the start of the window and were not inactive then. Who comes back before its end is not lost.

    Parameters
    ----------
    transactions, at, amount, as_of, rename
        As for `purchase_history`.
    inactivity
        How many days of silence count as lost, in whole days. By default the threshold after which no more than 5 %
        return, as `inactivity_threshold` finds it in the same purchases.
    window
        How long customers had to fall silent, in whole days; by default ``inactivity``.
    method, level
        Of the interval, as for `proportion`.

    Returns
    -------
    The share, in [0, 1]; ``None`` where nobody was active at the start.

    Raises
    ------
    InvalidValueError
        If a span is no whole number of days, or no threshold can be found.

    Examples
    --------
    >>> from datetime import date
    >>> who, when = ["a", "a", "b", "c"], ["2026-01-05", "2026-02-05", "2026-01-09", "2025-10-01"]
    >>> print(noncontractual_churn(who, when, as_of=date(2026, 2, 28), inactivity=timedelta(days=30)))
    non-contractual churn 0.5 [0.09453, 0.9055] (95 % wilson, n 2) of 2 customers active at the start \
(silent for at most 30 d), after 2026-01-29 up to 2026-02-28
    """
    history = purchase_history(transactions, at, amount, as_of=as_of, rename=rename)
    warnings: tuple[str, ...] = ()
    if inactivity is None:
        inactivity, warnings = _threshold(history)
    silent = whole_days(inactivity, where="inactivity")
    length = silent if window is None else whole_days(window, where="window")
    start = history.today - length
    active = _last_purchase(history, start) >= start - silent
    lost = active & (history.day[history.lasts] < history.today - silent)
    found = proportion(int(lost.sum()), int(active.sum()), method=method, level=level)
    who = f"customers active at the start (silent for at most {silent} d)"
    since = history.as_of - timedelta(days=length)
    exposure = Exposure(n_at_risk=int(active.sum()), cohort=who, start=since, end=history.as_of)
    return loyalty_estimate(found, "non-contractual churn", exposure, *warnings)


def _threshold(history: PurchaseHistory) -> tuple[timedelta, tuple[str, ...]]:
    found = return_curve(history, as_of=history.as_of).threshold()
    if found.value is None:
        remedy = "say how many days of silence count: inactivity=timedelta(days=90)"
        raise InvalidValueError(Problem(what="no threshold in these purchases", where="inactivity", remedy=remedy))
    return timedelta(days=max(1, int(found.value))), found.warnings


def _last_purchase(history: PurchaseHistory, day: int) -> IntArray:
    """Find each customer's last purchase day up to a day; before all of them where there was none."""
    known = history.day <= day
    last = np.full(len(history), _NEVER)
    last[history.customer[known]] = history.day[known]  # sorted by day: the last one written stays
    return last
