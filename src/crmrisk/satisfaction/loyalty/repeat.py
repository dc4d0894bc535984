"""Who buys again: the repeat purchase rate, and beside it the time to the second purchase.

The rate alone depends on how long customers were watched: recent ones had hardly a chance to come back. The
Kaplan-Meier curve beside it counts everyone for as long as they were seen.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any, Literal, TypeAlias, get_args

import numpy as np
from pydantic.dataclasses import dataclass

from crmrisk.core.arguments import check_choice
from crmrisk.core.errors import InvalidValueError, Problem
from crmrisk.core.model import VALUE
from crmrisk.satisfaction.loyalty.exposure import Exposure, LoyaltyEstimate, whole_days
from crmrisk.satisfaction.loyalty.history import purchase_history
from crmrisk.satisfaction.proportions import ProportionMethod, proportion
from crmrisk.satisfaction.survival import SurvivalCurve, kaplan_meier

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date, datetime

    from crmrisk.core.arrays import BoolArray, IntArray
    from crmrisk.satisfaction.loyalty.history import PurchaseHistory

__all__ = ["RepeatCohort", "RepeatPurchaseRate", "repeat_purchase_rate", "time_to_second_purchase"]

RepeatCohort: TypeAlias = Literal["all", "first"]
"""Everyone who bought in the window, or only those whose very first purchase is in it."""


@dataclass(frozen=True, kw_only=True, config=VALUE)
class RepeatPurchaseRate(LoyaltyEstimate):
    """Hold a repeat purchase rate, its exposure, and the time to the second purchase of the same customers.

    Parameters
    ----------
    time_to_second
        Kaplan-Meier of the days from the first purchase in the window to the next one, censored at its end; ``None``
        where nobody is in the cohort.

    Examples
    --------
    >>> from datetime import date
    >>> rate = repeat_purchase_rate(["a", "a", "b"], ["2026-01-01", "2026-01-11", "2026-01-05"], as_of=date(2026, 2, 1))
    >>> print(rate)
    repeat purchase rate 0.5 [0.09453, 0.9055] (95 % wilson, n 2) of 2 customers who bought, up to 2026-02-01
    >>> print(rate.time_to_second.incidence_at(20))
    0.5 [0.08959, 0.994] (95 % kaplan-meier log-log, n 2)
    >>> RepeatPurchaseRate.from_json(rate.to_json()) == rate
    True
    """

    time_to_second: SurvivalCurve | None


def repeat_purchase_rate(
    transactions: Any,
    at: Any = None,
    amount: Any = None,
    *,
    as_of: date | datetime,
    window: timedelta | None = None,
    cohort: RepeatCohort = "all",
    minimum_exposure: timedelta = timedelta(0),
    method: ProportionMethod = "wilson",
    level: float = 0.95,
    rename: Mapping[str, str] | None = None,
) -> RepeatPurchaseRate:
    """Estimate the share of customers who bought on at least two days, of those who bought at all.

    Parameters
    ----------
    transactions, at, amount, as_of, rename
        As for `purchase_history`.
    window
        How far back purchases count, in whole days up to and including the day of ``as_of``; by default everything.
    cohort
        ``"all"`` who bought in the window, or ``"first"``: only those who had never bought before it.
    minimum_exposure
        Leave out whose first purchase in the window is more recent than this many days before ``as_of``.
    method, level
        Of the interval, as for `proportion`.

    Returns
    -------
    The rate, in [0, 1]; ``None`` where nobody is in the cohort. A warning says where customers were watched for very
    different times: set a minimum exposure then, or read ``time_to_second`` at the time you mean.

    Raises
    ------
    InvalidValueError
        If a span is no whole number of days, or cohort, method or level are not valid.

    Examples
    --------
    >>> from datetime import date
    >>> who, when = ["a", "a", "b", "c"], ["2026-01-01", "2026-01-11", "2026-01-05", "2026-01-30"]
    >>> rate = repeat_purchase_rate(who, when, as_of=date(2026, 2, 1), minimum_exposure=timedelta(days=14))
    >>> rate.value, rate.exposure.n_at_risk, str(rate.exposure)
    (0.5, 2.0, 'of 2 customers who bought, up to 2026-02-01, each watched for at least 14 d')
    """
    history = purchase_history(transactions, at, amount, as_of=as_of, rename=rename)
    first, second = _first_and_second(history, window, cohort, minimum_exposure)
    watched, again = history.today - first, second >= 0
    found = proportion(int(again.sum()), first.size, method=method, level=level)
    return RepeatPurchaseRate(
        **{name: getattr(found, name) for name in type(found).__dataclass_fields__ if name != "warnings"},
        warnings=(*found.warnings, *_uneven(watched)),
        quantity="repeat purchase rate",
        exposure=_exposure(history, window, cohort, minimum_exposure, first.size),
        time_to_second=_until_second(history, first, second, level) if first.size else None,
    )


def time_to_second_purchase(
    transactions: Any,
    at: Any = None,
    amount: Any = None,
    *,
    as_of: date | datetime,
    window: timedelta | None = None,
    cohort: RepeatCohort = "first",
    level: float = 0.95,
    rename: Mapping[str, str] | None = None,
) -> SurvivalCurve:
    """Estimate how many days pass from a customer's first purchase to the second, counting who has not bought again.

    Parameters
    ----------
    transactions, at, amount, as_of, window, cohort, level, rename
        As for `repeat_purchase_rate`.

    Returns
    -------
    The curve in days: ``incidence_at(90)`` is the share who buy again within 90 days.

    Raises
    ------
    InvalidValueError
        If nobody is in the cohort, or an argument is not valid.

    Examples
    --------
    >>> from datetime import date
    >>> who, when = ["a", "a", "b"], ["2026-01-01", "2026-01-11", "2026-01-05"]
    >>> time_to_second_purchase(who, when, as_of=date(2026, 2, 1)).time
    array([10., 27.])
    """
    history = purchase_history(transactions, at, amount, as_of=as_of, rename=rename)
    first, second = _first_and_second(history, window, cohort, timedelta(0))
    if not first.size:
        raise InvalidValueError(Problem(what="nobody bought in the window", where="window", got=repr(window)))
    return _until_second(history, first, second, level)


def _first_and_second(
    history: PurchaseHistory, window: timedelta | None, cohort: RepeatCohort, minimum: timedelta
) -> tuple[IntArray, IntArray]:
    """Find the days of the first and second purchase in the window of everyone in the cohort; -1 is no second."""
    check_choice(cohort, get_args(RepeatCohort), where="cohort", what="no such cohort")
    least = whole_days(minimum, where="minimum_exposure", least=0)
    rows = np.flatnonzero(history.day > _before(history, window))
    place = np.flatnonzero(np.diff(history.customer[rows], prepend=-1))
    first = rows[place]
    follows = np.minimum(first + 1, history.day.size - 1)
    again = (follows > first) & (history.customer[follows] == history.customer[first])
    kept = history.today - history.day[first] >= least
    if cohort == "first":
        kept &= _never_before(history, first)
    return history.day[first[kept]], np.where(again, history.day[follows], -1)[kept]


def _before(history: PurchaseHistory, window: timedelta | None) -> int:
    if window is None:
        return int(history.day.min()) - 1
    return history.today - whole_days(window, where="window")


def _never_before(history: PurchaseHistory, first: IntArray) -> BoolArray:
    return np.asarray(history.firsts[history.customer[first]] == first, dtype=np.bool_)


def _until_second(history: PurchaseHistory, first: IntArray, second: IntArray, level: float) -> SurvivalCurve:
    again = second >= 0
    return kaplan_meier(np.where(again, second, history.today) - first, again, level=level)


def _uneven(watched: IntArray) -> tuple[str, ...]:
    if not watched.size or 2 * watched.min() >= np.median(watched):
        return ()
    shortest, usual = int(watched.min()), np.median(watched)
    return (
        f"watched for {shortest} d to {int(watched.max())} d, the median {usual:g} d: recent customers had less chance",
    )


def _exposure(
    history: PurchaseHistory, window: timedelta | None, cohort: RepeatCohort, minimum: timedelta, n: int
) -> Exposure:
    who = "customers who bought" if cohort == "all" else "customers who first bought"
    start = None if window is None else history.as_of - window
    return Exposure(n_at_risk=n, cohort=who, start=start, end=history.as_of, minimum=minimum or None)
