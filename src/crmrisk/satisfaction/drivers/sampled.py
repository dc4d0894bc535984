"""Shapley shares of many drivers: a sample of orders of entry instead of every subset, with its own error.

Each sampled order is followed by its reverse, so that a driver that came late also comes early; the error is that of
the means of such pairs.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from crmrisk.core.arguments import is_whole
from crmrisk.core.errors import InvalidValueError, Problem

if TYPE_CHECKING:
    from crmrisk.core.arrays import FloatArray, IntArray

__all__ = ["entry_orders", "sampled_shapley"]

_RIDGE = 1e-12  # keeps the factor of a resample with repeated drivers finite; shares move by no more than this
_BLOCK = 4_000_000  # cells factored at a time


def entry_orders(drivers: int, permutations: int, rng: np.random.Generator) -> IntArray:
    """Draw orders of entry in pairs, each with its reverse.

    Parameters
    ----------
    drivers
        Number of drivers.
    permutations
        Number of orders, an even number of at least 4.
    rng
        Source of randomness.

    Returns
    -------
    Orders, ``(permutations, drivers)``, reverses in the second half.

    Raises
    ------
    InvalidValueError
        If the number of orders is odd or below 4.

    Examples
    --------
    >>> entry_orders(3, 4, np.random.default_rng(1)).shape
    (4, 3)
    """
    if not is_whole(permutations) or permutations < 4 or permutations % 2:
        allowed = "an even number of at least 4"
        raise InvalidValueError(
            Problem(what="no number of orders", where="permutations", allowed=allowed, got=repr(permutations))
        )
    forth = rng.permuted(np.tile(np.arange(drivers), (permutations // 2, 1)), axis=1)
    return np.concatenate([forth, forth[:, ::-1]])


def sampled_shapley(drivers: FloatArray, outcome: FloatArray, orders: IntArray) -> tuple[FloatArray, FloatArray]:
    """Estimate Shapley shares of R² from sampled orders of entry.

    Parameters
    ----------
    drivers
        Correlations among the drivers, ``(..., p, p)``.
    outcome
        Correlation of each driver with the outcome, ``(..., p)``.
    orders
        Orders of entry as `entry_orders` draws them, ``(m, p)``.

    Returns
    -------
    Shares, ``(..., p)``, which sum to R² exactly, and their Monte Carlo standard errors, ``(..., p)``.

    References
    ----------
    Castro, J., Gomez, D. and Tejada, J. (2009). Polynomial calculation of the Shapley value based on sampling.
    *Computers & Operations Research* 36.

    Examples
    --------
    >>> orders = entry_orders(2, 4, np.random.default_rng(1))
    >>> shares, error = sampled_shapley(np.array([[1.0, 0.5], [0.5, 1.0]]), np.array([0.6, 0.3]), orders)
    >>> shares.round(4), error.round(4)
    (array([0.315, 0.045]), array([0., 0.]))
    """
    total, square, half = np.zeros(outcome.shape), np.zeros(outcome.shape), len(orders) // 2
    for block in _blocks(half, outcome.size * outcome.shape[-1]):
        pair = (_gains(drivers, outcome, orders[:half][block]) + _gains(drivers, outcome, orders[half:][block])) / 2.0
        total += pair.sum(axis=0)
        square += (pair * pair).sum(axis=0)
    mean = total / half
    spread = np.maximum(square / half - mean * mean, 0.0) * half / max(half - 1, 1)
    return mean, np.sqrt(spread / half)


def _blocks(half: int, cells: int) -> list[slice]:
    step = max(1, _BLOCK // max(cells, 1))
    return [slice(start, start + step) for start in range(0, half, step)]


def _gains(drivers: FloatArray, outcome: FloatArray, orders: IntArray) -> FloatArray:
    """Return what each driver adds to R² in each order, ``(m, ..., p)``."""
    entered = np.stack([drivers[..., order[:, None], order] for order in orders])
    entered = entered + _RIDGE * np.eye(orders.shape[1])
    right = np.stack([outcome[..., order] for order in orders])
    steps = np.linalg.solve(np.linalg.cholesky(entered), right[..., None])[..., 0] ** 2
    return np.stack([step[..., np.argsort(order)] for step, order in zip(steps, orders, strict=True)])
