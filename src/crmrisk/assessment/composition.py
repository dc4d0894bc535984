"""Whether the parts of a pipeline fit together, decided on their declarations before any data is loaded."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crmrisk.core.errors import CompositionError, Problem
from crmrisk.core.measures import Quantity

if TYPE_CHECKING:
    from collections.abc import Sequence

    from crmrisk.core.events import OutcomeRule, RiskEvent
    from crmrisk.core.measures import Measure

__all__ = ["check_pipeline"]


def check_pipeline(
    event: RiskEvent, likelihood: Measure, consequence: Measure, currency: str, *, predicts: Sequence[OutcomeRule] = ()
) -> None:
    """Check that likelihood is the event's probability and consequence money in the criteria's currency.

    Parameters
    ----------
    event
        What may happen.
    likelihood, consequence
        What the two scorers yield.
    currency
        The unit of the criteria.
    predicts
        The outcomes whose probability the likelihood is, where its settings say so. One that the event recognises in
        the same table must be the very same; in another table it cannot be told.

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
    problems = _other_outcomes(event, predicts)
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


def _other_outcomes(event: RiskEvent, predicts: Sequence[OutcomeRule]) -> list[Problem]:
    rule = event.outcome
    if rule is None:
        return []
    return [
        Problem(
            what="predicts another outcome than the event's",
            where="likelihood",
            allowed=str(rule),
            got=str(each),
            remedy="give scorer and event the same settings, or let a CalibratedScorer learn the event from outcomes",
        )
        for each in {str(each): each for each in predicts}.values()  # parts of a composite often say the same
        if each.table == rule.table and _settings(each) != _settings(rule)
    ]


def _settings(rule: OutcomeRule) -> tuple[str, dict[str, object]]:
    """Return what a rule is set to; text counts without case, as records compare it."""
    settings: dict[str, object] = getattr(rule, "__dict__", {"": rule})  # a plugin's rule may have slots
    return rule.kind, {name: each.lower() if isinstance(each, str) else each for name, each in settings.items()}
