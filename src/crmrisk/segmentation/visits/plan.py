"""The visit plan: contacts by customer and day, with the reason, and what one more would be worth."""

from __future__ import annotations

from dataclasses import dataclass
from math import fsum
from typing import TYPE_CHECKING, ClassVar, Literal

import numpy as np

from crmrisk.segmentation.visits.teams import money_words

if TYPE_CHECKING:
    from datetime import datetime, timedelta

    import pandas as pd

    from crmrisk.core.arrays import FloatArray, IntArray, ObjectArray
    from crmrisk.segmentation.visits.teams import ChannelUse, Teams

__all__ = ["ContactPlan"]


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class ContactPlan:
    """Hold how often each customer is contacted within a period, and why.

    Parameters
    ----------
    customer_id
        Identifiers, ``(n_customers,)``.
    contacts
        Contacts planned, ``(n_customers,)``.
    minimum, maximum
        What the tier promises, and what consent, gap and the contacts already made leave open, ``(n_customers,)``.
    gain
        Expected loss the contacts avert [money], ``(n_customers,)``; NaN where value or risk is unknown.
    next_gain
        What one more contact would avert [money], ``(n_customers,)``; 0 where no more is welcome.
    reason
        In words, ``(n_customers,)``.
    channel
        How each customer is contacted, ``None`` where that is not stated, ``(n_customers,)``.
    cost
        Capacity one contact takes, in the unit of the plan, ``(n_customers,)``.
    day
        The day of each contact, from the start, customer by customer, ``(n_contacts,)``.
    start, period
        When the plan begins, and how long it is.
    unit
        ``"contacts"`` or ``"hours"``.
    teams
        Who can do how much when.
    channels
        What each channel has, and what the plan takes of it.
    gain_bound
        What no plan that keeps the minimums can exceed [money]; equal to the gain where all contacts take the same
        capacity and that of the whole period counts, NaN where capacity does not keep the minimums.
    warnings
        What the reader should know.

    Examples
    --------
    >>> from datetime import date
    >>> from crmrisk.segmentation.visits import contact_plan
    >>> book = {"customer_id": ["A", "B", "C"], "value": [900, 500, 100], "risk": [0.5, 0.4, 0.1],
    ...     "tier": ["gold", "gold", "basic"]}
    >>> plan = contact_plan(book, entitlements={"gold": (1, 3), "basic": (0, 1)}, capacity=4, effectiveness=0.2,
    ...     as_of=date(2026, 1, 1))
    >>> plan.frame()[["customer_id", "contacts", "gain", "next_gain"]].round(2).values.tolist()
    [['A', 3, 219.6, 0.0], ['B', 1, 40.0, 32.0], ['C', 0, 0.0, 2.0]]
    >>> print(plan.summary())
    4 contacts to 2 of 3 customers within 90 days of 2026-01-01: 4 of 4 contacts used, 259.6 of expected loss averted
    one more unit of capacity would avert 32
    no column of consent: everybody is taken to agree
    """

    customer_id: ObjectArray
    contacts: IntArray
    minimum: IntArray
    maximum: IntArray
    gain: FloatArray
    next_gain: FloatArray
    reason: ObjectArray
    channel: ObjectArray
    cost: FloatArray
    day: IntArray
    start: datetime
    period: timedelta
    unit: Literal["contacts", "hours"]
    teams: Teams
    channels: tuple[ChannelUse, ...]
    gain_bound: float
    warnings: tuple[str, ...] = ()

    __hash__: ClassVar[None] = None  # type: ignore[assignment]  # arrays have no hash

    def __post_init__(self) -> None:
        for value in vars(self).values():
            if isinstance(value, np.ndarray):
                value.flags.writeable = False

    def __len__(self) -> int:
        return len(self.customer_id)

    def __repr__(self) -> str:
        return f"ContactPlan({self.summary().splitlines()[0]})"

    @property
    def capacity(self) -> float:
        """What all teams have over the whole period, in the unit of the plan."""
        return fsum(each.capacity for each in self.channels)

    @property
    def used(self) -> float:
        """What the plan takes of it."""
        return fsum(each.used for each in self.channels)

    @property
    def shadow_price(self) -> float:
        """What one more unit of capacity would avert where it averts most [money]; 0 where nobody waits for it."""
        return max(each.shadow_price for each in self.channels)

    @property
    def unmet(self) -> IntArray:
        """Contacts promised and not planned, ``(n_customers,)``."""
        missing: IntArray = np.maximum(self.minimum - self.contacts, 0)
        return missing

    @property
    def total_gain(self) -> float:
        """Expected loss the whole plan averts [money]."""
        return fsum(self.gain[~np.isnan(self.gain)].tolist())  # exact: in any order of customers

    def summary(self) -> str:
        """Say what the plan takes and gives, in a few lines.

        Examples
        --------
        See `ContactPlan`.
        """
        reached = int(np.count_nonzero(self.contacts))
        within = f"within {self.period.days} days of {self.start:%Y-%m-%d}"
        whom = f"{int(self.contacts.sum()):,} contacts to {reached:,} of {len(self):,} customers {within}"
        taken = f"{round(self.used, 2):,.12g} of {round(self.capacity, 2):,.12g} {self.unit} used"
        averted = f"{money_words(self.total_gain)} of expected loss averted"
        worth = [f"one more unit of capacity would avert {money_words(self.shadow_price)}"]
        lines = [f"{whom}: {taken}, {averted}", *(map(str, self.channels) if self.teams.names else worth)]
        unmet = int(self.unmet.sum())
        if unmet:
            lines.append(f"{unmet:,} promised contacts of {int(np.count_nonzero(self.unmet)):,} customers are not kept")
        return "\n".join([*lines, *self.warnings])

    def frame(self) -> pd.DataFrame:
        """Return a pandas frame, one row per customer; with the channel, where any is stated.

        Examples
        --------
        See `ContactPlan`.
        """
        import pandas as pd  # noqa: PLC0415 - a heavy import that only this call needs

        names = ("customer_id", "contacts", "minimum", "maximum", "unmet", "gain", "next_gain", "reason")
        return pd.DataFrame({name: getattr(self, name).copy() for name in names} | self._channel())

    def schedule(self) -> pd.DataFrame:
        """Return a pandas frame, one row per contact, by date: the most at stake first, the others spread over time.

        Dates keep every customer's gap, and the capacity of each stretch where the plan has `capacity_every`; otherwise
        the capacity is that of the whole period, and no day has one of its own.

        Examples
        --------
        >>> from datetime import date, timedelta
        >>> from crmrisk.segmentation.visits import ContactEntitlement, contact_plan
        >>> plan = contact_plan({"customer_id": ["A"], "value": [900], "risk": [0.5]}, capacity=2,
        ...     as_of=date(2026, 1, 1), entitlements=ContactEntitlement(0, 2, gap=timedelta(days=30)))
        >>> plan.schedule()["date"].dt.strftime("%d %b").tolist()
        ['01 Jan', '15 Feb']
        """
        import pandas as pd  # noqa: PLC0415 - as above

        row = np.repeat(np.arange(len(self)), self.contacts)
        number = np.arange(len(row)) - np.repeat(np.cumsum(self.contacts) - self.contacts, self.contacts)
        dates = np.datetime64(self.start.date()) + self.day
        columns = {"date": dates, "customer_id": self.customer_id[row], "number": number + 1}
        frame = pd.DataFrame(columns | {name: each[row] for name, each in self._channel().items()})
        return frame.sort_values(["date", "customer_id"], kind="stable").reset_index(drop=True)

    def workload(self) -> pd.DataFrame:
        """Return a pandas frame of what each channel has and does, one row per stretch of time and channel.

        Examples
        --------
        >>> from datetime import date, timedelta
        >>> from crmrisk.segmentation.visits import contact_plan
        >>> week, book = timedelta(days=7), {"customer_id": ["A", "B"], "value": [9, 5], "risk": [0.5, 0.4]}
        >>> plan = contact_plan(book, entitlements=(1, 2), capacity=1, period=2 * week, capacity_every=week,
        ...     as_of=date(2026, 1, 1))
        >>> plan.workload()[["contacts", "used", "capacity"]].values.tolist()
        [[1.0, 1.0, 1.0], [1.0, 1.0, 1.0]]
        """
        import pandas as pd  # noqa: PLC0415 - as above

        n_teams, n_stretches = self.teams.capacity.shape
        row = np.repeat(np.arange(len(self)), self.contacts)
        cell = self.day // self.teams.every * n_teams + self.teams.places(self.channel)[row]
        size = n_teams * n_stretches
        stretch = np.repeat(np.arange(n_stretches), n_teams)
        named = {"channel": np.tile(np.array(self.teams.names, dtype=object), n_stretches)} if self.teams.names else {}
        counted = {
            "contacts": np.bincount(cell, minlength=size),
            "used": np.bincount(cell, weights=self.cost[row], minlength=size),
            "capacity": self.teams.capacity.T.ravel(),
        }
        start = np.datetime64(self.start.date()) + stretch * self.teams.every
        return pd.DataFrame({"start": start} | named | counted)

    def _channel(self) -> dict[str, ObjectArray]:
        known = any(each is not None for each in self.channel.tolist())
        return {"channel": self.channel.copy()} if known else {}

    def unmet_minimum(self) -> pd.DataFrame:
        """Return a pandas frame of the customers who get less than their tier promises, with the reason.

        Examples
        --------
        >>> from datetime import date
        >>> from crmrisk.segmentation.visits import contact_plan
        >>> plan = contact_plan({"customer_id": ["A", "B"], "value": [9, 5], "risk": [0.5, 0.4]}, capacity=1,
        ...     entitlements=(1, 2), as_of=date(2026, 1, 1))
        >>> plan.unmet_minimum()[["customer_id", "unmet"]].values.tolist()
        [['B', 1]]
        """
        frame = self.frame()
        columns = ["customer_id", *self._channel(), "minimum", "contacts", "unmet", "reason"]
        return frame[frame["unmet"] > 0].reset_index(drop=True)[columns]
