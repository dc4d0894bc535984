"""Simulate buyers who take opportunities at random until they leave before one of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from crmrisk.core.arrays import BoolArray, FloatArray

__all__ = ["SimulatedOpportunities", "failures", "simulate_opportunities"]


class SimulatedOpportunities(NamedTuple):
    """Hold simulated customers, each array ``(n_customers,)``.

    Parameters
    ----------
    frequency
        Opportunities with a purchase.
    recency
        The number of the last of them; 0 without any.
    opportunities
        Opportunities so far.
    alive
        Whether the customer will be there at the next opportunity: known here, never in life.

    Examples
    --------
    >>> from crmrisk.scoring.value import BetaGeoBetaBinomial
    >>> model = BetaGeoBetaBinomial(alpha=1.204, beta=0.750, gamma=0.657, delta=2.783)
    >>> model.simulate([6] * 3, rng=np.random.default_rng(1)).opportunities
    array([6., 6., 6.])
    """

    frequency: FloatArray
    recency: FloatArray
    opportunities: FloatArray
    alive: BoolArray


def simulate_opportunities(
    buys: FloatArray, leaves: FloatArray, opportunities: FloatArray, *, rng: np.random.Generator
) -> SimulatedOpportunities:
    """Simulate customers whose probabilities are known.

    Parameters
    ----------
    buys
        The probability of a purchase at each opportunity while there, ``(n_customers,)``.
    leaves
        The probability of leaving for good before each opportunity, ``(n_customers,)``.
    opportunities
        How many opportunities each has, ``(n_customers,)``.
    rng
        The source of randomness.

    Examples
    --------
    >>> sure, never = np.array([1.0]), np.array([0.0])
    >>> simulate_opportunities(sure, never, np.array([6.0]), rng=np.random.default_rng(1)).frequency
    array([6.])
    """
    stayed = np.minimum(failures(leaves, rng=rng), opportunities + 1)
    there = np.minimum(stayed, opportunities)
    # told from the end, the misses after the last purchase come first
    last = np.maximum(there - failures(buys, rng=rng), 0.0)
    earlier = rng.binomial(np.maximum(last - 1, 0).astype(np.int64), buys)
    bought = np.where(last > 0, 1.0 + earlier, 0.0)
    return SimulatedOpportunities(bought, last, opportunities, stayed > opportunities)


def failures(chance: FloatArray, *, rng: np.random.Generator) -> FloatArray:
    """Draw how many trials fail before the first success.

    Parameters
    ----------
    chance
        The probability of success at each trial, ``(n,)``.
    rng
        The source of randomness.

    Returns
    -------
    Whole numbers, ``(n,)``; infinite where success is impossible.

    Examples
    --------
    >>> failures(np.array([0.0, 1.0]), rng=np.random.default_rng(1))
    array([inf,  0.])
    """
    with np.errstate(divide="ignore"):
        return np.floor(rng.standard_exponential(chance.size) / -np.log1p(-chance))
