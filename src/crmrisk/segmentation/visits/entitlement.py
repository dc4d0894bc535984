"""How often a customer must be contacted and may be: what a tier promises, and where it ends being welcome."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from math import ceil, floor
from typing import TYPE_CHECKING, Annotated, Any, NamedTuple, Self

from pydantic import Field, model_validator
from pydantic.dataclasses import dataclass

from crmrisk.core.arguments import is_number
from crmrisk.core.errors import InvalidValueError, Problem
from crmrisk.core.instants import TimeSpan, days
from crmrisk.core.measures import Name
from crmrisk.core.model import VALUE, Value
from crmrisk.segmentation.tier_capacity import Entitled

if TYPE_CHECKING:
    from crmrisk.core.arrays import IntArray, ObjectArray

__all__ = ["ByCustomer", "ContactEntitlement", "read_entitlement", "read_entitlements"]

_YEAR = 365.25
_NAMES = tuple((f"min{each}", f"max{each}") for each in ("imum", "_contacts", "imum_contacts", ""))


@dataclass(frozen=True, config=VALUE)
class ContactEntitlement(Value):
    """State how often one customer is contacted in a period.

    Parameters
    ----------
    minimum, maximum
        The fewest contacts promised and the most that are welcome, per period of the plan.
    gap
        The shortest time between two contacts; two are never planned for one day.
    hours
        Work of one contact [hour].
    channel
        Who or what makes the contact: a visit, the telephone, a desk; needed where capacity is stated by channel.

    Raises
    ------
    InvalidValueError
        If the minimum is above the maximum, or anything is negative.

    Examples
    --------
    >>> ContactEntitlement(1, 4, gap=timedelta(days=14)).maximum
    4
    """

    minimum: Annotated[int, Field(ge=0, le=10_000)] = 0
    maximum: Annotated[int, Field(ge=0, le=10_000)] = 1
    gap: TimeSpan = timedelta(0)
    hours: Annotated[float, Field(gt=0, le=10_000)] = 1.0
    channel: Name | None = None

    @model_validator(mode="after")
    def _coherent(self) -> Self:
        problems = []
        if self.minimum > self.maximum:
            allowed = f"at most {self.maximum}, the maximum"
            where = "ContactEntitlement.minimum"
            problems.append(Problem(what="above the maximum", where=where, allowed=allowed, got=str(self.minimum)))
        if self.gap < timedelta(0):
            problems.append(Problem(what="negative", where="ContactEntitlement.gap", got=str(self.gap)))
        if problems:
            raise InvalidValueError(*problems)
        return self


class ByCustomer(NamedTuple):
    """Hold the entitlement of each customer.

    Examples
    --------
    >>> ByCustomer._fields
    ('customer_id', 'kinds', 'places')
    """

    customer_id: ObjectArray
    kinds: tuple[ContactEntitlement, ...]
    places: IntArray
    """Place among the kinds, -1 for none, ``(n_customers,)``."""


def read_entitlements(
    given: Any, period: timedelta
) -> Mapping[str, ContactEntitlement] | ByCustomer | ContactEntitlement:
    """Read the entitlements of every tier, of every customer, or one for everybody.

    Parameters
    ----------
    given
        Tier to anything `read_entitlement` takes, one of those, or what `entitlements_of` found for each customer.
    period
        How long the plan is.

    Raises
    ------
    InvalidValueError
        If one cannot be read; all that cannot are listed.

    Examples
    --------
    >>> read_entitlements({"gold": (1, 4)}, timedelta(days=90))["gold"].maximum
    4
    """
    if isinstance(given, Entitled):
        kinds = tuple(read_entitlement(each, period, where="entitlements") for each in given.kinds)
        return ByCustomer(given.customer_id, kinds, given.places)
    if not isinstance(given, Mapping) or {"minimum", "maximum", "min", "max", "max_contacts"} & {*given}:
        return read_entitlement(given, period, where="entitlements")
    read: dict[str, ContactEntitlement] = {}
    problems: list[Problem] = []
    for tier, each in given.items():
        try:
            read[str(tier)] = read_entitlement(each, period, where=f"entitlements[{tier!r}]")
        except InvalidValueError as error:
            problems.extend(error.problems)
    if problems or not read:
        raise InvalidValueError(*problems or [Problem(what="no tier", where="entitlements", allowed="at least one")])
    return read


def read_entitlement(given: Any, period: timedelta, *, where: str) -> ContactEntitlement:
    """Read one entitlement.

    Parameters
    ----------
    given
        A `ContactEntitlement`; a pair of minimum and maximum; an object or mapping with ``minimum`` and ``maximum`` (or
        ``min_contacts`` and ``max_contacts``); or one with ``contacts_per_year``, as
        `crmrisk.segmentation.entitlements.ServiceEntitlements`: its contacts in the period, rounded down, are the
        minimum, rounded up the maximum, and the time between them is the gap.
    period
        How long the plan is.
    where
        What it is called in an error.

    Raises
    ------
    InvalidValueError
        If it is nothing of that.

    Examples
    --------
    >>> read_entitlement({"contacts_per_year": 6}, timedelta(days=90), where="gold")
    ContactEntitlement(minimum=1, maximum=2, gap=datetime.timedelta(days=60, seconds=75600), hours=1.0, channel=None)
    """
    if isinstance(given, ContactEntitlement):
        return given
    yearly = _part(given, "contacts_per_year")
    if is_number(yearly) and 0.0 <= yearly < 10_000.0:
        contacts = yearly * days(period) / _YEAR
        gap = timedelta(days=_YEAR / yearly) if contacts else timedelta(0)
        hours = _part(given, "hours_per_contact") or 1.0
        return ContactEntitlement(floor(contacts), ceil(contacts), gap, hours, _part(given, "channel"))
    if isinstance(given, tuple | list) and len(given) == 2:
        return ContactEntitlement(*given)
    for least, most in _NAMES:
        if _part(given, most) is not None:
            parts = {name: _part(given, name) for name in ("gap", "hours", "channel")}
            kept = {name: value for name, value in parts.items() if value is not None}
            return ContactEntitlement(_part(given, least) or 0, _part(given, most), **kept)
    allowed = "a minimum and a maximum, or contacts_per_year"
    remedy = "ContactEntitlement(minimum, maximum, gap=...), or entitlements_of(policy, tiers, portfolio)"
    raise InvalidValueError(
        Problem(what="no entitlement", where=where, allowed=allowed, got=repr(given)[:100], remedy=remedy)
    )


def _part(given: Any, name: str) -> Any:
    return given.get(name) if isinstance(given, Mapping) else getattr(given, name, None)
