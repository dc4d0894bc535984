"""Who may be contacted, from when on, and what is at stake: from a portfolio, a frame of any engine, or columns."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import narwhals.stable.v2 as nw
import numpy as np

from crmrisk.core.arrays import LARGEST_NUMBER, FloatArray, ObjectArray, frozen_floats, frozen_objects
from crmrisk.core.errors import CrmRiskError, InvalidValueError, MissingInputsError, PortfolioError, Problem
from crmrisk.core.expecting import expect
from crmrisk.core.instants import instant
from crmrisk.core.portfolio import Portfolio
from crmrisk.core.portfolio_checks import frozen_labels, frozen_moments, id_problems
from crmrisk.core.row_names import refuse_other_order

if TYPE_CHECKING:
    from datetime import date, datetime

__all__ = ["People", "read_people"]

_NEEDED = ("customer_id", "value", "risk")


@dataclass(frozen=True, kw_only=True, eq=False)
class People:
    """Hold what a plan needs to know of each customer.

    Parameters
    ----------
    customer_id
        Unique identifiers, ``(n_customers,)``.
    start
        When the plan begins.
    value
        Money at stake, ``(n_customers,)``; NaN is unrated.
    risk
        The probability of losing it, ``(n_customers,)``; NaN is unrated.
    tier
        ``(n_customers,)``; ``None`` is unrated.
    consent
        1, 0, or NaN where it is unknown; ``None`` where nobody was asked, ``(n_customers,)``.
    since_contact
        Time since the last contact [day], ``(n_customers,)``; NaN where there was none.
    made
        Contacts already made in the period, ``(n_customers,)``.
    hours
        Work of one contact [hour], ``(n_customers,)``; NaN is what the tier says.
    channel
        Who or what makes the contact, ``(n_customers,)``; ``None`` is what the tier says.

    Examples
    --------
    >>> from datetime import date
    >>> people = read_people({"customer_id": ["A"], "value": [100], "risk": [0.5]}, as_of=date(2026, 1, 1), names={})
    >>> people.made
    array([0.])
    """

    customer_id: ObjectArray
    start: datetime
    value: FloatArray
    risk: FloatArray
    tier: ObjectArray
    consent: FloatArray | None
    since_contact: FloatArray
    made: FloatArray
    hours: FloatArray
    channel: ObjectArray


def read_people(customers: Any, *, as_of: date | datetime | None, names: Mapping[str, str]) -> People:
    """Read customers, and list everything that is wrong with them.

    Parameters
    ----------
    customers
        A `Portfolio`, a frame of any engine, or name to column: ``customer_id``, ``value``, ``risk``, [``tier``,
        ``consent``, ``last_contact`` or ``days_since_contact`` (of both, the later contact counts), ``contacts_made``,
        ``hours``, ``channel``].
    as_of
        When the plan begins; a portfolio's own time by default.
    names
        The caller's column names to the names above.

    Raises
    ------
    MissingInputsError
        If a column is not there.
    PortfolioError
        If columns are of different lengths or of the wrong kind.
    InvalidValueError
        If risk is no probability, contacts are negative, or a last contact lies after the start.

    Examples
    --------
    >>> from datetime import date
    >>> read_people({"customer_id": ["A"], "value": [100]}, as_of=date(2026, 1, 1), names={})
    Traceback (most recent call last):
    crmrisk.core.errors.MissingInputsError: contact_plan: no column 'risk'; got: customer_id, value
    """
    found = _named(_columns(customers), names)
    start = _start(customers, as_of)
    ids = frozen_objects(_listed(found["customer_id"]), where="customer_id")
    ids = frozen_objects(
        [str(each) if isinstance(each, int | np.integer) else each for each in ids], where="customer_id"
    )
    read: dict[str, Any] = {"customer_id": ids}
    problems = [*id_problems(ids)]
    for name, values in found.items():
        if name == "customer_id":
            continue
        try:
            read[name] = _READERS.get(name, frozen_floats)(values, where=name)
        except CrmRiskError as error:
            problems.extend(error.problems)
    problems += _lengths(read, len(ids))
    if problems:
        raise PortfolioError(*problems)
    return _people(read, start)


def _named(columns: Mapping[str, Any], names: Mapping[str, str]) -> dict[str, Any]:
    """Put the columns under the names they are read by, or list what is missing."""
    expect(names, Mapping, where="rename", remedy="pass {'your name': 'value'}")
    known = (*_NEEDED, *_OPTIONAL, "tier", "channel", "consent", "last_contact")
    got = ", ".join(map(str, columns))[:200]
    problems = [Problem(what=f"no column {name!r}", where="rename", got=got) for name in names if name not in columns]
    problems += [
        Problem(what=f"no such input {name!r}", where="rename", allowed=", ".join(known))
        for name in names.values()
        if name not in known
    ]
    found = {name: values for name, values in columns.items() if name in known and name not in names}
    found |= {name: columns[own] for own, name in names.items() if own in columns and name in known}
    problems += [
        Problem(what=f"no column {name!r}", where="contact_plan", got=got) for name in _NEEDED if name not in found
    ]
    if problems:
        raise MissingInputsError(*problems)
    return found


_OPTIONAL = ("days_since_contact", "contacts_made", "hours")


def _people(read: dict[str, Any], start: datetime) -> People:
    n = len(read["customer_id"])
    unknown = np.full(n, np.nan)
    since = read.get("days_since_contact", unknown)
    if "last_contact" in read:
        passed = np.datetime64(start.replace(tzinfo=None), "us") - read["last_contact"]
        since = np.fmin(since, passed / np.timedelta64(1, "D"))
    people = People(
        customer_id=read["customer_id"],
        start=start,
        value=read["value"],
        risk=read["risk"],
        tier=read.get("tier", np.full(n, None, dtype=object)),
        consent=read.get("consent"),
        since_contact=since,
        made=np.nan_to_num(read.get("contacts_made", np.zeros(n))),
        hours=read.get("hours", unknown),
        channel=read.get("channel", np.full(n, None, dtype=object)),
    )
    _check(people)
    return people


def _check(people: People) -> None:
    checks = (
        ("risk", "no probability", "0 to 1", (people.risk < 0.0) | (people.risk > 1.0), people.risk),
        ("value", "too large to add up", "up to 1e140", np.abs(people.value) > LARGEST_NUMBER, people.value),
        ("contacts_made", "out of range", "0 to 10,000", (people.made < 0.0) | (people.made > 1e4), people.made),
        ("hours", "out of range", "1e-6 to 10,000", (people.hours < 1e-6) | (people.hours > 1e4), people.hours),
        ("last_contact", "after the start of the plan", "before it", people.since_contact < 0.0, people.since_contact),
    )
    problems = [
        Problem(what=f"{what} in {int(wrong.sum())} row(s)", where=where, allowed=allowed, got=str(values[wrong][0]))
        for where, what, allowed, wrong, values in checks
        if wrong.any()
    ]
    if problems:
        raise InvalidValueError(*problems)


def _start(customers: Any, as_of: date | datetime | None) -> datetime:
    if as_of is None and not isinstance(customers, Portfolio):
        raise InvalidValueError(Problem(what="missing", where="as_of", remedy="as_of=date(2026, 1, 31)"))
    return instant(customers.as_of if as_of is None else as_of)


def _columns(customers: Any) -> Mapping[str, Any]:
    if isinstance(customers, Portfolio):
        return {"customer_id": customers.customer_id, **customers.labels, **customers.columns}
    if isinstance(customers, Mapping):
        refuse_other_order(**{str(name): column for name, column in customers.items()})
        return customers
    try:
        frame: Any = nw.from_native(customers)
        held = frame.collect() if isinstance(frame, nw.LazyFrame) else frame
        return {name: held[name] for name in held.columns}
    except Exception as error:  # noqa: BLE001 - each engine complains in its own way of frames it cannot read
        allowed, got = "a Portfolio, a table or name to column", f"{type(customers).__name__}: {error}"[:200]
        raise PortfolioError(Problem(what="no customers", where="customers", allowed=allowed, got=got)) from None


def _listed(values: Any) -> list[Any]:
    listed: list[Any] = values.to_list() if isinstance(values, nw.Series) else list(values)
    return listed


def _floats(values: Any, *, where: str) -> FloatArray:
    return frozen_floats(values.to_numpy() if isinstance(values, nw.Series) else values, where=where)


def _labels(values: Any, *, where: str) -> ObjectArray:
    return frozen_labels(_listed(values), where=where)


def _moments(values: Any, *, where: str) -> Any:
    return frozen_moments(frozen_objects(_listed(values), where=where), where=where)


def _consent(values: Any, *, where: str) -> FloatArray:
    """Read yes and no; anything but a clear yes or no is unknown, and never taken for a yes."""
    read = [_yes_or_no(each) for each in _listed(values)]
    if None in read:
        got = repr(_listed(values)[read.index(None)])[:50]
        allowed = "true, false or missing"
        raise PortfolioError(Problem(what="neither yes nor no", where=where, allowed=allowed, got=got))
    return np.array(read, dtype=np.float64)


def _yes_or_no(value: object) -> float | None:
    if value is None or type(value).__name__ == "NAType":
        return float("nan")
    if isinstance(value, bool | np.bool_ | int | np.integer | float) and (value in {0, 1} or value != value):  # noqa: PLR0124 - NaN is not itself
        return float(value)
    return None


def _lengths(read: Mapping[str, Any], n: int) -> list[Problem]:
    return [
        Problem(what="length differs from customer_id", where=name, allowed=str(n), got=str(len(values)))
        for name, values in read.items()
        if len(values) != n
    ]


_READERS = {"tier": _labels, "channel": _labels, "consent": _consent, "last_contact": _moments}
_READERS |= dict.fromkeys(("value", "risk", *_OPTIONAL), _floats)
