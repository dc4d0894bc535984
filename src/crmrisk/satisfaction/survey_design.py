"""How a sample was drawn, and what that does to the standard error of a mean.

The one design-based variance of the survey estimators: weights, strata, clusters and known population sizes enter by
Taylor linearisation. NPS, top-box shares and means all come through here, as means of 0/1 or -1/0/1 or ratings.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from crmrisk.core.row_names import refuse_other_order
from crmrisk.satisfaction.answers import effective_sample_size, number_answers
from crmrisk.satisfaction.sample_units import PopulationSizes, SampleUnits, drawn_sample, sample_units

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

    from crmrisk.core.arrays import BoolArray, FloatArray

__all__ = [
    "DesignMean",
    "PopulationSizes",
    "SampleUnits",
    "design_covariance",
    "design_mean",
    "design_variance",
    "mean_of_nothing",
    "mean_of_units",
    "sample_units",
]


@dataclass(frozen=True, kw_only=True)
class DesignMean:
    """Hold a mean estimated from a survey sample, and how precise its design makes it.

    Parameters
    ----------
    value
        The weighted mean; ``None`` without an answer.
    standard_error
        Its design-based standard error; ``None`` where fewer than two units were drawn.
    n
        Answers used.
    effective_n
        How many answers, drawn at random from an endless population, would be as precise: variance of an answer over
        the squared standard error. Infinite for a census; where the sample shows no variation at all, the lesser of
        Kish's count and the number of clusters.
    design_effect
        Design variance over that of a simple random sample of n answers from the same population; ``None`` where
        answers do not vary.
    kish_design_effect
        What unequal weights alone would cost, ``1 + cv(w)^2``.
    degrees_of_freedom
        Units drawn less strata.
    warnings
        What the reader should know.

    Examples
    --------
    >>> design_mean([1, 2, 3]).value
    2.0
    """

    value: float | None
    standard_error: float | None
    n: int
    effective_n: float
    design_effect: float | None
    kish_design_effect: float | None
    degrees_of_freedom: int
    warnings: tuple[str, ...] = ()

    def __str__(self) -> str:
        if self.value is None:
            return f"unrated (n {self.n})"
        told = (("standard error", self.standard_error), ("design effect", self.design_effect))
        more = "".join(f"{what} {number:.4g}, " for what, number in told if number is not None)
        return f"{self.value:.4g} ({more}n {self.n})"


def design_mean(
    values: ArrayLike,
    *,
    weights: ArrayLike | None = None,
    strata: ArrayLike | None = None,
    clusters: ArrayLike | None = None,
    population: PopulationSizes | None = None,
) -> DesignMean:
    """Estimate a population mean and its standard error from a survey sample.

    The mean is ``sum w y / sum w``. Its variance is that of the total of ``u = w (y - mean) / sum w``: with ``t`` the
    totals of u by cluster (by answer without clusters) and n clusters drawn in a stratum,
    ``sum over strata (1 - f) n/(n - 1) sum (t - mean t)^2``. Only the first stage of drawing counts.

    Parameters
    ----------
    values
        One number per answer, ``(n_answers,)``, none missing.
    weights
        Survey weights, ``(n_answers,)``; answers of weight zero are not used. By default equal, or, where
        ``population`` is given, the population of a stratum over what was drawn of it.
    strata
        Stratum of each answer, ``(n_answers,)``.
    clusters
        What was drawn as one: household, branch, or the customer where one answers more than once, ``(n_answers,)``.
    population
        Units in the population for the finite-population correction ``f = drawn/population``: a number, or a mapping
        from stratum to number. With clusters it counts clusters.

    Returns
    -------
    The mean. A stratum of one unit has no variance of its own: its unit is compared with the mean of all, which is
    cautious, and a warning says so.

    Raises
    ------
    RecordError
        If values, weights, strata or clusters are missing, not one per answer or not usable.
    InvalidValueError
        If a population is smaller than what was drawn from it, or not given for every stratum.

    References
    ----------
    Lumley, T. (2010). *Complex Surveys*, appendix C. Kish, L. (1965). *Survey Sampling*, sections 8.2 and 11.7.

    Examples
    --------
    >>> satisfied = [1, 1, 0, 1, 0, 0]
    >>> found = design_mean(satisfied, strata=["shop"] * 3 + ["web"] * 3, population={"shop": 300, "web": 700})
    >>> print(f"{found.value:.3f} +- {found.standard_error:.3f}")
    0.433 +- 0.253
    """
    refuse_other_order(values=values, weights=weights, strata=strata, clusters=clusters)
    numbers = number_answers(values, where="values")
    sample = drawn_sample(numbers, weights=weights, strata=strata, clusters=clusters, population=population)
    return mean_of_units(*sample)


def mean_of_nothing() -> DesignMean:
    """Make the mean of no answers: unrated, and nothing is known of it.

    Examples
    --------
    >>> mean_of_nothing().value is None
    True
    """
    return DesignMean(
        value=None,
        standard_error=None,
        n=0,
        effective_n=0.0,
        design_effect=None,
        kish_design_effect=None,
        degrees_of_freedom=0,
    )


def mean_of_units(values: FloatArray, weights: FloatArray, units: SampleUnits) -> DesignMean:
    """Estimate a mean of checked answers; see `design_mean`.

    Parameters
    ----------
    values, weights
        Finite numbers and positive weights, ``(n_answers,)``.
    units
        The units they were drawn in.

    Examples
    --------
    >>> mean_of_units(np.array([1.0, 3.0]), np.ones(2), sample_units(2)).standard_error
    1.0
    """
    n, total = values.size, float(weights.sum())
    freedom = int(units.stratum.size - np.count_nonzero(units.drawn))
    if not n:
        return mean_of_nothing()
    mean = float((weights * values).sum()) / total
    kish = effective_sample_size(weights)
    variance, lonely = design_variance(weights * (values - mean) / total, units)
    spread = float((weights * (values - mean) ** 2).sum()) / total * (n / (n - 1.0) if n > 1 else 1.0)
    effective = _effective(spread, variance, units, min(kish, float(units.stratum.size)))
    return DesignMean(
        value=mean,
        standard_error=None if variance is None else math.sqrt(variance),
        n=n,
        effective_n=effective,
        design_effect=_design_effect(spread, variance, units, n),
        kish_design_effect=n / kish,
        degrees_of_freedom=freedom,
        warnings=lonely,
    )


def design_variance(scores: FloatArray, units: SampleUnits) -> tuple[float | None, tuple[str, ...]]:
    """Return the design variance of a total.

    Parameters
    ----------
    scores
        What is added up: linearised scores of the answers, ``(n_answers,)``, of sum 0.
    units
        The units they were drawn in.

    Returns
    -------
    The variance, ``None`` where fewer than two units were drawn; a warning on strata of one unit.

    Examples
    --------
    >>> design_variance(np.array([-0.5, 0.5]), sample_units(2))
    (1.0, ())
    """
    lonely = _lonely(units)
    if units.stratum.size < 2 and lonely.any():
        return None, ("one unit was drawn: no standard error",)
    squares = np.bincount(units.stratum, weights=_away(scores, units, lonely) ** 2, minlength=units.drawn.size)
    return float((_inflation(units) * squares).sum()), _lonely_warning(units, lonely)


def design_covariance(scores: FloatArray, units: SampleUnits) -> tuple[FloatArray | None, tuple[str, ...]]:
    """Return the design covariance of several totals.

    Parameters
    ----------
    scores
        What is added up, one column per total, each of sum 0, ``(n_answers, n_totals)``.
    units
        The units they were drawn in.

    Returns
    -------
    The covariance, ``(n_totals, n_totals)``, ``None`` where fewer than two units were drawn; a warning on strata of one
    unit.

    Examples
    --------
    >>> design_covariance(np.array([[-0.5, 1.0], [0.5, -1.0]]), sample_units(2))[0]
    array([[ 1., -2.],
           [-2.,  4.]])
    """
    lonely = _lonely(units)
    if units.stratum.size < 2 and lonely.any():
        return None, ("one unit was drawn: no standard error",)
    away = np.column_stack([_away(column, units, lonely) for column in scores.T])
    covariance: FloatArray = (away * _inflation(units)[units.stratum, None]).T @ away
    return covariance, _lonely_warning(units, lonely)


def _lonely(units: SampleUnits) -> BoolArray:
    """Find strata of one unit that stands for others."""
    lonely: BoolArray = (units.drawn == 1) & (units.fraction < 1.0)
    return lonely


def _away(scores: FloatArray, units: SampleUnits, lonely: BoolArray) -> FloatArray:
    """Return how far the total of each unit is from the mean of its stratum, or of all where it is lonely."""
    totals = np.bincount(units.unit, weights=scores, minlength=units.stratum.size)
    drawn = np.maximum(units.drawn, 1)
    centre = np.where(lonely, 0.0, np.bincount(units.stratum, weights=totals, minlength=drawn.size) / drawn)
    return np.asarray(totals - centre[units.stratum], dtype=np.float64)


def _inflation(units: SampleUnits) -> FloatArray:
    drawn = np.maximum(units.drawn, 1)
    return np.asarray((1.0 - units.fraction) * drawn / np.maximum(drawn - 1, 1), dtype=np.float64)


def _effective(spread: float, variance: float | None, units: SampleUnits, fallback: float) -> float:
    if variance is not None and spread > 0.0 and variance > spread * 1e-15:
        return spread / variance
    census = bool((units.fraction[units.drawn > 0] >= 1.0).all())
    return math.inf if census else fallback


def _design_effect(spread: float, variance: float | None, units: SampleUnits, n: int) -> float | None:
    whole = float((units.drawn[units.fraction > 0.0] / units.fraction[units.fraction > 0.0]).sum())
    overall = units.stratum.size / whole if whole and (units.fraction[units.drawn > 0] > 0.0).all() else 0.0
    simple = spread * (1.0 - overall) / n
    return variance / simple if variance is not None and simple > 0.0 else None


def _lonely_warning(units: SampleUnits, lonely: BoolArray) -> tuple[str, ...]:
    if not lonely.any():
        return ()
    shown = ", ".join(str(units.names[each]) for each in np.flatnonzero(lonely)[:5].tolist())
    return (f"strata of one unit, compared with the mean of all: {shown}; merge them with their neighbours",)
