"""BdW: customers under contract whose chance of being lost changes with how long they have been there.

A customer's survival falls as ``(1-θ)^(t^c)`` with ``θ ~ Beta(alpha, beta)``: with c above 1 the single customer grows
more likely to leave, below 1 less; with c = 1 nothing changes and the model is `ShiftedBetaGeometric`. The data tell
how much of a rising retention rate is loyalty and how much is that the disloyal have left already.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple, Self

import numpy as np

from crmrisk.core.errors import InvalidValueError, Problem
from crmrisk.scoring.value.beta_discrete_weibull_hazard import cumulative_hazard, far_away
from crmrisk.scoring.value.contract import (
    ContractModel,
    SimulatedContracts,
    contract_task,
    counted_lifetimes,
    lifetimes_of_survivors,
)
from crmrisk.scoring.value.discrete_sums import log_sums
from crmrisk.scoring.value.fitting import Derivatives
from crmrisk.scoring.value.model_fit import Parameter  # noqa: TC001 - pydantic reads it
from crmrisk.scoring.value.opportunities import counts_to_simulate
from crmrisk.scoring.value.special import log_rising

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

    from crmrisk.core.arrays import FloatArray, IntArray
    from crmrisk.scoring.value.contract import CountedLifetimes
    from crmrisk.scoring.value.fit_task import FitTask
    from crmrisk.scoring.value.model_fit import ModelFit
    from crmrisk.scoring.value.prior import Prior

__all__ = ["BetaDiscreteWeibull"]

STARTS = ((1.0, 2.0, 1.0), (0.1, 0.5, 1.0), (10.0, 100.0, 1.0), (1.0, 10.0, 2.0), (1.0, 1.0, 0.5))
SMALLEST_RATE = 1e-4
"""Periods are added one by one until discounting has left nothing of them: 400,000 of them at this rate."""
FORGOTTEN = 40.0
"""Discounted by exp(-FORGOTTEN), a period counts for nothing."""


class BetaDiscreteWeibull(ContractModel):
    """Describe contractual lifetimes by the beta-discrete-Weibull distribution; the parameters are the model.

    S(t) = B(α, β+t^c) / B(α, β).

    Parameters
    ----------
    alpha, beta
        The churn probabilities at the first renewal, Beta(alpha, beta).
    c
        Duration dependence: the single customer's churn rises with time above 1, falls below 1.

    Raises
    ------
    InvalidValueError
        If a parameter is not positive and finite.

    References
    ----------
    P. S. Fader, B. G. S. Hardie, Y. Liu, J. Davin and T. Steenburgh (2018), "How to project customer retention"
    revisited: the role of duration dependence, Journal of Interactive Marketing 43, 1-16.

    Examples
    --------
    >>> model = BetaDiscreteWeibull(alpha=0.704, beta=1.182, c=1)  # sBG
    >>> model.survival([0, 1, 7]).round(3)
    array([1.   , 0.627, 0.239])
    >>> BetaDiscreteWeibull(alpha=2, beta=6, c=1.5).retention_rate([1, 2, 3]).round(3)
    array([0.75 , 0.645, 0.635])
    """

    alpha: Parameter
    beta: Parameter
    c: Parameter

    @classmethod
    def fit(
        cls,
        duration: ArrayLike,
        churned: ArrayLike,
        weights: ArrayLike | None = None,
        *,
        prior: Prior | None = None,
    ) -> ModelFit[Self]:
        """Fit by exact maximum likelihood on counted lifetimes.

        Parameters
        ----------
        duration
            Of the lost, the renewal that did not happen, from 1; of the others, the renewals that did, ``(n_rows,)``.
        churned
            Whether the customer was lost, ``(n_rows,)``.
        weights
            How many customers each row stands for, ``(n_rows,)``.
        prior
            What is believed of the parameters beforehand; ``None`` is exact maximum likelihood.

        Returns
        -------
        The fit; ``n_left_out`` counts customers who have not faced a renewal. Data that cannot identify a parameter
        give a fit that names it: three parameters need losses at three renewals or more.

        Raises
        ------
        FitError
            If nobody has faced a renewal.
        InvalidValueError
            If values are missing, negative, infinite or fractional, or somebody was lost at renewal 0.

        Examples
        --------
        >>> fit = BetaDiscreteWeibull.fit([1, 2, 2], [True, True, False], weights=[300, 200, 500])
        >>> fit.not_identified
        ('alpha', 'beta', 'c')
        """
        return cls._task(duration, churned, weights=weights).fit(prior)

    @classmethod
    def _task(cls, duration: ArrayLike, churned: ArrayLike, *, weights: ArrayLike | None = None) -> FitTask[Self]:
        data = counted_lifetimes(duration, churned, weights)
        starts = [np.array(start) for start in STARTS]
        return contract_task(cls, _Likelihood.of(data), starts, data)

    @classmethod
    def fit_survivors(cls, survivors: ArrayLike, *, prior: Prior | None = None) -> ModelFit[Self]:
        """Fit to a panel: how many customers of each cohort were left after each renewal.

        Parameters
        ----------
        survivors
            Counts, ``(n_periods + 1,)`` or ``(n_cohorts, n_periods + 1)``, the first the size of the cohort; NaN at
            the end of a row where a young cohort has not been observed so far, or rows of different lengths.
        prior
            As for `fit`.

        Raises
        ------
        FitError
            If there is no customer, or nobody has faced a renewal.
        InvalidValueError
            If a count is negative, infinite or above the one before, or missing before the end of its row.

        Examples
        --------
        >>> fit = BetaDiscreteWeibull.fit_survivors([1000, 869, 743, 653, 593, 551, 517, 491])  # high end, years 0-7
        >>> fit.converged, fit.model.c > 1
        (True, True)
        """
        return cls.fit(*lifetimes_of_survivors(survivors), prior=prior)

    def simulate(self, periods: ArrayLike, *, rng: np.random.Generator) -> SimulatedContracts:
        """Simulate customers from their first contract on.

        Parameters
        ----------
        periods
            How many renewals each customer would have faced by now, ``(n_customers,)``.
        rng
            The source of randomness.

        Raises
        ------
        InvalidValueError
            If a value is no whole number from 0, or ``rng`` no source of randomness.

        Examples
        --------
        >>> model = BetaDiscreteWeibull(alpha=2, beta=6, c=1.5)
        >>> simulated = model.simulate(np.full(1000, 7), rng=np.random.default_rng(20261122))
        >>> bool((simulated.duration <= 7).all())
        True
        """
        faced = counts_to_simulate("periods", periods, rng)
        churn = rng.beta(self.alpha, self.beta, faced.size)
        with np.errstate(divide="ignore", over="ignore"):  # the very loyal outlast any number
            log_time = np.log(rng.standard_exponential(faced.size) / -np.log1p(-churn)) / self.c
            lost_at = np.maximum(np.ceil(np.exp(log_time)), 1.0)
        return SimulatedContracts(np.minimum(lost_at, faced), lost_at <= faced)

    def _log_kept(self, start: FloatArray, end: FloatArray) -> FloatArray:
        far, power = far_away(self.alpha, self.beta), self.c * np.log(np.maximum(end, 1.0))
        power_start = self.c * np.log(np.maximum(start, 1.0))
        both = self.alpha * self.c * np.log(np.maximum(end, 1.0) / np.maximum(start, 1.0))
        apart = self._level(end, power, far) - self._level(start, power_start, far)
        return -np.where(end == start, 0.0, np.where(power_start > far, both, apart))

    def _level(self, time: FloatArray, power: FloatArray, far: float) -> FloatArray:
        """Give ln Γ(α+β+t^c) - ln Γ(β+t^c), which is α c ln t far away."""
        near = self.beta + np.where(time > 0, np.exp(np.minimum(power, far)), 0.0)
        return np.where(power > far, self.alpha * power, log_rising(near, np.full(time.shape, self.alpha)))

    def _log_lost(self, period: FloatArray) -> FloatArray:
        distinct_periods, place = np.unique(period, return_inverse=True)
        hazard = cumulative_hazard(self.alpha, self.beta, self.c, distinct_periods - 1, distinct_periods).value
        logs: FloatArray = np.log(-np.expm1(-hazard))
        return logs[place]

    def _residual_lifetime(self, rate: FloatArray, done: FloatArray) -> FloatArray:
        if (rate < SMALLEST_RATE).any():
            got, allowed = str(rate.min()), f">= {SMALLEST_RATE:g} per period for a lifetime without a closed form"
            raise InvalidValueError(Problem(what="too small", where="discount_rate", allowed=allowed, got=got))
        force = np.log1p(rate)

        def kept(row: IntArray, t: FloatArray) -> FloatArray:
            return self._log_kept(done[row], done[row] + t) - force[row] * (t - 1)

        return np.exp(log_sums(kept, np.ones(done.size), np.ceil(FORGOTTEN / force)))


class _Stretch(NamedTuple):
    """From which renewal to which, for how many customers."""

    start: FloatArray
    end: FloatArray
    weight: FloatArray

    def where(self, wanted: FloatArray) -> Self:
        return type(self)(*(column[wanted > 0] for column in self))


@dataclass(frozen=True, eq=False)
class _Likelihood:
    """The log-likelihood at (α, β, c): minus the hazard up to the last renewal, then ln(1 - exp(-h)) of the loss."""

    kept: _Stretch
    lost: _Stretch

    @classmethod
    def of(cls, data: CountedLifetimes) -> Self:
        survived, nothing = data.duration - data.churned, np.zeros(data.duration.size)
        kept = _Stretch(nothing, survived, data.weight).where(survived)
        return cls(kept, _Stretch(survived, data.duration, data.weight).where(data.churned))

    def __call__(self, parameters: FloatArray) -> Derivatives:
        alpha, beta, c = parameters.tolist()
        kept = cumulative_hazard(alpha, beta, c, self.kept.start, self.kept.end)
        weight = self.kept.weight
        total = Derivatives(-float(kept.value @ weight), -kept.gradient @ weight, -kept.hessian @ weight)
        lost, weight = cumulative_hazard(alpha, beta, c, self.lost.start, self.lost.end), self.lost.weight
        slope = 1 / np.expm1(np.minimum(lost.value, 700.0))
        bend = -slope * (1 + slope)
        hessian = (lost.gradient * (bend * weight)) @ lost.gradient.T + lost.hessian @ (slope * weight)
        value = float(np.log(-np.expm1(-lost.value)) @ weight)
        return total + Derivatives(value, lost.gradient @ (slope * weight), hessian)
