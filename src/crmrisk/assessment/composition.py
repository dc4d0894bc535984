"""Whether the parts of a pipeline fit together, decided on their declarations before any data is loaded."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crmrisk.core.errors import CompositionError, Problem
from crmrisk.core.measures import Quantity

if TYPE_CHECKING:
    from crmrisk.core.events import RiskEvent
    from crmrisk.core.measures import Measure

__all__ = ["check_pipeline"]


def check_pipeline(event: RiskEvent, likelihood: Measure, consequence: Measure, currency: str) -> None:
    """Check that likelihood is the event's probability and consequence money in the criteria's currency.

    Parameters
    ----------
    event
        What may happen.
    likelihood, consequence
        What the two scorers yield.
    currency
        The unit of the criteria.

    Raises
    ------
    CompositionError
        Listing everything that does not fit.

    Examples
    --------
    >>> from datetime import timedelta
    >>> from crmrisk import Measure, RiskEvent
    >>> event = RiskEvent("churn", "attrition", timedelta(days=90))
    >>> check_pipeline(event, Measure.probability(horizon=timedelta(days=30)), Measure.money("EUR"), "GBP")
    Traceback (most recent call last):
    crmrisk.core.errors.CompositionError: 2 problems:
      - likelihood: horizon differs from the event's; allowed: 90 days, 0:00:00; got: 30 days, 0:00:00; ...
      - consequence: is not money in the criteria's currency; allowed: money in GBP; got: money in EUR, [0, open]; ...
    """
    problems = []
    if likelihood.quantity is not Quantity.PROBABILITY:
        problems.append(
            Problem(
                what="is no probability",
                where="likelihood",
                allowed="a probability over the event's horizon",
                got=str(likelihood),
                remedy="wrap the scorer in CalibratedScorer, which learns the probability from outcomes",
            )
        )
    elif likelihood.horizon != event.horizon:
        problems.append(
            Problem(
                what="horizon differs from the event's",
                where="likelihood",
                allowed=str(event.horizon),
                got=str(likelihood.horizon),
                remedy="give event and scorer one horizon",
            )
        )
    if consequence.quantity is not Quantity.MONEY or consequence.unit != currency:
        problems.append(
            Problem(
                what="is not money in the criteria's currency",
                where="consequence",
                allowed=f"money in {currency}",
                got=str(consequence),
                remedy="give scorer and criteria one currency (a matrix by its currency argument)",
            )
        )
    if problems:
        raise CompositionError(*problems)
