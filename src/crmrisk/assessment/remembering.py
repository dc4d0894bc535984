"""Evidence that remembers what it was asked during one job, so that several scorers share one summary."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol, runtime_checkable

if TYPE_CHECKING:
    from datetime import date, datetime

    from crmrisk.core.events import RiskEvent
    from crmrisk.core.outcomes import Outcomes
    from crmrisk.core.portfolio import Portfolio

__all__ = ["Facts", "Remembering"]


@runtime_checkable
class Facts(Protocol):
    """Say what fitting asks of evidence.

    Examples
    --------
    >>> from crmrisk.evidence import Evidence
    >>> facts: type[Facts] = Evidence
    """

    def portfolio(self, as_of: date | datetime) -> Portfolio:
        """Summarise what was known at a point in time."""
        ...

    def outcomes(self, event: RiskEvent, as_of: date | datetime) -> Outcomes:
        """Observe what happened within the event's horizon after it."""
        ...


class Remembering:
    """Answer from evidence and remember the answers; made for one fit or one cutoff, then thrown away.

    The caller's frames may change between jobs, so `crmrisk.Evidence` itself remembers nothing.

    Parameters
    ----------
    facts
        The evidence.

    Examples
    --------
    >>> from datetime import datetime
    >>> import pandas as pd
    >>> from crmrisk import Evidence
    >>> facts = Remembering(Evidence(customers=pd.DataFrame({"customer_id": ["A"]})))
    >>> facts.portfolio(datetime(2026, 1, 31)) is facts.portfolio(datetime(2026, 1, 31))
    True
    """

    def __init__(self, facts: Facts) -> None:
        self._facts = facts
        self._portfolios: dict[date | datetime, Portfolio] = {}
        self._outcomes: dict[tuple[str, date | datetime], Outcomes] = {}

    def portfolio(self, as_of: date | datetime) -> Portfolio:
        """Summarise what was known at a point in time, once.

        Parameters
        ----------
        as_of
            The point in time.

        Examples
        --------
        See `Remembering`.
        """
        if as_of not in self._portfolios:
            self._portfolios[as_of] = self._facts.portfolio(as_of)
        return self._portfolios[as_of]

    def outcomes(self, event: RiskEvent, as_of: date | datetime) -> Outcomes:
        """Observe what happened within the event's horizon after a point in time, once.

        Parameters
        ----------
        event
            What may have happened.
        as_of
            The start of the window.

        Examples
        --------
        See `Remembering`.
        """
        asked = event.to_json(), as_of  # the text, because an outcome rule of a plugin need not be hashable
        if asked not in self._outcomes:
            self._outcomes[asked] = self._facts.outcomes(event, as_of)
        return self._outcomes[asked]
