"""What a loyalty figure was measured on: who could have done it, between when, and how long each was watched.

The same customers give a repeat purchase rate of 10 % or 50 % depending on how long they were watched, so no figure of
this package comes without its `Exposure`, and printing one says it.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from pydantic.dataclasses import dataclass

from crmrisk.core.arguments import refuse
from crmrisk.core.errors import Problem
from crmrisk.core.estimate import Estimate
from crmrisk.core.model import VALUE, Value

__all__ = ["Exposure", "LoyaltyEstimate", "loyalty_estimate", "whole_days"]


@dataclass(frozen=True, kw_only=True, config=VALUE)
class Exposure(Value):
    """Say whom a figure of loyalty is about and for how long they were watched.

    Parameters
    ----------
    n_at_risk
        Customers (or contracts, or gaps) in the denominator.
    cohort
        Who they are, in words, as continues "of 120 ...".
    start, end
        The window: from the day after ``start`` to the day of ``end``; ``start`` is ``None`` where everything known
        counts, both are where the figure has no dates.
    minimum
        How long each was watched at least.

    Examples
    --------
    >>> print(Exposure(n_at_risk=120, cohort="customers who ever bought", end=datetime(2026, 1, 31)))
    of 120 customers who ever bought, up to 2026-01-31
    """

    n_at_risk: float
    cohort: str
    start: datetime | None = None
    end: datetime | None = None
    minimum: timedelta | None = None

    def __str__(self) -> str:
        watched = "" if self.minimum is None else f", each watched for at least {self.minimum / timedelta(days=1):g} d"
        return f"of {self.n_at_risk:,.12g} {self.cohort}{self._window()}{watched}"

    def _window(self) -> str:
        if self.end is None:
            return ""
        if self.start is None:
            return f", up to {self.end:%Y-%m-%d}"
        return f", after {self.start:%Y-%m-%d} up to {self.end:%Y-%m-%d}"


@dataclass(frozen=True, kw_only=True, config=VALUE)
class LoyaltyEstimate(Estimate):
    """Hold an estimate of loyalty with the exposure it was measured on.

    Parameters
    ----------
    quantity
        What is estimated.
    exposure
        On whom, and when.

    Examples
    --------
    >>> everyone = Exposure(n_at_risk=4, cohort="customers under contract", end=datetime(2026, 1, 31))
    >>> print(LoyaltyEstimate(value=0.25, method="wilson", n=4, quantity="churn", exposure=everyone))
    churn 0.25 (wilson, n 4) of 4 customers under contract, up to 2026-01-31
    """

    quantity: str
    exposure: Exposure

    def __str__(self) -> str:
        return f"{self.quantity} {Estimate.__str__(self)} {self.exposure}"


def loyalty_estimate(found: Estimate, quantity: str, exposure: Exposure, *warnings: str) -> LoyaltyEstimate:
    """Put an estimate and its exposure together.

    Parameters
    ----------
    found
        The estimate.
    quantity
        What it is of.
    exposure
        What it was measured on.
    *warnings
        What the reader should know beyond the estimate's own warnings.

    Examples
    --------
    >>> from crmrisk.satisfaction.proportions import proportion
    >>> customers = Exposure(n_at_risk=20, cohort="customers")
    >>> print(loyalty_estimate(proportion(5, 20), "repeat purchase rate", customers))
    repeat purchase rate 0.25 [0.1119, 0.4687] (95 % wilson, n 20) of 20 customers
    """
    parts = {name: getattr(found, name) for name in Estimate.__dataclass_fields__}
    parts["warnings"] = (*found.warnings, *warnings)
    return LoyaltyEstimate(**parts, quantity=quantity, exposure=exposure)


def whole_days(span: timedelta, *, where: str, least: int = 1) -> int:
    """Read a time span of whole days.

    Parameters
    ----------
    span
        The time span.
    where
        What it is called in an error.
    least
        How many days it has at least.

    Raises
    ------
    InvalidValueError
        If it is no time span, has part of a day or is too short.

    Examples
    --------
    >>> whole_days(timedelta(weeks=2), where="window")
    14
    """
    allowed = f"a timedelta of at least {least} whole days"
    problem = Problem(what="not whole days", where=where, allowed=allowed, got=repr(span), remedy="timedelta(days=90)")
    wrong = not isinstance(span, timedelta) or span % timedelta(days=1) or span < timedelta(days=least)
    refuse([problem] if wrong else [])
    return span.days
