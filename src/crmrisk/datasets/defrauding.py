"""Incidents that befall customers rarely: fraud, with what it cost."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import numpy as np
from pydantic import Field
from pydantic.dataclasses import dataclass

from crmrisk.core.measures import Name
from crmrisk.core.model import VALUE, Value
from crmrisk.datasets.population import Positive

if TYPE_CHECKING:
    from crmrisk.core.arrays import FloatArray

__all__ = ["Defrauding", "draw_losses"]


@dataclass(frozen=True, kw_only=True, config=VALUE)
class Defrauding(Value):
    """Set how often incidents happen and what they cost.

    Parameters
    ----------
    event
        What the incidents are called.
    incidents_per_year
        Mean number of incidents of a customer [1/year].
    shape
        Shape of the gamma distribution of incident rates over customers; small is uneven.
    loss
        Median loss of an incident, in units of money.
    loss_spread
        Standard deviation of the logarithm of the loss.

    Raises
    ------
    InvalidValueError
        If a value is out of its range.

    Examples
    --------
    >>> Defrauding().incidents_per_year
    0.02
    """

    event: Name = "fraud"
    incidents_per_year: Annotated[float, Field(ge=0)] = 0.02
    shape: Positive = 0.5
    loss: Positive = 150.0
    loss_spread: Annotated[float, Field(ge=0, le=10)] = 0.9


def draw_losses(n_incidents: int, defrauding: Defrauding, rng: np.random.Generator) -> FloatArray:
    """Draw what incidents cost, to the cent, ``(n_incidents,)``.

    Parameters
    ----------
    n_incidents
        How many.
    defrauding
        What they cost.
    rng
        The source of randomness.

    Examples
    --------
    >>> draw_losses(2, Defrauding(loss_spread=0), np.random.default_rng(1))
    array([150., 150.])
    """
    return np.round(defrauding.loss * rng.lognormal(0.0, defrauding.loss_spread, n_incidents), 2)
