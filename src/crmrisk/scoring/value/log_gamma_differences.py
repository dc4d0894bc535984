"""Second differences of the logarithm of the gamma function, to full relative precision, with their derivatives.

How likely a customer is to be lost at a renewal is a difference of two survival probabilities that may agree in all
their digits. It is ``1 - exp(-h)`` of

    h(b, α, Δ) = ln [Γ(b+α+Δ) Γ(b) / (Γ(b+α) Γ(b+Δ))] = ∫ (1-e^(-αs)) (1-e^(-Δs)) e^(-bs) / (s (1-e^(-s))) ds,

an integral of positive numbers in which nothing cancels; neither does anything in those of its derivatives.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from crmrisk.core.arrays import FloatArray

__all__ = ["SecondDifference", "second_difference"]

STEP = 0.27
"""Step of the trapezoidal rule in ln s; its error exp(-π²/STEP) is below 1e-15."""
CUT = 45.0
"""The integrand is left out where it has fallen by exp(-CUT)."""
CHUNK = 256


class SecondDifference(NamedTuple):
    """Hold h with its derivatives by (b, α, Δ).

    Parameters
    ----------
    value
        h, ``(n,)``.
    gradient
        First derivatives, ``(3, n)``.
    hessian
        Second derivatives, ``(3, 3, n)``.

    Examples
    --------
    >>> second_difference(*np.ones((3, 1))).hessian.shape
    (3, 3, 1)
    """

    value: FloatArray
    gradient: FloatArray
    hessian: FloatArray


def second_difference(b: FloatArray, alpha: FloatArray, delta: FloatArray) -> SecondDifference:
    """Compute h(b, α, Δ) and its derivatives.

    Parameters
    ----------
    b, alpha, delta
        Positive numbers, ``(n,)`` each.

    Returns
    -------
    The value and derivatives; each row depends on that row alone, to the last bit.

    Examples
    --------
    >>> second_difference(*np.array([[2.0], [3.0], [1.0]])).value.round(12) == np.log(5 / 2).round(12)
    array([ True])
    """
    n = b.size
    result = SecondDifference(np.empty(n), np.empty((3, n)), np.empty((3, 3, n)))
    for start in range(0, n, CHUNK):
        rows = np.arange(start, min(start + CHUNK, n))
        if rows.size == 1:
            rows = np.repeat(rows, 2)  # numpy adds the nodes of a row without company in another order
        for whole, part in zip(result, _integrate(b[rows], alpha[rows], delta[rows]), strict=True):
            whole[..., rows] = part
    return result


def _integrate(b: FloatArray, alpha: FloatArray, delta: FloatArray) -> SecondDifference:
    first = -np.log(1 + b + alpha + delta) - CUT
    count = np.ceil((np.log(CUT) - np.log(b) - first) / STEP)
    node = np.arange(float(count.max()) + 1)[:, np.newaxis]
    s = np.exp(first + node * STEP)
    fall_a, fall_d = np.exp(-alpha * s), np.exp(-delta * s)
    rise_a, rise_d = -np.expm1(-alpha * s), -np.expm1(-delta * s)
    weight = STEP * np.exp(-b * s) / -np.expm1(-s) * (node <= count)
    value = (weight * rise_a * rise_d).sum(axis=0)
    weight *= s
    by_b, by_a, by_d = (
        (weight * left * right).sum(axis=0) for left, right in ((-rise_a, rise_d), (fall_a, rise_d), (rise_a, fall_d))
    )
    weight *= s
    bb, across, aa, dd = (
        (weight * left * right).sum(axis=0)
        for left, right in ((rise_a, rise_d), (fall_a, fall_d), (fall_a, rise_d), (rise_a, fall_d))
    )
    hessian = np.array([[bb, -aa, -dd], [-aa, -aa, across], [-dd, across, -dd]])
    return SecondDifference(value, np.array([by_b, by_a, by_d]), hessian)
