"""sBG: customers under contract who are lost at each renewal with a probability of their own, which never changes.

Churn probabilities differ between customers as ``θ ~ Beta(alpha, beta)``. Nobody grows more loyal, and yet retention
rises from renewal to renewal, because those most likely to leave leave first. Where loyalty itself changes with time,
`BetaDiscreteWeibull` says how.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

import numpy as np
from scipy import special

from crmrisk.scoring.value.contract import (
    ContractModel,
    SimulatedContracts,
    contract_task,
    counted_lifetimes,
    lifetimes_of_survivors,
)
from crmrisk.scoring.value.fitting import Derivatives
from crmrisk.scoring.value.model_fit import Parameter  # noqa: TC001 - pydantic reads it
from crmrisk.scoring.value.opportunities import counts_to_simulate
from crmrisk.scoring.value.opportunity_simulation import failures
from crmrisk.scoring.value.special import expected_stopped_count, log_rising, log_rising_slope

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

    from crmrisk.core.arrays import FloatArray
    from crmrisk.scoring.value.contract import CountedLifetimes
    from crmrisk.scoring.value.fit_task import FitTask
    from crmrisk.scoring.value.model_fit import ModelFit
    from crmrisk.scoring.value.prior import Prior

__all__ = ["ShiftedBetaGeometric"]

STARTS = ((1.0, 2.0), (0.1, 0.1), (10.0, 100.0))


class ShiftedBetaGeometric(ContractModel):
    """Describe contractual lifetimes by the shifted beta-geometric distribution; the parameters are the model.

    P(T = t) = B(α+1, β+t-1) / B(α, β); S(t) = B(α, β+t) / B(α, β).

    Parameters
    ----------
    alpha, beta
        The churn probabilities at a renewal, Beta(alpha, beta).

    Raises
    ------
    InvalidValueError
        If a parameter is not positive and finite.

    References
    ----------
    P. S. Fader and B. G. S. Hardie (2007), How to project customer retention, Journal of Interactive Marketing 21(1),
    76-90.

    Examples
    --------
    >>> model = ShiftedBetaGeometric(alpha=0.668, beta=3.806)  # high end
    >>> model.survival([1, 7, 12]).round(3)
    array([0.851, 0.489, 0.378])
    >>> model.retention_rate([1, 12]).round(3)
    array([0.851, 0.957])
    """

    alpha: Parameter
    beta: Parameter

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
        give a fit that names it.

        Raises
        ------
        FitError
            If nobody has faced a renewal.
        InvalidValueError
            If values are missing, negative, infinite or fractional, or somebody was lost at renewal 0.

        Examples
        --------
        >>> fit = ShiftedBetaGeometric.fit([1, 2, 3, 3], [True, True, True, False], weights=[369, 163, 86, 382])
        >>> fit.n, fit.converged
        (1000.0, True)
        """
        return cls._task(duration, churned, weights=weights).fit(prior)

    @classmethod
    def _task(cls, duration: ArrayLike, churned: ArrayLike, *, weights: ArrayLike | None = None) -> FitTask[Self]:
        data = counted_lifetimes(duration, churned, weights)
        starts = [np.array(start) for start in STARTS]
        return contract_task(cls, _Likelihood(data), starts, data)

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
        >>> fit = ShiftedBetaGeometric.fit_survivors([1000, 631, 468, 382, 326, 289, 262, 241])  # regular, years 0-7
        >>> {name: round(value, 3) for name, value in fit.estimates.items()}
        {'alpha': 0.704, 'beta': 1.182}
        """
        return cls.fit(*lifetimes_of_survivors(survivors), prior=prior)

    @property
    def mean_lifetime(self) -> float | None:
        """Give the mean lifetime (α+β-1)/(α-1) [periods]; ``None`` where alpha <= 1, where there is none."""
        return 1 + self.beta / (self.alpha - 1) if self.alpha > 1 else None

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
        >>> model = ShiftedBetaGeometric(alpha=0.704, beta=1.182)
        >>> simulated = model.simulate(np.full(1000, 7), rng=np.random.default_rng(20261122))
        >>> int(simulated.churned.sum())  # 761 are expected
        772
        """
        faced = counts_to_simulate("periods", periods, rng)
        churn = rng.beta(self.alpha, self.beta, faced.size)
        lost_at = failures(churn, rng=rng) + 1
        return SimulatedContracts(np.minimum(lost_at, faced), lost_at <= faced)

    def _log_kept(self, start: FloatArray, end: FloatArray) -> FloatArray:
        return log_rising(self.beta + start, end - start) - log_rising(self.alpha + self.beta + start, end - start)

    def _log_lost(self, period: FloatArray) -> FloatArray:
        return np.log(self.alpha / (self.alpha + self.beta + period - 1))

    def _residual_lifetime(self, rate: FloatArray, done: FloatArray) -> FloatArray:
        # ₂F₁(1, β+n+1; α+β+n+1; 1/(1+d)) = (1+d) E[1 / (d + θ)], a special case of the purchases until dropout
        beta = self.beta + done
        series = expected_stopped_count(np.ones(done.size), 1 / rate, np.full(done.size, self.alpha), beta + 1)
        return beta / (self.alpha + beta) * (1 + rate) * series


@dataclass(frozen=True, eq=False)
class _Likelihood:
    """The log-likelihood at (α, β): ln α of the lost, rising factorials of β at renewals, of α+β at all chances."""

    data: CountedLifetimes

    def __call__(self, parameters: FloatArray) -> Derivatives:
        alpha, beta = parameters.tolist()
        lasted, lost, weight = self.data.duration, self.data.churned, self.data.weight
        churned = float(weight @ lost)
        kept, faced = _rising(beta, lasted - lost, weight), _rising(alpha + beta, lasted, weight)
        value = churned * np.log(alpha) + kept[0] - faced[0]
        gradient = np.array([churned / alpha - faced[1], kept[1] - faced[1]])
        hessian = np.array([[-churned / alpha**2 - faced[2], -faced[2]], [-faced[2], kept[2] - faced[2]]])
        return Derivatives(value, gradient, hessian)


def _rising(base: float, count: FloatArray, weight: FloatArray) -> tuple[float, float, float]:
    return (
        float(weight @ log_rising(base, count)),
        float(weight @ log_rising_slope(base, count)),
        float(weight @ (special.zeta(2.0, base + count) - special.zeta(2.0, base))),
    )
