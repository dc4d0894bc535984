"""How far each table has been observed: past its last record, nobody knows whether nothing happened."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crmrisk.core.errors import HorizonNotObservedError, InvalidValueError, Problem
from crmrisk.evidence.moments import instant_of, microseconds
from crmrisk.evidence.rules import Window

if TYPE_CHECKING:
    from datetime import datetime

    from crmrisk.core.events import RiskEvent
    from crmrisk.evidence.tables import Table

__all__ = ["check_observed", "latest_recorded", "window_of"]


def latest_recorded(table: Table) -> int | None:
    """Find the latest time something is recorded to have happened [microseconds since 1970].

    A due time is a plan: it says nothing of how long payments were recorded, which only ``paid_at`` does.

    Parameters
    ----------
    table
        Any table.

    Returns
    -------
    ``None`` where nothing is recorded, and for ``customers``, whose rows carry no time of their own.

    Examples
    --------
    >>> import pyarrow as pa
    >>> from crmrisk.evidence.tables import read_tables
    >>> sales = pa.table({"customer_id": [1], "at": pa.array([5], pa.timestamp("us")), "amount": [1.0]})
    >>> latest_recorded(read_tables({"transactions": sales}, {})["transactions"])
    5
    """
    schema, latest = table.schema, table.content.latest
    if schema.name == "customers":
        return None
    happened = () if schema.name == "payments" else (schema.time,)
    names = (*happened, *schema.closings, *(() if schema.revealed is None else (schema.revealed,)))
    return max((moment for name in names if (moment := latest.get(name)) is not None), default=None)


def window_of(event: RiskEvent, as_of: datetime) -> Window:
    """Span the horizon of an event.

    Parameters
    ----------
    event
        What may happen.
    as_of
        Its start.

    Raises
    ------
    InvalidValueError
        If it ends after the calendar does.

    Examples
    --------
    >>> from datetime import datetime, timedelta
    >>> from crmrisk import RiskEvent
    >>> churn = RiskEvent("churn", category="attrition", horizon=timedelta(days=20))
    >>> window_of(churn, datetime(2026, 1, 1)).until
    datetime.datetime(2026, 1, 21, 0, 0)
    """
    try:
        return Window(as_of, as_of + event.horizon, event.name)
    except OverflowError:
        raise InvalidValueError(
            Problem(
                what=f"the horizon of {event.name!r} ends after the calendar",
                where="as_of",
                allowed="years 1 to 9999",
                got=f"{as_of.isoformat()} + {event.horizon}",
                remedy="choose an earlier as_of or a shorter horizon",
            )
        ) from None


def check_observed(event: RiskEvent, window: Window, table: Table, stated: datetime | None) -> None:
    """Check that the end of a window was observed in the table that tells the outcome.

    Parameters
    ----------
    event
        What may happen.
    window
        Its time.
    table
        What its rule reads.
    stated
        The time up to which the user says everything is recorded; ``None`` leaves it to the table.

    Raises
    ------
    HorizonNotObservedError
        If the window ends later.

    Examples
    --------
    >>> from datetime import datetime, timedelta
    >>> import pyarrow as pa
    >>> from crmrisk import RiskEvent
    >>> from crmrisk.evidence.tables import read_tables
    >>> sales = pa.table({"customer_id": [1], "at": [datetime(2026, 1, 15)], "amount": [1.0]})
    >>> table = read_tables({"transactions": sales}, {})["transactions"]
    >>> churn = RiskEvent("churn", category="attrition", horizon=timedelta(days=14))
    >>> check_observed(churn, window_of(churn, datetime(2026, 1, 1)), table, None)
    """
    latest = latest_recorded(table) if stated is None else microseconds(stated)
    if latest is not None and latest >= window.end:
        return
    where = table.name if stated is None else "observed_until"
    raise HorizonNotObservedError(
        Problem(
            what=f"the horizon of {event.name!r} ends after the evidence in {where}",
            where="as_of",
            allowed=_allowed(event, window, latest),
            got=window.as_of.isoformat(),
            remedy=f"choose an earlier as_of, or pass observed_until if {table.name} are complete up to then"
            if stated is None
            else "choose an earlier as_of, or a later observed_until if everything up to then is recorded",
        )
    )


def _allowed(event: RiskEvent, window: Window, latest: int | None) -> str:
    if latest is None:
        return "none: nothing is recorded to have happened there"
    end = instant_of(latest, None).replace(tzinfo=window.as_of.tzinfo)
    try:
        return f"at most {(end - event.horizon).isoformat()}"
    except OverflowError:
        return "none: the horizon is longer than the calendar"
