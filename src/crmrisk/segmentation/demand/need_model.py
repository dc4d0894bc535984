"""Is the need still there? What a silence says, given how often the customer bought before it.

Silence after rare purchases says little, after regular ones much. `NeedModel` is BG/BB with one probability to end for
all customers; `crmrisk.scoring.value.BetaGeoBetaBinomial`, where customers differ in that too, may stand in its place.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, NamedTuple, Protocol, Self

import numpy as np
from pydantic import Field
from pydantic.dataclasses import dataclass
from scipy.special import betaln

from crmrisk.core.arguments import is_whole
from crmrisk.core.errors import InvalidValueError, Problem
from crmrisk.core.model import VALUE, Value
from crmrisk.core.row_names import refuse_other_order
from crmrisk.segmentation.demand.periods import LONGEST

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

    from crmrisk.core.arrays import FloatArray, IntArray

__all__ = ["KnowsWhoIsAlive", "NeedHistory", "NeedModel", "need_histories"]

_ENDING = (2.0, 20.0)  # beta prior of the probability to end, mode 5 % a period
_SPREAD = 1.5  # standard deviation of the normal prior of log alpha and log beta: some dozen series outweigh it


class KnowsWhoIsAlive(Protocol):
    """Tell the probability that customers still buy, as `crmrisk.scoring.value.BetaGeoBetaBinomial` does.

    Examples
    --------
    >>> model: KnowsWhoIsAlive = NeedModel(alpha=1, beta=3, ending=0.05)
    """

    def probability_alive(self, *, frequency: ArrayLike, recency: ArrayLike, opportunities: ArrayLike) -> FloatArray:
        """Compute the probability that a customer is there at the next opportunity, ``(n,)``."""
        ...


class NeedHistory(NamedTuple):
    """Hold what the history of a need comes down to.

    Parameters
    ----------
    frequency
        Periods with demand after the first of them, ``(n_series,)``.
    recency
        Periods from the first demand to the last, ``(n_series,)``.
    opportunities
        Periods since the first demand, ``(n_series,)``.

    Examples
    --------
    >>> NeedHistory(np.array([1]), np.array([2]), np.array([3])).opportunities
    array([3])
    """

    frequency: IntArray
    recency: IntArray
    opportunities: IntArray


def need_histories(demand: FloatArray) -> NeedHistory:
    """Reduce demand to repeat demands, the time of the last and the time since the first.

    Parameters
    ----------
    demand
        Demand of series that had some, ``(n_series, n_periods)``; NaN before a series is known.

    Examples
    --------
    >>> tuple(part.tolist() for part in need_histories(np.array([[0.0, 3, 0, 4, 0]])))
    ([1], [2], [3])
    """
    hit = demand > 0.0
    length = demand.shape[1]
    first, last = hit.argmax(axis=1), length - 1 - hit[:, ::-1].argmax(axis=1)
    return NeedHistory(hit.sum(axis=1) - 1, last - first, length - 1 - first)


@dataclass(frozen=True, kw_only=True, config=VALUE)
class NeedModel(Value):
    """Describe needs that recur at random until they end for good; the parameters are the model.

    Parameters
    ----------
    alpha, beta
        The probabilities to buy in a period, Beta(alpha, beta) over customers and categories.
    ending
        The probability that a need ends before a period.

    Raises
    ------
    InvalidValueError
        If alpha or beta is not positive, or beyond 1e100, or the ending no probability above 0 and below 1.

    References
    ----------
    Fader, P. S., Hardie, B. G. S. and Shang, J. (2010). Customer-base analysis in a discrete-time noncontractual
    setting. *Marketing Science* 29, 1086-1108 (with the dropout probability the same for all).

    Examples
    --------
    >>> model = NeedModel(alpha=1, beta=3, ending=0.05)
    >>> model.probability_alive(frequency=[1, 4], recency=[4, 4], opportunities=[7, 7]).round(2)
    array([0.74, 0.46])
    """

    alpha: Annotated[float, Field(gt=0, le=1e100)]
    beta: Annotated[float, Field(gt=0, le=1e100)]
    ending: Annotated[float, Field(gt=0, lt=1)]

    @classmethod
    def fit(cls, frequency: ArrayLike, recency: ArrayLike, opportunities: ArrayLike) -> Self:
        """Find the most probable parameters; weak priors keep a handful of series from extremes.

        Parameters
        ----------
        frequency, recency, opportunities
            As in `NeedHistory`.

        Raises
        ------
        InvalidValueError
            If a history is impossible.

        Examples
        --------
        >>> fit = NeedModel.fit([3, 0, 5], [4, 0, 6], [5, 6, 6])
        >>> 0 < fit.ending < 0.2
        True
        """
        from scipy.optimize import minimize  # noqa: PLC0415 - only a fit needs it

        history = _history(frequency, recency, opportunities)
        rows, count = np.unique(np.stack(history), axis=1, return_counts=True)
        known = NeedHistory(*rows)

        def loss(logs: FloatArray) -> float:
            alpha, beta = np.exp(logs[:2])
            return -_log_posterior(known, count, (alpha, beta, 1.0 / (1.0 + np.exp(-logs[2]))))

        bounds = [(-7.0, 7.0), (-7.0, 7.0), (-12.0, 5.0)]
        found = minimize(loss, np.array([0.0, 0.0, -3.0]), method="L-BFGS-B", bounds=bounds).x
        alpha, beta = (float(each) for each in np.exp(found[:2]))
        return cls(alpha=alpha, beta=beta, ending=float(1.0 / (1.0 + np.exp(-found[2]))))

    def probability_alive(self, *, frequency: ArrayLike, recency: ArrayLike, opportunities: ArrayLike) -> FloatArray:
        r"""Compute the probability that the need is there in the next period.

        :math:`(1-d)^{k+1} S_k / ((1-d)^k S_k + \sum_{j<k} (1-d)^j d S_j)` after k silent periods, where S_j is the
        probability that a living need is silent for j periods.

        Parameters
        ----------
        frequency, recency, opportunities
            As in `NeedHistory`.

        Raises
        ------
        InvalidValueError
            If a history is impossible.

        Examples
        --------
        See `NeedModel`.
        """
        there, gone = _weights(_history(frequency, recency, opportunities), (self.alpha, self.beta, self.ending))
        found: FloatArray = (1.0 - self.ending) * there / (there + gone)
        return found

    def probability_bought(
        self, horizon: int = 1, *, frequency: ArrayLike, recency: ArrayLike, opportunities: ArrayLike
    ) -> FloatArray:
        """Compute the probability of demand within the coming periods.

        Parameters
        ----------
        horizon
            How many periods ahead.
        frequency, recency, opportunities
            As in `NeedHistory`.

        Raises
        ------
        InvalidValueError
            If a history is impossible, or the horizon no whole number from 0 to `LONGEST`.

        Examples
        --------
        >>> model = NeedModel(alpha=1, beta=3, ending=0.05)
        >>> model.probability_bought(2, frequency=[3], recency=[6], opportunities=[6]).round(3)
        array([0.577])
        """
        if not is_whole(horizon) or not 0 <= horizon <= LONGEST:
            allowed, got = f"a whole number, 0 to {LONGEST:,}", repr(horizon)[:100]
            raise InvalidValueError(Problem(what="no horizon", where="horizon", allowed=allowed, got=got))
        x, last, length = _history(frequency, recency, opportunities)
        there, gone = _weights(NeedHistory(x, last, length), (self.alpha, self.beta, self.ending))
        buys, not_yet = self.alpha + x, self.beta + length - x
        silent, ended, living = np.ones(len(x)), np.zeros(len(x)), 1.0
        for period in range(horizon):
            ended += living * self.ending * silent
            silent = silent * (not_yet + period) / (buys + not_yet + period)
            living *= 1.0 - self.ending
        found: FloatArray = there / (there + gone) * (1.0 - ended - living * silent)
        return found


def _history(frequency: ArrayLike, recency: ArrayLike, opportunities: ArrayLike) -> NeedHistory:
    refuse_other_order(frequency=frequency, recency=recency, opportunities=opportunities)
    x, last, length = (np.atleast_1d(np.asarray(part)) for part in (frequency, recency, opportunities))
    shapes = len({x.shape, last.shape, length.shape}) == 1 and x.ndim == 1 and x.size
    if not shapes or not all(part.dtype.kind in "iu" for part in (x, last, length)):
        allowed = "whole numbers of one length"
        raise InvalidValueError(
            Problem(what="no histories", where="frequency, recency, opportunities", allowed=allowed)
        )
    odd = (x < 0) | (x > last) | (last > length) | ((last > 0) & (x == 0)) | (length > 10 * LONGEST)
    if odd.any():
        first = int(np.flatnonzero(odd)[0])
        got = f"{x[first]}, {last[first]}, {length[first]} in row {first}"
        allowed = f"0 <= frequency <= recency <= opportunities <= {10 * LONGEST:,}"
        where = "frequency, recency, opportunities"
        what = f"{int(odd.sum())} impossible histories"
        raise InvalidValueError(Problem(what=what, where=where, allowed=allowed, got=got))
    return NeedHistory(x.astype(np.int64), last.astype(np.int64), length.astype(np.int64))


def _weights(history: NeedHistory, parameters: tuple[float, float, float]) -> tuple[FloatArray, FloatArray]:
    """Weigh that the need is there after the silence against that it ended at some point of it."""
    alpha, beta, ending = parameters
    x, last = history.frequency.astype(np.float64), history.recency.astype(np.float64)
    silence = history.opportunities - history.recency
    buys, not_yet = alpha + x, beta + last - x
    there, gone = np.ones(len(x)), np.zeros(len(x))
    for period in range(int(silence.max(initial=0))):
        silent = silence > period
        gone = gone + np.where(silent, there * ending, 0.0)
        survived = there * (1.0 - ending) * (not_yet + period) / (buys + not_yet + period)
        there = np.where(silent, survived, there)
    return there, gone


def _log_posterior(history: NeedHistory, count: IntArray, parameters: tuple[float, float, float]) -> float:
    alpha, beta, ending = parameters
    x, last, _ = history
    there, gone = _weights(history, parameters)
    bought = betaln(alpha + x, beta + last - x) - betaln(alpha, beta) + last * np.log1p(-ending)
    ones, twos = _ENDING
    prior = (ones - 1.0) * np.log(ending) + (twos - 1.0) * np.log1p(-ending)
    prior -= (np.log(alpha) ** 2 + np.log(beta) ** 2) / (2.0 * _SPREAD**2)
    return float((count * (bought + np.log(there + gone))).sum() + prior)
