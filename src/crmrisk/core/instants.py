"""Points in time: what an ``as_of`` may be, and how it becomes one kind of datetime."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from numbers import Number
from typing import Annotated, TypeAlias

from pydantic import AfterValidator, BeforeValidator

from crmrisk.core.errors import InvalidValueError, Problem

__all__ = ["Moment", "PositiveSpan", "TimeSpan", "days", "instant"]


def instant(as_of: date | datetime, *, where: str = "as_of") -> datetime:
    """Turn a date or datetime into a plain datetime; aware ones become UTC.

    A date means its first moment, as in pandas: to include the whole of a day, pass the next one.

    Parameters
    ----------
    as_of
        A date, a datetime, or a pandas timestamp.
    where
        What the value is called in an error.

    Raises
    ------
    InvalidValueError
        If it is no point in time, or has none in UTC.

    Examples
    --------
    >>> from datetime import date
    >>> instant(date(2026, 1, 31))
    datetime.datetime(2026, 1, 31, 0, 0)
    """
    if not isinstance(as_of, date) or as_of != as_of:  # noqa: PLR0124 - NaT is a datetime that differs from itself
        raise InvalidValueError(
            Problem(what="not a point in time", where=where, allowed="a date or datetime", got=repr(as_of))
        )
    if not isinstance(as_of, datetime):
        return datetime(as_of.year, as_of.month, as_of.day)  # noqa: DTZ001 - a date has no zone
    plain = datetime.combine(as_of.date(), as_of.timetz())
    try:
        return plain if plain.tzinfo is None else plain.astimezone(UTC)
    except OverflowError:
        raise InvalidValueError(Problem(what="not a point in time in UTC", where=where, got=repr(as_of))) from None


def _is_bare_number(value: object) -> bool:
    """Tell 90 (seconds? days?) and 20260131 (a day? a Unix time?), which pydantic would take for seconds."""
    bare = value.strip().lstrip("+-").replace(".", "", 1).isdigit() if isinstance(value, str) else False
    return bare or isinstance(value, Number)


def _moment_like(value: object) -> object:
    if _is_bare_number(value):
        message = "should be a date or datetime, e.g. date(2026, 1, 31), and no bare number"
        raise ValueError(message)
    return value


def _span_like(value: object) -> object:
    if _is_bare_number(value):
        message = "should be a timedelta, e.g. timedelta(days=90), and no bare number"
        raise ValueError(message)
    return value


Moment: TypeAlias = Annotated[datetime, BeforeValidator(_moment_like), AfterValidator(instant)]
"""A field that holds a point in time, as `instant` makes it."""

TimeSpan: TypeAlias = Annotated[timedelta, BeforeValidator(_span_like)]
"""A field that holds a time span, for instance a horizon."""


def _positive(span: timedelta) -> timedelta:
    if span <= timedelta(0):
        message = f"should be greater than 0 days, and is {span}"
        raise ValueError(message)
    return span


PositiveSpan: TypeAlias = Annotated[TimeSpan, AfterValidator(_positive)]
"""A field that holds a time span above 0; pydantic's own bound fails on time spans in its oldest release supported."""


def days(span: timedelta) -> float:
    """Express a time span in days.

    Parameters
    ----------
    span
        Any time span.

    Returns
    -------
    Its length [day].

    Examples
    --------
    >>> from datetime import timedelta
    >>> days(timedelta(hours=36))
    1.5
    """
    return span / timedelta(days=1)
