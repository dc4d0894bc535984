"""What every model of buying until dropout shares: how it is asked, fitted and put together.

A customer buys at a rate of their own until they drop out for good, which nobody sees. Whatever the model says about
rates and dropout, it is fitted alike, and the answers are put together alike from four parts: the likelihood of a
history that ends alive, the odds of having dropped out, what one still alive buys, and whether they fall silent.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Self

import numpy as np
from scipy import special

from crmrisk.core.arguments import random_source_problems, refuse
from crmrisk.core.errors import InvalidValueError, Problem
from crmrisk.scoring.value.buying_fit import buying_task
from crmrisk.scoring.value.buying_parts import BuyingParts
from crmrisk.scoring.value.discounting import checked_schedule
from crmrisk.scoring.value.forever import discounted_for_ever
from crmrisk.scoring.value.histories import Histories, checked_histories, checked_numbers, consistent
from crmrisk.scoring.value.sharing import once_per_distinct_row
from crmrisk.scoring.value.time_spans import DAY

if TYPE_CHECKING:
    from datetime import timedelta

    from numpy.typing import ArrayLike

    from crmrisk.core.arrays import FloatArray
    from crmrisk.scoring.value.fit_task import FitTask
    from crmrisk.scoring.value.model_fit import ModelFit
    from crmrisk.scoring.value.prior import Prior
    from crmrisk.scoring.value.simulation import SimulatedHistories

__all__ = ["BuyingUntilDropout"]

LARGEST_ODDS = 1e150
BLOCK = 8_192
"""Rows worked on at once: their columns stay in the processor's cache."""


class BuyingUntilDropout(BuyingParts):
    """Describe repeat buying at a random rate until an unseen dropout.

    All times (scales, recency, age, horizons) are in one unit of the caller's choice; changing it changes the scales
    and nothing else. Times given as time spans (timedeltas, in arrays too) are counted in days. Arguments broadcast
    against each other; scalars give a scalar. A history with a NaN in it is unrated and scores NaN.

    Examples
    --------
    >>> from crmrisk.scoring.value import BetaGeoNBD
    >>> isinstance(BetaGeoNBD(r=0.243, alpha=4.414, a=0.793, b=2.426), BuyingUntilDropout)
    True
    """

    @classmethod
    def fit(
        cls,
        frequency: ArrayLike,
        recency: ArrayLike,
        age: ArrayLike,
        weights: ArrayLike | None = None,
        *,
        prior: Prior | None = None,
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
        prior
            What is believed beforehand, times in multiples of the mean age; ``None`` is exact maximum likelihood.

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
        >>> from crmrisk.scoring.value import BetaGeoNBD
        >>> fit = BetaGeoNBD.fit([0, 0, 0], [0, 0, 0], [12, 30, 31])
        >>> fit.not_identified
        ('r', 'alpha', 'a', 'b')
        """
        return cls._task(frequency, recency, age, weights=weights).fit(prior)

    @classmethod
    def _task(cls, *columns: ArrayLike, weights: ArrayLike | None = None) -> FitTask[Self]:
        return buying_task(cls, *columns, weights=weights)

    def log_likelihood(self, frequency: ArrayLike, recency: ArrayLike, age: ArrayLike) -> FloatArray:
        """Compute each customer's log-likelihood.

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
        >>> from crmrisk.scoring.value import BetaGeoNBD
        >>> print(BetaGeoNBD(r=0.25, alpha=4, a=0.8, b=2.5).log_likelihood(0, 0, 40).round(8))
        -0.59947382
        """
        histories = checked_histories(frequency, recency, age)
        odds_gone = self._log_odds_gone(histories)
        dropout = np.maximum(odds_gone, 0.0) + np.log1p(np.exp(-np.abs(odds_gone)))
        return _scalar(self._log_alive(histories) + dropout)

    def probability_alive(self, *, frequency: ArrayLike, recency: ArrayLike, age: ArrayLike) -> FloatArray:
        """Compute the probability that a customer has not dropped out.

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
        >>> from crmrisk.scoring.value import BetaGeoNBD
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

        E[Y(t) | x, t_x, T] with a history, E[X(t)] without.

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
        >>> from crmrisk.scoring.value import BetaGeoNBD
        >>> model = BetaGeoNBD(r=0.243, alpha=4.414, a=0.793, b=2.426)
        >>> model.expected_purchases([1, 32, 78]).round(4)
        array([0.0533, 1.0452, 1.8605])
        """
        history = _whole_history(frequency, recency, age)
        alive = self.probability_alive(**history)
        return alive * self.expected_purchases_if_alive(horizon, **history)

    def expected_purchases_if_alive(
        self, horizon: ArrayLike, *, frequency: ArrayLike, age: ArrayLike, recency: ArrayLike | None = None
    ) -> FloatArray:
        """Compute the purchases expected within a horizon of a customer known to be alive at its start.

        Parameters
        ----------
        horizon
            How far to look ahead [time unit].
        frequency, age
            The history; when the last purchase was says no more about someone who is alive and buys at random.
        recency
            When it was, which only a model of regular timing (`recency_matters`) asks for.

        Raises
        ------
        InvalidValueError
            If a value is impossible or missing, or the horizon is negative, not finite or longer than 1e150 times
            `age_scale`.

        Examples
        --------
        >>> from crmrisk.scoring.value import BetaGeoNBD
        >>> model = BetaGeoNBD(r=0.243, alpha=4.414, a=1, b=2.426)  # where the textbook formula is 0 / 0
        >>> print(model.expected_purchases_if_alive(39, frequency=2, age=38.86).round(6))
        1.62515
        """
        history = {"frequency": frequency, "age": age} | self._moment(recency)
        asked = {"horizon": horizon, **history}
        columns = checked_numbers(asked, missing=True, required=("horizon",), unit=DAY)
        if self.recency_matters:
            consistent(Histories(columns["frequency"], columns["recency"], columns["age"]))
        longest = float(np.max(columns["horizon"], initial=0.0))
        if longest > LARGEST_ODDS * self.age_scale:
            got, most = str(longest), f"<= {LARGEST_ODDS * self.age_scale:g}"
            raise InvalidValueError(Problem(what="too long", where="horizon", allowed=most, got=got))
        return _scalar(once_per_distinct_row(self._expected_if_alive, *columns.values()))

    def probability_of_no_purchase(
        self, horizon: ArrayLike, *, frequency: ArrayLike, recency: ArrayLike, age: ArrayLike
    ) -> FloatArray:
        """Compute the probability of no purchase within a horizon: attrition over that time.

        Summed from its two positive parts: gone already, or alive and silent throughout.

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
        >>> from crmrisk.scoring.value import BetaGeoNBD
        >>> model = BetaGeoNBD(r=0.243, alpha=4.414, a=0.793, b=2.426)
        >>> print(model.probability_of_no_purchase(13, frequency=2, recency=30.43, age=38.86).round(4))
        0.6765
        """
        history = {"frequency": frequency, "recency": recency, "age": age}
        columns = checked_numbers({"horizon": horizon, **history}, missing=True, required=("horizon",), unit=DAY)
        histories = checked_histories(columns["frequency"], columns["recency"], columns["age"])
        odds_gone = self._log_odds_gone(histories)
        silent = once_per_distinct_row(self._silent, columns["horizon"], *self._felt(histories))
        return _scalar(np.minimum(special.expit(odds_gone) + special.expit(-odds_gone) * silent, 1.0))

    def probability_of_purchases(
        self,
        n: ArrayLike,
        horizon: ArrayLike,
        *,
        frequency: ArrayLike | None = None,
        recency: ArrayLike | None = None,
        age: ArrayLike | None = None,
    ) -> FloatArray:
        """Compute the probability of exactly n purchases within a horizon, by a known customer or by a new one.

        P(Y(t) = n | x, t_x, T) with a history, P(X(t) = n) without: gone already, still buying after the n-th, or
        dropped out between it and the next.

        Parameters
        ----------
        n
            Numbers of repeat purchases.
        horizon
            How far to look ahead [time unit].
        frequency, recency, age
            The histories: all three, or none for a customer who has just made a first purchase.

        Raises
        ------
        InvalidValueError
            If n is no whole number from 0, a history is impossible or incomplete, or the horizon is negative or not
            finite.

        Examples
        --------
        >>> from crmrisk.scoring.value import BetaGeoNBD
        >>> model = BetaGeoNBD(r=0.243, alpha=4.414, a=0.793, b=2.426)
        >>> print(model.probability_of_purchases(0, 39).round(7))
        0.5737864
        >>> float(model.probability_of_purchases(200, 30))
        1.0502225...e-16
        >>> model.probability_of_purchases([0, 1, 2], 13, frequency=2, recency=30.43, age=38.86).round(4)
        array([0.6765, 0.2263, 0.0703])
        """
        asked = {"n": n, "horizon": horizon, **_whole_history(frequency, recency, age)}
        columns = checked_numbers(asked, missing=True, required=("n", "horizon"), unit=DAY)
        histories = checked_histories(columns["frequency"], columns["recency"], columns["age"])
        odds_gone = self._log_odds_gone(histories)
        part = (columns["n"], columns["horizon"], *self._felt(histories))
        alive = special.expit(-odds_gone) * once_per_distinct_row(self._count_if_alive, *part)
        return _scalar(np.minimum(alive + np.where(columns["n"] == 0, special.expit(odds_gone), 0.0), 1.0))

    def discounted_residual_purchases(
        self,
        discount_rate: float,
        *,
        time_unit: timedelta,
        frequency: ArrayLike | None = None,
        recency: ArrayLike | None = None,
        age: ArrayLike | None = None,
    ) -> FloatArray:
        """Compute the present value of all future purchases, each worth 1: the literature's DERT.

        ∫ (1+d)^-t dE[Y(t) | x, t_x, T] from today for ever, t in years; without discounting it is often infinite. Of
        very regular buyers (k = 20) it is right to five digits only.

        Parameters
        ----------
        discount_rate
            The effective rate d per year of 365 days, above 0.
        time_unit
            The time unit of the model and the histories, for instance ``timedelta(weeks=1)``.
        frequency, recency, age
            The histories: all three, or none for a customer who has just made a first purchase.

        Raises
        ------
        InvalidValueError
            If a history is impossible or incomplete, the rate not above 0, or the time unit no time span.

        References
        ----------
        P. S. Fader, B. G. S. Hardie and K. L. Lee (2005), RFM and CLV: using iso-value curves for customer base
        analysis, Journal of Marketing Research 42(4), 415-430.

        Examples
        --------
        >>> from datetime import timedelta
        >>> from crmrisk.scoring.value import ParetoNBD
        >>> model = ParetoNBD(r=0.553, alpha=10.578, s=0.606, beta=11.669)
        >>> week = timedelta(weeks=1)
        >>> print(model.discounted_residual_purchases(0.15, time_unit=week, frequency=7, recency=35, age=39).round(2))
        20.65
        """
        force = checked_schedule(time_unit, None, None, discount_rate).force
        histories = checked_histories(**_whole_history(frequency, recency, age), unit=time_unit)
        alive = special.expit(-self._log_odds_gone(histories))
        purchases = once_per_distinct_row(
            partial(discounted_for_ever, self._expected_if_alive, force), *self._felt(histories)
        )
        return _scalar(alive * purchases)

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
            If an age is negative or not finite, or ``rng`` no source of randomness.

        Examples
        --------
        >>> from crmrisk.scoring.value import BetaGeoNBD
        >>> model = BetaGeoNBD(r=0.243, alpha=4.414, a=0.793, b=2.426)
        >>> simulated = model.simulate(np.full(1000, 39.0), rng=np.random.default_rng(20261122))
        >>> bool((simulated.recency <= simulated.age).all())
        True
        """
        refuse(random_source_problems(rng))
        end = np.atleast_1d(checked_numbers({"age": age}, unit=DAY)["age"])
        return self._simulated(end, rng)


def _whole_history(
    frequency: ArrayLike | None, recency: ArrayLike | None, age: ArrayLike | None
) -> dict[str, ArrayLike]:
    """Give a history, that of a new customer where none is given, and refuse half of one."""
    given = {"frequency": frequency, "recency": recency, "age": age}
    known = {name: values for name, values in given.items() if values is not None}
    if known and len(known) < len(given):
        got = ", ".join(known)
        raise InvalidValueError(Problem(what="half a history", allowed="all of frequency, recency, age", got=got))
    return known or {"frequency": 0, "recency": 0, "age": 0}


def _scalar(values: FloatArray) -> FloatArray:
    """Unwrap an array without dimensions, as numpy's own functions do."""
    unwrapped: FloatArray = values[()]
    return unwrapped
