"""The recursions of Croston and of Teunter, Syntetos and Babai, over all series at once, one period at a time."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, NamedTuple, TypeAlias

import numpy as np

if TYPE_CHECKING:
    from crmrisk.core.arrays import FloatArray

__all__ = ["Initial", "Smoothed", "smooth_intervals", "smooth_probabilities"]

Initial: TypeAlias = Literal["first", "mean"]
"""What the smoothed values start from: the first observation, or the mean of all that is known."""


class Smoothed(NamedTuple):
    """Hold what the recursions end with, and how far off each forecast one period ahead was.

    Examples
    --------
    >>> Smoothed(np.array([4.0]), np.array([0.5]), np.array([0.0]), np.array([3.0])).rate
    array([2.])
    """

    size: FloatArray
    """Smoothed size of a demand, ``(n_series,)``; 0 where there was none."""

    probability: FloatArray
    """Smoothed probability of a demand in a period, or one over the smoothed interval, ``(n_series,)``."""

    squared_error: FloatArray
    """Sum of squared errors of the forecasts one period ahead, ``(n_series,)``."""

    n_errors: FloatArray
    """How many those were, ``(n_series,)``."""

    @property
    def rate(self) -> FloatArray:
        """Expected demand per period, ``(n_series,)``."""
        return self.size * self.probability


def smooth_intervals(demand: FloatArray, alpha: FloatArray, *, initial: Initial, debias: bool) -> Smoothed:
    """Smooth sizes and intervals where there is demand (Croston), and divide one by the other.

    Parameters
    ----------
    demand
        Demand, ``(n_series, n_periods)``; NaN before a series is known.
    alpha
        Smoothing parameter of both, ``(n_series,)``.
    initial
        What they start from.
    debias
        Whether forecasts shrink by ``1 - alpha / 2`` (Syntetos and Boylan); the size carries it.

    Examples
    --------
    >>> smooth_intervals(np.array([[0.0, 4.0, 0.0, 0.0, 8.0]]), np.array([0.5]), initial="first", debias=False).rate
    array([2.4])
    """
    size, interval = _start_intervals(demand, initial)
    shrink = 1.0 - alpha / 2.0 if debias else np.ones(len(demand))
    gap, squared, count = np.zeros((3, len(demand)))
    for now in np.ascontiguousarray(demand.T):
        _add_error(squared, count, now, shrink * size / interval)
        hit = now > 0.0
        gap += ~np.isnan(now)
        size = _updated(size, now, hit, alpha)
        interval = _updated(interval, gap, hit, alpha)
        gap[hit] = 0.0
    probability = np.where(np.isnan(interval), 0.0, 1.0 / interval)
    return _known(demand, Smoothed(np.nan_to_num(shrink * size), probability, squared, count))


def smooth_probabilities(demand: FloatArray, alpha: FloatArray, beta: FloatArray, *, initial: Initial) -> Smoothed:
    """Smooth sizes where there is demand and its probability in every period (Teunter, Syntetos and Babai).

    Parameters
    ----------
    demand
        Demand, ``(n_series, n_periods)``; NaN before a series is known.
    alpha, beta
        Smoothing parameters of sizes and of the probability, ``(n_series,)``.
    initial
        What they start from.

    Examples
    --------
    >>> rate = smooth_probabilities(np.array([[4.0, 0.0, 0.0]]), np.array([0.5]), np.array([0.5]), initial="first").rate
    >>> rate
    array([1.])
    """
    size, interval = _start_intervals(demand, initial)
    probability = 1.0 / interval
    squared, count = np.zeros((2, len(demand)))
    for now in np.ascontiguousarray(demand.T):
        _add_error(squared, count, now, probability * np.where(np.isnan(size), 0.0, size))
        hit = now > 0.0
        probability = _updated(probability, hit.astype(np.float64), ~np.isnan(now), beta)
        size = _updated(size, now, hit, alpha)
    return _known(demand, Smoothed(np.nan_to_num(size), np.nan_to_num(probability), squared, count))


def _start_intervals(demand: FloatArray, initial: Initial) -> tuple[FloatArray, FloatArray]:
    unknown = np.full(len(demand), np.nan)
    if initial == "first":
        return unknown, unknown
    total, hits, length = np.zeros((3, len(demand)))
    for now in demand.T:
        total += np.nan_to_num(now)
        hits += now > 0.0
        length += ~np.isnan(now)
    some = hits > 0
    return np.divide(total, hits, out=unknown.copy(), where=some), np.divide(length, hits, out=unknown, where=some)


def _updated(state: FloatArray, observed: FloatArray, where: FloatArray, weight: FloatArray) -> FloatArray:
    """Move a smoothed value towards what was observed; the first observation starts it."""
    moved = np.where(np.isnan(state), observed, state + weight * (observed - state))
    return np.where(where, moved, state)


def _add_error(squared: FloatArray, count: FloatArray, now: FloatArray, ahead: FloatArray) -> None:
    error = now - ahead
    seen = ~np.isnan(error)
    squared += np.where(seen, error * error, 0.0)
    count += seen


def _known(demand: FloatArray, smoothed: Smoothed) -> Smoothed:
    """Leave a series unrated of which no period is known; only the last period can tell."""
    nothing = np.isnan(demand[:, -1])
    size, probability = (np.where(nothing, np.nan, part) for part in smoothed[:2])
    return Smoothed(size, probability, *smoothed[2:])
