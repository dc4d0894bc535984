"""BG/NBD: buyers who purchase at random at their own rate and may drop out for good after any repeat purchase.

Purchase rates differ between customers as ``λ ~ Gamma(r, alpha)``, dropout probabilities as ``p ~ Beta(a, b)``. The
model is its four parameters: published ones work without data. Every quantity is computed in log-space and holds to
1e-8 or better from histories of seconds to decades and up to thousands of purchases.

Two things that surprise and are right: a customer with no repeat purchase is alive with certainty, because dropout
can only follow one; and of two customers last seen on the same day the heavier buyer is *less* likely to be alive,
because silence means more the faster one used to buy (the increasing frequency paradox).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

import numpy as np
from scipy import special

from crmrisk.core.errors import InvalidValueError, Problem
from crmrisk.core.model import Model
from crmrisk.scoring.value.beta_geo_likelihood import BetaGeoLikelihood
from crmrisk.scoring.value.compact import compact, distinct
from crmrisk.scoring.value.fitting import maximise
from crmrisk.scoring.value.histories import checked_columns, checked_histories, checked_numbers, checked_weights
from crmrisk.scoring.value.model_fit import Parameter, summarise
from crmrisk.scoring.value.simulation import simulate_histories
from crmrisk.scoring.value.special import expected_stopped_count, log_rising

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

    from crmrisk.core.arrays import FloatArray
    from crmrisk.scoring.value.histories import Histories
    from crmrisk.scoring.value.model_fit import ModelFit
    from crmrisk.scoring.value.simulation import SimulatedHistories

__all__ = ["BetaGeoNBD"]

LARGEST_ODDS = 1e150
STARTS = ((0.5, 1.0, 2.0), (1.0, 0.05, 1.0), (0.1, 1.0, 10.0), (5.0, 0.5, 0.5))
"""(r, a, b) to begin from; alpha follows from the purchase rate of the data."""
BLOCK = 8_192
"""Rows worked on at once: their columns stay in the processor's cache."""
WORTH_SHARING = 4_096
"""Portfolios above this are scored once per distinct history."""


class BetaGeoNBD(Model):
    """Describe repeat buying with dropout by BG/NBD; the parameters are the model.

    All times (alpha, recency, age, horizons) are in one unit of the caller's choice; changing it changes alpha and
    nothing else. Arguments broadcast against each other; scalars give a scalar. A history with a NaN in it is
    unrated and scores NaN.

    Parameters
    ----------
    r, alpha
        Shape and rate of the purchase rates, Gamma(r, alpha); alpha in [time unit].
    a, b
        The dropout probabilities, Beta(a, b).

    Raises
    ------
    InvalidValueError
        If a parameter is not positive and finite.

    References
    ----------
    P. S. Fader, B. G. S. Hardie and K. L. Lee (2005), "Counting your customers" the easy way: an alternative to the
    Pareto/NBD model, Marketing Science 24(2), 275-284.

    Examples
    --------
    >>> model = BetaGeoNBD(r=0.243, alpha=4.414, a=0.793, b=2.426)  # CDNOW, weeks
    >>> print(model.expected_purchases(39, frequency=2, recency=30.43, age=38.86).round(4))
    1.226
    >>> model.probability_alive(frequency=[0, 2, 20], recency=[0, 30.43, 20], age=[39, 38.86, 39]).round(3)
    array([1.   , 0.727, 0.   ])
    """

    r: Parameter
    alpha: Parameter
    a: Parameter
    b: Parameter

    @classmethod
    def fit(
        cls, frequency: ArrayLike, recency: ArrayLike, age: ArrayLike, weights: ArrayLike | None = None
    ) -> ModelFit[Self]:
        """Fit by exact maximum likelihood on counted histories.

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

        Returns
        -------
        The fit. Data that cannot identify a parameter give a fit that names it.

        Raises
        ------
        FitError
            If there is no customer.
        InvalidValueError
            If values are missing, negative, infinite, fractional (frequency) or contradict each other.

        Examples
        --------
        >>> fit = BetaGeoNBD.fit([0, 0, 0], [0, 0, 0], [12, 30, 31])
        >>> fit.not_identified
        ('r', 'alpha', 'a', 'b')
        """
        columns = checked_columns({"frequency": frequency, "recency": recency, "age": age})
        (x, last, end), weight = compact(columns.values(), checked_weights(weights, columns["frequency"].size))
        n, bought, waited = float(weight.sum()), float(weight @ x), float(weight @ end)
        unit = waited / n or 1.0
        rate = max(bought, 1.0) / max(waited / unit, 1.0)
        starts = [np.array([r, r / rate, a, b]) for r, a, b in STARTS]
        maximum = maximise(BetaGeoLikelihood.of(x, last / unit, end / unit, weight), starts)
        r, alpha, a, b = maximum.parameters.tolist()
        model = cls(r=r, alpha=alpha * unit, a=a, b=b)
        value = maximum.value - bought * float(np.log(unit))  # a density per time and purchase
        return summarise(maximum, model, log_likelihood=value, n=n, notes=_notes(x, last, weight))

    @property
    def age_scale(self) -> float:
        """Give the age below which expectations hardly depend on age [time unit]."""
        return self.alpha

    def log_likelihood(self, frequency: ArrayLike, recency: ArrayLike, age: ArrayLike) -> FloatArray:
        """Compute each customer's log-likelihood (Fader, Hardie and Lee 2005, equation 6).

        Parameters
        ----------
        frequency, recency, age
            The histories.

        Raises
        ------
        InvalidValueError
            If a history is impossible.

        Examples
        --------
        >>> print(BetaGeoNBD(r=0.25, alpha=4, a=0.8, b=2.5).log_likelihood(0, 0, 40).round(8))
        -0.59947382
        """
        histories = checked_histories(frequency, recency, age)
        x, _, end = histories
        r, alpha, a, b = self.r, self.alpha, self.a, self.b
        purchases = log_rising(r, x) + log_rising(b, x) - log_rising(a + b, x)
        exposure = -r * np.log1p(end / alpha) - x * np.log(alpha + end)
        odds_gone = self._log_odds_gone(histories)
        dropout = np.maximum(odds_gone, 0.0) + np.log1p(np.exp(-np.abs(odds_gone)))
        return _scalar(purchases + exposure + dropout)

    def probability_alive(self, *, frequency: ArrayLike, recency: ArrayLike, age: ArrayLike) -> FloatArray:
        """Compute the probability that a customer has not dropped out.

        P = 1 / (1 + 1{x>0} a/(b+x-1) ((α+T)/(α+t_x))^(r+x)); 1 by construction for one-time buyers.

        Parameters
        ----------
        frequency, recency, age
            The histories.

        Raises
        ------
        InvalidValueError
            If a history is impossible.

        Examples
        --------
        >>> model = BetaGeoNBD(r=0.2425967, alpha=4.413659, a=0.7929869, b=2.426164)
        >>> print(model.probability_alive(frequency=26, recency=30.857142857, age=31).round(7))
        0.9688523
        """
        return _scalar(special.expit(-self._log_odds_gone(checked_histories(frequency, recency, age))))

    def expected_purchases(
        self,
        horizon: ArrayLike,
        *,
        frequency: ArrayLike | None = None,
        recency: ArrayLike | None = None,
        age: ArrayLike | None = None,
    ) -> FloatArray:
        """Compute the purchases expected within a horizon, of a known customer or of a new one.

        E[Y(t) | x, t_x, T] with a history (equation 10), E[X(t)] without (equation 9).

        Parameters
        ----------
        horizon
            How far to look ahead [time unit].
        frequency, recency, age
            The histories: all three, or none for a customer who has just made a first purchase.

        Raises
        ------
        InvalidValueError
            If a history is impossible or incomplete, or the horizon is negative or not finite.

        Examples
        --------
        >>> model = BetaGeoNBD(r=0.243, alpha=4.414, a=0.793, b=2.426)
        >>> model.expected_purchases([1, 32, 78]).round(4)
        array([0.0533, 1.0452, 1.8605])
        """
        if frequency is None and recency is None and age is None:
            return self.expected_purchases_if_alive(horizon, frequency=0, age=0)
        if frequency is None or recency is None or age is None:
            given = {"frequency": frequency, "recency": recency, "age": age}
            got = ", ".join(name for name, values in given.items() if values is not None)
            raise InvalidValueError(Problem(what="half a history", allowed="all of frequency, recency, age", got=got))
        alive = self.probability_alive(frequency=frequency, recency=recency, age=age)
        return alive * self.expected_purchases_if_alive(horizon, frequency=frequency, age=age)

    def expected_purchases_if_alive(self, horizon: ArrayLike, *, frequency: ArrayLike, age: ArrayLike) -> FloatArray:
        """Compute the purchases expected within a horizon of a customer known to be alive at its start.

        Parameters
        ----------
        horizon
            How far to look ahead [time unit].
        frequency, age
            The history; when the last purchase was says no more about someone who is alive.

        Raises
        ------
        InvalidValueError
            If a value is impossible, or the horizon is negative, not finite or longer than 1e150 alpha.

        Examples
        --------
        >>> model = BetaGeoNBD(r=0.243, alpha=4.414, a=1, b=2.426)  # where the textbook formula is 0 / 0
        >>> print(model.expected_purchases_if_alive(39, frequency=2, age=38.86).round(6))
        1.62515
        """
        times = checked_numbers({"horizon": horizon})["horizon"]
        columns = checked_numbers({"horizon": times, "frequency": frequency, "age": age}, missing=True)
        if np.max(times, initial=0.0) > LARGEST_ODDS * self.alpha:
            got = str(np.max(times))
            raise InvalidValueError(Problem(what="horizon", allowed=f"<= {LARGEST_ODDS:g} alpha", got=got))
        values = self._stopped_counts(*(column.ravel() for column in columns.values()))
        return _scalar(values.reshape(columns["age"].shape))

    def probability_of_no_purchase(
        self, horizon: ArrayLike, *, frequency: ArrayLike, recency: ArrayLike, age: ArrayLike
    ) -> FloatArray:
        """Compute the probability of no purchase within a horizon: attrition over that time.

        P = 1 - P(alive) [1 - ((α+T)/(α+T+t))^(r+x)], summed from its two positive parts: gone, or alive and silent.

        Parameters
        ----------
        horizon
            How far to look ahead [time unit].
        frequency, recency, age
            The histories.

        Raises
        ------
        InvalidValueError
            If a history is impossible, or the horizon is negative or not finite.

        Examples
        --------
        >>> model = BetaGeoNBD(r=0.243, alpha=4.414, a=0.793, b=2.426)
        >>> print(model.probability_of_no_purchase(13, frequency=2, recency=30.43, age=38.86).round(4))
        0.6765
        """
        times = checked_numbers({"horizon": horizon})["horizon"]
        history = {"frequency": frequency, "recency": recency, "age": age}
        columns = checked_numbers({"horizon": times, **history}, missing=True)
        histories = checked_histories(columns["frequency"], columns["recency"], columns["age"])
        odds_gone = self._log_odds_gone(histories)
        silent = np.exp(-(self.r + histories.frequency) * np.log1p(columns["horizon"] / (self.alpha + histories.age)))
        return _scalar(np.minimum(special.expit(odds_gone) + special.expit(-odds_gone) * silent, 1.0))

    def probability_of_purchases(self, n: ArrayLike, horizon: ArrayLike) -> FloatArray:
        """Compute the probability that a new customer makes exactly n repeat purchases within a horizon.

        P(X(t) = n), equation 8: still buying after the n-th, or dropped out at it.

        Parameters
        ----------
        n
            Numbers of repeat purchases.
        horizon
            How far to look ahead [time unit].

        Raises
        ------
        InvalidValueError
            If n is no whole number from 0, or the horizon is negative or not finite.

        Examples
        --------
        >>> model = BetaGeoNBD(r=0.243, alpha=4.414, a=0.793, b=2.426)
        >>> print(model.probability_of_purchases(0, 39).round(7))
        0.5737864
        >>> float(model.probability_of_purchases(200, 30))
        1.0502225...e-16
        """
        columns = checked_numbers({"n": n, "horizon": horizon})
        count, time = columns["n"], columns["horizon"]
        r, alpha, a, b = self.r, self.alpha, self.a, self.b
        past, ahead = alpha / (alpha + time), time / (alpha + time)
        arrivals = log_rising(r, count) - special.gammaln(count + 1) - r * np.log1p(time / alpha)
        stays = log_rising(b, count) - log_rising(a + b, count)
        buying = np.exp(arrivals + special.xlogy(count, ahead) + stays)
        some = np.maximum(count, 1.0)
        leaves = np.log(a / (a + b)) + log_rising(b, some - 1) - log_rising(a + b + 1, some - 1)
        reached = np.where(ahead < past, special.betainc(some, r, ahead), special.betaincc(r, some, past))
        return _scalar(buying + np.where(count > 0, np.exp(leaves) * reached, 0.0))

    def simulate(self, age: ArrayLike, *, rng: np.random.Generator) -> SimulatedHistories:
        """Simulate customers observed from their first purchase on.

        Parameters
        ----------
        age
            How long each is observed [time unit], ``(n_customers,)``.
        rng
            The source of randomness.

        Raises
        ------
        InvalidValueError
            If an age is negative or not finite.

        Examples
        --------
        >>> model = BetaGeoNBD(r=0.243, alpha=4.414, a=0.793, b=2.426)
        >>> simulated = model.simulate(np.full(1000, 39.0), rng=np.random.default_rng(20261122))
        >>> bool((simulated.recency <= simulated.age).all())
        True
        """
        end = np.atleast_1d(checked_numbers({"age": age})["age"])
        rates, dropouts = rng.gamma(self.r, 1 / self.alpha, end.size), rng.beta(self.a, self.b, end.size)
        return simulate_histories(rates, dropouts, end, rng=rng)

    def _log_odds_gone(self, histories: Histories) -> FloatArray:
        columns = [column.ravel() for column in histories]
        odds = np.empty(columns[0].size)
        for start in range(0, odds.size, BLOCK):
            x, last, end = (column[start : start + BLOCK] for column in columns)
            silence = (self.r + x) * np.log1p((end - last) / (self.alpha + last))
            some = silence + np.log(self.a / (self.b + np.maximum(x - 1, 0.0)))
            odds[start : start + BLOCK] = np.where(x == 0, np.where(np.isnan(some), np.nan, -np.inf), some)
        return odds.reshape(histories.age.shape)

    def _stopped_counts(self, time: FloatArray, x: FloatArray, end: FloatArray) -> FloatArray:
        counts = np.full(x.shape, np.nan)
        rated = np.flatnonzero(~np.isnan(x + end))
        time, x, end = time[rated], x[rated], end[rated]
        shared = distinct(time, x, end) if rated.size > WORTH_SHARING else None
        if shared is not None:
            time, x, end = shared.columns
        values = expected_stopped_count(self.r + x, time / (self.alpha + end), np.full(x.shape, self.a), self.b + x)
        counts[rated] = values if shared is None else values[shared.place]
        return counts


def _scalar(values: FloatArray) -> FloatArray:
    """Unwrap an array without dimensions, as numpy's own functions do."""
    unwrapped: FloatArray = values[()]
    return unwrapped


def _notes(frequency: FloatArray, recency: FloatArray, weight: FloatArray) -> tuple[str, ...]:
    instant = float(weight[(frequency > 0) & (recency == 0)].sum())
    text = f"{instant:g} customer(s) have repeat purchases at recency 0: is the time unit too coarse?"
    return (text,) if instant else ()
