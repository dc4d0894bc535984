"""Points in time: what an ``as_of`` may be, and how it becomes one kind of datetime."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from crmrisk.core.errors import InvalidValueError, Problem

__all__ = ["days", "instant"]


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
        If it is no point in time.

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
    return plain if plain.tzinfo is None else plain.astimezone(UTC)


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
