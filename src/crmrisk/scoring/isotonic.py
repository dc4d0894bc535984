"""Isotonic calibration: a rising staircase of probabilities, each step with the customers it rests on."""

from __future__ import annotations

from functools import lru_cache
from itertools import pairwise
from typing import TYPE_CHECKING, Literal, NamedTuple, Self

import numpy as np
from pydantic import model_validator
from pydantic.dataclasses import dataclass
from scipy.special import betaincinv

from crmrisk.core.errors import InvalidValueError, Problem
from crmrisk.core.model import VALUE, Value
from crmrisk.core.scores import Ranged

if TYPE_CHECKING:
    from collections.abc import Callable

    from crmrisk.core.arrays import FloatArray

__all__ = ["IsotonicCurve", "Ties", "fit_isotonic", "ties"]


class Ties(NamedTuple):
    """Hold distinct scores, ascending, with the customers and events at each, all ``(n_distinct,)``.

    Examples
    --------
    >>> ties(np.array([0.2, 0.1, 0.2]), np.array([1.0, 0.0, 0.0])).events
    array([0., 1.])
    """

    scores: FloatArray
    customers: FloatArray
    events: FloatArray

    @property
    def concordance(self) -> float:
        """The probability that an event outscores a non-event, ties counting half."""
        others = self.customers - self.events
        below = np.cumsum(others) - others
        return float(np.sum(self.events * (below + others / 2)) / (self.events.sum() * others.sum()))


def ties(scores: FloatArray, y: FloatArray) -> Ties:
    """Collect tied scores.

    Parameters
    ----------
    scores
        No NaN, ``(n_customers,)``.
    y
        1 or 0, ``(n_customers,)``.

    Examples
    --------
    See `Ties`.
    """
    distinct, place = np.unique(scores, return_inverse=True)
    n = len(distinct)
    customers, events = np.bincount(place, minlength=n), np.bincount(place, y, minlength=n)
    return Ties(distinct, customers.astype(np.float64), events.astype(np.float64))


@dataclass(frozen=True, kw_only=True, config=VALUE)
class IsotonicCurve(Value):
    """Turn scores into probabilities by steps.

    The probability of a step is ``(events + base rate) / (customers + 1)``: one customer's worth of the base rate keeps
    every step away from 0 and 1.

    Parameters
    ----------
    cuts
        Where a step ends and the next begins, ascending, ``(n_steps - 1,)``; a score on a cut is on the later step.
    customers, events
        What each step rests on, ``(n_steps,)``.
    base_rate
        The share of events among all.
    increasing
        Whether a higher score means a higher probability; if not, cuts are of minus the score.

    Raises
    ------
    InvalidValueError
        If lengths disagree, cuts do not ascend, or events exceed customers.

    Examples
    --------
    >>> curve = IsotonicCurve(cuts=(0.5,), customers=(9, 9), events=(0, 6), base_rate=0.5)
    >>> curve.of(np.array([0.2, 0.7]), level=0.95).values
    array([0.05, 0.65])
    """

    method: Literal["isotonic"] = "isotonic"
    cuts: tuple[float, ...]
    customers: tuple[float, ...]
    events: tuple[float, ...]
    base_rate: float
    increasing: bool = True

    @model_validator(mode="after")
    def _coherent(self) -> Self:
        steps = len(self.cuts) + 1
        lengths = len(self.customers) == len(self.events) == steps
        counts = lengths and all(0 <= e <= n for e, n in zip(self.events, self.customers, strict=True))
        if counts and all(a < b for a, b in pairwise(self.cuts)) and 0 < self.base_rate < 1:
            return self
        allowed = "ascending cuts, one more step than cuts, 0 <= events <= customers, 0 < base rate < 1"
        raise InvalidValueError(Problem(what="no staircase", where="IsotonicCurve", allowed=allowed))

    def of(self, scores: FloatArray, *, level: float) -> Ranged:
        """Return the probability of each score with its step's Jeffreys interval.

        The interval takes the steps as given; that they were chosen by the data makes it somewhat too narrow.

        Parameters
        ----------
        scores
            ``(n_customers,)``; NaN is unrated.
        level
            The nominal coverage.

        References
        ----------
        Brown, L., Cai, T. and DasGupta, A. (2001), Interval estimation for a binomial proportion, Statistical Science
        16, section 3.1.2.
        """
        cuts, *ends = _staircase(self, level)
        step = np.searchsorted(cuts, scores if self.increasing else -scores, side="right")
        return Ranged(*(np.where(np.isnan(scores), np.nan, each[step]) for each in ends))


@lru_cache(maxsize=64)
def _staircase(curve: IsotonicCurve, level: float) -> tuple[FloatArray, FloatArray, FloatArray, FloatArray]:
    """Work out cuts, probabilities and interval ends of every step; once, for quantiles take longer than a score."""
    n, events = np.array(curve.customers), np.array(curve.events)
    values = (events + curve.base_rate) / (n + 1)
    tail = (1 - level) / 2
    low = np.where(events == 0, 0.0, betaincinv(events + 0.5, n - events + 0.5, tail))
    high = np.where(events == n, 1.0, betaincinv(events + 0.5, n - events + 0.5, 1 - tail))
    return np.array(curve.cuts), values, np.minimum(low, values), np.maximum(high, values)


def fit_isotonic(tied: Ties, *, increasing: bool) -> IsotonicCurve:
    """Fit the rising staircase of maximum likelihood, then pool until the shrunken steps rise too.

    Parameters
    ----------
    tied
        Distinct scores with customers and events of both kinds.
    increasing
        The direction.

    References
    ----------
    Ayer, M. et al. (1955), An empirical distribution function for sampling with incomplete information, Annals of
    Mathematical Statistics 26 (pool adjacent violators).

    Examples
    --------
    >>> curve = fit_isotonic(ties(np.array([1.0, 2.0, 3.0, 4.0]), np.array([0.0, 1.0, 0.0, 1.0])), increasing=True)
    >>> curve.cuts, curve.events
    ((1.5, 3.5), (0.0, 1.0, 1.0))
    """
    rate = float(tied.events.sum() / tied.customers.sum())
    rows = slice(None) if increasing else slice(None, None, -1)
    x = tied.scores if increasing else -tied.scores[rows]
    steps = [(i, n, e) for i, (n, e) in enumerate(zip(tied.customers[rows], tied.events[rows], strict=True))]
    steps = _pooled(steps, lambda n, e: e / n)
    steps = _pooled(steps, lambda n, e: (e + rate) / (n + 1))
    return IsotonicCurve(
        cuts=tuple(_between(float(x[start - 1]), float(x[start])) for start, _, _ in steps[1:]),
        customers=tuple(float(n) for _, n, _ in steps),
        events=tuple(float(e) for _, _, e in steps),
        base_rate=rate,
        increasing=increasing,
    )


Step = tuple[int, float, float]
"""Where a step starts, its customers and its events."""


def _pooled(steps: list[Step], height: Callable[[float, float], float]) -> list[Step]:
    """Merge neighbours until heights rise."""
    kept: list[Step] = []
    for step in steps:
        start, n, events = step
        while kept and height(*kept[-1][1:]) >= height(n, events):
            start, n, events = kept[-1][0], kept[-1][1] + n, kept[-1][2] + events
            kept.pop()
        kept.append((start, n, events))
    return kept


def _between(left: float, right: float) -> float:
    middle = left / 2 + right / 2
    return middle if left < middle else right
