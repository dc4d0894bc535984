"""Several risks of one customer: the probability that any of them happens, and what they cost together.

Arrays hold one row per customer and one column per risk. A NaN is a risk that is not rated: the results then speak of
the rated risks only, and a customer without any rated risk stays unrated (NaN). The dependence between risks is rarely
known, so report the Fréchet bounds beside any single number.
"""

from __future__ import annotations

from functools import reduce
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from crmrisk.assessment.pairs import Column, checked
from crmrisk.core.errors import InvalidValueError, Problem

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import ArrayLike

    from crmrisk.core.arrays import FloatArray

__all__ = ["FrechetBounds", "expected_loss", "frechet_bounds", "noisy_or", "rare_event_sum"]


class FrechetBounds(NamedTuple):
    """Bracket a probability whatever the dependence between the risks.

    Parameters
    ----------
    lower
        Reached when the risks happen together, ``(n_customers,)``.
    upper
        Reached when they exclude each other as far as possible, ``(n_customers,)``.

    Examples
    --------
    >>> FrechetBounds(0.2, 0.35).upper
    0.35
    """

    lower: FloatArray
    upper: FloatArray


def noisy_or(probabilities: ArrayLike) -> FloatArray:
    """Return the probability that any risk happens if they are independent: 1 - prod(1 - p).

    A leak, an unnamed further cause, is one more column.

    Parameters
    ----------
    probabilities
        ``(n_customers, n_risks)`` in [0, 1], or ``(n_risks,)`` for one customer; NaN is unrated.

    Returns
    -------
    ``(n_customers,)``, or a single number.

    Raises
    ------
    InvalidValueError
        If a probability is outside [0, 1] or there is no risk.

    References
    ----------
    Pearl, J. (1988), Probabilistic Reasoning in Intelligent Systems, section 4.3.2.

    Examples
    --------
    >>> float(noisy_or([0.1, 0.2, 0.05]).round(12))
    0.316
    """
    columns = _columns(Column("probabilities", probabilities, le=1.0))
    # expm1 and log1p keep small probabilities exact where 1 - (1 - p) would round them off
    with np.errstate(divide="ignore"):
        log_none = _over_rated(np.add, [np.log1p(-column) for column in columns])
    return -np.expm1(log_none) + 0.0


def frechet_bounds(probabilities: ArrayLike) -> FrechetBounds:
    """Bound the probability that any risk happens, whatever their dependence: [max p, min(1, sum p)].

    Parameters
    ----------
    probabilities
        ``(n_customers, n_risks)`` in [0, 1], or ``(n_risks,)`` for one customer; NaN is unrated. Bounds are those of
        the rated risks: an unrated one could only raise either bound.

    Returns
    -------
    Lower and upper bound, each ``(n_customers,)`` or a single number.

    Raises
    ------
    InvalidValueError
        If a probability is outside [0, 1] or there is no risk.

    References
    ----------
    Fréchet, M. (1935), "Généralisations du théorème des probabilités totales", Fundamenta Mathematicae 25, 379-387.

    Examples
    --------
    >>> bounds = frechet_bounds([[0.1, 0.2, 0.05], [0.7, 0.6, float("nan")]])
    >>> bounds.lower, bounds.upper.round(12)
    (array([0.2, 0.7]), array([0.35, 1.  ]))
    """
    columns = _columns(Column("probabilities", probabilities, le=1.0))
    # a sum of one rated probability and zeros must not round below the maximum
    lower = _over_rated(np.maximum, columns)
    return FrechetBounds(lower, np.clip(_over_rated(np.add, columns), lower, 1.0))


def rare_event_sum(probabilities: ArrayLike) -> FloatArray:
    """Return the sum of the probabilities: the expected number of events, close to noisy-OR while all are rare.

    Parameters
    ----------
    probabilities
        ``(n_customers, n_risks)`` in [0, 1], or ``(n_risks,)`` for one customer; NaN is unrated.

    Returns
    -------
    ``(n_customers,)``, or a single number; it may exceed 1.

    Raises
    ------
    InvalidValueError
        If a probability is outside [0, 1] or there is no risk.

    Examples
    --------
    >>> float(rare_event_sum([0.1, 0.2, 0.05]).round(12))
    0.35
    """
    return _over_rated(np.add, _columns(Column("probabilities", probabilities, le=1.0)))


def expected_loss(probabilities: ArrayLike, losses: ArrayLike) -> FloatArray:
    """Return the expected loss of all risks together: sum p L, whatever their dependence.

    Parameters
    ----------
    probabilities
        ``(n_customers, n_risks)`` in [0, 1], or ``(n_risks,)`` for one customer; NaN is unrated.
    losses
        Losses if the risks happen, >= 0 [currency], of a shape that broadcasts; NaN is unrated.

    Returns
    -------
    ``(n_customers,)`` or a single number [currency]. Risks with either number missing are left out; a customer with
    none left is NaN.

    Raises
    ------
    InvalidValueError
        If a probability is outside [0, 1], a loss negative or infinite, or there is no risk.

    Examples
    --------
    >>> expected_loss([[0.1, 0.5], [0.2, float("nan")]], [1000.0, 100.0])
    array([150., 200.])
    """
    p = _columns(Column("probabilities", probabilities, le=1.0), Column("losses", losses))
    each = p[: len(p) // 2], p[len(p) // 2 :]
    return _over_rated(np.add, [chance * loss for chance, loss in zip(*each, strict=True)])


def _columns(*named: Column) -> list[FloatArray]:
    arrays = checked(*named)
    if arrays[0].ndim not in {1, 2} or arrays[0].shape[-1] == 0:
        got = f"shape {arrays[0].shape}"
        allowed = "(n_customers, n_risks) or (n_risks,), at least one risk"
        raise InvalidValueError(Problem(what="no table of risks", where=named[0].where, allowed=allowed, got=got))
    return [array[..., place] for array in arrays for place in range(array.shape[-1])]


def _over_rated(combine: Callable[[FloatArray, FloatArray], FloatArray], columns: list[FloatArray]) -> FloatArray:
    """Combine column by column, so that a row never depends on how many rows there are."""
    nothing_rated = reduce(np.logical_and, [np.isnan(column) for column in columns])
    total = reduce(combine, [np.where(np.isnan(column), 0.0, column) for column in columns])
    return np.where(nothing_rated, np.nan, total)
