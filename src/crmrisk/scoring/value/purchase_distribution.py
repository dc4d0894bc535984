"""What a customer may do, not only what is expected: the distribution of purchases within a horizon.

An interval of an expectation (`intervals`) shrinks as more customers are known; that of what one of them will happen
to do does not. Here is the second, exact at the parameters given: P(Y(t) = n | history) for n from 0 on.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from crmrisk.core.arguments import checked_level, is_whole, refuse
from crmrisk.core.errors import InvalidValueError, Problem
from crmrisk.scoring.value.histories import checked_numbers, model_problems
from crmrisk.scoring.value.time_spans import DAY

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

    from crmrisk.core.arrays import FloatArray
    from crmrisk.scoring.value.buying import BuyingUntilDropout

__all__ = ["PurchaseDistribution", "predict_purchases"]

TAIL = 1e-9
"""Tables go on until less than this is left of every customer's distribution."""
FIRST = 16
AT_ONCE = 500_000
"""Probabilities worked out at once: what that takes beside the table stays below 100 MB."""
MOST = 10_000
"""The most purchases of one customer in a table."""
LARGEST = 100_000_000
"""The largest table, in numbers: 800 MB."""


@dataclass(frozen=True, eq=False, kw_only=True)
class PurchaseDistribution:
    """Hold the distribution of each customer's purchases within a horizon; arrays are read-only.

    Parameters
    ----------
    pmf
        P(Y = n), ``(n_customers, n_max + 1)``; NaN for the unrated.
    mean
        E[Y], exact whatever the width of the table, ``(n_customers,)``.

    Examples
    --------
    >>> found = PurchaseDistribution(pmf=np.array([[0.5, 0.25, 0.25]]), mean=np.array([0.75]))
    >>> found.cdf, found.quantile(0.6)
    (array([[0.5 , 0.75, 1.  ]]), array([1.]))
    """

    pmf: FloatArray
    mean: FloatArray

    def __post_init__(self) -> None:
        for array in (self.pmf, self.mean):
            array.flags.writeable = False

    @property
    def n_max(self) -> int:
        """Give the largest number of purchases in the table."""
        return int(self.pmf.shape[1]) - 1

    @property
    def cdf(self) -> FloatArray:
        """Give P(Y <= n), ``(n_customers, n_max + 1)``."""
        return np.minimum(np.cumsum(self.pmf, axis=1), 1.0)

    @property
    def beyond(self) -> FloatArray:
        """Give P(Y > n_max), what the table leaves out, ``(n_customers,)``; below 1e-9 unless a width was asked for."""
        left: FloatArray = 1.0 - self.cdf[:, -1]
        return left

    def quantile(self, share: float) -> FloatArray:
        """Compute the least number n with P(Y <= n) >= share.

        Parameters
        ----------
        share
            Above 0 and below 1.

        Returns
        -------
        Whole numbers, ``(n_customers,)``; NaN for the unrated.

        Raises
        ------
        InvalidValueError
            If the share is not within (0, 1), or some customer's quantile lies beyond the table.
        """
        cdf, asked = self.cdf, checked_level(share)
        if (cdf[:, -1] < asked).any():
            got, remedy = f"n_max={self.n_max}", "ask for a larger n_max"
            raise InvalidValueError(Problem(what=f"the quantile at {asked:g} lies beyond", got=got, remedy=remedy))
        least = np.argmax(cdf >= asked, axis=1).astype(np.float64)
        return np.where(np.isnan(cdf[:, -1]), np.nan, least)

    def interval(self, level: float = 0.95) -> tuple[FloatArray, FloatArray]:
        """Compute equal-tailed prediction intervals: at most (1 - level)/2 lies below, and as much above.

        Parameters
        ----------
        level
            The least probability of what is inside; counts are whole, so more may be.

        Returns
        -------
        The least and the largest number inside, ``(n_customers,)`` each.

        Raises
        ------
        InvalidValueError
            If the level is not within (0, 1), or an end lies beyond the table.
        """
        checked_level(level)
        return self.quantile(0.5 - level / 2), self.quantile(0.5 + level / 2)


def predict_purchases(
    model: BuyingUntilDropout,
    horizon: ArrayLike,
    *,
    frequency: ArrayLike | None = None,
    recency: ArrayLike | None = None,
    age: ArrayLike | None = None,
    n_max: int | None = None,
) -> PurchaseDistribution:
    """Compute the distribution of each customer's purchases within a horizon.

    Parameters
    ----------
    model
        How often customers buy.
    horizon
        How far to look ahead [time unit], one for all or ``(n_customers,)``.
    frequency, recency, age
        The histories, ``(n_customers,)``: all three, or none for a customer who has just made a first purchase.
    n_max
        The largest number of purchases in the table, up to 10,000; ``None`` goes on until less than 1e-9 is left of
        everybody.

    Returns
    -------
    The distributions; each row depends on that customer alone, to the last bit.

    Raises
    ------
    InvalidValueError
        If a history is impossible, the horizon negative or not finite, a fit given for a model, or the table beyond
        10,000 purchases or 100 million numbers.

    Examples
    --------
    >>> from crmrisk.scoring.value import BetaGeoNBD
    >>> model = BetaGeoNBD(r=0.243, alpha=4.414, a=0.793, b=2.426)
    >>> found = predict_purchases(model, 39, frequency=[0, 2, 9], recency=[0, 30.43, 35], age=38.86)
    >>> found.mean.round(3), found.interval(0.9)
    (array([0.195, 1.226, 5.579]), (array([0., 0., 0.]), array([ 1.,  4., 13.])))
    """
    refuse(model_problems(model, "probability_of_purchases"), _width_problems(n_max))
    history = {"frequency": frequency, "recency": recency, "age": age}
    given = {"horizon": horizon} | {name: values for name, values in history.items() if values is not None}
    columns = checked_numbers(given, missing=True, unit=DAY)
    rows = {name: np.atleast_1d(column) for name, column in columns.items()}
    if any(column.ndim > 1 for column in rows.values()):
        raise InvalidValueError(Problem(what="not one value per customer", got=f"shape {rows['horizon'].shape}"))
    mean = model.expected_purchases(**rows)
    blocks = [_block(model, rows, 0, (FIRST if n_max is None else n_max) + 1)]
    while n_max is None and _left(blocks) > TAIL:
        done = sum(block.shape[1] for block in blocks)
        if done > MOST:
            remedy = "say how far to go (n_max=), or look less far ahead"
            what = f"a customer may make more than {MOST:,} purchases"
            raise InvalidValueError(Problem(what=what, where="horizon", got=str(rows["horizon"].max()), remedy=remedy))
        blocks.append(_block(model, rows, done, min(done, MOST + 1 - done)))
    return PurchaseDistribution(pmf=np.concatenate(blocks, axis=1), mean=np.array(mean))


def _width_problems(n_max: int | None) -> list[Problem]:
    if n_max is None or (is_whole(n_max) and 0 <= n_max <= MOST):
        return []
    allowed = f"a whole number up to {MOST:,}, or None"
    return [Problem(what="no width of a table", where="n_max", allowed=allowed, got=repr(n_max)[:100])]


def _block(model: BuyingUntilDropout, rows: dict[str, FloatArray], first: int, count: int) -> FloatArray:
    n_rows = rows["horizon"].size
    if (first + count) * n_rows > LARGEST:
        got = f"{n_rows} customers x {first + count}"
        remedy = "pass fewer customers at a time, or a smaller n_max"
        raise InvalidValueError(Problem(what="table too large", allowed=f"<= {LARGEST:,}", got=got, remedy=remedy))
    n, table = np.arange(first, first + count), np.empty((n_rows, count))
    for start in range(0, n_rows, 1 + AT_ONCE // count):
        part = slice(start, start + 1 + AT_ONCE // count)
        columns = {name: column[part, np.newaxis] for name, column in rows.items()}
        table[part] = model.probability_of_purchases(n, **columns)
    return table


def _left(blocks: list[FloatArray]) -> float:
    """Tell how much of the worst rated customer's distribution the tables leave out."""
    left = 1.0 - np.sum([block.sum(axis=1) for block in blocks], axis=0)
    return float(np.max(left[~np.isnan(left)], initial=0.0))
