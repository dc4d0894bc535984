"""What a net promoter score is estimated from: answers or counts, and how they were drawn."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

import numpy as np

from crmrisk.core.arrays import LARGEST_COUNT
from crmrisk.core.errors import InvalidValueError, Problem
from crmrisk.satisfaction.answered import Design, exclusion
from crmrisk.satisfaction.answers import effective_sample_size, survey_weights
from crmrisk.satisfaction.net_promoter_counts import SIDES, NpsCounts, counts_of_points
from crmrisk.satisfaction.net_promoter_intervals import net_promoter_variance, weighted_score_variance
from crmrisk.satisfaction.numerics import student_quantile
from crmrisk.satisfaction.sample_units import SampleUnits, drawn_sample
from crmrisk.satisfaction.survey_design import DesignMean, mean_of_units

if TYPE_CHECKING:
    from crmrisk.core.arrays import FloatArray
    from crmrisk.satisfaction.sample_units import PopulationSizes

__all__ = [
    "Counts",
    "NpsSample",
    "checked_counts",
    "counted_by_name",
    "sample_of_answers",
    "sample_of_counts",
    "spread_out",
]


Counts: TypeAlias = "Sequence[float] | Mapping[Any, Sequence[float]]"
"""Detractors, passives, promoters; or stratum to these."""


class NpsSample(NamedTuple):
    """Hold the counts of a sample, what they are worth, and the answers behind them where they can be resampled.

    Parameters
    ----------
    counts
        Detractors, passives and promoters, or their sums of weights.
    n
        Answers used.
    effective_n
        The equally weighted answers they are worth; infinite for a census. Kish's count under weights alone.
    points, weights
        The answers, or their three kinds, ``(n_cells,)``.
    repeats
        How often each was given, ``(n_cells,)``; ``None`` where each row is one answer.
    units
        The units that were drawn, where the design says.
    design
        The score under that design.
    excluded
        Missing answers left out.
    linearised
        The variance of the score by linearisation, where weights are all there is of a design.
    doubts
        What makes the answers look like those to another question.

    Examples
    --------
    >>> sample_of_counts(NpsCounts(20, 30, 50)).value
    0.3
    """

    counts: NpsCounts
    n: float
    effective_n: float
    points: FloatArray
    weights: FloatArray
    repeats: FloatArray | None
    units: SampleUnits | None = None
    design: DesignMean | None = None
    excluded: int = 0
    linearised: float | None = None
    doubts: tuple[str, ...] = ()

    @property
    def value(self) -> float:
        """The score."""
        return float((self.counts.promoters - self.counts.detractors) / self.counts.n)

    @property
    def standard_error(self) -> float | None:
        """The standard error of the score; under weights or a design that of its linearisation."""
        if self.design is not None:
            return self.design.standard_error
        if self.linearised is not None:
            return math.sqrt(self.linearised)
        return float((self.variance / self.effective_n) ** 0.5)

    @property
    def variance(self) -> float:
        """The variance of one answer."""
        return float(net_promoter_variance(*(np.array(part) for part in self.counts)))

    @property
    def worth(self) -> float:
        """The equally weighted answers whose score would be as precise; under weights alone by linearisation.

        Weights alone never make answers worth more than they are: one heavy answer would seem to be sure of itself.
        """
        if not self.linearised or self.linearised <= self.variance / LARGEST_COUNT:
            return self.effective_n
        return min(self.variance / self.linearised, self.n)

    def scaled(self, level: float) -> NpsCounts:
        """Return counts of as many answers as the sample is worth to an interval.

        Few clusters know their own variance badly: their count shrinks by ``(t(n - 1)/t(units - strata))^2``.

        Parameters
        ----------
        level
            Nominal coverage.

        References
        ----------
        Korn, E. L. and Graubard, B. I. (1998). *Survey Methodology* 24.

        Examples
        --------
        >>> sample_of_counts(NpsCounts(2, 3, 5), 5.0).scaled(0.95)
        NpsCounts(detractors=1.0, passives=1.5, promoters=2.5)
        """
        worth = self.worth
        if self.design is not None and self.n > 1:
            known = student_quantile(level, max(self.design.degrees_of_freedom, 1))
            worth *= (student_quantile(level, self.n - 1.0) / known) ** 2
        scale = worth / self.counts.n
        return NpsCounts(*(part * scale for part in self.counts))

    @property
    def notes(self) -> tuple[str, ...]:
        """What the reader should know about the sample."""
        found = [*exclusion(self.excluded), *self.doubts]
        if self.design is not None:
            effect = self.design.design_effect
            found += [] if effect is None else [f"design effect {effect:.3g}"]
            found += self.design.warnings
            found += ["a census: no sampling error"] if math.isinf(self.effective_n) else []
        elif self.linearised is not None:
            simple = self.variance / (self.n - 1.0)
            found += [f"design effect {self.linearised / simple:.3g}"] if simple > 0.0 else []
        return tuple(found)


def sample_of_answers(points: FloatArray, design: Design) -> NpsSample:
    """Count answers under their design.

    Parameters
    ----------
    points
        -1, 0 or 1, NaN where missing, ``(n_answers,)``.
    design
        How they were drawn.

    Raises
    ------
    RecordError
        If weights, strata or clusters are not one per answer or not usable.
    InvalidValueError
        If a population is not usable.

    Examples
    --------
    >>> sample_of_answers(np.array([1.0, 0.0, np.nan]), Design()).excluded
    1
    """
    answered = ~np.isnan(points)
    excluded = int(points.size - answered.sum())
    if design.simple:
        return sample_of_counts(counts_of_points(points, np.ones(points.size)))._replace(excluded=excluded)
    if design.strata is None and design.clusters is None and design.population is None:
        return _weighted(points, survey_weights(design.weights, points.size))._replace(excluded=excluded)  # type: ignore[arg-type] # not simple
    given = design.rows(answered) if excluded else design
    drawn = drawn_sample(points[answered], **given._asdict())
    found = mean_of_units(*drawn)
    counts = counts_of_points(*drawn[:2])
    return NpsSample(counts, found.n, found.effective_n, drawn[0], drawn[1], None, drawn[2], found, excluded)


def sample_of_counts(counts: NpsCounts, effective_n: float | None = None) -> NpsSample:
    """Take counts for what they are worth.

    Parameters
    ----------
    counts
        Detractors, passives, promoters.
    effective_n
        Equally weighted answers they are worth; their sum by default.

    Examples
    --------
    >>> sample_of_counts(NpsCounts(20, 30, 50)).effective_n
    100.0
    """
    effective = float(counts.n if effective_n is None else effective_n)
    scale = effective / counts.n if counts.n else 1.0
    return NpsSample(counts, counts.n, effective, np.array(SIDES), np.ones(3), np.array(counts) * scale)


def counted_by_name(counts: object) -> bool:
    """Tell whether counts are a mapping from detractors, passives and promoters, not from strata.

    Parameters
    ----------
    counts
        What was given.

    Examples
    --------
    >>> counted_by_name({"promoters": 1, "passives": 2, "detractors": 3}), counted_by_name({"shop": (1, 2, 3)})
    (True, False)
    """
    return isinstance(counts, Mapping) and set(counts) == set(NpsCounts._fields)


def checked_counts(counts: object) -> NpsCounts:
    """Read detractors, passives and promoters.

    Parameters
    ----------
    counts
        Three numbers, or a mapping from these names to them.

    Raises
    ------
    InvalidValueError
        If they are none.

    Examples
    --------
    >>> checked_counts([1, 2, 3]).promoters
    3.0
    """
    where, allowed = "counts", "three finite numbers of at least 0: detractors, passives, promoters"
    given = (
        [counts[name] for name in NpsCounts._fields]
        if isinstance(counts, Mapping) and counted_by_name(counts)
        else counts
    )
    try:
        parts = np.array(given, dtype=np.float64)
    except (TypeError, ValueError, OverflowError):
        parts = np.array(np.nan)
    if parts.shape != (3,) or not ((parts >= 0.0) & (parts <= LARGEST_COUNT)).all():
        raise InvalidValueError(Problem(what="no counts", where=where, allowed=allowed, got=repr(counts)[:200]))
    return NpsCounts(*map(float, parts))


def spread_out(
    counts: Mapping[Any, Sequence[float]], *, weights: object = None, population: PopulationSizes | None = None
) -> tuple[FloatArray, Design]:
    """Turn counts by stratum into the answers they count.

    Parameters
    ----------
    counts
        Stratum to detractors, passives, promoters.
    weights
        Stratum to its share of the population, or ``None``.
    population
        Stratum to its units, or ``None``.

    Returns
    -------
    Points of the answers, and their design.

    Raises
    ------
    InvalidValueError
        If counts are not whole, or weights not one per stratum.

    Examples
    --------
    >>> spread_out({"a": (1, 0, 1), "b": (0, 1, 0)}, weights={"a": 0.8, "b": 0.2})[1].weights
    array([0.5 , 0.5 , 0.25])
    """
    table = np.array([checked_counts(each) for each in counts.values()]).reshape(len(counts), 3)
    if (table != np.round(table)).any():
        raise InvalidValueError(Problem(what="not whole numbers", where="counts", remedy="give answers and weights"))
    whole = table.astype(np.int64)
    sizes = whole.sum(axis=1)
    names = np.array([*counts, None], dtype=object)[:-1]  # None keeps numpy from reading tuples as rows
    points = np.repeat(np.tile(SIDES, len(counts)), whole.ravel())
    shares = _stratum_weights(weights, list(counts))
    weighing = None if shares is None else np.repeat(shares / np.maximum(sizes, 1), sizes)
    return points, Design(weighing, np.repeat(names, sizes), None, population)


def _stratum_weights(weights: object, names: list[Any]) -> FloatArray | None:
    if weights is None:
        return None
    allowed = f"a mapping from stratum to its share of the population: {', '.join(map(str, names[:5]))}"
    if not isinstance(weights, Mapping) or set(weights) != set(names):
        raise InvalidValueError(Problem(what="not one weight per stratum", where="weights", allowed=allowed))
    return survey_weights([weights[name] for name in names], len(names))


def _weighted(points: FloatArray, weights: FloatArray) -> NpsSample:
    used = ~np.isnan(points) & (weights > 0.0)
    points, weights = points[used], weights[used]
    counts = counts_of_points(points, weights)
    kish = effective_sample_size(weights)
    if not points.size or weights.min() == weights.max():
        return NpsSample(counts, points.size, kish, points, weights, None)
    squares = np.array(counts_of_points(points, weights**2))[:, None]
    variance = weighted_score_variance(np.array(counts)[:, None], squares, np.array([float(points.size)]))
    return NpsSample(counts, points.size, kish, points, weights, None, linearised=float(variance[0]))
