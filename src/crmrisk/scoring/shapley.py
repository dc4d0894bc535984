"""Shapley values: share a difference out among the few features that make it, so that the shares add up.

A coalition is a set of features taken from the customer, the others from a reference; bit ``i`` of its number says
whether feature ``i`` is in it. A feature's share is what it adds on entering, averaged over every order in which the
features may enter. With four features there are sixteen coalitions, so shares are exact and not sampled.
"""

from __future__ import annotations

from itertools import product
from math import factorial
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from crmrisk.core.arrays import FloatArray

__all__ = ["shapley_values"]


def shapley_values(worth: Sequence[FloatArray]) -> list[FloatArray]:
    """Share out ``worth[-1] - worth[0]`` among the features.

    ``Σ |S|! (n-|S|-1)! / n! · (worth[S with i] - worth[S])`` over the coalitions S without feature i.

    Parameters
    ----------
    worth
        What every coalition is worth, in the order of its number, ``2 ** n_features`` arrays ``(n_customers,)``.

    Returns
    -------
    One array per feature, ``(n_customers,)``; each row depends on its own worths alone.

    References
    ----------
    L. S. Shapley (1953), A value for n-person games, Contributions to the Theory of Games 2, 307-317, equation 13.

    Examples
    --------
    Of 2 euros times 3 pieces against 1 times 1, each factor is worth half of what both make together:

    >>> shapley_values([np.array([1.0]), np.array([2.0]), np.array([3.0]), np.array([6.0])])
    [array([2.]), array([3.])]
    """
    n = (len(worth) - 1).bit_length()
    shares = [np.zeros_like(worth[0]) for _ in range(n)]
    for feature, coalition in product(range(n), range(len(worth))):
        if not coalition >> feature & 1:
            size = coalition.bit_count()
            chance = factorial(size) * factorial(n - size - 1) / factorial(n)
            shares[feature] += chance * (worth[coalition | 1 << feature] - worth[coalition])
    return shares
