"""Points in time as the facts hold them: whole microseconds since 1970, in UTC where the facts have a time zone."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from crmrisk.core.errors import InvalidValueError, Problem
from crmrisk.core.instants import instant
from crmrisk.evidence.engines.base import DAY
from crmrisk.evidence.kinds import Kind

__all__ = ["DAY", "day_number", "instant_of", "microseconds", "moment_in", "span"]

_EPOCH = datetime(1970, 1, 1)  # noqa: DTZ001 - naive facts count from a naive epoch


def microseconds(moment: datetime) -> int:
    """Count whole microseconds since 1970.

    Parameters
    ----------
    moment
        Naive, or aware: then in UTC.

    Examples
    --------
    >>> microseconds(datetime(1970, 1, 2))
    86400000000
    """
    plain = moment if moment.tzinfo is None else moment.astimezone(UTC).replace(tzinfo=None)
    return (plain - _EPOCH) // timedelta(microseconds=1)


def instant_of(count: int, zone: Kind | None) -> datetime:
    """Turn whole microseconds since 1970 back into a time.

    Parameters
    ----------
    count
        As `microseconds` counts.
    zone
        Whether the facts are naive or aware.

    Examples
    --------
    >>> instant_of(0, None)
    datetime.datetime(1970, 1, 1, 0, 0)
    """
    plain = _EPOCH + timedelta(microseconds=count)
    return plain.replace(tzinfo=UTC) if zone is Kind.AWARE else plain


def span(duration: timedelta) -> int:
    """Count the microseconds of a time span.

    Parameters
    ----------
    duration
        Any time span.

    Examples
    --------
    >>> span(timedelta(seconds=2))
    2000000
    """
    return duration // timedelta(microseconds=1)


def day_number(moment: datetime) -> int:
    """Count whole days since 1970.

    Parameters
    ----------
    moment
        Naive, or aware: then in UTC.

    Examples
    --------
    >>> day_number(datetime(1970, 1, 2, 23, 59))
    1
    """
    return microseconds(moment) // DAY


def moment_in(zone: Kind | None, as_of: date | datetime, *, where: str = "as_of") -> datetime:
    """Read a point in time against facts of one kind of timestamps.

    Parameters
    ----------
    zone
        Whether the facts are naive or aware; ``None`` where they are dates only.
    as_of
        A date means its first moment, in UTC where the facts are aware.
    where
        What the value is called in an error.

    Raises
    ------
    InvalidValueError
        If a naive time meets aware facts, or the other way round.

    Examples
    --------
    >>> moment_in(Kind.AWARE, date(2026, 1, 31)).tzinfo is UTC
    True
    """
    moment = instant(as_of, where=where)
    if not isinstance(as_of, datetime):
        return moment.replace(tzinfo=UTC) if zone is Kind.AWARE else moment
    if zone is not None and (moment.tzinfo is not None) != (zone is Kind.AWARE):
        remedy = "pass tzinfo=datetime.UTC" if zone is Kind.AWARE else "pass it without tzinfo"
        raise InvalidValueError(
            Problem(
                what="naive and aware times mixed",
                where=where,
                allowed=f"as in the facts: {zone.value}",
                got=repr(as_of),
                remedy=remedy,
            )
        )
    return moment
