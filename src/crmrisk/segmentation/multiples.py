"""The margin multiple: how many periods' margins a customer who is kept with constant probability is worth."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from crmrisk.core.errors import InvalidValueError, Problem

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

    from crmrisk.core.arrays import FloatArray

__all__ = ["margin_multiple"]


def margin_multiple(retention: ArrayLike, discount_rate: ArrayLike) -> FloatArray | float:
    """Turn a constant retention into a multiple of margin: ``r / (1 + i − r)``.

    It is the present value of 1 in every period to come that the customer stays, the first at the end of this one.

    Parameters
    ----------
    retention
        ``r``: the share of customers kept per period, in 0..1; a number or ``(n,)``. NaN is unrated.
    discount_rate
        ``i`` per period, above 0 where all customers are kept.

    Returns
    -------
    The multiple: a number for numbers, else ``(n,)``.

    Raises
    ------
    InvalidValueError
        If retention is no share, the rate below 0, or the value for ever infinite.

    References
    ----------
    Gupta, S. and Lehmann, D. R. (2003), Customers as assets, *Journal of Interactive Marketing* 17(1).

    Examples
    --------
    >>> round(margin_multiple(0.8, 0.12), 4)
    2.5
    >>> margin_multiple([0.8, 0.9], 0.10).round(2)
    array([2.67, 4.5 ])
    """
    kept, rate = _numbers(retention, "retention"), _numbers(discount_rate, "discount_rate")
    problems = []
    if ((kept < 0.0) | (kept > 1.0)).any():
        problems.append(Problem(what="not a share", where="retention", allowed="0 to 1", got=str(retention)[:100]))
    if ((rate < 0.0) | np.isinf(rate)).any():
        problems.append(Problem(what="not a rate", where="discount_rate", allowed=">= 0", got=str(discount_rate)[:100]))
    if kept.ndim and rate.ndim and kept.shape != rate.shape:
        got = f"{kept.shape} and {rate.shape}"
        problems.append(Problem(what="of different shapes", where="retention, discount_rate", got=got))
    if not problems and (1.0 + rate - kept <= 0.0).any():
        what, remedy = "who never leaves is worth infinitely much without discounting", "a rate above 0"
        problems.append(Problem(what=what, where="discount_rate", got="0", remedy=remedy))
    if problems:
        raise InvalidValueError(*problems)
    multiple = kept / (1.0 + rate - kept)
    return float(multiple) if multiple.ndim == 0 else multiple


def _numbers(given: ArrayLike, where: str) -> FloatArray:
    try:
        numbers = np.asarray(given)
    except ValueError:
        numbers = np.array("ragged")
    if numbers.dtype.kind not in "iuf":
        raise InvalidValueError(Problem(what="no numbers", where=where, allowed="numbers", got=repr(given)[:100]))
    return numbers.astype(np.float64)
