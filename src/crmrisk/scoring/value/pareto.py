"""Pareto/NBD: buyers who purchase at random at their own rate and may drop out for good at any moment.

Purchase rates differ between customers as ``λ ~ Gamma(r, alpha)``, dropout rates as ``μ ~ Gamma(s, beta)``. Unlike in
BG/NBD a customer may leave without having bought again, so one-time buyers are never alive with certainty. The model
is its four parameters: published ones work without data. Every quantity is computed in log-space from integrals of
positive functions, not from the textbook's differences of hypergeometric functions, and holds to 1e-8 or better.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

import numpy as np
from scipy import special

from crmrisk.scoring.value.buying import BuyingUntilDropout
from crmrisk.scoring.value.model_fit import Parameter  # noqa: TC001 - pydantic reads it
from crmrisk.scoring.value.pareto_likelihood import ParetoLikelihood
from crmrisk.scoring.value.sharing import once_per_distinct_row
from crmrisk.scoring.value.simulation import simulate_lifetimes
from crmrisk.scoring.value.special import log_rising
from crmrisk.scoring.value.vanishing import log_vanishing, log_vanishing_after

if TYPE_CHECKING:
    from crmrisk.core.arrays import FloatArray
    from crmrisk.scoring.value.fitting import LogLikelihood
    from crmrisk.scoring.value.histories import Histories
    from crmrisk.scoring.value.simulation import SimulatedHistories

__all__ = ["ParetoNBD"]

STARTS = ((0.5, 0.5, 0.5), (1.0, 0.05, 1.0), (0.1, 1.0, 0.1), (5.0, 2.0, 5.0))
"""(r, s, beta) to begin from; alpha follows from the purchase rate of the data."""


class ParetoNBD(BuyingUntilDropout):
    """Describe repeat buying with dropout at any moment by Pareto/NBD; the parameters are the model.

    All times (alpha, beta, recency, age, horizons) are in one unit of the caller's choice; changing it changes alpha
    and beta and nothing else. Arguments broadcast against each other; scalars give a scalar. A history with a NaN in
    it is unrated and scores NaN.

    Parameters
    ----------
    r, alpha
        Shape and rate of the purchase rates, Gamma(r, alpha); alpha in [time unit].
    s, beta
        Shape and rate of the dropout rates, Gamma(s, beta); beta in [time unit].

    Raises
    ------
    InvalidValueError
        If a parameter is not positive and finite.

    Notes
    -----
    P(alive) = 1 / (1 + O) with the odds O = s ∫ ((α+T)/(α+y))^(r+x) ((β+T)/(β+y))^s dy/(β+y) over the moment y of
    dropout from t_x to T; E[Y(t) | alive] = (r+x)/(α+T) (β+T)/(s-1) [1 - ((β+T)/(β+T+t))^(s-1)].

    References
    ----------
    D. C. Schmittlein, D. G. Morrison and R. Colombo (1987), Counting your customers: who are they and what will they
    do next?, Management Science 33(1), 1-24.

    Examples
    --------
    >>> model = ParetoNBD(r=0.553, alpha=10.578, s=0.606, beta=11.669)  # CDNOW, weeks
    >>> print(model.expected_purchases(52, frequency=26, recency=30.857142857, age=31).round(2))
    25.46
    >>> model.probability_alive(frequency=[0, 2, 20], recency=[0, 30.43, 20], age=[39, 38.86, 39]).round(3)
    array([0.294, 0.869, 0.001])
    """

    r: Parameter
    alpha: Parameter
    s: Parameter
    beta: Parameter

    _times: ClassVar[tuple[str, ...]] = ("alpha", "beta")

    @property
    def age_scale(self) -> float:
        """Give the age below which expectations hardly depend on age [time unit]."""
        return min(self.alpha, self.beta)

    @classmethod
    def _likelihood(cls, x: FloatArray, last: FloatArray, end: FloatArray, weight: FloatArray) -> LogLikelihood:
        return ParetoLikelihood.of(x, last, end, weight)

    @classmethod
    def _starts(cls, rate: float) -> list[FloatArray]:
        return [np.array([r, r / rate, s, beta]) for r, s, beta in STARTS]

    def _log_alive(self, histories: Histories) -> FloatArray:
        x, _, end = histories
        buying = log_rising(self.r, x) - self.r * np.log1p(end / self.alpha) - x * np.log(self.alpha + end)
        alive: FloatArray = buying - self.s * np.log1p(end / self.beta)
        return alive

    def _log_odds_gone(self, histories: Histories) -> FloatArray:
        return once_per_distinct_row(self._log_odds, *histories)

    def _log_odds(self, x: FloatArray, last: FloatArray, end: FloatArray) -> FloatArray:
        idle, rate, stop = end - last, self.alpha + last, self.beta + last
        return log_vanishing(self.r + x, rate, self.s, stop, idle) - self._log_lasting(idle, x, last)

    def _log_lasting(self, time: FloatArray, x: FloatArray, since: FloatArray) -> FloatArray:
        """Compute the log-probability that one alive neither buys nor drops out within a time."""
        silent = (self.r + x) * np.log1p(time / (self.alpha + since))
        lasting: FloatArray = -silent - self.s * np.log1p(time / (self.beta + since))
        return lasting

    def _expected_if_alive(self, time: FloatArray, x: FloatArray, end: FloatArray) -> FloatArray:
        stop = self.beta + end
        ahead = np.log1p(time / stop)
        # exprel(z) = (exp(z) - 1) / z has no trouble at s = 1, where the textbook divides 0 by 0
        expected: FloatArray = (self.r + x) * (stop / (self.alpha + end)) * ahead * special.exprel((1 - self.s) * ahead)
        return expected

    def _silent(self, time: FloatArray, x: FloatArray, end: FloatArray) -> FloatArray:
        vanished = np.exp(log_vanishing(self.r + x, self.alpha + end, self.s, self.beta + end, time))
        silent: FloatArray = np.exp(self._log_lasting(time, x, end)) + vanished
        return silent

    def _count_if_alive(self, n: FloatArray, time: FloatArray, x: FloatArray, end: FloatArray) -> FloatArray:
        shape, rate, stop_rate = self.r + x, self.alpha + end, self.beta + end
        arrivals = log_rising(shape, n) - special.gammaln(n + 1) + special.xlogy(n, time / (rate + time))
        probability = np.exp(arrivals + self._log_lasting(time, x, end))
        some = time > 0
        rates, stops = (shape[some], rate[some]), (self.s, stop_rate[some])
        probability[some] += np.exp(log_vanishing_after(n[some], time[some], rates=rates, stops=stops))
        return probability

    def _simulated(self, age: FloatArray, rng: np.random.Generator) -> SimulatedHistories:
        rates = rng.gamma(self.r, 1 / self.alpha, age.size)
        return simulate_lifetimes(rates, rng.gamma(self.s, 1 / self.beta, age.size), age, rng=rng)
