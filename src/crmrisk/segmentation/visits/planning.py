"""Planning contacts: from value, risk, tier and consent to a plan that keeps promises and pesters nobody.

What a contact averts is an assumption until it was measured: each averts the same share of the loss still expected, so
that every further one is worth less. Measure the share by a test with a control group, and pass it.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any, Literal, NamedTuple, TypeAlias

import numpy as np

from crmrisk.core.arguments import is_number, refuse
from crmrisk.core.arrays import FloatArray, IntArray, ObjectArray, frozen_floats
from crmrisk.core.errors import InvalidValueError, Problem
from crmrisk.core.instants import days
from crmrisk.segmentation.visits.allocation import Demands, allocate
from crmrisk.segmentation.visits.entitlement import ContactEntitlement, read_entitlements
from crmrisk.segmentation.visits.people import People, read_people
from crmrisk.segmentation.visits.plan import ContactPlan

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date, datetime

    from numpy.typing import ArrayLike

    from crmrisk.core.arrays import BoolArray

__all__ = ["CapacityUnit", "contact_plan"]

CapacityUnit: TypeAlias = Literal["contacts", "hours"]
"""What a team's capacity is counted in."""


def contact_plan(
    customers: Any,
    *,
    entitlements: Any,
    capacity: float,
    unit: CapacityUnit = "contacts",
    period: timedelta = timedelta(days=90),
    effectiveness: float | ArrayLike = 0.1,
    min_gap: timedelta = timedelta(0),
    as_of: date | datetime | None = None,
    rename: Mapping[str, str] | None = None,
) -> ContactPlan:
    r"""Plan how often a team contacts each customer within a period.

    The k-th contact averts :math:`V R e (1 - e)^{k-1}` of value V at risk R. The minimums that tiers promise come
    first, the most valuable first where capacity is short; what is left goes where a contact averts most per unit of
    capacity.
    Nobody is contacted more often than the maximum (contacts already made count), sooner than the gap, or without
    consent. A column ``consent`` must say yes: unknown is no.

    Parameters
    ----------
    customers
        A `crmrisk.Portfolio`, a frame of any engine, or name to column: ``customer_id``, ``value`` [money], ``risk``
        (a probability), [``tier``, ``consent``, ``last_contact`` or ``days_since_contact``, ``contacts_made`` in this
        period, ``hours`` per contact].
    entitlements
        Tier to its `ContactEntitlement`, to a pair of minimum and maximum, or to
        `crmrisk.segmentation.entitlements.ServiceEntitlements`; or one of these for everybody.
    capacity
        What the team has for the whole period.
    unit
        What that is counted in.
    period
        How long the plan is, in whole days.
    effectiveness
        The share e of the expected loss one contact averts, one for all or one per customer, in [0, 1].
    min_gap
        The shortest time between two contacts of a customer, whatever the tier.
    as_of
        When the plan begins; by default the portfolio's own time.
    rename
        The caller's column names to the names above.

    Returns
    -------
    The plan. Customers whose value or risk is unknown get what their tier promises and no more; customers whose tier is
    unknown get nothing, as nothing says what is welcome.

    Raises
    ------
    MissingInputsError
        If a column is not there.
    PortfolioError
        If columns are of different lengths or of the wrong kind, or identifiers repeat.
    InvalidValueError
        If a setting is outside its range, or a tier has no entitlements.

    Examples
    --------
    >>> from datetime import date
    >>> book = {"customer_id": ["A", "B"], "value": [900, 500], "risk": [0.5, 0.4], "consent": [True, False]}
    >>> plan = contact_plan(book, entitlements=(1, 3), capacity=10, as_of=date(2026, 1, 1))
    >>> plan.contacts.tolist(), plan.reason.tolist()
    ([3, 0], ['1 promised, 2 more worth it, no more welcome', 'no consent: 1 promised, none planned'])
    """
    length = _checked(capacity, unit, period, min_gap)
    people = read_people(customers, as_of=as_of, names=rename or {})
    share = _shares(effectiveness, len(people.customer_id))
    limits = _limits(people, read_entitlements(entitlements, period), length, min_gap)
    stake = np.maximum(people.value * people.risk, 0.0) * share * (1.0 - share) ** people.made
    cost = limits.hours if unit == "hours" else np.ones(len(stake))
    order = np.argsort(people.customer_id.astype(str), kind="stable")  # ties are settled by name, not by place
    kept = np.minimum(limits.promised, limits.maximum)
    demands = Demands(np.nan_to_num(stake), 1.0 - share, kept, limits.maximum, cost)
    found = allocate(demands.take(order), float(capacity))
    contacts = np.empty_like(found.contacts)
    contacts[order] = found.contacts
    first_day, spacing = np.empty_like(contacts), np.empty_like(contacts)
    first_day[order], spacing[order] = _days(
        contacts[order], limits.earliest[order], limits.gap[order], stake=demands.gain[order], length=length
    )
    return ContactPlan(
        customer_id=people.customer_id.copy(),
        contacts=contacts,
        minimum=limits.promised,
        maximum=limits.maximum,
        gain=_averted(stake, share, contacts),
        next_gain=np.where(contacts < limits.maximum, stake * (1.0 - share) ** contacts, 0.0),
        reason=_reasons(limits, contacts, np.isnan(stake)),
        first_day=first_day,
        spacing=spacing,
        start=people.start,
        period=period,
        capacity=float(capacity),
        used=found.used,
        unit=unit,
        shadow_price=found.shadow_price,
        gain_bound=found.bound,
        warnings=_warnings(people, np.isnan(stake)),
    )


class _Limits(NamedTuple):
    promised: IntArray
    maximum: IntArray
    earliest: IntArray
    gap: IntArray
    hours: FloatArray
    barred: ObjectArray
    """Why nobody may call, or ``None``."""
    full: BoolArray
    """Whether the contacts already made are all that is welcome."""


def _checked(capacity: float, unit: str, period: timedelta, min_gap: timedelta) -> int:
    whole = isinstance(period, timedelta) and period >= timedelta(days=1) and not period % timedelta(days=1)
    late = isinstance(min_gap, timedelta) and min_gap >= timedelta(0)
    checks = (
        ("capacity", capacity, "a number >= 0", is_number(capacity) and 0.0 <= capacity < np.inf),
        ("unit", unit, "contacts, hours", isinstance(unit, str) and unit in {"contacts", "hours"}),
        ("period", period, "a timedelta of whole days", whole),
        ("min_gap", min_gap, "a timedelta >= 0", late),
    )
    wrong = [Problem(what="not allowed", where=w, allowed=a, got=repr(v)) for w, v, a, fine in checks if not fine]
    refuse(wrong)
    return period.days


def _shares(effectiveness: Any, n: int) -> FloatArray:
    shares = frozen_floats(np.atleast_1d(np.asarray(effectiveness)), where="effectiveness")
    odd = np.isnan(shares) | (shares < 0.0) | (shares > 1.0)
    if odd.any() or len(shares) not in {1, n}:
        got = str(shares[odd][0]) if odd.any() else f"{len(shares)} values"
        allowed = "0 to 1, one for all or one per customer"
        raise InvalidValueError(Problem(what="no share", where="effectiveness", allowed=allowed, got=got))
    return np.broadcast_to(shares, (n,))


def _limits(
    people: People, entitlements: Mapping[str, ContactEntitlement] | ContactEntitlement, length: int, min_gap: timedelta
) -> _Limits:
    kinds, place = _placed(people, entitlements)
    least, most = (np.array([getattr(each, name) for each in kinds])[place] for name in ("minimum", "maximum"))
    gap = np.array([max(int(np.ceil(days(max(each.gap, min_gap)))), 1) for each in kinds])[place]
    tier_hours = np.array([each.hours for each in kinds])[place]
    silent = np.nan_to_num(people.since_contact, nan=np.inf)
    earliest = np.ceil(np.clip(gap - silent, 0.0, None)).astype(np.int64)
    room = np.where(earliest < length, (length - 1 - earliest) // gap + 1, 0)
    made = np.ceil(people.made).astype(np.int64)
    promised, open_ = np.maximum(least - made, 0), np.maximum(most - made, 0)
    barred = np.full(len(place), None, dtype=object)
    if people.consent is not None:
        barred[np.isnan(people.consent)] = "consent unknown"
        barred[people.consent == 0.0] = "no consent"
    if not isinstance(entitlements, ContactEntitlement):
        barred[[tier is None for tier in people.tier]] = "tier unknown"
    allowed = np.where([why is None for why in barred], np.minimum(open_, room), 0)
    hours = np.where(np.isnan(people.hours), tier_hours, people.hours)
    return _Limits(promised, allowed, earliest, gap, hours, barred, (open_ == 0) & (most > 0))


def _placed(
    people: People, entitlements: Mapping[str, ContactEntitlement] | ContactEntitlement
) -> tuple[list[ContactEntitlement], IntArray]:
    if isinstance(entitlements, ContactEntitlement):
        return [entitlements], np.zeros(len(people.customer_id), dtype=np.int64)
    place = {tier: number for number, tier in enumerate(entitlements)}
    strange = sorted({tier for tier in people.tier if tier is not None} - place.keys())
    if strange:
        what = f"no entitlements for {', '.join(map(repr, strange[:5]))}"
        raise InvalidValueError(Problem(what=what, where="entitlements", allowed=", ".join(place)))
    nothing = ContactEntitlement(0, 0)
    codes = np.array([place.get(tier, len(place)) for tier in people.tier], dtype=np.int64)
    return [*entitlements.values(), nothing], codes


def _averted(stake: FloatArray, share: FloatArray, contacts: IntArray) -> FloatArray:
    """Add up the contacts of each customer: a geometric series."""
    part = np.where(share < 1.0, share, 0.0)
    averted = np.where(share < 1.0, -np.expm1(contacts * np.log1p(-part)), contacts > 0)  # one contact averts it all
    return np.divide(stake * averted, share, out=np.zeros(len(stake)), where=share > 0.0)


def _days(
    contacts: IntArray, earliest: IntArray, gap: IntArray, *, stake: FloatArray, length: int
) -> tuple[IntArray, IntArray]:
    """Spread each customer's contacts over the time left, and the customers over the time between two."""
    called = contacts > 0
    rank = np.empty(len(contacts))
    rank[np.lexsort((np.arange(len(contacts)), -stake, ~called))] = np.arange(len(contacts))
    share = rank / max(int(called.sum()), 1)
    some = np.maximum(contacts, 1)
    spacing = np.maximum((length - earliest) // some, gap)
    slack = np.maximum(length - 1 - earliest - (some - 1) * spacing, 0)
    offset = np.floor(share * (np.minimum(slack, spacing - 1) + 1)).astype(np.int64)
    return np.where(called, earliest + offset, 0), np.where(called, spacing, 0)


def _reasons(limits: _Limits, contacts: IntArray, unrated: BoolArray) -> ObjectArray:
    columns = (limits.barred, limits.promised, limits.maximum, contacts, unrated, limits.full)
    rows = zip(*(column.tolist() for column in columns), strict=True)
    return np.array([_reason(_Row(*row)) for row in rows], dtype=object)


class _Row(NamedTuple):
    barred: str | None
    promised: int
    most: int
    planned: int
    unrated: bool
    full: bool


def _reason(row: _Row) -> str:
    barred, promised, most, planned, unrated, full = row
    if barred is not None:
        return f"{barred}: {promised} promised, none planned" if promised else f"{barred}: none planned"
    if not most:
        why = "as many contacts as are welcome were made" if full else "no contact is welcome yet"
        return f"{why}: {promised} promised, none planned" if promised else f"{why}: none planned"
    kept, more = min(promised, planned), max(planned - promised, 0)
    parts = [f"{kept} promised"] if kept else []
    if more:
        parts.append(f"{more} more worth it" if kept else f"{more} worth it")
    if planned < promised:
        parts.append(f"{promised - planned} promised not kept: {'gap' if planned == most else 'capacity'}")
    elif unrated:
        parts.append("value or risk unknown: no more than promised")
    else:
        parts.append("no more welcome" if planned == most else "more would avert less than elsewhere")
    return ", ".join(parts)


def _warnings(people: People, unrated: BoolArray) -> tuple[str, ...]:
    said = []
    if people.consent is None:
        said.append("no column of consent: everybody is taken to agree")
    if unrated.any():
        said.append(f"value or risk of {int(unrated.sum()):,} customers is unknown: they get no more than is promised")
    return tuple(said)
