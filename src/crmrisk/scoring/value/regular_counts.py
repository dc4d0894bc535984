"""How often a regular buyer will buy before dropping out: expectations and probabilities of counts, all stages known.

A buyer who has passed j of k stages makes the n-th purchase from now when nk - j more stages are passed, and comes to
it if none of the n - 1 purchases before was the last. Few stages are summed one by one. Many are not: given the dropout
probability p, with θ = 1 - p, the purchases expected are (1 - E[θ^M]) / p for the number M of those without dropout,
and since θ^M is a sum over the k-th roots of unity of powers of one number, E[θ^M] is elementary whatever the horizon.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from scipy import special

from crmrisk.scoring.value.special import average_over_dropout, log_rising

if TYPE_CHECKING:
    from crmrisk.core.arrays import FloatArray, IntArray

__all__ = ["RegularBuyers", "expected_regular_count", "probability_of_regular_count"]

SIZES = (32, 64, 128, 256)
"""Numbers of stages summed one by one; where more could matter, the sum is an integral."""
CUT = 38.0
"""What is left out is below exp(-CUT) of what is not."""
DEEPEST = 600.0
"""The sum begins with a probability above exp(-DEEPEST), well above what a float can hold."""
CERTAIN = 1 / 16
"""Below this θ a few powers of it are all there is, and the roots of unity would cancel."""
POWERS = 14
"""So many of them: CERTAIN ** POWERS is below the rounding unit."""


class RegularBuyers(NamedTuple):
    """Hold buyers who are alive.

    Parameters
    ----------
    shape
        s, the shape of the stage rate before the stages passed while idle, ``(n,)``.
    odds
        u, the horizon over the rate of the stage rate, ``(n,)``.
    weights
        The probability of having passed 0 ... k-1 stages, ``(k, n)``.
    a, b
        The dropout distribution, ``(n,)``.

    Examples
    --------
    >>> RegularBuyers(*np.ones((2, 3)), np.ones((1, 3)), *np.ones((2, 3))).k
    1
    """

    shape: FloatArray
    odds: FloatArray
    weights: FloatArray
    a: FloatArray
    b: FloatArray

    @property
    def k(self) -> int:
        """Give the number of stages."""
        return int(self.weights.shape[0])

    def take(self, rows: IntArray) -> RegularBuyers:
        """Give some of the buyers.

        Parameters
        ----------
        rows
            Which.

        Examples
        --------
        >>> RegularBuyers(*np.ones((2, 3)), np.ones((1, 3)), *np.ones((2, 3))).take(np.array([0])).shape
        array([1.])
        """
        return RegularBuyers(*(column[..., rows] for column in self))


def expected_regular_count(buyers: RegularBuyers) -> FloatArray:
    """Compute the purchases expected until dropout or the end of the horizon.

    Parameters
    ----------
    buyers
        Who is alive.

    Returns
    -------
    Expectations, ``(n,)``; each row depends on that row alone, to the last bit.

    Examples
    --------
    >>> row = np.array([0.243]), np.array([39 / 4.414]), np.ones((1, 1)), np.array([0.793]), np.array([2.426])
    >>> expected_regular_count(RegularBuyers(*row)).round(6)  # as `expected_stopped_count`
    array([1.196723])
    """
    expected = np.empty(buyers.shape.size)
    size = _stages_to_sum(buyers)
    for each in SIZES:
        rows = np.flatnonzero(size == each)
        for start in range(0, rows.size, 4096 // each + 1):
            part = rows[start : start + 4096 // each + 1]
            expected[part] = _summed(buyers.take(part), each)
    rows = np.flatnonzero(size == 0)
    expected[rows] = _integrated(buyers.take(rows))
    return expected


def probability_of_regular_count(n: FloatArray, buyers: RegularBuyers) -> FloatArray:
    """Compute the probability of exactly n purchases within the horizon, for n from 1.

    Still buying after the n-th of exactly n, or dropped out at the n-th.

    Parameters
    ----------
    n
        Whole numbers from 1, ``(n_rows,)``.
    buyers
        Who is alive.

    Examples
    --------
    >>> row = np.array([0.243]), np.array([39 / 4.414]), np.ones((1, 1)), np.array([0.793]), np.array([2.426])
    >>> probability_of_regular_count(np.array([1.0]), RegularBuyers(*row)).round(6)
    array([0.199395])
    """
    a, b = buyers.a, buyers.b
    stays_before = np.exp(log_rising(b, n - 1) - log_rising(a + b, n - 1))
    stays = stays_before * (b + (n - 1)) / (a + b + (n - 1))
    leaves = stays_before * a / (a + b + (n - 1))
    return _exactly(n, buyers) * stays + _at_least(n, buyers) * leaves


def _at_least(n: FloatArray, buyers: RegularBuyers) -> FloatArray:
    """Compute the probability that there would be n purchases or more if nobody dropped out."""
    past, ahead = 1 / (1 + buyers.odds), buyers.odds / (1 + buyers.odds)
    total = np.zeros(n.size)
    for j, weight in enumerate(buyers.weights):
        shape, needed = buyers.shape + j, n * buyers.k - j
        reached = np.where(ahead < past, special.betainc(needed, shape, ahead), special.betaincc(shape, needed, past))
        total += weight * reached
    return total


def _at_least_each(buyers: RegularBuyers) -> FloatArray:
    """Compute `_at_least` for n = 1 ... POWERS at once, for buyers of whom many purchases may be expected."""
    shape, odds, weights, k = buyers.shape, buyers.odds, buyers.weights, buyers.k
    ahead, spent = odds / (1 + odds), np.log1p(odds)
    left = weights[0] * -np.expm1(-shape * spent) + weights[1:].sum(axis=0)
    chances = [np.zeros(shape.size) for _ in weights]
    reached = np.empty((POWERS, shape.size))
    for passed in range(POWERS * k):  # the probability of so many stages, and so of no more than those
        if passed % k == 0 and passed:
            reached[passed // k - 1] = left
        for j, weight in enumerate(weights):
            first = weight * np.exp(-(shape + j) * spent) if passed == j else None
            ratio = (shape + (passed - 1)) / max(passed - j, 1) * ahead
            chances[j] = chances[j] * ratio if first is None else first
            left = left - (chances[j] if passed else 0.0)
    reached[POWERS - 1] = left
    return np.maximum(reached, 0.0)


def _exactly(n: FloatArray, buyers: RegularBuyers) -> FloatArray:
    """Compute the probability that there would be exactly n purchases if nobody dropped out."""
    odds, ahead = buyers.odds, buyers.odds / (1 + buyers.odds)
    log_ahead = -np.log1p(1 / np.maximum(odds, 1e-300))
    total = np.zeros(n.size)
    for j, weight in enumerate(buyers.weights):
        shape, passed = buyers.shape + j, n * buyers.k - j
        log_first = log_rising(shape, passed) - special.gammaln(passed + 1) + passed * log_ahead
        term = weight * np.exp(log_first - shape * np.log1p(odds))
        for _ in range(buyers.k):
            total += term
            term = term * ((shape + passed) / (passed + 1) * ahead)
            passed = passed + 1
    return np.where(odds > 0, total, 0.0)


def _stages_to_sum(buyers: RegularBuyers) -> IntArray:
    """Find how many stages matter at most, 0 where more than can be summed."""
    shape, odds, k = buyers.shape, buyers.odds, buyers.k
    ahead, log_ahead = odds / (1 + odds), -np.log1p(1 / np.maximum(odds, 1e-300))
    most = shape + k
    usual = np.maximum(np.floor((shape - 1) * odds), float(k))
    low = log_rising(shape, usual) - special.gammaln(usual + 1) + usual * log_ahead - shape * np.log1p(odds)
    size = np.zeros(shape.size, dtype=np.int64)
    for each in reversed(SIZES):
        ratio = (most + each) / (each + 1) * ahead
        high = log_rising(most, np.full(shape.size, float(each))) - special.gammaln(each + 1.0) + each * log_ahead
        left = high - most * np.log1p(odds) - 2 * np.log1p(-np.minimum(ratio, 0.9)) + np.log(each + k)
        size[(ratio < 0.9) & (left < low - CUT) & (most * np.log1p(odds) < DEEPEST) & (each > 2 * k)] = each
    return size


def _summed(buyers: RegularBuyers, size: int) -> FloatArray:
    """Sum over the stages passed within the horizon: their probability times the purchases that come with them."""
    shape, odds, weights, a, b = buyers
    if shape.size == 1:
        return _summed(buyers.take(np.zeros(2, dtype=np.int64)), size)[:1]  # numpy adds a lone column in another order
    k, ahead, passed = buyers.k, odds / (1 + odds), np.arange(float(size))[:, np.newaxis]
    before = np.arange(float((size + k) // k))[:, np.newaxis]
    stays = np.cumprod(np.concatenate([np.ones((1, shape.size)), (b + before) / (a + b + before)]), axis=0)
    happen = np.concatenate([np.zeros((1, shape.size)), np.cumsum(stays, axis=0)])
    total = np.zeros(shape.size)
    for j, weight in enumerate(weights):
        first = np.exp(-(shape + j) * np.log1p(odds))[np.newaxis]
        ratios = (shape + j + passed[:-1]) / (passed[:-1] + 1) * ahead
        chance = np.cumprod(np.concatenate([first, ratios]), axis=0)
        total += weight * (chance * happen[(np.arange(size) + j) // k]).sum(axis=0)
    return total


def _integrated(buyers: RegularBuyers) -> FloatArray:
    """Average (1 - E[θ^M]) / p over the dropout probability."""
    shape, odds, weights, a, b = buyers
    powers = _at_least_each(buyers)
    heavier = np.cumsum(weights[:0:-1], axis=0)[::-1]  # the probability of having passed 1 or more, ..., k-1 stages

    def bought(rows: IntArray, _: FloatArray, log_theta: FloatArray) -> FloatArray:
        few = np.zeros(log_theta.shape)
        theta = np.exp(log_theta)
        for power in powers[::-1, rows]:
            few = few * theta + power
        many = _by_roots(np.maximum(log_theta, np.log(CERTAIN)), shape[rows], odds[rows], heavier[:, rows])
        return np.where(theta < CERTAIN, few, many)

    return average_over_dropout(bought, shape + buyers.k, odds, a, b)


def _by_roots(log_theta: FloatArray, shape: FloatArray, odds: FloatArray, heavier: FloatArray) -> FloatArray:
    """Compute (1 - E[θ^M]) / (1 - θ) as 1/(kθ) Σ z/(1-z) (1 - E[z^N]) over z^k = θ, N stages passed since the last."""
    k = heavier.shape[0] + 1
    phi, less = np.exp(log_theta / k), -np.expm1(log_theta / k)
    total = _of_real_root(phi, less, shape, odds, heavier)
    for root in range(1, k // 2 + 1):
        angle = 2 * np.pi * root / k
        if 2 * root == k:
            total += _of_real_root(-phi, 2 - less, shape, odds, heavier)
        else:
            turn = complex(np.cos(angle), np.sin(angle))
            back = complex(2 * np.sin(angle / 2) ** 2, -np.sin(angle))  # 1 - turn, to every digit
            total += 2 * _of_root(turn * phi, back + turn * less, shape, odds, heavier)
    result: FloatArray = total / (k * np.exp(log_theta))
    return result


def _of_real_root(
    z: FloatArray, less: FloatArray, shape: FloatArray, odds: FloatArray, heavier: FloatArray
) -> FloatArray:
    """Compute z/(1-z) (1 - E[z^N]) for real z, with less = 1 - z."""
    slower = 1 + odds * less
    spent = np.expm1(-shape * np.log1p(odds * less))
    passed, ratio = np.zeros(z.shape), z / slower  # each stage passed while idle is worth this more
    for weight in heavier[::-1]:
        passed = passed * ratio + weight
    part: FloatArray = z / less * ((1 + spent) * passed * ((1 + odds) * less / slower) - spent)
    return part


def _of_root(z: FloatArray, less: FloatArray, shape: FloatArray, odds: FloatArray, heavier: FloatArray) -> FloatArray:
    """Compute the real part of z/(1-z) (1 - E[z^N]) for complex z, with less = 1 - z."""
    more = odds * less
    turned = shape * np.arctan2(more.imag, 1 + more.real) / 2
    spent = np.expm1(-0.5 * shape * np.log1p(2 * more.real + more.real**2 + more.imag**2))
    sine, cosine = np.sin(turned), np.cos(turned)
    unchanged = np.empty(z.shape, dtype=np.complex128)
    unchanged.real = (1 + spent) * (1 - 2 * sine**2)
    unchanged.imag = -(1 + spent) * (2 * sine * cosine)
    changed = np.empty(z.shape, dtype=np.complex128)
    changed.real = 2 * (1 + spent) * sine**2 - spent  # 1 - unchanged, to every digit
    changed.imag = -unchanged.imag
    slower = 1 + more
    passed, ratio = np.zeros(z.shape, dtype=np.complex128), z / slower
    for weight in heavier[::-1]:
        passed = passed * ratio + weight
    part: FloatArray = (z / less * (changed + unchanged * passed * ((1 + odds) * less / slower))).real
    return part
