"""Shapley shares of many drivers: a sample of orders of entry instead of every subset, with its own error.

Orders are drawn in blocks: one at random and its rotations, so that within a block every driver enters at every place
once. What is left to chance is only who came before; the error is that of the means of blocks.
"""

from __future__ import annotations

from math import ceil
from typing import TYPE_CHECKING

import numpy as np

from crmrisk.core.arguments import is_whole
from crmrisk.core.errors import InvalidValueError, Problem

if TYPE_CHECKING:
    from crmrisk.core.arrays import FloatArray, IntArray

__all__ = ["check_permutations", "entry_orders", "sampled_shapley"]

_RIDGE = 1e-12  # keeps the factor of a resample with repeated drivers finite; shares move by no more than this
_MOST = 10_000_000
_FEWEST = 4  # blocks, below which their spread says nothing


def check_permutations(permutations: int) -> None:
    """Refuse a number of orders that is none, or that would never be done.

    Parameters
    ----------
    permutations
        Number of orders.

    Raises
    ------
    InvalidValueError
        If it is no whole number of at least 1 and at most ten million.

    Examples
    --------
    >>> check_permutations(200)
    """
    if not is_whole(permutations) or not 1 <= permutations <= _MOST:
        allowed, got = f"a whole number, 1 to {_MOST}", repr(permutations)[:200]
        raise InvalidValueError(Problem(what="no number of orders", where="permutations", allowed=allowed, got=got))


def entry_orders(drivers: int, permutations: int, rng: np.random.Generator) -> IntArray:
    """Draw orders of entry in blocks of rotations.

    Parameters
    ----------
    drivers
        Number of drivers.
    permutations
        Number of orders, rounded up to whole blocks, at least four of them.
    rng
        Source of randomness.

    Returns
    -------
    Orders, ``(blocks, drivers, drivers)``: the last axis is one order.

    Raises
    ------
    InvalidValueError
        As for `check_permutations`.

    Examples
    --------
    >>> entry_orders(3, 15, np.random.default_rng(1)).shape
    (5, 3, 3)
    """
    check_permutations(permutations)
    blocks = max(_FEWEST, ceil(permutations / drivers))
    drawn = rng.permuted(np.tile(np.arange(drivers), (blocks, 1)), axis=1)
    rotations = (np.arange(drivers) + np.arange(drivers)[:, None]) % drivers
    return drawn[:, rotations]


def sampled_shapley(drivers: FloatArray, outcome: FloatArray, orders: IntArray) -> tuple[FloatArray, FloatArray]:
    """Estimate Shapley shares of R² from sampled orders of entry.

    Parameters
    ----------
    drivers
        Correlations among the drivers, ``(..., p, p)``.
    outcome
        Correlation of each driver with the outcome, ``(..., p)``.
    orders
        Orders of entry as `entry_orders` draws them, ``(blocks, p, p)``.

    Returns
    -------
    Shares, ``(..., p)``, which sum to R² exactly, and their Monte Carlo standard errors, ``(..., p)``, from the spread
    of the blocks: few blocks make it rough. Of 13 drivers and 200 orders (16 blocks) 1.96 standard errors held the
    exact share in 92 % of 300 runs, Student's 2.13 in 94 %.

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
    mean, square = np.zeros(outcome.shape), np.zeros(outcome.shape)
    bordered = _bordered(drivers, outcome)
    for count, block in enumerate(orders, start=1):
        found = sum(_gains(bordered, order) for order in block) / len(block)
        moved = found - mean
        mean = mean + moved / count
        square = square + moved * (found - mean)
    return mean, np.sqrt(square / max(len(orders) - 1, 1) / len(orders))


def _bordered(drivers: FloatArray, outcome: FloatArray) -> FloatArray:
    """Border the drivers' correlations by those with an outcome of variance 2, so that a factor always exists."""
    p = outcome.shape[-1]
    whole = np.empty((*outcome.shape[:-1], p + 1, p + 1))
    whole[..., :p, :p] = drivers + _RIDGE * np.eye(p)
    whole[..., :p, p] = whole[..., p, :p] = outcome
    whole[..., p, p] = 2.0
    return whole


def _gains(bordered: FloatArray, order: IntArray) -> FloatArray:
    """Return what each driver adds to R² on entering in that order: the squares of a factor's last row."""
    places = np.append(order, order.size)
    factor = np.asarray(np.linalg.cholesky(bordered[..., places[:, None], places]), dtype=np.float64)
    gains: FloatArray = factor[..., -1, :-1][..., np.argsort(order)] ** 2
    return gains
