"""Discount for ever: infinite sums and integrals of expected purchases as a few hundred weighted terms.

Expectations E[Y(t)] are smooth in ln t, whatever the model: so are they on the whole stretch from t to 2t. A sum over
periods is taken one by one at first and then stretch by stretch, each through the polynomial that its values at a few
times determine; an integral is taken in ln t.
"""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING

import numpy as np

from crmrisk.core.errors import InvalidValueError, Problem

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from crmrisk.core.arrays import FloatArray

__all__ = ["at_once_for_ever", "by_period_for_ever", "discounted_for_ever"]

CUT = 45.0
"""Purchases discounted by exp(-CUT) or more are left out."""
EARLIEST = 1e-15
"""What happens earlier than this share of the time 1/δ matters no more than this: expectations are concave."""
PANELS = 19
NODES = 16
"""Gauss-Legendre nodes per panel of ln t; panels are 2 wide."""
FIRST = 32
"""Periods taken one by one."""
DEGREE = 20
"""Values per stretch: polynomials converge there like 5.8 to the power of minus this."""
AT_ONCE = 100_000
"""Expectations asked for at once."""
MOST = 20_000_000
CHUNK = 65_536


def at_once_for_ever(force: float) -> Iterator[tuple[float, float]]:
    """Yield times and weights of the expectations by then: ∫ exp(-δt) dE[Y(t)] = ∫ δ exp(-δt) E[Y(t)] dt.

    Parameters
    ----------
    force
        δ per time unit, above 0.

    Examples
    --------
    >>> total = sum(weight * time for time, weight in at_once_for_ever(0.02))  # E[Y(t)] = t: one per unit of time
    >>> round(total, 12)
    50.0
    """
    nodes, shares = np.polynomial.legendre.leggauss(NODES)
    edges = np.linspace(np.log(EARLIEST), np.log(CUT), PANELS + 1)
    half = (edges[1] - edges[0]) / 2
    places = np.exp(edges[:-1, np.newaxis] + half * (1 + nodes))
    weights = np.exp(-places) * places * shares * half
    yield from zip((places / force).ravel().tolist(), weights.ravel().tolist(), strict=True)


def discounted_for_ever(
    expected: Callable[..., FloatArray], force: float, x: FloatArray, *history: FloatArray
) -> FloatArray:
    """Compute ∫ exp(-δt) dE[Y(t)] from 0 to infinity of customers known to be alive.

    Parameters
    ----------
    expected
        Maps times, frequencies and the rest of the histories to expected purchases, row by row.
    force
        δ per time unit, above 0.
    x, *history
        The histories, ``(n_rows,)`` each.

    Returns
    -------
    The purchases, ``(n_rows,)``; each row depends on that row alone, to the last bit.

    Examples
    --------
    >>> discounted_for_ever(lambda time, x: x * time, 0.1, np.array([1.0, 3.0])).round(12)
    array([10., 30.])
    """
    total = np.zeros(x.shape)
    terms = at_once_for_ever(force)
    while block := list(islice(terms, 1 + AT_ONCE // max(x.size, 1))):
        times = np.repeat([time for time, _ in block], x.size)
        columns = (np.tile(column, len(block)) for column in (x, *history))
        for (_, weight), purchases in zip(block, expected(times, *columns).reshape(-1, x.size), strict=True):
            total += weight * purchases
    return total


def by_period_for_ever(step: float, force: float) -> Iterator[tuple[float, float]]:
    """Yield times and weights of the expectations by then: Σ (D(k) - D(k+1)) E[Y(k · step)], D(k) = exp(-δ k step).

    Parameters
    ----------
    step
        The length of a period [time unit].
    force
        δ per time unit, above 0.

    Raises
    ------
    InvalidValueError
        If more than twenty million periods matter.

    Examples
    --------
    >>> total = sum(weight * time for time, weight in by_period_for_ever(1.0, np.log(1.01)))
    >>> round(total, 10)
    100.0
    """
    count = max(int(min(np.ceil(CUT / (force * step)), 2 * MOST)), 1)
    if count > MOST:
        remedy = "discount at once (period=None), or by longer periods"
        raise InvalidValueError(Problem(what="too short for so low a discount rate", where="period", remedy=remedy))
    for k in range(1, min(count, FIRST) + 1):
        yield k * step, _worth(np.array(float(k)), force * step).item()
    start = FIRST + 1
    while start <= count:
        stop = min(2 * start, count + 1)
        if stop - start <= DEGREE:
            places = np.arange(float(start), stop)
            weights = _worth(places, force * step)
        else:
            places, weights = _stretch(start, stop, force * step)
        yield from zip((places * step).tolist(), weights.tolist(), strict=True)
        start = stop


def _worth(k: FloatArray, force: float) -> FloatArray:
    worth: FloatArray = np.exp(-force * k) * -np.expm1(-force)
    return worth


def _stretch(start: int, stop: int, force: float) -> tuple[FloatArray, FloatArray]:
    """Give places and weights that sum what is smooth over the whole numbers from start to stop - 1."""
    middle, half = (start + stop - 1) / 2, (stop - 1 - start) / 2
    moments = np.zeros(DEGREE)
    for first in range(start, stop, CHUNK):
        k = np.arange(float(first), min(first + CHUNK, stop))
        weight, z = _worth(k, force), (k - middle) / half
        before, now = np.ones(k.size), z
        moments[:2] += weight.sum(), (weight * z).sum()
        for degree in range(2, DEGREE):
            before, now = now, 2 * z * now - before
            moments[degree] += (weight * now).sum()
    angles = np.pi * (np.arange(DEGREE) + 0.5) / DEGREE
    shares = moments * np.where(np.arange(DEGREE) > 0, 2.0, 1.0) / DEGREE
    weights = (np.cos(np.outer(angles, np.arange(DEGREE))) * shares).sum(axis=1)
    return middle + half * np.cos(angles), weights
