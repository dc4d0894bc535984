"""Where customers' answers stand and where they go: levels and slopes of their own around their segment's mean.

The random-effects model of Laird and Ware: the score of customer i at time t (in years, 0 being today) is
``m + a_i + b_i t + noise``, with m the mean of the segment, ``a_i ~ N(0, p v)``, ``b_i ~ N(0, q v)`` and noise
``~ N(0, v)``. Everything it needs of a customer is six sums, so that a fit reads one row per customer.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple, Self

import numpy as np

if TYPE_CHECKING:
    from crmrisk.core.arrays import BoolArray, FloatArray, IntArray

__all__ = ["Effects", "Ratios", "Waves", "fit_ratios", "segment_means"]

_SMALLEST, _LARGEST = 1e-6, 1e4
_NONE = 1e-5
_START = (0.5, 0.05)
_YEAR = 365.25


@dataclass(frozen=True)
class Waves:
    """Hold what the model needs of each customer's waves, ``(n_customers,)`` each.

    Parameters
    ----------
    n
        How many.
    time
        The sum of their times, in years before today and so negative.
    spread
        The sum of squares of times around their mean [year^2].
    mean
        The mean score.
    slope
        The least-squares slope [score/year]; 0 where there is none.
    residual
        The sum of squares of scores around that line.

    Examples
    --------
    >>> Waves(*np.ones((6, 2))).n
    array([1., 1.])
    """

    n: FloatArray
    time: FloatArray
    spread: FloatArray
    mean: FloatArray
    slope: FloatArray
    residual: FloatArray

    @classmethod
    def of(cls, columns: dict[str, FloatArray]) -> Self:
        """Read the columns of `crmrisk.evidence.SurveyTrend`, by the end of their names.

        Parameters
        ----------
        columns
            ``waves``, ``wave_mean``, ``mean_age``, ``age_variance``, ``slope`` and ``scatter``.

        Examples
        --------
        >>> names = ("waves", "wave_mean", "mean_age", "age_variance", "slope", "scatter")
        >>> Waves.of({name: np.array([4.0]) for name in names}).residual
        array([8.])
        """
        n = columns["waves"]
        return cls(
            n=n,
            time=-n * columns["mean_age"] / _YEAR,
            spread=n * columns["age_variance"] / _YEAR**2,
            mean=columns["wave_mean"],
            slope=np.nan_to_num(columns["slope"]),
            residual=np.nan_to_num(columns["scatter"] * np.maximum(n - 2.0, 0.0)),
        )

    def take(self, rows: BoolArray | IntArray) -> Self:
        """Take some customers.

        Parameters
        ----------
        rows
            A mask, or positions.

        Examples
        --------
        >>> Waves(*np.ones((6, 2))).take(np.array([0])).n
        array([1.])
        """
        return type(self)(*(getattr(self, name)[rows] for name in self.__dataclass_fields__))


class Ratios(NamedTuple):
    """Hold the variances of levels (p) and slopes (q), as multiples of the noise's.

    Examples
    --------
    >>> Ratios(level=0.5, slope=0.0).level
    0.5
    """

    level: float
    slope: float


class Effects(NamedTuple):
    """Hold each customer's expected level and slope beyond the mean, with variances in units of the noise's.

    Parameters
    ----------
    level, slope
        Posterior means, ``(n_customers,)``.
    level_variance, slope_variance, covariance
        Posterior variances and covariance as multiples of the noise's, ``(n_customers,)``.
    quadratic
        ``r' (V / v)^-1 r`` of the scores' deviations r from the mean, ``(n_customers,)``.
    determinant
        ``|V / v|``, ``(n_customers,)``.

    References
    ----------
    Laird, N. M. and Ware, J. H. (1982), Random-effects models for longitudinal data, Biometrics 38, equations 3.2
    and 3.3.

    Examples
    --------
    >>> one = Waves(*(np.array([x]) for x in (1.0, 0.0, 0.0, 9.0, 0.0, 0.0)))
    >>> Effects.of(one, np.array([7.0]), Ratios(1.0, 0.0)).level
    array([1.])
    """

    level: FloatArray
    slope: FloatArray
    level_variance: FloatArray
    slope_variance: FloatArray
    covariance: FloatArray
    quadratic: FloatArray
    determinant: FloatArray

    @classmethod
    def of(cls, waves: Waves, mean: FloatArray, ratios: Ratios) -> Self:
        """Compute them customer by customer, in closed form.

        Parameters
        ----------
        waves
            The customers' waves.
        mean
            The mean of each one's segment, ``(n_customers,)``.
        ratios
            The variances.

        Examples
        --------
        See `Effects`.
        """
        p, q = ratios
        n, time, off = waves.n, waves.time, waves.mean - mean
        square = waves.spread + time * (time / np.where(n > 0, n, 1.0))
        total, product = n * off, waves.slope * waves.spread + time * off
        determinant = 1.0 + n * p + q * square + p * q * n * waves.spread
        level = ((1.0 + q * square) * p * total - p * time * q * product) / determinant
        slope = ((1.0 + n * p) * q * product - q * time * p * total) / determinant
        own = waves.residual + waves.slope * waves.slope * waves.spread + total * off
        return cls(
            level=level,
            slope=slope,
            level_variance=(1.0 + q * square) * p / determinant,
            slope_variance=(1.0 + n * p) * q / determinant,
            covariance=-p * q * time / determinant,
            quadratic=own - total * level - product * slope,
            determinant=determinant,
        )

    def variance(self, ahead: float) -> FloatArray:
        """Return what is not known of each customer's own line, as a multiple of the noise.

        Parameters
        ----------
        ahead
            When, in years after today.

        Examples
        --------
        >>> Effects(*np.ones((7, 1))).variance(2.0)
        array([9.])
        """
        return self.level_variance + 2.0 * ahead * self.covariance + ahead * ahead * self.slope_variance


def segment_means(waves: Waves, segment: IntArray, ratios: Ratios) -> FloatArray:
    """Estimate the mean of every segment by generalised least squares, shrunk to the mean of all.

    The mean of all counts for a segment's as much as one customer whose level is known.

    Parameters
    ----------
    waves
        The customers' waves.
    segment
        The position of each one's segment, ``(n_customers,)``.
    ratios
        The variances.

    Returns
    -------
    The mean of all, then one mean per segment.

    Examples
    --------
    >>> two = Waves(*(np.array(x) for x in ([1.0, 1.0], [0.0, 0.0], [0.0, 0.0], [6.0, 9.0], [0.0, 0.0], [0.0, 0.0])))
    >>> segment_means(two, np.array([0, 1]), Ratios(1.0, 0.0))
    array([7.5, 7. , 8. ])
    """
    ones = Waves(waves.n, waves.time, waves.spread, np.ones_like(waves.n), 0.0 * waves.n, 0.0 * waves.n)
    weight = Effects.of(ones, np.zeros_like(waves.n), ratios).quadratic  # 1' V^-1 1
    deviation = Effects.of(waves, np.zeros_like(waves.n), ratios)
    # 1' V^-1 y: what is left of the scores once the expected level and slope are taken out
    weighed = waves.n * waves.mean - waves.n * deviation.level - waves.time * deviation.slope
    overall = weighed.sum() / weight.sum()
    weights, sums = np.bincount(segment, weight), np.bincount(segment, weighed)
    shrunk = (ratios.level * sums + overall) / (ratios.level * weights + 1.0)
    return np.concatenate([[overall], shrunk])


class Fit(NamedTuple):
    """Hold the fitted ratios, the noise's variance and the means.

    Examples
    --------
    See `fit_ratios`.
    """

    ratios: Ratios
    noise: float
    means: FloatArray


def fit_ratios(waves: Waves, segment: IntArray, *, slopes: bool = True) -> Fit:
    """Fit the model by maximum likelihood, the noise's variance and the means profiled out.

    Parameters
    ----------
    waves
        The customers' waves, one at least each.
    segment
        The position of each one's segment, ``(n_customers,)``.
    slopes
        Whether customers have slopes; without, their variance is 0.

    Returns
    -------
    The variances as multiples of the noise's, up to 1e4, and 0 where the likelihood drives them to nothing; the noise's
    variance; the mean of all and of every segment.

    Examples
    --------
    >>> rng = np.random.default_rng(1)
    >>> n, level = np.full(2000, 4.0), rng.normal(0, 2, 2000)
    >>> scores = 7 + level[:, np.newaxis] + rng.normal(0, 2, (2000, 4))
    >>> waves = Waves(n, -n, n, scores.mean(axis=1), 0 * n, 4 * scores.var(axis=1))
    >>> fit = fit_ratios(waves, np.zeros(2000, dtype=int), slopes=False)
    >>> round(fit.ratios.level, 1), round(fit.noise, 1)
    (1.0, 4.0)
    """
    from scipy.optimize import minimize  # noqa: PLC0415 - a heavy import that only fitting needs

    free = 2 if slopes else 1

    def profiled(logs: FloatArray) -> tuple[float, Fit]:
        ratios = Ratios(*np.exp([*logs.tolist(), -np.inf][:2]).tolist())
        means = segment_means(waves, segment, ratios)
        effects = Effects.of(waves, means[1:][segment], ratios)
        answers = waves.n.sum()
        noise = max(float(effects.quadratic.sum() / answers), np.finfo(np.float64).tiny)
        return float(answers * np.log(noise) + np.log(effects.determinant).sum()), Fit(ratios, noise, means)

    bounds = [(float(np.log(_SMALLEST)), float(np.log(_LARGEST)))] * free
    start = np.log(np.array(_START[:free]))
    settings: Any = {"xatol": 1e-5, "fatol": 1e-7, "maxiter": 400}
    asked: Any = lambda logs: profiled(logs)[0]  # noqa: E731 - the stubs of scipy know no function of an array
    found = minimize(asked, start, method="Nelder-Mead", bounds=bounds, options=settings)
    fitted = profiled(found.x)[1]
    return fitted._replace(ratios=Ratios(*(0.0 if each < _NONE else each for each in fitted.ratios)))
