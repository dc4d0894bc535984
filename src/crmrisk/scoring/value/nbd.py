"""NBD: buyers who purchase at random at their own rate and never drop out, the yardstick of the models with dropout.

Purchase rates differ between customers as ``λ ~ Gamma(r, alpha)`` and that is all. It is BG/NBD with a dropout
probability of 0, costs next to nothing to fit, and shows what dropout buys: where customers leave unseen it expects far
too many purchases to come. Its only use here is to be beaten.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy import special

from crmrisk.scoring.value.buying import BuyingUntilDropout
from crmrisk.scoring.value.counted_histories import CountedHistories, exposure
from crmrisk.scoring.value.fitting import Derivatives
from crmrisk.scoring.value.model_fit import Parameter  # noqa: TC001 - pydantic reads it
from crmrisk.scoring.value.simulation import simulate_lifetimes
from crmrisk.scoring.value.special import log_rising

if TYPE_CHECKING:
    from crmrisk.core.arrays import FloatArray
    from crmrisk.scoring.value.fitting import LogLikelihood
    from crmrisk.scoring.value.histories import Histories
    from crmrisk.scoring.value.simulation import SimulatedHistories

__all__ = ["NBD"]

STARTS = (0.5, 5.0, 0.05)
"""r to begin from; alpha follows from the purchase rate of the data."""


class NBD(BuyingUntilDropout):
    """Describe repeat buying without dropout by the negative binomial distribution; the parameters are the model.

    All times (alpha, recency, age, horizons) are in one unit of the caller's choice; changing it changes alpha and
    nothing else. Everybody is alive with certainty, so recency says nothing.

    Parameters
    ----------
    r, alpha
        Shape and rate of the purchase rates, Gamma(r, alpha); alpha in [time unit].

    Raises
    ------
    InvalidValueError
        If a parameter is not positive and finite.

    Notes
    -----
    E[Y(t) | x, T] = t (r + x) / (α + T); P(X(t) = n) is negative binomial.

    References
    ----------
    A. S. C. Ehrenberg (1959), The pattern of consumer purchases, Journal of the Royal Statistical Society C 8(1),
    26-41.

    Examples
    --------
    >>> model = NBD(r=0.385, alpha=12.072)  # CDNOW, weeks
    >>> print(model.expected_purchases(39, frequency=2, recency=30.43, age=38.86).round(4))
    1.8263
    """

    r: Parameter
    alpha: Parameter

    @property
    def age_scale(self) -> float:
        """Give the age below which expectations hardly depend on age [time unit]."""
        return self.alpha

    @classmethod
    def _likelihood(cls, x: FloatArray, last: FloatArray, end: FloatArray, weight: FloatArray) -> LogLikelihood:
        return _Likelihood.of(x, last, end, weight)

    @classmethod
    def _starts(cls, rate: float) -> list[FloatArray]:
        return [np.array([r, r / rate]) for r in STARTS]

    def _log_alive(self, histories: Histories) -> FloatArray:
        x, _, end = histories
        alive: FloatArray = log_rising(self.r, x) - self.r * np.log1p(end / self.alpha) - x * np.log(self.alpha + end)
        return alive

    def _log_odds_gone(self, histories: Histories) -> FloatArray:
        return np.where(np.isnan(sum(histories)), np.nan, -np.inf)

    def _expected_if_alive(self, time: FloatArray, x: FloatArray, end: FloatArray) -> FloatArray:
        expected: FloatArray = (self.r + x) * (time / (self.alpha + end))
        return expected

    def _silent(self, time: FloatArray, x: FloatArray, end: FloatArray) -> FloatArray:
        silent: FloatArray = np.exp(-(self.r + x) * np.log1p(time / (self.alpha + end)))
        return silent

    def _count_if_alive(self, n: FloatArray, time: FloatArray, x: FloatArray, end: FloatArray) -> FloatArray:
        shape, rate = self.r + x, self.alpha + end
        ways = log_rising(shape, n) - special.gammaln(n + 1)
        arrivals = special.xlogy(n, time / (rate + time)) - shape * np.log1p(time / rate)
        return np.exp(ways + arrivals)

    def _simulated(self, age: FloatArray, rng: np.random.Generator) -> SimulatedHistories:
        rates = rng.gamma(self.r, 1 / self.alpha, age.size)
        return simulate_lifetimes(rates, np.zeros(age.size), age, rng=rng)


@dataclass(frozen=True, eq=False)
class _Likelihood(CountedHistories):
    """The log-likelihood at (r, α): how many purchases, and how long the customers were exposed."""

    def __call__(self, parameters: FloatArray) -> Derivatives:
        r, alpha = parameters.tolist()
        value, slope, bend = self.rising(r)
        waited = exposure(r, alpha, self.frequency, age=self.age, weight=self.weight)
        gradient = waited.gradient + np.array([slope, 0.0])
        return Derivatives(value + waited.value, gradient, waited.hessian + np.diag([bend, 0.0]))
