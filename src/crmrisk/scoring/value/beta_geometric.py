"""What BG/NBD and MBG/NBD share: a coin of the customer's own decides after each purchase who drops out.

The two differ in one thing: whether the coin is tossed after the first purchase too. A customer with x repeat
purchases has had ``x + early`` tosses, with ``early`` 0 for BG/NBD and 1 for MBG/NBD; every formula follows from it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

import numpy as np
from scipy import special

from crmrisk.scoring.value.beta_geo_likelihood import BetaGeoLikelihood
from crmrisk.scoring.value.buying import BLOCK, BuyingUntilDropout
from crmrisk.scoring.value.model_fit import Parameter  # noqa: TC001 - pydantic reads it
from crmrisk.scoring.value.simulation import simulate_histories
from crmrisk.scoring.value.special import expected_stopped_count, log_rising

if TYPE_CHECKING:
    from crmrisk.core.arrays import FloatArray
    from crmrisk.scoring.value.fitting import LogLikelihood
    from crmrisk.scoring.value.histories import Histories
    from crmrisk.scoring.value.simulation import SimulatedHistories

__all__ = ["BetaGeometricNBD"]

STARTS = ((0.5, 1.0, 2.0), (1.0, 0.05, 1.0), (0.1, 1.0, 10.0), (5.0, 0.5, 0.5))
"""(r, a, b) to begin from; alpha follows from the purchase rate of the data."""


class BetaGeometricNBD(BuyingUntilDropout):
    """Describe buying at rates ``Gamma(r, alpha)`` with dropout after purchases at probabilities ``Beta(a, b)``.

    Parameters
    ----------
    r, alpha
        Shape and rate of the purchase rates, Gamma(r, alpha); alpha in [time unit].
    a, b
        The dropout probabilities, Beta(a, b).

    Examples
    --------
    >>> from crmrisk.scoring.value import BetaGeoNBD
    >>> BetaGeoNBD(r=0.243, alpha=4.414, a=0.793, b=2.426).age_scale
    4.414
    """

    r: Parameter
    alpha: Parameter
    a: Parameter
    b: Parameter

    _early: ClassVar[int] = 0
    """How many tosses come before the first repeat purchase."""

    @property
    def age_scale(self) -> float:
        """Give the age below which expectations hardly depend on age [time unit]."""
        return self.alpha

    @classmethod
    def _likelihood(cls, x: FloatArray, last: FloatArray, end: FloatArray, weight: FloatArray) -> LogLikelihood:
        return BetaGeoLikelihood.of(x, last, end, weight, cls._early)

    @classmethod
    def _starts(cls, rate: float) -> list[FloatArray]:
        return [np.array([r, r / rate, a, b]) for r, a, b in STARTS]

    def _log_alive(self, histories: Histories) -> FloatArray:
        x, _, end = histories
        tosses = x + self._early
        purchases = log_rising(self.r, x) + log_rising(self.b, tosses) - log_rising(self.a + self.b, tosses)
        exposure: FloatArray = -self.r * np.log1p(end / self.alpha) - x * np.log(self.alpha + end)
        return purchases + exposure

    def _log_odds_gone(self, histories: Histories) -> FloatArray:
        columns = [column.ravel() for column in histories]
        odds = np.empty(columns[0].size)
        for start in range(0, odds.size, BLOCK):
            x, last, end = (column[start : start + BLOCK] for column in columns)
            silence = (self.r + x) * np.log1p((end - last) / (self.alpha + last))
            some = silence + np.log(self.a / (self.b + np.maximum(x + (self._early - 1), 0.0)))
            never = (x + self._early) == 0
            odds[start : start + BLOCK] = np.where(never, np.where(np.isnan(some), np.nan, -np.inf), some)
        return odds.reshape(histories.age.shape)

    def _expected_if_alive(self, time: FloatArray, x: FloatArray, end: FloatArray) -> FloatArray:
        a, b = np.full(x.shape, self.a), self.b + (x + self._early)
        return expected_stopped_count(self.r + x, time / (self.alpha + end), a, b)

    def _silent(self, time: FloatArray, x: FloatArray, end: FloatArray) -> FloatArray:
        silent: FloatArray = np.exp(-(self.r + x) * np.log1p(time / (self.alpha + end)))
        return silent

    def _count_if_alive(self, n: FloatArray, time: FloatArray, x: FloatArray, end: FloatArray) -> FloatArray:
        shape, rate, a, b = self.r + x, self.alpha + end, self.a, self.b + (x + self._early)
        past, ahead = rate / (rate + time), time / (rate + time)
        arrivals = log_rising(shape, n) - special.gammaln(n + 1) - shape * np.log1p(time / rate)
        stays = log_rising(b, n) - log_rising(a + b, n)
        buying = np.exp(arrivals + special.xlogy(n, ahead) + stays)
        some = np.maximum(n, 1.0)
        leaves = np.log(a / (a + b)) + log_rising(b, some - 1) - log_rising(a + b + 1, some - 1)
        reached = np.where(ahead < past, special.betainc(some, shape, ahead), special.betaincc(shape, some, past))
        return buying + np.where(n > 0, np.exp(leaves) * reached, 0.0)

    def _simulated(self, age: FloatArray, rng: np.random.Generator) -> SimulatedHistories:
        rates, dropouts = rng.gamma(self.r, 1 / self.alpha, age.size), rng.beta(self.a, self.b, age.size)
        return simulate_histories(rates, dropouts, age, rng=rng, early=self._early)
