"""Simulate buyers who purchase at random until they drop out, after one of their purchases or at any moment."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from crmrisk.core.arrays import BoolArray, FloatArray

__all__ = ["SimulatedHistories", "simulate_histories", "simulate_lifetimes"]


class SimulatedHistories(NamedTuple):
    """Hold simulated customers, each array ``(n_customers,)``.

    Parameters
    ----------
    frequency
        Repeat purchases.
    recency
        First to last purchase [time unit].
    age
        First purchase to the end [time unit].
    alive
        Whether the customer had not dropped out at the end: known here, never in life.

    Examples
    --------
    >>> from crmrisk.scoring.value import BetaGeoNBD
    >>> simulated = BetaGeoNBD(r=1, alpha=5, a=1, b=3).simulate([50.0] * 3, rng=np.random.default_rng(1))
    >>> simulated.age
    array([50., 50., 50.])
    """

    frequency: FloatArray
    recency: FloatArray
    age: FloatArray
    alive: BoolArray


def simulate_histories(
    rates: FloatArray,
    dropouts: FloatArray,
    age: FloatArray,
    *,
    rng: np.random.Generator,
    early: int = 0,
    stages: int = 1,
) -> SimulatedHistories:
    """Simulate customers whose rate and dropout probability are known.

    Parameters
    ----------
    rates
        Purchases (stages, where there are more than one to a purchase) per time unit while alive, ``(n_customers,)``.
    dropouts
        The probability of dropping out after each purchase that allows it, ``(n_customers,)``.
    age
        How long each is observed [time unit], ``(n_customers,)``.
    rng
        The source of randomness.
    early
        1 where the first purchase allows it too, 0 where only repeat purchases do.
    stages
        How many random events make a purchase; the more, the more regular its timing.

    Examples
    --------
    >>> simulate_histories(np.full(2, 9.0), np.array([0.0, 1.0]), np.full(2, 9.0), rng=np.random.default_rng(1)).alive
    array([ True, False])
    """
    events = rng.poisson(rates * age).astype(np.float64)
    arrivals = np.floor(events / stages)
    with np.errstate(divide="ignore", over="ignore"):  # p = 0 or nearly never drops out, p = 1 at once
        last = np.floor(rng.standard_exponential(age.size) / -np.log1p(-dropouts)) + (1 - early)
    frequency = np.minimum(arrivals, last)
    # the m-th of n events spread at random over the observation is Beta(m, n - m + 1) of it
    share = rng.beta(np.maximum(frequency * stages, 1), events - frequency * stages + 1)
    return SimulatedHistories(frequency, np.where(frequency > 0, share * age, 0.0), age, last > arrivals)


def simulate_lifetimes(
    rates: FloatArray, dropouts: FloatArray, age: FloatArray, *, rng: np.random.Generator
) -> SimulatedHistories:
    """Simulate customers who may drop out at any moment.

    Parameters
    ----------
    rates
        Purchases per time unit while alive, ``(n_customers,)``.
    dropouts
        Dropouts per time unit, ``(n_customers,)``.
    age
        How long each is observed [time unit], ``(n_customers,)``.
    rng
        The source of randomness.

    Examples
    --------
    >>> simulate_lifetimes(np.full(2, 9.0), np.array([0.0, 1e9]), np.ones(2), rng=np.random.default_rng(1)).alive
    array([ True, False])
    """
    alive = rng.standard_exponential(age.size) >= dropouts * age
    # given dropout before the end, the moment of it is an exponential time cut off there
    spent = -np.log1p(rng.random(age.size) * np.expm1(-dropouts * age)) / np.where(dropouts > 0, dropouts, 1.0)
    active = np.where(alive, age, np.minimum(spent, age))
    frequency = rng.poisson(rates * active).astype(np.float64)
    last = active * rng.random(age.size) ** (1 / np.maximum(frequency, 1))  # the latest of so many random moments
    return SimulatedHistories(frequency, np.where(frequency > 0, last, 0.0), age, alive)
