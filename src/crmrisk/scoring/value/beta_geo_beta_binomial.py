"""BG/BB: buyers who have one opportunity per period, take it at random, and may leave for good before any of them.

Donors asked once a year, guests of an annual conference, passengers of a cruise: at every opportunity a living
customer buys with probability ``p ~ Beta(alpha, beta)``, and before every opportunity leaves with probability
``θ ~ Beta(gamma, delta)``. Every quantity is a sum of positive terms in log-space, without floors, so that sixty
opportunities, or six thousand, cost no digits.

"Alive" is meant at the next opportunity: a customer who bought at the last one may have left since.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

import numpy as np
from scipy import special

from crmrisk.core.errors import InvalidValueError, Problem
from crmrisk.core.model import Model
from crmrisk.scoring.value.beta_geo_beta_binomial_likelihood import BetaGeoBetaBinomialLikelihood
from crmrisk.scoring.value.compact import compact
from crmrisk.scoring.value.discrete_sums import log_sums
from crmrisk.scoring.value.fit_task import FitTask
from crmrisk.scoring.value.histories import checked_numbers, checked_weights
from crmrisk.scoring.value.model_fit import Parameter
from crmrisk.scoring.value.opportunities import checked_counts, checked_opportunities, checked_rate, counts_to_simulate
from crmrisk.scoring.value.opportunity_simulation import simulate_opportunities
from crmrisk.scoring.value.sharing import once_per_distinct_row
from crmrisk.scoring.value.special import expected_stopped_count, log_rising

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

    from crmrisk.core.arrays import FloatArray, IntArray
    from crmrisk.scoring.value.model_fit import ModelFit
    from crmrisk.scoring.value.opportunity_simulation import SimulatedOpportunities
    from crmrisk.scoring.value.prior import Prior

__all__ = ["BetaGeoBetaBinomial"]

STARTS = ((2.0, 2.0, 1.0, 3.0), (0.5, 0.5, 0.5, 5.0), (10.0, 10.0, 0.1, 1.0), (1.0, 5.0, 5.0, 20.0))


class BetaGeoBetaBinomial(Model):
    """Describe purchases at discrete opportunities with dropout by BG/BB; the parameters are the model.

    Arguments broadcast against each other; scalars give a scalar. A history with a NaN in it is unrated and scores
    NaN. Opportunities are whole numbers up to 100,000.

    Parameters
    ----------
    alpha, beta
        The purchase probabilities at an opportunity, Beta(alpha, beta).
    gamma, delta
        The dropout probabilities before an opportunity, Beta(gamma, delta).

    Raises
    ------
    InvalidValueError
        If a parameter is not positive and finite.

    References
    ----------
    P. S. Fader, B. G. S. Hardie and J. Shang (2010), Customer-base analysis in a discrete-time noncontractual setting,
    Marketing Science 29(6), 1086-1108.

    Examples
    --------
    >>> model = BetaGeoBetaBinomial(alpha=1.204, beta=0.750, gamma=0.657, delta=2.783)  # donations, years
    >>> model.probability_alive(frequency=[0, 6], recency=[0, 6], opportunities=6).round(3)
    array([0.108, 0.93 ])
    >>> model.expected_purchases([1, 2, 10]).round(4)
    array([0.4985, 0.9232, 3.1789])
    """

    alpha: Parameter
    beta: Parameter
    gamma: Parameter
    delta: Parameter

    @classmethod
    def fit(
        cls,
        frequency: ArrayLike,
        recency: ArrayLike,
        opportunities: ArrayLike,
        weights: ArrayLike | None = None,
        *,
        prior: Prior | None = None,
    ) -> ModelFit[Self]:
        """Fit by exact maximum likelihood on counted histories.

        Parameters
        ----------
        frequency
            Opportunities with a purchase after the first, whole numbers, ``(n_rows,)``.
        recency
            The number of the last of them, from 1; 0 without any, ``(n_rows,)``.
        opportunities
            Opportunities since the first purchase, whole numbers, ``(n_rows,)``.
        weights
            How many customers each row stands for, ``(n_rows,)``; histories may be counted anywhere beforehand.
        prior
            What is believed beforehand; ``None`` is exact maximum likelihood.

        Returns
        -------
        The fit. Data that cannot identify a parameter give a fit that names it.

        Raises
        ------
        FitError
            If there is no customer.
        InvalidValueError
            If values are missing, negative, infinite, fractional or contradict each other.

        Examples
        --------
        >>> fit = BetaGeoBetaBinomial.fit([0, 1, 2, 0, 3], [0, 2, 5, 0, 4], [6, 6, 6, 5, 5], weights=[60, 20, 9, 40, 7])
        >>> fit.n, fit.converged
        (136.0, True)
        """
        return cls._task(frequency, recency, opportunities, weights=weights).fit(prior)

    @classmethod
    def _task(cls, *history: ArrayLike, weights: ArrayLike | None = None) -> FitTask[Self]:
        columns = checked_opportunities(*history, missing=False)
        (x, last, n), weight = compact(columns, checked_weights(weights, columns.frequency.size))
        return FitTask(
            model=cls,
            likelihood=BetaGeoBetaBinomialLikelihood(x, last, n, weight),
            starts=[np.array(at) for at in STARTS],
            n=float(weight.sum()),
            totals={name: float(weight @ column) for name, column in zip(columns._fields, (x, last, n), strict=True)},
        )

    def log_likelihood(self, frequency: ArrayLike, recency: ArrayLike, opportunities: ArrayLike) -> FloatArray:
        """Compute each customer's log-likelihood (Fader, Hardie and Shang 2010).

        Parameters
        ----------
        frequency, recency, opportunities
            The histories.

        Raises
        ------
        InvalidValueError
            If a history is impossible.

        Examples
        --------
        >>> model = BetaGeoBetaBinomial(alpha=1.204, beta=0.750, gamma=0.657, delta=2.783)
        >>> print(model.log_likelihood(2, 4, 6).round(9))
        -5.195697601
        """
        return once_per_distinct_row(self._log_likelihood, *checked_opportunities(frequency, recency, opportunities))

    def probability_alive(self, *, frequency: ArrayLike, recency: ArrayLike, opportunities: ArrayLike) -> FloatArray:
        """Compute the probability that a customer is there at the next opportunity (equation A10, one period ahead).

        P = B(α+x, β+n-x) B(γ, δ+n+1) / [B(α, β) B(γ, δ) L(x, t_x, n)].

        Parameters
        ----------
        frequency, recency, opportunities
            The histories.

        Raises
        ------
        InvalidValueError
            If a history is impossible.

        Examples
        --------
        >>> model = BetaGeoBetaBinomial(alpha=1.204, beta=0.750, gamma=0.657, delta=2.783)
        >>> print(model.probability_alive(frequency=6, recency=6, opportunities=6).round(10))
        0.9304025424
        """
        return once_per_distinct_row(self._alive, *checked_opportunities(frequency, recency, opportunities))

    def expected_purchases(
        self,
        horizon: ArrayLike,
        *,
        frequency: ArrayLike | None = None,
        recency: ArrayLike | None = None,
        opportunities: ArrayLike | None = None,
    ) -> FloatArray:
        """Compute the purchases expected at the next opportunities, of a known customer or of a new one.

        E[X(n, n+n*) | x, t_x, n] with a history (equation 13), E[X(n*)] without.

        Parameters
        ----------
        horizon
            How many opportunities to look ahead.
        frequency, recency, opportunities
            The histories: all three, or none for a customer who has just made a first purchase.

        Raises
        ------
        InvalidValueError
            If a history is impossible or incomplete, or the horizon no whole number.

        Examples
        --------
        >>> model = BetaGeoBetaBinomial(alpha=1.203528, beta=0.7497260, gamma=0.6567808, delta=2.783796)
        >>> print(model.expected_purchases(10, frequency=0, recency=0, opportunities=6).round(7))
        0.1302169
        """
        time = checked_counts({"horizon": horizon})["horizon"]
        if frequency is None and recency is None and opportunities is None:
            stays = self.delta / (self.gamma + self.delta)
            nothing = np.zeros(1)
            return once_per_distinct_row(
                lambda m: self._mean(nothing, nothing) * stays * self._periods_alive(m, np.zeros(m.size)), time
            )
        if frequency is None or recency is None or opportunities is None:
            given = {"frequency": frequency, "recency": recency, "opportunities": opportunities}
            got = ", ".join(name for name, values in given.items() if values is not None)
            allowed = "all of frequency, recency, opportunities"
            raise InvalidValueError(Problem(what="half a history", allowed=allowed, got=got))
        return once_per_distinct_row(self._expected, *_with_history(time, frequency, recency, opportunities))

    def discounted_expected_residual_purchases(
        self, discount_rate: ArrayLike, *, frequency: ArrayLike, recency: ArrayLike, opportunities: ArrayLike
    ) -> FloatArray:
        """Compute the present value of all future purchases, each worth 1: the literature's DERT.

        Σ P(purchase at opportunity n+k | x, t_x, n) / (1+d)^k over k from 1 to infinity.

        Parameters
        ----------
        discount_rate
            The rate d per opportunity, above 0.
        frequency, recency, opportunities
            The histories.

        Raises
        ------
        InvalidValueError
            If a history is impossible, or a rate not above 0.

        Examples
        --------
        >>> model = BetaGeoBetaBinomial(alpha=1.204, beta=0.750, gamma=0.657, delta=2.783)
        >>> print(model.discounted_expected_residual_purchases(0.1, frequency=6, recency=6, opportunities=6).round(4))
        5.9087
        """
        rate = checked_rate(discount_rate)
        return once_per_distinct_row(self._residual, *_with_history(rate, frequency, recency, opportunities))

    def probability_of_no_purchase(
        self, horizon: ArrayLike, *, frequency: ArrayLike, recency: ArrayLike, opportunities: ArrayLike
    ) -> FloatArray:
        """Compute the probability of no purchase at the next opportunities: attrition over that time.

        L(x, t_x, n+n*) / L(x, t_x, n): the history goes on as it is.

        Parameters
        ----------
        horizon
            How many opportunities to look ahead.
        frequency, recency, opportunities
            The histories.

        Raises
        ------
        InvalidValueError
            If a history is impossible, or the horizon no whole number.

        Examples
        --------
        >>> model = BetaGeoBetaBinomial(alpha=1.204, beta=0.750, gamma=0.657, delta=2.783)
        >>> print(model.probability_of_no_purchase(5, frequency=6, recency=6, opportunities=6).round(4))
        0.0768
        """
        time = checked_counts({"horizon": horizon})["horizon"]
        return once_per_distinct_row(self._silent, *_with_history(time, frequency, recency, opportunities))

    def probability_of_purchases(self, n: ArrayLike, horizon: ArrayLike) -> FloatArray:
        """Compute the probability that a new customer buys at exactly n of the next opportunities (equation 7).

        Parameters
        ----------
        n
            Numbers of purchases.
        horizon
            How many opportunities to look ahead.

        Raises
        ------
        InvalidValueError
            If a value is no whole number from 0.

        Examples
        --------
        >>> model = BetaGeoBetaBinomial(alpha=1.204, beta=0.750, gamma=0.657, delta=2.783)
        >>> print((11_104 * model.probability_of_purchases(6, 6)).round(6))
        1252.394046
        """
        return once_per_distinct_row(self._count, *checked_counts({"n": n, "horizon": horizon}).values())

    def simulate(self, opportunities: ArrayLike, *, rng: np.random.Generator) -> SimulatedOpportunities:
        """Simulate customers observed from their first purchase on.

        Parameters
        ----------
        opportunities
            How many opportunities each has, ``(n_customers,)``.
        rng
            The source of randomness.

        Raises
        ------
        InvalidValueError
            If a value is no whole number from 0, or ``rng`` no source of randomness.

        Examples
        --------
        >>> model = BetaGeoBetaBinomial(alpha=1.204, beta=0.750, gamma=0.657, delta=2.783)
        >>> simulated = model.simulate(np.full(1000, 6), rng=np.random.default_rng(20261122))
        >>> bool((simulated.frequency <= simulated.recency).all())
        True
        """
        n = counts_to_simulate("opportunities", opportunities, rng)
        buys, leaves = rng.beta(self.alpha, self.beta, n.size), rng.beta(self.gamma, self.delta, n.size)
        return simulate_opportunities(buys, leaves, n, rng=rng)

    def _ways(self, x: FloatArray, last: FloatArray, n: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Give the logarithms of the chances of the history, alive and not at the next opportunity, but for Γ(α+x)."""
        beta, both, delta, dropout = self.beta, self.alpha + self.beta, self.delta, self.gamma + self.delta
        top = np.arange(float(np.max(n, initial=0.0)) + 2)
        misses, tries = log_rising(beta, top), log_rising(both, top)
        stays, chances = log_rising(delta, top), log_rising(dropout, top)

        def gone(row: IntArray, left: FloatArray) -> FloatArray:
            j = left.astype(np.int64)
            ways: FloatArray = misses[(left - x[row]).astype(np.int64)] - tries[j] + stays[j] - chances[j + 1]
            return ways

        end = n.astype(np.int64)
        alive = misses[(n - x).astype(np.int64)] - tries[end] + stays[end + 1] - chances[end + 1]
        return alive, np.log(self.gamma) + log_sums(gone, last, n - last + 1)

    def _log_likelihood(self, x: FloatArray, last: FloatArray, n: FloatArray) -> FloatArray:
        alive, gone = self._ways(x, last, n)
        return log_rising(self.alpha, x) + np.logaddexp(alive, gone)

    def _alive(self, x: FloatArray, last: FloatArray, n: FloatArray) -> FloatArray:
        alive, gone = self._ways(x, last, n)
        return np.asarray(special.expit(alive - gone), dtype=np.float64)

    def _mean(self, x: FloatArray, n: FloatArray) -> FloatArray:
        return (self.alpha + x) / (self.alpha + self.beta + n)

    def _periods_alive(self, time: FloatArray, done: FloatArray) -> FloatArray:
        """Σ (δ')ᵢ / (γ+δ')ᵢ over the next opportunities, the first of which the customer is known to attend."""
        delta = self.delta + done + 1

        def stays(row: IntArray, k: FloatArray) -> FloatArray:
            return log_rising(delta[row], k) - log_rising(self.gamma + delta[row], k)

        return np.exp(log_sums(stays, np.zeros(time.size), time))

    def _expected(self, time: FloatArray, x: FloatArray, last: FloatArray, n: FloatArray) -> FloatArray:
        return self._alive(x, last, n) * self._mean(x, n) * self._periods_alive(time, n)

    def _residual(self, rate: FloatArray, x: FloatArray, last: FloatArray, n: FloatArray) -> FloatArray:
        # Σ zᵏ⁺¹ (δ')ₖ/(γ+δ')ₖ = E[1 / (d + θ)], a special case of the purchases until dropout
        there = expected_stopped_count(np.ones(n.size), 1 / rate, np.full(n.size, self.gamma), self.delta + n + 1)
        return self._alive(x, last, n) * self._mean(x, n) * there

    def _silent(self, time: FloatArray, x: FloatArray, last: FloatArray, n: FloatArray) -> FloatArray:
        later, now = self._log_likelihood(x, last, n + time), self._log_likelihood(x, last, n)
        return np.exp(np.minimum(later - now, 0.0))

    def _count(self, x: FloatArray, time: FloatArray) -> FloatArray:
        """Sum over the last opportunity attended: x purchases among so many, and leaving after it or staying on."""
        inside = np.minimum(x, time)

        def ways(row: IntArray, j: FloatArray) -> FloatArray:
            among, stayed = x[row], j == time[row]
            chosen = log_rising(among + 1, j - among) - special.gammaln(j - among + 1)
            bought = log_rising(self.beta, j - among) - log_rising(self.alpha + self.beta, j)
            leaving = np.where(stayed, 0.0, np.log(self.gamma))
            there = log_rising(self.delta, j) - log_rising(self.gamma + self.delta, j + ~stayed)
            return chosen + bought + leaving + there

        logs = log_sums(ways, inside, np.where(x > time, 0.0, time - inside + 1))
        return np.exp(log_rising(self.alpha, x) + logs)


def _with_history(
    ahead: FloatArray, frequency: ArrayLike, recency: ArrayLike, opportunities: ArrayLike
) -> tuple[FloatArray, ...]:
    history = {"frequency": frequency, "recency": recency, "opportunities": opportunities}
    columns = checked_numbers({"ahead": ahead, **history}, missing=True)
    return columns["ahead"], *checked_opportunities(*(columns[name] for name in history))
