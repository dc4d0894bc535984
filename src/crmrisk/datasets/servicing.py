"""How customers reach the company, how fast they are answered, and whether the answer is right."""

from __future__ import annotations

from dataclasses import dataclass as plain_dataclass
from typing import TYPE_CHECKING, Annotated

import numpy as np
from pydantic import Field
from pydantic.dataclasses import dataclass

from crmrisk.core.model import VALUE, Value
from crmrisk.datasets.clock import arrivals
from crmrisk.datasets.population import Fraction, Positive

if TYPE_CHECKING:
    from crmrisk.core.arrays import BoolArray, FloatArray, IntArray, ObjectArray

__all__ = ["CHANNELS", "Contacts", "Servicing", "simulate_contacts"]

CHANNELS = {"phone": 0.45, "chat": 0.3, "email": 0.25}
"""Channel to its share of the contacts."""

_WAITS = {"phone": 4 / 1440, "chat": 2 / 1440, "email": 0.4}


@dataclass(frozen=True, kw_only=True, config=VALUE)
class Servicing(Value):
    """Set how customers are served.

    Parameters
    ----------
    contacts_per_year
        Mean number of contacts of a customer [1/year].
    shape
        Shape of the gamma distribution of contact rates over customers; small is uneven.
    answered
        Probability that a contact is answered at all.
    resolution
        Mean time from answer to resolution [day].
    accurate
        Probability that the answer is right.

    Raises
    ------
    InvalidValueError
        If a value is out of its range.

    Examples
    --------
    >>> Servicing().contacts_per_year
    1.5
    """

    contacts_per_year: Annotated[float, Field(ge=0)] = 1.5
    shape: Positive = 0.8
    answered: Fraction = 0.93
    resolution: Positive = 1.5
    accurate: Fraction = 0.9


@plain_dataclass(frozen=True, kw_only=True)
class Contacts:
    """Hold service contacts, ordered by customer, then time.

    Parameters
    ----------
    row
        The customer, ``(n_contacts,)``.
    time, answered, resolved
        When [day since the start], infinite for never, ``(n_contacts,)``.
    channel
        Its name, ``(n_contacts,)``.
    accurate
        Whether the answer is right; meaningless where there is none, ``(n_contacts,)``.

    Examples
    --------
    See `simulate_contacts`.
    """

    row: IntArray
    time: FloatArray
    answered: FloatArray
    resolved: FloatArray
    channel: ObjectArray
    accurate: BoolArray


def simulate_contacts(
    rate: FloatArray, since: FloatArray, until: float, *, servicing: Servicing, rng: np.random.Generator
) -> Contacts:
    """Draw every customer's service contacts.

    Parameters
    ----------
    rate
        Contacts [1/day], ``(n_customers,)``.
    since
        When each customer joined [day since the start], ``(n_customers,)``.
    until
        When the book closes [day since the start].
    servicing
        How they are served.
    rng
        The source of randomness.

    Examples
    --------
    >>> contacts = simulate_contacts(
    ...     np.array([1.0]), np.array([0.0]), 30.0, servicing=Servicing(answered=1), rng=np.random.default_rng(1)
    ... )
    >>> bool((contacts.time < contacts.answered).all())
    True
    """
    row, time = arrivals(rate, since, until, rng)
    n = len(row)
    channel = rng.choice(len(CHANNELS), size=n, p=list(CHANNELS.values()))
    wait = np.array([_WAITS[name] for name in CHANNELS])[channel] * rng.exponential(1.0, n)
    answered = np.where(rng.random(n) < servicing.answered, time + wait, np.inf)
    return Contacts(
        row=row,
        time=time,
        answered=answered,
        resolved=answered + rng.exponential(servicing.resolution, n),
        channel=np.array(list(CHANNELS), dtype=object)[channel],
        accurate=rng.random(n) < servicing.accurate,
    )
