"""Which wave an answer belongs to: calendar periods of its date, or a label of its own."""

from __future__ import annotations

import re
from collections.abc import Iterable
from math import isinf
from typing import TYPE_CHECKING, Any, Literal, NamedTuple, TypeAlias, get_args

import numpy as np

from crmrisk.core.calendar_periods import period_names, period_numbers
from crmrisk.core.errors import InvalidValueError, Problem, RecordError
from crmrisk.satisfaction.answers import distinct_answers
from crmrisk.satisfaction.flagging import flag_missing
from crmrisk.satisfaction.segments import in_order

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import ArrayLike

    from crmrisk.core.arrays import IntArray

__all__ = ["Period", "WaveLabels", "labelled_waves"]

Period: TypeAlias = Literal["month", "quarter", "year"]
"""A calendar period."""

_ZONE = re.compile(r"\s*(Z|[+-]\d\d(:?\d\d)?)$")

_EPOCH = 1970 * 12  # months


class WaveLabels(NamedTuple):
    """Hold the wave of each answer.

    Parameters
    ----------
    wave
        Number of the wave of each answer, ``(n_answers,)``.
    names
        The waves in order.
    times
        Where each wave stands on the axis of time, in waves; empty periods leave a gap.

    Examples
    --------
    >>> labelled_waves(["2018-02-01", "2017-11-30", "2018-07-05"], period="quarter").names
    ('2017Q4', '2018Q1', '2018Q3')
    """

    wave: IntArray
    names: tuple[str, ...]
    times: tuple[float, ...]


def labelled_waves(at: ArrayLike, *, period: Period | None = None, order: Sequence[Any] | None = None) -> WaveLabels:
    """Find the wave of each answer.

    Parameters
    ----------
    at
        Date or time of each answer (dates, timestamps, ISO text; in its own time zone), or its wave (2018, "spring"),
        ``(n_answers,)``.
    period
        The calendar period that makes a wave of dates; ``None`` takes ``at`` as names of waves.
    order
        Names of the waves in order, where neither numbers nor the alphabet give it.

    Returns
    -------
    The waves; numbers in their order, then text in that of the alphabet.

    Raises
    ------
    RecordError
        If dates or waves are missing or unreadable, or some times say their time zone and others do not.
    InvalidValueError
        If the period is unknown, dates come without one, or the order does not name every wave once.

    Examples
    --------
    >>> labelled_waves(["b", "a", "b"], order=["b", "a"]).names
    ('b', 'a')
    """
    if period is not None:
        return _of_dates(at, period, order)
    column, codes, names = distinct_answers(at, "at")
    if column.dtype.kind == "M" or any(hasattr(name, "isoformat") for name in names):
        remedy = 'period="quarter", or "month" or "year"'
        raise InvalidValueError(Problem(what="dates need a period to make waves", where="period", remedy=remedy))
    _refuse_missing(codes)
    if any(isinstance(name, float) and isinf(name) for name in names):
        raise RecordError(Problem(what="an infinite number names no wave", where="at"))
    texts = [str(name) for name in names]
    places = _ordered(texts, in_order(names), order)
    rank = np.empty(len(names) + 1, dtype=np.int64)
    rank[places] = np.arange(len(places))
    return WaveLabels(rank[codes], tuple(texts[place] for place in places), tuple(map(float, range(len(places)))))


def _of_dates(at: ArrayLike, period: Period, order: Sequence[Any] | None) -> WaveLabels:
    if not isinstance(period, str) or period not in get_args(Period) or order is not None:
        what = "no such period" if order is None else "dates have their own order"
        allowed, got = ", ".join(get_args(Period)), repr(period)
        raise InvalidValueError(Problem(what=what, where="period", allowed=allowed, got=got))
    days = (_months(at) - _EPOCH).astype("datetime64[M]").astype("datetime64[D]").astype(np.int64)
    number, wave = np.unique(period_numbers(days, period), return_inverse=True)
    return WaveLabels(
        wave, period_names(number, period), tuple((number - number[0]).astype(np.float64)) if number.size else ()
    )


def _months(at: ArrayLike) -> IntArray:
    """Count months since January of the year 0."""
    stamps = np.asarray(at)
    if stamps.dtype.kind == "M":
        _refuse_missing(np.where(np.isnat(stamps), -1, 0))
        return stamps.astype("datetime64[M]").astype(np.int64) + _EPOCH
    _, codes, names = distinct_answers(at, "at")
    months = np.append(_months_of_names(names), -1)
    _refuse_missing(np.where(codes < 0, -1, months[codes]))
    return months[codes]


def _months_of_names(names: list[Any]) -> IntArray:
    from pandas import Series, to_datetime  # noqa: PLC0415 - pandas takes long to import

    if any(isinstance(name, int | float) for name in names):
        remedy = "leave period out, if these are names of waves"
        raise RecordError(Problem(what="numbers are no dates", where="at", remedy=remedy))
    if {True, False} <= {_aware(name) for name in names}:
        what, remedy = "times with and without a time zone", "say which zone all were told in"
        raise RecordError(Problem(what=what, where="at", allowed="all with a zone, or none", remedy=remedy))
    try:
        stamps = to_datetime(Series([_clock(name) for name in names], dtype=object), format="ISO8601")
    except (TypeError, ValueError, OverflowError) as error:
        allowed = "dates, timestamps or ISO text"
        raise RecordError(Problem(what="not dates", where="at", allowed=allowed, got=str(error)[:200])) from None
    months = (stamps.dt.year * 12 + stamps.dt.month - 1).fillna(-1)
    return np.array(months, dtype=np.int64)


def _aware(stamp: Any) -> bool | None:
    """Tell whether a time says its zone; a mere date needs none."""
    if isinstance(stamp, str):
        return bool(_ZONE.search(stamp)) if ":" in stamp else None
    return stamp.tzinfo is not None if hasattr(stamp, "tzinfo") else None


def _clock(stamp: Any) -> Any:
    """Return what the calendar and the clock on the wall showed; another zone could move an answer to another wave."""
    if isinstance(stamp, str):
        return _ZONE.sub("", stamp) if ":" in stamp else stamp
    return stamp.replace(tzinfo=None) if getattr(stamp, "tzinfo", None) is not None else stamp


def _refuse_missing(codes: IntArray) -> None:
    problems = flag_missing(codes < 0, missing="error", where="at")
    if problems:
        raise RecordError(*(Problem(what=f"{each.what}: no date or wave", where="at") for each in problems))


def _ordered(names: list[str], sorted_: list[int], order: Sequence[Any] | None) -> list[int]:
    if order is None:
        return sorted_
    wanted = [str(each) for each in order] if isinstance(order, Iterable) else []
    if len(set(wanted)) < len(wanted) or set(names) - set(wanted):
        allowed, got = f"each of {', '.join(names[:8])} once", repr(order)[:200]
        raise InvalidValueError(Problem(what="not every wave once", where="order", allowed=allowed, got=got))
    return [names.index(each) for each in wanted if each in names]
