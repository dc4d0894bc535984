"""Gamma-Gamma: what a purchase is worth, from a customer's mean so far drawn towards everybody's.

Amounts differ from purchase to purchase as Gamma(p, ν) and customers differ as ν ~ Gamma(q, v). The mean of few
purchases is mostly chance, so it counts little against the population mean pv/(q-1); the mean of many counts almost
fully. Spend is taken to be independent of how often a customer buys: check that correlation before relying on it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

import numpy as np
from scipy import special

from crmrisk.core.arguments import random_source_problems, refuse
from crmrisk.core.errors import FitError, Problem
from crmrisk.core.model import Model
from crmrisk.scoring.value.compact import compact
from crmrisk.scoring.value.fit_task import FitTask
from crmrisk.scoring.value.fitting import Derivatives
from crmrisk.scoring.value.histories import checked_columns, checked_numbers, checked_weights
from crmrisk.scoring.value.model_fit import Parameter
from crmrisk.scoring.value.special import log_beta

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

    from crmrisk.core.arrays import FloatArray, IntArray
    from crmrisk.scoring.value.model_fit import ModelFit
    from crmrisk.scoring.value.prior import Prior

__all__ = ["GammaGamma"]

STARTS = ((5.0, 4.0), (1.0, 1.0), (50.0, 20.0), (0.2, 5.0))
"""(p, q) to begin from; v follows from the mean spend of the data."""


class GammaGamma(Model):
    """Describe spend per purchase by Gamma-Gamma; the parameters are the model.

    Parameters
    ----------
    p
        Shape of a customer's amounts.
    q, v
        Shape and rate of the customers' rates, Gamma(q, v); v in [money].

    Raises
    ------
    InvalidValueError
        If a parameter is not positive and finite.

    References
    ----------
    P. S. Fader and B. G. S. Hardie (2013), The Gamma-Gamma model of monetary value, brucehardie.com/notes/025.

    Examples
    --------
    >>> model = GammaGamma(p=6.25, q=3.74, v=15.44)  # CDNOW, dollars
    >>> model.expected_spend(frequency=[1, 0, 7], mean_spend=[11.77, 0, 73.74]).round(4)
    array([18.9169, 35.219 , 71.4697])
    """

    p: Parameter
    q: Parameter
    v: Parameter

    @classmethod
    def fit(
        cls,
        frequency: ArrayLike,
        mean_spend: ArrayLike,
        weights: ArrayLike | None = None,
        *,
        prior: Prior | None = None,
    ) -> ModelFit[Self]:
        """Fit by exact maximum likelihood to customers with paid repeat purchases.

        Parameters
        ----------
        frequency
            Repeat purchases, whole numbers, ``(n_rows,)``.
        mean_spend
            Mean spend per repeat purchase [money], ``(n_rows,)``; not looked at where frequency is 0.
        weights
            How many customers each row stands for, ``(n_rows,)``.
        prior
            What is believed of the parameters beforehand, money in multiples of the mean spend; ``None`` is exact
            maximum likelihood.

        Returns
        -------
        The fit; ``n_left_out`` counts customers without a repeat purchase, or whose refunds cancel what they paid.

        Raises
        ------
        FitError
            If nobody has a paid repeat purchase.
        InvalidValueError
            If values are missing, infinite, or frequencies negative or fractional.

        Examples
        --------
        >>> fit = GammaGamma.fit([1, 0, 2, 5, 3], [20.0, 0.0, 35.0, 31.0, -4.0])
        >>> fit.n, fit.n_left_out
        (3.0, 2.0)
        """
        return cls._task(frequency, mean_spend, weights=weights).fit(prior)

    @classmethod
    def _task(cls, frequency: ArrayLike, mean_spend: ArrayLike, *, weights: ArrayLike | None = None) -> FitTask[Self]:
        x, mean = checked_columns({"frequency": frequency, "mean_spend": mean_spend}).values()
        weight = checked_weights(weights, x.size)
        paid = mean > 0  # the mean of no purchases came back as 0
        used = np.ones(x.size) if weight is None else weight
        n, all_customers = float(used[paid].sum()), float(used.sum())
        if not n:
            raise FitError(
                Problem(what="nobody has a paid repeat purchase", allowed="frequency > 0 and mean_spend > 0")
            )
        (x, mean), weight = compact((x[paid], mean[paid]), used[paid])
        unit = float(weight @ mean) / n
        starts = [np.array([p, q, max(q - 1, 0.5) / p]) for p, q in STARTS]
        return FitTask(
            model=cls,
            likelihood=_Likelihood.of(x, mean / unit, weight),
            starts=starts,
            n=n,
            n_left_out=all_customers - n,
            totals={"purchases": float(weight @ x), "mean_spend": unit * n},
            units={"v": unit},
            offset=-n * float(np.log(unit)),  # a density per unit of money
            notes=_notes,
        )

    @property
    def population_mean(self) -> float | None:
        """Give the mean spend of the population, pv/(q-1); ``None`` where q <= 1, where there is none."""
        return self.p * self.v / (self.q - 1) if self.q > 1 else None

    def log_likelihood(self, frequency: ArrayLike, mean_spend: ArrayLike) -> FloatArray:
        """Compute each customer's log-likelihood (Fader and Hardie 2013, equation 1a).

        Parameters
        ----------
        frequency
            Repeat purchases.
        mean_spend
            Mean spend per repeat purchase [money].

        Returns
        -------
        The log-likelihoods; NaN without a paid repeat purchase, which has none.

        Raises
        ------
        InvalidValueError
            If a frequency is negative or fractional, or a value infinite.

        Examples
        --------
        >>> GammaGamma(p=6.25, q=3.74, v=15.44).log_likelihood([7, 0], [73.74, 0]).round(4)
        array([-6.0549,     nan])
        """
        columns = checked_numbers({"frequency": frequency, "mean_spend": mean_spend}, missing=True)
        x, mean = columns["frequency"], columns["mean_spend"]
        paid = (x > 0) & (mean > 0)
        shape, ratio = self.p * np.where(paid, x, 1.0), np.where(paid, x * mean, 1.0) / self.v
        shares = -self.q * np.log1p(ratio) - shape * np.log1p(1 / ratio)
        values = shares - np.log(np.where(paid, mean, 1.0)) - log_beta(shape, self.q)
        result: FloatArray = np.where(paid, values, np.nan)[()]
        return result

    def expected_spend(self, *, frequency: ArrayLike, mean_spend: ArrayLike) -> FloatArray:
        """Compute what a customer is expected to spend per purchase.

        E = (q-1)/(px+q-1) · pv/(q-1) + px/(px+q-1) · z̄ (equation 5).

        Parameters
        ----------
        frequency
            Repeat purchases; without any, the population mean is expected whatever mean_spend says.
        mean_spend
            Mean spend per repeat purchase [money]; a mean below 0 (refunds above purchases) counts as 0.

        Returns
        -------
        Expected spend [money], above 0; NaN for the unrated and where px + q <= 1, where there is no mean.

        Raises
        ------
        InvalidValueError
            If a frequency is negative or fractional, or a value infinite.

        Examples
        --------
        >>> GammaGamma(p=1, q=0.9, v=15).expected_spend(frequency=[0, 2], mean_spend=[0, 30]).round(4)
        array([    nan, 39.4737])
        """
        columns = checked_numbers({"frequency": frequency, "mean_spend": mean_spend}, missing=True)
        x = columns["frequency"]
        spent = np.where(x == 0, 0.0, x * np.maximum(columns["mean_spend"], 0.0))
        weight = self.p * x + (self.q - 1)
        mean = self.p * (self.v + spent) / np.where(weight > 0, weight, 1.0)
        result: FloatArray = np.where(weight > 0, mean, np.nan)[()]
        return result

    def simulate(self, frequency: ArrayLike, *, rng: np.random.Generator) -> FloatArray:
        """Simulate the mean spend of customers with given numbers of repeat purchases.

        Parameters
        ----------
        frequency
            Repeat purchases, ``(n_customers,)``.
        rng
            The source of randomness.

        Returns
        -------
        Mean spend per repeat purchase [money], ``(n_customers,)``; NaN without any.

        Raises
        ------
        InvalidValueError
            If a frequency is negative, fractional or not finite, or ``rng`` no source of randomness.

        Examples
        --------
        >>> GammaGamma(p=6.25, q=3.74, v=15.44).simulate([0, 3], rng=np.random.default_rng(3)).shape
        (2,)
        """
        refuse(random_source_problems(rng))
        x = np.atleast_1d(checked_numbers({"frequency": frequency})["frequency"])
        rates = rng.gamma(self.q, 1 / self.v, x.shape)
        some = np.where(x > 0, x, 1.0)
        return np.where(x > 0, rng.gamma(self.p * some) / (some * rates), np.nan)


def _notes(model: GammaGamma) -> tuple[str, ...]:
    note = "q <= 1: spend has no population mean, so customers without repeat purchases stay unrated"
    return (note,) if model.population_mean is None else ()


@dataclass(frozen=True, eq=False)
class _Likelihood:
    """The log-likelihood at (p, q, v): -ln B(px, q) + q ln v + px ln S - (px+q) ln(S+v) - ln z̄ with S = x z̄."""

    total: FloatArray
    weight: FloatArray
    log_means: float
    counts: FloatArray
    place: IntArray

    @classmethod
    def of(cls, frequency: FloatArray, mean: FloatArray, weight: FloatArray) -> Self:
        order = np.argsort(frequency, kind="stable")
        x, weight = frequency[order], weight[order]
        starts = np.flatnonzero(np.diff(x, prepend=0.0))
        place = np.repeat(np.arange(starts.size), np.diff(starts, append=x.size))
        return cls(x * mean[order], weight, float(weight @ np.log(mean[order])), x[starts], place)

    def __call__(self, parameters: FloatArray) -> Derivatives:
        p, q, v = parameters.tolist()
        return self._normaliser(p, q) + self._amounts(p, q, v)

    def _normaliser(self, p: float, q: float) -> Derivatives:
        """-ln B(px, q), a function of the distinct frequencies alone."""
        x, shape = self.counts, p * self.counts
        weight = np.bincount(self.place, weights=self.weight)
        slope_p = special.psi(shape + q) - special.psi(shape)
        bend = special.zeta(2.0, shape + q)
        value = -float(weight @ log_beta(shape, q))
        gradient = [weight @ (x * slope_p), weight @ (special.psi(shape + q) - special.psi(q)), 0.0]
        both, own = weight @ (x**2 * (bend - special.zeta(2.0, shape))), weight @ (bend - special.zeta(2.0, q))
        across = weight @ (x * bend)
        hessian = [[both, across, 0.0], [across, own, 0.0], [0.0, 0.0, 0.0]]
        return Derivatives(value, np.array(gradient), np.array(hessian))

    def _amounts(self, p: float, q: float, v: float) -> Derivatives:
        """Q ln(v/(S+v)) + px ln(S/(S+v)) - ln z̄."""
        x, weight = self.counts[self.place], self.weight
        low, high = np.log1p(self.total / v), np.log1p(v / self.total)
        share = 1 / (self.total + v)
        value = -float(weight @ (q * low + p * x * high)) - self.log_means
        by_v = weight @ ((q * self.total / v - p * x) * share)
        gradient = [-float(weight @ (x * high)), -float(weight @ low), by_v]
        to_p, to_q = -float(weight @ (x * share)), float(weight @ (self.total * share)) / v
        bend = weight @ (share**2 * (p * x - q * self.total * (self.total + 2 * v) / v**2))
        hessian = [[0.0, 0.0, to_p], [0.0, 0.0, to_q], [to_p, to_q, bend]]
        return Derivatives(value, np.array(gradient), np.array(hessian))
