"""BG/CNBD-k and MBG/CNBD-k: as BG/NBD and MBG/NBD, but purchases come at regular intervals.

A purchase is the last of k stages, so that the gaps of one customer are Erlang-k: at k = 1 the models are BG/NBD and
MBG/NBD, at k = 2 or 3 they are groceries, at k = 10 a subscription in disguise. Regularity sharpens the reading of
silence: who used to buy every week and has been gone for four is lost, where random timing would still hope.

It helps where there is regularity and does nothing where there is not. In the CDNOW sample (compact discs, bought on
impulse) the likelihood of (x, t_x, T) chooses k = 1 for both models: -9582.43 against -9595.89 at k = 2 for BG/CNBD-k,
-9582.14 against -9593.82 for MBG/CNBD-k; and k = 2 foretells the 39 weeks after it far worse.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, ClassVar, Self

import numpy as np
from pydantic import Field

from crmrisk.scoring.value.beta_geo_cnbd_fit import LARGEST, fit_regular
from crmrisk.scoring.value.beta_geo_cnbd_likelihood import BetaGeoCNBDLikelihood, log_timing
from crmrisk.scoring.value.beta_geometric import STARTS
from crmrisk.scoring.value.buying import BuyingUntilDropout
from crmrisk.scoring.value.counted_histories import CountedHistories
from crmrisk.scoring.value.model_fit import Parameter  # noqa: TC001 - pydantic reads it
from crmrisk.scoring.value.regular_counts import RegularBuyers, expected_regular_count, probability_of_regular_count
from crmrisk.scoring.value.simulation import simulate_histories
from crmrisk.scoring.value.special import expected_stopped_count, log_rising
from crmrisk.scoring.value.stages import Stages, stages_passed

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

    from crmrisk.core.arrays import FloatArray
    from crmrisk.scoring.value.beta_geo_cnbd_fit import RegularFit
    from crmrisk.scoring.value.fitting import LogLikelihood
    from crmrisk.scoring.value.histories import Histories
    from crmrisk.scoring.value.prior import Prior
    from crmrisk.scoring.value.simulation import SimulatedHistories

__all__ = ["BetaGeoCNBD", "ModifiedBetaGeoCNBD"]


class BetaGeoCNBD(BuyingUntilDropout):
    """Describe regular buying with dropout by BG/CNBD-k; the parameters are the model.

    All times (alpha, recency, age, horizons) are in one unit of the caller's choice; changing it changes alpha and
    nothing else. Arguments broadcast against each other; scalars give a scalar. A history with a NaN in it is
    unrated and scores NaN.

    Parameters
    ----------
    k
        How many stages make a purchase, 1 to 40: gaps vary by ``1/√k`` of their mean.
    r, alpha
        Shape and rate of the stage rates, Gamma(r, alpha); alpha in [time unit]. Purchase rates are stage rates / k.
    a, b
        The dropout probabilities, Beta(a, b).

    Raises
    ------
    InvalidValueError
        If k is no whole number in its range, or another parameter is not positive and finite.

    Notes
    -----
    With s = r + kx and v = (T-t_x)/(α+T), a customer who is alive has passed j = 0 ... k-1 stages of the next purchase
    with probability ∝ (s)_j v^j/j!. P(alive) = 1 / (1 + 1{x>0} a/(b+x-1) / P(s)), where P(s) = Σ_j (s)_j v^j/j! (1-v)^s
    is how likely one who is alive is to be silent so long. All predictions are exact; published ones approximate E[Y].

    The log-likelihood is that of (x, t_x, T), relative to purchases at random over (0, t_x): at k = 1 it is BG/NBD's,
    to the constant, and values at different k may be compared.

    References
    ----------
    T. Reutterer, M. Platzer and N. Schröder (2021), Leveraging purchase regularity for predicting customer behavior the
    easy way, International Journal of Research in Marketing 38(1), 194-215.

    M. Platzer (2016), Customer base analysis with BTYDplus, vignette of the R package.

    Examples
    --------
    >>> model = BetaGeoCNBD(k=3, r=0.8, alpha=1.5, a=0.8, b=2.4)  # weeks
    >>> model.probability_alive(frequency=8, recency=30, age=[31, 34, 37, 40]).round(3)
    array([0.918, 0.826, 0.566, 0.244])
    >>> model.expected_purchases(13, frequency=8, recency=30, age=[31, 34, 37, 40]).round(2)
    array([2.74, 2.5 , 1.64, 0.67])
    """

    k: Annotated[int, Field(ge=1, le=LARGEST, strict=True)]
    r: Parameter
    alpha: Parameter
    a: Parameter
    b: Parameter

    recency_matters: ClassVar[bool] = True
    _early: ClassVar[int] = 0
    """How many tosses come before the first repeat purchase."""

    @classmethod
    def fit(  # pyright: ignore[reportIncompatibleMethodOverride] - a RegularFit is a ModelFit of the same model
        cls,
        frequency: ArrayLike,
        recency: ArrayLike,
        age: ArrayLike,
        weights: ArrayLike | None = None,
        *,
        prior: Prior | None = None,
        regularity: int | None = None,
        log_gaps: ArrayLike | None = None,
    ) -> RegularFit[Self]:
        """Fit by exact maximum likelihood on counted histories; the number of stages by profile.

        Parameters
        ----------
        frequency
            Repeat purchases, whole numbers, ``(n_rows,)``.
        recency
            First to last purchase [time unit], ``(n_rows,)``.
        age
            First purchase to ``as_of`` [time unit], ``(n_rows,)``.
        weights
            How many customers each row stands for, ``(n_rows,)``; histories may be counted anywhere beforehand.
        prior
            What is believed of r, alpha, a and b, free of units; ``None`` is exact maximum likelihood.
        regularity
            The number of stages; ``None`` chooses the best of 1 to 12.
        log_gaps
            For each row the sum of ln(gap) over the gaps between its purchases, where they are known: the choice
            of k then rests on every gap, not on the moment of the last purchase. Given k they change nothing.

        Returns
        -------
        The fit, with the log-likelihood at each k tried. Data that cannot identify a parameter give a fit that names
        it.

        Raises
        ------
        FitError
            If there is no customer.
        InvalidValueError
            If values are missing, negative, infinite, fractional (frequency) or contradict each other, or regular
            timing is asked for where a customer has repeat purchases at recency 0.

        Examples
        --------
        >>> rng = np.random.default_rng(20261122)
        >>> simulated = BetaGeoCNBD(k=3, r=2, alpha=1, a=1, b=6).simulate(np.full(2000, 30.0), rng=rng)
        >>> BetaGeoCNBD.fit(simulated.frequency, simulated.recency, simulated.age).model.k
        3
        """
        columns = (frequency, recency, age, weights)
        return fit_regular(cls, columns, early=cls._early, regularity=regularity, log_gaps=log_gaps, prior=prior)

    @property
    def age_scale(self) -> float:
        """Give the age below which expectations hardly depend on age [time unit]."""
        return self.alpha

    @classmethod
    def _likelihood(cls, x: FloatArray, last: FloatArray, end: FloatArray, weight: FloatArray) -> LogLikelihood:
        """Prepare the log-likelihood at k = 1; `fit` tries the others."""
        return BetaGeoCNBDLikelihood.of(1, CountedHistories.of(x, last, end, weight, cls._early))

    @classmethod
    def _starts(cls, rate: float) -> list[FloatArray]:
        return [np.array([r, r / rate, a, b]) for r, a, b in STARTS]

    def _log_alive(self, histories: Histories) -> FloatArray:
        x, last, end = histories
        tosses, stages = x + self._early, self.k * x
        purchases = log_rising(self.r, stages) + log_rising(self.b, tosses) - log_rising(self.a + self.b, tosses)
        exposure = -self.r * np.log1p(end / self.alpha) - stages * np.log(self.alpha + end)
        alive: FloatArray = purchases + exposure + log_timing(x, last, self.k) + self._log_passed(histories)
        return alive

    def _log_odds_gone(self, histories: Histories) -> FloatArray:
        x, last, end = histories
        silence = (self.r + self.k * x) * np.log1p((end - last) / (self.alpha + last)) - self._log_passed(histories)
        some = silence + np.log(self.a / (self.b + np.maximum(x + (self._early - 1), 0.0)))
        never = (x + self._early) == 0
        odds: FloatArray = np.where(never, np.where(np.isnan(some), np.nan, -np.inf), some)
        return odds

    def _log_passed(self, histories: Histories) -> FloatArray:
        x, last, end = (column.ravel() for column in histories)
        return self._passed(x, end - last, end).log_total.reshape(histories.age.shape)

    def _passed(self, x: FloatArray, idle: FloatArray, end: FloatArray) -> Stages:
        return stages_passed(self.r + self.k * x, idle / (self.alpha + end), self.k)

    def _buyers(self, time: FloatArray, x: FloatArray, end: FloatArray, last: FloatArray | None) -> RegularBuyers:
        idle = np.zeros(x.shape) if last is None else end - last
        weights = self._passed(x, idle, end).weights
        a, b = np.full(x.shape, self.a), self.b + (x + self._early)
        return RegularBuyers(self.r + self.k * x, time / (self.alpha + end), weights, a, b)

    def _expected_if_alive(
        self, time: FloatArray, x: FloatArray, end: FloatArray, last: FloatArray | None = None
    ) -> FloatArray:
        buyers = self._buyers(time, x, end, last)
        if self.k == 1:
            return expected_stopped_count(buyers.shape, buyers.odds, buyers.a, buyers.b)
        return expected_regular_count(buyers)

    def _silent(self, time: FloatArray, x: FloatArray, end: FloatArray, last: FloatArray | None = None) -> FloatArray:
        idle = np.zeros(x.shape) if last is None else end - last
        now, then = self._passed(x, idle, end), self._passed(x, idle + time, end + time)
        fewer = (self.r + self.k * x) * np.log1p(time / (self.alpha + end))
        silent: FloatArray = np.exp(np.minimum(then.log_total - now.log_total - fewer, 0.0))
        return silent

    def _count_if_alive(
        self, n: FloatArray, time: FloatArray, x: FloatArray, end: FloatArray, last: FloatArray | None = None
    ) -> FloatArray:
        some = probability_of_regular_count(np.maximum(n, 1.0), self._buyers(time, x, end, last))
        return np.where(n > 0, some, self._silent(time, x, end, last))

    def _simulated(self, age: FloatArray, rng: np.random.Generator) -> SimulatedHistories:
        rates, dropouts = rng.gamma(self.r, 1 / self.alpha, age.size), rng.beta(self.a, self.b, age.size)
        return simulate_histories(rates, dropouts, age, rng=rng, early=self._early, stages=self.k)


class ModifiedBetaGeoCNBD(BetaGeoCNBD):
    """Describe regular buying with dropout after any purchase, the first included, by MBG/CNBD-k.

    Parameters
    ----------
    k
        How many stages make a purchase, 1 to 40: gaps vary by ``1/√k`` of their mean.
    r, alpha
        Shape and rate of the stage rates, Gamma(r, alpha); alpha in [time unit]. Purchase rates are stage rates / k.
    a, b
        The dropout probabilities, Beta(a, b).

    Raises
    ------
    InvalidValueError
        If k is no whole number in its range, or another parameter is not positive and finite.

    References
    ----------
    T. Reutterer, M. Platzer and N. Schröder (2021), Leveraging purchase regularity for predicting customer behavior the
    easy way, International Journal of Research in Marketing 38(1), 194-215.

    Examples
    --------
    >>> model = ModifiedBetaGeoCNBD(k=3, r=0.8, alpha=1.5, a=0.8, b=2.4)  # weeks
    >>> model.probability_alive(frequency=[0, 8], recency=[0, 30], age=[10, 40]).round(3)
    array([0.568, 0.263])
    """

    _early: ClassVar[int] = 1
