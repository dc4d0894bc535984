"""What customers complain about, how gravely, and how long the company takes."""

from __future__ import annotations

from dataclasses import dataclass as plain_dataclass
from typing import TYPE_CHECKING

import numpy as np
from pydantic.dataclasses import dataclass

from crmrisk.core.model import VALUE, Value
from crmrisk.datasets.population import Fraction, Positive

if TYPE_CHECKING:
    from crmrisk.core.arrays import FloatArray, IntArray, ObjectArray

__all__ = ["TOPICS", "Complaining", "Complaints", "describe_complaints"]

TOPICS = {
    "delivery": "The parcel came late.",
    "quality": "The product broke after a week.",
    "billing": "The invoice is wrong.",
    "service": "Nobody called me back.",
}
"""Topic to the text of such a complaint; all are equally common."""

_GRAVITY = np.array([0.3, 0.3, 0.2, 0.15, 0.05])


@dataclass(frozen=True, kw_only=True, config=VALUE)
class Complaining(Value):
    """Set how complaints are handled; how often they are raised is a setting of `Purchasing`.

    Parameters
    ----------
    resolution
        Mean time from opening to closing [day].
    closed
        Probability that a complaint is ever closed.

    Raises
    ------
    InvalidValueError
        If a value is out of its range.

    Examples
    --------
    >>> Complaining().resolution
    6.0
    """

    resolution: Positive = 6.0
    closed: Fraction = 0.95


@plain_dataclass(frozen=True, kw_only=True)
class Complaints:
    """Hold what is said about complaints.

    Parameters
    ----------
    closed
        When each was closed [day since the start], infinite for never, ``(n_complaints,)``.
    severity
        1 (slight) to 5 (grave), ``(n_complaints,)``.
    topic, text
        What it is about, ``(n_complaints,)``.

    Examples
    --------
    See `describe_complaints`.
    """

    closed: FloatArray
    severity: IntArray
    topic: ObjectArray
    text: ObjectArray


def describe_complaints(opened: FloatArray, complaining: Complaining, rng: np.random.Generator) -> Complaints:
    """Draw severity, topic and closing time of complaints.

    Parameters
    ----------
    opened
        When each was opened [day since the start], ``(n_complaints,)``.
    complaining
        How they are handled.
    rng
        The source of randomness.

    Examples
    --------
    >>> complaints = describe_complaints(np.array([3.0]), Complaining(closed=0), np.random.default_rng(1))
    >>> complaints.closed
    array([inf])
    """
    n = len(opened)
    subject = rng.integers(len(TOPICS), size=n)
    closing = opened + rng.exponential(complaining.resolution, n)
    return Complaints(
        closed=np.where(rng.random(n) < complaining.closed, closing, np.inf),
        severity=1 + rng.choice(len(_GRAVITY), size=n, p=_GRAVITY),
        topic=np.array(list(TOPICS), dtype=object)[subject],
        text=np.array(list(TOPICS.values()), dtype=object)[subject],
    )
