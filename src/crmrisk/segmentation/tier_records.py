"""What people decide about single customers: overrides, approvals and protections, with dates and reasons."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self, TypeAlias

import numpy as np
from pydantic import model_validator
from pydantic.dataclasses import dataclass

from crmrisk.core.arguments import kind_problems
from crmrisk.core.customers import Identifier
from crmrisk.core.errors import InvalidValueError, Problem
from crmrisk.core.instants import Moment
from crmrisk.core.measures import Name
from crmrisk.core.model import VALUE, Value

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from crmrisk.core.arrays import BoolArray

__all__ = [
    "TierApproval",
    "TierOverride",
    "TierProtection",
    "TierRecord",
    "active",
    "in_force",
    "plain",
    "record_problems",
]


def plain(moment: datetime) -> np.datetime64:
    """Write a point in time without its zone, which is UTC if it has one, so that any two compare.

    Parameters
    ----------
    moment
        The point in time.

    Examples
    --------
    >>> from datetime import UTC, datetime
    >>> plain(datetime(2026, 1, 31, tzinfo=UTC)) == plain(datetime(2026, 1, 31))
    np.True_
    """
    return np.datetime64(moment.replace(tzinfo=None), "us")


class _Dated(Value):
    """Be in force from one point in time to before another."""

    if TYPE_CHECKING:
        since: datetime
        until: datetime | None

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.until is not None and plain(self.until) <= plain(self.since):
            what, got = "ends before it begins", f"{self.since} to {self.until}"
            raise InvalidValueError(Problem(what=what, where=type(self).__name__, got=got))
        return self


@dataclass(frozen=True, config=VALUE)
class TierOverride(_Dated):
    """Put a customer into a tier by hand, for a time; beneath it the policy goes on, and takes over when it ends.

    Parameters
    ----------
    customer_id, tier
        Who, and where to.
    since, until
        From when, and before when; an override without an end is refused, for it would be a rule.
    reason, by
        Why, and who decided.

    Raises
    ------
    InvalidValueError
        If it ends before it begins.

    Examples
    --------
    >>> from datetime import date
    >>> TierOverride("C1", "gold", date(2026, 1, 1), date(2026, 7, 1), reason="merger").tier
    'gold'
    """

    customer_id: Identifier
    tier: Name
    since: Moment
    until: Moment
    reason: str = ""
    by: str = ""


@dataclass(frozen=True, config=VALUE)
class TierApproval(_Dated):
    """Allow a customer's move to a tier that needs approval.

    Parameters
    ----------
    customer_id, tier
        Who may move, and where to.
    since, until
        From when, and before when; ``None`` is open.
    by
        Who approved.

    Raises
    ------
    InvalidValueError
        If it ends before it begins.

    Examples
    --------
    >>> from datetime import date
    >>> TierApproval("C1", "platinum", date(2026, 1, 1), by="credit committee").by
    'credit committee'
    """

    customer_id: Identifier
    tier: Name
    since: Moment
    until: Moment | None = None
    by: str = ""


@dataclass(frozen=True, config=VALUE)
class TierProtection(_Dated):
    """Keep a customer from falling, for a time.

    Parameters
    ----------
    customer_id
        Who.
    since, until
        From when, and before when; ``None`` is open.
    reason, by
        Why, and who decided.

    Raises
    ------
    InvalidValueError
        If it ends before it begins.

    Examples
    --------
    >>> from datetime import date
    >>> TierProtection("C1", date(2026, 1, 1), reason="open dispute").reason
    'open dispute'
    """

    customer_id: Identifier
    since: Moment
    until: Moment | None = None
    reason: str = ""
    by: str = ""


TierRecord: TypeAlias = TierOverride | TierApproval | TierProtection


def active(records: Sequence[TierRecord], at: np.datetime64, rows: Mapping[str, int], tier: str = "") -> BoolArray:
    """Tell whom a record that is in force names.

    Parameters
    ----------
    records
        Of one kind.
    at
        When, without a zone (UTC).
    rows
        Customer to position.
    tier
        Count only records of this tier.

    Examples
    --------
    >>> from datetime import date
    >>> import numpy as np
    >>> active([TierProtection("C2", date(2026, 1, 1))], np.datetime64("2026-02-01"), {"C1": 0, "C2": 1})
    array([False,  True])
    """
    found = np.zeros(len(rows), dtype=np.bool_)
    for each in records:
        if in_force(each, at) and (not tier or getattr(each, "tier", "") == tier):
            found[rows[each.customer_id]] = True
    return found


def in_force(record: TierRecord, at: np.datetime64) -> bool:
    """Tell whether a record is in force.

    Parameters
    ----------
    record
        The record.
    at
        When, without a zone (UTC).

    Examples
    --------
    >>> from datetime import date
    >>> import numpy as np
    >>> in_force(TierProtection("C2", date(2026, 1, 1), date(2026, 2, 1)), np.datetime64("2026-02-01"))
    False
    """
    return bool(plain(record.since) <= at and (record.until is None or at < plain(record.until)))


def record_problems(
    records: Sequence[object], kind: type, *, where: str, rows: Mapping[str, int], tiers: tuple[str, ...]
) -> list[Problem]:
    """List the records of another kind, of customers who are not there, and of tiers that are not on the ladder.

    Parameters
    ----------
    records
        What the caller gave.
    kind
        What they should be.
    where
        The argument.
    rows
        Customer to position.
    tiers
        The ladder.

    Examples
    --------
    >>> from datetime import date
    >>> gone = TierProtection("C9", date(2026, 1, 1))
    >>> [str(each) for each in record_problems([gone], TierProtection, where="protected", rows={}, tiers=())]
    ["protected[0]: no such customer; got: 'C9'"]
    """
    problems = []
    for place, each in enumerate(records):
        at = f"{where}[{place}]"
        wrong = kind_problems(each, kind, where=at)
        problems += wrong
        who, tier = (getattr(each, name, None) for name in ("customer_id", "tier"))
        if not wrong and who not in rows:
            problems.append(Problem(what="no such customer", where=at, got=repr(who)[:100]))
        if not wrong and tier not in {None, *tiers}:
            problems.append(Problem(what="no such tier", where=at, allowed=", ".join(tiers), got=repr(tier)[:100]))
    return problems
