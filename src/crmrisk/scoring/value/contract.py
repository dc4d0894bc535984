"""Customers under contract: each period they renew or are lost, and everybody sees which.

What the models of contractual lifetimes have in common, whatever the chance of renewal: survival, retention, churn,
remaining lifetime and what it is worth. A model says how survival falls from one renewal to another; the rest is here.

``renewals`` is always how many times a customer has renewed so far, 0 for one who has just signed; figures given
them are of customers who are still there.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, NamedTuple, TypeVar

import numpy as np

from crmrisk.core.errors import FitError, Problem
from crmrisk.core.model import Model
from crmrisk.scoring.value.compact import compact
from crmrisk.scoring.value.discrete_sums import log_sums
from crmrisk.scoring.value.fit_task import FitTask
from crmrisk.scoring.value.histories import checked_numbers, checked_weights
from crmrisk.scoring.value.opportunities import checked_counts, checked_lifetimes, checked_rate, checked_survivors
from crmrisk.scoring.value.sharing import once_per_distinct_row

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import ArrayLike

    from crmrisk.core.arrays import BoolArray, FloatArray, IntArray
    from crmrisk.scoring.value.fitting import LogLikelihood

__all__ = [
    "ContractModel",
    "CountedLifetimes",
    "SimulatedContracts",
    "contract_task",
    "counted_lifetimes",
    "lifetimes_of_survivors",
]

C = TypeVar("C", bound="ContractModel")


class SimulatedContracts(NamedTuple):
    """Hold simulated contracts, each array ``(n_customers,)``, as ``fit`` takes them.

    Parameters
    ----------
    duration
        Of the lost, the renewal that did not happen, from 1; of the others, the renewals that did.
    churned
        Whether the customer was lost.

    Examples
    --------
    >>> from crmrisk.scoring.value import ShiftedBetaGeometric
    >>> ShiftedBetaGeometric(alpha=1, beta=1e9).simulate([7, 7], rng=np.random.default_rng(1)).duration
    array([7., 7.])
    """

    duration: FloatArray
    churned: BoolArray


class ContractModel(Model, ABC):
    """Describe how long customers under contract stay; subclasses say how survival falls.

    Arguments broadcast against each other; scalars give a scalar. Periods and renewals are whole numbers up to
    100,000. A customer whose renewals are NaN is unrated and scores NaN.

    Examples
    --------
    >>> from crmrisk.scoring.value import ShiftedBetaGeometric
    >>> isinstance(ShiftedBetaGeometric(alpha=0.704, beta=1.182), ContractModel)
    True
    """

    @abstractmethod
    def _log_kept(self, start: FloatArray, end: FloatArray) -> FloatArray:
        """Give ln S(end) - ln S(start)."""

    @abstractmethod
    def _log_lost(self, period: FloatArray) -> FloatArray:
        """Give ln P(lost at a renewal | still there before it), to relative precision."""

    def log_likelihood(self, duration: ArrayLike, churned: ArrayLike) -> FloatArray:
        """Compute each customer's log-likelihood: ln P(T = t) of the lost, ln S(t) of the others.

        Parameters
        ----------
        duration
            Of the lost, the renewal that did not happen, from 1; of the others, the renewals that did, from 0.
        churned
            Whether the customer was lost, ``(n_customers,)`` both.

        Raises
        ------
        FitError
            If there is no customer.
        InvalidValueError
            If values are not what they should be.

        Examples
        --------
        >>> from crmrisk.scoring.value import ShiftedBetaGeometric
        >>> model = ShiftedBetaGeometric(alpha=1, beta=1)
        >>> np.exp(model.log_likelihood([1, 2, 2], [True, True, False])).round(6)
        array([0.5     , 0.166667, 0.333333])
        """
        return once_per_distinct_row(self._log_likelihood, *checked_lifetimes(duration, churned))

    def survival(self, periods: ArrayLike, *, renewals: ArrayLike = 0) -> FloatArray:
        """Compute the probability that a customer renews at each of the next renewals, S(n+t) / S(n).

        Parameters
        ----------
        periods
            How many renewals to look ahead.
        renewals
            Renewals so far.

        Raises
        ------
        InvalidValueError
            If a value is no whole number from 0.

        Examples
        --------
        >>> from crmrisk.scoring.value import ShiftedBetaGeometric
        >>> ShiftedBetaGeometric(alpha=0.704, beta=1.182).survival([0, 1, 7]).round(3)
        array([1.   , 0.627, 0.239])
        """
        ahead, done = _ahead("periods", periods, renewals)
        return once_per_distinct_row(lambda t, n: np.exp(self._log_kept(n, n + t)), ahead, done)

    def retention_rate(self, period: ArrayLike) -> FloatArray:
        """Compute the share that renews among those who reach a renewal, S(t) / S(t-1).

        Parameters
        ----------
        period
            The renewal, from 1.

        Raises
        ------
        InvalidValueError
            If a value is no whole number from 1.

        Examples
        --------
        >>> from crmrisk.scoring.value import ShiftedBetaGeometric
        >>> ShiftedBetaGeometric(alpha=0.704, beta=1.182).retention_rate([1, 2, 7]).round(3)
        array([0.627, 0.756, 0.911])
        """
        periods = checked_counts({"period": period}, least=1)["period"]
        return once_per_distinct_row(lambda t: np.exp(self._log_kept(t - 1, t)), periods)

    def probability_of_churn(self, period: ArrayLike, *, renewals: ArrayLike = 0) -> FloatArray:
        """Compute the probability that a customer is lost at exactly the period-th renewal from now.

        Parameters
        ----------
        period
            Which of the next renewals, from 1.
        renewals
            Renewals so far.

        Raises
        ------
        InvalidValueError
            If a value is no whole number, or a period below 1.

        Examples
        --------
        >>> from crmrisk.scoring.value import ShiftedBetaGeometric
        >>> ShiftedBetaGeometric(alpha=0.704, beta=1.182).probability_of_churn([1, 2, 3]).round(3)
        array([0.373, 0.153, 0.086])
        """
        ahead, done = _ahead("period", period, renewals)
        return once_per_distinct_row(
            lambda t, n: np.exp(self._log_kept(n, n + t - 1) + self._log_lost(n + t)), ahead, done
        )

    def expected_lifetime(self, horizon: ArrayLike, *, renewals: ArrayLike = 0) -> FloatArray:
        """Compute how many of the next periods a customer is expected to stay, the one just begun included.

        Σ S(n+t) / S(n) over t from 0 to horizon - 1.

        Parameters
        ----------
        horizon
            How many periods to look ahead.
        renewals
            Renewals so far.

        Raises
        ------
        InvalidValueError
            If a value is no whole number from 0.

        Examples
        --------
        >>> from crmrisk.scoring.value import ShiftedBetaGeometric
        >>> print(ShiftedBetaGeometric(alpha=1, beta=1).expected_lifetime(3).round(6))
        1.833333
        """
        ahead, done = _ahead("horizon", horizon, renewals)
        return once_per_distinct_row(self._lifetime, ahead, done)

    def discounted_expected_residual_lifetime(self, discount_rate: ArrayLike, *, renewals: ArrayLike = 0) -> FloatArray:
        """Compute the present value of all coming periods, each worth 1, just before the next renewal: DERL.

        Σ S(n+t) / S(n) / (1+d)^(t-1) over t from 1 to infinity: a payment at the coming renewal is not discounted.

        Parameters
        ----------
        discount_rate
            The rate d per period, above 0.
        renewals
            Renewals so far.

        Raises
        ------
        InvalidValueError
            If a rate is not above 0, or renewals are no whole number.

        References
        ----------
        P. S. Fader and B. G. S. Hardie (2010), Customer-base valuation in a contractual setting: the perils of
        ignoring heterogeneity, Marketing Science 29(1), 85-93; their table 3 counts periods, one more than renewals.

        Examples
        --------
        >>> from crmrisk.scoring.value import ShiftedBetaGeometric
        >>> model = ShiftedBetaGeometric(alpha=3.8, beta=15.2)
        >>> model.discounted_expected_residual_lifetime(0.1, renewals=[1, 4]).round(2)
        array([3.45, 3.84])
        """
        rate = checked_rate(discount_rate)
        columns = checked_numbers({"rate": rate, "renewals": renewals}, missing=True)
        done = checked_counts({"renewals": columns["renewals"]}, missing=True)["renewals"]
        return once_per_distinct_row(self._residual_lifetime, columns["rate"], done)

    def _log_likelihood(self, duration: FloatArray, churned: FloatArray) -> FloatArray:
        lost = churned == 1
        values = self._log_kept(np.zeros(duration.size), duration - churned)
        values[lost] += self._log_lost(duration[lost])
        return values

    def _churn_probability(self, period: FloatArray, done: FloatArray) -> FloatArray:
        return np.exp(self._log_kept(done, done + period - 1) + self._log_lost(done + period))

    def _lifetime(self, horizon: FloatArray, done: FloatArray) -> FloatArray:
        def kept(row: IntArray, t: FloatArray) -> FloatArray:
            return self._log_kept(done[row], done[row] + t)

        return np.exp(log_sums(kept, np.zeros(done.size), horizon))

    @abstractmethod
    def _residual_lifetime(self, rate: FloatArray, done: FloatArray) -> FloatArray:
        """Give the discounted expected residual lifetime."""


class CountedLifetimes(NamedTuple):
    """Hold the distinct lifetimes a likelihood speaks of and how many customers have each.

    Parameters
    ----------
    duration, churned, weight
        The lifetimes, ``(n_rows,)``.
    n, n_left_out
        Customers who have faced a renewal, and who have not.

    Examples
    --------
    >>> counted_lifetimes([2, 2, 0], [1, 1, 0], None).n_left_out
    1.0
    """

    duration: FloatArray
    churned: FloatArray
    weight: FloatArray
    n: float
    n_left_out: float


def counted_lifetimes(duration: ArrayLike, churned: ArrayLike, weights: ArrayLike | None) -> CountedLifetimes:
    """Check and count lifetimes to be fitted.

    Parameters
    ----------
    duration, churned, weights
        As for ``fit``.

    Raises
    ------
    FitError
        If nobody has faced a renewal.
    InvalidValueError
        If values are not what they should be.

    Examples
    --------
    >>> counted_lifetimes([2, 2, 3], [1, 1, 0], None).weight
    array([2., 1.])
    """
    lasted, lost = checked_lifetimes(duration, churned)
    (lasted, lost), weight = compact((lasted, lost), checked_weights(weights, lasted.size))
    faced = lasted > 0
    if not faced.any():
        raise FitError(Problem(what="nobody has faced a renewal", where="duration", allowed="at least one above 0"))
    left_out = float(weight[~faced].sum())
    return CountedLifetimes(lasted[faced], lost[faced], weight[faced], float(weight[faced].sum()), left_out)


def contract_task(
    model: type[C], likelihood: LogLikelihood, starts: Sequence[FloatArray], data: CountedLifetimes
) -> FitTask[C]:
    """Make ready to fit a model of contracts.

    Parameters
    ----------
    model
        The kind of model.
    likelihood
        Its log-likelihood.
    starts
        Where to begin.
    data
        The lifetimes.

    Examples
    --------
    >>> from crmrisk.scoring.value import ShiftedBetaGeometric
    >>> ShiftedBetaGeometric._task([1, 2, 2], [True, True, False]).totals
    {'duration': 5.0, 'churned': 2.0}
    """
    totals = {"duration": float(data.weight @ data.duration), "churned": float(data.weight @ data.churned)}
    return FitTask(
        model=model, likelihood=likelihood, starts=starts, n=data.n, n_left_out=data.n_left_out, totals=totals
    )


def lifetimes_of_survivors(survivors: ArrayLike) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Turn survivors per period into lifetimes: those lost at each renewal, and those there after the last one seen.

    Parameters
    ----------
    survivors
        As for ``fit_survivors``.

    Returns
    -------
    Duration, churned and weight, as ``fit`` takes them.

    Raises
    ------
    InvalidValueError
        If the counts are not what they should be.

    Examples
    --------
    >>> lifetimes_of_survivors([1000, 869, 743])
    (array([1., 2., 2.]), array([1., 1., 0.]), array([131., 126., 743.]))
    """
    counts = checked_survivors(survivors)
    lost = counts[:, :-1] - counts[:, 1:]
    period = np.broadcast_to(np.arange(1.0, counts.shape[1]), lost.shape)
    seen = ~np.isnan(lost)
    last = seen.sum(axis=1)
    left = counts[np.arange(last.size), last]
    duration = np.concatenate([period[seen], last.astype(np.float64)])
    churned = np.concatenate([np.ones(int(seen.sum())), np.zeros(last.size)])
    return duration, churned, np.concatenate([lost[seen], left])


def _ahead(name: str, ahead: ArrayLike, renewals: ArrayLike) -> tuple[FloatArray, FloatArray]:
    times = checked_counts({name: ahead}, least=1)[name]
    columns = checked_counts({"periods": times, "renewals": renewals}, missing=True)
    return columns["periods"], columns["renewals"]
