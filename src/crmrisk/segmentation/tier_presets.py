"""Ready-made tier policies, as data: take one, read it, and change what differs in your house."""

from __future__ import annotations

from datetime import timedelta

from crmrisk.core.arguments import is_number
from crmrisk.core.errors import InvalidValueError, Problem
from crmrisk.segmentation.conditions import AllOf, Condition, Criterion
from crmrisk.segmentation.entitlements import EntitlementVariant, ServiceEntitlements
from crmrisk.segmentation.tier_policy import Tier, TierPolicy

__all__ = ["BUSINESS_NEEDS", "RISK_TOLERANCES", "institutional_clients"]

BUSINESS_NEEDS = ("wealth", "trading", "service")
"""What institutional clients come for: managing assets, dealing, or being served well."""

RISK_TOLERANCES = ("low", "medium", "high")
"""How much risk an institutional client accepts, the least first."""

_CONTACTS = {"small": 4.0, "medium": 12.0, "large": 24.0}
_HOURS = {"small": 1.0, "medium": 2.0, "large": 3.0}
_CHANNELS = {
    "wealth": {"small": "shared adviser", "medium": "named adviser", "large": "named adviser, on site"},
    "trading": {"small": "shared dealing desk", "medium": "dealing desk", "large": "named dealer"},
    "service": {"small": "service desk", "medium": "named service manager", "large": "service team, on site"},
}
_RESPONSE_HOURS = {
    "wealth": {"small": 48, "medium": 24, "large": 8},
    "trading": {"small": 8, "medium": 2, "large": 1},
    "service": {"small": 24, "medium": 8, "large": 4},
}
_SERVICES = {
    "wealth": ("portfolio review",),
    "trading": ("order reports", "market briefing"),
    "service": ("service level report",),
}
_TOLERANCE = {"low": (1.5, ("call before any loss is reported",)), "medium": (1.0, ()), "high": (0.75, ())}


def institutional_clients(
    *,
    medium: float = 10e6,
    large: float = 100e6,
    demotion_band: float = 0.1,
    dwell: int = 2,
    grace: timedelta = timedelta(days=365),
) -> TierPolicy:
    """Return the scheme of institutional clients: large, medium and small by assets, served by need and tolerance.

    The size of the assets (column ``assets``) decides the tier. What a client of a tier is entitled to depends on the
    need (label ``business_need``: wealth, trading or service) and on the tolerance of risk (label ``risk_tolerance``:
    low, medium or high): the need decides channel and response time, the tolerance how often the client is called on.
    A client of unknown need is served as one who needs service; one of unknown tolerance as of medium tolerance.

    Parameters
    ----------
    medium, large
        Assets from which a client is of medium and of large size [money].
    demotion_band
        Share of the bound by which assets may fall short before a client falls.
    dwell
        Quarterly reviews in a row short of that.
    grace
        How long a new client does not fall.

    Raises
    ------
    InvalidValueError
        If sizes do not rise from above 0, or a setting is not allowed.

    Examples
    --------
    >>> policy = institutional_clients()
    >>> policy.names
    ('small', 'medium', 'large')
    >>> policy.tiers[2].entitlements.channel, policy.tiers[2].entitlements.contact_every.days
    ('service team, on site', 15)
    >>> from datetime import date
    >>> from crmrisk import Portfolio
    >>> from crmrisk.segmentation.tier_capacity import entitlements_of
    >>> from crmrisk.segmentation.tiers import TierSegmenter
    >>> book = Portfolio(["C1"], date(2026, 1, 31), {"assets": [2e8]}, {"business_need": ["trading"]})
    >>> table = entitlements_of(policy, TierSegmenter(policy=policy).segment(book), book)
    >>> table.channel[0], float(table.response_hours[0])
    ('named dealer', 1.0)
    """
    if is_number(medium) and not medium > 0.0:
        raise InvalidValueError(Problem(what="not above 0", where="medium", allowed="> 0", got=repr(medium)[:100]))
    plain = TierPolicy.from_cuts("assets", {"medium": medium, "large": large}, base="small")
    tiers = [
        Tier(
            tier.name,
            tier.criteria,
            _entitlements(tier.name, "service", "medium"),
            variants=[
                EntitlementVariant(condition, _entitlements(tier.name, need, tolerance))
                for condition, need, tolerance in _profiles()
            ],
        )
        for tier in plain.tiers
    ]
    return TierPolicy(
        tiers=tiers,
        name="institutional clients",
        demotion_band=demotion_band,
        bands="share",
        dwell=dwell,
        grace=grace,
        review_every=timedelta(days=91),
    )


def _profiles() -> list[tuple[Condition, str, str]]:
    """Return every need with every tolerance, then each alone, for clients of whom only one is known."""
    needs = {name: Criterion("business_need", one_of=[name]) for name in BUSINESS_NEEDS}
    tolerances = {name: Criterion("risk_tolerance", one_of=[name]) for name in RISK_TOLERANCES}
    both: list[tuple[Condition, str, str]] = [
        (AllOf([needs[need], tolerances[tolerance]]), need, tolerance)
        for need in BUSINESS_NEEDS
        for tolerance in RISK_TOLERANCES
    ]
    one = [(needs[need], need, "medium") for need in BUSINESS_NEEDS]
    return [*both, *one, *((tolerances[name], "service", name) for name in RISK_TOLERANCES)]


def _entitlements(size: str, need: str, tolerance: str) -> ServiceEntitlements:
    factor, more = _TOLERANCE[tolerance]
    return ServiceEntitlements(
        _CONTACTS[size] * factor,
        _CHANNELS[need][size],
        timedelta(hours=_RESPONSE_HOURS[need][size]),
        hours_per_contact=_HOURS[size],
        services=(*_SERVICES[need], *more),
    )
