"""Whether the parts of a pipeline fit together, decided on their declarations before any data is loaded."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crmrisk.core.errors import CompositionError, Problem
from crmrisk.core.measures import Quantity

if TYPE_CHECKING:
    from collections.abc import Iterable

    from crmrisk.core.events import RiskEvent
    from crmrisk.core.measures import Input, Measure
    from crmrisk.core.scorers import FittedScorer, Scorer

__all__ = ["check_pipeline", "union_of_inputs"]


def union_of_inputs(scorers: Iterable[Scorer | FittedScorer]) -> tuple[Input, ...]:
    """Collect what several scorers read, each name once; an input is optional only if it is for all.

    Parameters
    ----------
    scorers
        Any scorers, fitted or not.

    Raises
    ------
    CompositionError
        If two of them expect one name in different units.

    Examples
    --------
    >>> from crmrisk import ColumnScorer, Measure
    >>> [each.name for each in union_of_inputs([ColumnScorer(column="satisfaction", measure=Measure.share())])]
    ['satisfaction']
    """
    merged: dict[str, Input] = {}
    problems = []
    for scorer in scorers:
        for each in scorer.inputs:
            known = merged.get(each.name)
            if known is not None and known.unit != each.unit:
                what = f"one input in two units, {known.unit!r} and {each.unit!r}"
                problems.append(Problem(what=what, where=each.name, remedy="rename one of the columns"))
            elif known is None or known.optional:
                merged[each.name] = each
    if problems:
        raise CompositionError(*problems)
    return tuple(merged.values())


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
      - consequence: is not money in the criteria's currency; allowed: money in GBP; got: money in EUR, [0, open]
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
            )
        )
    if problems:
        raise CompositionError(*problems)
