"""Periods of the calendar: which one a day lies in, when it begins and what it is called."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, TypeAlias, get_args

import numpy as np

from crmrisk.core.arguments import check_choice

if TYPE_CHECKING:
    from crmrisk.core.arrays import IntArray

__all__ = ["CohortPeriod", "check_period", "period_names", "period_of", "period_starts"]

CohortPeriod: TypeAlias = Literal["week", "month", "quarter", "year"]
"""How long a period is; periods are those of the calendar, weeks from Monday, in UTC where times are aware."""

_MONTHS = {"month": 1, "quarter": 3, "year": 12}
_MONDAY = 3  # days from the first Monday before 1970 to its first day


def check_period(period: str) -> None:
    """Refuse what is no period.

    Parameters
    ----------
    period
        The period.

    Raises
    ------
    InvalidValueError
        If it is none.

    Examples
    --------
    >>> check_period("week")
    """
    check_choice(period, get_args(CohortPeriod), where="period", what="no such period")


def period_of(day: IntArray, period: CohortPeriod) -> IntArray:
    """Return the number of the period each day lies in; periods that follow each other have numbers that do.

    Parameters
    ----------
    day
        Days since 1970.
    period
        How long a period is.

    Examples
    --------
    >>> period_of(np.array([3, 4, 31]), "week"), period_of(np.array([3, 4, 31]), "month")
    (array([0, 1, 4]), array([0, 0, 1]))
    """
    if period == "week":
        return (day + _MONDAY) // 7
    return day.astype("datetime64[D]").astype("datetime64[M]").astype(np.int64) // _MONTHS[period]


def period_starts(number: IntArray, period: CohortPeriod) -> np.ndarray[tuple[int], np.dtype[np.datetime64]]:
    """Return the first day of periods.

    Parameters
    ----------
    number
        As `period_of` numbers them.
    period
        How long a period is.

    Examples
    --------
    >>> period_starts(np.array([1]), "week"), period_starts(np.array([1]), "quarter")
    (array(['1970-01-05'], dtype='datetime64[D]'), array(['1970-04-01'], dtype='datetime64[D]'))
    """
    if period == "week":
        return (number * 7 - _MONDAY).astype("datetime64[D]")
    return (number * _MONTHS[period]).astype("datetime64[M]").astype("datetime64[D]")


def period_names(starts: np.ndarray[tuple[int], np.dtype[np.datetime64]], period: CohortPeriod) -> list[str]:
    """Name periods by their first days, weeks by their Monday.

    Parameters
    ----------
    starts
        First days.
    period
        How long a period is.

    Examples
    --------
    >>> period_names(np.array(["2026-04-01"], dtype="datetime64[D]"), "quarter")
    ['2026 Q2']
    """
    if period == "quarter":
        months = starts.astype("datetime64[M]").astype(np.int64)
        return [f"{1970 + month // 12} Q{month % 12 // 3 + 1}" for month in months.tolist()]
    unit: Literal["D", "M", "Y"] = {"week": "D", "month": "M", "year": "Y"}[period]  # type: ignore[assignment] # these letters
    names: list[str] = np.datetime_as_string(starts, unit=unit).tolist()
    return names
