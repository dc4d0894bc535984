"""How much survival falls between two renewals under BdW, with derivatives, however few or many customers are lost.

The cumulative hazard ``ln S(s) - ln S(t)`` is a second difference of the logarithm of the gamma function; where t^c is
beyond what a float can hold it is what that difference tends to.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy import special

from crmrisk.scoring.value.log_gamma_differences import SecondDifference, second_difference
from crmrisk.scoring.value.special import log_rising

if TYPE_CHECKING:
    from crmrisk.core.arrays import FloatArray

__all__ = ["cumulative_hazard", "far_away"]

MARGIN = 60.0
"""Times t^c above exp(MARGIN) times the parameters make them invisible."""
BETWEEN = 14.0


def far_away(alpha: float, beta: float) -> float:
    """Give the c ln t beyond which ln S(t) falls as -α c ln t to every digit.

    Parameters
    ----------
    alpha, beta
        The churn probabilities' parameters.

    Examples
    --------
    >>> far_away(0.5, 0.5)
    60.69314718055995
    """
    return MARGIN + float(np.log(1 + alpha + beta))


def cumulative_hazard(alpha: float, beta: float, c: float, start: FloatArray, end: FloatArray) -> SecondDifference:
    """Compute h = ln S(start) - ln S(end) with its derivatives by (α, β, c).

    Parameters
    ----------
    alpha, beta, c
        The parameters.
    start, end
        Renewals, start before end, ``(n,)``.

    Returns
    -------
    The hazard and derivatives; each row depends on that row alone, to the last bit.

    Examples
    --------
    >>> hazard = cumulative_hazard(1.0, 2.0, 1.0, np.array([0.0]), np.array([1.0]))
    >>> np.exp(-hazard.value).round(12)
    array([0.66666667])
    """
    n, far = end.size, far_away(alpha, beta)
    result = SecondDifference(np.empty(n), np.empty((3, n)), np.empty((3, 3, n)))
    distant = c * np.log(end) > far
    early = c * np.log(np.maximum(start, 1.0)) <= far - BETWEEN
    for rows, part in ((~distant, _near), (distant & early, _from_near_to_far), (distant & ~early, _far)):
        if rows.any():
            for whole, values in zip(result, part(alpha, beta, c, start[rows], end[rows]), strict=True):
                whole[..., rows] = values
    return result


def _near(alpha: float, beta: float, c: float, start: FloatArray, end: FloatArray) -> SecondDifference:
    log_start, log_end = np.log(np.maximum(start, 1.0)), np.log(end)
    ratio = np.where(start > 0, np.log1p((end - start) / np.maximum(start, 1.0)), log_end)
    begun, ended = np.where(start > 0, np.exp(c * log_start), 0.0), np.exp(c * log_end)
    span = np.where(start > 0, ended * -np.expm1(-c * ratio), ended)
    value, by, bend = second_difference(beta + begun, np.full(end.size, alpha), span)
    # of b = β + s^c and Δ = t^c - s^c by c, each a sum of positive terms
    b_c, span_c = begun * log_start, span * log_start + ended * ratio
    b_cc, span_cc = b_c * log_start, span * log_start**2 + ended * ratio * (log_end + log_start)
    chain = np.zeros((3, 3, end.size))  # of (b, α, Δ) by (α, β, c)
    chain[1, 0] = chain[0, 1] = 1.0
    chain[0, 2], chain[2, 2] = b_c, span_c
    hessian = np.einsum("ian,ijn,jbn->abn", chain, bend, chain)
    hessian[2, 2] += by[0] * b_cc + by[2] * span_cc
    return SecondDifference(value, np.einsum("ian,in->an", chain, by), hessian)


def _from_near_to_far(alpha: float, beta: float, c: float, start: FloatArray, end: FloatArray) -> SecondDifference:
    log_start, log_end = np.log(np.maximum(start, 1.0)), np.log(end)
    begun = np.where(start > 0, np.exp(c * log_start), 0.0)
    low, high = beta + begun, alpha + beta + begun
    slope, bend = special.psi(low) - special.psi(high), special.zeta(2.0, low) - special.zeta(2.0, high)
    value = alpha * c * log_end - log_rising(low, np.full(end.size, alpha))
    b_c = begun * log_start
    gradient = np.array([c * log_end - special.psi(high), slope, alpha * log_end + slope * b_c])
    curve = -special.zeta(2.0, high)
    by_b = np.array([[curve, curve, log_end + curve * b_c], [curve, bend, bend * b_c]])
    hessian = np.zeros((3, 3, end.size))
    hessian[:2] = by_b
    hessian[2, :2] = by_b[:, 2]
    hessian[2, 2] = bend * b_c**2 + slope * b_c * log_start
    return SecondDifference(value, gradient, hessian)


def _far(alpha: float, _: float, c: float, start: FloatArray, end: FloatArray) -> SecondDifference:
    ratio = np.log1p((end - start) / start)
    nothing = np.zeros(end.size)
    hessian = np.zeros((3, 3, end.size))
    hessian[0, 2] = hessian[2, 0] = ratio
    return SecondDifference(alpha * c * ratio, np.array([c * ratio, nothing, alpha * ratio]), hessian)
