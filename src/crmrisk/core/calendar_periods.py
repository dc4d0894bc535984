"""Periods of the calendar as numbers: which one a day lies in, when it begins, what it is called."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, TypeAlias, get_args

import numpy as np

from crmrisk.core.arguments import check_choice

if TYPE_CHECKING:
    from crmrisk.core.arrays import IntArray

__all__ = ["CalendarPeriod", "check_period", "period_names", "period_numbers", "period_starts"]

CalendarPeriod: TypeAlias = Literal["day", "week", "month", "quarter", "year"]
"""How long a period is; weeks begin on Monday."""

_MONTHS = {"month": 1, "quarter": 3, "year": 12}
_DAYS = {"day": (1, 0), "week": (7, 3)}  # 1970 began on a Thursday, three days into its week


def check_period(period: str, known: tuple[str, ...] = get_args(CalendarPeriod)) -> None:
    """Refuse a period that does not exist.

    Parameters
    ----------
    period
        The name asked for.
    known
        The names there are.

    Raises
    ------
    InvalidValueError
        If it is none.

    Examples
    --------
    >>> check_period("month")
    """
    check_choice(period, known, where="period", what="no such period")


def period_numbers(days: IntArray, period: CalendarPeriod) -> IntArray:
    """Find the number of each day's period.

    Parameters
    ----------
    days
        Days since 1970, ``(n,)``.
    period
        The kind of period.

    Returns
    -------
    Periods since the one of 1970-01-01, ``(n,)``.

    Examples
    --------
    >>> period_numbers(np.array([0, 30, 31, 366]), "month")
    array([ 0,  0,  1, 12])
    """
    if period in _DAYS:
        length, shift = _DAYS[period]
        return np.floor_divide(np.asarray(days) + shift, length)
    months = np.asarray(days).astype("datetime64[D]").astype("datetime64[M]").astype(np.int64)
    return np.floor_divide(months, _MONTHS[period])


def period_starts(numbers: IntArray, period: CalendarPeriod) -> IntArray:
    """Return the first day of each period.

    Parameters
    ----------
    numbers
        As `period_numbers` counts, ``(n,)``.
    period
        The kind of period.

    Returns
    -------
    Days since 1970, ``(n,)``.

    Examples
    --------
    >>> period_starts(np.array([0, 1]), "quarter")
    array([ 0, 90])
    """
    if period in _DAYS:
        length, shift = _DAYS[period]
        return np.asarray(numbers) * length - shift
    months = (np.asarray(numbers) * _MONTHS[period]).astype("datetime64[M]")
    return months.astype("datetime64[D]").astype(np.int64)


def period_names(numbers: IntArray, period: CalendarPeriod) -> tuple[str, ...]:
    """Name each period.

    Parameters
    ----------
    numbers
        As `period_numbers` counts, ``(n,)``.
    period
        The kind of period.

    Returns
    -------
    Names that sort in time: a day or the Monday of a week as a date, else ``2026-01``, ``2026Q1``, ``2026``.

    Examples
    --------
    >>> period_names(np.array([224, 225]), "quarter"), period_names(np.array([0]), "week")
    (('2026Q1', '2026Q2'), ('1969-12-29',))
    """
    starts = period_starts(numbers, period).astype("datetime64[D]")
    texts = [str(start) for start in starts]
    if period == "month":
        return tuple(text[:7] for text in texts)
    if period == "quarter":
        return tuple(f"{text[:4]}Q{(int(text[5:7]) + 2) // 3}" for text in texts)
    return tuple(text[:4] if period == "year" else text for text in texts)
