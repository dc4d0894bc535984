"""A portfolio of customers as few exposures: a million of them become some two thousand without losing the mean.

Customers without a rating are counted and left out; customers who cannot lose anything stay in no group. Up to a
limit every customer is a group of its own. Beyond it the largest losses still are, and the others are gathered in
cells of similar loss (equal ratios) and similar probability (equal steps of arcsin of the square root, on which the
variance of a Bernoulli variable is even).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from crmrisk.assessment.pairs import likelihood_and_consequence
from crmrisk.core.errors import InvalidValueError, Problem

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

    from crmrisk.core.arrays import BoolArray, FloatArray, IntArray

__all__ = ["Exposures", "group_exposures"]

_LARGEST = 256
_PROBABILITY_BINS = 16
_RANGE = 1e8  # losses smaller than the largest by more than this share one cell


@dataclass(frozen=True, eq=False)
class Exposures:
    """Hold groups of customers that lose alike and independently.

    Parameters
    ----------
    probability
        Probability of loss of each member, ``(n_groups,)`` in (0, 1].
    loss
        Loss of each member if it happens, ``(n_groups,)`` [currency].
    count
        Number of members, ``(n_groups,)``.
    share
        Part of its group's expected loss that a customer brings, ``(n_customers,)``; NaN where unrated.
    member
        Group of each customer, ``(n_customers,)``; -1 for those in none.
    n_unrated
        Number of customers left out because likelihood or consequence is missing.

    Examples
    --------
    >>> group_exposures([0.1, 0.2, None, 0.0], [10.0, 20.0, 30.0, 40.0], max_groups=1000).member
    array([ 0,  1, -1, -1])
    """

    probability: FloatArray
    loss: FloatArray
    count: IntArray
    share: FloatArray
    member: IntArray
    n_unrated: int

    @property
    def mean(self) -> float:
        """Expected loss of all groups together [currency]."""
        return float(np.sum(self.count * self.probability * self.loss))

    @property
    def variance(self) -> float:
        """Variance of the loss if all are independent [currency squared]."""
        return float(np.sum(self.count * self.probability * (1.0 - self.probability) * self.loss**2))

    def spread(self, by_group: FloatArray) -> FloatArray:
        """Share out a number per group over its customers, in proportion to their expected losses.

        Parameters
        ----------
        by_group
            Numbers, ``(n_groups,)``.

        Returns
        -------
        Numbers, ``(n_customers,)``: 0 for customers who cannot lose anything, NaN for the unrated.

        Examples
        --------
        >>> import numpy as np
        >>> group_exposures([0.1, None, 0.0], [10.0, 20.0, 30.0], max_groups=9).spread(np.array([5.0]))
        array([ 5., nan,  0.])
        """
        return np.append(by_group, 0.0)[self.member] * self.share


def group_exposures(likelihood: ArrayLike, consequence: ArrayLike, *, max_groups: int) -> Exposures:
    """Group customers by likelihood and consequence.

    Every group keeps the expected loss of its members. With 2,048 groups the variance of a million customers with
    lognormal losses and beta likelihoods changes by less than 0.2 %, with 1,024 groups by less than 0.4 %.

    Parameters
    ----------
    likelihood
        Probabilities in [0, 1], ``(n_customers,)``; NaN is unrated.
    consequence
        Losses if it happens, >= 0 [currency], ``(n_customers,)``; NaN is unrated.
    max_groups
        Number of groups above which customers are gathered, more than 256.

    Raises
    ------
    InvalidValueError
        If a number is out of range, or there is not one per customer.

    Examples
    --------
    >>> import numpy as np
    >>> rng = np.random.default_rng(1)
    >>> likelihood, consequence = rng.random(5000), rng.random(5000)
    >>> exposures = group_exposures(likelihood, consequence, max_groups=2048)
    >>> len(exposures.count) <= 2048, bool(np.isclose(exposures.mean, np.sum(likelihood * consequence)))
    (True, True)
    """
    p, losses = likelihood_and_consequence(likelihood, consequence)
    sizes = {np.size(values) for values in (likelihood, consequence) if np.ndim(values)}
    if p.ndim != 1 or len(sizes) > 1:
        got = f"likelihood {np.shape(likelihood)}, consequence {np.shape(consequence)}"
        raise InvalidValueError(Problem(what="not one number per customer", where="likelihood, consequence", got=got))
    unrated = np.isnan(p) | np.isnan(losses)
    exposed = p * losses > np.finfo(np.float64).tiny
    member = np.full(p.shape, -1, dtype=np.int64)
    member[exposed] = _groups(p[exposed], losses[exposed], max_groups)
    return _gathered(p, losses, member, unrated)


def _groups(probability: FloatArray, loss: FloatArray, max_groups: int) -> IntArray:
    if len(loss) <= max_groups:
        return np.arange(len(loss), dtype=np.int64)
    scale = np.log(np.maximum(loss, loss.max() / _RANGE))
    cell = _bins(scale, (max_groups - _LARGEST) // _PROBABILITY_BINS) * _PROBABILITY_BINS
    cell += _bins(np.arcsin(np.sqrt(probability)), _PROBABILITY_BINS)
    largest = np.argpartition(loss, -_LARGEST)[-_LARGEST:]
    cell[largest] = max_groups + np.arange(_LARGEST)
    return np.unique(cell, return_inverse=True)[1].astype(np.int64)


def _bins(values: FloatArray, n_bins: int) -> IntArray:
    low, high = values.min(), values.max()
    steps = (values - low) / (high - low) * n_bins if high > low else np.zeros_like(values)
    return np.minimum(steps.astype(np.int64), n_bins - 1)


def _gathered(probability: FloatArray, losses: FloatArray, member: IntArray, unrated: BoolArray) -> Exposures:
    inside = member >= 0
    places, p = member[inside], probability[inside]
    expected = p * losses[inside]
    count = np.bincount(places)
    mean_probability, total = np.bincount(places, weights=p) / count, np.bincount(places, weights=expected)
    share = np.where(unrated, np.nan, 0.0)
    share[inside] = expected / total[places]
    return Exposures(
        probability=np.minimum(mean_probability, 1.0),
        loss=total / (mean_probability * count),
        count=count.astype(np.int64),
        share=share,
        member=member,
        n_unrated=int(unrated.sum()),
    )
