"""What tiers cost: the entitlements of each customer, and the hours they take."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from crmrisk.core.errors import InvalidValueError, PortfolioError, Problem
from crmrisk.core.expecting import expect
from crmrisk.core.portfolio import Portfolio
from crmrisk.core.segments import Segments
from crmrisk.segmentation.entitlements import ServiceEntitlements, entitled
from crmrisk.segmentation.facts import PortfolioFacts
from crmrisk.segmentation.tier_policy import TierPolicy

if TYPE_CHECKING:
    import pandas as pd

    from crmrisk.core.arrays import FloatArray, IntArray, ObjectArray
    from crmrisk.segmentation.facts import Facts

__all__ = ["Entitled", "entitlement_places", "entitlements_of"]


@dataclass(frozen=True, eq=False)
class Entitled:
    """Hold what each customer is entitled to.

    Parameters
    ----------
    customer_id
        Identifiers, ``(n_customers,)``.
    places
        Place of each customer's entitlements among the kinds, -1 for none, ``(n_customers,)``.
    kinds
        All entitlements of the policy.

    Examples
    --------
    See `entitlements_of`.
    """

    customer_id: ObjectArray
    places: IntArray
    kinds: tuple[ServiceEntitlements, ...]

    @property
    def contacts_per_year(self) -> FloatArray:
        """How often [per year], NaN where nothing is stated, ``(n_customers,)``."""
        return np.array([*(each.contacts_per_year for each in self.kinds), np.nan])[self.places]

    @property
    def hours_per_year(self) -> FloatArray:
        """Work [hour per year], NaN where nothing is stated, ``(n_customers,)``."""
        return np.array([*(each.hours_per_year for each in self.kinds), np.nan])[self.places]

    @property
    def response_hours(self) -> FloatArray:
        """Within which time a question is answered [hour], NaN where nothing is stated, ``(n_customers,)``."""
        return np.array([*(each.response_time.total_seconds() / 3600 for each in self.kinds), np.nan])[self.places]

    @property
    def channel(self) -> ObjectArray:
        """How, ``None`` where nothing is stated, ``(n_customers,)``."""
        return np.array([*(each.channel for each in self.kinds), None], dtype=object)[self.places]

    def frame(self) -> pd.DataFrame:
        """Return a pandas frame, one row per customer.

        Examples
        --------
        See `entitlements_of`.
        """
        import pandas as pd  # noqa: PLC0415 - a heavy import that only frames need

        names = ("contacts_per_year", "hours_per_year", "response_hours", "channel")
        return pd.DataFrame({"customer_id": self.customer_id.copy()} | {name: getattr(self, name) for name in names})


def entitlements_of(policy: TierPolicy, tiers: Segments, portfolio: Portfolio) -> Entitled:
    """Look up what each customer is entitled to.

    Parameters
    ----------
    policy
        The policy, with entitlements.
    tiers
        Each customer's tier.
    portfolio
        The same customers in the same order, with what the variants read; who lacks it gets the tier's own.

    Raises
    ------
    PortfolioError
        If customers are others, or in another order.
    InvalidValueError
        If tiers are of another ladder.

    Examples
    --------
    >>> from datetime import date, timedelta
    >>> from crmrisk import Portfolio, Segments
    >>> from crmrisk.segmentation.conditions import Criterion
    >>> from crmrisk.segmentation.tier_policy import Tier, TierPolicy
    >>> visits = ServiceEntitlements(12, "visit", timedelta(hours=8), hours_per_contact=3)
    >>> policy = TierPolicy(tiers=[Tier("base"), Tier("gold", Criterion("revenue", ge=200), visits)])
    >>> book = Portfolio(["C1", "C2"], date(2026, 1, 31), {"revenue": [250, 10]})
    >>> entitlements_of(policy, Segments(["C1", "C2"], [1, 0], policy.names), book).hours_per_year
    array([36., nan])
    """
    expect(policy, TierPolicy, where="entitlements_of: policy", remedy="TierPolicy(...)")
    expect(portfolio, Portfolio, where="entitlements_of: portfolio", remedy="Portfolio.from_frame(frame, as_of)")
    expect(tiers, Segments, where="entitlements_of: tiers", remedy="TierSegmenter(policy=...).segment(portfolio)")
    if tiers.names != policy.names:
        allowed, got = ", ".join(policy.names), ", ".join(tiers.names)
        raise InvalidValueError(Problem(what="another ladder", where="tiers", allowed=allowed, got=got))
    if tiers.customer_id.tolist() != portfolio.customer_id.tolist():
        raise PortfolioError(
            Problem(what="other customers, or another order", where="portfolio", remedy="segment this portfolio")
        )
    return Entitled(portfolio.customer_id, *entitlement_places(policy, tiers.codes, PortfolioFacts(portfolio)))


def entitlement_places(
    policy: TierPolicy, codes: IntArray, facts: Facts
) -> tuple[IntArray, tuple[ServiceEntitlements, ...]]:
    """Find each customer's entitlements among all that a policy states.

    Parameters
    ----------
    policy
        The policy.
    codes
        Place of each customer's tier, -1 for none, ``(n_customers,)``.
    facts
        What the variants read.

    Returns
    -------
    Places, -1 for none, and what they are places of.

    Examples
    --------
    See `entitlements_of`.
    """
    kinds: list[ServiceEntitlements] = []
    places = np.full(len(codes), -1, dtype=np.int64)
    for code, tier in enumerate(policy.tiers):
        if tier.entitlements is not None:
            rows = np.flatnonzero(codes == code)
            places[rows] = len(kinds) + 1 + entitled(tier.variants, facts.take(rows))
            kinds += [tier.entitlements, *(variant.entitlements for variant in tier.variants)]
    return places, tuple(kinds)
