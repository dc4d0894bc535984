"""Planning contacts: from value, risk, tier and consent to a plan that keeps promises and pesters nobody.

What a contact averts is an assumption until it was measured: each averts the same share of the loss still expected, so
that every further one is worth less. Measure the share by a test with a control group, and pass it.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any, Literal, NamedTuple, TypeAlias

import numpy as np

from crmrisk.core.arguments import refuse
from crmrisk.core.arrays import FloatArray, IntArray, ObjectArray, frozen_floats
from crmrisk.core.errors import InvalidValueError, PortfolioError, Problem
from crmrisk.core.instants import days
from crmrisk.segmentation.visits.allocation import Demands
from crmrisk.segmentation.visits.calendar import Calendar
from crmrisk.segmentation.visits.entitlement import ByCustomer, ContactEntitlement, read_entitlements
from crmrisk.segmentation.visits.people import People, read_people
from crmrisk.segmentation.visits.plan import ContactPlan
from crmrisk.segmentation.visits.sharing import share_out
from crmrisk.segmentation.visits.teams import ChannelUse, read_teams, team_problems

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date, datetime

    from numpy.typing import ArrayLike

    from crmrisk.core.arrays import BoolArray
    from crmrisk.segmentation.visits.sharing import SharedOut
    from crmrisk.segmentation.visits.teams import Teams

    Entitlements: TypeAlias = Mapping[str, ContactEntitlement] | ByCustomer | ContactEntitlement

__all__ = ["CapacityUnit", "contact_plan"]

CapacityUnit: TypeAlias = Literal["contacts", "hours"]
"""What a team's capacity is counted in."""


def contact_plan(
    customers: Any,
    *,
    entitlements: Any,
    capacity: float | Mapping[str, float],
    unit: CapacityUnit = "contacts",
    period: timedelta = timedelta(days=90),
    capacity_every: timedelta | None = None,
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
        period, ``hours`` per contact, ``channel``].
    entitlements
        Tier to its `ContactEntitlement`, to a pair of minimum and maximum, or to
        `crmrisk.segmentation.entitlements.ServiceEntitlements`; one of these for everybody; or what
        `crmrisk.segmentation.entitlements_of` found for each customer by tier, need and tolerance.
    capacity
        What the team has for the whole period; or channel (visits, telephone, the desk of a skill) to what its team
        has. A customer's channel is the column, else that of the entitlement.
    unit
        What that is counted in.
    period
        How long the plan is, in whole days.
    capacity_every
        The stretch of time that has this capacity again and again, a week say; by default the whole period. A shorter
        last stretch has its share. Contacts then get days in stretches with capacity left; what does not fit is not
        planned.
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
    unknown get nothing, as nothing says what is welcome, nor do customers whose channel is unknown where capacity is
    stated by channel.

    Raises
    ------
    MissingInputsError
        If a column is not there.
    PortfolioError
        If columns are of different lengths or of the wrong kind, or identifiers repeat.
    InvalidValueError
        If a setting is outside its range, a tier has no entitlements, or a channel no capacity.

    Examples
    --------
    >>> from datetime import date
    >>> book = {"customer_id": ["A", "B"], "value": [900, 500], "risk": [0.5, 0.4], "consent": [True, False]}
    >>> plan = contact_plan(book, entitlements=(1, 3), capacity=10, as_of=date(2026, 1, 1))
    >>> plan.contacts.tolist(), plan.reason.tolist()
    ([3, 0], ['1 promised, 2 more worth it, no more welcome', 'no consent: 1 promised, none planned'])
    >>> book |= {"channel": ["visit", "telephone"], "consent": [True, True]}
    >>> plan = contact_plan(book, entitlements=(1, 3), capacity={"visit": 1, "telephone": 9}, as_of=date(2026, 1, 1))
    >>> for use in plan.channels:
    ...     print(use)
    visit: 1 of 1 used for 1 contacts, one more would avert 40.5
    telephone: 3 of 9 used for 3 contacts, one more would avert 0
    """
    length = _checked(unit, period, min_gap, teams=(capacity, capacity_every))
    teams = read_teams(capacity, capacity_every, length)
    people = read_people(customers, as_of=as_of, names=rename or {})
    share = _shares(effectiveness, len(people.customer_id))
    limits = _limits(people, read_entitlements(entitlements, period), length, min_gap)
    limits, team = _with_teams(limits, teams)
    stake = np.maximum(people.value * people.risk, 0.0) * share * (1.0 - share) ** people.made
    cost = limits.hours if unit == "hours" else np.ones(len(stake))
    kept = np.minimum(limits.promised, limits.maximum)
    demands = Demands(np.nan_to_num(stake), 1.0 - share, kept, limits.maximum, cost)
    calendar = Calendar(limits.earliest, limits.gap, length, teams.every)
    order = np.argsort(people.customer_id.astype(str), kind="stable")  # ties are settled by name, not by place
    found = share_out(demands, calendar, teams, team, order=order)
    contacts = found.contacts
    return ContactPlan(
        customer_id=people.customer_id.copy(),
        contacts=contacts,
        minimum=limits.promised,
        maximum=limits.maximum,
        gain=_averted(stake, share, contacts),
        next_gain=np.where(contacts < limits.maximum, stake * (1.0 - share) ** contacts, 0.0),
        reason=_reasons(limits, contacts, np.isnan(stake)),
        channel=limits.channel,
        cost=cost,
        day=found.day,
        start=people.start,
        period=period,
        unit=unit,
        teams=teams,
        channels=_uses(teams, team, limits, found),
        gain_bound=found.bound,
        warnings=_warnings(people, np.isnan(stake)),
    )


def _with_teams(limits: _Limits, teams: Teams) -> tuple[_Limits, IntArray]:
    """Find each customer's team, and bar those whom none is known for."""
    team = teams.places(limits.channel)
    barred = np.where((team < 0) & (limits.barred == None), "channel unknown", limits.barred)  # noqa: E711 - of objects
    return limits._replace(barred=barred, maximum=np.where(team < 0, 0, limits.maximum)), team


def _uses(teams: Teams, team: IntArray, limits: _Limits, found: SharedOut) -> tuple[ChannelUse, ...]:
    unmet = np.maximum(limits.promised - found.contacts, 0)
    return tuple(
        ChannelUse(
            channel=teams.names[place] if teams.names else None,
            capacity=float(teams.capacity[place].sum()),
            used=each.used,
            contacts=int(each.contacts.sum()),
            unmet=int(unmet[team == place].sum()),
            shadow_price=each.shadow_price,
        )
        for place, each in enumerate(found.allocations)
    )


class _Limits(NamedTuple):
    promised: IntArray
    maximum: IntArray
    earliest: IntArray
    gap: IntArray
    hours: FloatArray
    channel: ObjectArray
    barred: ObjectArray
    """Why nobody may call, or ``None``."""
    full: BoolArray
    """Whether the contacts already made are all that is welcome."""


def _checked(unit: str, period: timedelta, min_gap: timedelta, *, teams: tuple[Any, Any]) -> int:
    whole = isinstance(period, timedelta) and period >= timedelta(days=1) and not period % timedelta(days=1)
    late = isinstance(min_gap, timedelta) and min_gap >= timedelta(0)
    checks = (
        ("unit", unit, "contacts, hours", isinstance(unit, str) and unit in {"contacts", "hours"}),
        ("period", period, "a timedelta of whole days", whole),
        ("min_gap", min_gap, "a timedelta >= 0", late),
    )
    wrong = [Problem(what="not allowed", where=w, allowed=a, got=repr(v)) for w, v, a, fine in checks if not fine]
    refuse(wrong, team_problems(*teams, period.days if whole else 1_000_000))
    return period.days


def _shares(effectiveness: Any, n: int) -> FloatArray:
    shares = frozen_floats(np.atleast_1d(np.asarray(effectiveness)), where="effectiveness")
    odd = np.isnan(shares) | (shares < 0.0) | (shares > 1.0)
    if odd.any() or len(shares) not in {1, n}:
        got = str(shares[odd][0]) if odd.any() else f"{len(shares)} values"
        allowed = "0 to 1, one for all or one per customer"
        raise InvalidValueError(Problem(what="no share", where="effectiveness", allowed=allowed, got=got))
    return np.broadcast_to(shares, (n,))


def _limits(people: People, entitlements: Entitlements, length: int, min_gap: timedelta) -> _Limits:
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
        nothing = "no entitlement" if isinstance(entitlements, ByCustomer) else "tier unknown"
        barred[place == len(kinds) - 1] = nothing
    allowed = np.where([why is None for why in barred], np.minimum(open_, room), 0)
    hours = np.where(np.isnan(people.hours), tier_hours, people.hours)
    usual = np.array([*(each.channel for each in kinds), None], dtype=object)[place]
    channel = np.where(people.channel == None, usual, people.channel)  # noqa: E711 - of objects
    return _Limits(promised, allowed, earliest, gap, hours, channel, barred, (open_ == 0) & (most > 0))


def _placed(people: People, entitlements: Entitlements) -> tuple[list[ContactEntitlement], IntArray]:
    if isinstance(entitlements, ContactEntitlement):
        return [entitlements], np.zeros(len(people.customer_id), dtype=np.int64)
    if isinstance(entitlements, ByCustomer):
        return _placed_by_customer(people, entitlements)
    place = {tier: number for number, tier in enumerate(entitlements)}
    strange = sorted({tier for tier in people.tier if tier is not None} - place.keys())
    if strange:
        what = f"no entitlements for {', '.join(map(repr, strange[:5]))}"
        raise InvalidValueError(Problem(what=what, where="entitlements", allowed=", ".join(place)))
    nothing = ContactEntitlement(0, 0)
    codes = np.array([place.get(tier, len(place)) for tier in people.tier], dtype=np.int64)
    return [*entitlements.values(), nothing], codes


def _placed_by_customer(people: People, entitlements: ByCustomer) -> tuple[list[ContactEntitlement], IntArray]:
    rows = {each: row for row, each in enumerate(entitlements.customer_id.tolist())}
    strange = [each for each in people.customer_id.tolist() if each not in rows]
    if strange:
        what = f"{len(strange)} customer(s) without entitlements"
        remedy = "entitlements_of(policy, tiers, portfolio) for the same customers"
        raise PortfolioError(Problem(what=what, where="entitlements", got=repr(strange[0])[:100], remedy=remedy))
    places = np.asarray(entitlements.places)[[rows[each] for each in people.customer_id.tolist()]]
    kinds = [*entitlements.kinds, ContactEntitlement(0, 0)]
    return kinds, np.where(places < 0, len(kinds) - 1, places)


def _averted(stake: FloatArray, share: FloatArray, contacts: IntArray) -> FloatArray:
    """Add up the contacts of each customer: a geometric series."""
    part = np.where(share < 1.0, share, 0.0)
    averted = np.where(share < 1.0, -np.expm1(contacts * np.log1p(-part)), contacts > 0)  # one contact averts it all
    return np.divide(stake * averted, share, out=np.zeros(len(stake)), where=share > 0.0)


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
