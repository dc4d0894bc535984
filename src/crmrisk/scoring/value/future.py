"""Simulate what known customers do next: who is still there, how fast each buys, when each leaves.

Given that a customer is alive, the models say by Bayes' rule what the history tells of the customer's own rates; from
there on the future is simulated as the past would be. Parameters come as arrays, one value per draw, so that the
uncertainty of the parameters themselves can be part of it.
"""

from __future__ import annotations

from functools import singledispatch
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from scipy import special

from crmrisk.core.errors import InvalidValueError, Problem
from crmrisk.scoring.value.beta_geo_cnbd import BetaGeoCNBD
from crmrisk.scoring.value.beta_geometric import BetaGeometricNBD
from crmrisk.scoring.value.nbd import NBD
from crmrisk.scoring.value.pareto import ParetoNBD
from crmrisk.scoring.value.simulation import SimulatedHistories, simulate_histories, simulate_lifetimes
from crmrisk.scoring.value.special import log_rising

if TYPE_CHECKING:
    from collections.abc import Mapping

    from crmrisk.core.arrays import FloatArray
    from crmrisk.scoring.value.buying import BuyingUntilDropout

__all__ = ["KnownCustomer", "simulate_future"]


class KnownCustomer(NamedTuple):
    """Hold one history, and how far to look ahead.

    Parameters
    ----------
    frequency
        Repeat purchases.
    recency, age
        First to last purchase, and to today [time unit].
    horizon
        How far to look ahead [time unit].

    Examples
    --------
    >>> KnownCustomer(2.0, 30.43, 38.86, 52.0).horizon
    52.0
    """

    frequency: float
    recency: float
    age: float
    horizon: float


@singledispatch
def simulate_future(
    model: BuyingUntilDropout, parameters: Mapping[str, FloatArray], customer: KnownCustomer, rng: np.random.Generator
) -> SimulatedHistories:
    """Simulate the purchases of a customer known to be alive today, from today on.

    Parameters
    ----------
    model
        The kind of model.
    parameters
        Its parameters by name, ``(n_draws,)`` each.
    customer
        The history and the horizon.
    rng
        The source of randomness.

    Returns
    -------
    Per draw the purchases within the horizon, when the last of them is [time unit from today], the horizon, and
    whether the customer is alive at its end.

    Raises
    ------
    InvalidValueError
        If nobody has said how the model goes on.

    Examples
    --------
    >>> from crmrisk.scoring.value import BetaGeoNBD
    >>> model = BetaGeoNBD(r=0.243, alpha=4.414, a=0.793, b=2.426)
    >>> parameters = {name: np.full(3, value) for name, value in model.model_dump().items()}
    >>> future = simulate_future(model, parameters, KnownCustomer(2.0, 30.43, 38.86, 52.0), np.random.default_rng(1))
    >>> future.age
    array([52., 52., 52.])
    """
    del parameters, customer, rng
    names = "BetaGeoNBD, ModifiedBetaGeoNBD, BetaGeoCNBD, ModifiedBetaGeoCNBD, ParetoNBD, NBD"
    raise InvalidValueError(Problem(what="no simulation of the future", allowed=names, got=type(model).__name__))


@simulate_future.register(BetaGeometricNBD)
def _(
    model: BetaGeometricNBD, parameters: Mapping[str, FloatArray], customer: KnownCustomer, rng: np.random.Generator
) -> SimulatedHistories:
    rates = _rates(parameters, customer, rng)
    stayed = customer.frequency + model._early  # noqa: SLF001 - the models' own future
    dropouts = rng.beta(parameters["a"], parameters["b"] + stayed)
    return simulate_histories(rates, dropouts, np.full(rates.size, customer.horizon), rng=rng)


@simulate_future.register(BetaGeoCNBD)
def _(
    model: BetaGeoCNBD, parameters: Mapping[str, FloatArray], customer: KnownCustomer, rng: np.random.Generator
) -> SimulatedHistories:
    shape, rate = parameters["r"] + model.k * customer.frequency, parameters["alpha"] + customer.age
    passed = _stages_passed(shape, (customer.age - customer.recency) / rate, model.k, rng)
    rates = rng.standard_gamma(shape + passed) / rate
    dropouts = rng.beta(parameters["a"], parameters["b"] + customer.frequency + model._early)  # noqa: SLF001 - the models' own engine
    events = rng.poisson(rates * customer.horizon).astype(np.float64)
    arrivals = np.floor((events + passed) / model.k)
    with np.errstate(divide="ignore", over="ignore"):  # p = 0 or nearly never drops out, p = 1 at once
        last = np.floor(rng.standard_exponential(rates.size) / -np.log1p(-dropouts)) + 1
    frequency = np.minimum(arrivals, last)
    place = np.maximum(frequency * model.k - passed, 1.0)
    share = np.where(frequency > 0, rng.beta(place, np.maximum(events - place, 0.0) + 1), 0.0)
    horizons = np.full(rates.size, customer.horizon)
    return SimulatedHistories(frequency, share * horizons, horizons, last > arrivals)


def _stages_passed(shape: FloatArray, silence: FloatArray, k: int, rng: np.random.Generator) -> FloatArray:
    """Draw how many stages of the next purchase are behind: j with probability ∝ Γ(s+j)/(Γ(s) j!) v^j, j < k."""
    stage = np.arange(float(k))
    logs = log_rising(shape[:, np.newaxis], stage) - special.gammaln(stage + 1)
    logs += special.xlogy(stage, silence[:, np.newaxis])
    weights = np.cumsum(np.exp(logs - logs.max(axis=1, keepdims=True)), axis=1)
    below: FloatArray = (weights < rng.random((shape.size, 1)) * weights[:, -1:]).sum(axis=1).astype(np.float64)
    return below


@simulate_future.register(ParetoNBD)
def _(
    model: ParetoNBD, parameters: Mapping[str, FloatArray], customer: KnownCustomer, rng: np.random.Generator
) -> SimulatedHistories:
    del model
    rates = _rates(parameters, customer, rng)
    dropouts = rng.standard_gamma(parameters["s"]) / (parameters["beta"] + customer.age)
    return simulate_lifetimes(rates, dropouts, np.full(rates.size, customer.horizon), rng=rng)


@simulate_future.register(NBD)
def _(
    model: NBD, parameters: Mapping[str, FloatArray], customer: KnownCustomer, rng: np.random.Generator
) -> SimulatedHistories:
    del model
    rates = _rates(parameters, customer, rng)
    return simulate_lifetimes(rates, np.zeros(rates.size), np.full(rates.size, customer.horizon), rng=rng)


def _rates(parameters: Mapping[str, FloatArray], customer: KnownCustomer, rng: np.random.Generator) -> FloatArray:
    shape = parameters["r"] + customer.frequency
    rates: FloatArray = rng.standard_gamma(shape) / (parameters["alpha"] + customer.age)
    return rates
