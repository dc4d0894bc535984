"""Which categories go together: what share of the customers who buy one also buys another."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from crmrisk.core.intervals import wilson_limits

if TYPE_CHECKING:
    from crmrisk.core.arrays import BoolArray, FloatArray, IntArray

__all__ = ["Affinity", "Suggestions", "affinities", "suggestions"]


class Affinity(NamedTuple):
    """Hold the share of buyers of one category (row) who also buy another (column), ``(n_categories, n_categories)``.

    Examples
    --------
    >>> affinities(np.array([[True, True], [True, False]]), level=0.95).share
    array([[1. , 0.5],
           [1. , 1. ]])
    """

    share: FloatArray
    low: FloatArray
    high: FloatArray
    base: FloatArray
    """The share of all customers who buy each category, ``(n_categories,)``."""

    buyers: IntArray
    """Customers who buy each category, ``(n_categories,)``."""


class Suggestions(NamedTuple):
    """Hold categories that customers could need: who, what, and because of which category they buy.

    Examples
    --------
    >>> Suggestions(*np.zeros((3, 2), dtype=int)).customer
    array([0, 0])
    """

    customer: IntArray
    category: IntArray
    because: IntArray


def affinities(bought: BoolArray, *, level: float) -> Affinity:
    """Count which categories go together.

    Parameters
    ----------
    bought
        Whether each customer ever bought each category, ``(n_customers, n_categories)``.
    level
        Nominal coverage of the Wilson intervals.

    Examples
    --------
    >>> affinities(np.array([[True, True], [True, False]]), level=0.95).base
    array([1. , 0.5])
    """
    ones = bought.astype(np.float64)
    together = ones.T @ ones  # whole numbers: exact in any order
    buyers = ones.sum(axis=0)
    share = together / buyers[:, None]
    low, high = wilson_limits(together, np.repeat(buyers[:, None], len(buyers), axis=1), level=level)
    return Affinity(share, low, high, buyers / len(bought), buyers.astype(np.int64))


def suggestions(bought: BoolArray, affinity: Affinity, *, most: int) -> Suggestions:
    """Find for each customer the categories not bought yet that go best with one that is.

    A category goes with another where the lower end of the share is above the share of all customers.

    Parameters
    ----------
    bought
        Whether each customer ever bought each category, ``(n_customers, n_categories)``.
    affinity
        As `affinities` counts.
    most
        How many categories per customer.

    Examples
    --------
    >>> bought = np.array([[True, True, False]] * 40 + [[True, False, False]] + [[False, False, True]] * 40)
    >>> found = suggestions(bought, affinities(bought, level=0.95), most=3)
    >>> found.customer.tolist(), found.category.tolist(), found.because.tolist()
    ([40], [1], [0])
    """
    together = np.where(affinity.low > affinity.base, affinity.low, -1.0)
    patterns, owner = np.unique(bought, axis=0, return_inverse=True)
    owner = owner.ravel()
    found = [_of(np.flatnonzero(pattern), pattern, together, most) for pattern in patterns]
    customer = np.repeat(np.arange(len(bought)), [len(found[each][0]) for each in owner])
    nothing = np.zeros(0, dtype=np.int64)
    category, because = (np.concatenate([nothing, *(found[each][part] for each in owner)]) for part in (0, 1))
    return Suggestions(customer, category, because)


def _of(owned: IntArray, pattern: BoolArray, together: FloatArray, most: int) -> tuple[IntArray, IntArray]:
    if not owned.size:
        return owned, owned
    best = np.where(pattern, -1.0, together[owned].max(axis=0))
    ranked = np.argsort(-best, kind="stable")[:most]
    category = ranked[best[ranked] > 0.0]
    return category, owned[together[owned][:, category].argmax(axis=0)]
